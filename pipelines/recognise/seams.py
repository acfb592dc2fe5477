"""Seams: whether the first row of a page goes on with what the page before ended with."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from pipelines.recognise.headers import NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.recognise.pieces import Printed

    Row = Sequence[Printed]

_DIGITS = re.compile(r"[-+\d.,%]+")
#: A figure or a piece of one; a dash alone says that there is none.
_FIGURE = re.compile(r"[-+.,]*\d[-+\d.,%]*")
#: Rows from which one may tell what a column always holds.
_ENOUGH = 3
_BRACKETS = ("()", "《》", "“”", "【】", "[]")
#: How sentences end.
_ENDS = ("。", "；", ";", "！", "!", ".")
#: Longer texts are prose; of the others, so many of a column are kept to be compared.
_LABEL, _KNOWN = 40, 200
#: No name is longer that is cut within.
_PROSE = 12


@dataclass(frozen=True)
class Owner:
    """The logical cell that covers a column of a table's last row.

    Attributes:
        cell_id: Of its first part.
        top: The row of the table it begins in.
        said: The text of all of its parts, folded.
        is_spanning: Whether it covers several rows.
    """

    cell_id: str
    top: int
    col: int
    col_span: int
    said: str
    is_spanning: bool
    parts: int = 1

    @classmethod
    def of(cls, cell: Printed, top: int) -> Owner:
        """A cell that is no part of an earlier one, in a row of the table."""
        return cls(cell.cell_id, top, cell.col, cell.col_span, cell.said, cell.row_span > 1)

    def with_part(self, cell: Printed, *, is_repeat: bool, is_span: bool) -> Owner:
        """The cell with one more part."""
        said = self.said if is_repeat else self.said + cell.said
        return replace(
            self, said=said, parts=self.parts + 1, is_spanning=self.is_spanning or is_span
        )


@dataclass
class Columns:
    """What the columns of a table hold, over rows that no page cuts.

    ``rows``: how many. By column: cells that are ``filled``, ``blank`` (a column that a cell of
    another row covers is neither), ``merged`` over rows, ``short``, ``numbers``, ``ended`` as
    sentences are; of numbers their ``decimals``; and the ``labels`` seen, as far as kept.
    """

    rows: int = 0
    filled: Counter[int] = field(default_factory=Counter)
    blank: Counter[int] = field(default_factory=Counter)
    merged: Counter[int] = field(default_factory=Counter)
    short: Counter[int] = field(default_factory=Counter)
    ended: Counter[int] = field(default_factory=Counter)
    numbers: Counter[int] = field(default_factory=Counter)
    decimals: dict[int, set[int]] = field(default_factory=dict)
    labels: dict[int, Counter[str]] = field(default_factory=dict)

    def add(self, rows: Iterable[Row], end: int) -> None:
        """Take in rows of a piece that has ``end`` rows.

        What is blank at its end may be printed on the next page: it is not counted.
        """
        for row in rows:
            self.rows += 1
            for cell in row:
                if cell.col_span > 1 or (not cell.said and cell.bottom == end):
                    continue
                (self.filled if cell.said else self.blank)[cell.col] += 1
                self.merged[cell.col] += cell.row_span > 1
                self.ended[cell.col] += cell.said.endswith(_ENDS)
                if NUMBER.fullmatch(cell.said):
                    self.numbers[cell.col] += 1
                    self.decimals.setdefault(cell.col, set()).add(_decimals(cell.said))
                if 0 < len(cell.said) <= _LABEL:
                    self.short[cell.col] += 1
                    known = self.labels.setdefault(cell.col, Counter())
                    if cell.said in known or len(known) < _KNOWN:
                        known[cell.said] += 1

    def with_rows(self, rows: Iterable[Row], end: int) -> Columns:
        """A copy with more rows."""
        copy = Columns(
            self.rows, self.filled.copy(), self.blank.copy(), self.merged.copy(),
            self.short.copy(), self.ended.copy(), self.numbers.copy(),
            {col: set(found) for col, found in self.decimals.items()},
            {col: found.copy() for col, found in self.labels.items()},
        )  # fmt: skip
        copy.add(rows, end)
        return copy

    def numeric(self) -> set[int]:
        """Columns in which nothing but numbers stands, in more than one row."""
        return {c for c, n in self.numbers.items() if n > 1 and n == self.filled[c]}

    def keys(self) -> set[int]:
        """Columns that every row fills, and not with prose."""
        if self.rows < _ENOUGH:
            return set()
        return {c for c, n in self.short.items() if n == self.rows}

    def is_unfinished(self, col: int, text: str) -> bool:
        """Whether a text lacks the end that all others of its column have."""
        ended = self.ended[col]
        return ended > 1 and ended == self.filled[col] and bool(text) and not text.endswith(_ENDS)

    def never_blank(self, col: int) -> bool:
        """Whether no cell of a column is blank."""
        return self.filled[col] > 0 and not self.blank[col]


@dataclass(frozen=True)
class Glued:
    """A cell that is a part of an earlier one, by which rule; a repeat adds no text."""

    cell: Printed
    owner: Owner
    rule_id: str
    is_repeat: bool = False


@dataclass(frozen=True)
class Seam:
    """What of a first row goes on with earlier cells; ``row_rule`` if all of it does."""

    glued: list[Glued]
    row_rule: str | None


def read_seam(bottom: Mapping[int, Owner], first: Row, columns: Columns, *, is_open: bool) -> Seam:
    """Judge a page's first row.

    Args:
        bottom: What covers the last row of the table so far, by column.
        first: The first row below a repeated header.
        columns: What the columns hold, the rows beside the seam left out.
        is_open: Whether no rule closes the row at the page's end or begins it on the next.
    """
    below = [cell for cell in first if cell.col in bottom and _fits(cell, bottom[cell.col])]
    spans = [cell for cell in below if cell.row_span > 1 or bottom[cell.col].is_spanning]
    known = {cell.col for cell in spans}
    may_span = [cell for cell in below if cell.col in known or columns.merged[cell.col]]
    going_on = _going_on(may_span, bottom, columns)
    rule = _row_rule(bottom, first, columns, is_open=is_open)
    found = {glued.cell.cell_id for glued in going_on}
    if rule is None or any(cell.cell_id not in found for cell in spans):
        return Seam(going_on, None)
    rest = [Glued(cell, bottom[cell.col], rule) for cell in first if cell.cell_id not in found]
    return Seam(going_on + rest, rule)


def _fits(cell: Printed, owner: Owner) -> bool:
    return (cell.col, cell.col_span) == (owner.col, owner.col_span)


def _going_on(
    cells: Sequence[Printed], bottom: Mapping[int, Owner], columns: Columns
) -> list[Glued]:
    """Merged cells that the page cuts, from the left: none within a group that begins anew.

    In the second half stands nothing, all, the same, or the rest. The same number proves nothing
    by itself: it needs a text beside it that goes on.
    """
    going_on: list[Glued] = []
    is_proven = False
    for cell in cells:
        owner = bottom[cell.col]
        is_repeat = bool(cell.said) and cell.said == owner.said
        if not (is_repeat or _is_half(cell, owner, columns) or _is_beside(cell, owner, going_on)):
            break
        going_on.append(Glued(cell, owner, "rowspan_continued", is_repeat=is_repeat))
        is_proven |= not is_repeat or not _DIGITS.fullmatch(cell.said)
    if is_proven:
        return going_on
    return list(takewhile(lambda glued: not glued.is_repeat, going_on))


def _is_half(cell: Printed, owner: Owner, columns: Columns) -> bool:
    """Whether a cell is the second half of a merged one: what it holds says so.

    One half is empty in a column that never is; or both are one text: known to the column, with
    brackets over both, or unfinished.
    """
    if not cell.said:
        return bool(owner.said) and columns.never_blank(cell.col)
    if not owner.said:
        return columns.never_blank(cell.col)
    if _DIGITS.fullmatch(cell.said):
        return False
    is_known = owner.said + cell.said in columns.labels.get(cell.col, ())
    is_open = any(_closes(pair, owner.said, cell.said) for pair in _BRACKETS)
    return is_known or is_open or columns.is_unfinished(cell.col, owner.said)


def _is_beside(cell: Printed, owner: Owner, going_on: Sequence[Glued]) -> bool:
    """Whether a cell covers the rows of one that goes on, one half empty, and may do so too."""
    if not going_on or going_on[-1].is_repeat:
        return False
    other = going_on[-1]
    is_beside = (other.cell.row_span, other.owner.top) == (cell.row_span, owner.top)
    is_empty = not (other.cell.said and other.owner.said)
    is_prose = len(owner.said) > _PROSE and not owner.said.endswith(_ENDS)
    return is_beside and is_empty and (is_prose or not (owner.said or cell.said))


def _closes(pair: str, before: str, after: str) -> bool:
    """Whether a bracket is left open before and closed after."""
    opened = before.count(pair[0]) - before.count(pair[1])
    return opened > 0 and after.count(pair[1]) - after.count(pair[0]) == opened


def _row_rule(
    bottom: Mapping[int, Owner], first: Row, columns: Columns, *, is_open: bool
) -> str | None:
    """Why the first row is the rest of the last one; none if it may be a row of its own."""
    if not any(cell.said for cell in first) or not _same_cells(bottom, first):
        return None
    before = {cell.col: bottom[cell.col].said for cell in first}
    after = {cell.col: cell.said for cell in first}
    both = [col for col in after if before[col] and after[col]]
    figures = [c for c in both if _DIGITS.fullmatch(before[c]) and _DIGITS.fullmatch(after[c])]
    if not all(_FIGURE.fullmatch(text[c]) for c in figures for text in (before, after)):
        return None  # a dash is a whole cell: two rows
    cut = [c for c in figures if _is_cut(before[c], after[c], columns.decimals.get(c), is_open)]
    if len(cut) < len(figures):
        return None  # two numbers in one column: two rows
    if cut:
        may_be_two = all(NUMBER.fullmatch(text[c]) for c in cut for text in (before, after))
        labels = [c.col for c in first if c.row_span == 1 and not bottom[c.col].is_spanning]
        texts = [col for col in labels if col not in figures and (before[col] or after[col])]
        # Not every program prints a figure's zeros: a 5 below 20.75, above 20.50, may be whole.
        is_sure = not may_be_two or (bool(texts) and not (before[texts[0]] and after[texts[0]]))
        return "number_cut" if is_sure else None
    keys = columns.keys() & set(after)
    numeric = keys & columns.numeric()
    leading = numeric | {min(keys)} if keys else set()
    one_sided = {c for c in keys if bool(before[c]) != bool(after[c])}
    if is_open:
        goes_on = bool(one_sided) if keys else not all(after.values())
        return "row_continued" if goes_on and not numeric & set(both) else None
    if numeric and not any(after[c] for c in numeric):
        # No number where every row has one, and a sentence goes on: a name may be cut too.
        cut = [c for c in both if columns.is_unfinished(c, before[c])]
        leading = numeric if cut and all(before[c] for c in numeric) else leading
    goes_on = bool(leading) and leading <= one_sided and _lacks_all(before, after, leading)
    if goes_on and all(after[c] for c in leading):
        # What begins with a name and no key, above a whole row with a name of its own, is a row.
        goes_on = not (keys - leading) & set(both)
    is_sure = bool(numeric) or 2 * sum(map(bool, after.values())) <= len(after)
    return "row_continued" if goes_on and is_sure else None


def _lacks_all(before: Mapping[int, str], after: Mapping[int, str], keys: set[int]) -> bool:
    """Whether one of the rows has all keys and the other none: no keys shared out among two."""
    return all(before[c] for c in keys) or all(after[c] for c in keys)


def _same_cells(bottom: Mapping[int, Owner], first: Row) -> bool:
    """Whether the row's cells stand below the last row's, and no merged cell begins with it."""
    return all(
        (owner := bottom.get(cell.col)) is not None
        and (cell.col, cell.col_span) == (owner.col, owner.col_span)
        for cell in first
    ) and {c for cell in first for c in cell.columns} == set(bottom)


def _is_cut(before: str, after: str, decimals: set[int] | None, is_open: bool) -> bool:
    """Whether two halves are no numbers of their column and the whole is one."""
    whole = before + after
    if not NUMBER.fullmatch(whole):
        return False
    if decimals is None or len(decimals) > 1:
        return is_open and not (NUMBER.fullmatch(before) and NUMBER.fullmatch(after))
    wanted = next(iter(decimals))

    def fits(text: str) -> bool:
        return NUMBER.fullmatch(text) is not None and _decimals(text) == wanted

    return fits(whole) and not (fits(before) and fits(after))


def _decimals(number: str) -> int:
    return len(number.rstrip("%").partition(".")[2])
