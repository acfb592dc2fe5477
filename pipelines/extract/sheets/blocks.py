"""Blocks: which positions of a sheet are grids, and which are lines outside of them.

Rules at the sides of cells tell a table, blank rows in it included, as on paper. Where there are
none, rows that follow one another do; a row of one cell before the first row of several is a line
above it. A row of one cell below is the table's: it may be a name without an amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pipelines.extract.sheets.survey import Position

#: Rows and columns that a table has at least.
_FEWEST = 2
#: So many blank columns part what stands side by side, where there are no rules.
_APART = 2


@dataclass(frozen=True)
class Merged:
    """A merged cell: its first position and the rows and columns it covers."""

    row: int
    col: int
    rows: int
    cols: int

    @property
    def bottom(self) -> int:
        """Its last row."""
        return self.row + self.rows - 1

    @property
    def right(self) -> int:
        """Its last column."""
        return self.col + self.cols - 1

    def positions(self) -> Iterator[Position]:
        """All that it covers, its own included."""
        for row in range(self.row, self.bottom + 1):
            for col in range(self.col, self.right + 1):
                yield row, col


@dataclass(frozen=True)
class Block:
    """A grid: its first and last row and column; whether rules tell it."""

    top: int
    left: int
    bottom: int
    right: int
    is_ruled: bool

    def __contains__(self, place: Position) -> bool:
        """Whether a position is in it."""
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    def positions(self) -> Iterator[Position]:
        """All of it, row by row."""
        for row in range(self.top, self.bottom + 1):
            for col in range(self.left, self.right + 1):
                yield row, col


def read_blocks(
    filled: Collection[Position], ruled: Collection[Position], merges: Sequence[Merged]
) -> list[Block]:
    """The grids of a sheet from its upper left corner on.

    Args:
        filled: Positions that are not blank.
        ruled: Positions with a rule at a side.
        merges: Merged cells.
    """
    covered, filled_in = _covered(filled, merges), _by_row(filled)
    found = list(_ruled_blocks(filled_in, covered, _by_row(ruled)))
    found += _plain_blocks(outside(filled, found), covered)
    return sorted(found, key=lambda block: (block.top, block.left))


def outside(filled: Collection[Position], blocks: Sequence[Block]) -> set[Position]:
    """Positions in none of the grids."""
    by_row: dict[int, list[Block]] = {}
    for block in blocks:
        for row in range(block.top, block.bottom + 1):
            by_row.setdefault(row, []).append(block)
    return {
        (row, col)
        for row, col in filled
        if row not in by_row or not any(b.left <= col <= b.right for b in by_row[row])
    }


def in_order(
    filled: Collection[Position], blocks: Sequence[Block]
) -> list[tuple[Block | None, Position]]:
    """Grids, and positions of lines outside of them, in reading order, each with its first."""
    lines = outside(filled, blocks)
    parts: list[tuple[Block | None, Position]] = [(None, place) for place in lines]
    parts += [(block, (block.top, block.left)) for block in blocks]
    return sorted(parts, key=lambda part: part[1])


def within(merges: Iterable[tuple[int, int, int, int]], filled: Collection[Position]
           ) -> list[Merged]:  # fmt: skip
    """Merged cells as far as there is something on the sheet; none over another."""
    if not filled:
        return []
    last_row, last_col = max(row for row, _ in filled), max(col for _, col in filled)
    found: list[Merged] = []
    taken: set[Position] = set()
    for top, left, bottom, right in sorted(merges):
        merged = Merged(top, left, min(bottom, last_row) - top + 1, min(right, last_col) - left + 1)
        if merged.rows < 1 or merged.cols < 1 or merged.rows * merged.cols == 1:
            continue
        if taken.isdisjoint(places := set(merged.positions())):
            taken |= places
            found.append(merged)
    return found


def _covered(filled: Collection[Position], merges: Sequence[Merged]) -> dict[Position, Position]:
    """Position → the filled cell that is merged over it."""
    covered: dict[Position, Position] = {}
    for merged in merges:
        if (merged.row, merged.col) in filled:
            covered |= dict.fromkeys(merged.positions(), (merged.row, merged.col))
    return covered


def _ruled_blocks(
    filled_in: Mapping[int, set[int]],
    covered: Mapping[Position, Position],
    by_row: Mapping[int, set[int]],
) -> Iterator[Block]:
    """Rows with rules that follow one another, cut where columns have none."""
    of_row = {row: set(columns) for row, columns in filled_in.items()}
    for row, col in covered:
        of_row.setdefault(row, set()).add(col)
    rows = sorted(row for row, columns in by_row.items() if len(columns) >= _FEWEST)
    for run in _runs(rows, 1):
        columns = set[int]().union(*(by_row[row] for row in run))
        said = set[int]().union(*(of_row.get(row, set()) for row in run))
        # A column between two that are ruled has its rules from them.
        between = {col for col in said if {col - 1, col + 1} <= columns}
        for part in _runs(sorted(columns | between), 1):
            block = _fitted(run[0], run[-1], part[0], part[-1], of_row)
            if block is not None and _is_table(block, filled_in):
                yield block


def _fitted(
    top: int, bottom: int, left: int, right: int, of_row: Mapping[int, set[int]]
) -> Block | None:
    """A block without blank rows and columns at its sides."""
    said = {row: {col for col in of_row.get(row, ()) if left <= col <= right}
            for row in range(top, bottom + 1)}  # fmt: skip
    rows = [row for row, columns in said.items() if columns]
    if not rows:
        return None
    columns = set[int]().union(*said.values())
    return Block(rows[0], min(columns), rows[-1], max(columns), is_ruled=True)


def _by_row(places: Iterable[Position]) -> dict[int, set[int]]:
    """Row → columns."""
    found: dict[int, set[int]] = {}
    for row, col in places:
        found.setdefault(row, set()).add(col)
    return found


def _is_table(block: Block, filled_in: Mapping[int, set[int]]) -> bool:
    is_wide = block.right - block.left + 1 >= _FEWEST and block.bottom - block.top + 1 >= _FEWEST
    rows = (filled_in.get(row, ()) for row in range(block.top, block.bottom + 1))
    cells = sum(block.left <= col <= block.right for columns in rows for col in columns)
    return is_wide and cells >= _FEWEST


def _plain_blocks(filled: set[Position], covered: Mapping[Position, Position]) -> Iterator[Block]:
    """Rows that follow one another, of which two at least hold several cells, or one many."""
    places = filled | {place for place, owner in covered.items() if owner in filled}
    by_row, filled_in = _by_row(places), _by_row(filled)
    for run in _runs(sorted(by_row), 1):
        columns = sorted({col for row in run for col in by_row[row]})
        for part in _runs(columns, _APART):
            mine = range(part[0], part[-1] + 1)
            counts = {row: sum(col in mine for col in filled_in.get(row, ())) for row in run}
            wide = [row for row, count in counts.items() if count >= _FEWEST]
            last = max(row for row in run if any(col in mine for col in by_row[row]))
            # A header may have nothing below it but the name of a total.
            if len(wide) >= _FEWEST or (wide and counts[wide[0]] > _FEWEST and last > wide[0]):
                yield Block(wide[0], part[0], last, part[-1], is_ruled=False)


def _runs(numbers: Sequence[int], step: int) -> Iterator[list[int]]:
    """Numbers in rising order, cut where they are further apart than a step."""
    starts = 0
    keys = []
    for at, number in enumerate(numbers):
        starts += at > 0 and number - numbers[at - 1] > step
        keys.append(starts)
    for _, group in groupby(zip(keys, numbers, strict=True), key=lambda pair: pair[0]):
        yield [number for _, number in group]
