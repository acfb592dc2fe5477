"""The nightly job in this process, as the command line runs it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg
import duckdb

from pipelines.assets.launch import launch_nightly
from pipelines.documents.lock import acquire
from pipelines.load.build import Build, make_build
from pipelines.publish.flip import current_build_id
from tests.notices.receivers import webhook

if TYPE_CHECKING:
    import pytest

    from pipelines.documents.readings import ReadingKey
    from pipelines.settings import Settings
    from tests.conftest import Installation


def test_job_publishes_the_seed_and_says_its_steps(installation: Installation) -> None:
    installation.put_seed()
    steps: list[str] = []
    launched = launch_nightly(installation.settings, steps.append)
    assert launched.errors == []
    assert steps[0] == "raw_documents"
    assert steps[-2:] == ["published", "report"]
    assert "穗港科技合作园" in installation.settings.report.read_text(encoding="utf-8")
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 7
    with dg.DagsterInstance.from_config(str(installation.settings.dagster_home)) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey("fact_project_funding"))
        assert event is not None
        assert event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
        assert metadata["dagster/row_count"].value == 7
        shown = str(metadata["preview"].value)
        assert "| 1,500,000.00 |" in shown.splitlines()[2], shown  # the largest first
        assert "穗港科技合作园" in shown
        assert not re.search("[0-9a-f]{20}", shown)  # names, not keys
        numbers = {n for n, v in metadata.items() if isinstance(v.value, int | float)}
        assert {"bodies", "years", "budget_yuan"} <= numbers

    build = current_build_id(installation.settings)
    assert launch_nightly(installation.settings, steps.append).errors == []
    assert current_build_id(installation.settings) == build


def test_broken_check_stops_the_run_before_publishing(
    seeded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A candidate without provenance is not published, not then and not later; the run says so."""
    build = current_build_id(seeded.settings)
    whole = make_build

    def doctored(settings: Settings, prints: dict[str, str], keys: list[ReadingKey]) -> Build:
        made = whole(settings, prints, keys)
        with duckdb.connect(str(made.path)) as connection:
            connection.execute("DELETE FROM fact_source")
        return made

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.night.make_build", doctored)
        seeded.put("another.txt", b"a\tb\n1\t2\n")
        launched = launch_nightly(seeded.settings, lambda _: None)
    assert "facts_have_sources: 48 ×" in launched.errors[0], launched.errors
    assert current_build_id(seeded.settings) == build
    assert seeded.value("SELECT count(*) FROM fact_project_funding") == 7

    assert launch_nightly(seeded.settings, lambda _: None).errors == []
    assert seeded.value("SELECT count(*) FROM dim_document") == 2
    assert seeded.value("SELECT count(*) FROM fact_source") > 0


def test_failure_names_step_and_cause_and_is_told(installation: Installation) -> None:
    installation.settings.raw.rmdir()
    before = dict(os.environ)
    with webhook() as hook:
        settings = replace(installation.settings, notify=(hook.url,))
        launched = launch_nightly(settings, lambda _: None)
    assert len(launched.errors) >= 1
    assert launched.errors[0].startswith("raw_documents")
    assert str(settings.raw) in launched.errors[0]
    (body,) = hook.bodies
    assert body["run_id"] == launched.run_id
    assert launched.errors[0] in body["error"]
    assert dict(os.environ) == before


def test_lock_is_held_while_a_run_lasts_and_freed_after(installation: Installation) -> None:
    installation.put_seed()
    held: list[bool] = []
    from pipelines.documents.lock import writer_lock

    lock = writer_lock(installation.settings)
    launch_nightly(installation.settings, lambda _: held.append(lock.is_locked))
    assert all(held)
    assert len(held) == 9
    assert not lock.is_locked
    acquire(installation.settings).release()
