"""Pieces: the grids of a paged document in reading order, each with the lines around it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from pipelines.values.text import fold_label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import polars as pl

    from pipelines.extract.grids import Extraction, Grid, Page

#: No character fits in a column as narrow as this, in points.
_MARGIN = 10.0
_CELL = ("cell_id", "row_no", "col_no", "row_span", "col_span", "text")


@dataclass(frozen=True)
class Printed:
    """A printed cell: its place in its grid, the positions it covers, its text."""

    cell_id: str
    row: int
    col: int
    row_span: int
    col_span: int
    text: str

    @cached_property
    def said(self) -> str:
        """Its text for comparison: folded, without white space."""
        return fold_label(self.text)

    @property
    def bottom(self) -> int:
        """The last row that it covers."""
        return self.row + self.row_span - 1

    @property
    def columns(self) -> range:
        """The columns that it covers."""
        return range(self.col, self.col + self.col_span)


@dataclass(frozen=True)
class Piece:
    """A grid of one page: a whole table or a piece of one.

    Attributes:
        rows: Cells by the row they begin in, from left to right.
        above: Lines between it and the grid before it on its page; page furniture left out.
        below: Lines after it, if it is the last grid of its page.
        is_first: Whether no other grid of its page stands before it.
        is_last: Whether none stands after it.
    """

    grid: Grid
    page: Page
    rows: Sequence[Sequence[Printed]]
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    is_first: bool = True
    is_last: bool = False

    @property
    def width(self) -> int:
        """Number of its columns."""
        return len(self.grid.column_edges) - 1

    def height(self, row: int) -> float:
        """Height of a row (from 0) in points."""
        edges = self.grid.row_edges
        return edges[row + 1] - edges[row]

    def is_open(self, side: str) -> bool:
        """Whether no rule closes it there."""
        return side in self.grid.open_sides


def read_pieces(
    extraction: Extraction, cells: pl.DataFrame, furniture: Collection[str]
) -> list[Piece]:
    """The grids of a document in reading order.

    Args:
        extraction: With ``grids``: a document without pages of a size has none.
        cells: Its cells with ``cell_id``.
        furniture: Lines (``cell_id``) that belong to the page and not to any table.
    """
    pages = {page.page_no: page for page in extraction.pages}
    grids = {grid.grid_no: grid for grid in extraction.grids}
    ordered = cells.sort("page_no", "seq").select("page_no", "grid_no", *_CELL)
    pieces: list[Piece] = []
    for page_no, of_page in groupby(ordered.iter_rows(), key=itemgetter(0)):
        mine: list[Piece] = []
        lines: list[str] = []
        for grid_no, run in groupby(of_page, key=itemgetter(1)):
            printed = [Printed(*values) for _, _, *values in run]
            if grid_no == 0:
                lines = [c.said for c in printed if c.said and c.cell_id not in furniture]
                continue
            grid, printed = _without_margins(grids[grid_no], printed)
            piece = Piece(grid, pages[page_no], _rows(printed, grid), lines, is_first=not mine)
            mine.append(piece)
            lines = []
        if mine:
            mine[-1] = replace(mine[-1], below=lines, is_last=True)
        pieces += mine
    return pieces


def _without_margins(grid: Grid, cells: list[Printed]) -> tuple[Grid, list[Printed]]:
    """A grid without blank columns at its sides that are too narrow for a character: margins.

    Rules that a page prints beyond a table make them, on one page and not on the next. A blank
    column that words fit in is one of the table.
    """
    edges, width = grid.column_edges, len(grid.column_edges) - 1
    ours = {c for cell in cells if cell.said or cell.col_span > 1 for c in cell.columns}
    first = 1 if 1 in ours or edges[1] - edges[0] > _MARGIN else 2
    last = width if width in ours or edges[-1] - edges[-2] > _MARGIN else width - 1
    if (first, last) == (1, width) or first >= last:
        return grid, cells
    edges = grid.column_edges[first - 1 : last + 1]
    kept = [replace(c, col=c.col - first + 1) for c in cells if first <= c.col <= last]
    return replace(grid, column_edges=edges), kept


def _rows(cells: Iterable[Printed], grid: Grid) -> list[list[Printed]]:
    rows: list[list[Printed]] = [[] for _ in grid.row_edges[1:]]
    for cell in cells:
        rows[cell.row - 1].append(cell)
    return [sorted(row, key=lambda cell: cell.col) for row in rows]
