"""Figures that several tables of one body and year must share, and what a contradiction does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.validate.breaches import contradicted_notes, disagreements
from pipelines.validate.crossed import cross_controls
from pipelines.validate.identities import control_totals
from schemas.code_lists import SHIPPED, code_list
from schemas.identities import cross_identities
from tests.validate.printed import Column, Table, by_fund, frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUMMARY = "revenue_expenditure_summary"
TYPES = by_fund("current_expenditure", "basic", "project")
REVENUE = Table(
    SUMMARY,
    [
        ("fiscal_appropriation", ("9.00",)),
        ("other_revenue", ("1.00",)),
        ("current_revenue", ("10.00",)),
        ("all_funds", ("10.00",)),
    ],
    row_axis="fund_source",
)
SPENT = Table(
    SUMMARY,
    [
        ("201", ("7.00",)),
        ("208", ("3.00",)),
        ("current_expenditure", ("10.00",)),
        ("total_expenditure", ("10.00",)),
    ],
    row_axis="expenditure_line",
    block=2,
)
EXPENDITURE = Table(
    "expenditure_summary",
    [
        ("", ("10.00", "4.00", "6.00")),
        ("201", ("7.00", "4.00", "3.00")),
        ("20101", ("7.00", "4.00", "3.00")),
        ("208", ("3.00", "0.00", "3.00")),
    ],
    row_axis="function",
    column_axis="expenditure_type",
    columns=TYPES,
    no=2,
)
GENERAL = replace(EXPENDITURE, kind="general_budget_by_function", no=3)
FUND = Table("government_fund", [("", ("0.00",))], row_axis="function", no=4)
ECONOMIC = Table(
    "basic_expenditure_by_economic",
    [("", ("4.00",)), ("301", ("3.00",)), ("302", ("1.00",)), ("30217", ("0.40",)),
     ("30201", ("0.60",))],
    row_axis="economic",
    no=5,
)  # fmt: skip
PROJECTS = Table(
    "project_expenditure",
    [
        ("合计", ("6.00", "6.00")),
        ("市局", ("5.00", "5.00")),
        (" 植树", ("2.00", "2.00")),
        (" 修剪", ("3.00", "3.00")),
        ("中心", ("1.00", "1.00")),
        (" 植树", ("1.00", "1.00")),
    ],
    row_axis="unit_project",
    column_axis="fund_source",
    columns=by_fund("all_funds", "general_public_budget"),
    no=6,
)
BASIC = Table(
    "basic_expenditure",
    [
        ("合计", ("4.00", "4.00")),
        ("市局（本级）", ("3.00", "3.00")),
        (" 工资福利支出", ("3.00", "3.00")),
        ("中心", ("1.00", "1.00")),
        (" 商品和服务支出", ("1.00", "1.00")),
    ],
    row_axis="unit_economic",
    column_axis="fund_source",
    columns=by_fund("all_funds", "general_public_budget"),
    no=7,
)
TARGETS = replace(PROJECTS, kind="project_performance_targets", no=8)


def crossed(*tables: Table, config: Path | None = None, within: bool = False) -> pl.DataFrame:
    made = frames(*tables)
    keys = ("reading_id",) if within else ()
    return cross_controls(made["printed_amount"], made["statement"], config, within=keys).controls


def verdicts(*tables: Table) -> dict[tuple[str, str], str]:
    found = crossed(*tables).select("identity_id", "measure", "verdict")
    return {(identity, measure): verdict for identity, measure, verdict in found.rows()}


def of(identity: str, *tables: Table) -> dict[str, str]:
    """Measure → verdict of one identity."""
    return {measure: v for (name, measure), v in verdicts(*tables).items() if name == identity}


class TestSelections:
    def test_a_total_of_one_table_against_another_of_the_same(self) -> None:
        assert of("revenue_is_expenditure", REVENUE, SPENT) == {"all_funds": "exact"}
        wrong = SPENT.with_figure(3, 0, "10.02")
        assert of("revenue_is_expenditure", REVENUE, wrong) == {"all_funds": "broken"}

    def test_two_figures_may_differ_by_one_unit_of_the_last_place(self) -> None:
        near = SPENT.with_figure(3, 0, "10.01")
        assert of("revenue_is_expenditure", REVENUE, near) == {"all_funds": "within_rounding"}

    def test_classes_are_held_against_one_another_code_by_code(self) -> None:
        identity = "summary_by_class_is_expenditure_table"
        assert of(identity, SPENT, EXPENDITURE) == {"201": "exact", "208": "exact"}
        assert of(identity, SPENT.with_figure(0, 0, "7.50"), EXPENDITURE) == {
            "201": "broken", "208": "exact",
        }  # fmt: skip

    def test_a_class_that_a_table_does_not_print_is_the_sum_of_what_is_below_it(self) -> None:
        rows = [
            ("2010801", ("3.00", "1.00", "2.00")),
            ("2010804", ("4.00", "3.00", "1.00")),
            ("208", ("3.00", "0.00", "3.00")),
            ("2080501", ("3.00", "0.00", "3.00")),
            ("", ("10.00", "4.00", "6.00")),
        ]
        low = replace(EXPENDITURE, rows=rows)
        identity = "summary_by_class_is_expenditure_table"
        assert of(identity, SPENT, low) == {"201": "exact", "208": "exact"}

    def test_a_class_that_one_table_leaves_out_is_nothing_there(self) -> None:
        zero = replace(SPENT, rows=[("211", ("0.00",)), *SPENT.rows])
        identity = "summary_by_class_is_expenditure_table"
        assert set(of(identity, zero, EXPENDITURE)) == {"201", "208"}
        more = replace(SPENT, rows=[("211", ("5.00",)), *SPENT.rows])
        assert of(identity, more, EXPENDITURE)["211"] == "broken"
        less = replace(SPENT, rows=SPENT.rows[1:])
        assert of(identity, less, EXPENDITURE)["201"] == "broken"

    def test_a_node_that_only_one_list_prints_is_not_compared(self) -> None:
        table = Table(
            "revenue_summary",
            [("合计", ("10.00", "9.00")), ("市局", ("10.00", "9.00"))],
            row_axis="unit",
            column_axis="fund_source",
            columns=by_fund("all_funds", "general_public_budget"),
            no=9,
        )
        assert of("summary_revenue_is_revenue_table", REVENUE, table) == {"all_funds": "exact"}
        assert of("summary_appropriation_is_its_budgets", REVENUE, table) == {
            "fiscal_appropriation": "exact"
        }

    def test_a_column_that_is_printed_and_left_blank_is_nothing(self) -> None:
        """A row that is not stated may not be printed: only of columns a layout says that it is."""
        types = by_fund("total_expenditure", "basic", "project", "contingency_reserve")
        single = Table("expenditure_summary", [("", ("10.00", "4.00", "6.00", None))],
                       column_axis="expenditure_type", columns=types, no=2,
                       layout_id="jiangsu/expenditure_summary")  # fmt: skip
        summary = Table(SUMMARY, [("basic", ("4.00",)), ("project", ("6.00",))],
                        row_axis="expenditure_type", block=3)  # fmt: skip
        identity = "summary_by_type_is_expenditure_table"
        assert of(identity, summary, single) == {"basic": "exact", "project": "exact"}
        moved = single.with_figure(0, 2, None).with_figure(0, 3, "6.00")
        assert of(identity, summary, moved) == {"basic": "exact", "project": "broken"}
        unknown = replace(moved, layout_id=None)
        assert of(identity, summary, unknown) == {"basic": "exact"}

    def test_a_table_without_any_figure_says_that_there_is_nothing(self) -> None:
        summary = Table("fiscal_appropriation_summary", [("general_public_budget", ("10.00",))],
                        row_axis="fund_source", no=10)  # fmt: skip
        spent = replace(SPENT, kind=summary.kind, no=10)
        identity, empty = "general_budget_is_its_table", replace(GENERAL, rows=[])
        measure = "general_public_budget|carried_over_general"
        assert of(identity, summary, spent, GENERAL) == {measure: "exact"}
        assert of(identity, summary, spent, empty) == {measure: "broken"}
        assert of(identity, summary.with_figure(0, 0, "0.00"), spent, empty) == {}

    def test_a_table_with_figures_of_another_phase_alone_says_nothing_of_its_own(self) -> None:
        expenses = Table("three_public", [("", (None, "0.95"))], column_axis="three_public",
                         columns=[Column("reception"), Column("reception", phase="execution")],
                         no=10)  # fmt: skip
        identity = "training_is_within_three_public"
        spent = replace(ECONOMIC, rows=[("", ("1.00",)), ("30216", ("1.00",))])
        assert of(identity, spent, replace(expenses, rows=[("", (None, None))])) == {
            "30216": "broken"
        }
        assert of(identity, spent, expenses) == {}

    def test_what_stands_along_rows_is_not_told_again_along_columns_beside(self) -> None:
        kind = "fiscal_appropriation_summary"
        revenue = Table(kind, [("general_public_budget", ("10.00",)), ("all_funds", ("10.00",))],
                        row_axis="fund_source", no=10)  # fmt: skip
        figures = ("10.00", "10.00")
        spent = Table(kind, [("201", figures), ("total_expenditure", figures)],
                      row_axis="expenditure_line", column_axis="fund_source", block=2, no=10,
                      columns=by_fund("fiscal_appropriation", "general_public_budget"))  # fmt: skip
        assert of("general_budget_is_its_table", revenue, spent, GENERAL) == {
            "general_public_budget|carried_over_general": "exact"
        }

    def test_a_table_that_prints_no_money_says_nothing_of_it(self) -> None:
        identity = "department_types_are_expenditure_table"
        targets = Table("department_performance_targets", [], no=10)
        assert "broken" in of(identity, targets, EXPENDITURE).values()
        only = replace(targets, layout_id="chongqing/department_performance_targets")
        assert of(identity, only, EXPENDITURE) == {}

    def test_several_tables_are_added_up(self) -> None:
        summary = Table("fiscal_appropriation_summary", SPENT.rows, row_axis="expenditure_line",
                        no=10)  # fmt: skip
        identity = "appropriation_by_class_is_its_budgets"
        capital = replace(FUND, kind="state_capital", no=11)
        assert of(identity, summary, GENERAL, FUND, capital) == {"201": "exact", "208": "exact"}
        funded = replace(FUND, rows=[("", ("2.00",)), ("229", ("2.00",))])
        assert of(identity, summary, GENERAL, funded, capital)["229"] == "broken"
        assert of(identity, summary, GENERAL, FUND) == {}  # one of the tables is not there

    def test_a_table_that_states_nothing_adds_nothing(self) -> None:
        summary = Table("fiscal_appropriation_summary", SPENT.rows, row_axis="expenditure_line",
                        no=10)  # fmt: skip
        blank = Table("government_fund", [("", (None,))], row_axis="function", no=4)
        capital = replace(blank, kind="state_capital", no=11)
        identity = "appropriation_by_class_is_its_budgets"
        assert of(identity, summary, GENERAL, blank, capital) == {"201": "exact", "208": "exact"}

    def test_units_are_held_against_one_another_by_name(self) -> None:
        revenue = Table(
            "revenue_summary",
            [("合计", ("10.00",)), ("市局", ("8.00",)), ("中心", ("2.00",)), ("他处", ("9.00",))],
            row_axis="unit",
            column_axis="fund_source",
            columns=by_fund("all_funds"),
            no=9,
        )
        identity = "unit_revenue_is_its_expenditure"
        assert of(identity, SPENT, revenue, BASIC, PROJECTS) == {"市局": "exact", "中心": "exact"}
        forward = replace(SPENT, rows=[*SPENT.rows[:3], ("carried_forward", ("1.00",)),
                                       SPENT.rows[3]])  # fmt: skip
        assert of(identity, forward, revenue, BASIC, PROJECTS) == {}

    def test_economic_classes_named_below_units_are_added_up_over_units(self) -> None:
        assert of("general_basic_by_class_is_by_unit", ECONOMIC, BASIC) == {
            "301": "exact", "302": "exact",
        }  # fmt: skip

    def test_an_identity_whose_axis_the_table_does_not_have_is_not_checked(self) -> None:
        plain = Table("general_budget_by_function", [("", ("4.00",)), ("201", ("4.00",))],
                      row_axis="function", no=3)  # fmt: skip
        assert of("general_basic_is_by_economic", GENERAL, ECONOMIC) == {"basic": "exact"}
        assert of("general_basic_is_by_economic", plain, ECONOMIC) == {}

    def test_parts_and_other_years_take_no_part(self) -> None:
        last = replace(
            EXPENDITURE,
            columns=[*TYPES, Column("current_expenditure", period="last_year")],
            rows=[(name, (*figures, "99.00")) for name, figures in EXPENDITURE.rows],
        )
        assert set(of("summary_by_class_is_expenditure_table", SPENT, last).values()) == {"exact"}


class TestConditionsAndInclusions:
    def test_a_conditional_identity_holds_only_where_its_condition_does(self) -> None:
        identity = "project_is_project_table"
        types = [*TYPES, Column("operating")]

        def table(operating: str | None) -> Table:
            rows = [(name, (*figures, operating)) for name, figures in EXPENDITURE.rows]
            return replace(EXPENDITURE, columns=types, rows=rows)

        assert of(identity, table("0.00"), PROJECTS) == {"project": "exact"}
        assert of(identity, table(None), PROJECTS) == {"project": "exact"}
        assert of(identity, table("1.00"), PROJECTS) == {}

    def test_a_part_may_be_less_and_its_share_is_kept(self) -> None:
        less = replace(TARGETS, rows=[TARGETS.rows[0], *TARGETS.rows[1:4]])
        less = less.with_figure(0, 0, "5.00")
        (found,) = crossed(less, PROJECTS).filter(
            pl.col("identity_id") == "targets_are_within_project_table"
        ).to_dicts()  # fmt: skip
        assert (found["verdict"], found["strength"]) == ("included", "inclusion")
        assert found["ratio"] == pytest.approx(5 / 6)
        assert found["printed_yuan"] == Decimal("50000.00")
        more = TARGETS.with_figure(0, 0, "6.50")
        assert of("targets_are_within_project_table", more, PROJECTS) == {"total": "broken"}
        assert of("targets_are_within_project_table", TARGETS, PROJECTS) == {"total": "exact"}

    def test_key_projects_are_within_all_projects_of_their_name(self) -> None:
        key = Table("key_projects", [(" 植树", ("2.00",)), (" 无此项目", ("9.00",))],
                    row_axis="project", no=9)  # fmt: skip
        assert of("key_projects_are_within_project_table", key, PROJECTS) == {"植树": "included"}
        more = key.with_figure(0, 0, "3.50")
        assert of("key_projects_are_within_project_table", more, PROJECTS) == {"植树": "broken"}

    def test_what_is_not_printed_is_included_nowhere(self) -> None:
        public = Table("three_public", [("three_public", ("1.00",)), ("reception", ("0.50",))],
                       row_axis="three_public", no=9)  # fmt: skip
        identity = "reception_is_within_three_public"
        assert of(identity, ECONOMIC, public) == {"30217": "included"}
        assert of(identity, replace(ECONOMIC, rows=ECONOMIC.rows[:3]), public) == {}
        assert of(identity, ECONOMIC, replace(public, rows=public.rows[:1])) == {}

    def test_of_alternatives_the_first_that_the_tables_allow_is_checked(self) -> None:
        public = Table(
            "three_public",
            [("three_public", ("1.00", "1.00")), ("reception", ("0.50", "0.40"))],
            row_axis="three_public",
            column_axis="fund_source",
            columns=by_fund("fiscal_appropriation", "general_public_budget"),
            no=9,
        )
        project = Table("project_expenditure_by_economic", [("", ("1.00",)), ("302", ("1.00",))],
                        row_axis="economic", no=12)  # fmt: skip
        (found,) = crossed(ECONOMIC, project, public).filter(
            pl.col("identity_id") == "reception_is_within_three_public"
        ).to_dicts()  # fmt: skip
        assert (found["computed_yuan"], found["verdict"]) == (Decimal("4000.00"), "exact")


class TestBudgets:
    def test_bodies_and_years_are_kept_apart(self) -> None:
        for other in (replace(SPENT, body="other", no=9), replace(SPENT, year=2025, no=9),
                      replace(SPENT, year=None, no=9)):  # fmt: skip
            assert verdicts(REVENUE, other) == {}

    def test_a_unit_and_its_department_are_kept_apart(self) -> None:
        unit = replace(EXPENDITURE, consolidation="unit")
        department = replace(SPENT, consolidation="department")
        assert verdicts(department, unit) == {}
        assert verdicts(department, replace(unit, consolidation="department"))

    def test_what_does_not_say_whose_book_it_is_joins_the_only_one(self) -> None:
        identity = "summary_by_class_is_expenditure_table"
        unit = replace(EXPENDITURE, consolidation="unit")
        assert of(identity, SPENT, unit) == {"201": "exact", "208": "exact"}
        department = replace(unit, consolidation="department", no=9)
        assert of(identity, SPENT, unit, department) == {}

    def test_readings_are_kept_apart_if_it_is_said_so(self) -> None:
        other = replace(EXPENDITURE, document="other")
        assert not crossed(SPENT, other).is_empty()
        assert crossed(SPENT, other, within=True).is_empty()

    def test_a_control_leads_to_the_cells_of_both_sides(self) -> None:
        made = frames(SPENT, EXPENDITURE)
        controls, sources = cross_controls(made["printed_amount"], made["statement"])
        (found,) = controls.filter(
            (pl.col("identity_id") == "summary_by_class_is_expenditure_table")
            & (pl.col("measure") == "201")
        ).to_dicts()  # fmt: skip
        assert found["statement_id"] == SPENT.statement_id
        assert (found["statement_count"], found["place"]) == (2, "p1 r1 c1")
        cells = sources.filter(pl.col("control_id") == found["control_id"])
        assert cells.select("side", "statement_id", "place").rows() == [
            ("printed", SPENT.statement_id, "p1 r1 c1"),
            ("computed", EXPENDITURE.statement_id, "p2 r2 c1"),
        ]
        assert controls["control_id"].n_unique() == controls.height

    def test_the_order_of_statements_changes_nothing(self) -> None:
        tables = (REVENUE, SPENT, EXPENDITURE, GENERAL, FUND, ECONOMIC, BASIC, PROJECTS, TARGETS)
        columns = ["control_id", "statement_id", "place", "printed_yuan", "verdict"]
        there = crossed(*tables).select(columns).sort("control_id")
        back = crossed(*reversed(tables)).select(columns).sort("control_id")
        assert there.equals(back)
        assert there.height > 10


def judged(*tables: Table, doubted: tuple[Table, ...] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Items and findings of statements that contradict one another."""
    made = frames(*tables)
    within = control_totals(made["amount"], made["row"], made["column"])
    found = cross_controls(made["printed_amount"], made["statement"])
    waiting = pl.DataFrame({"statement_id": [t.statement_id for t in doubted]},
                           schema={"statement_id": pl.String})  # fmt: skip
    return disagreements(found, within, waiting, made["statement"], None)


