"""How well logical tables were read: cells and numbers that are exact, rows that are lost.

A cell is exact only if its text, white space removed, stands at the right row and column of the
logical table, rows cut by page breaks rejoined. Rows are aligned in their order, so that one lost
row does not spoil all that follow; a lost or surplus row is counted as such.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

Row = Sequence[str | None]
Rows = Sequence[Row]

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?[%％]?")


@dataclass(frozen=True)
class Score:
    """Counts over tables; ``+`` adds them up.

    Attributes:
        cells: Cells of the truth, blank ones too, and printed texts where the truth has no cell.
        exact: Those with the right text at the right place.
        numbers: Cells of the truth that are a number.
        exact_numbers: Likewise.
        lost_rows: Rows of the truth that have no counterpart.
        surplus_rows: Rows that the truth does not have.
        differences: What differs, in words.
    """

    cells: int = 0
    exact: int = 0
    numbers: int = 0
    exact_numbers: int = 0
    lost_rows: int = 0
    surplus_rows: int = 0
    differences: tuple[str, ...] = field(default=(), repr=False)

    def __add__(self, other: Score) -> Score:
        mine, theirs = vars(self), vars(other)
        return Score(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def share(self) -> float:
        """Exact cells of all; 1 where there are none."""
        return self.exact / self.cells if self.cells else 1.0

    @property
    def is_perfect(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def score(truth: Sequence[Rows], found: Sequence[Rows]) -> Score:
    """Tables against their truth, aligned in their order."""
    total = Score()
    for number, (true, read) in enumerate(_paired_tables(truth, found)):
        total += _table(f"table {number}", true or (), read or ())
    return total


def closed_up(text: str | None) -> str | None:
    """A text without its white space."""
    return None if text is None else "".join(text.split())


def is_number(text: str | None) -> bool:
    """Whether a cell's text is a number and nothing else."""
    return text is not None and _NUMBER.fullmatch(text) is not None


def _table(name: str, truth: Rows, found: Rows) -> Score:
    true = [[closed_up(text) for text in row] for row in truth]
    read = [[closed_up(text) for text in row] for row in found]
    total = Score()
    for i, j in _aligned(true, read):
        row = _row(f"{name} row {i}", true[i] if i is not None else None,
                   read[j] if j is not None else None)  # fmt: skip
        total += row
    return total


def _row(name: str, true: Row | None, read: Row | None) -> Score:
    """A row with its counterpart, or without."""
    if true is None:
        surplus = [text for text in read or () if text]
        return Score(
            cells=len(surplus), surplus_rows=1, differences=(f"{name}: surplus {surplus}",)
        )
    cells = [(c, t, r) for c, (t, r) in enumerate(zip_longest(true, read or ()))
             if t is not None or r]  # fmt: skip
    wrong = [(c, t, r) for c, t, r in cells if t != r or read is None]
    said = [f"{name} column {c}: {t!r} read {r!r}" for c, t, r in wrong]
    if read is None:
        said = [f"{name}: lost {[text for text in true if text]}"]
    numbers = sum(is_number(t) for _, t, _ in cells)
    return Score(
        cells=len(cells),
        exact=len(cells) - len(wrong),
        numbers=numbers,
        exact_numbers=numbers - sum(is_number(t) for _, t, _ in wrong),
        lost_rows=int(read is None),
        differences=tuple(said),
    )


def _aligned(true: Rows, read: Rows) -> list[tuple[int | None, int | None]]:
    """Pairs of rows in their order with the most equal cells; what has no counterpart, alone."""
    return _best([[_likeness(t, r) for r in read] for t in true], len(true), len(read))


def _paired_tables(
    truth: Sequence[Rows], found: Sequence[Rows]
) -> list[tuple[Rows | None, Rows | None]]:
    words = [[{closed_up(text) for row in table for text in row if text} for table in tables]
             for tables in (truth, found)]  # fmt: skip
    gains = [[len(t & r) / (len(t | r) or 1) for r in words[1]] for t in words[0]]
    pairs = _best(gains, len(truth), len(found))
    return [
        (truth[i] if i is not None else None, found[j] if j is not None else None) for i, j in pairs
    ]


def _likeness(true: Row, read: Row) -> float:
    """How many non-blank cells are equal, a little for blank ones, less for similar ones."""
    equal = 0.0
    for t, r in zip(true, read, strict=False):
        if t == r:
            equal += 1.0 if t else 0.05
        elif t and r and (t in r or r in t):
            equal += 0.3
    return equal


def _best(gains: list[list[float]], n: int, m: int) -> list[tuple[int | None, int | None]]:
    """The alignment of two sequences in their order with the highest sum of gains."""
    sums = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            sums[i][j] = max(sums[i + 1][j], sums[i][j + 1], gains[i][j] + sums[i + 1][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < n and j < m:
        if gains[i][j] > 0 and sums[i][j] == gains[i][j] + sums[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif sums[i][j] == sums[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return [*pairs, *((k, None) for k in range(i, n)), *((None, k) for k in range(j, m))]
