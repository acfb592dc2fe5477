"""Paged documents drawn in text: grids with places, as a reader of pages hands them on.

A row is ``甲 | 乙 | <``: ``<`` is covered by the cell to the left, ``^`` by the cell above.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.extract.grids import CELL_SCHEMA, Extraction, Grid, Page, PageFlag, Refusal
from pipelines.recognise.tables import Tables, named_cells, read_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

HEIGHT, WIDTH = 842.0, 595.0
TOP, BOTTOM, LEFT, COLUMN = 70.0, 780.0, 60.0, 60.0
DOCUMENT = "0" * 64


@dataclass(frozen=True)
class Drawn:
    """A grid as drawn. ``heights`` of rows; without them they fill the page down to ``bottom``."""

    rows: Sequence[str]
    columns: Sequence[float] | None = None
    heights: Sequence[float] | None = None
    top: float = TOP
    bottom: float = BOTTOM
    open: Sequence[str] = ()
    method: str = "ruled"


@dataclass(frozen=True)
class Sheet:
    """A page: lines above its grids, the grids, lines below (or between: above the next grid)."""

    grids: Sequence[Drawn] = ()
    lines: Sequence[str] = ()
    below: Sequence[str] = ()
    page_no: int | None = None
    refusal: Refusal | None = None
    flags: tuple[PageFlag, ...] = ()


@dataclass
class _Writer:
    rows: list[dict[str, Any]] = field(default_factory=list)

    def write(self, text: str, box: Sequence[float], **place: int) -> None:
        spans = {"row_span": 1, "col_span": 1, "char_from": None, "char_to": None}
        corners = dict(zip(("x0", "y0", "x1", "y1"), box, strict=True))
        seq = len(self.rows) + 1
        self.rows.append({**spans, **place, **corners, "text": text, "seq": seq})


def cells_of(rows: Sequence[str]) -> Iterator[tuple[int, int, int, int, str]]:
    """Row, column, spans and text of each cell of a drawn grid, from 1."""
    texts = [[part.strip() for part in row.split("|")] for row in rows]
    for r, row in enumerate(texts):
        for c, text in enumerate(row):
            if text in {"<", "^"}:
                continue
            right = next((k for k in range(c + 1, len(row)) if row[k] != "<"), len(row))
            down = next((k for k in range(r + 1, len(texts)) if texts[k][c] != "^"), len(texts))
            yield r + 1, c + 1, down - r, right - c, text


def draw(*sheets: Sheet) -> Extraction:
    """The extraction of a drawn document."""
    writer, pages = _Writer(), []
    grids: list[Grid] = []
    for number, sheet in enumerate(sheets, 1):
        page_no = sheet.page_no or number
        start = len(writer.rows)
        for n, line in enumerate(sheet.lines):
            writer.write(line, (LEFT, 20.0 + 15 * n, 400.0, 32.0 + 15 * n), page_no=page_no,
                         grid_no=0, row_no=n + 1, col_no=1)  # fmt: skip
        for drawn in sheet.grids:
            grids.append(_grid(drawn, len(grids) + 1, page_no))
            _write_cells(writer, drawn, grids[-1])
        for n, line in enumerate(sheet.below, 1):
            box = (LEFT, BOTTOM + 15 * n, 400.0, BOTTOM + 15 * n + 12)
            row_no = len(sheet.lines) + n
            writer.write(line, box, page_no=page_no, grid_no=0, row_no=row_no, col_no=1)
        said = [row["text"] for row in writer.rows[start:] if row["text"]]
        chars = sum(len("".join(text.split())) for text in said)
        pages.append(Page(page_no, len(said), chars, chars, (), WIDTH, HEIGHT, 0, sheet.refusal,
                          sheet.flags))  # fmt: skip
    cells = pl.DataFrame(writer.rows, schema=CELL_SCHEMA)
    return Extraction(DOCUMENT, "application/pdf", pages=pages, grids=grids, cells=cells)


def _grid(drawn: Drawn, grid_no: int, page_no: int) -> Grid:
    width = len(drawn.rows[0].split("|"))
    columns = drawn.columns or [LEFT + COLUMN * n for n in range(width + 1)]
    even = (drawn.bottom - drawn.top) / len(drawn.rows)
    edges = [drawn.top]
    for height in drawn.heights or [even] * len(drawn.rows):
        edges.append(edges[-1] + height)
    return Grid(grid_no, page_no, drawn.method, tuple(columns), tuple(edges), tuple(drawn.open))


def _write_cells(writer: _Writer, drawn: Drawn, grid: Grid) -> None:
    xs, ys = grid.column_edges, grid.row_edges
    for row, col, down, right, text in cells_of(drawn.rows):
        box = (xs[col - 1], ys[row - 1], xs[col + right - 1], ys[row + down - 1])
        writer.write(text, box, page_no=grid.page_no, grid_no=grid.grid_no, row_no=row,
                     col_no=col, row_span=down, col_span=right)  # fmt: skip


def tables_of(extraction: Extraction, furniture: Collection[str] = ()) -> Tables:
    """Its logical tables."""
    return read_tables(extraction, named_cells(extraction), furniture)


def shown(tables: Tables) -> list[list[str]]:
    """Logical tables as drawn: each logical cell at its place, the rest of its positions covered.

    A logical cell covers what its parts cover; a repeated header is not shown.
    """
    return [_shown(part) for _, part in _by_table(tables.cells)]


def _by_table(cells: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    inside = cells.filter(pl.col("table_no") > 0).sort("table_no", maintain_order=True)
    for number in inside["table_no"].unique(maintain_order=True):
        yield number, inside.filter(pl.col("table_no") == number)


def _shown(part: pl.DataFrame) -> list[str]:
    grid: dict[tuple[int, int], str] = {}
    texts: dict[str, str] = {}
    places: dict[str, tuple[int, int]] = {}
    for cell in part.sort("part_no").iter_rows(named=True):
        is_repeat, owner = cell["role_in_table"] == "repeat", cell["owner_id"]
        if is_repeat and owner == cell["cell_id"]:
            continue
        row, col = places.setdefault(owner, (cell["table_row"], cell["table_col"]))
        said = "" if is_repeat else cell["text"][cell["text_from"] :]
        texts[owner] = texts.get(owner, "") + said
        for r in range(cell["table_row"], cell["table_row"] + cell["table_row_span"]):
            for c in range(cell["table_col"], cell["table_col"] + cell["table_col_span"]):
                grid[r, c] = "<" if c > col else "^" if r > row else owner
    last, width = max(r for r, _ in grid), max(c for _, c in grid)
    return [
        " | ".join(texts.get(said := grid.get((r, c), "?"), said) for c in range(1, width + 1))
        for r in range(1, last + 1)
    ]
