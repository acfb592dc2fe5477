"""Re-ingest from the launchpad: what is named is looked up before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from pipelines.assets.definitions import defs
from pipelines.assets.launch import dagster_home, failure
from pipelines.assets.sensors import night_failure
from pipelines.documents.ledger import Ledger
from pipelines.night import Night
from pipelines.publish.flip import current_build_id
from tests.conftest import SEED_NAME, Installation
from tests.notices.receivers import webhook

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def instance(seeded: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    for name, value in seeded.settings.environment().items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.from_config(dagster_home(seeded.settings)) as found:
        yield found


def run(instance: dg.DagsterInstance, **asked: Any) -> dg.ExecuteInProcessResult:
    job = defs.resolve_job_def("reingest")
    return job.execute_in_process(run_config=asked, instance=instance, raise_on_error=False)


def test_a_place_and_a_year_are_read_again_and_published(
    seeded: Installation, instance: dg.DagsterInstance
) -> None:
    before = current_build_id(seeded.settings)
    rows = seeded.rows("SELECT * FROM fact_project_funding ORDER BY ALL")
    result = run(instance, places=["广州"], years=[2023], why="换了版式 / a new layout")
    assert result.success
    (event,) = Ledger(seeded.settings.ledger).events("reprocessed")
    assert event.detail == {
        "places": ["广州"], "years": [2023], "why": "换了版式 / a new layout", "readings": 1,
    }  # fmt: skip
    made = {
        one.asset_key.to_user_string(): one.metadata
        for event in result.get_asset_materialization_events()
        for one in [event.step_materialization_data.materialization]
    }
    assert made["raw_documents"]["read_again"].value == 1
    assert SEED_NAME in str(made["raw_documents"]["preview_read_again"].value)
    assert made["statements"]["documents"].value == 1
    assert current_build_id(seeded.settings) != before
    assert seeded.rows("SELECT * FROM fact_project_funding ORDER BY ALL") == rows


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "nothing is named"),
        ({"years": [2023, 1999]}, "已有年度 years: 2023"),
        ({"places": ["深圳"]}, "440112 广州市黄埔区"),
        ({"documents": ["nowhere.txt"]}, "0 documents fit"),
    ],
)
def test_what_is_not_there_is_told_and_nothing_is_done(
    asked: dict[str, Any], expected: str, seeded: Installation, instance: dg.DagsterInstance
) -> None:
    ledger = Ledger(seeded.settings.ledger)
    before = ledger.last_data_event()
    index = Night(seeded.settings).store.index()
    result = run(instance, **asked)
    assert not result.success
    said = next(said for event in result.all_events if (said := failure(event)))
    assert "nothing was done" in said
    assert expected in said
    assert ledger.last_data_event() == before
    assert Night(seeded.settings).store.index() == index
    assert ledger.events("reprocessed") == []


def test_nobody_is_woken_because_a_person_mistyped(
    seeded: Installation, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    del seeded
    with webhook() as hook:
        monkeypatch.setenv("YUSUAN_NOTIFY", hook.url)
        for asked in ({"years": [1999]}, {"documents": [SEED_NAME]}):
            if "documents" in asked:  # what fails later is told
                monkeypatch.setattr(Night, "extract", _broken)
            result = run(instance, **asked)
            assert not result.success
            (event,) = [e for e in result.all_events if e.is_failure and not e.is_step_event][:1]
            night_failure(
                dg.build_run_status_sensor_context(
                    "night_failure", event, instance, result.dagster_run
                ).for_run_failure()
            )
    (body,) = hook.bodies
    assert "the disk is gone" in body["error"]


def _broken(_: Night) -> None:
    raise ValueError("the disk is gone")
