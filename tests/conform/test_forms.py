"""Forms, rows of indicators and lists of items with keys, classes and sources; nobody is named."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipelines.conform.records import conform
from pipelines.validate.readings import validate
from schemas.layout import Layout
from schemas.tables.base import KEY_PATTERN
from tests.normalise.drawn import normalised, page, sidecar
from tests.normalise.test_forms import DEPARTMENT, DEPARTMENT_TITLE, PROJECT, PROJECT_TITLE
from tests.normalise.test_indicator_rows import APART
from tests.normalise.test_procurement import LINES as LIST_LINES
from tests.normalise.test_procurement import LIST
from tests.normalise.test_procurement import ROWS as LIST_ROWS
from tests.recognise.paged import Sheet
from tests.recognise.test_forms import LAYOUTS

NAME = "王某某"


def department(rows: list[str] | None = None) -> dict[str, pl.DataFrame]:
    sheet = page(rows or DEPARTMENT, DEPARTMENT_TITLE)
    return conform(normalised([LAYOUTS["department"]], sheet, said=sidecar()))


def projects(*sheets: Sheet) -> dict[str, pl.DataFrame]:
    return conform(normalised([LAYOUTS["project"]], *sheets, said=sidecar()))


def of_indicators(levels: list[tuple[str, str]]) -> dict[str, pl.DataFrame]:
    """A form with an indicator for each pair of levels."""
    rows = [f"^ | {one} | {two} | 名{n} | {n}次" for n, (one, two) in enumerate(levels)]
    return department([*DEPARTMENT[:11], *rows])


class TestClasses:
    @pytest.mark.parametrize(
        ("levels", "of_class"),
        [
            (("产出指标", "数量指标"), "v1/11"),
            (("产出", "数 量"), "v1/11"),
            (("产出指标", "成本指标"), "v1/14"),
            (("成本指标", "经济成本指标"), "v2/41"),
            (("满意度指标", "社会公众满意度指标"), "v1/31"),
            (("1-产出指标", "11-数量指标"), "v1/11"),
            (("产出指标", ""), "v1/1"),
            (("成本指标", ""), "v2/4"),
            (("", "质量指标"), "v1/12"),
            (("", ""), None),
        ],
    )
    def test_levels_are_classes_by_name_alone(
        self, levels: tuple[str, str], of_class: str | None
    ) -> None:
        frames = of_indicators([levels])
        assert frames["indicator"]["indicator_class_id"].to_list() == [of_class]
        assert frames["item"].is_empty()

    @pytest.mark.parametrize(
        ("levels", "of_class"),
        [
            (("产出指标", "社会效益指标"), "v1/22"),  # below the wrong one: it is read, and said
            (("产出指标", "新奇指标"), None),
            (("新奇指标", "数量指标"), "v1/11"),
            (("新奇指标", ""), None),
            (("1-产出指标", "11-质量指标"), None),
        ],
    )
    def test_levels_that_no_list_has_so_are_said(
        self, levels: tuple[str, str], of_class: str | None
    ) -> None:
        frames = of_indicators([levels])
        assert frames["indicator"]["indicator_class_id"].to_list() == [of_class]
        assert frames["item"]["rule_id"].to_list() == ["indicator_class_unknown"]
        assert frames["item"]["blocks"].to_list() == ["none"]


class TestTargets:
    def test_targets_of_a_body_are_its_own(self) -> None:
        frames = department()
        targets = frames["target"]
        assert targets.height == 2
        assert targets["project_line_id"].null_count() == targets.height
        assert targets["spending_unit_id"].null_count() == targets.height
        body = frames["statement"]["reporting_body_id"].to_list()
        assert targets["reporting_body_id"].unique().to_list() == body
        accepted = validate(frames)
        assert accepted["statement"]["status"].to_list() == ["complete"]
        assert accepted["fact_performance_target"].height == 2
        assert accepted["performance_indicator"].height == 3

    def test_targets_of_a_project_belong_to_its_line(self) -> None:
        frames = projects(page(PROJECT, PROJECT_TITLE))
        (line,) = frames["project_line"]["project_line_id"].to_list()
        assert frames["target"]["project_line_id"].unique().to_list() == [line]
        assert frames["indicator"]["project_line_id"].unique().to_list() == [line]

    def test_each_character_of_a_target_is_cited_in_its_own_cell(self) -> None:
        """Comparator, number and unit stand in three cells."""
        rows = [
            "项目 | 总额 | 目标 | 指标 | 性质 | 值 | 单位",
            "植树 | 1.00 | 种 | 树 | ≥ | 90 | %",
        ]
        sheet = page(rows, "绩效目标表", "部门名称：甲局　单位：万元")
        frames = conform(normalised([APART], sheet, said=sidecar()))
        sources = frames["fact_source"].filter(pl.col("role") == "target")
        cited = sources.join(frames["source_cell"].select("cell_id", "text"), on="cell_id")
        said = cited.sort("part_no").select("part_no", "text", "char_from", "char_to").rows()
        assert said == [(0, "≥", 0, 1), (1, "90", 0, 2), (2, "%", 0, 1)]

    def test_the_rule_that_read_an_indicator_is_its_layout(self) -> None:
        sources = department()["fact_source"].filter(pl.col("role") == "indicator")
        assert sources["rule_id"].unique().to_list() == ["made-up/department"]


class TestParts:
    def test_each_form_of_a_project_is_a_statement_of_its_own(self) -> None:
        other = [PROJECT[0].replace("甲项目", "丁项目"), *PROJECT[1:]]
        frames = projects(page(PROJECT, PROJECT_TITLE), page(other, PROJECT_TITLE))
        statements = frames["statement"]
        assert statements["part"].to_list() == ["丙中心·甲项目", "丙中心·丁项目"]
        assert statements["statement_key_id"].n_unique() == 2
        assert statements["statement_key_id"].str.contains(KEY_PATTERN).all()
        assert "statement_conflict" not in validate(frames)["quarantine_item"]["rule_id"]

    def test_the_same_form_twice_is_a_conflict(self) -> None:
        sheet = page(PROJECT, PROJECT_TITLE)
        rules = validate(projects(sheet, sheet))["quarantine_item"]["rule_id"].to_list()
        assert rules == ["statement_conflict"] * 2

    def test_a_form_of_a_body_has_no_part(self) -> None:
        assert department()["statement"]["part"].to_list() == [""]


def test_the_sums_of_a_form_are_checked_along_its_columns() -> None:
    def verdicts(rows: list[str]) -> list[str]:
        accepted = validate(projects(page(rows, PROJECT_TITLE)))
        return accepted["control_total"]["verdict"].to_list()

    assert verdicts(PROJECT) == ["exact"]
    assert verdicts([row.replace("其他资金 | 5.00", "其他资金 | 6.00") for row in PROJECT]) == [
        "broken"
    ]


def test_what_a_project_costs_over_all_its_years_is_no_fact_of_one() -> None:
    said = LAYOUTS["project"].model_dump()
    fields = [
        field | {"period": "whole_term"} if field["period"] == "last_year" else field
        for field in said["fields"]
    ]
    whole = Layout.model_validate(said | {"fields": fields})
    rows = [row.replace("其他资金 | 4.00", "其他资金 | 40.00") for row in PROJECT]
    frames = conform(normalised([whole], page(rows, PROJECT_TITLE), said=sidecar()))
    printed = frames["printed_amount"].filter(pl.col("period") == "whole_term")
    assert printed.select("amount_yuan", "fact", "is_leaf").rows() == [
        (Decimal("40.00"), None, False)
    ]
    assert frames["comparative_figure"].is_empty()
    assert validate(frames)["control_total"]["verdict"].to_list() == ["exact"]


def test_leaves_of_a_list_are_facts_with_all_their_labels() -> None:
    frames = conform(normalised([LIST], page(LIST_ROWS, *LIST_LINES), said=sidecar()))
    accepted = validate(frames)
    assert accepted["statement"]["status"].to_list() == ["complete"]
    facts = accepted["fact_procurement"]
    assert facts.select("category", "project", "economic", "item", "method").rows()[2] == (
        "货物A", "设备费", "办公设备", "打印机", "分散",
    )  # fmt: skip
    assert sum(facts["amount_yuan"]) == 1_000_000
    verdicts = accepted["control_total"].filter(
        pl.col("identity_id") == "procurement_is_sum_of_parts"
    )
    assert verdicts["verdict"].to_list() == ["exact"] * 5


def test_a_level_that_is_not_the_sum_of_its_items_withholds_the_list() -> None:
    rows = [row.replace("12.00", "13.00") for row in LIST_ROWS]
    accepted = validate(conform(normalised([LIST], page(rows, *LIST_LINES), said=sidecar())))
    assert accepted["statement"]["status"].to_list() == ["withheld"]
    broken = accepted["control_total"].filter(pl.col("verdict") == "broken")
    assert broken["label"].to_list() == ["办公设备"]


def test_people_and_telephones_reach_no_frame_that_is_loaded() -> None:
    rows = [*DEPARTMENT]
    rows[5] = f"填报单位联系人 | {NAME} | < | 联系电话 | 13800000000"
    sheet = Sheet(page(rows).grids, [DEPARTMENT_TITLE], [f"填表人：{NAME}　电话：020-1234567"])
    accepted = validate(conform(normalised([LAYOUTS["department"]], sheet, said=sidecar())))
    assert accepted["statement"]["status"].to_list() == ["complete"]
    everything = " ".join(frame.write_ndjson() for frame in accepted.values())
    assert "培训次数" in everything
    for private in (NAME, "13800000000", "1234567"):
        assert private not in everything
    counted = accepted["cell_accounting"].filter(pl.col("disposition") == "private")
    assert counted["cell_count"].to_list() == [2]
