"""What a night publishes of the seed: each fact is what is printed, and sums say the total."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.archive import Archive
from pipelines.documents.media import decode_text
from pipelines.settings import Settings
from tests.conftest import SEED_TOTAL, Installation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def as_shipped(a_night_of_the_seed: Path) -> Installation:
    """The seed published, for tests that only read."""
    root = a_night_of_the_seed
    return Installation.of(Settings(raw=root / "raw", warehouse=root / "warehouse"))


class TestTruth:
    def test_every_fact_is_the_characters_of_the_archived_file(
        self, as_shipped: Installation
    ) -> None:
        archive = Archive(as_shipped.settings.archive)
        traced = as_shipped.rows(
            "SELECT c.document_id, s.role, c.text, c.char_from, c.char_to, s.char_from, s.char_to, "
            "f.amount_yuan::VARCHAR, t.clause_kind, t.low_value, t.high_value, i.name "
            "FROM fact_source s JOIN source_cell c USING (cell_id) "
            "LEFT JOIN fact_project_funding f USING (fact_id) "
            "LEFT JOIN fact_performance_target t USING (fact_id) "
            "LEFT JOIN performance_indicator i USING (indicator_id)"
        )
        facts = as_shipped.value("SELECT count(*) FROM fact_project_funding")
        targets = as_shipped.value("SELECT count(*) FROM fact_performance_target")
        assert len(traced) == 4 * facts + 3 * targets
        for sha256, role, text, start, end, left, right, amount, kind, low, high, name in traced:
            printed = decode_text(archive.get(sha256))[0][start:end]
            assert printed == text
            cited = printed[left:right]
            assert cited
            if role == "amount":
                assert Decimal(cited) * 10000 == Decimal(amount)
            elif role == "indicator":
                assert cited == name
            elif role == "target" and kind == "number":
                number = Decimal(re.findall(r"\d+(?:\.\d+)?", cited)[-1])
                assert number in {low, high}
            elif role == "target":
                assert cited in {"是", "否"}

    def test_additive_measures_give_the_printed_total_by_any_dimension(
        self, as_shipped: Installation
    ) -> None:
        dimensions = ("reporting_body_id", "spending_unit_id", "project_line_id", "fund_source_id",
                      "fiscal_year", "phase", "statement_version_id")  # fmt: skip
        for count in (1, 2):
            for chosen in itertools.combinations(dimensions, count):
                grouped = (
                    f"SELECT {', '.join(chosen)}, sum(amount_yuan) AS a "
                    "FROM fact_project_funding GROUP BY ALL"
                )
                assert as_shipped.value(f"SELECT sum(a) FROM ({grouped})") == SEED_TOTAL
        printed = as_shipped.rows("SELECT name, printed_total_yuan FROM project_line ORDER BY name")
        summed = as_shipped.rows(
            "SELECT name, sum(amount_yuan) FROM fact_project_funding JOIN project_line "
            "USING (project_line_id) GROUP BY 1 ORDER BY 1"
        )
        assert printed == summed
        controls = as_shipped.rows(
            "SELECT DISTINCT printed_yuan FROM control_total "
            "WHERE identity_id LIKE 'grand_total%' AND measure = 'total'"
        )
        assert controls == [(SEED_TOTAL,)]

    def test_dimensions_join_without_losing_or_doubling_a_fact(
        self, as_shipped: Installation
    ) -> None:
        joined = (
            "SELECT count(*), sum(amount_yuan) FROM fact_project_funding f "
            "JOIN dim_body b ON b.body_id = f.reporting_body_id "
            "JOIN dim_body u ON u.body_id = f.spending_unit_id "
            "JOIN project_line USING (project_line_id) "
            "JOIN bridge_project_identity USING (project_line_id) "
            "JOIN dim_project USING (project_id) JOIN dim_fund_source USING (fund_source_id) "
            "JOIN dim_fiscal_year USING (fiscal_year) JOIN dim_phase USING (phase) "
            "JOIN statement_version USING (statement_version_id)"
        )
        assert as_shipped.rows(joined) == [(7, SEED_TOTAL)]

    def test_marts_equal_the_facts(self, as_shipped: Installation) -> None:
        for mart in ("mart_funding_by_body_year", "mart_project_year"):
            assert as_shipped.value(f"SELECT sum(amount_yuan) FROM {mart}") == SEED_TOTAL
        assert as_shipped.rows(
            "SELECT sum(indicator_count), sum(annual_target_count) FROM mart_project_year"
        ) == as_shipped.rows(
            "SELECT (SELECT count(*) FROM performance_indicator), (SELECT sum(target_count) "
            "FROM fact_performance_target WHERE horizon = 'annual')"
        )
        assert as_shipped.value("SELECT project_count FROM mart_funding_by_body_year") == 7
        assert as_shipped.value("SELECT sum(value_count) FROM mart_target_quality") == 50
        shares = as_shipped.rows(
            "SELECT round(sum(share), 9) FROM mart_target_quality GROUP BY horizon"
        )
        assert shares == [(1.0,), (1.0,)]
