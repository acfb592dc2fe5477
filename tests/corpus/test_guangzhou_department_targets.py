"""部门整体预算绩效目标申报表 of 广州市政务服务和数据管理局, 2026: a form of two pages, to facts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.serve.trace import trace
from tests.conftest import Installation
from tests.corpus import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

FORM = "guangzhou/*2026年部门整体预算绩效目标申报表.pdf"
BODY = "广州市政务服务和数据管理局"


@pytest.fixture(scope="module")
def document() -> Path:
    found = sorted(CORPUS.glob(FORM))
    if not found:
        pytest.skip(f"no corpus at {CORPUS}: the real form is not read")
    return found[0]


@pytest.fixture(scope="module")
def night(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The form with its sidecar, published."""
    installation = Installation(tmp_path_factory.mktemp("form"))
    installation.settings = replace(installation.settings, context=document.parents[2] / "context")
    shutil.copy(document, installation.settings.raw)
    report = installation.run()
    assert report.published
    assert [check for check in report.checks if not check.passed] == []
    return installation


def test_the_form_is_one_complete_statement_of_its_body(night: Installation) -> None:
    said = night.rows(
        "SELECT kind, status, fiscal_year, phase, amount_unit, b.name FROM statement s "
        "JOIN dim_body b ON b.body_id = s.reporting_body_id"
    )
    assert said == [("department_performance_targets", "complete", 2026, "budget", "万元", BODY)]


def test_every_indicator_and_every_value_is_read(night: Installation) -> None:
    by_level = night.rows(
        "SELECT level_1_raw, level_2_raw, indicator_class_id, count(*) FROM performance_indicator "
        "GROUP BY ALL ORDER BY min(ordinal)"
    )
    assert by_level == [
        ("产出指标", "数量指标", "v1/11", 6),
        ("产出指标", "质量指标", "v1/12", 2),
        ("产出指标", "时效指标", "v1/13", 2),
        ("产出指标", "社会效益指标", "v1/22", 7),
        ("满意度指标", "服务对象满意度指标", "v1/31", 2),
        ("成本指标", "经济成本指标", "v2/41", 2),
    ]
    kinds = dict(night.rows("SELECT kind, count(*) FROM performance_value GROUP BY 1"))
    assert kinds == {"number": 38, "several": 2, "frequency": 2}
    assert night.value("SELECT count(*) FROM fact_performance_target") == 44


def test_targets_are_the_bodys_own_and_of_no_project(night: Installation) -> None:
    of_whom = night.rows(
        "SELECT DISTINCT b.name, spending_unit_id, project_line_id FROM fact_performance_target f "
        "JOIN dim_body b ON b.body_id = f.reporting_body_id"
    )
    assert of_whom == [(BODY, None, None)]
    assert night.value("SELECT count(*) FROM project_line") == 0


def test_money_is_printed_amounts_along_its_axes(night: Installation) -> None:
    printed = night.rows(
        "SELECT row_axis, row_node, amount_yuan / 10000, is_memo FROM printed_amount "
        "WHERE row_axis <> 'task' ORDER BY line_no"
    )
    assert [(*row[:2], Decimal(str(row[2])), row[3]) for row in printed] == [
        ("expenditure_type", "basic", Decimal("12634.14"), False),
        ("fund_source", "fiscal_appropriation", Decimal("98880.78"), False),
        ("expenditure_type", "project", Decimal("86246.64"), False),
        ("fund_source", "other_funds", Decimal(0), False),
        ("expenditure_type", "special_purpose", Decimal(0), True),
        ("budget_level", "own_level", Decimal("98880.78"), False),
        ("expenditure_type", "other_development", Decimal(0), True),
        ("budget_level", "transferred_down", Decimal(0), False),
    ]
    tasks = night.rows("SELECT sum(amount_yuan), count(*) FROM printed_amount "
                       "WHERE row_axis = 'task' AND is_memo")  # fmt: skip
    assert tasks == [(Decimal("663957100.00"), 5)]


def test_what_is_printed_below_the_wrong_level_is_said(night: Installation) -> None:
    """社会效益指标 stands below 产出指标 on the page."""
    waiting = night.rows("SELECT rule_id, found FROM quarantine_item")
    assert waiting == [("indicator_class_unknown", "产出指标；社会效益指标")]


def test_a_target_leads_to_its_cells(night: Installation) -> None:
    fact = night.value(
        "SELECT fact_id FROM fact_performance_target f JOIN performance_indicator i "
        "USING (indicator_id) WHERE i.name = '汇聚数据数量.' AND f.horizon = 'annual'"
    )
    found = trace(night.settings, fact)
    said = [(s["role"], s["page_no"], s["text"], s["rule_id"]) for s in found.sources]
    assert said == [
        ("target", 2, "≥10亿条", "targets.lark/number"),
        ("indicator", 2, "汇聚数据数量.", "guangzhou/department_performance_targets"),
    ]
