"""Questions of targets, against what the projects of the generated world promise."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.conform.names import canonical_name
from pipelines.conform.project_names import name_parts
from tests.questions.promises import (
    COST,
    OUTPUTS,
    QUANTITY,
    SATISFACTION,
    Promise,
    promises,
    year_before,
)
from tests.questions.world import YUAN

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
    expected: list[tuple[Any, ...]] = []
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
    expected: list[tuple[Any, ...]] = []
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
    expected: list[tuple[Any, ...]] = []
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
    expected: list[tuple[Any, ...]] = []
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


def test_one_project_name_in_several_units(world: World, asked: Asked) -> None:
    """Each unit's money, and over all units the least, the median and the most."""
    funded = world.projects.drop_nulls("yuan").with_columns(canonical=canonical_name("project"))
    of_unit = (
        name_parts(funded, None)
        .group_by("core", "fiscal_year", "phase", "body", "unit")
        .agg(pl.col("project").min(), pl.len(), pl.col("yuan").sum())
    )
    name = ["core", "fiscal_year", "phase"]
    yuan = pl.col("yuan")
    over_all = of_unit.with_columns(
        units=pl.col("unit").n_unique().over(name), bodies=pl.col("body").n_unique().over(name),
        total=yuan.sum().over(name), least=yuan.min().over(name), most=yuan.max().over(name),
        median=pl.col("yuan").cast(pl.Float64).median().over(name).round(2).cast(YUAN),
    ).filter(pl.col("units") > 1)  # fmt: skip
    expected = over_all.select(
        *name, "body", "unit", "project", "len", "yuan", "units", "bodies", "total", "least",
        "median", "most",
    )  # fmt: skip
    assert asked.of(
        "same_name", "name_core", "fiscal_year", "phase", "body_name", "spending_unit_name",
        "project_name", "project_count", "amount_yuan", "unit_count", "body_count",
        "all_units_yuan", "least_yuan", "median_yuan", "most_yuan",
    ) == sorted(expected.rows(), key=repr)  # fmt: skip
    assert expected["len"].max() == 2
    assert expected.filter(pl.col("bodies") < pl.col("units")).height > 0
    assert expected.filter(pl.col("units") > 4).height > 0
    assert all(
        row["most_to_least"] == pytest.approx(float(row["most_yuan"] / row["least_yuan"]))
        for row in asked("same_name")
    )


def test_what_a_unit_of_output_costs(promised: list[Promise], asked: Asked) -> None:
    """Only of projects with one number of one thing; of all others why not."""
    expected: list[tuple[Any, ...]] = []
    for one in promised:
        told = _output(one)
        reason = _why_not(one)
        cost = None
        if reason is None:
            assert one.yuan is not None
            cost = (one.yuan / told[3]).quantize(Decimal("0.01"), ROUND_HALF_UP)
        status = "not_separable" if reason else "separable"
        expected.append((one.body, one.unit, one.project, *one.of[1:], one.yuan, status, reason,
                         *told, cost))  # fmt: skip
    found = asked.of(
        "unit_cost", "body_name", "spending_unit_name", "project_name", "fiscal_year", "phase",
        "amount_yuan", "status", "reason", "indicator_name", "raw_text", "comparator", "quantity",
        "unit", "unit_cost_yuan",
    )  # fmt: skip
    assert found == sorted(expected, key=repr)
    assert {row[7] for row in expected} == {
        None, "no_money", "no_quantity", "several_outputs", "no_number", "per_or_relative",
        "bound_or_range", "no_unit", "not_counted",
    }  # fmt: skip
    peers = Counter((row[8], row[12], *row[3:5]) for row in expected if row[7] is None)
    for row in asked("unit_cost"):
        key = (row["indicator_name"], row["unit"], row["fiscal_year"], row["phase"])
        is_told = row["reason"] is None
        assert row["peer_count"] == (peers[key] - 1 if is_told else None)
        assert row["peer_state"] == ("few_peers" if is_told else None)
    assert max(peers.values()) > 1


def _output(one: Promise) -> tuple[Any, ...]:
    """Name, text, comparator, number and unit of its only indicator of quantity."""
    told = [i for i in one.indicators if i.class_code == QUANTITY and _is_set(i.annual)]
    if len(told) != 1 or told[0].annual is None:
        return (None,) * 5
    clauses = told[0].annual.clauses
    said: tuple[Any, ...] = (None, None, None)
    if len(clauses) == 1:
        low = clauses[0].low and Decimal(clauses[0].low).quantize(Decimal("1e-8"))
        said = (clauses[0].comparator, low, clauses[0].unit)
    return (told[0].name, told[0].annual.text, *said)


def _why_not(one: Promise) -> str | None:
    """The first of the reasons why its money cannot be told by units of output."""
    values = [value for value in one.values(QUANTITY) if _is_set(value)]
    if not one.yuan or not values:
        return "no_quantity" if one.yuan else "no_money"
    if len(values) > 1 or values[0].kind == "several":
        return "several_outputs"
    clause = next(iter(values[0].clauses), None)
    if clause is None or clause.kind not in {"number", "frequency"}:
        return "no_number"
    of = (clause.per_unit, clause.per_period, clause.base)
    reasons = {
        "per_or_relative": clause.kind == "frequency" or any(of),
        "bound_or_range": clause.low is None or clause.comparator not in {"none", "eq", "ge", "gt"},
        "no_unit": clause.unit is None,
        "not_counted": clause.unit in {"%", "元", "天", "小时", "工作日"},
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _is_set(value: Value | None) -> bool:
    return value is not None and value.kind != "unset"
