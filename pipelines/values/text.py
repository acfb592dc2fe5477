"""Folding: a normalised copy of a text for reading, with the way back to the printed characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in plain forms, and for each folded character the position it was printed at."""

    raw: str
    text: str
    at: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The printed characters that folded characters ``start:end`` came from."""
        if start == end:
            position = self.at[start] if start < len(self.at) else len(self.raw)
            return position, position
        return self.at[start], self.at[end - 1] + 1


@cache
def _fold_char(char: str) -> str:
    """NFKC of a character, unless a mark became digits: ``①3`` is not 13, ``10²`` not 102."""
    folded = unicodedata.normalize("NFKC", char)
    makes_digits = any(map(str.isdigit, folded)) and unicodedata.category(char) != "Nd"
    return char if makes_digits else folded


def fold(text: str) -> Folded:
    """Full-width forms to plain ones, character by character; the raw text is kept beside it."""
    if text.isascii():
        return Folded(text, text, tuple(range(len(text))))
    folded = [_fold_char(char) for char in text]
    at = tuple(i for i, chars in enumerate(folded) for _ in chars)
    return Folded(text, "".join(folded), at)


def fold_label(text: str) -> str:
    """A label or header for comparison: folded, without white space."""
    return "".join(fold(text).text.split())
