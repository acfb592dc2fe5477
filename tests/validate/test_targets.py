"""Every kind of target on its way to the warehouse: nothing is lost, rounded or refused."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from pipelines.publish.checks import CHECKS
from pipelines.values.targets import read_target
from schemas.tables.vocabulary import CLAUSE_KINDS, SUSPECTS, VALUE_KINDS
from tests.printing import PLAIN_ROWS, Rooms, document, one, page, project

CASES = tomllib.loads(
    (Path(__file__).parent.parent / "values" / "cases" / "targets.toml").read_text(encoding="utf-8")
)
#: Cells of a text document hold neither tabs nor ends of lines.
PRINTED = [
    (case.get("name", "完成情况"), case["raw"])
    for case in CASES["case"]
    if "\t" not in case["raw"] and "\n" not in case["raw"]
]


@cache
def all_cases() -> Rooms:
    """Every case as an annual value, half of them in each style of packed cell."""
    half = len(PRINTED) // 2
    first = "".join(
        f"{n}、1-产出指标；11-数量指标；{name}；实施周期指标值:无；年度指标值:{raw}。"
        for n, (name, raw) in enumerate(PRINTED[:half], 1)
    )
    second = "".join(
        f"{n}.1－产出指标，11－数量指标，{name}；实施周期指标值：无，年度指标值：{raw}；"
        for n, (name, raw) in enumerate(PRINTED[half:], 1)
    )
    rows = (
        *PLAIN_ROWS[:2],
        project("植树", "10.00", "10.00", indicators=first),
        project("修剪", "20.00", "20.00", indicators=second),
    )
    return one(document(page(*rows)))


def test_every_value_is_published_with_its_kind() -> None:
    accepted = all_cases().accepted
    assert all_cases().statuses() == ["complete"]
    assert accepted["quarantine_item"].height == 0
    values = accepted["performance_value"].filter(pl.col("horizon") == "annual")
    assert values.height == len(PRINTED)
    assert set(values["kind"]) == set(VALUE_KINDS)
    assert set(values["suspect"].drop_nulls()) == set(SUSPECTS)
    targets = accepted["fact_performance_target"]
    assert set(targets["clause_kind"]) == set(CLAUSE_KINDS)
    assert targets.height == accepted["performance_value"]["clause_count"].sum()


def test_facts_are_the_clauses_that_were_read() -> None:
    accepted = all_cases().accepted
    named = accepted["performance_value"].join(
        accepted["performance_indicator"].select("indicator_id", "name"), on="indicator_id"
    )
    facts = accepted["fact_performance_target"].sort("value_id", "clause_no")
    read = [
        (value_id, n, c.comparator, c.low, c.high, c.printed_low, c.printed_high, c.scale,
         c.denominator, c.unit, c.per_unit, c.per_period, c.period_from, c.period_to, c.grade,
         c.reference, c.base, c.direction)
        for value_id, raw, name in named.sort("value_id").select(
            "value_id", "raw_text", "name"
        ).rows()
        for n, c in enumerate(read_target(raw, name).clauses, 1)
    ]  # fmt: skip
    assert facts.select(
        "value_id", "clause_no", "comparator", "low_value", "high_value", "printed_low",
        "printed_high", "scale_exponent", "denominator", "unit", "per_unit", "per_period",
        "period_from", "period_to", "grade", "reference", "base", "direction",
    ).rows() == read  # fmt: skip


def test_every_fact_leads_to_its_characters() -> None:
    accepted = all_cases().accepted
    cited = (
        accepted["fact_source"]
        .filter(pl.col("role") == "target")
        .join(accepted["source_cell"].select("cell_id", "text"), on="cell_id")
    )
    characters = {
        fact_id: text[start:end]
        for fact_id, text, start, end in cited.select(
            "fact_id", "text", "char_from", "char_to"
        ).rows()
    }
    targets = accepted["fact_performance_target"].select("fact_id", "value_id", "printed_unit")
    raw = dict(accepted["performance_value"].select("value_id", "raw_text").rows())
    assert set(characters) == set(targets["fact_id"])
    for fact_id, value_id, printed_unit in targets.rows():
        assert characters[fact_id] in raw[value_id]
        assert printed_unit is None or printed_unit in characters[fact_id]


def test_the_build_check_holds_for_every_scale() -> None:
    fact_performance_target = all_cases().accepted["fact_performance_target"]
    check = (CHECKS / "target_numbers_are_printed.sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.register("fact_performance_target", fact_performance_target.to_arrow())
        assert connection.sql(check).fetchall() == []
    assert {4, 8} <= set(fact_performance_target["scale_exponent"].drop_nulls())
