"""Comparisons over reforms: one line where figures allow it, and never a drop that is none."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.load.lineage import lineage
from pipelines.serve.chart import chart_spec
from pipelines.serve.compare import Change, compare
from pipelines.serve.compare_reforms import Step, joined
from schemas.registry import tables
from tests.commands import asked
from tests.conftest import Installation
from tests.made import published

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings

MART = "mart_expenditure_by_function_class_year"
BUDGET, FINAL = "budget", "final_accounts"
DAY = date(2023, 11, 1)
#: Predecessor, successor, kind, day.
Reform = tuple[str, str, str, date | None]


def spending(root: Path, reforms: list[Reform], **told: dict[int, str]) -> Settings:
    """A build where bodies spend: of each its years and amounts; one function class."""
    shape = tables()["body_succession"].polars_schema()
    known = lineage(pl.DataFrame([(*r, "test") for r in reforms], schema=shape, orient="row"))
    names = sorted({*told, *(name for reform in reforms for name in reform[:2])})
    last = dict(
        known.sort("steps").select("predecessor_body_id", "body_id").iter_rows()
    )  # the last that a body leads to
    rows = [
        {"reporting_body_id": body, "body_name": body, "fiscal_year": year, "phase": BUDGET,
         "function_class_id": "201", "function_class_name": "类", "amount_yuan": Decimal(amount),
         "kinds": "expenditure_summary"}
        for body, years in told.items() for year, amount in years.items()
    ]  # fmt: skip
    return published(
        root, **{MART: rows, "body_lineage": known.to_dicts()},
        dim_body=[{"body_id": n, "name": n, "latest_body_id": last.get(n, n)} for n in names],
    )  # fmt: skip


RENAMED: list[Reform] = [("甲局", "乙局", "renamed", DAY)]
MERGED: list[Reform] = [("甲局", "丙局", "merged", DAY), ("乙局", "丙局", "merged", DAY)]


def test_a_renamed_body_is_one_line_under_the_name_of_today(tmp_path: Path) -> None:
    settings = spending(tmp_path, RENAMED, 甲局={2022: "5", 2023: "10"}, 乙局={2024: "12"})
    found = compare(settings, by="function")
    assert found.lines == [("乙局", "201", "201 类")]
    assert found.changes()["乙局", "201", (2024, BUDGET)] == Change(Decimal("2.00"), Decimal(20))
    assert found.over_reforms.former == {"乙局": {"甲局": True}}
    assert found.over_reforms.missing == {}
    shown = asked(Installation.of(settings), "compare", "--by", "function").stdout
    assert "乙局: 含其原名 / with its former names: 甲局" in shown
    assert "*" not in shown
    rows = json.loads(
        asked(Installation.of(settings), "compare", "--by", "function", "--json").stdout
    )
    assert [(r["body"], r["fiscal_year"], r["former_names"], r["not_published"]) for r in rows] == [
        ("乙局", year, ["甲局"], []) for year in (2022, 2023, 2024)
    ]


@pytest.mark.parametrize("name", ["甲局", "乙局"])
def test_it_is_found_by_either_name_in_whatever_years(tmp_path: Path, name: str) -> None:
    settings = spending(tmp_path, RENAMED, 甲局={2023: "10"}, 乙局={2024: "12"}, 丁局={2024: "1"})
    found = compare(settings, by="function", bodies=[name], years=[2023])
    assert found.lines == [("乙局", "201", "201 类")]
    assert found.columns == [(2023, BUDGET)]


def test_merged_bodies_are_their_sum_and_part_of_it_is_no_drop(tmp_path: Path) -> None:
    settings = spending(
        tmp_path, MERGED, 甲局={2021: "30", 2022: "10", 2023: "10"}, 乙局={2021: "9", 2023: "5"},
        丙局={2024: "18"},
    )  # fmt: skip
    found = compare(settings, by="function")
    assert [body for body, _, _ in found.lines] == ["丙局"]
    assert found.over_reforms.former == {"丙局": {"甲局": False, "乙局": False}}
    assert found.over_reforms.missing == {("丙局", (2022, BUDGET)): ["乙局"]}
    assert found.cells["丙局", "201", (2022, BUDGET)] == 10
    assert {place[2][0] for place in found.changes()} == {2024}
    assert {column[0] for _, column in found.changes_of_totals()} == {2024}
    assert {place[2][0] for place in found.shares()} == {2021, 2023, 2024}
    shown = asked(Installation.of(settings), "compare", "--by", "function", "--share").stdout
    (line,) = [row for row in shown.splitlines() if "201 类" in row]
    assert [cell.strip() for cell in line.strip("│").split("│")][4:6] == ["10.00 *", "·"]
    assert "* 丙局 2022 budget: 不全，未公布 / not whole, not published: 乙局" in shown


def test_a_chart_shows_what_is_not_whole_as_a_gap(tmp_path: Path) -> None:
    settings = spending(tmp_path, MERGED, 甲局={2023: "10"}, 丙局={2024: "18"})
    spec = chart_spec(compare(settings, by="function"), unit="元")
    rows = spec["vconcat"][0]["vconcat"][0]["data"]["values"]
    assert [(row["value"], row["label"]) for row in rows] == [
        (None, "不全 not whole"), (18.0, "18.00"),
    ]  # fmt: skip


def test_a_body_that_took_over_another_is_whole_with_both_until_then(tmp_path: Path) -> None:
    absorbed: list[Reform] = [("甲局", "乙局", "absorbed", DAY)]
    settings = spending(
        tmp_path, absorbed, 甲局={2021: "1", 2023: "3"},
        乙局={2021: "10", 2022: "11", 2023: "12", 2024: "16"},
    )  # fmt: skip
    found = compare(settings, by="function")
    assert [body for body, _, _ in found.lines] == ["乙局"]
    assert {column[0][0]: number for (_, _, *column), number in found.cells.items()} == {
        2021: 11, 2022: 11, 2023: 15, 2024: 16,
    }  # fmt: skip
    assert found.over_reforms.missing == {("乙局", (2022, BUDGET)): ["甲局"]}
    assert [place[2][0] for place in found.changes()] == [2024]


@pytest.mark.parametrize(
    ("reforms", "told"),
    [
        (RENAMED, {"甲局": {2023: "1", 2024: "1"}, "乙局": {2024: "2"}}),
        ([("甲局", "乙局", "renamed", None)], {"甲局": {2025: "1"}, "乙局": {2024: "2"}}),
        ([("甲局", "乙局", "renamed", date(2020, 1, 1))],
         {"甲局": {2023: "1"}, "乙局": {2024: "2"}}),
        ([("甲局", "乙局", "renamed", date(2028, 1, 1))],
         {"甲局": {2023: "1"}, "乙局": {2024: "2"}}),
        ([("甲局", "乙局", "absorbed", None)], {"甲局": {2023: "1"}, "乙局": {2024: "2"}}),
    ],
    ids=["one year", "goes on", "before", "after", "no day"],
)  # fmt: skip
def test_they_stand_apart_and_say_so_where_years_and_reforms_disagree(
    tmp_path: Path, reforms: list[Reform], told: dict[str, dict[int, str]]
) -> None:
    settings = spending(tmp_path, reforms, **told)
    found = compare(settings, by="function")
    assert {body for body, _, _ in found.lines} == {"甲局", "乙局"}
    assert found.over_reforms.apart == [("甲局", "乙局")]
    shown = asked(Installation.of(settings), "compare", "--by", "function").stdout
    assert "甲局 → 乙局: 未并为一行" in shown


def test_what_was_split_is_nobodys(tmp_path: Path) -> None:
    split: list[Reform] = [("甲局", "乙局", "split", DAY), ("甲局", "丙局", "split", DAY)]
    found = compare(spending(tmp_path, split, 甲局={2023: "9"}, 乙局={2024: "4"}), by="function")
    assert {body for body, _, _ in found.lines} == {"甲局", "乙局"}
    assert found.over_reforms.apart == []


def test_other_phases_of_a_year_are_told_apart() -> None:
    steps = {"甲局": Step("乙局", "renamed", DAY)}
    told = {"甲局": {(2023, BUDGET), (2022, FINAL)}, "乙局": {(2023, FINAL), (2024, BUDGET)}}
    assert joined(steps, told).today == {"甲局": "乙局", "乙局": "乙局"}
    told["乙局"].add((2022, FINAL))
    assert joined(steps, told).today == {}


def test_who_was_renamed_and_then_merged_is_in_the_sum_or_one_line_alone() -> None:
    steps = {"甲局": Step("乙局", "renamed", None), "乙局": Step("丁局", "merged", DAY),
             "丙局": Step("丁局", "merged", DAY)}  # fmt: skip
    told = {"甲局": {(2021, BUDGET)}, "乙局": {(2023, BUDGET)}, "丙局": {(2021, BUDGET)},
            "丁局": {(2024, BUDGET)}}  # fmt: skip
    found = joined(steps, told)
    assert set(found.today.values()) == {"丁局"}
    assert found.missing == {("丁局", (2023, BUDGET)): ["丙局"]}
    told["丙局"].add((2024, BUDGET))
    found = joined(steps, told)
    assert found.today == {"甲局": "乙局", "乙局": "乙局"}
    assert found.apart == [("丙局", "丁局"), ("乙局", "丁局")]


def test_a_body_that_published_under_its_former_name_alone_has_that_of_today() -> None:
    steps = {"甲局": Step("乙局", "renamed", DAY)}
    assert joined(steps, {"甲局": {(2023, BUDGET)}}).today == {"甲局": "乙局"}