class TestDisagreement:
    #: 整体申报表: nothing within it proves what it says of 基本支出.
    FORM = Table("department_performance_targets", [("basic", ("4.50",))],
                 row_axis="expenditure_type", no=20)  # fmt: skip

    def test_figures_that_both_hold_in_their_own_table_are_a_finding(self) -> None:
        other = replace(
            EXPENDITURE,
            rows=[
                ("", ("11.00", "4.00", "7.00")), ("201", ("7.00", "4.00", "3.00")),
                ("20101", ("7.00", "4.00", "3.00")), ("208", ("4.00", "0.00", "4.00")),
            ],
        )  # fmt: skip
        items, findings = judged(REVENUE, SPENT, other)
        assert items.is_empty()
        by_class = findings.filter(pl.col("subject").str.ends_with(" 208"))
        (found,) = by_class.to_dicts()
        assert (found["kind"], found["rule_id"]) == ("tables_disagree", "tables_disagree")
        assert found["statement_id"] == SPENT.statement_id
        assert "30000.00" in found["found"]
        assert "40000.00" in found["expected"]
        assert found["confirmed_by"]
        assert found["control_id"]

    def test_a_figure_that_nothing_proves_waits_and_the_other_does_not(self) -> None:
        items, findings = judged(self.FORM, BASIC)
        assert findings.is_empty()
        (item,) = items.to_dicts()
        assert item["statement_id"] == self.FORM.statement_id
        assert (item["rule_id"], item["blocks"]) == ("identity_broken", "withheld")
        assert item["subject"] == "department_basic_is_basic_by_unit basic"
        assert item["place"] == "p20 r1 c1"

    def test_where_nothing_proves_either_side_both_wait(self) -> None:
        total = Table("basic_expenditure", [("合计", ("4.00",))], row_axis="unit_economic",
                      column_axis="fund_source", columns=by_fund("all_funds"), no=7)  # fmt: skip
        items, findings = judged(self.FORM, total)
        assert set(items["statement_id"]) == {self.FORM.statement_id, total.statement_id}
        assert findings.is_empty()

    def test_nothing_is_concluded_from_a_statement_that_waits_anyway(self) -> None:
        items, findings = judged(self.FORM, BASIC, doubted=(BASIC,))
        assert items.is_empty()
        assert findings.is_empty()

    def test_what_may_be_otherwise_never_withholds(self) -> None:
        more = TARGETS.with_figure(0, 0, "6.50")
        items, findings = judged(more, PROJECTS)
        assert items.is_empty()
        assert set(findings["kind"]) == {"tables_disagree"}
        cost = Table("operating_cost", [("", ("9.00",)), ("302", ("9.00",))], row_axis="economic",
                     no=21)  # fmt: skip
        items, findings = judged(cost, ECONOMIC)
        assert items.is_empty()
        assert findings["subject"].to_list() == ["operating_cost_is_public_expenditure total"]

    def test_figures_of_one_table_along_two_axes_prove_one_another(self) -> None:
        """A form prints its money by type and by source, and totals neither."""
        by_type = replace(self.FORM, rows=[("basic", ("4.50",)), ("project", ("6.00",))])
        by_source = replace(self.FORM, rows=[("fiscal_appropriation", ("10.50",))],
                            row_axis="fund_source", block=2)  # fmt: skip
        items, findings = judged(by_type, by_source, BASIC)
        assert items.is_empty()
        assert set(findings["subject"]) == {"department_basic_is_basic_by_unit basic"}

    def test_figures_of_one_table_that_contradict_one_another_withhold_it(self) -> None:
        by_type = replace(self.FORM, rows=[("basic", ("4.50",)), ("project", ("6.00",))])
        by_source = replace(self.FORM, rows=[("fiscal_appropriation", ("11.50",))],
                            row_axis="fund_source", block=2)  # fmt: skip
        items, findings = judged(by_type, by_source)
        assert items["statement_id"].to_list() == [self.FORM.statement_id]
        assert items["blocks"].to_list() == ["withheld"]
        assert findings.is_empty()


