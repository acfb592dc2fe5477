"""Figures: which printed amount is a row of which table, and by what it is told there."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipelines.conform.figures import fact_tables
from pipelines.conform.names import body_name
from tests.conform.printed import Printed, conformed, told
from tests.normalise.printed import AMOUNT, CODE, LABEL, Column, Over, Table

FUNCTION, TYPE = "fact_expenditure_by_function", "fact_expenditure_by_type"
APPROPRIATION, ECONOMIC = "fact_appropriation_by_function", "fact_expenditure_by_economic"
REVENUE, PUBLIC, BASIC = "fact_revenue", "fact_three_public", "fact_basic_funding"
MEMO, COMPARED = "memo_amount", "comparative_figure"


def amount(node: str | None = None, **said: object) -> Column:
    return Column("amount", node, **said)  # type: ignore[arg-type]


def by_function(*columns: Column, rows: list[list[str | Over]], axis: str = "expenditure_type",
                year: int = 2026) -> Table:  # fmt: skip
    """Codes, names, then amounts along an axis."""
    return Table([CODE, LABEL, *columns], rows, axes=[("function", axis)], fiscal_year=year)


TYPES = by_function(
    amount("current_expenditure"), amount("basic"), amount("project"),
    rows=[
        ["", "合计", "30", "10", "20"],
        ["201", "一般公共服务支出", "30", "10", "20"],
        ["20101", "人大事务", "30", "10", "20"],
        ["2010101", "行政运行", "12", "10", "2"],
        ["2010108", "代表工作", "18", "", "18"],
    ],
)  # fmt: skip


class TestLeaves:
    def test_only_what_has_nothing_printed_below_it_on_both_axes_is_a_fact(self) -> None:
        frames = conformed(Printed("expenditure_summary", TYPES))
        assert told(frames[FUNCTION], "function_class_id", "expenditure_type_id") == [
            ("2010101", "basic", 100_000),
            ("2010101", "project", 20_000),
            ("2010108", "project", 180_000),
        ]
        assert frames[TYPE].is_empty()

    def test_every_amount_is_kept_as_printed_with_what_became_of_it(self) -> None:
        frames = conformed(Printed("expenditure_summary", TYPES))
        printed = frames["printed_amount"]
        assert printed.height == 14
        assert printed["printed_amount_id"].n_unique() == 14
        assert printed["last_place_yuan"].unique().to_list() == [Decimal("10000.00")]
        of_facts = printed.filter(pl.col("fact").is_not_null())
        assert sorted(of_facts["fact_id"]) == sorted(frames[FUNCTION]["fact_id"])
        assert printed.filter(pl.col("is_leaf")).height == of_facts.height == 3

    def test_a_grand_total_above_nothing_is_no_fact(self) -> None:
        table = by_function(amount("current_expenditure"), amount("basic"), amount("project"),
                            rows=[["", "合计", "0.00", "0.00", "0.00"]])  # fmt: skip
        frames = conformed(Printed("government_fund", table))
        assert frames[APPROPRIATION].is_empty()
        assert frames["printed_amount"].height == 3

    def test_a_zero_that_is_printed_is_a_fact_and_a_blank_is_none(self) -> None:
        rows: list[list[str | Over]] = [["2010101", "行政运行", "0.00", "", "-"]]
        table = by_function(
            amount("current_expenditure"), amount("basic"), amount("project"), rows=rows
        )
        frames = conformed(Printed("expenditure_summary", table))
        assert told(frames[FUNCTION]) == []  # the column that states it is the sum of the others
        only = by_function(amount("current_expenditure"), rows=[["2010101", "行政运行", "0.00"]])
        assert told(conformed(Printed("expenditure_summary", only))[FUNCTION]) == [(0,)]


class TestCoordinates:
    def test_what_no_axis_prints_is_what_the_kind_is_about_or_is_not_split(self) -> None:
        plain = Table([CODE, LABEL, AMOUNT], [["2010101", "行政运行", "5"]])
        frames = conformed(Printed("general_budget_by_function", plain))
        assert told(
            frames[APPROPRIATION], "function_class_id", "expenditure_type_id", "fund_source_id"
        ) == [("2010101", "unsplit", "general_public_budget", 50_000)]
        economic = Table([CODE, LABEL, AMOUNT], [["30101", "基本工资", "5"]],
                         axes=[("economic", "none")])  # fmt: skip
        frames = conformed(Printed("basic_expenditure_by_economic", economic))
        assert told(
            frames[ECONOMIC], "economic_class_id", "expenditure_type_id", "fund_source_id"
        ) == [("30101", "basic", "general_public_budget", 50_000)]

    @pytest.mark.parametrize("node", ["current_expenditure", "total_expenditure"])
    def test_a_column_that_is_all_expenditure_splits_nothing(self, node: str) -> None:
        table = by_function(amount(node), rows=[["2010101", "行政运行", "5"]])
        frames = conformed(Printed("expenditure_summary", table))
        assert told(frames[FUNCTION], "expenditure_type_id") == [("unsplit", 50_000)]

    def test_lines_that_name_classes_and_types(self) -> None:
        table = Table(
            [LABEL, AMOUNT],
            [["一、一般公共服务支出", "5"], ["二、上缴上级支出", "2"], ["本年支出合计", "7"],
             ["结转结余下年", "1"], ["支出总计", "8"]],
            axes=[("expenditure_line", "none")], shape="side_by_side",
        )  # fmt: skip
        frames = conformed(Printed("revenue_expenditure_summary", table))
        assert told(frames[FUNCTION], "function_class_id", "expenditure_type_id") == [
            ("201", "unsplit", 50_000),
            ("unsplit", "superior_payment", 20_000),
            ("unsplit", "carried_forward", 10_000),
        ]

    def test_tables_side_by_side_feed_each_its_own_fact(self) -> None:
        label = [Column("label", block=n) for n in (1, 2, 3)]
        money = [Column("amount", block=n) for n in (1, 2, 3)]
        table = Table(
            [c for pair in zip(label, money, strict=True) for c in pair],
            [
                ["一、财政拨款", "9", "一、一般公共服务支出", "9", "一、基本支出", "9"],
                ["当年收入小计", "9", Over("当年支出小计", cols=3), "9"],
                ["上年结转资金", "1", Over("结转下年资金", cols=3), "1"],
                ["收入合计", "10", Over("支出合计", cols=3), "10"],
            ],
            axes=[("fund_source", "none"), ("expenditure_line", "none"),
                  ("expenditure_type", "none")],
            shape="side_by_side",
        )  # fmt: skip
        frames = conformed(Printed("revenue_expenditure_summary", table))
        assert told(frames[REVENUE], "fund_source_id") == [
            ("fiscal_appropriation", 90_000), ("carried_over", 10_000),
        ]  # fmt: skip
        by_line = told(frames[FUNCTION], "function_class_id", "expenditure_type_id")
        assert by_line == [("201", "unsplit", 90_000), ("unsplit", "carried_forward", 10_000)]
        by_type = told(frames[TYPE], "expenditure_type_id")
        assert by_type == [("basic", 90_000), ("carried_forward", 10_000)]
        # one printed amount stands for both tables, and is two facts
        ids = [key for fact in (REVENUE, FUNCTION, TYPE) for key in frames[fact]["fact_id"]]
        assert len(set(ids)) == len(ids) == 6

    def test_units_and_what_they_spend_their_money_on(self) -> None:
        table = Table(
            [LABEL, amount("all_funds"), amount("general_public_budget"), amount("other_funds")],
            [
                ["合计", "9", "8", "1"],
                ["示例局（本级）", "5", "4", "1"],
                ["工资福利支出", "3", "3", ""],
                ["其他支出", "2", "1", "1"],
                ["示例中心", "4", "4", ""],
                ["资本性支出", "4", "4", ""],
            ],
            axes=[("unit_economic", "fund_source")], shape="row_per_project",
        )  # fmt: skip
        frames = conformed(Printed("basic_expenditure", table))
        mine = frames[BASIC].with_columns(unit=body_name("unit_name"))
        assert told(mine, "unit", "economic_class_id", "fund_source_id") == [
            ("示例局", "301", "general_public_budget", 30_000),
            ("示例局", "399", "general_public_budget", 10_000),
            ("示例局", "399", "other_funds", 10_000),
            ("示例中心", "310", "general_public_budget", 40_000),
        ]
        (body,) = frames["statement"]["reporting_body_id"]
        assert frames["statement_unit"].select("unit_no", "name").rows() == [
            (1, "示例局（本级）"), (2, "示例中心"),
        ]  # fmt: skip
        assert frames["statement_unit"]["spending_unit_id"][0] == body

    def test_revenue_of_units_and_of_a_body_as_a_whole(self) -> None:
        by_unit = Table(
            [LABEL, amount("all_funds"), amount("general_public_budget")],
            [["合计", "9", "9"], ["示例局", "5", "5"], ["示例中心", "4", "4"]],
            axes=[("unit", "fund_source")],
            shape="row_per_unit",
        )
        frames = conformed(Printed("revenue_summary", by_unit))
        assert told(frames[REVENUE], "unit_name", "fund_source_id") == [
            ("示例局", "general_public_budget", 50_000),
            ("示例中心", "general_public_budget", 40_000),
        ]
        lines = Table([LABEL, AMOUNT], [["收入总计", "9"], ["其他收入", "9"]],
                      axes=[("fund_source", "none")], shape="row_per_line")  # fmt: skip
        frames = conformed(Printed("revenue_summary", lines))
        assert told(frames[REVENUE], "spending_unit_id", "fund_source_id") == [
            (None, "other_revenue", 90_000)
        ]


class TestBeside:
    """What must not be added to facts stands beside them."""

    def test_running_cost_meetings_and_training_are_memo_amounts(self) -> None:
        rows: list[list[str | Over]] = [
            ["行政经费", "7"], ["“三公”经费", "3"], ["（一）因公出国（境）支出", "3"],
        ]  # fmt: skip
        table = Table([LABEL, amount("fiscal_appropriation")], rows,
                      axes=[("three_public", "fund_source")], shape="row_per_line")  # fmt: skip
        frames = conformed(Printed("three_public", table))
        assert told(frames[PUBLIC], "three_public_id") == [("overseas", 30_000)]
        assert told(frames[MEMO], "three_public_id", "function_class_id") == [
            ("operating_cost", None, 70_000)
        ]
        row = Table(
            [amount("three_public_and_meetings"), amount("three_public"), amount("reception"),
             amount("meetings")],
            [["9", "4", "4", "5"]], axes=[("none", "three_public")], shape="single_row",
        )  # fmt: skip
        frames = conformed(Printed("three_public", row))
        assert told(frames[PUBLIC], "three_public_id", "fund_source_id") == [
            ("reception", "fiscal_appropriation", 40_000)
        ]
        assert told(frames[MEMO], "three_public_id") == [("meetings", 50_000)]

    def test_a_kind_whose_amounts_are_told_beside_others(self) -> None:
        rows: list[list[str | Over]] = [["302", "商品和服务支出", "9"], ["30201", "办公费", "9"]]
        table = Table([CODE, LABEL, AMOUNT], rows, axes=[("economic", "none")])
        frames = conformed(Printed("operating_cost", table))
        assert told(frames[MEMO], "kind", "label", "economic_class_id", "fund_source_id") == [
            ("operating_cost", "办公费", "30201", "general_public_budget", 90_000)
        ]
        assert all(frames[name].is_empty() for name in fact_tables() if name != MEMO)

    def test_last_years_column_and_a_part_of_another_are_no_facts(self) -> None:
        table = by_function(
            amount("basic", period="last_year"), amount("basic"), amount("project"),
            amount("project", is_memo=True),
            rows=[["201", "一般公共服务支出", "7", "10", "20", "4"],
                  ["2010101", "行政运行", "7", "10", "20", "4"]],
        )  # fmt: skip
        frames = conformed(Printed("expenditure_summary", table))
        columns = ("fiscal_year", "phase", "expenditure_type_id")
        assert told(frames[FUNCTION], *columns) == [
            (2026, "budget", "basic", 100_000), (2026, "budget", "project", 200_000),
        ]  # fmt: skip
        assert told(frames[COMPARED], "fact", "function_class_id", *columns) == [
            (FUNCTION, "2010101", 2025, "budget", "basic", 70_000)
        ]
        assert told(frames[MEMO], "function_class_id", *columns) == [
            ("2010101", 2026, "budget", "project", 40_000)
        ]

    @pytest.mark.parametrize("own", [None, "final_accounts"])
    def test_the_budget_beside_final_accounts_is_compared_whatever_its_table_says_of_its_own(
        self, own: str | None
    ) -> None:
        table = by_function(
            amount(phase="budget"), amount(phase=own), axis="none",
            rows=[["2010101", "行政运行", "10", "11"]], year=2025,
        )  # fmt: skip
        frames = conformed(Printed("general_budget_by_function", table, phase="final_accounts"))
        columns = ("fiscal_year", "phase", "fund_source_id")
        assert told(frames[APPROPRIATION], *columns) == [
            (2025, "final_accounts", "general_public_budget", 110_000)
        ]
        assert told(frames[COMPARED], *columns) == [
            (2025, "budget", "general_public_budget", 100_000)
        ]

    def test_what_a_statement_without_its_year_prints_waits_with_what_is_known(self) -> None:
        table = by_function(amount("basic", period="last_year"), amount("basic"),
                            rows=[["2010101", "行政运行", "7", "10"]])  # fmt: skip
        undated = Table(table.columns, table.rows, table.axes, fiscal_year=None)
        frames = conformed(Printed("expenditure_summary", undated, phase=None))
        waits = frames["pending_amount"]
        assert told(waits, "fact", "fiscal_year", "phase", "function_class_id") == [
            (COMPARED, None, None, "2010101", 70_000), (FUNCTION, None, None, "2010101", 100_000),
        ]  # fmt: skip


class TestSources:
    def test_a_figure_leads_to_its_amount_and_to_the_name_and_code_of_its_row(self) -> None:
        table = Table(
            [LABEL, amount("current_expenditure"), amount("basic")],
            [["[2010101]行政运行", "5", "5"]],
            axes=[("function", "expenditure_type")],
        )
        frames = conformed(Printed("expenditure_summary", table))
        sources = frames["fact_source"].join(
            frames["source_cell"].select("cell_id", "text").unique(), on="cell_id"
        )
        said = {
            role: text[start:end]
            for role, text, start, end in sources.select(
                "role", "text", "char_from", "char_to"
            ).rows()
        }
        assert said["amount"] == "5"
        assert said["code"] == "2010101"
        assert said["label"] == "[2010101]行政运行"

    def test_every_code_that_is_printed_is_named(self) -> None:
        frames = conformed(Printed("expenditure_summary", TYPES))
        assert frames["printed_class"].select("axis", "code", "name", "fiscal_year").rows() == [
            ("function", "201", "一般公共服务支出", 2026),
            ("function", "20101", "人大事务", 2026),
            ("function", "2010101", "行政运行", 2026),
            ("function", "2010108", "代表工作", 2026),
        ]


class TestConsolidation:
    UNITS = Table(
        [LABEL, amount("all_funds")],
        [["合计", "9"], ["示例局", "5"], ["示例中心", "4"]],
        axes=[("unit", "fund_source")],
        shape="row_per_unit",
    )

    def test_several_spending_units_are_evidence_of_a_departments_book(self) -> None:
        frames = conformed(Printed("revenue_summary", self.UNITS))
        assert frames["statement"]["consolidation"].to_list() == ["department"]
        (clue,) = frames["statement_context"].filter(pl.col("field") == "consolidation").to_dicts()
        assert (clue["value"], clue["source"], clue["is_chosen"]) == ("department", "printed", True)
        assert clue["evidence"] == "2 个资金使用单位 / spending units: 示例局、示例中心"
        assert clue["cell_id"] in frames["source_cell"]["cell_id"]

    @pytest.mark.parametrize("source", ["printed", "sidecar"])
    def test_nothing_is_concluded_where_something_else_is_said(self, source: str) -> None:
        said = Printed("revenue_summary", self.UNITS, consolidation="unit",
                       clues=[("consolidation", "unit", source)])  # fmt: skip
        frames = conformed(said)
        assert frames["statement"]["consolidation"].to_list() == ["unit"]
        assert frames["statement_context"].height == 1

    def test_one_unit_however_it_is_spelled_says_nothing(self) -> None:
        rows: list[list[str | Over]] = [["合计", "9"], ["示例局", "5"], ["示例局（本级）", "4"]]
        table = Table(self.UNITS.columns, rows, self.UNITS.axes, shape="row_per_unit")
        frames = conformed(Printed("revenue_summary", table))
        assert frames["statement"]["consolidation"].to_list() == ["unknown"]
