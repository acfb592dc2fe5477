"""Titles: which line above a table says what the table is, and what of it is numbering."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemas.layout import Layout

#: Lines above a table among which its title is: number, title (of two lines), body, unit, a note.
_NEAR = 8


@dataclass(frozen=True)
class Title:
    """The title above a table: its text, the lines (``cell_id``) that print it, whom it fits.

    ``layouts`` is empty if the line reads as a title and none of the layouts asked has it.
    """

    text: str
    cell_ids: tuple[str, ...]
    layouts: tuple[str, ...]


def bare(text: str) -> str:
    """A title without number, year and marks of going on; empty if it is nothing else."""
    said = fold_label(text)
    while (shorter := _around().sub("", said)) != said:
        said = shorter
    return said


def is_number(text: str) -> bool:
    """Whether a line is the number of a table and nothing else (``公开01表``)."""
    said = fold_label(text)
    return any(re.fullmatch(pattern, said) for pattern in vocabulary().titles.numbers)


def reads_as_title(text: str) -> bool:
    """Whether a line reads as the title of some table, whatever table that is."""
    patterns = vocabulary().titles
    return any(re.fullmatch(like, bare(text)) for like in patterns.like) and not any(
        re.fullmatch(heading, fold_label(text)) for heading in patterns.headings
    )


def titled(text: str, layouts: Iterable[Layout]) -> tuple[str, ...]:
    """Ids of the layouts that have a title, with its number or without."""
    printed = {fold_label(text), bare(text)}
    return tuple(
        layout.id
        for layout in layouts
        if any(re.fullmatch(title, said) for title in layout.titles for said in printed)
    )


def find_title(lines: Sequence[tuple[str, str]], layouts: Sequence[Layout]) -> Title | None:
    """The title nearest above a table, of one line or of two.

    Args:
        lines: Lines above the table: ``cell_id``, text.
        layouts: Those that may be meant.

    Returns:
        The nearest title of one of the layouts, unless a line that reads as another title stands
        nearer: then that, with no layout. None if no line near the table is a title.
    """
    for at in range(len(lines) - 1, max(len(lines) - 1 - _NEAR, -1), -1):
        cell_id, text = lines[at]
        if fitting := titled(text, layouts):
            return Title(text, (cell_id,), fitting)
        above = lines[at - 1] if at else None
        if above and not is_number(text) and (fitting := titled(above[1] + text, layouts)):
            return Title(above[1] + text, (above[0], cell_id), fitting)
        if reads_as_title(text):
            return Title(text, (cell_id,), ())
    return None


@cache
def _around() -> re.Pattern[str]:
    """What stands before a title or after it, and is none of it."""
    marks = "|".join(re.escape(fold_label(mark)) for mark in vocabulary().continued.marks)
    titles = vocabulary().titles
    before = "|".join((*titles.numbers, *titles.before))
    return re.compile(f"^(?:{before}|{marks})|(?:{marks})$")
