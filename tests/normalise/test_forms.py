"""Forms as records: a project's is one row, a body's a row an amount, and their indicators."""

from __future__ import annotations

import polars as pl
import pytest

from tests.normalise.drawn import layout, normalised, page
from tests.recognise.test_forms import LAYOUTS

DEPARTMENT = [
    "部门名称 | 甲市乙局 | < | < | <",
    "收支情况 | 支出 | 金额（万元） | 来源 | 金额（万元）",
    "^ | 基本支出 | 10.00 | 财政拨款 | 28.00",
    "^ | 项目支出 | 20.00 | 其他资金 | 2.00",
    "总体目标 | 做好工作 | < | < | <",
    "填报单位联系人 | 王某某 | < | < | <",
    "重点任务 | 名称 | 资金（万元） | 目标 | <",
    "^ | 甲任务 | 5.00 | 完成甲 | <",
    "^ | 乙任务 |  | 完成乙 | <",
    "^ |  |  |  | <",
    "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值",
    "^ | 产出指标 | 数量指标 | 培训次数 | ≥2次",
    "^ | ^ |  | 调研次数 | 3次",
    "^ | 满意度指标 |  | 满意度 | ",
]
PROJECT = [
    "项目名称 | 甲项目 | < | < | <",
    "主管部门 | 乙局 | < | 实施单位 | 丙中心",
    "项目资金（元） | 资金总额 | 5.00 | < | <",
    "^ | 其他资金 | 5.00 | < | <",
    "上年资金（元） | 其他资金 | 4.00 | < | <",
    "年度目标 | < | < | < | <",
    "做甲 | < | < | < | <",
    " | 一级指标 | 二级指标 | 三级指标 | 指标值",
    "绩效指标 | 产出指标 | 数量指标 | 次数 | 1次",
    "绩效指标 | 效益指标 | 社会效益 | 效果 | 好",
]
DEPARTMENT_TITLE, PROJECT_TITLE = "部门整体绩效目标表", "项目绩效目标表"


def of_department(rows: list[str] | None = None) -> dict[str, pl.DataFrame]:
    return normalised([LAYOUTS["department"]], page(rows or DEPARTMENT, DEPARTMENT_TITLE))


def of_project(rows: list[str] | None = None) -> dict[str, pl.DataFrame]:
    return normalised([LAYOUTS["project"]], page(rows or PROJECT, PROJECT_TITLE))


def doubts(frames: dict[str, pl.DataFrame]) -> list[str]:
    rules = frames["item"].filter(~pl.col("rule_id").str.starts_with("context"))["rule_id"]
    return list(rules)


def test_each_amount_of_a_body_is_a_row_along_its_axis() -> None:
    frames = of_department()
    amounts = frames["amount"].select(
        "row_axis", "row_node", "row_role", "measure", "label", "fen", "is_leaf", "is_memo"
    )
    assert amounts.rows() == [
        ("expenditure_type", "basic", "leaf", "amount", "基本支出", 10_0000_00, True, False),
        ("fund_source", "fiscal_appropriation", "leaf", "amount", "财政拨款", 28_0000_00, True,
         False),
        ("expenditure_type", "project", "leaf", "amount", "项目支出", 20_0000_00, True, False),
        ("fund_source", "other_funds", "leaf", "amount", "其他资金", 2_0000_00, True, False),
        ("task", "8", "leaf", "amount", "甲任务", 5_0000_00, False, True),
    ]  # fmt: skip
    assert doubts(frames) == []


def test_a_row_of_a_table_within_a_form_is_named_by_its_label_and_a_blank_one_is_none() -> None:
    rows = of_department()["row"].filter(pl.col("row_axis") == "task")
    assert rows.select("label", "goal").rows() == [("甲任务", "完成甲"), ("乙任务", "完成乙")]


def test_indicators_of_a_body_belong_to_no_row() -> None:
    frames = of_department()
    indicators = frames["indicator"]
    said = indicators.select("ordinal", "level_1_raw", "level_2_raw", "name").rows()
    assert said == [
        (1, "产出指标", "数量指标", "培训次数"),
        (2, "产出指标", "数量指标", "调研次数"),
        (3, "满意度指标", None, "满意度"),
    ]
    assert indicators.join(frames["row"], on="line_no", how="semi").is_empty()
    assert frames["value"].select("horizon", "raw_text").rows() == [
        ("annual", "≥2次"), ("annual", "3次"),
    ]  # fmt: skip


def test_a_form_of_a_project_is_one_row_below_its_unit() -> None:
    frames = of_project()
    assert frames["row"].select("row_role", "label", "goal", "block", "unit_line").rows() == [
        ("project", "甲项目", "做甲", 1, 3),
        ("unit", "丙中心", None, 0, None),
    ]
    amounts = frames["amount"].select("label", "measure", "fen", "period", "is_leaf").rows()
    assert amounts == [
        ("甲项目", "total", 5_00, "this_year", False),
        ("甲项目", "other_funds", 5_00, "this_year", True),
        ("甲项目", "other_funds", 4_00, "last_year", False),
    ]
    project = frames["row"].filter(pl.col("row_role") == "project")["line_no"][0]
    assert frames["indicator"].select("line_no", "ordinal", "name").rows() == [
        (project, 1, "次数"), (project, 2, "效果"),
    ]  # fmt: skip


