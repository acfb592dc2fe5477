"""Pages as PDF: every rule drawn, cells merged, Chinese in a font that is not embedded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from tests.generator.books.cells import grid_rows
from tests.generator.books.pages import Grid
from tests.pdfs import stream, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.generator.books.cells import Row
    from tests.generator.books.headers import Cell
    from tests.generator.books.pages import Book, Page

SIZE, LINE, PAD, MARGIN, FOOT = 9.0, 11.0, 2.0, 50.0, 14.0
#: Points of a column by what stands in it.
_WIDTHS = {"amount": 62.0, "code": 54.0, "number": 30.0, "goal": 150.0, "packed_indicators": 210.0}
_WIDE = 112.0
#: Where a line of labels falls into two.
_APART = re.compile(r" (?=(?:金额)?单位)")
_FONT = {
    3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
       b"/DescendantFonts [4 0 R] >>",
    4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] "
       b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> "
       b"/FontDescriptor 5 0 R >>",
    5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
       b"/ItalicAngle 0 /Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >>",
}  # fmt: skip


def pdf(book: Book, pages: Sequence[Page]) -> bytes:
    """The PDF of a book: each page as high as what stands on it."""
    drawn = [_Sheet(book).draw(page) for page in pages]
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(drawn)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(drawn)} >>".encode(),
        **_FONT,
    }
    for number, page in enumerate(drawn):
        objects[10 + 2 * number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] "
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {11 + 2 * number} 0 R >>"
        ).encode()
        objects[11 + 2 * number] = stream(page.content().encode("ascii"))
    return written(objects)


@dataclass
class _Sheet:
    """A page in the making; places in points from its upper left corner."""

    book: Book
    width: float = 595.0
    y: float = MARGIN
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    texts: list[tuple[float, float, str]] = field(default_factory=list)

    @property
    def height(self) -> float:
        """As high as what stands on it."""
        return max(self.y + MARGIN, 300.0)

    def draw(self, page: Page) -> _Sheet:
        """Everything that stands on a page."""
        for piece in page.pieces:
            if isinstance(piece, Grid):
                self._grid(piece)
            else:
                for line in piece:
                    self._line(line)
                self.y += 6
        if self.book.look.page_numbers and page.number:
            self.texts.append((self.width / 2, self.height - FOOT, page.number))
        return self

    def _line(self, line: str) -> None:
        """A line; the unit of its amounts stands at its end."""
        self.y += LINE + 4
        words, *unit = _APART.split(line, maxsplit=1)
        self.texts.append((MARGIN, self.y, words))
        for said in unit:
            self.texts.append((self.width - MARGIN - SIZE * len(said), self.y, said))

    def _grid(self, grid: Grid) -> None:
        sheet = self.book.sheets[grid.sheet]
        widths = [_WIDTHS.get(one.column.role, _WIDE) for one in sheet.printed]
        columns = list(accumulate(widths, initial=MARGIN))
        self.width = max(self.width, columns[-1] + MARGIN)
        rows = grid_rows(sheet, grid)
        tops = list(accumulate(_heights(rows, widths), initial=self.y))
        for row, at, cell in _cells(rows):
            box = (columns[at], tops[row], columns[at + cell.cols], tops[row + cell.rows])
            self._cell(box, cell.text)
        self.y = tops[-1]

    def _cell(self, box: tuple[float, float, float, float], text: str) -> None:
        x0, y0, x1, y1 = box
        self.rules += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
        lines = _wrapped(text, x1 - x0 - 2 * PAD)
        first = (y0 + y1 - len(lines) * LINE) / 2 + 0.8 * LINE
        self.texts += [(x0 + PAD, first + at * LINE, line) for at, line in enumerate(lines)]

    def content(self) -> str:
        """Its drawing, in the page's own space."""
        top = self.height
        rules = dict.fromkeys(self.rules)
        said = ["0.7 w"]
        said += [f"{x0:.1f} {top - y0:.1f} m {x1:.1f} {top - y1:.1f} l S"
                 for x0, y0, x1, y1 in rules]  # fmt: skip
        said += [_text(x, top - y, line) for x, y, line in self.texts if line]
        return "\n".join(said)


def _text(x: float, y: float, line: str) -> str:
    return f"BT /F {SIZE} Tf {x:.1f} {y:.1f} Td <{line.encode('utf-16-be').hex()}> Tj ET"


def _cells(rows: Sequence[Row]) -> Iterator[tuple[int, int, Cell]]:
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            if cell is not None:
                yield number, at, cell


def _heights(rows: Sequence[Row], widths: Sequence[float]) -> list[float]:
    """Of rows, by what stands in their cells; what is merged over rows fits anyway."""
    heights = [LINE + 2 * PAD] * len(rows)
    for number, at, cell in _cells(rows):
        room = sum(widths[at : at + cell.cols]) - 2 * PAD
        needed = len(_wrapped(cell.text, room)) * LINE + 2 * PAD
        heights[number] = max(heights[number], needed / cell.rows)
    return heights


def _wrapped(text: str, room: float) -> list[str]:
    """A text broken into lines; Chinese characters are square, others half as wide."""
    lines, left = [""], room
    for char in text:
        width = SIZE if ord(char) > 0x2000 else SIZE / 2
        if left < width:
            lines.append("")
            left = room
        lines[-1] += char
        left -= width
    return lines
