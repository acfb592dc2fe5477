"""What names a row: codes however they are printed, names with their numbers, broken labels."""

from __future__ import annotations

import pytest

from tests.normalise.printed import AMOUNT, CODE, LABEL, Column, Over, Printed, Table, read

SPLIT = (CODE, CODE, CODE, LABEL, AMOUNT)
#: The same rows of a table by function class, printed in the ways that are known.
CLASSES = [
    ("", "合计", "9.00"),
    ("206", "科学技术支出", "5.00"),
    ("20605", "科技条件与服务", "5.00"),
    ("2060503", "科技条件专项", "5.00"),
    ("208", "社会保障和就业支出", "4.00"),
    ("20805", "行政事业单位养老支出", "4.00"),
    ("2080501", "行政单位离退休", "1.00"),
    ("2080502", "事业单位离退休", "3.00"),
]
NODES = [
    ("", None, False),
    ("206", "", False),
    ("20605", "206", False),
    ("2060503", "20605", True),
    ("208", "", False),
    ("20805", "208", False),
    ("2080501", "20805", True),
    ("2080502", "20805", True),
]


def parts(code: str) -> list[str]:
    """类, 款, 项 of a code, those that it has not left blank."""
    return [code[:3], code[3:5], code[5:7]]


def relative() -> Printed:
    return [[*parts(code), name, amount] for code, name, amount in CLASSES]


def whole() -> Printed:
    return [
        [code[:3], code[:5] if len(code) > 3 else "", code if len(code) > 5 else "", name, amount]
        for code, name, amount in CLASSES
    ]


def suppressed() -> Printed:
    """Only the last part of each code: what is above it says the others."""
    rows: Printed = []
    for code, name, amount in CLASSES:
        last = max((n for n, part in enumerate(parts(code)) if part), default=-1)
        shown = [part if n == last else "" for n, part in enumerate(parts(code))]
        rows.append([*shown, name, amount])
    return rows


def merged_above() -> Printed:
    """A class stands over the rows of what is below it."""
    return [
        [Over("合计", 4), "9.00"],
        [Over("206", rows=3), "", "", "科学技术支出", "5.00"],
        [Over("05", rows=2), "", "科技条件与服务", "5.00"],
        ["03", "科技条件专项", "5.00"],
        [Over("208", rows=4), "", "", "社会保障和就业支出", "4.00"],
        [Over("05", rows=3), "", "行政事业单位养老支出", "4.00"],
        ["01", "行政单位离退休", "1.00"],
        ["02", "事业单位离退休", "3.00"],
    ]


