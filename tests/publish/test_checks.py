"""Build checks: each names a candidate that was doctored to break it, and no other does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.documents.ledger import Ledger
from pipelines.night import Night
from pipelines.publish.checks import BuildCheckError, CheckResult, check_descriptions, run_checks
from pipelines.publish.flip import current_build_id
from tests.conftest import Installation
from tests.load.test_amounts import book, put
from tests.printing import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "f" * 20

#: Checks of tables and lists, not of what documents say.
OF_NO_DOCUMENT = ("shape", "gates")
#: Check → ways to break it.
DOCTORED: dict[str, list[str]] = {
    "shape": [
        "ALTER TABLE fact_project_funding ADD COLUMN surprise INTEGER",
        "ALTER TABLE performance_value ALTER clause_count TYPE BIGINT",
        "ALTER TABLE performance_value ALTER raw_text DROP NOT NULL",
        "COMMENT ON COLUMN dim_body.name IS 'something else'",
        "COMMENT ON TABLE dim_body IS NULL",
        "CREATE TABLE surprise (x INTEGER)",
    ],
    "keys": [
        "INSERT INTO statement_join FROM statement_join",
        """INSERT INTO fact_source SELECT * REPLACE ('other' AS rule_id)
        FROM fact_source WHERE role = 'project' LIMIT 1""",
    ],
    "references": [
        f"UPDATE performance_value SET indicator_id = '{OTHER}'",
        "DELETE FROM dim_fund_source WHERE fund_source_id = 'fiscal_appropriation'",
        f"UPDATE statement_context SET cell_id = '{OTHER}' WHERE cell_id IS NOT NULL",
    ],
    "gates": [
        "UPDATE mart_target_quality SET share = 2",
        "UPDATE statement_version SET reason = 'because'",
        "UPDATE dim_phase SET phase_order = 0",
    ],
    "no_unexplained_loss": [
        "UPDATE statement_version SET is_current = false",
        "UPDATE statement_version SET statement_id = NULL",
    ],
    "cells_accounted": [
        "UPDATE cell_accounting SET cell_count = cell_count + 1 WHERE disposition = 'title'",
        "DELETE FROM cell_accounting WHERE disposition = 'label'",
    ],
    "quarantined_cells_have_items": [
        """UPDATE cell_accounting SET disposition = 'quarantined' WHERE disposition = 'title'""",
    ],
    "facts_equal_controls": [
        """UPDATE fact_project_funding SET amount_yuan = amount_yuan + 0.01
        WHERE amount_yuan = 49000""",
        "DELETE FROM fact_project_funding WHERE amount_yuan = 49000",
    ],
    "facts_fed_once": [
        f"""INSERT INTO statement
        SELECT * REPLACE ('{OTHER}' AS statement_id) FROM statement;
        INSERT INTO statement_version
        SELECT * REPLACE ('{OTHER}' AS statement_version_id, '{OTHER}' AS statement_id,
                          2 AS version_no) FROM statement_version;
        UPDATE fact_performance_target SET statement_version_id = '{OTHER}'
        WHERE horizon = 'cycle'""",
    ],
    "facts_have_sources": [
        "DELETE FROM fact_source WHERE role = 'target'",
        "UPDATE fact_source SET char_to = char_to + 5000 WHERE role = 'amount'",
        "UPDATE fact_source SET char_to = char_from WHERE role = 'target'",
    ],
    "target_numbers_are_printed": [
        "UPDATE fact_performance_target SET low_value = low_value * 10 WHERE low_value = 80",
        "UPDATE fact_performance_target SET scale_exponent = 4 WHERE low_value = 80",
        "UPDATE fact_performance_target SET high_value = 1 WHERE high_value IS NULL",
    ],
    "controls_have_cells": [
        "DELETE FROM control_source WHERE side = 'computed'",
        "DELETE FROM control_source WHERE side = 'printed'",
        "UPDATE control_total SET part_count = part_count + 1",
    ],
    "facts_of_proven_statements": [
        "UPDATE statement SET status = 'withheld'",
        """UPDATE control_total SET verdict = 'broken'
        WHERE identity_id = 'grand_total_is_sum_of_units'""",
    ],
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed as published, to be copied."""
    installation = Installation(tmp_path_factory.mktemp("published"))
    installation.put_seed()
    installation.run()
    return installation.settings.published


#: Check → ways to break it in a book of several kinds of table.
OF_BOOKS: list[tuple[str, str]] = [
    ("facts_equal_controls",
     "UPDATE fact_expenditure_by_type SET amount_yuan = amount_yuan + 0.01"),
    ("facts_equal_controls", "DELETE FROM fact_expenditure_by_economic WHERE rowid = 0"),
    ("facts_equal_controls",  # a printed total, and with it what it is held against
     """UPDATE printed_amount SET amount_yuan = amount_yuan + 1000000
     WHERE row_parent IS NULL AND fact IS NULL AND row_axis = 'economic'"""),
    ("facts_fed_once",
     """UPDATE fact_appropriation_by_function SET statement_version_id = (
         SELECT statement_version_id FROM statement_version v
         JOIN statement s ON s.statement_id = v.statement_id
         WHERE s.kind = 'appropriation_by_function')
     WHERE function_class_id = '2010101'"""),
    ("facts_have_sources", "DELETE FROM fact_source WHERE role = 'amount'"),
    ("references", "DELETE FROM dim_function_class WHERE function_class_id = '2010108'"),
]  # fmt: skip


