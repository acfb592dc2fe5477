"""Which tables feed which facts, so that no money counts twice: worked out table by table."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Sheet

UNIT_AXES = ("unit", "unit_project", "unit_economic", "project")
#: Fact, document, number of the table, unit (none where the body as a whole is told).
Feed = tuple[str, str, int, str | None]
#: Fiscal year and phase: figures of another are of other money.
_Year = tuple[int | None, str | None]
#: Whose book tells of a unit, and of a body as a whole, the first choice first.
_OF_UNITS, _OF_WHOLES = ("unit", "department", "unknown"), ("department", "unknown", "unit")


class _Claim(NamedTuple):
    """A table that may feed a fact of a unit or, without one, of a body."""

    level: int
    rank: int
    kind: str
    body: str
    feed: Feed
    is_required: bool


def feeding(documents: Iterable[Document], whose: Callable[[Document, Sheet], str]) -> set[Feed]:
    """All that feeds. ``whose``: consolidation of a table."""
    claims: dict[tuple[str, _Year, str], list[_Claim]] = defaultdict(list)
    named: set[tuple[_Year, str, str]] = set()
    for document, number, sheet in _current(documents):
        body, level = document.book.budget.body, whose(document, sheet)
        year = (document.fiscal_year, document.phase)
        units = _units(sheet)
        named |= {(year, body, unit) for unit in units if level == "department" and unit != body}
        for (fact, rank, is_required), by_unit in _may_feed(sheet):
            order = _OF_UNITS if by_unit else _OF_WHOLES
            for unit in units if by_unit else (None,):
                feed = (fact, document.sha256, number, unit)
                claim = _Claim(order.index(level), rank, sheet.kind, body, feed, is_required)
                claims[fact, year, f"{unit or body} {by_unit}"].append(claim)
    best = {key: _best(mine) for key, mine in claims.items()}
    return set(_once(best, named))


def _best(claims: list[_Claim]) -> list[_Claim]:
    """Of those that rank first, the lowest book of each kind: none if a part is lacking."""
    ordered = sorted(claims)
    first = next((claim.rank for claim in ordered if claim.is_required), None)
    kinds: dict[str, _Claim] = {}
    for claim in ordered:
        if claim.rank == first:
            kinds.setdefault(claim.kind, claim)
    return list(kinds.values())


def _once(
    best: dict[tuple[str, _Year, str], list[_Claim]],
    named: set[tuple[_Year, str, str]],
) -> Iterator[Feed]:
    """What feeds, less wholes whose money is told by unit, or in the book of their department."""
    by_unit = {(fact, year, claim.body): claim.rank
               for (fact, year, _), mine in best.items() for claim in mine
               if claim.feed[3] is not None}  # fmt: skip
    departments: dict[tuple[_Year, str], set[str]] = defaultdict(set)
    for year, body, unit in named:
        departments[year, unit].add(body)
    wholes = {(fact, year, claim.body) for (fact, year, _), mine in best.items()
              for claim in mine if claim.feed[3] is None}  # fmt: skip
    for (fact, year, _), mine in best.items():
        for claim in mine:
            if claim.feed[3] is None:
                told = by_unit.get((fact, year, claim.body))
                inside = any((fact, year, body) in wholes or (fact, year, body) in by_unit
                             for body in departments[year, claim.body])  # fmt: skip
                if inside or (told is not None and told <= claim.rank):
                    continue
            yield claim.feed


def _current(documents: Iterable[Document]) -> Iterator[tuple[Document, int, Sheet]]:
    """Tables that are published and current."""
    for document in documents:
        fates = zip(document.book.sheets, document.fates, strict=True)
        for number, (sheet, fate) in enumerate(fates):
            if not fate.is_withheld and fate.version is not None and fate.version[2]:
                yield document, number, sheet


def _units(sheet: Sheet) -> list[str]:
    """Units that a table prints."""
    if sheet.layout.blocks[0].rows not in UNIT_AXES[:3]:
        return []
    numbers = dict.fromkeys(line.unit for line in sheet.lines[0] if line.unit is not None)
    return [sheet.budget.units[number].name for number in numbers]


def _may_feed(sheet: Sheet) -> Iterator[tuple[_Rule, bool]]:
    """Facts that a table may feed, and whether unit by unit."""
    for block in sheet.layout.blocks:
        rule = _rules().get((sheet.kind, block.rows, block.columns))
        if rule is not None:
            yield rule, block.rows in UNIT_AXES


def fact_of(kind: str, rows: str, columns: str) -> str | None:
    """The fact that tables of a kind may feed."""
    found = _rules().get((kind, rows, columns))
    return found[0] if found else None


#: Fact, rank, and whether the others of its rank are no whole without it.
_Rule = tuple[str, int, bool]


@cache
def _rules() -> dict[tuple[str, str, str], _Rule]:
    """Kind and axes → the fact it may feed."""
    rules = code_list("feeding_rules")
    names = ("kind", "row_axis", "column_axis", "fact", "kind_rank", "is_required")
    return {(kind, row_axis, column_axis): (fact, int(rank), required == "true")
            for kind, row_axis, column_axis, fact, rank, required in rules.select(names).rows()
            if fact != "fact_performance_target"}  # fmt: skip
