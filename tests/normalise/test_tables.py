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

    @pytest.mark.parametrize(
        ("rows", "parents"),
        [
            ([["甲局", "3.00"], ["甲局", "1.00"], ["乙", "2.00"]], ["total", "2", "2"]),
            ([["甲局", "1.00"], ["乙", "2.00"]], ["total", "total"]),
            ([["甲局", "0.00"], ["乙", "0.00"]], ["total", "total"]),
        ],
        ids=["above them", "without one", "nothing"],
    )
    def test_a_department_stands_above_its_units(self, rows: Printed, parents: list[str]) -> None:
        total = "0.00" if rows[0][1] == "0.00" else "3.00"
        columns = (LABEL, Column("amount", "all_funds"))
        table = Table(columns, [["合计", total], *rows], [("unit", "fund_source")])
        read_one = read(table)
        assert read_one.rows("row_parent")[1:] == [(parent,) for parent in parents]
        leaves = [leaf for (leaf,) in read_one.rows("is_row_leaf")]
        assert leaves == [False, parents[-1] == "total", *[True] * (len(rows) - 1)]

    def test_classes_of_two_levels_below_a_unit(self) -> None:
        rows: Printed = [
            ["甲局", "3.00"],
            ["工资福利支出", "2.00"],
            ["基本工资", "2.00"],
            ["商品和服务支出", "1.00"],
        ]
        columns = (LABEL, Column("amount", "all_funds"))
        read_one = read(Table(columns, rows, [("unit_economic", "fund_source")]))
        assert read_one.rows("row_role", "row_parent", "code", "unit_line") == [
            ("unit", None, None, None),
            ("subtotal", "1", "301", 1),
            ("leaf", "2", "30101", 1),
            ("leaf", "1", "302", 1),
        ]
        assert read_one.items() == []

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


class TestUnitsWithCodes:
    """A department above its units, groups of projects above projects: amounts tell the levels."""

    COLUMNS = (CODE, LABEL, AMOUNT)

    def read(self, rows: Printed, axis: str = "unit_project") -> list[tuple[object, ...]]:
        table = Table(self.COLUMNS, rows, [(axis, "none")], shape="row_per_project")
        read_one = read(table)
        assert read_one.items() == []
        return read_one.rows("row_parent", "row_role", "unit_line", "is_row_leaf")

    def test_levels_follow_from_sums(self) -> None:
        rows: Printed = [
            ["", "合计", "9.00"],
            ["117", "甲局", "9.00"],
            ["117001", "甲局本级", "7.00"],
            ["", "通用项目", "3.00"],
            ["", "大型活动", "3.00"],
            ["", "专用项目", "4.00"],
            ["", "植树", "1.00"],
            ["", "修剪", "3.00"],
            ["117002", "乙站", "2.00"],
            ["", "清扫", "2.00"],
        ]
        assert self.read(rows) == [
            (None, "grand_total", None, False),
            ("total", "unit", None, False),
            ("2", "unit", None, False),
            ("3", "subtotal", 3, False),
            ("4", "project", 3, True),
            ("3", "subtotal", 3, False),
            ("6", "project", 3, True),
            ("6", "project", 3, True),
            ("2", "unit", None, False),
            ("9", "project", 9, True),
        ]

    def test_a_code_that_begins_no_other_is_placed_by_its_amount(self) -> None:
        rows: Printed = [
            ["", "合计", "5.00"],
            ["1", "全额", "5.00"],
            ["271001", "甲局", "5.00"],
            ["", "植树", "2.00"],
            ["", "修剪", "3.00"],
        ]
        assert [parent for parent, *_ in self.read(rows)] == [None, "total", "2", "3", "3"]

    def test_where_sums_leave_several_readings_codes_decide(self) -> None:
        rows: Printed = [
            ["", "合计", "0.00"],
            ["201", "甲部", "0.00"],
            ["201001", "甲部本级", "0.00"],
            ["201002", "乙团", "0.00"],
        ]
        assert self.read(rows, "unit") == [
            (None, "grand_total", None, False),
            ("total", "unit", None, False),
            ("2", "unit", None, True),
            ("2", "unit", None, True),
        ]


class TestTwoClassifications:
    """A class of departments is printed once for each class of governments beside it."""

    COLUMNS = (CODE, LABEL, Column("text"), Column("amount", "basic"))

    def test_a_class_beside_another_code_is_another_line(self) -> None:
        rows: Printed = [
            ["301", "工资福利支出", "501", "1.00"],
            ["301", "工资福利支出", "505", "2.00"],
        ]
        assert read(Table(self.COLUMNS, rows, [("economic", "expenditure_type")])).items() == []

    def test_a_class_beside_the_same_code_is_printed_twice(self) -> None:
        rows: Printed = [
            ["301", "工资福利支出", "501", "1.00"],
            ["301", "工资福利支出", "501", "1.00"],
        ]
        table = Table(self.COLUMNS, rows, [("economic", "expenditure_type")])
        assert read(table).items() == ["line_repeated"]

    def test_columns_of_text_alone_are_no_lines(self) -> None:
        columns = (*self.COLUMNS[:2], Column("text", block=2), self.COLUMNS[3])
        rows: Printed = [
            ["301", "工资福利支出", "甲", "1.00"],
            ["302", "商品和服务支出", "甲", "2.00"],
        ]
        table = Table(columns, rows, [("economic", "expenditure_type"), ("none", "none")])
        read_one = read(table)
        assert read_one.items() == []
        assert [node for (node,) in read_one.rows("row_node")] == ["301", "302"]


def test_a_zero_in_a_numbered_row_without_a_name_is_no_line() -> None:
    columns = (Column("number"), LABEL, AMOUNT)
    rows: Printed = [["1", "合计", "1.00"], ["2", "植树", "1.00"], ["3", "", "0.00"]]
    read_one = read(Table(columns, rows, [("project", "none")], shape="row_per_project"))
    assert read_one.items() == []
    wrongs: Printed = [["3", "", "0.01"], ["", "", "0.00"]]
    for wrong in wrongs:
        table = Table(columns, [*rows[:2], wrong], [("project", "none")], shape="row_per_project")
        assert read(table).items() == ["amount_unlabelled"]
