"""Folding: a normalised copy of a text for reading, with the way back to the printed characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import polars as pl

from schemas.code_lists import code_list


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
def _radicals() -> dict[str, str]:
    """Radicals that fonts print for characters, and that NFKC leaves alone: ⻔ is 门."""
    return dict(code_list("cjk_radicals").select("radical", "ideograph").iter_rows())


def folded(column: str) -> pl.Expr:
    """A column of text in plain forms: radicals are characters, full-width forms plain ones."""
    radicals = _radicals()
    whole = pl.col(column).str.replace_many(list(radicals), list(radicals.values()))
    return whole.str.normalize("NFKC")


@cache
def _fold_char(char: str) -> str:
    """NFKC of a character, unless a mark became digits: ``①3`` is not 13, ``10²`` not 102."""
    char = _radicals().get(char, char)
    plain = unicodedata.normalize("NFKC", char)
    makes_digits = any(map(str.isdigit, plain)) and unicodedata.category(char) != "Nd"
    return char if makes_digits else plain


def fold(text: str) -> Folded:
    """Full-width forms to plain ones, character by character; the raw text is kept beside it."""
    if text.isascii():
        return Folded(text, text, tuple(range(len(text))))
    plain = [_fold_char(char) for char in text]
    at = tuple(i for i, chars in enumerate(plain) for _ in chars)
    return Folded(text, "".join(plain), at)


def fold_label(text: str) -> str:
    """A label or header for comparison: folded, without white space."""
    return "".join(fold(text).text.split())