@pytest.fixture(scope="module")
def published_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of several kinds as published, to be copied."""
    installation = Installation(tmp_path_factory.mktemp("book"))
    put(installation, "book.txt", book())
    installation.run()
    return installation.settings.published


@pytest.mark.parametrize(("name", "sql"), OF_BOOKS)
def test_a_doctored_book_breaks_that_check(
    name: str, sql: str, published_book: Path, tmp_path: Path
) -> None:
    doctored = tmp_path / "candidate.duckdb"
    shutil.copy(published_book, doctored)
    assert all(result.passed for result in checked(doctored, published_book).values())
    with duckdb.connect(str(doctored)) as connection:
        connection.execute(sql)
    broken = checked(doctored, published_book)[name]
    assert not broken.passed
    assert "book.txt" in {row.get("document") for row in broken.examples}, broken.examples


def checked(path: Path, published: Path | None) -> dict[str, CheckResult]:
    return {result.name: result for result in run_checks(path, published, set())}


def test_what_was_published_holds_every_check(published: Path) -> None:
    results = checked(published, published)
    assert list(results) == list(check_descriptions())
    assert [result.name for result in results.values() if not result.passed] == []
    assert all(" / " in result.description for result in results.values())


def test_every_check_is_broken_by_something_here() -> None:
    assert set(DOCTORED) == set(check_descriptions())


@pytest.mark.parametrize(
    ("name", "sql"), [(name, sql) for name, doctored in DOCTORED.items() for sql in doctored]
)
def test_a_doctored_candidate_breaks_that_check_and_no_other(
    name: str, sql: str, published: Path, tmp_path: Path
) -> None:
    doctored = tmp_path / "candidate.duckdb"
    shutil.copy(published, doctored)
    with duckdb.connect(str(doctored)) as connection:
        connection.execute(sql)
    results = checked(doctored, published)
    assert [result.name for result in results.values() if not result.passed] == [name]
    broken = results[name]
    assert broken.failures >= len(broken.examples) > 0
    if name not in OF_NO_DOCUMENT:
        path = Installation.rows_of(published, "SELECT path FROM dim_document")[0][0]
        assert any(row.get("document") == path for row in broken.examples), broken.examples
        first = broken.examples[0].get("document", "")
        assert f"{name}: {broken.failures} × {first}" in str(BuildCheckError([broken]))


def test_a_statement_that_an_event_closed_is_no_loss(published: Path, tmp_path: Path) -> None:
    doctored = tmp_path / "candidate.duckdb"
    shutil.copy(published, doctored)
    with duckdb.connect(str(doctored)) as connection:
        connection.execute("UPDATE statement_version SET is_current = false")
        keys = connection.execute("SELECT statement_key_id FROM statement_version").fetchall()
    lost = {r.name: r for r in run_checks(doctored, published, set())}["no_unexplained_loss"]
    ((path,),) = Installation.rows_of(published, "SELECT path FROM dim_document")
    assert lost.examples == [{"statement_key_id": keys[0][0], "found": "lost", "document": path}]
    results = run_checks(doctored, published, {key for (key,) in keys})
    assert all(result.passed for result in results)


def test_a_printed_zero_above_blanks_is_the_sum_of_no_facts(installation: Installation) -> None:
    """One such document must not stop the night of all others."""
    zero = PLAIN.replace("合计\t30.00\t30.00\t", "合计\t30.00\t30.00\t0.00")
    installation.put_with_sidecar("zero.txt", zero.encode())
    assert installation.run().published
    assert installation.value("SELECT sum(amount_yuan)::INT FROM fact_project_funding") == 300_000


def test_a_failed_check_leaves_yesterdays_warehouse_and_is_noted(seeded: Installation) -> None:
    settings = seeded.settings
    yesterday = current_build_id(settings)
    seeded.put_with_sidecar("plain.txt", PLAIN.encode())
    night = Night(settings)
    night.take_in()
    for step in (night.extract, night.recognise, night.normalise, night.conform, night.validate):
        step()
    build = night.build()
    assert build is not None
    with duckdb.connect(str(build.path)) as connection:
        connection.execute("UPDATE statement SET status = 'partial'")
    with pytest.raises(BuildCheckError, match="facts_of_proven_statements") as raised:
        night.publish(build, night.check(build))
    assert [result.name for result in raised.value.broken] == ["facts_of_proven_statements"]
    assert current_build_id(settings) == yesterday
    assert seeded.value("SELECT count(*) FROM dim_document") == 1
    (event,) = Ledger(settings.ledger).events("build_failed")
    assert event.detail["build_id"] == build.build_id
    assert event.detail["broken"] == ["facts_of_proven_statements"]
    assert event.detail["message"] == str(raised.value)
    assert seeded.run().published
    assert seeded.value("SELECT count(*) FROM dim_document") == 2
