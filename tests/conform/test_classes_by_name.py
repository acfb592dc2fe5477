"""Levels of indicators that a form prints by name alone have the class of their name."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.conform.indicators import indicators, unknown_classes

STATEMENT = {"reading_id": "r", "statement_no": 1}
STATEMENTS = pl.DataFrame(
    [STATEMENT | {"statement_id": "s", "document_id": "d", "reporting_body_id": "b",
                  "fiscal_year": 2026, "phase": "budget"}]
)  # fmt: skip
LINES = pl.DataFrame(
    schema={"reading_id": pl.String, "statement_no": pl.Int64, "line_no": pl.Int64}
    | dict.fromkeys(("spending_unit_id", "project_line_id", "label_cell", "name"), pl.String)
)


def found(level_1: str, level_2: str) -> tuple[str | None, list[str]]:
    """Class of an indicator of a form, and what of its levels is said to be unknown."""
    raw = pl.DataFrame(
        [STATEMENT | {"line_no": 1, "place": "p1", "cell_id": "c", "ordinal": 1,
                      "level_1_raw": level_1, "level_2_raw": level_2, "name": "话务接通率"}]
    )  # fmt: skip
    mine = indicators(raw, LINES, STATEMENTS, None)
    said = unknown_classes(mine, STATEMENTS, None)
    return mine["indicator_class_id"].item(), said["found"].to_list()


@pytest.mark.parametrize(
    ("level_1", "level_2", "mapped"),
    [
        ("产出指标", "数量指标", "v1/11"),
        ("产出", "成本指标", "v1/14"),
        ("成本指标", "经济成本指标", "v2/41"),
        ("满意度指标", "服务对象满意度指标", "v1/31"),
    ],
)
def test_a_name_alone_is_enough(level_1: str, level_2: str, mapped: str) -> None:
    assert found(level_1, level_2) == (mapped, [])


def test_a_class_below_another_parent_is_said() -> None:
    assert found("产出指标", "社会效益指标") == ("v1/22", ["产出指标；社会效益指标"])


def test_a_name_that_no_list_has_is_said() -> None:
    assert found("产出指标", "其他指标") == (None, ["产出指标；其他指标"])
