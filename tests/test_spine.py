"""The seed through every floor: the figures it must give."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Installation


def test_seed_gives_its_true_figures(seeded: Installation) -> None:
    assert seeded.value("SELECT sum(amount_yuan) FROM fact_project_funding") == Decimal(
        "4206600.00"
    )
    assert seeded.value("SELECT count(*) FROM project_line") == 7
    assert seeded.value("SELECT count(*) FROM performance_indicator") == 25
    assert seeded.value("SELECT count(*) FROM performance_value") == 50
    kinds = dict(
        seeded.rows(
            "SELECT kind, count(*) FROM performance_value WHERE horizon = 'annual' GROUP BY kind"
        )
    )
    assert kinds == {"number": 18, "boolean": 1, "several": 1, "qualitative": 5}
    assert seeded.rows("SELECT DISTINCT verdict FROM control_total") == [("exact",)]
