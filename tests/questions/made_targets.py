"""Made-up projects with targets and money, for what no generated book prints."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.load.inserts import insert
from pipelines.load.marts import mart_sql
from pipelines.load.project_rows import insert_name_cores
from pipelines.serve.published import published, rows
from pipelines.serve.questions import question
from tests import made

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = "project_performance_targets"
EXPENDITURE = "project_expenditure"
#: Class → its group, and the group above.
_CLASSES = {
    "v1/1": ("output", None), "v1/11": ("quantity", "output"), "v1/12": ("quality", "output"),
    "v1/14": ("cost_undivided", "cost"), "v1/3": ("satisfaction", None),
    "v1/31": ("satisfaction_of_served", "satisfaction"), "v2/41": ("economic_cost", "cost"),
}  # fmt: skip
_MARTS = ("mart_target_quality", "mart_project_target_year", "mart_unit_cost",
          "mart_project_name_year")  # fmt: skip


class Projects:
    """Made-up projects of bodies; each line is a statement of its own.

    What is told is of the body that was named last: one case, one body, one build for all of them.
    """

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.body = ""
        self.rows["indicator_class_group"] = [
            {"indicator_class_id": key, "indicator_group_id": group}
            for key, (group, _) in _CLASSES.items()
        ]
        self.rows["dim_indicator_group"] = [
            {"indicator_group_id": group, "parent_indicator_group_id": above}
            for group, above in _CLASSES.values()
        ]

    def key(self) -> str:
        """A key that nothing has yet."""
        return f"{sum(map(len, self.rows.values())):020}"

    def unit(self, name: str) -> str:
        """A spending unit's key."""
        key = self.key()
        self.rows["dim_body"].append({"body_id": key, "name": name})
        return key

    def of_body(self, name: object) -> None:
        """From here on it is another body."""
        self.body = self.unit(str(name))

    def line(  # noqa: PLR0913 - all that a line is
        self, name: str, *, year: int = 2026, phase: str = "budget", kind: str = TARGETS,
        yuan: str | None = None, project: str | None = None, unit: str | None = None,
        goal: str | None = None,
    ) -> str:  # fmt: skip
        """A project line that feeds; its key.

        ``project``: a letter that tells which of the body's projects over years it is.
        """
        key = self.key()
        owner, line = unit or self.body, {"project_line_id": key, "statement_id": key}
        when = {"reporting_body_id": self.body, "fiscal_year": year, "phase": phase}
        feed = {"statement_id": key, "spending_unit_id": owner, "is_whole": unit is None}
        self.rows["statement"].append({"statement_id": key, "kind": kind, **when})
        self.rows["statement_version"].append({"statement_version_id": key, "statement_id": key})
        self.rows["project_line"].append(
            {**line, "name": name, "goal": goal, "spending_unit_id": unit}
        )
        if kind == TARGETS:
            self.rows["fact_feed"].append({"fact": "fact_performance_target", **feed})
        if project is not None:
            of = {"project_id": project + self.body[1:]}
            self.rows["bridge_project_identity"].append({**line, **of})
            self.rows["dim_project"].append({**of, "spending_unit_id": unit})
        if yuan is not None:
            self.rows["fact_project_funding"].append(
                {**line, **when, "fact_id": key, "statement_version_id": key,
                 "spending_unit_id": unit, "amount_yuan": Decimal(yuan)}
            )  # fmt: skip
        return key

    def promise(  # noqa: PLR0913 - all that a value is
        self, line: str, of: str | None, name: str, text: str, *clauses: dict[str, Any],
        horizon: str = "annual", kind: str = "number", suspect: str | None = None,
    ) -> None:  # fmt: skip
        """An indicator of a class with one value."""
        key = self.key()
        at = {"project_line_id": line, "indicator_id": key, "statement_id": line}
        self.rows["performance_indicator"].append({**at, "indicator_class_id": of, "name": name})
        self.rows["performance_value"].append(
            {**at, "value_id": key, "horizon": horizon, "raw_text": text, "kind": kind,
             "suspect": suspect, "clause_count": len(clauses)}
        )  # fmt: skip
        for clause in clauses:
            said = {"clause_kind": "number", "comparator": "none", **clause}
            numbers: dict[str, Any] = {
                n: Decimal(said[n]) for n in ("low_value", "high_value") if n in said
            }
            self.rows["fact_performance_target"].append(
                {**at, **said, **numbers, "fact_id": self.key(), "value_id": key,
                 "horizon": horizon}
            )  # fmt: skip

    def asked(self, root: Path, name: str) -> dict[str, list[dict[str, Any]]]:
        """The answer to a question in its own order, without its limit, by body."""
        told = {key: {tuple(row.items()): row for row in of} for key, of in self.rows.items()}
        years = sorted({row["fiscal_year"] for row in self.rows["statement"]})
        known = {
            tuple(row[c] for c in ("reporting_body_id", "fiscal_year", "phase"))
            for row in self.rows["statement"]
        }
        facts = ("fact_performance_target", "fact_project_funding")
        settings = made.published(
            root, **{key: list(of.values()) for key, of in told.items()},
            dim_fiscal_year=[{"fiscal_year": year} for year in years],
            mart_fact_coverage=[
                {"reporting_body_id": body, "fiscal_year": year, "phase": phase, "fact": fact,
                 "state": "published", "document_count": 1}
                for body, year, phase in sorted(known) for fact in facts
            ],
        )  # fmt: skip
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{settings.published}' AS build; USE build")
            insert_name_cores(connection, None)
            for mart in _MARTS:
                insert(connection, mart, mart_sql(mart))
        with published(settings) as connection:
            found = rows(connection, f"{question(name).sql} ORDER BY {question(name).order}")
        by_body: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in found:
            by_body[row["body_name"]].append(row)
        return by_body
