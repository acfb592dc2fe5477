"""What becomes of a damaged book: caught, harmless, within rounding, or undetected and why."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.axes import ancestors
from tests.generator.books.controls import last_place
from tests.generator.controls import yuan
from tests.mutations.verdicts import (
    CAUGHT,
    HARMLESS,
    UNDECLARED,
    UNDETECTED,
    WITHIN_ENVELOPE,
    Verdict,
)

if TYPE_CHECKING:
    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Sheet
    from tests.mutations.books.records import Reading, Rows

_Row = tuple[Any, ...]
#: Where a document's own figures bind nothing: other years and phases, what is told beside facts.
BESIDE = ("comparative_figure", "memo_amount")


@cache
def undetectable() -> dict[str, dict[str, Any]]:
    """Class → what it is, why nothing in a book can show it, what may end there (by)."""
    text = Path(__file__).with_name("undetectable.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def judge(true: Reading, found: Reading, document: Document) -> Verdict:
    """Hold what was read of a damaged book against the truth of the whole one."""
    rules, findings = found.rules - true.rules, found.findings - true.findings
    said = sorted({rule for (rule,) in (*rules, *findings)})
    if said or found.withheld - true.withheld or found.suspects - true.suspects:
        return Verdict(CAUGHT, " + ".join(said) or "suspect")
    if found.contexts != true.contexts:
        return Verdict(UNDETECTED, _context_class(true, found))
    differ = [kind for kind in found.contexts if found.facts[kind] != true.facts[kind]]
    if not differ:
        return Verdict(HARMLESS)
    if _is_near(true, found, document):
        return Verdict(WITHIN_ENVELOPE)
    return Verdict(
        UNDETECTED, " + ".join(sorted({_class(true, found, kind, document) for kind in differ}))
    )


def _class(true: Reading, found: Reading, kind: str, document: Document) -> str:
    """The class of what differs in a table though nothing said so."""
    lost, new = (
        [row for row in rows.elements() if row[-1]]
        for rows in (true.facts[kind] - found.facts[kind], found.facts[kind] - true.facts[kind])
    )
    if all(row[0] in BESIDE for row in (*lost, *new)):
        return "beside_facts"
    most = max(_most(sheet) for sheet in document.book.sheets if sheet.kind == kind)
    if _is_coarser(lost, new, most):
        return "coarser"
    if _is_coarser(new, lost, most):
        return "finer"
    return _exchanged(lost, new)


def _exchanged(lost: list[_Row], new: list[_Row]) -> str:
    """The class of figures that stand elsewhere, or under other names."""
    if _of_any_year(lost) == _of_any_year(new):
        return "years_exchanged"
    lost, new = ([row for row in rows if row[0] not in BESIDE] for rows in (lost, new))
    width = max(len(row) for row in (*lost, *new))
    for at in range(1, width - 3):
        if _without(lost, at) == _without(new, at):
            if all(row[at] is None for row in new):
                return "heading_lost"
            named = [Counter(row[at] for row in rows) for rows in (lost, new)]
            return "exchanged" if named[0] == named[1] else "moved_into_blank"
    return "exchanged" if _has_other_names(lost, new) else UNDECLARED


def _has_other_names(lost: list[_Row], new: list[_Row]) -> bool:
    """Whether two names stand in each other's place, be it that of a unit and of a project."""
    names = sorted({text for row in lost for text in row[1:-3] if text})
    wanted = Counter(new)
    return any(
        Counter(tuple({a: b, b: a}.get(text, text) for text in row) for row in lost) == wanted
        for a, b in combinations(names, 2)
    )


def _of_any_year(rows: list[_Row]) -> Counter[tuple[Any, ...]]:
    """Coordinates that are printed, and amounts, whichever year and table they are of."""
    return Counter((*(told for told in row[1:-3] if told), row[-1]) for row in rows)


def _without(rows: list[_Row], at: int) -> Rows:
    """Rows less one of their coordinates."""
    return Counter(row[:at] + row[at + 1 :] for row in rows)


def _is_coarser(lost: list[_Row], new: list[_Row], most: Decimal) -> bool:
    """Whether a total stands in place of its parts: what is new adds up to what is lost."""
    mine = [[row for row in rows if row[0] not in BESIDE] for rows in (lost, new)]
    sums = [sum((row[-1] for row in rows), Decimal(0)) for rows in mine]
    stands_for = all(any(_is_above(row, part) for part in mine[0]) for row in mine[1])
    return abs(sums[0] - sums[1]) <= most and bool(mine[1]) and stands_for


def _is_above(total: _Row, part: _Row) -> bool:
    """Whether one row is told by a node above that of the other, or by its first words alone."""
    pairs = list(zip(total[1:-3], part[1:-3], strict=True))
    fewer = [a is None and b is not None for a, b in pairs]
    if any(fewer[1:]) and all(a == b or less for (a, b), less in zip(pairs, fewer, strict=True)):
        return not fewer[0]
    return any(_is_node_above(a, b) for a, b in pairs if a and b and a != b)


def _is_node_above(a: str, b: str) -> bool:
    return (a.isdigit() and b.startswith(a)) or a in _above(b)


def _above(node: str) -> list[str]:
    axes = ("fund_source", "expenditure_type", "three_public")
    return [name for axis in axes for name in ancestors(axis, node)]


def _most(sheet: Sheet) -> Decimal:
    """How far rounding may move the sums of a table."""
    return (sheet.height + len(sheet.printed)) * Decimal(yuan(last_place(sheet)))


def _context_class(true: Reading, found: Reading) -> str:
    before, after = true.contexts, found.contexts
    kinds = {*before, *after}
    changed = [kind for kind in kinds if before.get(kind) != after.get(kind)]
    if any(not after.get(kind) for kind in changed):
        rest = [kind for kind in changed if after.get(kind)]
        return "table_lost" if not rest else UNDECLARED
    fields: set[int] = set()
    for kind in changed:
        old, new = before[kind], after[kind]
        if old.total() != 1 or new.total() != 1:
            return UNDECLARED
        ((one,), (other,)) = (old, new)
        fields |= {n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b}
    named = {0: "body", 1: "consolidation", 2: "year", 3: "phase", 4: "unit_of_money"}
    return named.get(fields.pop(), UNDECLARED) if len(fields) == 1 else UNDECLARED


def _is_near(true: Reading, found: Reading, document: Document) -> bool:
    """Whether no amount moved further than the rounding of its table allows."""
    for sheet in document.book.sheets:
        most = _most(sheet)
        before, after = (_amounts(one.facts[sheet.kind]) for one in (true, found))
        if any(abs(before[key] - after[key]) > most for key in {*before, *after}):
            return False
    return True


def _amounts(rows: Rows) -> dict[tuple[Any, ...], Decimal]:
    """Sum by all that a fact is told by."""
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row, times in rows.items():
        sums[row[:-1]] += row[-1] * times
    return sums
