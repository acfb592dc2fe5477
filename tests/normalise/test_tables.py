"""Statements whose rows are lines of amounts: roles, amounts, what waits, what each cell is."""

from __future__ import annotations

import pytest

from tests.normalise.printed import AMOUNT, CODE, LABEL, Column, Printed, Table, read

FUNDS = [("function", "fund_source")]


class TestRoles:
    def test_a_single_row_without_a_label_is_all_of_its_table(self) -> None:
        columns = (Column("amount", "total_expenditure"), Column("amount", "basic"),
                   Column("amount", "project"))  # fmt: skip
        table = Table(columns, [["3.00", "1.00", "2.00"], ["", "", ""]],
                      [("none", "expenditure_type")], shape="single_row")  # fmt: skip
        read_one = read(table)
        assert read_one.rows("row_node", "row_role") == [("", "leaf")]
        assert read_one.amounts("row_node", "measure", "column_parent", "is_leaf", "fen") == [
            ("", "total_expenditure", None, False, 3000000),
            ("", "basic", "total_expenditure", True, 1000000),
            ("", "project", "total_expenditure", True, 2000000),
        ]
        assert read_one.items() == []

    def test_two_rows_of_a_table_of_one_wait(self) -> None:
        columns = (Column("amount", "basic"), Column("amount", "project"))
        table = Table(columns, [["1.00", "2.00"], ["1.00", "2.00"]], [("none", "expenditure_type")])
        assert read(table).items() == ["line_repeated"]

    def test_units_alone_are_leaves_below_the_total(self) -> None:
        columns = (LABEL, Column("amount", "all_funds"), Column("amount", "other_funds"))
        rows: Printed = [["合计", "3.00", "3.00"], ["甲局", "1.00", "1.00"], ["乙", "2.00", "2.00"]]
        read_one = read(Table(columns, rows, [("unit", "fund_source")], shape="row_per_unit"))
        assert read_one.rows("row_node", "row_parent", "row_role", "is_row_leaf") == [
            ("total", None, "grand_total", False),
            ("2", "total", "unit", True),
            ("3", "total", "unit", True),
        ]
        assert [leaf for (leaf,) in read_one.amounts("is_leaf")] == [
            False, False, False, True, False, True,
        ]  # fmt: skip

    def test_projects_named_without_units_stand_alone(self) -> None:
        columns = (LABEL, AMOUNT, Column("goal"))
        table = Table(columns, [["植树", "1.00", "绿化城区。"], ["修剪", "2.00", ""]],
                      [("project", "none")], shape="row_per_project")  # fmt: skip
        read_one = read(table)
        assert read_one.rows("row_node", "row_parent", "row_role", "goal", "total_fen") == [
            ("1", None, "project", "绿化城区。", 1000000),
            ("2", None, "project", "", 2000000),
        ]
        assert read_one.items() == []

    def test_what_a_unit_spends_on_is_a_class_by_name_or_waits(self) -> None:
        columns = (LABEL, Column("amount", "all_funds"))
        rows: Printed = [
            ["甲局", "6.00"],
            ["工资福利支出", "1.00"],
            ["新的一类支出", "2.00"],
            ["商品和服务支出", "3.00"],
        ]
        table = Table(columns, rows, [("unit_economic", "fund_source")], shape="row_per_project")
        read_one = read(table)
        assert read_one.rows("row_role", "code", "unit_line") == [
            ("unit", None, None),
            ("leaf", "301", 1),
            ("unlabelled", None, 1),
            ("leaf", "302", 1),
        ]
        assert read_one.items("rule_id", "found") == [("line_unknown", "新的一类支出")]

    def test_the_whole_of_an_axis_alone_is_no_leaf(self) -> None:
        table = Table((CODE, LABEL, Column("amount", "current_expenditure")),
                      [["", "合计", "0.00"]], [("function", "expenditure_type")])  # fmt: skip
        assert read(table).amounts("row_role", "is_leaf", "fen") == [("grand_total", False, 0)]


