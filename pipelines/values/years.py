"""Years that a text mentions: clues for a person, never a decision of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from schemas.code_lists import code_list

#: A number that is all of a year.
A_YEAR = re.compile(r"(?:19|20)\d\d")
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


def plain_year(text: str) -> str:
    """A year in Arabic digits: ``二〇二六`` is 2026."""
    return text.translate(_digits())


@cache
def _digits() -> dict[int, str]:
    signs = code_list("chinese_numerals").select("character", "value", "role").rows()
    return {ord(sign): value for sign, value, role in signs if role == "digit"}
