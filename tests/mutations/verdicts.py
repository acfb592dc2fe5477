"""What becomes of a damaged document: caught, harmless, within rounding, or undetected and why."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.values.text import fold
from tests.generator.controls import last_place, yuan
from tests.generator.model import CONSOLIDATION, FUNDS
from tests.mutations.records import FRAMES

if TYPE_CHECKING:
    from tests.generator.tables import Table
    from tests.mutations.records import Reading, Rows

CAUGHT, HARMLESS, WITHIN_ENVELOPE = "caught", "harmless", "within_envelope"
UNDETECTED = "undetected"
OUTCOMES = (CAUGHT, HARMLESS, WITHIN_ENVELOPE, UNDETECTED)
#: The class of what passed unnoticed and that nothing declares.
UNDECLARED = "undeclared"


@dataclass(frozen=True)
class Verdict:
    """An outcome; ``detail``: rules that caught it, or classes of what passed unnoticed."""

    outcome: str
    detail: str = ""

    @property
    def classes(self) -> list[str]:
        """The classes of what passed unnoticed."""
        return self.detail.split(" + ")


@cache
def undetectable() -> dict[str, dict[str, Any]]:
    """Class → what it is, why nothing in a document can show it, what may end there (by)."""
    text = Path(__file__).with_name("undetectable.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def judge(true: Reading, found: Reading, table: Table, *, is_cut: bool) -> Verdict:
    """Hold what was read of a damaged document against the truth of the whole one.

    Args:
        true: What the truth has.
        found: What was read of the damaged document.
        table: What the whole document prints.
        is_cut: Whether the damaged text is the beginning of the whole one.
    """
    if found.is_withheld or found.rules or found.suspects - true.suspects:
        return Verdict(CAUGHT, " + ".join(sorted(found.rules)) or "suspect")
    facts = [kind for kind in true.kinds if kind != "control"]
    if all(found.kinds[kind] == true.kinds[kind] for kind in facts):
        # A printed total is no fact. Where it changed, its identity still holds.
        keys = [{row[:3] for row in one.kinds["control"]} for one in (true, found)]
        changed = found.kinds["control"] - true.kinds["control"]
        moved = keys[0] == keys[1] and not set(changed) <= set(true.kinds["control"])
        return Verdict(WITHIN_ENVELOPE if moved else HARMLESS)
    if _is_near(true, found, table) and _same_words(true, found):
        return Verdict(WITHIN_ENVELOPE)
    return Verdict(UNDETECTED, _class(true, found, table, is_cut=is_cut))


def _class(true: Reading, found: Reading, table: Table, *, is_cut: bool) -> str:
    """The class of what differs though nothing said so."""
    if found.kinds["context"] != true.kinds["context"]:
        return _context_class(true, found)
    if _of_units(found) != _of_units(true) and _is_weightless(true, found, table):
        return "row_without_weight"
    if _money(found) != _money(true):
        return "fund_columns_exchanged" if _are_funds_exchanged(true, found) else UNDECLARED
    if _same_words(true, found):
        return "amounts_exchanged"
    return _class_of_words(true, found, is_cut=is_cut)


def _class_of_words(true: Reading, found: Reading, *, is_cut: bool) -> str:
    """Words that moved, were cut or changed: numbers of targets, classes of indicators, others."""
    if _bag_of_words(true) == _bag_of_words(found):
        return "texts_exchanged"
    if is_cut:
        return "cut_in_the_last_row"
    classes = [Counter(row[1:4] for row in one.kinds["indicator"].elements())
               for one in (true, found)]  # fmt: skip
    if classes[0] != classes[1]:
        return "indicator_class_changed"
    numbers = [Counter(row[1:] for row in one.kinds["target"].elements()) for one in (true, found)]
    return "target_changed" if numbers[0] != numbers[1] else "words_changed"


def _context_class(true: Reading, found: Reading) -> str:
    fields = FRAMES["context"][1]
    if found.kinds["context"].total() != 1:
        return UNDECLARED
    ((before,), (after,)) = (one.kinds["context"] for one in (true, found))
    changed = [name for name, old, new in zip(fields, before, after, strict=True) if old != new]
    return {"unit": "unit_of_money", "fiscal_year": "year"}.get("+".join(changed), UNDECLARED)


def _amounts(reading: Reading) -> dict[tuple[Any, ...], Decimal]:
    """Sum by unit, project and fund."""
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row, times in reading.kinds["funding"].items():
        sums[row[:-1]] += row[-1] * times
    return sums


def _is_near(true: Reading, found: Reading, table: Table) -> bool:
    """Whether no amount moved further than the rounding of its row allows.

    A row of n funds may be off by (n + 1) halves of the last place to either side.
    """
    before, after = _amounts(true), _amounts(found)
    funds = Counter((unit, project) for unit, project, _ in {**before, **after})
    place = Decimal(yuan(last_place(table)))
    return all(
        abs(before.get(key, Decimal(0)) - after.get(key, Decimal(0)))
        <= (funds[key[:2]] + 1) * place
        for key in {**before, **after}
    )


def _same_words(true: Reading, found: Reading) -> bool:
    """Whether every row has its unit, its name, its goal and its indicators still."""
    names = [Counter(row[:3] for row in one.kinds["line"].elements()) for one in (true, found)]
    kinds = ("context", "indicator", "value", "target")
    return names[0] == names[1] and all(true.kinds[k] == found.kinds[k] for k in kinds)


def _of_units(reading: Reading) -> Rows:
    """How many projects each unit has."""
    return Counter((unit,) for unit, *_ in reading.kinds["line"].elements())


def _is_weightless(true: Reading, found: Reading, table: Table) -> bool:
    """Whether all projects that differ add no more to a sum than rounding does."""
    lines = [
        Counter((unit, name, total) for unit, name, _, total in one.kinds["line"].elements())
        for one in (true, found)
    ]
    differ = (lines[0] - lines[1]) + (lines[1] - lines[0])
    most = (len(FUNDS) + 1) * Decimal(yuan(last_place(table)))
    return all((total or 0) <= most for *_, total in differ)


def _money(reading: Reading) -> Rows:
    """Amounts of each unit by fund, without names, projects and zeros."""
    of_unit: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for unit, _, fund, amount in reading.kinds["funding"].elements():
        if amount:
            of_unit[unit].append((fund, amount))
    return Counter(tuple(sorted(amounts)) for amounts in of_unit.values())


def _are_funds_exchanged(true: Reading, found: Reading) -> bool:
    """Whether one exchange of funds explains all that differs."""
    rows = [[row for row in one.kinds["funding"].elements() if row[-1]] for one in (true, found)]
    return any(
        Counter((unit, project, named[fund], amount) for unit, project, fund, amount in rows[0])
        == Counter(rows[1])
        for order in permutations(FUNDS)
        for named in (dict(zip(FUNDS, order, strict=True)),)
    )


def _bag_of_words(reading: Reading) -> Rows:
    """Names of units and projects, goals, what indicators say, whichever row they stand in."""
    lines = [*reading.kinds["line"].elements()]
    names = [*(name for _, name, *_ in lines), *{unit for unit, *_ in lines}]
    goals = [goal or "" for _, _, goal, _ in lines]
    said = [row[1:] for kind in ("indicator", "value") for row in reading.kinds[kind].elements()]
    return Counter([*((_bare(words),) for words in (*names, *goals)), *said])


def _bare(words: str) -> str:
    """Words as the name of a unit has them: folded, closed up, without （本级） and such."""
    folded = "".join(fold(words).text.split())
    for suffix in filter(None, CONSOLIDATION):
        folded = folded.removesuffix(fold(suffix).text)
    return folded
