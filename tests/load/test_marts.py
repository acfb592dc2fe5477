"""Marts of marts, on made-up ones: what a body spends in a year is told once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from pipelines.load.build import MARTS
from schemas.registry import tables

BY_TYPE, BY_FUNCTION, OF_PROJECTS = (
    "mart_expenditure_by_type_year", "mart_expenditure_by_function_class_year",
    "mart_funding_by_body_year",
)  # fmt: skip
WHOLE, PROJECTS = "all_expenditure", "projects"


def spending(*told: tuple[str, int, str]) -> list[tuple[Any, ...]]:
    """``mart_spending_by_body_year`` of a body: year, scope, amount, change.

    Args:
        told: The mart that tells an amount, its year, the amount.
    """
    with duckdb.connect() as connection:
        for mart in (BY_TYPE, BY_FUNCTION, OF_PROJECTS):
            rows = [
                {"reporting_body_id": "a", "body_name": "甲局", "fiscal_year": year,
                 "phase": "budget", "amount_yuan": Decimal(amount), "kinds": f"of {mart}"}
                for whose, year, amount in told if whose == mart
            ]  # fmt: skip
            frame = pl.DataFrame(rows, schema=tables()[mart].polars_schema())
            connection.register(mart, frame.to_arrow())
        sql = (MARTS / "mart_spending_by_body_year.sql").read_text(encoding="utf-8")
        return connection.execute(
            f"SELECT fiscal_year, scope, amount_yuan, change_yuan FROM ({sql}) ORDER BY ALL"
        ).fetchall()


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
