"""The candidate build: the same ledger and archive give the same warehouse, and no clock."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.ledger import Ledger
from pipelines.night import Night
from schemas.registry import tables
from tests.builds import build_again, contents, rebuilt_elsewhere
from tests.conftest import Installation
from tests.printing import PLAIN, document, page, project, seed_text, unit

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Facts, a revision, a copy, a conflict, a withheld statement, a refusal, an absent file."""
    installation = Installation(tmp_path_factory.mktemp("mixed"))
    installation.put_seed()
    installation.put_with_sidecar("plain.txt", PLAIN.encode())
    installation.put("binary.bin", b"\x00\x01")
    installation.run()
    installation.put_with_sidecar("copy.txt", seed_text().encode("gb18030"))
    installation.put_with_sidecar("plain.txt", PLAIN.replace("植树\t", "种树\t").encode())
    installation.put_with_sidecar("other.txt", PLAIN.replace("植树\t", "栽树\t").encode())
    rows = (unit("合计", "9", "9"), unit("乙局", "1", "1"), project("一", "1", "1"))
    broken = document(page(*rows, body="乙局"))
    installation.put_with_sidecar("broken.txt", broken.encode())
    installation.run()
    (installation.settings.raw / "copy.txt").unlink()
    installation.run()
    return installation


def test_two_builds_from_one_ledger_are_equal_row_by_row(
    mixed: Installation, tmp_path: Path
) -> None:
    published = contents(mixed.settings.published)
    assert {rule for (rule,) in mixed.rows("SELECT rule_id FROM quarantine_item")} == {
        "unsupported_media_type",
        "version_conflict",
        "identity_broken",
    }
    again = contents(rebuilt_elsewhere(mixed, tmp_path / "elsewhere"))
    assert {name for name in published if published[name] != again[name]} == set()
    filled = {name for name, rows in published.items() if rows}
    assert filled >= {"fact_project_funding", "statement_version", "pending_project_funding"}


@pytest.mark.parametrize("names", [("a.txt", "b.txt"), ("b.txt", "a.txt")])
def test_a_table_without_rows_is_in_conflict_with_one_that_has_them(
    installation: Installation, names: tuple[str, str]
) -> None:
    """Whichever is seen first: what states nothing never takes the place of what states figures."""
    whole, silent = names
    installation.put_with_sidecar(whole, PLAIN.encode())
    sha256 = installation.put_with_sidecar(silent, document(page()).encode())
    for _ in range(2):
        installation.run()
        current = "SELECT count(*) FROM statement_version WHERE is_current AND version_no = 1"
        assert installation.value(current) == 1
        assert installation.value("SELECT count(*) FROM fact_project_funding") > 0
        waiting = installation.rows("SELECT document_id, rule_id FROM quarantine_item")
        assert (sha256, "version_conflict") in waiting
        assert {document for document, _ in waiting} == {sha256}


def test_rebuilding_appends_nothing_to_the_ledger(seeded: Installation) -> None:
    settings = seeded.settings
    before = Ledger(settings.ledger).events()
    shutil.rmtree(settings.cache)
    build = build_again(Night(settings))
    assert Ledger(settings.ledger).events() == before
    assert contents(build.path) == contents(settings.published)


def test_batches_do_not_show_in_the_build(
    mixed: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.batches.BATCH", 2)
    again = contents(rebuilt_elsewhere(mixed, tmp_path / "elsewhere"))
    assert again == contents(mixed.settings.published)


def test_every_time_in_a_build_is_a_time_of_the_ledger(mixed: Installation) -> None:
    times = {event.at_utc for event in Ledger(mixed.settings.ledger).events()}
    found = [
        value
        for rows in contents(mixed.settings.published).values()
        for row in rows
        for value in row
        if isinstance(value, datetime)
    ]
    assert len(found) > 20
    assert set(found) <= times


def test_all_declared_tables_stand_in_the_build_in_order_of_their_keys(
    seeded: Installation,
) -> None:
    found = contents(seeded.settings.published)
    for name, spec in tables().items():
        places = [spec.column_names().index(column) for column in spec.key]
        keys = [tuple(row[place] for place in places) for row in found[name]]
        assert keys == sorted(keys), name
        assert len(set(keys)) == len(keys), name


def test_an_empty_installation_builds_an_empty_warehouse(installation: Installation) -> None:
    assert installation.run().published
    found = contents(installation.settings.published)
    filled = {name for name, rows in found.items() if rows}
    of_code_lists = {"dim_region", "dim_phase", "dim_fund_source", "dim_expenditure_type",
                     "dim_three_public", "dim_function_class", "function_class_name",
                     "dim_economic_class", "economic_class_name",
                     "dim_indicator_class", "dim_cofog", "dim_government_economic_class",
                     "dim_fund_group", "dim_indicator_group", "function_class_cofog",
                     "function_class_change", "function_class_read_on",
                     "economic_class_government", "fund_source_group",
                     "indicator_class_group", "feeding_rule"}  # fmt: skip
    assert filled == {*of_code_lists, "build_info"}


def test_an_installation_of_refusals_builds(installation: Installation) -> None:
    installation.put("a.pdf", b"%PDF-1.4")
    installation.put("b.bin", b"\x00\x01")
    installation.run()
    assert installation.value("SELECT count(*) FROM dim_document") == 2
    assert installation.value("SELECT count(*) FROM quarantine_item") == 2
