"""Logical tables with the lines above them, the layouts that may fit, and their titles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.context import Clue, Line, header_units, read_line, sheet_clues
from pipelines.recognise.foreign import foreign
from pipelines.recognise.headers import NUMBER
from pipelines.recognise.match import (
    Match,
    NoMatch,
    candidates,
    header_year,
    nearest,
    stands_twice,
)
from pipelines.recognise.paths import TOP_ROWS, above_rows
from pipelines.recognise.pieces import Printed
from pipelines.recognise.tables import logical_cells
from pipelines.recognise.titles import Title, bare, find_title, is_number, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.recognise.forms import Form
    from pipelines.recognise.paths import Rows
    from schemas.layout import Layout


@dataclass
class Fragment:
    """A logical table, the lines between it and the table before, and the layouts that may fit.

    Attributes:
        table_no: Counts over the document.
        grid_no: The grid it begins with.
        page_no: The page it begins on.
        seq: Where it begins in the reading order.
        lines: Lines above its header, those inside the grid included: cell, text.
        sheet: The name of the workbook's sheet, if it is the first table there.
        named: The kinds of table that this name is a title of.
        inner: Lines between its grids, where pages cut it.
        rows: Its first rows.
        width: The last column of its header.
        fits: Layouts with its header.
        left: Of these, those that its title leaves: if several, of one table in different years.
        title: What stands above it as its title.
        read: What the lines say.
        match: The layout that fits, once that is decided.
        foreign: Why it is no table of a budget, if it is none.
    """

    table_no: int
    grid_no: int
    page_no: int
    seq: int
    lines: list[tuple[str, str]]
    inner: list[tuple[str, str]]
    sheet: str | None
    named: set[str]
    rows: Rows
    width: int
    fits: list[Match]
    left: list[Match]
    title: Title | None
    read: list[Line]
    match: Match | NoMatch | Form
    foreign: NoMatch | None = None

    @property
    def header_row(self) -> int:
        """The row its header begins in; 1 if nothing fits it."""
        return self.match.first_row if isinstance(self.match, Match) else 1

    @property
    def is_headless(self) -> bool:
        """Whether its first row holds a number: it is no header, but the rest of a table."""
        return any(NUMBER.fullmatch(cell.said) for cell in self.rows.get(1, ()))

    @property
    def title_text(self) -> str | None:
        """The printed title, if one of its layout's titles stands above the grid."""
        return self.title.text if self.title and self.title.layouts else None

    def labels(self, match: Match) -> set[str]:
        """What the label and code columns hold in the first row below the header."""
        below = self.rows.get(match.last_row + 1, ())
        return {
            cell.said
            for cell in below
            if (column := match.column(cell.col)) and column.role in {"label", "code"}
        }

    @property
    def of_header(self) -> list[Clue]:
        """What its header says where its layout prints it there: the unit of money, the year."""
        match = self.match
        if not isinstance(match, Match):
            return []
        rows = range(match.first_row, match.header_to + 1)
        cells = [cell for row in rows for cell in self.rows.get(row, ())]
        clues: list[Clue] = []
        if match.layout.unit == "header":
            clues += [clue for cell in cells for clue in header_units(cell.cell_id, cell.text)]
        year = header_year([cell.said for cell in cells], match.layout)
        if year is not None:
            cell = next(cell for cell in cells if year in cell.said)
            clues.append(Clue("fiscal_year", year, "printed", cell.text, cell.cell_id))
        return clues

    @property
    def of_sheet(self) -> list[Clue]:
        """What the name of its sheet says, the weakest evidence."""
        return list(sheet_clues(self.sheet)) if self.sheet else []

    def printed(self, name: str) -> set[str]:
        """What is printed above the grid for a field of the context."""
        return {c.value for line in self.read for c in line.clues if c.field == name}


@dataclass
class _Seen:
    """A logical table as it comes by in reading order.

    ``others``: how many of the lines stand on other sheets of a workbook, and say nothing of it.
    """

    grid_no: int
    page_no: int
    seq: int
    lines: list[tuple[str, str]]
    sheet: str | None = None
    others: int = 0
    inner: list[tuple[str, str]] = field(default_factory=list)


def read_fragments(cells: pl.DataFrame, layouts: Sequence[Layout]) -> list[Fragment]:
    """The logical tables of a document in reading order, each with the lines around it.

    Args:
        cells: The document's cells, with the columns of ``tables.TABLE_SCHEMA``.
        layouts: How publishers print their tables.
    """
    seen = _tables_and_lines(cells)
    inside = logical_cells(cells.filter(pl.col("table_no") > 0))
    rows = table_rows(inside.filter(pl.col("table_row") <= TOP_ROWS))
    return [_fragment(no, table, rows[no], layouts) for no, table in seen.items()]


