"""Lines outside of grids: titles, context, notes of statements, or what nobody understands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.fields import form_cells
from pipelines.recognise.items import Item, Place
from pipelines.recognise.match import NoMatch
from pipelines.recognise.notes import Notes, says_empty
from pipelines.values.text import fold_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.recognise.fragments import Fragment
    from pipelines.recognise.groups import Group
    from pipelines.recognise.headings import Heading


@dataclass
class Lines:
    """What the lines of one document are to its statements.

    Attributes:
        notes: What tells notes from the rest of a table.
        groups: The statements, from number 1 on.
        placed: Line (``cell_id``) → disposition and statement.
        empty: Statement → the note that says that it has no figures.
        foreign: Tables that are none of a budget.
    """

    notes: Notes = field(default_factory=Notes)
    groups: Sequence[Group] = ()
    placed: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    empty: dict[int, str] = field(default_factory=dict)
    foreign: set[int] = field(default_factory=set)

    def place(
        self, cells: pl.DataFrame, fragments: Sequence[Fragment], headings: Iterable[Heading]
    ) -> Iterable[Item]:
        """All lines of a document; what may be the rest of a statement's table waits."""
        for number, group in enumerate(self.groups, 1):
            for fragment in group.fragments:
                yield from self._place_above(number, fragment)
        yield from self._place_unmatched(fragments)
        yield from self._place_below(cells)
        self._place_headings(headings)
        self.placed = dict(form_cells(self.groups)) | self.placed

    def _title(self, number: int) -> str | None:
        return self.groups[number - 1].title if number else None

    def _place_above(self, number: int, fragment: Fragment) -> Iterable[Item]:
        """Titles and labels; lines before them may be the rest of the table before."""
        is_first = fragment is self.groups[number - 1].fragments[0]
        said = [line for line in fragment.read if line.is_title or line.clues]
        for line in said:
            what = "title" if line.is_title else "context"
            self.placed[line.cell_id] = (what if is_first else "repeat", number)
        known = {line.cell_id for line in said}
        cell_ids = [line.cell_id for line in fragment.read]
        start = next((n for n, cell_id in enumerate(cell_ids) if cell_id in known), len(cell_ids))
        before = number - 1 if is_first else number
        after = fragment.lines if not is_first else fragment.lines[:start] if before else []
        after = [line for line in after if line[0] not in known]
        yield from self._place_after(after, before, fragment.table_no - 1, fragment.page_no)
        for cell_id, text in fragment.lines:
            if cell_id not in self.placed:
                self.placed[cell_id] = ("note", number)
                if says_empty(text, self._title(number)):
                    self.empty.setdefault(number, cell_id)
        above = {fold_label(text) for _, text in fragment.lines}
        for cell_id, text in fragment.inner:
            is_note = cell_id in self.notes.furniture and fold_label(text) not in above
            self.placed[cell_id] = ("note" if is_note else "repeat", number)

    def _place_after(
        self, lines: Iterable[tuple[str, str]], number: int, table_no: int, page_no: int
    ) -> Iterable[Item]:
        for cell_id, text, said in self.notes.after(lines, table_no, self._title(number)):
            self.placed[cell_id] = ("quarantined" if said == "rest" else "note", number or None)
            if said == "empty":
                self.empty.setdefault(number, cell_id)
            if said == "rest":
                yield _stray(text, self.notes.pages.get(cell_id, page_no), number, cell_id)

    def _place_unmatched(self, fragments: Sequence[Fragment]) -> Iterable[Item]:
        """Grids that nothing fits; what may be the rest of a statement makes it partial."""
        statement_of = {
            id(f): number for number, group in enumerate(self.groups, 1) for f in group.fragments
        }
        before: int | None = None
        for fragment in fragments:
            before = statement_of.get(id(fragment), before)
            if not isinstance(fragment.match, NoMatch):
                continue
            is_rest = before is not None and self._is_rest(fragment, self.groups[before - 1])
            verdict, said = fragment.match, "quarantined"
            if fragment.foreign and not is_rest:
                verdict, said = fragment.foreign, "note"
                self.foreign.add(fragment.table_no)
            for cell_id, _ in (*fragment.lines, *fragment.inner):
                is_note = cell_id in self.notes.furniture
                self.placed[cell_id] = ("note" if is_note else said, None)
            yield Item(
                "grid", Place(fragment.page_no, fragment.grid_no), verdict.rule_id,
                verdict.found, verdict.expected, "partial" if is_rest else "none",
                before if is_rest else None,
            )  # fmt: skip

    def _is_rest(self, fragment: Fragment, group: Group) -> bool:
        """Whether a table goes on after a statement: no line between, or text of a broken cell.

        Or one that begins with figures, whatever its columns are: it has no header of its own.
        """
        read = [line for line in fragment.read if line.cell_id not in self.notes.furniture]
        is_headed = fragment.title is not None or any(line.clues for line in read)
        same_width = fragment.width == group.fragments[0].width
        return not read or ((same_width or fragment.is_headless) and not is_headed)

    def _place_below(self, cells: pl.DataFrame) -> Iterable[Item]:
        """Lines after the last grid: notes, or text that may be the rest of a broken cell."""
        rest = cells.filter(
            (pl.col("grid_no") == 0)
            & (pl.col("text") != "")
            & ~pl.col("cell_id").is_in(list(self.placed))
        ).sort("seq")
        if not self.groups:
            self.placed |= dict.fromkeys(rest["cell_id"], ("note", None))
            return
        last: Any = cells["table_no"].max()
        page_no: Any = cells["page_no"].max()
        lines = rest.select("cell_id", "text").iter_rows()
        yield from self._place_after(lines, len(self.groups), last, page_no)

    def _place_headings(self, headings: Iterable[Heading]) -> None:
        """Headings are context of what follows."""
        for heading in headings:
            for cell_id in heading.cell_ids:
                said, number = self.placed[cell_id]
                if said == "note":
                    self.placed[cell_id] = ("context", number)


def _stray(text: str, page_no: int, statement_no: int, cell_id: str) -> Item:
    expected = "标题、标签、注 / a title, a label, a note"
    return Item("grid", Place(page_no), "text_outside_grids", text, expected, "partial",
                statement_no, cell_id)  # fmt: skip