class TestNotes:
    def test_a_note_that_figures_contradict_is_a_finding_and_they_stand(self) -> None:
        def said(text: str | None) -> pl.DataFrame:
            made = frames(replace(FUND, rows=[("", (text,)), ("229", (text,))]))
            note = pl.col("statement_id").str.slice(0, 20)
            statements = made["statement"].with_columns(
                is_declared_empty=pl.lit(value=True), note_cell_id=note
            )
            cells = statements.select(cell_id="note_cell_id", text=pl.lit("注：本表本年无发生额。"))
            return contradicted_notes({**made, "statement": statements, "cell": cells})

        (finding,) = said("3.00").to_dicts()
        assert (finding["kind"], finding["rule_id"]) == ("note_contradicted", "note_contradicted")
        assert finding["expected"] == "注：本表本年无发生额。"
        assert finding["found"] == "3.00, 3.00"
        assert said("0.00").is_empty()
        assert said(None).is_empty()


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "codes").mkdir()
    yield tmp_path
    code_list.cache_clear()
    cross_identities.cache_clear()


def test_an_operator_adds_an_identity(config: Path) -> None:
    header = (SHIPPED / "cross_identities.csv").read_text("utf-8").splitlines()[0]
    (config / "codes" / "cross_identities.csv").write_text(
        f"{header}\nours,=,{SUMMARY}[expenditure_line=all:3],expenditure_summary,,ours\n",
        encoding="utf-8",
    )
    header = (SHIPPED / "identities.csv").read_text("utf-8").splitlines()[0]
    (config / "codes" / "identities.csv").write_text(
        f"{header}\nours,hard,tables,,,我们的,ours,ours\n", encoding="utf-8"
    )
    found = crossed(SPENT, EXPENDITURE, config=config).filter(pl.col("identity_id") == "ours")
    assert found["verdict"].to_list() == ["exact"]
