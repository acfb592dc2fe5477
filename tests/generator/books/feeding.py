"""Which tables feed which facts, so that no money counts twice: worked out table by table."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from schemas.code_lists import code_list
from tests.generator.books.controls import last_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Sheet

UNIT_AXES = ("unit", "unit_project", "unit_economic", "project")
#: What stands beside facts waits for nothing.
MEMO = "memo_amount"
#: Fact, document, number of the table, unit (none where the body as a whole is told).
Feed = tuple[str, str, int, str | None]
#: Fiscal year and phase.
_When = tuple[int | None, str | None]
#: Whose book tells of a unit, and of a body as a whole, the first choice first.
_OF_UNITS, _OF_WHOLES = ("unit", "department", "unknown"), ("department", "unknown", "unit")


class _Claim(NamedTuple):
    """A table that may feed a fact of a unit or, without one, of a body.

    ``money``: in halves of a fen, and how far rounding may have moved it.
    """

    level: int
    rank: int
    kind: str
    body: str
    feed: Feed
    is_required: bool
    money: tuple[int, int]


def feeding(
    documents: Iterable[Document], whose: Callable[[Document, Sheet], str]
) -> tuple[set[Feed], set[Feed]]:
    """All that feeds, and all whose money waits for a table that it completes.

    ``whose``: consolidation of a table.
    """
    claims: dict[tuple[str, _When, str | None], list[_Claim]] = defaultdict(list)
    departments: dict[tuple[_When, str], set[str]] = defaultdict(set)
    for document, number, sheet in _current(documents):
        when, body = (document.fiscal_year, document.phase), document.book.budget.body
        level, units = whose(document, sheet), _units(sheet)
        for part in units:
            if level == "department" and part != body:
                departments[when, part].add(body)
        for (fact, rank, is_required), by_unit, money in _may_feed(sheet):
            order = _OF_UNITS if by_unit else _OF_WHOLES
            for unit in units if by_unit else (None,):
                feed = (fact, document.sha256, number, unit)
                claim = _Claim(order.index(level), rank, sheet.kind, body, feed, is_required, money)
                claims[fact, when, unit if by_unit else f"{body} as a whole"].append(claim)
    best = {key: _best(mine) for key, mine in claims.items()}
    lone = {key: mine for key, mine in claims.items() if not best[key]}
    alone = {claim.feed for mine in lone.values() for claim in mine
             if claim.money[0] and claim.feed[0] != MEMO}  # fmt: skip
    waits = alone & set(_once({**best, **lone}, departments))
    return set(_once(best, departments)), waits


def _best(claims: list[_Claim]) -> list[_Claim]:
    """Of those that rank first, the lowest book of each kind: none if a part is lacking.

    Where a kind is lacking that may be, a table of the rank behind goes first if it has more money.
    """
    ordered = sorted(claims)
    first = next((claim for claim in ordered if claim.is_required), None)
    if first is None:
        return []
    ranks: dict[int, dict[str, _Claim]] = defaultdict(dict)
    for claim in ordered:
        if claim.level == first.level:
            ranks[claim.rank].setdefault(claim.kind, claim)
    rank, (money, rounding) = first.rank, _money(ranks[first.rank])
    if len(ranks[rank]) < _kinds_of(first.feed[0], rank):
        for behind in sorted(ranks):
            more, moved = _money(ranks[behind])
            is_whole = any(claim.is_required for claim in ranks[behind].values())
            if behind > rank and is_whole and more - money > rounding + moved:
                rank = behind
                break
    kinds: dict[str, _Claim] = {}
    for claim in ordered:
        if claim.rank == rank:
            kinds.setdefault(claim.kind, claim)
    return list(kinds.values())


def _money(claims: dict[str, _Claim]) -> tuple[int, int]:
    """What they tell together, and how far rounding may have moved it."""
    sums, moved = zip(*(claim.money for claim in claims.values()), strict=True)
    return sum(sums), sum(moved)


def _once(
    best: dict[tuple[str, _When, str | None], list[_Claim]],
    departments: dict[tuple[_When, str], set[str]],
) -> Iterator[Feed]:
    """What feeds, less wholes whose money is told by unit, or in the book of their department."""
    by_unit: dict[tuple[str, _When, str], int] = {}
    wholes: set[tuple[str, _When, str]] = set()
    for (fact, when, _), mine in best.items():
        for claim in mine:
            if claim.feed[3] is None:
                wholes.add((fact, when, claim.body))
            else:
                by_unit[fact, when, claim.body] = claim.rank
    for (fact, when, _), mine in best.items():
        for claim in mine:
            if claim.feed[3] is None:
                told = by_unit.get((fact, when, claim.body))
                inside = any((fact, when, body) in {*wholes, *by_unit}
                             for body in departments[when, claim.body])  # fmt: skip
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


def _may_feed(sheet: Sheet) -> Iterator[tuple[_Rule, bool, tuple[int, int]]]:
    """Facts that a table may feed, whether unit by unit, and the money of all of them."""
    for number, block in enumerate(sheet.layout.blocks, 1):
        rule = _rules().get((sheet.kind, block.rows, block.columns))
        if rule is not None:
            told = [
                entry.figure.fen
                for entry in sheet.entries
                if entry.block == number and entry.is_row_leaf and entry.is_column_leaf
                and entry.is_own and not entry.is_memo and entry.figure.fen is not None
            ]  # fmt: skip
            money = 2 * sum(told), len(told) * last_place(sheet)
            yield rule, block.rows in UNIT_AXES, money


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


def _kinds_of(fact: str, rank: int) -> int:
    """How many kinds tell a fact together."""
    return len({kind for (kind, _, _), rule in _rules().items() if rule[:2] == (fact, rank)})