def _fragment(table_no: int, table: _Seen, rows: Rows, layouts: Sequence[Layout]) -> Fragment:
    fits = candidates(rows, layouts)
    width = max(cell.columns[-1] for row in rows.values() for cell in row)
    above = (fits[0].first_row - 1) if fits else above_rows(rows, width)
    inside = [
        (cell.cell_id, cell.text) for no in range(1, above + 1) for cell in rows[no] if cell.said
    ]
    lines = [*table.lines, *inside]
    own = lines[table.others :]
    asked = [match.layout for match in fits] or layouts
    title = find_title(own, asked) or _named_by_sheet(table.sheet, asked)
    if fits:
        width = max(cell.columns[-1] for cell in rows[fits[0].first_row])
    titles = title.cell_ids if title and title.layouts else ()
    said = [title.text] if title else []
    again = {c for c, t in own if titles and title and bare(t) == bare(title.text)}
    read = [Line(c, t, is_title=False, clues=()) for c, t in lines[: table.others]]
    read += [read_line(c, t, is_title=c in titles or c in again or is_number(t)) for c, t in own]
    of_name = titled(table.sheet, layouts) if table.sheet else ()
    named = {layout.kind for layout in layouts if layout.id in of_name}
    left = [match for match in fits if not title or match.layout.id in title.layouts]
    match = _judge(rows, left, title, fits) if fits else _nearest(rows, title, layouts)
    return Fragment(
        table_no, table.grid_no, table.page_no, table.seq, lines, table.inner, table.sheet, named,
        rows, width, fits, left, title, read, match, None if fits else foreign(rows, said),
    )  # fmt: skip


def _named_by_sheet(sheet: str | None, layouts: Sequence[Layout]) -> Title | None:
    """The name of a sheet as the title of its first table, where no line above is one."""
    fitting = titled(sheet, layouts) if sheet else ()
    return Title(sheet, (), fitting) if sheet and fitting else None


def _judge(
    rows: Rows, left: Sequence[Match], title: Title | None, fits: Sequence[Match]
) -> Match | NoMatch:
    """The one layout that header and title leave, or why it is none.

    Layouts of one table in different years are one until its year is known: see ``Group.settle``.
    """
    if title and not left:
        known = "; ".join(f"{m.layout.id}: {' | '.join(m.layout.titles)}" for m in fits)
        return NoMatch("title_unknown", title.text, known)
    tables = {(match.layout.place, match.layout.kind) for match in left}
    if len(tables) > 1 or stands_twice(rows, left[0]):
        names = ", ".join(match.layout.id for match in left)
        return NoMatch("layout_ambiguous", names, "恰好一个版式 / exactly one layout")
    return left[0]


def _nearest(rows: Rows, title: Title | None, layouts: Sequence[Layout]) -> NoMatch:
    named = [layout for layout in layouts if title and layout.id in title.layouts]
    return nearest(rows, layouts, named)


def _tables_and_lines(cells: pl.DataFrame) -> dict[int, _Seen]:
    """Tables in reading order, with the lines above each and those between its grids."""
    seen: dict[int, _Seen] = {}
    lines: list[tuple[str, str]] = []
    pages: list[int] = []
    known: set[int] = set()
    is_line = (pl.col("grid_no") == 0) & (pl.col("text") != "")
    order = cells.filter(is_line | ((pl.col("grid_no") > 0) & (pl.col("row_no") == 1))).sort("seq")
    for table_no, grid_no, page_no, seq, cell_id, text, sheet in order.select(
        "table_no", "grid_no", "page_no", "seq", "cell_id", "text", "sheet"
    ).iter_rows():
        if table_no == 0:
            lines.append((cell_id, text))
            pages.append(page_no)
        elif table_no not in seen:
            name = sheet if page_no not in known else None
            known.add(page_no)
            others = sum(page != page_no for page in pages) if sheet else 0
            seen[table_no] = _Seen(grid_no, page_no, seq, lines, name, others)
            lines, pages = [], []
        elif lines:
            seen[table_no].inner += lines
            lines, pages = [], []
    return seen


def table_rows(cells: pl.DataFrame) -> dict[int, Rows]:
    """Table → row → cells that begin in it.

    Args:
        cells: Logical cells of a document's tables.
    """
    found: dict[int, dict[int, list[Printed]]] = {}
    names = ("cell_id", "table_row", "table_col", "table_row_span", "col_span", "text")
    ordered = cells.sort("table_no", "table_row", "table_col").select("table_no", *names)
    for table_no, *values in ordered.iter_rows():
        cell = Printed(*values)
        found.setdefault(table_no, {}).setdefault(cell.row, []).append(cell)
    return dict(found)
