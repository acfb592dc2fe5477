"""Grids of a document with the lines above them, each matched; fragments joined to statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.context import Clue, Line, read_line
from pipelines.recognise.match import HEADER_ROWS, Match, NoMatch, match_grid
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.layout import Layout


@dataclass
class Fragment:
    """A grid, the lines between it and the grid before, and the layout that fits it, if any."""

    grid_no: int
    page_no: int
    lines: list[tuple[str, str]]
    match: Match | NoMatch
    width: int = 0
    first_label: str = ""
    read: list[Line] = field(default_factory=list)

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


def read_fragments(cells: pl.DataFrame, layouts: Sequence[Layout]) -> list[Fragment]:
    """Every grid of a document in reading order, matched; ``cells`` in CELL_SCHEMA + cell_id."""
    fragments: list[Fragment] = []
    lines: list[tuple[str, str]] = []
    head: dict[int, dict[int, dict[int, str]]] = {}
    columns = ("grid_no", "row_no", "col_no", "text", "cell_id", "page_no")
    near_top = (pl.col("grid_no") == 0) | (pl.col("row_no") <= HEADER_ROWS + 1)
    near = cells.filter(near_top).sort("seq").select(columns)
    order: list[tuple[int, int, list[tuple[str, str]]]] = []
    for grid_no, row_no, col_no, text, cell_id, page_no in near.iter_rows():
        if grid_no == 0:
            if text.strip():
                lines.append((cell_id, text))
            continue
        if grid_no not in head:
            head[grid_no] = {}
            order.append((grid_no, page_no, lines))
            lines = []
        head[grid_no].setdefault(row_no, {})[col_no] = text
    for grid_no, page_no, above in order:
        match = match_grid(head[grid_no], layouts)
        fragment = Fragment(grid_no, page_no, above, match, max(next(iter(head[grid_no].values()))))
        if isinstance(match, Match):
            label = next(c for c, column in match.columns.items() if column.role == "label")
            below = [row for row in sorted(head[grid_no]) if row > match.header_row]
            fragment.width = max(head[grid_no][match.header_row])
            fragment.first_label = head[grid_no][below[0]].get(label, "") if below else ""
            fragment.read = [read_line(c, t, match.layout) for c, t in above]
        fragments.append(fragment)
    return fragments


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
