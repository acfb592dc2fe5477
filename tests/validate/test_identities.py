"""Printed sums against their parts, at the exact edges of the rounding envelope."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.validate.identities import control_totals, unstated_totals

#: A unit of the last printed place of 万元 with two decimals, in fen.
UNIT = 10_000


def amounts(*rows: tuple[int, str, int | None, str, int, int]) -> pl.DataFrame:
    """Amounts of (line, role of row, unit line, measure, digits, decimals), in 万元."""
    found: list[dict[str, Any]] = [
        {
            "statement_id": "s", "line_no": line, "row_role": role, "unit_line": unit_line,
            "measure": measure, "label": f"row {line}", "digits": digits, "decimals": decimals,
            "exponent": 4, "fen": digits * 10 ** (6 - decimals), "page_no": 1, "grid_no": 1,
            "row_no": line, "col_no": 2,
        }
        for line, role, unit_line, measure, digits, decimals in rows
    ]  # fmt: skip
    schema = {
        "statement_id": pl.String, "line_no": pl.Int32, "row_role": pl.String,
        "unit_line": pl.Int32, "measure": pl.String, "label": pl.String, "digits": pl.Int64,
        "decimals": pl.Int32, "exponent": pl.Int32, "fen": pl.Int64, "page_no": pl.Int32,
        "grid_no": pl.Int32, "row_no": pl.Int32, "col_no": pl.Int32,
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema)


def with_difference(parts: int, units: int, decimals: int = 2) -> dict[str, Any]:
    """The grand total over so many projects when it differs by so many last-place units."""
    projects = [(n + 2, "project", 1, "total", 100, decimals) for n in range(parts)]
    frame = amounts((1, "grand_total", None, "total", 100 * parts + units, decimals), *projects)
    checked = control_totals(frame).filter(
        pl.col("identity_id") == "grand_total_is_sum_of_projects"
    )
    (found,) = checked.to_dicts()
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
    frame = amounts(
        (1, "grand_total", None, "total", 30, 1),
        (2, "project", None, "total", 1500000, 6),
        (3, "project", None, "total", 165, 2),
    )
    (found,) = control_totals(frame).filter(pl.col("part_count") == 2).to_dicts()
    assert found["envelope_fen"] == 3 * 1 // 2
    assert found["verdict"] == "broken"


def test_figures_finer_than_a_fen_have_no_envelope() -> None:
    assert with_difference(3, 0, decimals=8)["verdict"] == "exact"
    assert with_difference(3, 100, decimals=8)["verdict"] == "broken"


@settings(max_examples=60, deadline=None)
@given(
    parts=st.integers(1, 40),
    units=st.integers(-60, 60),
    decimals=st.integers(0, 6),
)
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


def test_every_identity_is_checked_in_every_measure() -> None:
    frame = amounts(
        (1, "grand_total", None, "total", 300, 2),
        (1, "grand_total", None, "fiscal_appropriation", 300, 2),
        (2, "unit", None, "total", 300, 2),
        (2, "unit", None, "fiscal_appropriation", 300, 2),
        (3, "project", 2, "total", 300, 2),
        (3, "project", 2, "fiscal_appropriation", 100, 2),
        (3, "project", 2, "other_funds", 200, 2),
    )
    found = control_totals(frame)
    verdicts = {(i, n, m): v for i, n, m, v in
                found.select("identity_id", "line_no", "measure", "verdict").rows()}  # fmt: skip
    assert verdicts == {
        ("row_total_is_sum_of_funds", 1, "total"): "exact",
        ("row_total_is_sum_of_funds", 2, "total"): "exact",
        ("row_total_is_sum_of_funds", 3, "total"): "exact",
        ("grand_total_is_sum_of_units", 1, "total"): "exact",
        ("grand_total_is_sum_of_units", 1, "fiscal_appropriation"): "exact",
        ("grand_total_is_sum_of_projects", 1, "total"): "exact",
        ("grand_total_is_sum_of_projects", 1, "fiscal_appropriation"): "broken",
        ("unit_total_is_sum_of_projects", 2, "total"): "exact",
        ("unit_total_is_sum_of_projects", 2, "fiscal_appropriation"): "broken",
    }
    assert found["control_id"].n_unique() == found.height
    assert unstated_totals(frame).select("measure", "computed_fen").rows() == [
        ("other_funds", 2_000_000)
    ]


def test_a_sum_without_parts_is_broken_unless_it_is_zero() -> None:
    alone = amounts((1, "grand_total", None, "total", 5, 2))
    assert set(control_totals(alone)["verdict"]) == {"broken"}
    zero = amounts((1, "grand_total", None, "total", 0, 2))
    assert set(control_totals(zero)["verdict"]) == {"exact"}


def test_a_project_belongs_to_its_own_unit_only() -> None:
    frame = amounts(
        (1, "unit", None, "total", 100, 2),
        (2, "project", 1, "total", 100, 2),
        (3, "unit", None, "total", 100, 2),
        (4, "project", None, "total", 100, 2),
    )
    found = control_totals(frame).filter(pl.col("identity_id") == "unit_total_is_sum_of_projects")
    assert found.select("line_no", "verdict").rows() == [(1, "exact"), (3, "broken")]
