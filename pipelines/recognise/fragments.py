"""Logical tables with the lines above them, each matched; fragments joined to statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.context import Clue, Line, read_line
from pipelines.recognise.headers import NUMBER
from pipelines.recognise.match import HEADER_ROWS, Match, NoMatch, match_grid
from pipelines.recognise.tables import logical_cells
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.layout import Layout


@dataclass
class Fragment:
    """A logical table, the lines between it and the table before, and the layout that fits it.

    Attributes:
        table_no: Counts over the document.
        grid_no: The grid it begins with.
        page_no: The page it begins on.
        lines: Lines above it: cell, text.
        inner: Lines between its grids, where pages cut it.
        width: The last column of its header.
        is_headless: Whether its first row holds a number: it is no header, but the rest of a table.
    """

    table_no: int
    grid_no: int
    page_no: int
    lines: list[tuple[str, str]]
    match: Match | NoMatch
    inner: list[tuple[str, str]] = field(default_factory=list)
    width: int = 0
    is_headless: bool = False
    first_label: str = ""
    read: list[Line] = field(default_factory=list)

    @property
    def header_row(self) -> int:
        """The row its header stands in; 1 if nothing fits it."""
        return self.match.header_row if isinstance(self.match, Match) else 1

    def printed(self, name: str) -> set[str]:
        """What is printed above the grid for a field of the context."""
        return {c.value for line in self.read for c in line.clues if c.field == name}

    @property
    def title(self) -> str | None:
        """The printed title, if one of its layout's titles stands above the grid."""
        return next((line.text for line in self.read if line.is_title), None)


@dataclass
class Group:
    """Fragments that are one statement: the first, and those joined to it."""

    layout: Layout
    fragments: list[Fragment]

    @property
    def clues(self) -> list[Clue]:
        """Printed clues; of a clue that repeats on later pages, the first."""
        seen: dict[tuple[str, str], Clue] = {}
        for fragment in self.fragments:
            for line in fragment.read:
                for clue in line.clues:
                    seen.setdefault((clue.field, clue.value), clue)
        return list(seen.values())


@dataclass
class _Seen:
    """A logical table as it comes by in reading order."""

    grid_no: int
    page_no: int
    lines: list[tuple[str, str]]
    inner: list[tuple[str, str]] = field(default_factory=list)


def read_fragments(cells: pl.DataFrame, layouts: Sequence[Layout]) -> list[Fragment]:
    """The logical tables of a document in reading order, each with the lines around it.

    Args:
        cells: The document's cells, with the columns of ``tables.TABLE_SCHEMA``.
        layouts: How publishers print their tables.
    """
    seen = _tables_and_lines(cells)
    rows = _first_rows(logical_cells(cells.filter(pl.col("table_no") > 0)))
    fragments = []
    for table_no, table in seen.items():
        mine = rows[table_no]
        match = match_grid(mine, layouts)
        first = next(iter(mine.values()))
        is_headless = any(NUMBER.fullmatch(fold_label(text)) for text in first.values())
        fragment = Fragment(table_no, table.grid_no, table.page_no, table.lines, match, table.inner,
                            max(first), is_headless)  # fmt: skip
        if isinstance(match, Match):
            label = next(c for c, column in match.columns.items() if column.role == "label")
            below = [row for row in mine if row > match.header_row]
            fragment.width = max(mine[match.header_row])
            fragment.first_label = mine[below[0]].get(label, "") if below else ""
            fragment.read = [read_line(c, t, match.layout) for c, t in table.lines]
        fragments.append(fragment)
    return fragments


def _tables_and_lines(cells: pl.DataFrame) -> dict[int, _Seen]:
    """Tables in reading order, with the lines above each and those between its grids."""
    seen: dict[int, _Seen] = {}
    lines: list[tuple[str, str]] = []
    is_line = (pl.col("grid_no") == 0) & (pl.col("text") != "")
    order = cells.filter(is_line | ((pl.col("grid_no") > 0) & (pl.col("row_no") == 1))).sort("seq")
    for table_no, grid_no, page_no, cell_id, text in order.select(
        "table_no", "grid_no", "page_no", "cell_id", "text"
    ).iter_rows():
        if table_no == 0:
            lines.append((cell_id, text))
        elif table_no not in seen:
            seen[table_no] = _Seen(grid_no, page_no, lines)
            lines = []
        elif lines:
            seen[table_no].inner += lines
            lines = []
    return seen


def _first_rows(cells: pl.DataFrame) -> dict[int, dict[int, dict[int, str]]]:
    """Table → row → column → text, of as many rows as a header may stand in, and the next."""
    near_top = cells.filter(pl.col("table_row") <= HEADER_ROWS + 1)
    first = near_top.sort("table_no", "table_row", "table_col")
    found: dict[int, dict[int, dict[int, str]]] = {}
    for table_no, row_no, col_no, text in first.select(
        "table_no", "table_row", "table_col", "text"
    ).iter_rows():
        found.setdefault(table_no, {}).setdefault(row_no, {})[col_no] = text
    return found


def join_fragments(fragments: Sequence[Fragment]) -> list[Group]:
    """Join fragments that go on with the statement before them.

    A fragment goes on if its layout and the order of its columns are the same, it prints no other
    title, body or unit, and it does not begin with a grand total of its own. A grid that nothing
    fits is joined to nothing and does not end a statement: it is accounted for by itself.
    """
    groups: list[Group] = []
    for fragment in fragments:
        if isinstance(fragment.match, NoMatch):
            continue
        if groups and _goes_on(groups[-1], fragment, fragment.match):
            groups[-1].fragments.append(fragment)
        else:
            groups.append(Group(fragment.match.layout, [fragment]))
    return groups


def _goes_on(group: Group, fragment: Fragment, match: Match) -> bool:
    first = group.fragments[0]
    totals = {fold_label(word) for word in vocabulary().rows.grand_total}
    if not isinstance(first.match, Match) or match.headers != first.match.headers:
        return False
    if match.layout.id != group.layout.id or fold_label(fragment.first_label) in totals:
        return False
    same_title = fragment.title in (None, first.title)
    return same_title and all(
        fragment.printed(name) <= first.printed(name)
        for name in ("body", "consolidation", "unit", "fiscal_year", "phase")
    )