def test_where_no_unit_is_printed_the_body_is_the_unit() -> None:
    rows = [*PROJECT]
    rows[1] = "主管部门 | 乙局 | < | 实施单位 | "
    units = of_project(rows)["row"].filter(pl.col("row_role") == "unit")
    assert units["label"].to_list() == ["乙局"]


@pytest.mark.parametrize(
    ("line", "row", "rule"),
    [
        (2, "^ | 基本支出 | 1x | 财政拨款 | 28.00", "amount_malformed"),
        (2, "^ | 基本支出 | 1.0000001 | 财政拨款 | 28.00", "amount_inexact"),
        (7, "^ |  | 5.00 | 完成甲 | <", "amount_unlabelled"),
        (11, "^ | 产出指标 | 数量指标 |  | ≥2次", "indicator_unparsed"),
    ],
)
def test_what_is_in_doubt_is_said(line: int, row: str, rule: str) -> None:
    rows = [*DEPARTMENT]
    rows[line] = row
    assert doubts(of_department(rows)) == [rule]


@pytest.mark.parametrize("state", ["-", "无", ""])
def test_what_states_nothing_makes_no_amount(state: str) -> None:
    rows = [*DEPARTMENT]
    rows[2] = f"^ | 基本支出 | {state} | 财政拨款 | 28.00"
    frames = of_department(rows)
    assert "基本支出" not in frames["amount"]["label"].to_list()
    assert doubts(frames) == []


def test_every_filled_cell_is_something_and_people_are_private() -> None:
    for frames in (of_department(), of_project()):
        filled = frames["cell"].filter(pl.col("text") != "")
        assert filled["disposition"].null_count() == 0
        assert "quarantined" not in filled["disposition"].to_list()
    private = of_department()["cell"].filter(pl.col("disposition") == "private")
    assert private["text"].to_list() == ["●●●"]


def test_a_level_whose_cell_the_end_of_a_page_cuts_holds_for_the_rows_below() -> None:
    above = [
        *PROJECT[:7],
        "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值",
        "^ | 成本指标 | 经济成本 | 总额 | ≤5元",
        "^ | 产出指标 | 数量指标 | 次数 | 1次",
        "^ | ^ | 质量指标 | 完好率 | ≥90%",
    ]
    below = [
        " |  | 时效指标 | 及时率 | ≥95%",
        "^ | ^ | 成本指标 | 单价 | ≤1元",
        "^ | 效益指标 | 社会效益 | 效果 | 好",
    ]
    frames = normalised([LAYOUTS["project"]], page(above, PROJECT_TITLE), page(below))
    assert "rowspan_continued" in frames["join"]["rule_id"].to_list()
    said = frames["indicator"].select("level_1_raw", "name").rows()
    assert said == [
        ("成本指标", "总额"), ("产出指标", "次数"), ("产出指标", "完好率"), ("产出指标", "及时率"),
        ("产出指标", "单价"), ("效益指标", "效果"),
    ]  # fmt: skip


def test_a_total_among_the_rows_of_a_table_within_a_form_is_their_sum() -> None:
    columns = [{"header": "名称", "role": "label"}, {"header": "资金（万元）", "role": "amount"}]
    said = {"heading": "重点任务", "columns": columns}
    known = layout({"kind": "department_performance_targets", "shape": "form", "unit": "header",
                    "titles": [DEPARTMENT_TITLE], "blocks": [{"rows": "task"}],
                    "fields": [{"label": "部门名称", "role": "body"}],
                    "sections": [said]})  # fmt: skip
    drawn = ["部门名称 | 甲市乙局 | <", "重点任务 | 名称 | 资金（万元）", "^ | 甲任务 | 5.00",
             "^ | 乙任务 | 6.00", "^ | 金额合计 | 11.00"]  # fmt: skip
    frames = normalised([known], page(drawn, DEPARTMENT_TITLE))
    assert frames["row"].select("label", "row_role", "row_parent", "is_row_leaf").rows() == [
        ("甲任务", "leaf", "total", True),
        ("乙任务", "leaf", "total", True),
        ("金额合计", "grand_total", None, False),
    ]
    assert doubts(frames) == []


def test_a_blank_form_has_no_project() -> None:
    rows = [row.replace("甲项目", "").replace("5.00", "").replace("4.00", "") for row in PROJECT]
    rows[6] = " | < | < | < | <"
    frames = of_project(rows)
    assert frames["row"].filter(pl.col("row_role") != "unit").is_empty()
    assert doubts(frames) == []


def test_a_title_that_is_printed_over_itself_is_read_once() -> None:
    sheet = page(PROJECT, PROJECT_TITLE, "（2026年度）", PROJECT_TITLE)
    frames = normalised([LAYOUTS["project"]], page(PROJECT, PROJECT_TITLE), sheet)
    assert doubts(frames) == []
    assert frames["row"].filter(pl.col("row_role") == "project").height == 2
