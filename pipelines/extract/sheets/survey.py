"""Surveys: what a workbook stores of each cell, beside the values that calamine gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

#: Row and column, from 1.
Position = tuple[int, int]


class Style(NamedTuple):
    """What of a cell's style is read: its number format, and whether rules stand at its sides."""

    code: str
    is_ruled: bool


class Stored(NamedTuple):
    """What is stored of a cell that is not blank.

    ``kind``: number, text (which the survey of xlsx leaves to calamine), boolean, error, moment (a
    date in words), or unknown: a formula without a value. ``text``: the number, the error.
    """

    kind: str
    text: str
    code: str


@dataclass
class Survey:
    """A sheet as it is stored.

    Attributes:
        name: As on its tab.
        is_hidden: Whether its tab is hidden.
        is_worksheet: Charts and macros have sheets of their own.
        cells: Those that are not blank.
        ruled: Positions with a rule at a side, blank ones too.
        merges: First row, first column, last row, last column.
        hidden_rows: Rows that are not shown.
        hidden_columns: Ranges of columns that are not shown.
        shows_zeros: Whether a zero is shown at all.
        is_1904: Whether days are counted from 1904 on.
        has_drawn_text: Whether text stands in drawings on it.
        is_package: Whether it is of .xlsx, where the survey knows no texts.
    """

    name: str
    is_hidden: bool = False
    is_worksheet: bool = True
    cells: dict[Position, Stored] = field(default_factory=dict)
    ruled: set[Position] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[range] = field(default_factory=list)
    shows_zeros: bool = True
    is_1904: bool = False
    has_drawn_text: bool = False
    is_package: bool = False

    def is_out_of_sight(self, place: Position) -> bool:
        """Whether a position stands in a row or column that is not shown."""
        row, col = place
        return row in self.hidden_rows or any(col in columns for columns in self.hidden_columns)


def address(row: int, col: int) -> str:
    """The address of a cell: ``B7``."""
    return f"{letters(col)}{row}"


@lru_cache(maxsize=20_000)
def letters(col: int) -> str:
    """The name of a column: 28 is ``AB``, and 0 is none."""
    name = ""
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name
