"""Headings: what the cover of a book, and the headings of its parts, say of the tables below."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.context import Clue, body_clues, phases_said
from pipelines.recognise.notes import heads_section
from pipelines.values.text import fold_label
from pipelines.values.years import plain_year
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

#: A cover prints no more lines; a page with more is no cover, however short they are.
_COVER = 6


@dataclass(frozen=True)
class Heading:
    """A line, or some that are read as one, that heads a book or a part of it.

    Attributes:
        seq: Where it stands in the reading order: it speaks for what follows.
        cell_ids: The lines.
        clues: What it says.
    """

    seq: int
    cell_ids: tuple[str, ...]
    clues: tuple[Clue, ...]


@dataclass(frozen=True)
class _Line:
    cell_id: str
    text: str
    page_no: int
    seq: int
    is_cover: bool


def read_headings(cells: pl.DataFrame, furniture: Collection[str]) -> list[Heading]:
    """Headings of a document in reading order: whole lines, never words within prose.

    A cover is the first lines of a document, and any page with a few lines and no table. It may
    name the body, and say whose book it is; a part's heading does not: it often shortens the name.
    A line elsewhere that reads as a cover heads nothing; but where it names another year, phase or
    book than what is above it, nothing is decided of the tables below.

    Args:
        cells: The document's cells with ``cell_id``.
        furniture: Lines that belong to the page.
    """
    lines = _lines(cells, furniture)
    found: list[Heading] = []
    at = 0
    while at < len(lines):
        one, two, three = (lines[at : at + count] for count in (1, 2, 3))
        # A cover prints name and year on two lines, or what the book is on a third, unless these
        # are a heading without the first; a part is headed by one if that will do.
        if heads_section(lines[at].text):
            tried = [one, two]
        else:
            tried = [two, one, *([three] if _heading(three[1:], found) is None else [])]
        for some in tried:
            heading = _heading(some, found)
            if heading is not None:
                found.append(heading)
                at += len(some) - 1
                break
        at += 1
    return found


def clues_above(headings: Iterable[Heading], seq: int) -> Iterator[Clue]:
    """What the headings above a place say; of what several say alike, the nearest."""
    above = [heading for heading in headings if heading.seq < seq]
    seen: set[tuple[str, str]] = set()
    for heading in reversed(above):
        for clue in heading.clues:
            if (clue.field, clue.value) not in seen:
                seen.add((clue.field, clue.value))
                yield clue


def _lines(cells: pl.DataFrame, furniture: Collection[str]) -> list[_Line]:
    is_line = (pl.col("grid_no") == 0) & (pl.col("text") != "")
    has_table = (pl.col("grid_no") > 0).any().over("page_no")
    said = (
        cells.sort("seq")
        .with_columns(has_table=has_table)
        .filter(is_line & ~pl.col("cell_id").is_in(list(furniture)))
        .with_columns(on_page=pl.len().over("page_no"))
        .with_row_index("at")
    )
    is_cover = (pl.col("at") < _COVER) | ((pl.col("on_page") <= _COVER) & ~pl.col("has_table"))
    named = said.select("cell_id", "text", "page_no", "seq", is_cover)
    return [_Line(*row) for row in named.iter_rows()]


def _heading(lines: Sequence[_Line], above: Sequence[Heading]) -> Heading | None:
    """What one line, or some as one, head; none if they are not a heading as a whole."""
    if not lines:
        return None
    first, last = lines[0], lines[-1]
    if first.page_no != last.page_no:
        return None
    whole = "".join(fold_label(line.text) for line in lines)
    is_part = heads_section(first.text)
    is_cover = all(line.is_cover for line in lines)
    if not is_part and not is_cover and len(lines) > 1:
        return None
    words = vocabulary().headings
    match = next((m for p in _patterns(words.part if is_part else words.cover)
                  if (m := p.fullmatch(whole))), None)  # fmt: skip
    if match is None:
        return None
    clues = tuple(_clues(match.groupdict(), whole, lines))
    if not is_part and not is_cover:  # another book begins, or the same is named once more
        clues = tuple(clue for clue in clues if _contradicts(clue, above))
    return Heading(last.seq, tuple(line.cell_id for line in lines), clues)


def _contradicts(clue: Clue, above: Sequence[Heading]) -> bool:
    """Whether headings above say something else of year, phase or whose book it is."""
    said = {c.value for heading in above for c in heading.clues if c.field == clue.field}
    return clue.field != "body" and bool(said) and clue.value not in said


def _clues(said: dict[str, str | None], whole: str, lines: Sequence[_Line]) -> Iterator[Clue]:
    def clue(field: str, value: str, printed: str) -> Clue:
        return Clue(field, value, "heading", *_printed(printed, whole, lines))

    year, body = said.get("year"), said.get("body")
    if year:
        yield clue("fiscal_year", plain_year(year), year)
    yield from (clue("phase", phase, word) for phase, word in phases_said(whole))
    if not body:
        return
    named = list(body_clues(body, *_printed(body, whole, lines), source="heading"))
    yield from named
    if len(named) > 1:  # the name says itself whose book it is
        return
    for consolidation, books in vocabulary().headings.books:
        yield from (clue("consolidation", consolidation, word) for word in books if word in whole)


def _printed(value: str, whole: str, lines: Sequence[_Line]) -> tuple[str, str]:
    """The evidence for a value and its line: that which prints it, else both from the first."""
    for line in lines:
        if value in fold_label(line.text):
            return line.text, line.cell_id
    return whole, lines[0].cell_id


@cache
def _patterns(patterns: tuple[str, ...]) -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in patterns]