class TestAmounts:
    def test_all_funds_are_the_total_and_a_column_without_an_axis_is_the_amount(self) -> None:
        columns = (LABEL, Column("amount", "all_funds"), Column("amount", "other_funds"))
        table = Table(columns, [["[206]科学技术支出", "1.00", "1.00"]], FUNDS)
        assert read(table).amounts("measure", "column_node") == [
            ("total", "all_funds"),
            ("other_funds", "other_funds"),
        ]
        plain = read(Table((LABEL, AMOUNT), [["[206]科学技术支出", "1.00"]]))
        assert plain.amounts("measure", "column_axis", "column_node") == [("amount", "none", "")]

    def test_blanks_and_dashes_state_nothing_and_a_zero_does(self) -> None:
        rows: Printed = [["[20605]甲", ""], ["[20606]乙", "-"], ["[20607]丙", "0.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows))
        assert read_one.amounts("row_node", "fen") == [("20607", 0)]
        assert len(read_one.rows("label")) == 3

    def test_a_row_of_dashes_is_no_line(self) -> None:
        rows: Printed = [["[20605]甲", "1.00"], ["", "-"], ["无", "—"]]
        read_one = read(Table((LABEL, AMOUNT), rows))
        assert read_one.rows("line_no") == [(1,)]
        assert read_one.items() == ["code_unknown"]
        assert read_one.said() == {
            "[20605]甲": "label", "1.00": "value", "-": "value", "无": "label", "—": "value",
        }  # fmt: skip

    def test_the_number_of_a_free_line_is_no_amount_without_a_name(self) -> None:
        columns = (Column("label"), Column("number"), Column("amount"))
        rows: Printed = [["一、财政拨款", "1", "2.00"], ["", "2", ""], ["收入总计", "3", "2.00"]]
        read_one = read(Table(columns, rows, [("fund_source", "none")], shape="row_per_line"))
        assert read_one.rows("row_node") == [("fiscal_appropriation",), ("all_funds",)]
        assert read_one.items() == []

    def test_a_line_without_a_figure_is_printed_all_the_same(self) -> None:
        """What stands below it is nothing, but the class above is no leaf."""
        rows: Printed = [["[206]科学技术支出", "1.00"], ["[20605]科技条件与服务", ""]]
        assert read(Table((LABEL, AMOUNT), rows)).amounts("row_node", "is_leaf") == [("206", False)]

    @pytest.mark.parametrize(
        ("text", "rule"), [("1O.00", "amount_malformed"), ("0.0000001", "amount_inexact")]
    )
    def test_what_is_no_amount_waits(self, text: str, rule: str) -> None:
        read_one = read(Table((LABEL, AMOUNT), [["[206]科学技术支出", text]]))
        assert read_one.items("rule_id", "found", "blocks") == [(rule, text, "partial")]

    def test_last_year_and_another_phase_are_never_leaves(self) -> None:
        columns = (
            LABEL, Column("amount", "basic"), Column("amount", "basic", period="last_year"),
            Column("amount", "basic", phase="final_accounts"),
            Column("amount", "project", is_memo=True),
        )  # fmt: skip
        rows: Printed = [["[206]科学技术支出", "1.00", "2.00", "3.00", "4.00"]]
        read_one = read(Table(columns, rows, [("function", "expenditure_type")]))
        assert read_one.amounts("period", "phase", "is_memo", "is_leaf") == [
            ("this_year", None, False, True),
            ("last_year", None, False, False),
            ("this_year", "final_accounts", False, False),
            ("this_year", None, True, False),
        ]
        assert read_one.said() == {"[206]科学技术支出": "label", "1.00": "value", "2.00": "value",
                                   "3.00": "value", "4.00": "value"}  # fmt: skip

    def test_running_cost_is_told_beside_the_three_public_expenses(self) -> None:
        rows: Printed = [["行政经费", "9.00"], ["“三公”经费", "1.00"], ["公务接待费支出", "1.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("three_public", "none")]))
        assert read_one.amounts("row_node", "is_memo", "is_leaf") == [
            ("operating_cost", True, False),
            ("three_public", False, False),
            ("reception", False, True),
        ]


class TestDispositions:
    def test_leaves_are_values_and_what_they_add_up_to_controls(self) -> None:
        columns = (CODE, LABEL, Column("amount", "all_funds"), Column("amount", "other_funds"),
                   Column("text"), Column("number"))  # fmt: skip
        rows: Printed = [
            ["206", "科学技术支出", "1.01", "1.02", "", ""],
            ["20605", "科技条件与服务", "2.01", "2.02", "备考", "7"],
            ["20606", "社会科学", "-", "—", "", ""],
        ]
        said = read(Table(columns, rows, FUNDS)).said()
        assert said == {
            "206": "label", "科学技术支出": "label", "1.01": "control", "1.02": "control",
            "20605": "label", "科技条件与服务": "label", "2.01": "control", "2.02": "value",
            "备考": "label", "7": "line_number",
            "20606": "label", "社会科学": "label", "-": "control", "—": "value",
        }  # fmt: skip

    def test_every_cell_that_says_something_has_one(self) -> None:
        rows: Printed = [
            ["206", "科学技术支出", "x", "甲"], ["", "", "1.00", ""], ["", "", "", "乙"],
            ["无此科目", "", "3.00", ""], ["20699", "其他", "4.00"],
        ]  # fmt: skip
        read_one = read(Table((CODE, LABEL, AMOUNT, None), rows))
        assert read_one.said() == dict.fromkeys(
            ("x", "甲", "1.00", "乙", "无此科目", "3.00"), "quarantined"
        ) | {"206": "label", "科学技术支出": "label", "20699": "label", "其他": "label",
             "4.00": "value"}  # fmt: skip


def test_statements_of_a_batch_keep_apart() -> None:
    one = Table((LABEL, AMOUNT), [["[206]科学技术支出", "1.00"]])
    other = Table((LABEL, AMOUNT), [["[20605]科技条件与服务", "1.00"]])
    read_both = read(one, other)
    assert read_both.rows("statement_no", "row_node", "row_parent") == [
        (1, "206", None),
        (2, "20605", None),
    ]


def test_a_statement_over_several_tables_is_one_tree() -> None:
    table = Table((LABEL, AMOUNT), [["[206]科学技术支出", "1.00"]],
                  more=[[["[20605]科技条件与服务", "1.00"]]])  # fmt: skip
    assert read(table).rows("line_no", "row_node", "row_parent") == [
        (1, "206", None),
        (2, "20605", "206"),
    ]


def test_a_batch_without_statements_has_no_records() -> None:
    assert read().rows("row_node") == []
    assert read().amounts("fen") == []
