"""Printed sums of a table against what stands below them, along both axes, in integers of fen.

Both sides are sums of printed figures; each may be off by half a unit of the last printed place, so
n of them by n halves. Beyond three standard deviations of that many rounding errors a difference is
suspect, though within it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from tests.generator.books.axes import HEADED, MEMO_NODES, ROOT
from tests.generator.controls import yuan
from tests.generator.tables import EXPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.generator.books.sheets import Entry, Sheet

#: Identity of a row that stands above others, by axis.
_OF_ROWS = {
    "function": "function_class_is_sum_of_parts",
    "economic": "economic_class_is_sum_of_parts",
    "fund_source": "fund_is_sum_of_parts",
    "expenditure_type": "type_is_sum_of_parts",
    "expenditure_line": "expenditure_is_sum_of_lines",
    "three_public": "three_public_is_sum_of_parts",
    "procurement": "procurement_is_sum_of_parts",
}
_OF_COLUMNS = {
    "fund_source": "row_total_is_sum_of_funds",
    "expenditure_type": "row_total_is_sum_of_types",
    "three_public": "row_total_is_sum_of_three_public",
}
_OF_UNITS = {
    "unit_project": "unit_total_is_sum_of_projects",
    "unit_economic": "unit_total_is_sum_of_classes",
}


#: Identities of amounts within a table.
WITHIN = (
    *_OF_ROWS.values(), *_OF_COLUMNS.values(), *_OF_UNITS.values(), "grand_total_is_sum_of_units",
    "grand_total_is_sum_of_projects", "project_total_is_sum_of_projects",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Control:
    """A printed sum (``head``) and its verdict; money in yuan, as text."""

    identity_id: str
    head: Entry
    measure: str
    printed: str | None
    computed: str
    part_count: int
    envelope: str
    verdict: str

    @property
    def said(self) -> tuple[Any, ...]:
        """What is said of it."""
        return (self.measure, self.printed, self.computed, self.part_count, self.envelope,
                self.verdict)  # fmt: skip


def is_broken(control: Control) -> bool:
    """Whether it is beyond the envelope."""
    return control.verdict == "broken"


def last_place(sheet: Sheet) -> int:
    """A unit of the finest place that a table prints, in fen; 0 where it is finer."""
    exponent = EXPONENTS[sheet.style.unit] + 2
    shifts = [exponent - e.figure.decimals for e in sheet.entries if e.figure.fen is not None]
    return int(min((10**shift if shift >= 0 else 0 for shift in shifts), default=0))


def controls(sheet: Sheet) -> Iterator[Control]:
    """Every identity within a table."""
    place, below = last_place(sheet), _below(sheet)
    for entry in sheet.entries:
        for identity_id, parts in _parts(sheet, entry, *below):
            found = _control(identity_id, entry, parts, place)
            if found is not None:
                yield found


def _parts(
    sheet: Sheet, head: Entry, rows: _Below, columns: _Below
) -> Iterator[tuple[str, list[Entry]]]:
    """What an amount must be the sum of: identity and parts."""
    block = sheet.layout.blocks[head.block - 1]
    if across := columns.get((head.block, head.row, head.at)):
        yield _OF_COLUMNS[block.columns], across
    below = rows.get((head.block, head.node, head.at), [])
    if not below and not (head.node == ROOT and block.rows in HEADED):
        return  # a grand total is held against what is below it even where nothing is
    if block.rows in _OF_ROWS:
        yield _OF_ROWS[block.rows], below
    elif head.node == ROOT:
        yield "grand_total_is_sum_of_units", below
        if block.rows == "unit_project":
            leaves = [e for e in sheet.entries if e.at == head.at and "/" in e.node]
            yield "grand_total_is_sum_of_projects", leaves
    else:
        yield _OF_UNITS[block.rows], below


_Below = dict[tuple[int, str | int, int], list["Entry"]]


def _below(sheet: Sheet) -> tuple[_Below, _Below]:
    """(block, node, column) → amounts of the rows below; (block, row, column) → of the columns."""
    rows: _Below = defaultdict(list)
    columns: _Below = defaultdict(list)
    at = {(e.block, e.row, e.column.node, e.column.period, e.column.phase): e.at
          for e in sheet.entries if not e.column.is_memo}  # fmt: skip
    for e in sheet.entries:
        if e.row_parent is not None and e.node not in MEMO_NODES:
            rows[e.block, e.row_parent, e.at].append(e)
        if e.column_parent is not None and not e.column.is_memo:
            above = at[e.block, e.row, e.column_parent, e.column.period, e.column.phase]
            columns[e.block, e.row, above].append(e)
    return rows, columns


def _measure(entry: Entry) -> str:
    node = entry.column.node
    name = {None: "amount", "all_funds": "total"}.get(node, node) or "amount"
    others = [said for said in (entry.column.phase,) if said]
    if entry.column.period != "this_year":
        others.insert(0, entry.column.period)
    return " ".join([name, *others])


def _control(identity_id: str, head: Entry, parts: Iterable[Entry], place: int) -> Control | None:
    """A check; none where nothing is stated on either side."""
    stated = [e.figure.fen for e in parts if e.figure.fen is not None]
    printed, computed = head.figure.fen, sum(stated)
    if printed is None and not computed:
        return None
    terms = len(stated) + (printed is not None)
    verdict = _verdict(abs((printed or 0) - computed), terms, place, is_stated=printed is not None)
    return Control(
        identity_id, head, _measure(head), yuan(printed) if printed is not None else None,
        yuan(computed), len(stated), yuan(terms * place // 2), verdict,
    )  # fmt: skip


def _verdict(difference: int, terms: int, place: int, *, is_stated: bool) -> str:
    if difference == 0:
        return "exact"
    if 2 * difference > terms * place or not is_stated:
        return "broken"
    return "suspect" if difference > 3 * sqrt(terms / 12) * place else "within_rounding"
