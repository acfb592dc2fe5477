"""What a person reads on the page of a check: document, place, identity, figures, what to do."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import pytest

from pipelines.assets.launch import launch_nightly
from pipelines.load.build import Build, make_build
from pipelines.night import Night
from pipelines.publish.rollback import rollback
from tests.conftest import SEED_NAME, Installation
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG, WRONG_BY, documents

if TYPE_CHECKING:
    from dagster import AssetCheckEvaluation

    from pipelines.documents.readings import ReadingKey
    from pipelines.settings import Settings


def evaluations(settings: Settings) -> dict[str, AssetCheckEvaluation]:
    """Of the last run: check → what it said."""
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        (run_id,) = instance.get_run_ids(limit=1)
        logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
        found = [entry.dagster_event for entry in logs]
        return {
            event.asset_check_evaluation_data.check_name: event.asset_check_evaluation_data
            for event in found
            if event is not None
        }


def records(evaluation: AssetCheckEvaluation, name: str) -> list[dict[str, Any]]:
    value: Any = evaluation.metadata[name]
    return [dict(record.data) for record in value.records]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A book with a wrong total, and one without a year."""
    installation = Installation(tmp_path_factory.mktemp("books"), CONFIG)
    schedule = ("wrong_total", "without_year")
    write(documents(2, "jiangsu", 2, 1, schedule=schedule), installation.settings.raw)
    launched = launch_nightly(installation.settings, lambda _: None)
    assert launched.errors == []
    return installation


def test_a_broken_identity_is_told_with_document_meaning_figures_and_remedy(
    books: Installation,
) -> None:
    said = evaluations(books.settings)["hard_identities_hold"]
    assert not said.passed
    assert not said.blocking
    path, place, identity, zh = books.rows(
        "SELECT d.path, c.place, c.identity_id, c.label FROM control_total c "
        "JOIN statement USING (statement_id) JOIN dim_document d USING (document_id) "
        "WHERE verdict = 'broken' AND strength = 'hard' ORDER BY ALL"
    )[0]
    for expected in (path, place, identity, zh, "印 printed", "算 computed", "差 difference"):
        assert expected in (said.description or ""), expected
    rows = records(said, "rows")
    assert len(rows) == said.metadata["broken"].value
    first = rows[0]
    assert first["文件与位置 document, place"] == f"{path} {place}"
    assert " = " in first["恒等式 identity"]
    assert " / " in first["恒等式 identity"]
    (item,) = {row["处理 what to do"].split()[-1] for row in rows[:1]}
    assert books.value(f"SELECT count(*) FROM quarantine_item WHERE item_id LIKE '{item}%'") == 1
    figures = [first[name].replace(",", "") for name in ("印刷数 printed", "计算数 computed")]
    difference = float(first["差 difference"].replace(",", ""))
    assert float(figures[0]) - float(figures[1]) == difference
    assert abs(difference) >= WRONG_BY - 1
    assert "quarantine" in str(said.metadata["what_to_do"].value)


def test_what_waits_is_told_with_rule_and_command(books: Installation) -> None:
    said = evaluations(books.settings)["nothing_waits"]
    many = books.value("SELECT count(*) FROM quarantine_item")
    assert said.metadata["items_waiting"].value == many
    assert f"{many} in all" in (said.description or "")
    rows = records(said, "rows")
    assert len(rows) == min(many, 20)
    assert any("without_year" in row["文件与位置 document, place"] for row in rows)
    assert all(row["处理 what to do"].startswith("yusuan quarantine ") for row in rows)


def test_a_night_without_news_does_not_call_broken_things_whole(books: Installation) -> None:
    before = evaluations(books.settings)
    launched = launch_nightly(books.settings, lambda _: None)
    assert launched.errors == []
    after = evaluations(books.settings)
    assert {n: e.passed for n, e in after.items()} == {n: e.passed for n, e in before.items()}
    assert after["hard_identities_hold"].description == before["hard_identities_hold"].description
    assert "same as published" in (after["keys"].description or "")
    assert "news" in launched.told["candidate_build"]


def test_while_publishing_is_held_the_checks_say_so(
    seeded: Installation,
) -> None:
    seeded.put("b.txt", b"a\tb\n1\t2\n")
    seeded.run()
    rollback(seeded.settings, "why")
    assert launch_nightly(seeded.settings, lambda _: None).errors == []
    assert "rollback --resume" in (evaluations(seeded.settings)["keys"].description or "")


def test_a_broken_build_check_names_the_document_and_what_to_do(
    seeded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_build

    def doctored(settings: Settings, prints: dict[str, str], keys: list[ReadingKey]) -> Build:
        made = whole(settings, prints, keys)
        with duckdb.connect(str(made.path)) as connection:
            connection.execute("DELETE FROM fact_source WHERE role = 'amount'")
        return made

    monkeypatch.setattr("pipelines.night.make_build", doctored)
    seeded.put("another.txt", b"a\tb\n1\t2\n")
    launched = launch_nightly(seeded.settings, lambda _: None)
    said = evaluations(seeded.settings)["facts_have_sources"]
    assert (said.passed, said.blocking) == (False, True)
    assert f"7 × {SEED_NAME} 第1页" in (said.description or "")
    assert f"facts_have_sources: 7 × {SEED_NAME}" in launched.errors[0]
    rows = records(said, "broken_rows")
    columns: Any = said.metadata["broken_rows"]
    assert columns.schema.columns[0].name == "文件与位置 document, place"
    assert all(row["文件与位置 document, place"].startswith(SEED_NAME) for row in rows)
    assert "reprocess" in str(said.metadata["what_to_do"].value)


def test_steps_say_numbers_and_whose_rows_they_show(books: Installation) -> None:
    with closing(Night(books.settings)) as night:
        night.store.forget(night.keys())
    told = launch_nightly(books.settings, lambda _: None).told
    for asset in ("grids", "statements", "records", "conformed_records", "accepted_readings",
                  "raw_documents", "candidate_build"):  # fmt: skip
        assert any(isinstance(value, int | float) for value in told[asset].values()), asset
        assert told[asset].get("seconds", 0) >= 0, asset
    assert told["statements"]["documents"] == 2
    assert "wrong_total" in told["statements"]["preview_statement"]
    assert "context_missing" in told["accepted_readings"]["preview_quarantine_item"]
