"""The performance table of 广州市政务服务和数据管理局, 2026: twelve pages, from paper to facts."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Installation
from tests.corpus import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

PATTERN = "guangzhou/*2026年项目支出绩效目标表（含转移支付项目）.pdf"


@pytest.fixture(scope="module")
def document() -> Path:
    found = sorted(CORPUS.glob(PATTERN))
    if not found:
        pytest.skip(f"no corpus at {CORPUS}: the real table is not read")
    return found[0]


@pytest.fixture(scope="module")
def night(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The document with its sidecar, published."""
    installation = Installation(tmp_path_factory.mktemp("guangzhou"))
    installation.settings = replace(installation.settings, context=document.parents[2] / "context")
    shutil.copy(document, installation.settings.raw)
    installation.run()
    return installation


def test_every_project_of_every_unit_is_a_fact(night: Installation) -> None:
    units = night.rows(
        "SELECT b.name, count(DISTINCT project_line_id), sum(amount_yuan) / 10000 "
        "FROM fact_project_funding f JOIN dim_body b ON b.body_id = f.spending_unit_id "
        "GROUP BY 1 ORDER BY 2 DESC"
    )
    assert units == [
        ("广州市数字政府运营中心", 37, 67756.89),
        ("广州市政务服务和数据管理局", 21, 16926.33),
        ("广州市政务服务中心", 7, 834.36),
        ("广州市市长专线电话受理中心", 5, 729.08),
    ]
    context = "SELECT DISTINCT fiscal_year, phase, amount_unit FROM statement"
    assert night.rows(context) == [(2026, "budget", "万元")]


def test_the_printed_total_holds_within_the_envelope(night: Installation) -> None:
    """合计 prints 86,246.64; 70 rounded projects sum to 86,246.66."""
    totals = night.rows(
        "SELECT printed_yuan, computed_yuan, envelope_yuan, verdict FROM control_total "
        "WHERE identity_id = 'grand_total_is_sum_of_projects' AND measure = 'total'"
    )
    assert totals == [
        (Decimal("862466400.00"), Decimal("862466600.00"), Decimal("3550.00"), "within_rounding")
    ]
    assert night.value("SELECT count(*) FROM control_total WHERE verdict = 'broken'") == 0
    assert night.value("SELECT count(*) FROM quarantine_item") == 0


def test_every_indicator_is_read(night: Installation) -> None:
    assert night.value("SELECT count(*) FROM performance_indicator") == 404
    kinds = dict(night.rows("SELECT kind, count(*) FROM performance_value GROUP BY 1"))
    assert kinds == {
        "number": 770, "qualitative": 12, "unparsed": 12, "frequency": 8, "reference": 4,
        "several": 2,
    }  # fmt: skip
    assert kinds["unparsed"] < 0.02 * sum(kinds.values())


def test_cited_cells_stand_on_their_page(night: Installation) -> None:
    """Every source has a box on a page of A3, as it is shown."""
    outside = (
        "SELECT count(*) FROM source_cell WHERE x0 IS NULL OR NOT "
        "(0 <= x0 AND x0 < x1 AND x1 <= 842.5 AND 0 <= y0 AND y0 < y1 AND y1 <= 1191.5)"
    )
    assert night.value("SELECT count(*) FROM source_cell") > 200
    assert night.value(outside) == 0


def test_without_its_sidecar_it_waits_and_lists_the_clues(document: Path, tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    shutil.copy(document, installation.settings.raw)
    installation.run()
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 0
    items = installation.rows("SELECT rule_id, expected, clues FROM quarantine_item ORDER BY 2")
    assert [(rule, field) for rule, field, _ in items] == [
        ("context_missing", "fiscal_year"), ("context_missing", "phase"),
    ]  # fmt: skip
    years = {clue["value"] for clue in json.loads(items[0][2])}
    assert {"2024", "2025", "2026", "2027"} <= years
    assert installation.value("SELECT count(*) FROM pending_project_funding") == 70
