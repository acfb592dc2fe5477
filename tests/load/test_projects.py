"""One project under two spellings: linked by unit, amount and likeness, and by nothing less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.load.projects import METHOD, project_links

if TYPE_CHECKING:
    from pipelines.load.staged import StagedReadings

LONG = "示例市政务服务数据管理局信息化运维项目"
RENAMED = "示例市政务服务和数据管理局信息化运维项目"
KINDS = {"table": "project_expenditure", "targets": "project_performance_targets"}

Line = tuple[str, str, str, str | None]


class Staged:
    """Staged lines: statement, unit, name, total; each a project of its own name."""

    def __init__(self, *lines: Line) -> None:
        self.lines = lines

    def of_statements(self, table: str, _: pl.Series, columns: tuple[str, ...]) -> pl.DataFrame:
        rows = [
            {"statement_id": statement, "project_line_id": f"{statement} {name}", "name": name,
             "project_id": f"{unit} {name}", "spending_unit_id": unit, "printed_total_yuan": total}
            for statement, unit, name, total in self.lines
        ]  # fmt: skip
        frame = pl.DataFrame(rows).with_columns(
            pl.col("printed_total_yuan").cast(pl.Decimal(18, 2))
        )
        assert ("project_id" in columns) == (table == "bridge_project_identity")
        return frame.select(columns)


def linked(*lines: Line, years: tuple[int, int] = (2026, 2026)) -> dict[str, str]:
    """Line → the project of another that it is a line of."""
    current = pl.DataFrame(
        {"statement_id": list(KINDS), "kind": list(KINDS.values()), "fiscal_year": years,
         "phase": "budget"}
    )  # fmt: skip
    staged: StagedReadings = Staged(*lines)  # type: ignore[assignment]
    found = project_links(staged, current, None)
    return dict(found.select("project_line_id", "project_id").rows())


TABLE: Line = ("table", "A", LONG, "100")
TARGETS: Line = ("targets", "A", RENAMED, "100")


def test_nearly_one_name_and_one_amount_in_one_unit_are_one_project() -> None:
    assert linked(TABLE, TARGETS) == {f"targets {RENAMED}": f"A {LONG}"}


@pytest.mark.parametrize(
    "other",
    [
        ("targets", "B", RENAMED, "100"),
        ("targets", "A", RENAMED, "101"),
        ("targets", "A", RENAMED, None),
        ("targets", "A", "植树项目", "100"),
        ("table", "A", RENAMED, "100"),
    ],
    ids=["unit", "amount", "no amount", "name", "same table"],
)
def test_nothing_less_links(other: Line) -> None:
    assert linked(TABLE, other) == {}


def test_nothing_is_linked_where_two_could_be_meant_or_a_namesake_is_there() -> None:
    second: Line = ("targets", "A", RENAMED.replace("运维", "运营"), "100")
    assert linked(TABLE, TARGETS, second) == {}
    namesake: Line = ("targets", "A", LONG, "100")
    assert linked(TABLE, TARGETS, namesake) == {}


def test_a_zero_says_nothing_and_another_year_is_another_matter() -> None:
    assert linked(("table", "A", LONG, "0"), ("targets", "A", RENAMED, "0")) == {}
    assert linked(TABLE, TARGETS, years=(2026, 2025)) == {}


def test_the_bridge_may_say_so() -> None:
    from schemas.registry import tables

    declared = tables()["bridge_project_identity"].model.to_schema().columns["method"]
    assert METHOD in declared.checks[0].statistics["allowed_values"]
