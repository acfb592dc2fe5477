"""Marts of marts, on made-up ones: what a body spends in a year is told once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from pipelines.load.lineage import lineage
from pipelines.load.marts import mart_sql
from schemas.registry import tables

BY_TYPE, BY_FUNCTION, OF_PROJECTS = (
    "mart_expenditure_by_type_year", "mart_expenditure_by_function_class_year",
    "mart_funding_by_body_year",
)  # fmt: skip
WHOLE, PROJECTS = "all_expenditure", "projects"


#: Predecessor, successor, kind, day.
Reform = tuple[str, str, str, date | None]


def spending(*told: tuple[str, int, str], body: str = "甲") -> list[tuple[Any, ...]]:
    """``mart_spending_by_body_year`` of a body: year, scope, amount, change.

    Args:
        told: The mart that tells an amount, its year, the amount.
        body: Whose it is.
    """
    rows = over_reforms([(body, *one) for one in told])
    return [(year, scope, amount, change) for _, year, scope, amount, _, change, _ in rows]


def over_reforms(told: list[tuple[str, str, int, str]], *reforms: Reform) -> list[tuple[Any, ...]]:
    """The same of bodies: name, year, scope, amount, that of the year before, change, of whom.

    Args:
        told: Body, mart, year, amount.
        reforms: Rows of ``body_succession``.
    """
    with duckdb.connect() as connection:
        for mart in (BY_TYPE, BY_FUNCTION, OF_PROJECTS):
            rows = [
                {"reporting_body_id": body, "body_name": body, "fiscal_year": year,
                 "phase": "budget", "amount_yuan": Decimal(amount), "kinds": f"of {mart}"}
                for body, whose, year, amount in told if whose == mart
            ]  # fmt: skip
            _put(connection, mart, pl.DataFrame(rows, schema=tables()[mart].polars_schema()))
        bodies = sorted({one[0] for one in told} | {b for r in reforms for b in r[:2]})
        succession = [(*reform, "test") for reform in reforms]
        shape = tables()["body_succession"].polars_schema()
        known = lineage(pl.DataFrame(succession, schema=shape, orient="row"))
        _put(connection, "body_lineage", known)
        _put(connection, "dim_body", pl.DataFrame({"body_id": bodies, "name": bodies}))
        for table in ("fact_feed", "statement"):
            _put(connection, table, pl.DataFrame(schema=tables()[table].polars_schema()))
        for mart in ("mart_year_before", "mart_spending_by_body_year"):
            sql = mart_sql(mart)
            connection.execute(f"CREATE TABLE {mart} AS {sql}")
        return connection.execute(
            "SELECT reporting_body_id, fiscal_year, scope, amount_yuan, amount_before_yuan, "
            "change_yuan, former_names FROM mart_spending_by_body_year ORDER BY ALL"
        ).fetchall()


def _put(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("frame", frame.to_arrow())
    connection.execute(f"CREATE TABLE {name} AS FROM frame")
    connection.unregister("frame")


def test_all_expenditure_goes_before_that_of_projects_whichever_table_states_it() -> None:
    assert spending(
        (BY_TYPE, 2023, "60.00"), (BY_TYPE, 2023, "40.00"), (BY_FUNCTION, 2023, "100.00"),
        (OF_PROJECTS, 2023, "40.00"), (BY_FUNCTION, 2024, "70.00"), (BY_FUNCTION, 2024, "50.00"),
        (OF_PROJECTS, 2024, "45.00"), (OF_PROJECTS, 2025, "47.00"), (OF_PROJECTS, 2026, "50.00"),
    ) == [
        (2023, WHOLE, Decimal("100.00"), None),
        (2024, WHOLE, Decimal("120.00"), Decimal("20.00")),
        (2025, PROJECTS, Decimal("47.00"), None),  # of another scope than the year before
        (2026, PROJECTS, Decimal("50.00"), Decimal("3.00")),
    ]  # fmt: skip


DAY = date(2023, 11, 1)


def amounts(*reforms: Reform, **told: dict[int, str]) -> dict[tuple[str, int], Any]:
    """Body and year → amount of the year before, of those after 2023; all by function."""
    rows = [
        (body, BY_FUNCTION, year, amount)
        for body, years in told.items() for year, amount in years.items()
    ]  # fmt: skip
    return {
        (body, year): before and int(before)
        for body, year, _, _, before, _, _ in over_reforms(rows, *reforms) if year > 2023
    }  # fmt: skip


def test_the_year_before_of_a_renamed_body_is_that_of_its_former_name() -> None:
    told = [("甲", BY_FUNCTION, 2022, "7.00"), ("甲", BY_FUNCTION, 2023, "10.00"),
            ("乙", BY_FUNCTION, 2024, "12.00"), ("乙", BY_FUNCTION, 2025, "13.00")]  # fmt: skip
    rows = over_reforms(told, ("甲", "乙", "renamed", DAY))
    assert [(body, year, change, former) for body, year, _, _, _, change, former in rows] == [
        ("乙", 2024, Decimal("2.00"), "甲"), ("乙", 2025, Decimal("1.00"), None),
        ("甲", 2022, None, None), ("甲", 2023, Decimal("3.00"), None),
    ]  # fmt: skip
    other_scope = [*told[:1], ("甲", OF_PROJECTS, 2023, "10.00"), *told[2:]]
    assert over_reforms(other_scope, ("甲", "乙", "renamed", DAY))[0][4] is None


def test_of_merged_bodies_it_is_the_sum_if_all_of_them_published() -> None:
    reforms: list[Reform] = [("甲", "丙", "merged", DAY), ("乙", "丙", "merged", DAY)]
    assert amounts(*reforms, 甲={2023: "10"}, 乙={2023: "5"}, 丙={2024: "17"}) == {("丙", 2024): 15}
    assert amounts(*reforms, 甲={2023: "10"}, 丙={2024: "17"}) == {("丙", 2024): None}
    undated: list[Reform] = [(a, b, kind, None) for a, b, kind, _ in reforms]
    assert amounts(*undated, 甲={2023: "10"}, 乙={2023: "5"}, 丙={2024: "17"}) == {("丙", 2024): 15}
    # one of them had gone over before, into what went over then
    chain: list[Reform] = [("丁", "甲", "renamed", None), *reforms]
    assert amounts(*chain, 甲={2023: "10"}, 乙={2023: "5"}, 丙={2024: "17"}) == {("丙", 2024): 15}
    assert amounts(*chain, 丁={2023: "10"}, 乙={2023: "5"}, 丙={2024: "17"}) == {("丙", 2024): 15}
    late: list[Reform] = [("丁", "甲", "renamed", date(2020, 1, 1)), *reforms]
    assert amounts(*late, 丁={2023: "10"}, 乙={2023: "5"}, 丙={2024: "17"}) == {
        ("丙", 2024): None
    }, "what it was called in 2023 was another name"


def test_of_a_body_that_took_over_another_it_is_the_sum_in_that_year_alone() -> None:
    absorbed: Reform = ("甲", "乙", "absorbed", DAY)
    there = {2023: "5", 2024: "17", 2025: "18"}
    assert amounts(absorbed, 甲={2023: "10"}, 乙=there) == {("乙", 2024): 15, ("乙", 2025): 17}
    assert amounts(absorbed, 乙=there) == {("乙", 2024): None, ("乙", 2025): 17}
    assert amounts(("甲", "乙", "absorbed", None), 甲={2023: "10"}, 乙=there)["乙", 2024] is None
    assert amounts(("甲", "乙", "absorbed", date(2010, 1, 1)), 甲={2023: "10"}, 乙=there) == {
        ("乙", 2024): 5, ("乙", 2025): 17,
    }  # fmt: skip


def test_what_goes_on_or_was_split_is_no_one_elses_year_before() -> None:
    renamed: Reform = ("甲", "乙", "renamed", None)
    assert amounts(renamed, 甲={2023: "10", 2024: "11"}, 乙={2024: "12"}) == {
        ("甲", 2024): 10, ("乙", 2024): None,
    }  # fmt: skip
    assert amounts(renamed, 甲={2023: "10", 2025: "11"}, 乙={2024: "12"})["乙", 2024] is None
    split: list[Reform] = [("甲", "乙", "split", DAY), ("甲", "丙", "split", DAY)]
    assert amounts(*split, 甲={2023: "10"}, 乙={2024: "4"})["乙", 2024] is None
