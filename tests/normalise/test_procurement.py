"""What is procured: leaves with all that tells them, each subtotal a control."""

from __future__ import annotations

import polars as pl
import pytest

from tests.normalise.drawn import layout, normalised, page

LIST = layout(
    {
        "kind": "procurement",
        "shape": "row_per_item",
        "has_grand_total": True,
        "titles": ["采购表"],
        "blocks": [{"rows": "procurement"}],
        "columns": [
            {"header": "品目", "role": "label", "is_carried": True},
            {"header": "专项", "role": "project", "is_carried": True},
            {"header": "科目", "role": "economic", "is_carried": True},
            {"header": "物品", "role": "item", "is_carried": True},
            {"header": "形式", "role": "method"},
            {"header": "总计", "role": "amount"},
        ],
    }
)
HEADER = "品目 | 专项 | 科目 | 物品 | 形式 | 总计"
ROWS = [
    HEADER,
    "合 计 |  |  |  |  | 100.00",
    "货物A |  |  |  |  | 60.00",
    " | 设备费 | 办公设备 |  |  | 60.00",
    " |  |  | 电脑 | 集中 | 40.00",
    "^ | ^ | ^ | 打印机 | 集中 | 12.00",
    "^ | ^ | ^ | ^ | 分散 | 8.00",
    "服务C |  |  |  |  | 40.00",
    " | 会议费 | 会议费 |  |  | 40.00",
    " |  |  | 会议 | 分散 | 40.00",
]
LINES = ("采购表", "部门名称：甲局　单位：万元")
BOUGHT = ("category", "project", "economic", "item", "method")


def test_leaves_are_told_by_all_their_labels() -> None:
    frames = normalised([LIST], page(ROWS, *LINES))
    assert frames["procurement"].select(BOUGHT).rows() == [
        ("货物A", "设备费", "办公设备", "电脑", "集中"),
        ("货物A", "设备费", "办公设备", "打印机", "集中"),
        ("货物A", "设备费", "办公设备", "打印机", "分散"),
        ("服务C", "会议费", "会议费", "会议", "分散"),
    ]
    leaves = frames["amount"].filter("is_leaf")
    assert leaves["fen"].to_list() == [40_0000_00, 12_0000_00, 8_0000_00, 40_0000_00]
    assert (
        leaves.join(frames["procurement"], on=["statement_no", "line_no"]).height == leaves.height
    )


def test_each_level_is_a_control_of_what_stands_below_it() -> None:
    frames = normalised([LIST], page(ROWS, *LINES))
    above = frames["row"].select("row_node", "row_parent", "row_role", "label").rows()
    assert above == [
        ("total", None, "grand_total", "合 计"),
        ("2", "total", "subtotal", "货物A"),
        ("3", "2", "subtotal", "办公设备"),
        ("4", "3", "leaf", "电脑"),
        ("5", "3", "leaf", "打印机"),
        ("6", "3", "leaf", "打印机"),
        ("7", "total", "subtotal", "服务C"),
        ("8", "7", "subtotal", "会议费"),
        ("9", "8", "leaf", "会议"),
    ]
    assert frames["row"]["row_axis"].unique().to_list() == ["procurement"]
    said = frames["cell"].filter(pl.col("grid_no") > 0)
    assert dict(said.group_by("disposition").len().rows()) == {
        "header": 6, "label": 14, "control": 5, "value": 4, None: 24,
    }  # fmt: skip


def test_each_label_of_a_leaf_is_known_by_its_cell() -> None:
    frames = normalised([LIST], page(ROWS, *LINES))
    texts = dict(frames["cell"].select("cell_id", "text").rows())
    for name in BOUGHT:
        cells = frames["procurement"].select(name, f"{name}_cell").rows()
        assert all(texts[cell] == text for text, cell in cells)


def test_a_list_goes_on_over_a_page_with_its_labels() -> None:
    first, second = page(ROWS[:5], *LINES), page([HEADER, *ROWS[5:]])
    second = page([HEADER, " |  |  | 打印机 | 集中 | 12.00", *ROWS[6:]])
    frames = normalised([LIST], first, second)
    assert (
        frames["procurement"].select(BOUGHT).rows()
        == normalised([LIST], page(ROWS, *LINES))["procurement"].select(BOUGHT).rows()
    )


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (" |  |  |  |  | 40.00", None),
        (" |  |  | 会议 | 分散 | 4x", "amount_malformed"),
        (" |  |  | 会议 | 40.00 | <", "ragged_row"),
    ],
)
def test_a_row_in_doubt_is_said_and_one_without_labels_repeats_those_above(
    row: str, rule: str | None
) -> None:
    frames = normalised([LIST], page([*ROWS[:-1], row], *LINES))
    waiting = frames["item"].filter(~pl.col("rule_id").str.starts_with("context"))
    assert waiting["rule_id"].to_list() == ([rule] if rule else [])


def test_a_table_that_says_it_is_empty_has_no_rows() -> None:
    frames = normalised([LIST], page([HEADER, "本表为空 | < | < | < | < | <"], *LINES))
    assert frames["row"].is_empty()
    assert frames["amount"].is_empty()


def test_of_projects_the_items_are_projects_of_units_and_their_groups_controls() -> None:
    of_projects = layout(
        {
            "kind": "project_expenditure",
            "shape": "row_per_item",
            "titles": ["项目支出表"],
            "blocks": [{"rows": "unit_project", "columns": "fund_source"}],
            "columns": [
                {"header": "类型", "role": "label", "is_carried": True},
                {"header": "一级", "role": "project", "is_carried": True},
                {"header": "二级", "role": "item", "is_carried": True},
                {"header": "单位", "role": "spending_unit"},
                {"header": "合计", "role": "amount", "node": "all_funds"},
                {"header": "财政", "role": "amount", "node": "fiscal_appropriation"},
            ],
        }
    )
    rows = [
        "类型 | 一级 | 二级 | 单位 | 合计 | 财政",
        "特定类 |  |  |  | 30.00 | 30.00",
        " | 管理 |  |  | 30.00 | 30.00",
        " |  | 植树 | 甲局 | 10.00 | 10.00",
        " |  | 修路 | 乙所 | 20.00 | 20.00",
    ]
    frames = normalised([of_projects], page(rows, "项目支出表", "部门名称：甲局　单位：万元"))
    told = frames["row"].select("block", "line_no", "row_role", "label", "row_parent", "unit_line")
    assert told.sort("block", "line_no").rows() == [
        (0, 3, "unit", "甲局", None, None),
        (0, 4, "unit", "乙所", None, None),
        (1, 1, "subtotal", "特定类", None, None),
        (1, 2, "subtotal", "管理", "1", None),
        (1, 3, "project", "植树", "2", 3),
        (1, 4, "project", "修路", "2", 4),
    ]
    assert frames["procurement"].is_empty()
    assert frames["amount"].filter("is_leaf")["fen"].to_list() == [10_0000_00, 20_0000_00]
