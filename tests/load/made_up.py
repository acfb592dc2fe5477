"""Made-up statements and what they tell, for marts over tables that no document made."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from pipelines.load.marts import mart_sql
from schemas.registry import tables

if TYPE_CHECKING:
    from pathlib import Path

BODY, OTHER = "a" * 20, "b" * 20
FUNCTION, ECONOMIC = "fact_expenditure_by_function", "fact_expenditure_by_economic"
APPROPRIATION, PUBLIC = "fact_appropriation_by_function", "fact_three_public"
#: Of the build of the seed: what code lists alone make.
LISTED = (
    "dim_function_class", "dim_economic_class", "dim_expenditure_type", "dim_fund_source",
    "dim_three_public", "dim_region", "dim_cofog", "function_class_name", "function_class_read_on",
    "function_class_cofog",
)  # fmt: skip
MADE = (
    "dim_body", "statement", "statement_version", "printed_amount", "comparative_figure",
    "fact_feed", "fact_basic_funding", "fact_expenditure_by_type", "fact_revenue", FUNCTION,
    ECONOMIC, APPROPRIATION, PUBLIC,
)  # fmt: skip
LAST_PLACE = "0.01"
#: Marts over tellings of an amount.
_COMPARED = ("mart_figure_retold", "mart_budget_execution")


class Books:
    """Made-up statements and what they tell."""

    def __init__(self, listed: Path) -> None:
        self.listed = listed
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in MADE}
        self.rows["dim_body"] = [{"body_id": key, "name": key[:1]} for key in (BODY, OTHER)]

    def book(
        self, year: int, phase: str = "budget", kind: str = "expenditure_summary", **more: str
    ) -> str:
        """A statement of the body; its key. ``place``: one unit of its last printed place."""
        key = f"{len(self.rows['statement']):020}"
        place = Decimal(more.pop("place", LAST_PLACE))
        said = {"fund_scope": "all", "consolidation": "department", **more}
        self.rows["statement"].append(
            {"statement_id": key, "document_id": f"document {key[-1]}", "kind": kind,
             "fiscal_year": year, "phase": phase, "reporting_body_id": BODY, **said}
        )  # fmt: skip
        self.rows["statement_version"].append({"statement_version_id": key, "statement_id": key})
        self.rows["printed_amount"].append({"statement_id": key, "last_place_yuan": place})
        return key

    def tell(self, key: str, fact: str, amount: str, **coordinates: str) -> None:
        """A fact of a statement's own year and phase."""
        self.rows[fact].append(self._row(key, amount, coordinates))

    def retell(
        self, key: str, fact: str, year: int, amount: str, phase: str = "budget", **of: str
    ) -> None:
        """A figure of another year or phase beside a statement's own."""
        row = {**self._row(key, amount, of), "fiscal_year": year, "phase": phase}
        self.rows["comparative_figure"].append({**row, "fact": fact})

    def _row(self, key: str, amount: str, of: dict[str, str]) -> dict[str, Any]:
        (book,) = (each for each in self.rows["statement"] if each["statement_id"] == key)
        names = {"function": "function_class_id", "economic": "economic_class_id",
                 "type": "expenditure_type_id", "fund": "fund_source_id",
                 "public": "three_public_id", "unit": "spending_unit_id"}  # fmt: skip
        number = sum(map(len, self.rows.values()))
        return {
            "fact_id": f"{number:020}", "statement_version_id": key, "reporting_body_id": BODY,
            "fiscal_year": book["fiscal_year"], "phase": book["phase"], "kind": book["kind"],
            "amount_yuan": Decimal(amount), **{names[name]: code for name, code in of.items()},
        }  # fmt: skip

    def ask(self, mart: str, columns: str) -> list[tuple[Any, ...]]:
        """Rows of a mart over all of it, in order."""
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{self.listed}' AS listed (READ_ONLY)")
            for name in LISTED:
                connection.execute(f"CREATE TABLE {name} AS FROM listed.{name}")
            for name, rows in self.rows.items():
                schema = tables()[name].polars_schema()
                told = [{c: row.get(c) for c in schema} for row in rows]
                connection.register(name, pl.DataFrame(told, schema=schema).to_arrow())
            needed = ("mart_amount_told",) if mart in _COMPARED else ()
            for each in dict.fromkeys((*needed, mart)):
                sql = mart_sql(each)
                connection.execute(f"CREATE TABLE {each} AS {sql}")
                assert set(connection.sql(f"FROM {each}").columns) == set(
                    tables()[each].column_names()
                )
            return connection.execute(f"SELECT {columns} FROM {mart} ORDER BY ALL").fetchall()

    def retold(self, told_by: str = "function_class_id") -> list[tuple[Any, ...]]:
        """What is told again: code, own, later, status."""
        return self.ask(
            "mart_figure_retold", f"{told_by}, own_yuan::VARCHAR, later_yuan::VARCHAR, status"
        )

    def executed(self, told_by: str) -> list[tuple[Any, ...]]:
        """Execution: basis, what it is told by, budget, final, rate, status."""
        columns = f"budget_basis, {told_by}, budget_yuan::VARCHAR, final_yuan::VARCHAR"
        return self.ask("mart_budget_execution", f"{columns}, execution_rate, status")