class TestCodes:
    @pytest.mark.parametrize(
        "rows", [relative(), whole(), suppressed(), merged_above()],
        ids=["relative", "whole", "suppressed", "merged"],
    )  # fmt: skip
    def test_split_over_columns(self, rows: Printed) -> None:
        read_one = read(Table(SPLIT, rows))
        assert read_one.nodes() == NODES
        assert read_one.rows("label") == [(name,) for _, name, _ in CLASSES]
        assert read_one.items() == []

    @pytest.mark.parametrize("form", ["[{}]{}", "{}-{}", "{}－{}", "{} {}", "【{}】{}", "{}{}"])
    def test_in_one_cell_with_the_name(self, form: str) -> None:
        rows: Printed = [
            [form.format(code, name) if code else name, amount] for code, name, amount in CLASSES
        ]
        read_one = read(Table((LABEL, AMOUNT), rows))
        assert read_one.nodes() == NODES
        assert read_one.items() == []
        assert read_one.rows("code_cell", "label_cell")[:2] == [
            (None, "1/2/1"),
            ("1/3/1", "1/3/1"),
        ]

    def test_beside_the_name(self) -> None:
        rows: Printed = [list(row) for row in CLASSES]
        read_one = read(Table((CODE, LABEL, AMOUNT), rows))
        assert read_one.nodes() == NODES
        assert read_one.rows("code")[1:] == [(code,) for code, _, _ in CLASSES[1:]]

    def test_a_part_left_out_is_not_carried_into_another_class(self) -> None:
        rows: Printed = [
            ["206", "05", "03", "科技条件专项", "1.00"],
            ["208", "", "", "社会保障和就业支出", "1.00"],
            ["", "", "01", "行政单位离退休", "1.00"],
        ]
        read_one = read(Table(SPLIT, rows))
        assert read_one.rows("row_node") == [("2060503",), ("208",), ("20801",)]

    def test_words_that_head_the_parts_of_a_code_are_none_in_a_row(self) -> None:
        rows: Printed = [["类", "款", "项", "合计", "9.00"], ["208", "", "", "甲", "9.00"]]
        assert read(Table(SPLIT, rows)).nodes() == [("", None, False), ("208", "", True)]

    def test_a_part_of_one_digit_has_lost_its_zero(self) -> None:
        rows: Printed = [["301", "", "工资福利支出", "1.00"], ["301", "2", "津贴补贴", "1.00"]]
        read_one = read(Table((CODE, CODE, LABEL, AMOUNT), rows, [("economic", "none")]))
        assert read_one.nodes() == [("301", None, False), ("30102", "301", True)]
        assert read_one.items() == []
        alone = read(Table((CODE, LABEL, AMOUNT), [["3", "工资福利支出", "1.00"]]))
        assert alone.items() == ["line_unknown"]

    def test_a_level_without_one_below_is_a_leaf(self) -> None:
        rows: Printed = [["206", "科学技术支出", "5.00"], ["20605", "科技条件与服务", "5.00"]]
        assert read(Table((CODE, LABEL, AMOUNT), rows)).nodes() == [
            ("206", None, False),
            ("20605", "206", True),
        ]

    def test_a_level_that_is_not_printed_is_passed_over(self) -> None:
        rows: Printed = [["206", "科学技术支出", "5.00"], ["2060503", "科技条件专项", "5.00"]]
        assert read(Table((CODE, LABEL, AMOUNT), rows)).nodes() == [
            ("206", None, False),
            ("2060503", "206", True),
        ]

    def test_zeros_in_front_stay(self) -> None:
        assert read(Table((CODE, LABEL, AMOUNT), [["001", "甲", "1.00"]])).rows("row_node") == [
            ("001",)
        ]

    def test_a_class_of_another_name_is_read_and_said(self) -> None:
        read_one = read(Table((CODE, LABEL, AMOUNT), [["2060503", "新名称", "1.00"]]))
        assert read_one.items("rule_id", "found", "expected", "blocks") == [
            ("code_unknown", "2060503 新名称", "schemas/codes/function_classes.csv", "none")
        ]
        assert read_one.amounts("row_node", "is_leaf") == [("2060503", True)]

    def test_a_code_under_the_name_of_another_waits_where_no_sum_holds_it(self) -> None:
        name = "机关事业单位职业年金缴费支出"
        alone = read(Table((CODE, LABEL, AMOUNT), [["2050506", name, "1.00"]]))
        assert alone.items("rule_id", "found", "expected", "blocks") == [
            ("code_unknown", f"2050506 {name}", f"2080506 {name}", "partial")
        ]
        rows: Printed = [["205", "教育支出", "1.00"], ["2050506", name, "1.00"]]
        below = read(Table((CODE, LABEL, AMOUNT), rows))
        assert below.items("rule_id", "blocks") == [("code_unknown", "none")]

    @pytest.mark.parametrize("code", ["20805051", "2O8", "20"])
    def test_what_is_no_code_waits(self, code: str) -> None:
        read_one = read(Table((CODE, LABEL, AMOUNT), [[code, "行政单位离退休", "1.00"]]))
        assert read_one.items("rule_id", "blocks") == [("line_unknown", "partial")]
        assert read_one.amounts("fen") == []
        assert read_one.said() == dict.fromkeys((code, "行政单位离退休", "1.00"), "quarantined")

    def test_a_name_where_codes_stand_is_a_name(self) -> None:
        read_one = read(Table((CODE, LABEL, AMOUNT), [["合计", "", "1.00"], ["206", "", "1.00"]]))
        assert read_one.rows("label", "row_node") == [("合计", ""), ("", "206")]

    def test_economic_classes_are_another_tree(self) -> None:
        rows: Printed = [["[301]工资福利支出", "1.00"], ["[30101]基本工资", "1.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("economic", "none")]))
        assert read_one.nodes() == [("301", None, False), ("30101", "301", True)]
        assert read_one.items() == []


class TestNames:
    @pytest.mark.parametrize(
        ("printed", "node"),
        [
            ("“三公”经费", "three_public"),
            ('"三公"经费', "three_public"),
            ("其中：（一）因公出国（境）支出", "overseas"),
            ("其中:(一)因公出国(境)支出", "overseas"),
            ("（二）公务用车购置及运行维护支出", "vehicles"),
            ("1.公务用车购置费", "vehicle_purchase"),
            ("2．公务用车 运行维护费", "vehicle_running"),
            ("3、公务接待费支出", "reception"),
            ("行政经费", "operating_cost"),
        ],
    )  # fmt: skip
    def test_numbers_and_words_before_a_name_are_no_part_of_it(
        self, printed: str, node: str
    ) -> None:
        read_one = read(Table((LABEL, AMOUNT), [[printed, "1.00"]], [("three_public", "none")]))
        assert read_one.rows("row_node", "label") == [(node, printed)]

    def test_classes_named_without_codes_stand_below_the_expenditure_of_the_year(self) -> None:
        rows: Printed = [
            ["一、一般公共服务支出", "1.00"],
            ["二十四、对附属单位补助支出", "1.00"],
            ["本年支出合计", "2.00"],
            ["结转下年", "0.00"],
            ["支出总计", "2.00"],
        ]
        read_one = read(Table((LABEL, AMOUNT), rows, [("expenditure_line", "none")]))
        assert read_one.nodes() == [
            ("201", "current_expenditure", True),
            ("affiliate_subsidy", "current_expenditure", True),
            ("current_expenditure", "total_expenditure", False),
            ("carried_forward", "total_expenditure", True),
            ("total_expenditure", None, False),
        ]

    def test_a_name_below_another_line_may_be_a_part_of_that_line(self) -> None:
        rows: Printed = [
            ["一、一般公共预算财政拨款", "3.00"],
            ["本年收入合计", "3.00"],
            ["年初财政拨款结转和结余", "1.00"],
            ["一、一般公共预算财政拨款", "1.00"],
            ["总计", "4.00"],
        ]
        read_one = read(Table((LABEL, AMOUNT), rows, [("fund_source", "none")]))
        assert read_one.nodes() == [
            ("general_public_budget", "current_revenue", True),
            ("current_revenue", "all_funds", False),
            ("carried_over", "all_funds", False),
            ("carried_over_general", "carried_over", True),
            ("all_funds", None, False),
        ]
        assert read_one.items() == []

    @pytest.mark.parametrize("year", [2018, 2026, None])
    def test_a_name_of_one_class_is_known_in_every_year(self, year: int | None) -> None:
        table = Table((LABEL, AMOUNT), [["七、文化体育与传媒支出", "1.00"]],
                      [("expenditure_line", "none")], fiscal_year=year)  # fmt: skip
        assert read(table).rows("row_node") == [("207",)]

    def test_what_no_list_knows_waits_with_the_names_nearest_to_it(self) -> None:
        rows: Printed = [["一、卫生与健康支出", "1.00"], ["二、教育支出", "1.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("expenditure_line", "none")]))
        ((rule, found, expected, blocks),) = read_one.items(
            "rule_id", "found", "expected", "blocks"
        )
        assert (rule, found, blocks) == ("line_unknown", "一、卫生与健康支出", "partial")
        assert "卫生健康支出" in expected
        assert read_one.amounts("label") == [("二、教育支出",)]

    def test_a_subtotal_without_a_label_beside_it_names_nothing(self) -> None:
        read_one = read(Table((LABEL, AMOUNT), [["小计", "1.00"]], [("fund_source", "none")]))
        assert read_one.items() == ["line_unknown"]

    def test_a_node_printed_twice_waits(self) -> None:
        rows: Printed = [["事业收入", "1.00"], ["三、事业收入", "1.00"], ["其他收入", "1.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("fund_source", "none")]))
        assert read_one.items("rule_id", "found", "blocks") == [
            ("line_repeated", "三、事业收入", "partial")
        ]


BY_NAME: Printed = [
    ["合计", "9.00"],
    ["社会保障和就业支出", "5.00"],
    ["民政管理事务", "3.00"],
    ["行政运行", "3.00"],
    ["行政事业单位养老支出", "2.00"],
    ["行政单位离退休", "2.00"],
    ["自然资源海洋气象等支出", "4.00"],
    ["气象事务", "4.00"],
    ["行政运行", "1.00"],
    ["气象服务", "3.00"],
]


class TestClassesByName:
    """Classes without their codes: what stands above a row tells which one of a name it is."""

    def test_a_name_that_recurs_is_the_class_below_those_above_it(self) -> None:
        read_one = read(Table((LABEL, AMOUNT), BY_NAME))
        assert [node for (node,) in read_one.rows("row_node")] == [
            "", "208", "20802", "2080201", "20805", "2080501",
            "220", "22005", "2200501", "2200509",
        ]  # fmt: skip
        assert read_one.items() == []

    def test_beside_lines_that_are_no_classes(self) -> None:
        rows: Printed = [["一、本年支出合计", "5.00"], *BY_NAME[1:4], ["支出总计", "5.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("expenditure_line", "none")]))
        assert read_one.rows("row_node", "row_parent") == [
            ("current_expenditure", "total_expenditure"),
            ("208", "current_expenditure"),
            ("20802", "208"),
            ("2080201", "20802"),
            ("total_expenditure", None),
        ]

    def test_a_name_of_several_classes_waits_where_nothing_above_tells_it(self) -> None:
        read_one = read(Table((LABEL, AMOUNT), [["合计", "3.00"], ["行政运行", "3.00"]]))
        assert read_one.items() == ["line_unknown"]

    def test_economic_classes(self) -> None:
        rows: Printed = [["合计", "1.00"], ["商品和服务支出", "1.00"], ["会议费", "1.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("economic", "none")]))
        assert [node for (node,) in read_one.rows("row_node")] == ["", "302", "30215"]


class TestTheBodyItself:
    COLUMNS = (LABEL, CODE, LABEL, AMOUNT)

    @pytest.mark.parametrize("name", ["示例市园林局", "示例市园林局（本级）"])
    def test_its_row_is_the_whole_of_a_table_of_classes(self, name: str) -> None:
        rows: Printed = [[name, "", "", "1.00"], ["", "206", "科学技术支出", "1.00"]]
        read_one = read(Table(self.COLUMNS, rows, body="示例市园林局"))
        assert read_one.rows("row_node", "row_role") == [("", "grand_total"), ("206", "leaf")]

    def test_another_bodys_row_waits(self) -> None:
        rows: Printed = [["示例市苗圃", "", "", "1.00"], ["", "206", "科学技术支出", "1.00"]]
        read_one = read(Table(self.COLUMNS, rows, body="示例市园林局"))
        assert read_one.items() == ["line_unknown"]


RECURRING: Printed = [
    ["206", "科学技术支出", "1.00"], ["206", "科学技术支出", "2.00"], ["", "合计", "3.00"],
]  # fmt: skip


class TestRecurringClasses:
    def test_where_the_layout_says_so_each_row_is_a_part_of_its_own(self) -> None:
        code = Column("code", is_recurring=True)
        read_one = read(Table((code, LABEL, AMOUNT), RECURRING))
        assert read_one.nodes() == [("206", "", True), ("206", "", True), ("", None, False)]
        assert read_one.items() == []

    def test_a_total_may_not(self) -> None:
        code = Column("code", is_recurring=True)
        rows: Printed = [*RECURRING, ["", "合计", "3.00"]]
        assert read(Table((code, LABEL, AMOUNT), rows)).items() == ["line_repeated"]


class TestBrokenLabels:
    """A label over two rows."""

    @staticmethod
    def lines(*rows: tuple[str, str]) -> list[tuple[int, str]]:
        printed: Printed = [list(row) for row in rows]
        table = Table((LABEL, AMOUNT), printed, [("expenditure_line", "none")], fiscal_year=2017)
        return read(table).rows("line_no", "label")

    def test_is_one_line_if_both_halves_are_a_known_name(self) -> None:
        assert self.lines(("八、社会保障和就", "5.00"), ("业支出", ""), ("其他支出", "1.00")) == [
            (1, "八、社会保障和就业支出"),
            (3, "其他支出"),
        ]

    def test_both_cells_are_labels_and_the_amount_is_of_the_line(self) -> None:
        rows: Printed = [["十七、国土海洋气象等支", "5.00"], ["出", ""]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("expenditure_line", "none")]))
        assert read_one.amounts("line_no", "row_node") == [(1, "220")]
        assert read_one.said() == {
            "十七、国土海洋气象等支": "label", "出": "label", "5.00": "value",
        }  # fmt: skip

    def test_is_two_lines_if_the_second_half_states_an_amount(self) -> None:
        assert len(self.lines(("八、社会保障和就", "5.00"), ("业支出", "0.00"))) == 2

    def test_is_two_lines_if_the_halves_are_no_known_name(self) -> None:
        assert len(self.lines(("八、社会保障和", "5.00"), ("业支出", ""))) == 2

    def test_over_the_seam_of_two_pages(self) -> None:
        first: Printed = [["当年收入", "5.00"]]
        rest: Printed = [["小计", ""], ["收入合计", "5.00"]]
        table = Table((LABEL, AMOUNT), first, [("fund_source", "none")], more=[rest])
        assert read(table).rows("label", "row_node") == [
            ("当年收入小计", "current_revenue"),
            ("收入合计", "all_funds"),
        ]

    def test_of_a_class_with_its_code(self) -> None:
        rows: Printed = [
            ["2080505", "机关事业单位基本养老保", "5.00"],
            ["", "险缴费支出", ""],
            ["2080506", "机关事业单位职业年金缴费支出", "1.00"],
        ]
        read_one = read(Table((CODE, LABEL, AMOUNT), rows))
        assert read_one.rows("label", "code") == [
            ("机关事业单位基本养老保险缴费支出", "2080505"),
            ("机关事业单位职业年金缴费支出", "2080506"),
        ]
        assert read_one.items() == []


class TestCarriedLabels:
    SPREAD = Column("label", number=0, is_spread=True, is_carried=True)

    def test_a_blank_repeats_the_label_above_where_something_stands_right_of_it(self) -> None:
        rows: Printed = [
            ["财政专户管理资金", "小计", "1.00"],
            ["", "专户管理教育收费", "0.00"],
            ["", "其他非税收入", "1.00"],
            ["政府性基金", "小计", "2.00"],
        ]
        columns = (self.SPREAD, self.SPREAD, AMOUNT)
        read_one = read(Table(columns, rows, [("fund_source", "none")]))
        assert read_one.rows("label", "row_parent") == [
            ("财政专户管理资金 / 小计", None),
            ("财政专户管理资金 / 专户管理教育收费", "special_fiscal_account"),
            ("财政专户管理资金 / 其他非税收入", "special_fiscal_account"),
            ("政府性基金 / 小计", None),
        ]

    def test_a_part_told_beside_the_whole_is_a_memo(self) -> None:
        rows: Printed = [
            ["上年结转和结余资金", "小计", "3.00"],
            ["", "其中：动用上年结转和结余资金", "1.00"],
        ]
        columns = (self.SPREAD, self.SPREAD, AMOUNT)
        read_one = read(Table(columns, rows, [("fund_source", "none")]))
        assert read_one.amounts("row_node", "row_parent", "is_memo", "is_leaf") == [
            ("carried_over", None, False, True),
            ("carried_over_used", None, True, False),
        ]

    def test_a_blank_that_is_not_carried_names_nothing(self) -> None:
        rows: Printed = [["事业收入", "1.00"], ["", "2.00"]]
        read_one = read(Table((LABEL, AMOUNT), rows, [("fund_source", "none")]))
        assert read_one.items() == ["amount_unlabelled"]
        assert read_one.said()["2.00"] == "quarantined"
