"""Years that a text mentions: clues for a person, never a decision of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_AROUND = 14


@dataclass(frozen=True, slots=True)
class YearClue:
    """A year in a text, where it stands, and the words around it."""

    year: int
    start: int
    around: str


def year_clues(text: str) -> list[YearClue]:
    """Every four-digit year of the text, in order, with up to 14 characters on either side."""
    clues = []
    for match in _YEAR.finditer(text):
        before = text[max(0, match.start() - _AROUND) : match.start()]
        after = text[match.end() : match.end() + _AROUND]
        clues.append(YearClue(int(match[1]), match.start(), f"{before}{match[1]}{after}"))
    return clues
