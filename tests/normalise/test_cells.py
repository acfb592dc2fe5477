"""Cells under their columns: merged ones, and rows that have not one cell for each amount."""

from __future__ import annotations

import pytest

from tests.normalise.printed import AMOUNT, CODE, LABEL, Column, Over, Table, read

#: Revenue beside expenditure by function class beside expenditure by type.
THREE = (
    LABEL, AMOUNT,
    Column("label", block=2), Column("amount", block=2),
    Column("label", block=3), Column("amount", block=3),
)  # fmt: skip
AXES = (("fund_source", "none"), ("expenditure_line", "none"), ("expenditure_type", "none"))


def side_by_side(*rows: list[str | Over]) -> Table:
    return Table(THREE, list(rows), AXES, shape="side_by_side")


class TestMergedLabels:
    def test_a_cell_over_code_and_name_is_the_name(self) -> None:
        read_one = read(Table((CODE, LABEL, AMOUNT), [[Over("合 计", 2), "3.00"]]))
        assert read_one.rows("label", "code", "row_node", "row_role") == [
            ("合 计", None, "", "grand_total")
        ]

    def test_a_code_beside_a_name_over_the_rest_of_a_merged_header(self) -> None:
        """The header of the code covers two columns, the names the second of them too."""
        code = Column("code", number=0)
        rows: list[list[str | Over]] = [
            [Over("合 计", 3), "1.00"],
            ["204", Over("公共安全支出", 2), "1.00"],
        ]
        read_one = read(Table((code, code, LABEL, AMOUNT), rows))
        assert read_one.rows("label", "code", "row_node") == [
            ("合 计", None, ""),
            ("公共安全支出", "204", "204"),
        ]
        assert read_one.items() == []

    def test_a_label_over_blocks_is_a_label_of_each_and_its_amount_is_of_each(self) -> None:
        read_one = read(
            side_by_side(
                ["一、财政拨款", "5.00", "一、外交支出", "5.00", "一、基本支出", "5.00"],
                ["当年收入小计", "5.00", Over("当年支出小计", 3), "5.00"],
            )
        )
        assert read_one.amounts("line_no", "block", "column_no", "row_node", "fen") == [
            (1, 1, 1, "fiscal_appropriation", 5000000),
            (1, 2, 3, "202", 5000000),
            (1, 3, 5, "basic", 5000000),
            (2, 1, 1, "current_revenue", 5000000),
            (2, 2, 3, "current_expenditure", 5000000),
            (2, 3, 5, "current_expenditure", 5000000),
        ]
        assert read_one.items() == []
        assert read_one.said()["当年支出小计"] == "label"

    def test_a_label_over_the_amount_of_another_block_leaves_that_row_ragged(self) -> None:
        """The amount of block 2 is covered by a label that is none of its own."""
        read_one = read(side_by_side(["财政拨款", "5.00", "外交支出", Over("基本支出", 2), "5.00"]))
        assert read_one.items() == ["ragged_row"]
        assert [block for (block,) in read_one.rows("block")] == [1, 3]

    def test_a_label_over_rows_names_each_of_them(self) -> None:
        label = Column("label", number=0, is_spread=True, is_carried=True)
        rows: list[list[str | Over]] = [
            [Over("收入总计", 2), "3.00"],
            [Over("其他资金", rows=3), "小计", "3.00"],
            ["事业收入", "1.00"],
            ["其他收入", "2.00"],
        ]
        read_one = read(Table((label, label, AMOUNT), rows, [("fund_source", "none")]))
        assert read_one.rows("label", "label_cell") == [
            ("收入总计", "1/2/1"),
            ("其他资金 / 小计", "1/3/1"),
            ("其他资金 / 事业收入", "1/4/2"),
            ("其他资金 / 其他收入", "1/5/2"),
        ]
        assert read_one.nodes() == [
            ("all_funds", None, False),
            ("other_funds", "all_funds", False),
            ("business_revenue", "other_funds", True),
            ("other_revenue", "other_funds", True),
        ]


class TestRaggedRows:
    @pytest.mark.parametrize(
        "row",
        [
            ["206", "科学技术支出", Over("1.00", 2)],
            ["206", "科学技术支出", "1.00"],
            ["206", "科学技术支出", "1.00", "2.00", "3.00"],
        ],
        ids=["two amounts in one", "one too few", "beyond the header"],
    )
    def test_an_amount_without_a_cell_of_its_own(self, row: list[str | Over]) -> None:
        columns = (CODE, LABEL, Column("amount", "basic"), Column("amount", "project"))
        rows: list[list[str | Over]] = [["205", "教育支出", "1.00", "1.00"], row]
        read_one = read(Table(columns, rows, [("function", "expenditure_type")]))
        assert read_one.items("rule_id", "blocks") == [("ragged_row", "partial")]
        assert {label for (label,) in read_one.amounts("label")} == {"教育支出"}
        assert read_one.said()["科学技术支出"] == "quarantined"

    def test_an_amount_over_two_rows_is_of_neither(self) -> None:
        rows: list[list[str | Over]] = [
            ["205", "教育支出", Over("1.00", rows=2)],
            ["206", "科学技术支出"],
        ]
        read_one = read(Table((CODE, LABEL, AMOUNT), rows))
        assert read_one.items() == ["ragged_row", "ragged_row"]
        assert read_one.amounts("fen") == []

    def test_blank_cells_state_nothing_however_they_are_merged(self) -> None:
        columns = (CODE, LABEL, Column("amount", "basic"), Column("amount", "project"))
        rows: list[list[str | Over]] = [
            ["205", "教育支出", Over("", 2)],
            ["206", "科学技术支出", Over("", rows=2), "1.00"],
            ["207", "文化旅游体育与传媒支出", "2.00"],
        ]
        read_one = read(Table(columns, rows, [("function", "expenditure_type")]))
        assert read_one.items() == []
        assert read_one.amounts("row_node", "column_node", "fen") == [
            ("206", "project", 1000000),
            ("207", "project", 2000000),
        ]

    def test_two_halves_of_a_merged_header_hold_one_amount(self) -> None:
        amount = Column("amount", number=1)
        rows: list[list[str | Over]] = [
            ["[205]教育支出", Over("1.00", 2)],
            ["[206]科学技术支出", "", "2.00"],
            ["[207]文化旅游体育与传媒支出", "3.00", "4.00"],
        ]
        read_one = read(Table((LABEL, amount, amount), rows))
        assert read_one.amounts("row_node", "fen") == [("205", 1000000), ("206", 2000000)]
        assert read_one.items() == ["ragged_row"]

    def test_a_goal_or_indicators_over_rows_are_of_none_of_them(self) -> None:
        columns = (LABEL, AMOUNT, Column("goal"))
        rows: list[list[str | Over]] = [
            ["植树", "1.00", Over("绿化城区。", rows=2)],
            ["修剪", "2.00"],
        ]
        read_one = read(Table(columns, rows, [("project", "none")], shape="row_per_project"))
        assert read_one.items() == ["ragged_row", "ragged_row"]

    def test_what_stands_below_no_header_waits_alone(self) -> None:
        rows: list[list[str | Over]] = [["[205]教育支出", "1.00", "2.00"]]
        read_one = read(Table((LABEL, AMOUNT, None), rows))
        assert read_one.items("rule_id", "found") == [("column_without_header", "2.00")]
        assert read_one.said()["2.00"] == "quarantined"
        assert read_one.amounts("fen") == [(1000000,)]
