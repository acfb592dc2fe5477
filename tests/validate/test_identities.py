"""Printed totals against their parts along both axes, at the exact edges of the envelope."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.validate.identities import control_totals
from tests.validate.printed import Column, Table, by_fund, frames

#: A unit of the last printed place of 万元 with two decimals, in fen.
UNIT = 10_000
FUNDS = by_fund("all_funds", "fiscal_appropriation", "other_funds")
PROJECTS = Table(
    "project_expenditure",
    [
        ("合计", ("3.00", "2.00", "1.00")),
        ("甲", ("2.00", "1.00", "1.00")),
        (" 植树", ("1.00", "1.00", None)),
        (" 修剪", ("1.00", None, "1.00")),
        ("乙", ("1.00", "1.00", None)),
        (" 清扫", ("1.00", "1.00", None)),
    ],
    row_axis="unit_project",
    column_axis="fund_source",
    columns=FUNDS,
)
#: 合计, 类, 款, 项, and a 类 without anything below it.
BY_FUNCTION = Table(
    "expenditure_summary",
    [
        ("", ("10.00", "4.00", "6.00")),
        ("201", ("7.00", "4.00", "3.00")),
        ("20101", ("7.00", "4.00", "3.00")),
        ("2010101", ("4.00", "4.00", "0.00")),
        ("2010102", ("3.00", "0.00", "3.00")),
        ("229", ("3.00", "0.00", "3.00")),
    ],
    row_axis="function",
    column_axis="expenditure_type",
    columns=by_fund("current_expenditure", "basic", "project"),
)


def checked(*tables: Table) -> pl.DataFrame:
    made = frames(*tables)
    return control_totals(made["amount"], made["row"], made["column"]).controls


def verdicts(*tables: Table) -> dict[tuple[str, int, str], str]:
    """Identity, line and measure → verdict."""
    found = checked(*tables).select("identity_id", "line_no", "measure", "verdict")
    return {(identity, line, measure): verdict for identity, line, measure, verdict in found.rows()}


def failing(*tables: Table) -> set[tuple[str, int, str]]:
    return {key for key, verdict in verdicts(*tables).items() if verdict == "broken"}


def with_difference(parts: int, units: int, decimals: int = 2) -> dict[str, Any]:
    """The total of so many classes when it differs by so many last-place units."""

    def text(count: int) -> str:
        return f"{count / 10**decimals:.{decimals}f}"

    rows = [("", (text(100 * parts + units),))]
    rows += [(str(201 + n), (text(100),)) for n in range(parts)]
    (found,) = checked(Table("government_fund", rows, row_axis="function")).to_dicts()
    return found


def likely(parts: int) -> float:
    return 3 * math.sqrt((parts + 1) / 12)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("parts", [1, 2, 3, 7, 8, 25, 26, 299, 300])
def test_verdicts_at_the_edges_of_the_envelope(parts: int, sign: int) -> None:
    edge = (parts + 1) // 2  # the last whole unit within (n + 1) halves
    inner = math.floor(likely(parts))
    assert with_difference(parts, 0)["verdict"] == "exact"
    assert with_difference(parts, sign)["verdict"] == "within_rounding"
    assert with_difference(parts, sign * min(edge, inner))["verdict"] == "within_rounding"
    expected = "suspect" if edge > likely(parts) else "within_rounding"
    assert with_difference(parts, sign * edge)["verdict"] == expected
    assert with_difference(parts, sign * (edge + 1))["verdict"] == "broken"
    if inner + 1 <= edge:
        assert with_difference(parts, sign * (inner + 1))["verdict"] == "suspect"


def test_the_envelope_is_half_a_unit_for_each_term() -> None:
    found = with_difference(7, 4)
    assert found["envelope_fen"] == 8 * UNIT // 2
    assert str(found["envelope_yuan"]) == "400.00"
    assert str(found["printed_yuan"]) == "70400.00"
    assert str(found["computed_yuan"]) == "70000.00"
    assert found["part_count"] == 7


def test_the_finest_printed_place_makes_the_envelope() -> None:
    """A table prints to one place; 12 beside 30.16 is 12.00, its zeros trimmed by a spreadsheet."""
    rows = [("", ("3.0",)), ("201", ("1.500000",)), ("202", ("1.65",))]
    (found,) = checked(Table("government_fund", rows, row_axis="function")).to_dicts()
    assert found["envelope_fen"] == 3 * 1 // 2
    assert found["verdict"] == "broken"


def test_figures_finer_than_a_fen_have_no_envelope() -> None:
    assert with_difference(3, 0, decimals=8)["verdict"] == "exact"
    assert with_difference(3, 100, decimals=8)["verdict"] == "broken"


@settings(max_examples=60, deadline=None)
@given(parts=st.integers(1, 40), units=st.integers(-60, 60), decimals=st.integers(0, 6))
def test_verdict_follows_from_the_difference_alone(parts: int, units: int, decimals: int) -> None:
    verdict = with_difference(parts, units, decimals)["verdict"]
    if units == 0:
        assert verdict == "exact"
    elif 2 * abs(units) > parts + 1:
        assert verdict == "broken"
    elif abs(units) > likely(parts):
        assert verdict == "suspect"
    else:
        assert verdict == "within_rounding"


class TestAlongBothAxes:
    def test_units_and_projects_in_each_column_and_funds_in_each_row(self) -> None:
        found = verdicts(PROJECTS)
        assert set(found.values()) == {"exact"}
        rows = {(identity, line) for identity, line, _ in found}
        assert rows == {
            ("row_total_is_sum_of_funds", 1), ("row_total_is_sum_of_funds", 2),
            ("row_total_is_sum_of_funds", 3), ("row_total_is_sum_of_funds", 4),
            ("row_total_is_sum_of_funds", 5), ("row_total_is_sum_of_funds", 6),
            ("grand_total_is_sum_of_units", 1), ("grand_total_is_sum_of_projects", 1),
            ("unit_total_is_sum_of_projects", 2), ("unit_total_is_sum_of_projects", 5),
        }  # fmt: skip
        assert {m for i, _, m in found if i == "grand_total_is_sum_of_units"} == {
            "total", "fiscal_appropriation", "other_funds",
        }  # fmt: skip

    def test_a_wrong_figure_of_a_project_breaks_its_row_and_its_unit(self) -> None:
        assert failing(PROJECTS.with_figure(2, 1, "1.50")) == {
            ("row_total_is_sum_of_funds", 3, "total"),
            ("unit_total_is_sum_of_projects", 2, "fiscal_appropriation"),
            ("grand_total_is_sum_of_projects", 1, "fiscal_appropriation"),
        }

    def test_codes_are_held_against_the_nearest_printed_code_above_them(self) -> None:
        found = verdicts(BY_FUNCTION)
        assert set(found.values()) == {"exact"}
        of_rows = {line for identity, line, _ in found if identity.startswith("function")}
        assert of_rows == {1, 2, 3}
        assert failing(BY_FUNCTION.with_figure(3, 0, "5.00")) == {
            ("row_total_is_sum_of_types", 4, "current_expenditure"),
            ("function_class_is_sum_of_parts", 3, "current_expenditure"),
        }

    def test_a_level_that_is_not_printed_is_skipped(self) -> None:
        rows = [row for row in BY_FUNCTION.rows if len(row[0]) != 5]
        found = verdicts(replace(BY_FUNCTION, rows=rows))
        assert set(found.values()) == {"exact"}

    def test_lists_of_sources_lines_and_public_expenses(self) -> None:
        revenue = [
            ("fiscal_appropriation", ("5.00",)), ("general_public_budget", ("4.00",)),
            ("government_fund", ("1.00",)), ("business_revenue", ("2.00",)),
            ("current_revenue", ("7.00",)), ("carried_over", ("1.00",)), ("all_funds", ("8.00",)),
        ]  # fmt: skip
        spent = [
            ("201", ("3.00",)), ("208", ("4.00",)), ("current_expenditure", ("7.00",)),
            ("carried_forward", ("1.00",)), ("total_expenditure", ("8.00",)),
        ]  # fmt: skip
        summary = "revenue_expenditure_summary"
        found = verdicts(
            Table(summary, revenue, row_axis="fund_source"),
            Table(summary, spent, row_axis="expenditure_line", block=2),
            Table("three_public", [("three_public", ("6.00",)), ("overseas", ("1.00",)),
                                   ("vehicles", ("3.00",)), ("vehicle_purchase", ("1.00",)),
                                   ("vehicle_running", ("2.00",)), ("reception", ("2.00",)),
                                   ("operating_cost", ("9.00",))],
                  row_axis="three_public", no=2),
        )  # fmt: skip
        assert found == {
            ("fund_is_sum_of_parts", 1, "amount"): "exact",
            ("fund_is_sum_of_parts", 5, "amount"): "exact",
            ("fund_is_sum_of_parts", 7, "amount"): "exact",
            ("expenditure_is_sum_of_lines", 3, "amount"): "exact",
            ("expenditure_is_sum_of_lines", 5, "amount"): "exact",
            ("three_public_is_sum_of_parts", 1, "amount"): "exact",
            ("three_public_is_sum_of_parts", 3, "amount"): "exact",
        }

    def test_tables_side_by_side_are_summed_apart(self) -> None:
        one = Table("government_fund", [("", ("1.00",)), ("201", ("1.00",))], row_axis="function")
        other = replace(one, block=2, rows=[("", ("2.00",)), ("201", ("2.00",))])
        assert sorted(checked(one, other)["verdict"]) == ["exact", "exact"]
        broken = checked(one, other.with_figure(1, 0, "1.00"))
        assert broken.select("printed_fen", "verdict").rows() == [
            (UNIT * 100, "exact"), (UNIT * 200, "broken"),
        ]  # fmt: skip

    def test_every_control_has_a_key_of_its_own_and_leads_to_its_cells(self) -> None:
        made = frames(PROJECTS, replace(BY_FUNCTION, no=2))
        controls, sources = control_totals(made["amount"], made["row"], made["column"])
        assert controls["control_id"].n_unique() == controls.height
        counted = sources.group_by("control_id", "side").len()
        parts = controls.join(counted.filter(pl.col("side") == "computed"), on="control_id")
        assert parts.select(pl.col("part_count") == pl.col("len")).to_series().all()
        assert set(sources["cell_id"]) == set(made["amount"]["cell_id"])


class TestBlanks:
    def test_a_blank_total_over_stated_parts_is_broken(self) -> None:
        found = checked(PROJECTS.with_figure(1, 2, None)).filter(pl.col("verdict") == "broken")
        (blank,) = found.filter(pl.col("identity_id") == "unit_total_is_sum_of_projects").to_dicts()
        assert (blank["line_no"], blank["measure"], blank["label"]) == (2, "other_funds", "甲")
        assert blank["printed_yuan"] is None
        assert str(blank["computed_yuan"]) == "10000.00"

    def test_a_blank_row_total_over_stated_funds_is_broken(self) -> None:
        broken = failing(PROJECTS.with_figure(2, 0, None))
        assert ("row_total_is_sum_of_funds", 3, "total") in broken

    def test_a_total_over_blank_parts_is_broken(self) -> None:
        table = PROJECTS.with_figure(5, 1, None)
        assert ("row_total_is_sum_of_funds", 6, "total") in failing(table)
        assert ("unit_total_is_sum_of_projects", 5, "fiscal_appropriation") in failing(table)

    def test_blank_and_nothing_are_no_contradiction(self) -> None:
        rows = [("", (None,)), ("201", ("0.00",)), ("202", (None,))]
        assert verdicts(Table("government_fund", rows, row_axis="function")) == {}
        rows = [("", ("0.00",)), ("201", (None,))]
        assert set(verdicts(Table("government_fund", rows, row_axis="function")).values()) == {
            "exact"
        }

    def test_a_grand_total_without_any_row_is_broken_unless_it_is_zero(self) -> None:
        def alone(text: str) -> set[str]:
            table = Table("government_fund", [("", (text,))], row_axis="function")
            return set(verdicts(table).values())

        assert alone("5.00") == {"broken"}
        assert alone("0.00") == set()

    def test_without_columns_for_parts_there_is_no_identity_of_the_row(self) -> None:
        only_total = replace(
            PROJECTS,
            columns=FUNDS[:1],
            rows=[(name, figures[:1]) for name, figures in PROJECTS.rows],
        )
        assert not any(identity.startswith("row") for identity, _, _ in verdicts(only_total))

    def test_columns_of_parts_that_are_blank_all_over_prove_nothing(self) -> None:
        blank = replace(
            PROJECTS, rows=[(name, (figures[0], None, None)) for name, figures in PROJECTS.rows]
        )
        rows = {line for identity, line, _ in failing(blank) if identity.startswith("row")}
        assert rows == {1, 2, 3, 4, 5, 6}


class TestComparativesAndParts:
    def test_another_year_is_held_against_its_like(self) -> None:
        last = [replace(column, period="last_year") for column in FUNDS]
        table = replace(
            PROJECTS,
            columns=[*FUNDS, *last],
            rows=[(name, (*figures, *figures)) for name, figures in PROJECTS.rows],
        )
        found = verdicts(table)
        assert set(found.values()) == {"exact"}
        assert len(found) == 2 * len(verdicts(PROJECTS))
        assert failing(table.with_figure(2, 4, "9.00")) == {
            ("row_total_is_sum_of_funds", 3, "total last_year"),
            ("unit_total_is_sum_of_projects", 2, "fiscal_appropriation last_year"),
            ("grand_total_is_sum_of_projects", 1, "fiscal_appropriation last_year"),
        }

    def test_another_phase_is_held_against_its_like(self) -> None:
        columns = [*FUNDS, replace(FUNDS[0], phase="final_accounts")]
        table = replace(
            PROJECTS,
            columns=columns,
            rows=[(name, (*figures, "7.00")) for name, figures in PROJECTS.rows],
        )
        broken = failing(table)
        assert {measure for _, _, measure in broken} == {"total final_accounts"}
        assert not any(identity.startswith("row") for identity, _, _ in broken)

    def test_a_part_column_is_in_no_sum_and_within_its_whole(self) -> None:
        part = Column("general_public_budget", is_memo=True)
        table = replace(
            PROJECTS,
            columns=[*FUNDS, part],
            rows=[(name, (*figures, "0.50")) for name, figures in PROJECTS.rows],
        )
        found = checked(table)
        memo = found.filter(pl.col("identity_id") == "memo_is_within_its_column")
        of_line = dict(memo.select("line_no", "verdict").rows())
        assert of_line == {1: "included", 2: "included", 3: "included", 5: "included",
                           6: "included"}  # fmt: skip
        assert memo["ratio"].to_list() == [0.25, 0.5, 0.5, 0.5, 0.5]
        assert set(memo["strength"]) == {"inclusion"}
        more = verdicts(table.with_figure(2, 3, "1.50"))
        assert more["memo_is_within_its_column", 3, "general_public_budget"] == "broken"
        assert not any(v == "broken" for (i, _, _), v in more.items() if i.startswith("row"))

    def test_a_part_row_is_in_no_sum_and_within_its_whole(self) -> None:
        rows = [("all_funds", ("5.00",)), ("current_revenue", ("4.00",)),
                ("carried_over", ("1.00",)), ("other_revenue", ("9.00",))]  # fmt: skip
        table = Table("revenue_summary", rows, row_axis="fund_source", memo_rows=("other_revenue",))
        assert failing(table) == {("memo_is_within_its_column", 4, "amount")}

    def test_a_form_prints_each_row_in_a_field_of_its_own(self) -> None:
        rows = [("current_expenditure", ("9.00",)), ("basic", ("4.00",)), ("project", ("5.00",)),
                ("special_purpose", ("2.00",))]  # fmt: skip
        form = Table("department_performance_targets", rows, row_axis="expenditure_type",
                     memo_rows=("special_purpose",))  # fmt: skip
        made = frames(form)
        fields = made["amount"].with_columns(column_no="line_no")
        found = control_totals(fields, made["row"], made["column"].clear()).controls
        assert found.select("identity_id", "line_no", "verdict").rows() == [
            ("type_is_sum_of_parts", 1, "exact"),
            ("memo_is_within_its_column", 4, "included"),
        ]


@st.composite
def trees(draw: st.DrawFn) -> Table:
    """A table of codes with random figures, rounded as a department prints them."""
    classes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    cents = st.integers(0, 10**7)  # ten-thousandths of a printed unit
    leaves: list[tuple[str, tuple[int, int]]] = []
    for n, sub in enumerate(classes):
        for m in range(sub):
            for k in range(draw(st.integers(1, 3))):
                code = f"{201 + n}{m + 1:02d}{k + 1:02d}"
                leaves.append((code, (draw(cents), draw(cents))))
    rows: list[tuple[str, list[str | None]]] = []
    heads = sorted({code[:n] for code, _ in leaves for n in (0, 3, 5, 7)})
    for head in heads:
        below = [figures for code, figures in leaves if code.startswith(head)]
        basic, project = (sum(column) for column in zip(*below, strict=True))
        rows.append((head, [f"{value / 10**4:.2f}" for value in (basic + project, basic, project)]))
    return replace(BY_FUNCTION, rows=rows)


@settings(max_examples=40, deadline=None)
@given(trees())
def test_what_is_rounded_once_is_never_broken(table: Table) -> None:
    assert failing(table) == set()


def beyond(table: Table) -> set[tuple[str, int, str]]:
    """The checks whose difference is beyond the envelope, by plain arithmetic."""
    figures = {code: [round(float(text or 0) * 100) for text in row] for code, row in table.rows}
    measures = [column.node or "" for column in table.columns]
    lines = {code: line for line, (code, _) in enumerate(table.rows, start=1)}
    found: set[tuple[str, int, str]] = set()
    for code, (total, *parts) in figures.items():
        if 2 * abs(total - sum(parts)) > 1 + len(parts):
            found.add(("row_total_is_sum_of_types", lines[code], measures[0]))
        below = [c for c in figures if c.startswith(code) and len(c) == (len(code) or 1) + 2]
        for column, measure in enumerate(measures):
            difference = figures[code][column] - sum(figures[c][column] for c in below)
            if below and 2 * abs(difference) > 1 + len(below):
                found.add(("function_class_is_sum_of_parts", lines[code], measure))
    return found


@settings(max_examples=60, deadline=None)
@given(table=trees(), data=st.data())
def test_one_changed_figure_is_caught_just_where_it_is_beyond_the_envelope(
    table: Table, data: st.DataObject
) -> None:
    line = data.draw(st.integers(0, len(table.rows) - 1))
    column = data.draw(st.integers(0, 2))
    units = data.draw(st.integers(-30, 30))
    changed = round(float(table.rows[line][1][column] or 0) * 100) + units
    assume(changed >= 0)
    wrong = table.with_figure(line, column, f"{changed / 100:.2f}")
    assert failing(wrong) == beyond(wrong)


@settings(max_examples=30, deadline=None)
@given(table=trees(), data=st.data())
def test_a_figure_that_is_off_by_more_than_all_rounding_is_always_caught(
    table: Table, data: st.DataObject
) -> None:
    line = data.draw(st.integers(0, len(table.rows) - 1))
    column = data.draw(st.integers(0, 2))
    changed = round(float(table.rows[line][1][column] or 0) * 100) + data.draw(
        st.integers(100, 10**6)
    )
    assert failing(table.with_figure(line, column, f"{changed / 100:.2f}"))


class TestRepeatedClasses:
    """A class that is printed once for each class of another classification beside it."""

    ROWS = (
        ("", ("10.00",)),
        ("301", ("7.00",)),
        ("30101", ("4.00",)),
        ("30102", ("3.00",)),
        ("301", ("3.00",)),
        ("30101", ("1.00",)),
        ("30102", ("2.00",)),
    )

    def table(self, rows: object) -> Table:
        return Table("basic_expenditure_by_economic", rows, row_axis="economic")  # type: ignore[arg-type]

    def test_each_is_the_sum_of_the_rows_below_it(self) -> None:
        found = checked(self.table(self.ROWS)).sort("line_no")
        assert found.select("line_no", "verdict", "part_count").rows() == [
            (1, "exact", 2), (2, "exact", 2), (5, "exact", 2),
        ]  # fmt: skip

    def test_what_is_wrong_below_one_is_not_made_good_by_the_other(self) -> None:
        rows = [*self.ROWS]
        rows[3], rows[5] = ("30102", ("4.00",)), ("30101", ("0.00",))
        assert {line for _, line, _ in failing(self.table(rows))} == {2, 5}

    def test_a_row_that_is_printed_twice_is_no_class_of_its_own(self) -> None:
        rows = [*self.ROWS[:2], self.ROWS[1], *self.ROWS[2:4]]
        assert failing(self.table(rows))


@pytest.mark.parametrize(("down", "verdict"), [("12.00", "exact"), ("11.00", "broken")])
def test_money_of_a_form_is_that_of_the_levels_that_use_it(down: str, verdict: str) -> None:
    form = Table(
        "special_fund_targets",
        [("水库移民后期扶持", ("12.70", "0.70", down))],
        row_axis="project",
        column_axis="budget_level",
        columns=by_fund("all_levels", "own_level", "transferred_down"),
    )
    assert verdicts(form) == {("row_total_is_sum_of_levels", 1, "all_levels"): verdict}
