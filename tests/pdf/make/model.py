"""Tables to be printed, whoever prints them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.pdf.cases import LogicalTable

PORTRAIT, LANDSCAPE = (595.0, 842.0), (842.0, 595.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell, perhaps merged from several rows and columns.

    ``align`` is ``left``, ``center``, ``right``, or ``turned``: then its text runs upwards.
    """

    text: str
    rows: int = 1
    cols: int = 1
    align: str = "left"


@dataclass(frozen=True)
class Table:
    """A table with what stands above it.

    ``rows`` lists the cells that begin in a row, as HTML does: what a merged cell of a row above
    covers is left out. ``widths`` are in points.
    """

    title: str
    above: tuple[str, str]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    header_rows: int = 1
    landscape: bool = False
    repeat_header: bool = True
    grid: tuple[tuple[Cell | None, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "grid", _placed(self.rows, len(self.widths)))

    @property
    def page_size(self) -> tuple[float, float]:
        """Width and height in points."""
        return LANDSCAPE if self.landscape else PORTRAIT

    def logical(self, pages: tuple[int, ...], joins: tuple[str, ...] | None = ()) -> LogicalTable:
        """Its truth, when it was printed on these pages."""
        cells = [(r, c, cell) for r, row in enumerate(self.grid) for c, cell in enumerate(row)]
        return LogicalTable(
            pages=pages,
            header_rows=self.header_rows,
            # ``^`` raises the next character, and is not printed.
            rows=tuple(tuple(cell.text.replace("^", "") if cell else None for cell in row)
                       for row in self.grid),
            spans=tuple((r, c, cell.rows, cell.cols) for r, c, cell in cells
                        if cell and (cell.rows, cell.cols) != (1, 1)),
            joins=joins,
        )  # fmt: skip


def row(*cells: Cell | str) -> tuple[Cell, ...]:
    """A row; a bare text is a cell of one row and column, a number to the right."""
    return tuple(_cell(cell) for cell in cells)


def head(text: str, rows: int = 1, cols: int = 1) -> Cell:
    """A cell of a header."""
    return Cell(text, rows, cols, "center")


def _cell(said: Cell | str) -> Cell:
    if isinstance(said, Cell):
        return said
    is_number = said[-1:].isdigit() and "." in said
    return Cell(said, align="right" if is_number else "left")


def _placed(
    rows: tuple[tuple[Cell, ...], ...], n_columns: int
) -> tuple[tuple[Cell | None, ...], ...]:
    """Cells at the place of their first row and column; none where one is covered."""
    grid: list[list[Cell | None]] = [[None] * n_columns for _ in rows]
    covered = [[False] * n_columns for _ in rows]
    for r, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while covered[r][column]:
                column += 1
            grid[r][column] = cell
            for i in range(r, r + cell.rows):
                for j in range(column, column + cell.cols):
                    if covered[i][j]:
                        raise ValueError(f"row {r}, column {column}: cells overlap: {cell}")
                    covered[i][j] = True
        if not all(covered[r]):
            raise ValueError(f"row {r} is not full: {covered[r]}")
    return tuple(tuple(cells) for cells in grid)
