"""Questions of targets, against what the projects of the generated world promise."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.questions.promises import (
    COST,
    OUTPUTS,
    SATISFACTION,
    Promise,
    promises,
    year_before,
)

if TYPE_CHECKING:
    from tests.generator.values import Value
    from tests.questions.conftest import Asked
    from tests.questions.world import World

QUANTITATIVE = {"number", "frequency", "date", "ratio", "several"}
CHECKABLE = {"ordinal", "reference", "boolean"}


@pytest.fixture(scope="module")
def promised(world: World) -> list[Promise]:
    """Every line whose targets feed."""
    return promises(world)


def test_how_many_values_can_be_measured(promised: list[Promise], asked: Asked) -> None:
    """By horizon, a body, year and phase at a time."""
    kinds: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    for one in promised:
        for indicator in one.indicators:
            for horizon, value in (("cycle", indicator.cycle), ("annual", indicator.annual)):
                if value is not None:
                    kinds[*one.of, horizon][value.kind] += 1
    expected = []
    for key, of in kinds.items():
        counts = [
            sum(of.values()),
            *(sum(of[kind] for kind in some)
              for some in (QUANTITATIVE, CHECKABLE, {"qualitative"}, {"unset"}, {"unparsed"})),
        ]  # fmt: skip
        shares = [counts[at] / counts[0] for at in (1, 3, 5)]
        expected.append((*key, *counts, *shares))
    assert asked.of(
        "target_quality", "body_name", "fiscal_year", "phase", "horizon", "value_count",
        "quantitative_count", "checkable_count", "qualitative_count", "unset_count",
        "unparsed_count", "quantitative_share", "qualitative_share", "unparsed_share",
    ) == sorted(expected, key=repr)  # fmt: skip
    assert {kind for of in kinds.values() for kind in of} >= {
        *QUANTITATIVE, *CHECKABLE, "qualitative", "unset",
    }  # fmt: skip


def test_projects_without_cost_or_satisfaction(promised: list[Promise], asked: Asked) -> None:
    """Every project that lacks one, with its money."""
    expected = []
    for one in promised:
        cost, satisfaction = one.classes(COST), one.classes(SATISFACTION)
        lacks = [name for name, n in (("cost", cost), ("satisfaction", satisfaction)) if not n]
        if lacks:
            said = ", ".join(lacks) if one.indicators else "no_indicators"
            expected.append((one.body, one.unit, one.project, *one.of[1:], said, one.yuan,
                             len(one.indicators), cost, satisfaction, 0))  # fmt: skip
    assert asked.of(
        "no_cost_or_satisfaction", "body_name", "spending_unit_name", "project_name",
        "fiscal_year", "phase", "lacks", "amount_yuan", "indicator_count", "cost_count",
        "satisfaction_count", "unclassified_count",
    ) == sorted(expected, key=repr)  # fmt: skip
    assert {row[5] for row in expected} == {
        "cost", "satisfaction", "cost, satisfaction", "no_indicators",
    }  # fmt: skip
    assert any(row[6] is None for row in expected)
    assert len(expected) < len(promised)


def test_outputs_that_ask_for_no_more_than_100_percent_or_yes(
    promised: list[Promise], asked: Asked
) -> None:
    """A body's year at a time; projects of which all outputs are such."""
    of: dict[tuple[str, int, str], list[list[str]]] = defaultdict(list)
    for one in promised:
        said = [_lowest(value) for value in one.values(*OUTPUTS) if value.kind != "unset"]
        if said:
            of[one.of].append(said)
    expected = []
    for key, projects in of.items():
        counts = Counter(said for each in projects for said in each)
        full, yes, outputs = counts["full"], counts["yes"], counts.total()
        all_lowest = sum("" not in each for each in projects)
        expected.append(
            (*key, len(projects), all_lowest, outputs, full, yes, (full + yes) / outputs)
        )
    assert asked.of(
        "unambitious", "body_name", "fiscal_year", "phase", "project_count",
        "all_lowest_project_count", "output_value_count", "full_percent_count", "yes_count",
        "lowest_share",
    ) == sorted(expected, key=repr)  # fmt: skip
    assert all(sum(row[at] for row in expected) > 0 for at in (4, 6, 7))
    assert any(row[4] < row[3] for row in expected)


def _lowest(value: Value) -> str:
    """``full`` for 100 % alone, ``yes`` for yes alone; nothing for all else."""
    if len(value.clauses) != 1:
        return ""
    (clause,) = value.clauses
    if clause.boolean:
        return "yes"
    is_full = (clause.kind, clause.unit, clause.low, clause.base) == ("number", "%", "100", None)
    return "full" if is_full and clause.comparator in {"none", "eq", "ge"} else ""


def test_targets_copied_while_money_moved(promised: list[Promise], asked: Asked) -> None:
    """Exactly those whose texts are last year's, with both amounts."""
    before = year_before(promised)
    cases: Counter[str] = Counter()
    expected = []
    for one in promised:
        last = before.get((one.true_id, one.fiscal_year, one.phase))
        if last is None or not one.values() or one.yuan is None or last.yuan is None:
            continue
        is_same = one.texts() == last.texts()
        is_moved = one.yuan != last.yuan and 10 * abs(one.yuan - last.yuan) >= last.yuan
        cases[f"{'same' if is_same else 'other'} texts, {'moved' if is_moved else 'kept'}"] += 1
        cases["renamed"] += is_same and is_moved and one.project != last.project
        cases["less"] += is_same and is_moved and one.yuan < last.yuan
        if is_same and is_moved:
            change = one.yuan - last.yuan
            share = float(change) / float(last.yuan) if last.yuan else None
            expected.append((one.body, one.unit, one.project, last.project, *one.of[1:],
                             len(one.indicators), len(one.values()), last.yuan, one.yuan, change,
                             share and pytest.approx(share)))  # fmt: skip
    found = asked.of(
        "copied_targets", "body_name", "spending_unit_name", "project_name", "project_name_before",
        "fiscal_year", "phase", "indicator_count", "value_count", "amount_before_yuan",
        "amount_yuan", "change_yuan", "change_share",
    )  # fmt: skip
    assert found == sorted(expected, key=lambda row: repr(row[:-1]))
    assert len(cases) == 6
    assert min(cases.values()) > 0
