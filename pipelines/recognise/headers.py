"""Header rows: how many a grid begins with, and how a later page repeats them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.recognise.pieces import Printed

    Row = Sequence[Printed]

NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
#: Words, as against dashes, signs and letters that stand for them.
_WORD = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Z]")
#: No published table has more header rows; a form whose every row looks like one has none.
_MOST = 6
#: How far below a row numbers are looked for.
_AHEAD = 5
#: A header of a single word says nothing; glued to a remnant, three are needed to be sure.
_FEWEST, _FEWEST_GLUED = 2, 3


@dataclass(frozen=True)
class Header:
    """The rows a table begins with: first titles over its whole width, then its header."""

    rows: Sequence[Row]
    titles: int


@dataclass(frozen=True)
class Repeat:
    """How a piece begins with a table's header.

    Attributes:
        height: Rows of the piece that the header takes.
        offset: The header row that the piece's first row repeats, from 0.
        rest_from: Cells that hold more than the header: where in their text it begins.
    """

    height: int
    offset: int
    rest_from: dict[str, int] = field(default_factory=dict)


def read_header(rows: Sequence[Row], width: int) -> Header:
    """Titles and header rows, told by spans, by words above numbers, and by numbers of columns."""
    titles = 0
    while titles < len(rows) and _is_title(rows[titles], width):
        titles += 1
    reach, at = titles + 1, titles
    while at < min(reach, len(rows)):
        for cell in rows[at]:
            is_split = cell.said and 1 < cell.col_span < width
            reach = max(reach, at + cell.row_span, at + 2 if is_split else 0)
        at += 1
    while reach < min(len(rows), titles + _MOST) and (
        numbers_columns(rows[reach]) or _stands_above_numbers(rows, reach)
    ):
        reach += 1
    if reach > titles + _MOST or reach > len(rows):
        reach = titles + 1
    return Header(rows[:reach], titles)


def repeats(rows: Sequence[Row], header: Header) -> Repeat | None:
    """How a piece begins with a header, all of its rows, perhaps without the titles above them."""
    for offset in {0: None, header.titles: None}:
        wanted = header.rows[offset:]
        if len(rows) < len(wanted) or _words(wanted) < _FEWEST:
            continue
        if all(_says(row) == _says(want) for row, want in zip(rows, wanted, strict=False)):
            return Repeat(len(wanted), offset)
        rest = _rest(rows[: len(wanted)], wanted)
        if rest:
            return Repeat(len(wanted), offset, rest)
    return None


def shares(rows: Sequence[Row], header: Header) -> bool:
    """Whether a piece's first row is some row of a header: then it begins a table of its own."""
    first = _says(rows[0])
    return any(first == _says(row) for row in header.rows if _words([row]) >= _FEWEST)


def has_numbers(rows: Sequence[Row]) -> bool:
    """Whether a row other than one that numbers the columns holds a number."""
    return any(
        NUMBER.fullmatch(cell.said) for row in rows if not numbers_columns(row) for cell in row
    )


def _is_title(row: Row, width: int) -> bool:
    return len(row) == 1 and row[0].col_span == width > 1


def _says(row: Row) -> list[tuple[int, str]]:
    return [(cell.col, cell.said) for cell in row if cell.said]


def _words(rows: Sequence[Row]) -> int:
    return sum(bool(cell.said) for row in rows for cell in row)


def numbers_columns(row: Row) -> bool:
    """A row such as 栏次 1 2 3 or A B 1 2: each number is one more than the one before it.

    A single number is one only below a word that says so: ** 1.
    """
    said = [cell.said for cell in row if cell.said]
    counted = [int(text) for text in said if text.isascii() and text.isdigit()]
    words = {fold_label(word) for word in vocabulary().numbers.words}
    others = [text for text in said if not text.isdigit() and not _LETTER.fullmatch(text)]
    first = counted[0] if counted else 0
    is_run = counted == list(range(first, first + len(counted)))
    is_named = words.issuperset(others) and said[: len(others)] == others
    is_enough = len(counted) > 1 or (len(counted) == 1 and words.issuperset(said[:1]))
    return is_named and is_enough and first in {0, 1} and is_run


def _stands_above_numbers(rows: Sequence[Row], at: int) -> bool:
    """Whether a word of the row stands in a column of which all that follows is numbers."""
    blank = {fold_label(word) for word in vocabulary().blank.words}
    for cell in rows[at]:
        if not _WORD.search(cell.said) or cell.said in blank:
            continue
        below = [
            other.said
            for row in rows[at + 1 : at + 1 + _AHEAD]
            for other in row
            if other.col == cell.col and other.said
        ]
        if len(below) > 1 and all(NUMBER.fullmatch(text) for text in below):
            return True
    return False


def _rest(rows: Sequence[Row], wanted: Sequence[Row]) -> dict[str, int]:
    """Cells of header rows that hold the header and more; none if any of them holds less."""
    rest: dict[str, int] = {}
    if _words(wanted) < _FEWEST_GLUED:
        return {}
    for row, want in zip(rows, wanted, strict=True):
        by_col = {cell.col: cell for cell in row}
        if set(by_col) != {cell.col for cell in want}:
            return {}
        for cell in want:
            here = by_col[cell.col]
            if not here.said.startswith(cell.said):
                return {}
            if here.said == cell.said:
                continue
            if here.bottom != len(rows):  # more text than a header cell amid the header may hold
                return {}
            rest[here.cell_id] = _raw_length(here.text, len(cell.said))
    return rest


def _raw_length(text: str, folded: int) -> int:
    """How many printed characters hold the first ``folded`` folded ones, and the space after."""
    length = next(n for n in range(len(text) + 1) if len(fold_label(text[:n])) >= folded)
    return length + len(text[length:]) - len(text[length:].lstrip())
