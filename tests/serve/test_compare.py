"""Comparisons: what is published beside what was, its shares and changes; a blank is no zero."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.serve.compare import BY, Change, Comparison, compare, percent
from tests.commands import asked
from tests.conftest import Installation
from tests.made import published

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings

MART = "mart_expenditure_by_function_class_year"
BUDGET, FINAL = "budget", "final_accounts"


def spending(root: Path, *told: tuple[str, int, str, str, str]) -> Settings:
    """A build where bodies spend: body, year, phase, function class, amount."""
    rows = [
        {"reporting_body_id": body, "body_name": body, "fiscal_year": year, "phase": phase,
         "function_class_id": code, "function_class_name": f"{code}类",
         "amount_yuan": Decimal(amount), "kinds": "expenditure_summary"}
        for body, year, phase, code, amount in told
    ]  # fmt: skip
    return published(root, **{MART: rows})


def test_a_change_is_from_the_year_before_of_the_same_phase(tmp_path: Path) -> None:
    settings = spending(
        tmp_path,
        ("甲局", 2022, BUDGET, "201", "300.00"),
        ("甲局", 2023, BUDGET, "201", "200.00"),
        ("甲局", 2023, FINAL, "201", "150.00"),
        ("甲局", 2024, FINAL, "201", "100.00"),
        ("甲局", 2025, BUDGET, "201", "400.00"),
    )
    found = compare(settings, by="function")
    assert found.changes() == {
        ("甲局", "201", (2023, BUDGET)): Change(Decimal("-100.00"), Decimal("-33.33")),
        ("甲局", "201", (2024, FINAL)): Change(Decimal("-50.00"), Decimal("-33.33")),
    }
    assert found.changes_of_totals() == {
        ("甲局", (2023, BUDGET)): Change(Decimal("-100.00"), Decimal("-33.33")),
        ("甲局", (2024, FINAL)): Change(Decimal("-50.00"), Decimal("-33.33")),
    }


def test_what_is_not_published_is_no_zero_and_a_zero_is_one(tmp_path: Path) -> None:
    settings = spending(
        tmp_path,
        ("甲局", 2023, BUDGET, "201", "0.00"),
        ("甲局", 2023, BUDGET, "204", "5.00"),
        ("甲局", 2024, BUDGET, "201", "7.00"),
        ("甲局", 2024, BUDGET, "208", "8.00"),
        ("乙局", 2024, BUDGET, "201", "9.00"),
    )
    found = compare(settings, by="function")
    assert found.changes() == {
        ("甲局", "201", (2024, BUDGET)): Change(Decimal("7.00"), None),
    }
    shown = asked(Installation.of(settings), "compare", "--by", "function", "--change").stdout
    (line,) = [row for row in shown.splitlines() if "甲局" in row and "208" in row]
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells[2:] == ["·", "·", "·", "8.00", "·", "·"]
    (line,) = [row for row in shown.splitlines() if "甲局" in row and "201" in row]
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells[2:] == ["0.00", "·", "·", "7.00", "+7.00", "–"]


def test_the_year_before_is_read_where_it_is_not_shown(tmp_path: Path) -> None:
    settings = spending(
        tmp_path,
        ("甲局", 2023, BUDGET, "201", "10.00"),
        ("甲局", 2023, BUDGET, "204", "5.00"),
        ("甲局", 2024, BUDGET, "201", "12.50"),
    )
    found = compare(settings, by="function", years=[2024], with_year_before=True)
    assert found.columns == [(2024, BUDGET)]
    assert found.lines == [("甲局", "201", "201 201类")]
    assert found.changes()["甲局", "201", (2024, BUDGET)] == Change(
        Decimal("2.50"), Decimal("25.00")
    )
    assert compare(settings, by="function", years=[2024]).changes() == {}
    (row,) = json.loads(
        asked(Installation.of(settings), "compare", "--by", "function", "--year", "2024",
              "--change", "--share", "--json").stdout
    )  # fmt: skip
    assert (row["amount_yuan"], row["year_before"], row["change_yuan"], row["change_percent"],
            row["share_percent"]) == ("12.50", 2023, "2.50", "25.00", "100.00")  # fmt: skip


def test_a_share_is_of_all_lines_of_a_body_also_of_those_not_shown(tmp_path: Path) -> None:
    settings = spending(
        tmp_path,
        ("甲局", 2023, BUDGET, "201", "1.00"),
        ("甲局", 2023, BUDGET, "204", "2.00"),
        ("乙局", 2023, BUDGET, "201", "0.00"),
    )
    found = compare(settings, by="function", lines=["204"])
    assert [line_id for _, line_id, _ in found.lines] == ["204"]
    assert found.shares()["甲局", "204", (2023, BUDGET)] == Decimal("66.67")
    assert ("乙局", "201", (2023, BUDGET)) not in found.shares()
    shown = asked(Installation.of(settings), "compare", "--by", "function", "--line", "204",
                  "--share").stdout  # fmt: skip
    (total,) = [row for row in shown.splitlines() if "合计" in row]
    assert "3.00" in total
    assert "100.00" in total


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [("1", "8", "12.50"), ("1", "-8", "12.50"), ("-1", "3", "-33.33"), ("0.00005", "1", "0.01"),
     ("0", "5", "0.00"), ("5", "0", None)],
)  # fmt: skip
def test_per_cent_is_exact_then_rounded_half_up(part: str, whole: str, expected: Any) -> None:
    assert percent(Decimal(part), Decimal(whole)) == (expected and Decimal(expected))


def test_a_change_of_other_kinds_of_tables_is_said() -> None:
    found = Comparison("function", "支出 / expenditure", columns=[(2023, BUDGET), (2024, BUDGET)])
    found.rests_on.update({("甲局", (2023, BUDGET)): ["a", "b"], ("甲局", (2024, BUDGET)): ["b"],
                           ("乙局", (2023, BUDGET)): ["a", "b"],
                           ("乙局", (2024, BUDGET)): ["b", "a"]})  # fmt: skip
    assert found.rests_on_others() == [("甲局", (2024, BUDGET))]


def test_lines_with_two_names_in_a_year_are_one_line(tmp_path: Path) -> None:
    row = {"reporting_body_id": "甲局", "body_name": "甲局", "spending_unit_name": "甲局",
           "project_id": "p", "fiscal_year": 2023, "phase": BUDGET, "kinds": "a"}  # fmt: skip
    settings = published(tmp_path, mart_project_year=[
        {**row, "project_line_id": "1", "project_name": "运维", "amount_yuan": Decimal(1)},
        {**row, "project_line_id": "2", "project_name": "运维费", "amount_yuan": Decimal(2)},
    ])  # fmt: skip
    found = compare(settings, by="project")
    assert len(found.lines) == 1
    assert list(found.cells.values()) == [Decimal(3)]


def targets(root: Path, *told: tuple[int, str, str, str | None, str]) -> Settings:
    """A build where a project promises: year, indicator, horizon, number, as printed."""
    keys = ("year", "name", "horizon", "number", "text")
    each: list[dict[str, Any]] = [
        {"id": f"{n}", **dict(zip(keys, one, strict=True))} for n, one in enumerate(told)
    ]
    of = {"reporting_body_id": "甲局", "spending_unit_id": "甲局", "phase": BUDGET}
    return published(
        root,
        dim_body=[{"body_id": "甲局", "name": "甲局"}],
        dim_project=[{"project_id": "p", "name": "培训"}],
        statement=[{**of, "statement_id": i["id"], "fiscal_year": i["year"], "kind": "targets"}
                   for i in each],
        fact_feed=[{**of, "statement_id": i["id"], "fact": "fact_performance_target"}
                   for i in each],
        project_line=[{**of, "project_line_id": i["id"], "statement_id": i["id"], "name": "培训"}
                      for i in each],
        bridge_project_identity=[{"project_line_id": i["id"], "project_id": "p"} for i in each],
        performance_indicator=[{"indicator_id": i["id"], "statement_id": i["id"],
                                "project_line_id": i["id"], "name": i["name"]} for i in each],
        performance_value=[{"value_id": i["id"], "indicator_id": i["id"], "statement_id": i["id"],
                            "horizon": i["horizon"], "raw_text": i["text"]} for i in each],
        fact_performance_target=[
            {"fact_id": i["id"], "value_id": i["id"], "indicator_id": i["id"],
             "clause_kind": "number", "comparator": "ge", "low_value": Decimal(i["number"]),
             "unit": i["text"][-1]}
            for i in each if i["number"] is not None
        ],
    )  # fmt: skip


def test_targets_stand_as_printed_and_differ_where_they_measure_the_same(tmp_path: Path) -> None:
    settings = targets(
        tmp_path,
        (2023, "满意度", "annual", "90", "≥90%"),
        (2024, "满意度", "annual", "95", "不少于95%"),
        (2024, "满意度", "cycle", "99", "≥99%"),
        (2023, "培训人数", "unstated", "10", "≥10人"),
        (2024, "培训人数", "unstated", "20", "≥20次"),
        (2024, "效果", "annual", None, "明显"),
    )
    found = compare(settings, by="indicator")
    assert [line for _, _, line in found.lines] == [
        "培训 · 培训人数", "培训 · 效果", "培训 · 满意度",
    ]  # fmt: skip
    satisfied, trained, effect = (f"甲局 p {name}" for name in ("满意度", "培训人数", "效果"))
    assert found.texts["甲局", satisfied, (2024, BUDGET)] == "不少于95%"
    assert found.texts["甲局", effect, (2024, BUDGET)] == "明显"
    assert ("甲局", effect, (2024, BUDGET)) not in found.cells
    assert found.cells["甲局", trained, (2023, BUDGET)] == 10
    assert found.changes() == {
        ("甲局", satisfied, (2024, BUDGET)): Change(Decimal(5), Decimal("5.56")),
    }
    assert (found.totals(), found.shares()) == ({}, {})
    command = ["compare", "--by", "indicator", "--line", "满意"]
    shown = asked(Installation.of(settings), *command, "--change").stdout
    assert "≥90%" in shown
    assert "+5 " in shown
    assert "培训人数" not in shown
    assert "合计" not in shown
    rows = json.loads(asked(Installation.of(settings), *command, "--json").stdout)
    assert [(row["target"], row["number"]) for row in rows] == [
        ("≥90%", "90"), ("不少于95%", "95"),
    ]  # fmt: skip


def test_shares_are_of_money_alone(seeded: Installation) -> None:
    for by in ([], ["--by", "indicator"]):
        assert asked(seeded, "compare", "--share", *by).exit_code == 2


def test_every_comparison_has_an_answer(seeded: Installation) -> None:
    for by in BY:
        done = asked(seeded, "compare", "--by", by, "--change")
        assert done.exit_code == 0, by
        assert ("2023 budget" in done.stdout) == (by in {"fund", "project", "indicator"}), by
