"""Printed sums against their parts, as the documented rule has it, in integers of fen.

A sum of n printed figures may differ from its printed total by (n + 1) × half a unit of the last
printed place; the place is the finest that the statement prints. A difference beyond three
standard deviations of that many rounding errors is suspect, though within it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple, dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from tests.generator.tables import EXPONENTS, MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.generator.tables import Row, Table

_FIRST_AMOUNT = 2  # the column of the total; the label is the first


@dataclass(frozen=True, slots=True)
class Control:
    """A printed sum and its verdict; money in yuan, as text."""

    identity_id: str
    page_no: int
    grid_no: int
    row_no: int
    col_no: int
    label: str
    measure: str
    printed_yuan: str
    computed_yuan: str
    part_count: int
    envelope_yuan: str
    verdict: str

    def row(self) -> tuple[Any, ...]:
        """Its fields in order."""
        return astuple(self)


def yuan(fen: int | None) -> str:
    """Fen as yuan, exactly."""
    if fen is None:
        raise ValueError("a blank is no amount")
    return f"{fen // 100}.{fen % 100:02d}"


def controls(table: Table) -> Iterator[Control]:
    """Every identity that a printed sum of the table takes part in."""
    place = last_place(table)
    parts: dict[tuple[str, int | None, int], list[int]] = defaultdict(list)
    for row in table.rows:
        for column, fen in _stated(row):
            parts[row.role, row.unit if row.role == "project" else None, column].append(fen)
            if row.role == "project":
                parts["projects", None, column].append(fen)
    for row in table.rows:
        stated = dict(_stated(row))
        funds = [fen for column, fen in stated.items() if column]
        yield _control("row_total_is_sum_of_funds", row, 0, funds, place)
        for column in stated:
            for identity_id, owner in _sums(row):
                mine = parts[(*owner, column)]
                yield _control(identity_id, row, column, mine, place)


def _sums(row: Row) -> list[tuple[str, tuple[str, int | None]]]:
    """Identities of a row over others, and whose amounts they add up."""
    if row.role == "grand_total":
        return [
            ("grand_total_is_sum_of_units", ("unit", None)),
            ("grand_total_is_sum_of_projects", ("projects", None)),
        ]
    if row.role == "unit":
        return [("unit_total_is_sum_of_projects", ("project", row.unit))]
    return []


def _stated(row: Row) -> Iterator[tuple[int, int]]:
    """Columns (0 is the total) that state an amount."""
    for column, figure in enumerate(row.figures):
        if figure.fen is not None:
            yield column, figure.fen


def last_place(table: Table) -> int:
    """A unit of the finest printed place, in fen."""
    exponent = EXPONENTS[table.style.unit] + 2
    stated = (figure for row in table.rows for figure in row.figures if figure.fen is not None)
    return int(min(10 ** (exponent - figure.decimals) for figure in stated))


def _control(identity_id: str, row: Row, column: int, parts: Sequence[int], place: int) -> Control:
    printed = row.figures[column].fen or 0
    computed, terms = sum(parts), len(parts) + 1
    return Control(
        identity_id, row.page_no, row.grid_no, row.row_no, column + _FIRST_AMOUNT, row.label,
        MEASURES[column], yuan(printed), yuan(computed), len(parts),
        yuan(terms * place // 2), _verdict(abs(printed - computed), terms, place),
    )  # fmt: skip


def _verdict(difference: int, terms: int, place: int) -> str:
    if difference == 0:
        return "exact"
    if 2 * difference > terms * place:
        return "broken"
    return "suspect" if difference > 3 * sqrt(terms / 12) * place else "within_rounding"
