"""Two files of one 决算: what both print is one statement, what differs waits, what lacks is said.

``good``: the published final accounts; ``bad``: the same book with a table left out, figures
missing from another, and a heading of a template (``tests/corpus_tables.csv``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.documents.archive import sha256_of
from tests.corpus import CORPUS
from tests.corpus.outcome import census, take_in

if TYPE_CHECKING:
    from tests.conftest import Installation

GOOD = "d45e923176f9fe4b6533829d3a2fe67f8cbcd55d07099dabf73aca62701f8eb5"
BAD = "6a2eb604435934e74841b798cc9b764919a84ee1bade05adc07669d029a68e83"
THREE, SPENT = "three_public", "expenditure_summary"
COUNTED = """
SELECT s.kind, count(DISTINCT s.document_id), count(DISTINCT v.statement_version_id)
FROM statement s LEFT JOIN statement_version v USING (statement_key_id) GROUP BY s.kind
"""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = CORPUS / "shanghai"
    paths = [p for p in sorted(place.glob("*.pdf")) if sha256_of(p.read_bytes()) in {GOOD, BAD}]
    if not paths:
        pytest.skip(f"no corpus at {CORPUS}: the two files of one book are not compared")
    return take_in(tmp_path_factory.mktemp("versions"), paths)


@pytest.mark.slow
def test_equal_tables_are_one_statement_with_two_sources(night: Installation) -> None:
    mine = census().filter(census()["document_id"].is_in([GOOD, BAD]))
    kinds = set(mine.filter(mine["kind"] != "not_budget")["kind"])
    counted = {kind: (documents, versions) for kind, documents, versions in night.rows(COUNTED)}
    assert set(counted) == kinds
    assert counted.pop(SPENT) == (1, 1)
    assert counted.pop(THREE) == (2, 1)
    assert len(counted) == 7
    assert set(counted.values()) == {(2, 1)}


@pytest.mark.slow
def test_the_table_that_differs_waits_and_replaces_nothing(night: Installation) -> None:
    current = night.rows(
        "SELECT s.document_id FROM statement s JOIN statement_version v USING (statement_id) "
        f"WHERE s.kind = '{THREE}' AND v.is_current"
    )
    assert current == [(GOOD,)]
    printed = night.rows(
        "SELECT DISTINCT fact, phase, amount_yuan::VARCHAR FROM comparative_figure"
    )
    assert printed == [("fact_three_public", "budget", "9500.00")]
    assert _rules(night, BAD, THREE) == {"parts_missing", "version_conflict"}
    assert _rules(night, GOOD, THREE) == set()


@pytest.mark.slow
def test_what_the_second_file_lacks_is_named(night: Installation) -> None:
    said = night.rows(
        f"SELECT rule_id, place, found FROM quarantine_item WHERE document_id = '{BAD}' "
        "AND rule_id IN ('table_not_printed', 'heading_unfilled') ORDER BY rule_id"
    )
    assert [(rule, place[-2:]) for rule, place, _ in said] == [
        ("heading_unfilled", "p7"),
        ("table_not_printed", "p2"),
    ]
    assert "XX局" in said[0][2]
    assert said[1][2].endswith("支出决算表")
    counts = night.rows("SELECT document_id, statements, complete FROM mart_coverage")
    assert {row[0]: row[1:] for row in counts} == {GOOD: (9, 9), BAD: (8, 7)}


@pytest.mark.slow
def test_body_year_and_phase_are_those_of_the_cover(night: Installation) -> None:
    told = night.rows(
        "SELECT DISTINCT b.name, s.fiscal_year, s.phase, s.consolidation FROM statement s "
        "JOIN dim_body b ON b.body_id = s.reporting_body_id"
    )
    assert told == [("上海市普陀区财政局", 2024, "final_accounts", "department")]


def _rules(night: Installation, document: str, kind: str) -> set[str]:
    return {
        rule
        for (rule,) in night.rows(
            "SELECT q.rule_id FROM quarantine_item q JOIN statement s USING (statement_id) "
            f"WHERE q.document_id = '{document}' AND s.kind = '{kind}'"
        )
    }
