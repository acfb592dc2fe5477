"""Small PDFs printed byte by byte: a ruled table of Chinese text, with the boxes of its cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.extract.grids import BOX, Extraction, Grid, Page, cell_frame
from tests.pdfs import stream, written
from tests.printing import BODY, HEADERS, INDICATOR, TITLE

if TYPE_CHECKING:
    import polars as pl

Box = tuple[float, float, float, float]

#: A4 turned, in points.
WIDTH, HEIGHT = 842.0, 595.0
#: Width of a character of the font at size 1: Chinese, and ASCII.
_WIDE, _NARROW = 1.0, 0.5
_SIZE = 9.0
#: Turns the content against the page's own turn, so that it is upright as shown.
_TURNED = {
    0: "1 0 0 1 0 0 cm",
    90: f"0 1 -1 0 {HEIGHT} 0 cm",
    180: f"-1 0 0 -1 {WIDTH} {HEIGHT} cm",
    270: f"0 -1 1 0 0 {WIDTH} cm",
}
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
    b" /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000"
    b" /W [1 95 500] /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6"
    b" /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880"
    b" /StemV 93 >> >>] >>"
)


@dataclass(frozen=True)
class Table:
    """A page with lines of text above one ruled table.

    Attributes:
        lines: Above the table, each on a line of its own.
        rows: Cells of the table; line feeds break lines within a cell.
        widths: Of the columns, in points.
        row_height: Of every row, in points.
        rotate: Degrees by which the page is turned for showing; it is upright as shown.
        margin: By how much the MediaBox is wider than the CropBox: left, bottom, right, top.
        is_bold: Whether every character is printed twice, a little apart.
        extra: Operators to add at the end of the content.
        notes: Text stuck onto the page: what, and its lower left corner.
    """

    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    row_height: float = 24.0
    rotate: int = 0
    margin: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    is_bold: bool = False
    extra: str = ""
    notes: tuple[tuple[str, float, float], ...] = ()

    def with_cell(self, row: int, col: int, text: str) -> Table:
        """The same with another text in one cell, counted from 0."""
        rows = [list(each) for each in self.rows]
        rows[row][col] = text
        return replace(self, rows=tuple(map(tuple, rows)))

    @property
    def columns(self) -> tuple[float, ...]:
        """Edges of the columns."""
        return tuple(40 + sum(self.widths[:n]) for n in range(len(self.widths) + 1))

    @property
    def row_edges(self) -> tuple[float, ...]:
        """Edges of the rows, from the upper edge of the page, upright."""
        top = 40 + 18 * len(self.lines)
        return tuple(top + self.row_height * n for n in range(len(self.rows) + 1))


def pdf(*tables: Table) -> bytes:
    """A document of a page for each table."""
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 3: _FONT}
    kids = []
    for table in tables:
        number, notes = max(objects) + 1, len(table.notes)
        left, bottom, right, top = table.margin
        width, height = (WIDTH, HEIGHT) if table.rotate % 180 == 0 else (HEIGHT, WIDTH)
        media = f"[{-left} {-bottom} {width + right} {height + top}]"
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox {media} /CropBox [0 0 {width} {height}]"
            f" /Rotate {table.rotate} /Resources << /Font << /F 3 0 R >> >>"
            f" /Annots [{' '.join(f'{number + 2 + n} 0 R' for n in range(0, 2 * notes, 2))}]"
            f" /Contents {number + 1} 0 R >>"
        ).encode()
        objects[number + 1] = stream(_content(table).encode())
        for text, x, y in table.notes:
            objects |= _note(text, x, y, max(objects) + 1)
        kids.append(f"{number} 0 R")
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return written(objects)


def extraction(document_id: str, *tables: Table) -> Extraction:
    """What a reader that errs nowhere sees on these pages; boxes on the page as shown."""
    rows: list[tuple[int, int, int, int, str, Box]] = []
    pages, grids = [], []
    for page_no, table in enumerate(tables, 1):
        columns, edges = table.columns, table.row_edges
        for number, line in enumerate(table.lines, 1):
            top = 40.0 + 18 * (number - 1)
            rows.append((page_no, 0, number, 1, line, (40.0, top, 400.0, top + 12)))
        for r, cells in enumerate(table.rows):
            for c, text in enumerate(cells):
                box = (columns[c], edges[r], columns[c + 1], edges[r + 1])
                rows.append((page_no, page_no, r + 1, c + 1, text, box))
        texts = [*table.lines, *(text for cells in table.rows for text in cells)]
        chars = sum(len("".join(text.split())) for text in texts)
        filled = sum(bool(text) for text in texts)
        pages.append(Page(page_no, filled, chars, chars, width=WIDTH, height=HEIGHT,
                          rotation=table.rotate))  # fmt: skip
        grids.append(Grid(page_no, page_no, "ruled", columns, edges))
    return Extraction(document_id, "application/pdf", pages=pages, grids=grids,
                      cells=_cells(rows))  # fmt: skip


def _cells(rows: list[tuple[int, int, int, int, str, Box]]) -> pl.DataFrame:
    """Page, grid, row, column, text and box in reading order, as a frame of CELL_SCHEMA."""
    said = [(*place, 1, 1, seq, text, *box) for seq, (*place, text, box) in enumerate(rows, 1)]
    place = ("page_no", "grid_no", "row_no", "col_no", "row_span", "col_span")
    columns = (*place, "seq", "text", *BOX)
    return cell_frame(dict(zip(columns, zip(*said, strict=True), strict=True)))


def _content(table: Table) -> str:
    columns, edges = table.columns, table.row_edges
    parts = ["0.5 w", _TURNED[table.rotate]]
    parts += [f"{columns[0]} {HEIGHT - y} m {columns[-1]} {HEIGHT - y} l S" for y in edges]
    parts += [f"{x} {HEIGHT - edges[0]} m {x} {HEIGHT - edges[-1]} l S" for x in columns]
    for number, line in enumerate(table.lines):
        parts += _text(table, line, columns[0], 40 + 18 * number + 10)
    for r, cells in enumerate(table.rows):
        for c, text in enumerate(cells):
            for n, line in enumerate(text.split("\n")):
                is_number = line[:1].isdigit() or line.startswith("-")
                x = columns[c + 1] - 3 - _width(line) if is_number else columns[c] + 3
                parts += _text(table, line, x, edges[r] + 10 + 10 * n)
    return "\n".join([*parts, table.extra])


def _text(table: Table, text: str, x: float, y: float) -> list[str]:
    hexed = text.encode("utf-16-be").hex()
    shifts = (0.0, 0.3) if table.is_bold else (0.0,)
    return [
        f"BT /F {_SIZE} Tf {x + shift} {HEIGHT - y} Td <{hexed}> Tj ET" for shift in shifts if text
    ]


def _width(text: str) -> float:
    return sum(_NARROW if char.isascii() else _WIDE for char in text) * _SIZE


def _note(text: str, x: float, y: float, number: int) -> dict[int, bytes]:
    """An annotation, and what it looks like."""
    said = f"BT /F {_SIZE} Tf 2 6 Td <{text.encode('utf-16-be').hex()}> Tj ET".encode()
    return {
        number: (
            f"<< /Type /Annot /Subtype /FreeText /F 4 /Rect [{x} {y} {x + 50} {y + 18}]"
            f" /DA (/F {_SIZE} Tf 0 g) /AP << /N {number + 1} 0 R >> >>"
        ).encode(),
        number + 1: stream(
            said,
            b"/Type /XObject /Subtype /Form /BBox [0 0 50 18]"
            b" /Resources << /Font << /F 3 0 R >> >>",
        ),
    }


#: The printed total is ten too high in every column that it has: an error of the source.
WRONG = Table(
    (TITLE, f"部门名称：{BODY}（部门）", "单位：万元"),
    (
        HEADERS,
        ("合计", "40.00", "40.00", "", "", "", ""),
        (BODY, "30.00", "30.00", "", "", "", ""),
        ("植树", "10.00", "10.00", "", "", "绿化城区。", INDICATOR),
        ("修剪", "20.00", "20.00", "", "", "绿化城区。", INDICATOR),
    ),
    (110, 55, 55, 65, 55, 60, 380),
)
