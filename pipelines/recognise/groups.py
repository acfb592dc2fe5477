"""Groups: fragments that are one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.recognise.forms import Form
from pipelines.recognise.match import Match, NoMatch, stands_twice
from pipelines.recognise.titles import bare
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.recognise.context import Clue
    from pipelines.recognise.fragments import Fragment
    from schemas.layout import Layout

#: Context that a later fragment may repeat and not change.
_SAME = ("body", "consolidation", "unit", "fiscal_year", "phase")


@dataclass
class Group:
    """Fragments that are one statement: the first, and those joined to it."""

    layout: Layout
    fragments: list[Fragment]

    def settle(self, year: int) -> Layout | None:
        """Take the layout whose era holds the statement's year; return the nearest if none does."""
        first = self.fragments[0].match
        if isinstance(first, Form):
            form = min((first, *first.alike), key=lambda form: form.layout.era.distance(year))
            if not form.layout.era.holds(year):
                return form.layout
            for fragment in self.fragments:
                fragment.match = form
            self.layout = form.layout
            return None
        matches = {match.layout.id: match for match in self.fragments[0].left}
        layouts = [match.layout for match in matches.values()]
        nearest = min(layouts, key=lambda layout: layout.era.distance(year))
        if not nearest.era.holds(year):
            return nearest
        for fragment in self.fragments:
            fragment.match = next(m for m in fragment.fits if m.layout.id == nearest.id)
        self.layout = nearest
        return None

    @property
    def title(self) -> str | None:
        """Its printed title."""
        return self.fragments[0].title_text

    @property
    def clues(self) -> list[Clue]:
        """Printed clues; of a clue that repeats on later pages, the first.

        What its layout is known not to print is none of the table's, whatever stands above it.
        """
        seen: dict[tuple[str, str], Clue] = {}
        for fragment in self.fragments:
            above = [clue for line in fragment.read for clue in line.clues]
            for clue in (*above, *fragment.of_header, *fragment.of_sheet):
                if clue.field not in self.layout.absent:
                    seen.setdefault((clue.field, clue.value), clue)
        return list(seen.values())


def join_fragments(fragments: Sequence[Fragment]) -> list[Group]:
    """Join fragments that go on with the statement before them.

    A fragment goes on if it may have its layout with the same order of columns, it prints no
    other title, body or unit, and it does not begin with a grand total that has rows below it. A
    grid that nothing fits is joined to nothing and does not end a statement: it is accounted for
    by itself.
    """
    groups: list[Group] = []
    for fragment in fragments:
        match = _goes_on(groups[-1], fragment) if groups else None
        if match is not None:
            fragment.match = match
            groups[-1].fragments.append(fragment)
        elif isinstance(fragment.match, Form) and groups and _is_same_form(groups[-1], fragment):
            groups[-1].fragments.append(fragment)
        elif not isinstance(fragment.match, NoMatch):
            groups.append(Group(fragment.match.layout, [fragment]))
    return groups


def _goes_on(group: Group, fragment: Fragment) -> Match | None:
    """How a fragment has the layout of a statement that it goes on with."""
    first = group.fragments[0]
    match = next((m for m in fragment.fits if m.layout.id == group.layout.id), None)
    if match is None or not isinstance(first.match, Match) or match.order != first.match.order:
        return None
    if _begins_anew(fragment, match) or stands_twice(fragment.rows, match):
        return None
    if fragment.title is not None and not _same_title(first, fragment):
        return None
    if all(fragment.printed(name) <= first.printed(name) for name in _SAME):
        return match
    return None


def _begins_anew(fragment: Fragment, match: Match) -> bool:
    """Whether it begins with a grand total of its own; one alone may be the foot of a table."""
    totals = {fold_label(word) for word in vocabulary().rows.grand_total}
    below = [row for row in fragment.rows if row > match.last_row]
    return bool(fragment.labels(match) & totals) and len(below) > 1


def _is_same_form(group: Group, fragment: Fragment) -> bool:
    return group.fragments[0].match is fragment.match


def _same_title(first: Fragment, fragment: Fragment) -> bool:
    if first.title is None or fragment.title is None:
        return False
    return bare(first.title.text) == bare(fragment.title.text)
