"""The sensors as Dagster calls them; what they decide is tested without it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from dagster import DagsterRunStatus

from pipelines.assets import sensors
from pipelines.assets.sensors import is_under_way, night_failure, raw_changed, still_looking
from pipelines.documents.ledger import Event, Ledger
from tests.notices.receivers import webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Installation
    from tests.notices.receivers import Hook


@dg.op
def broken() -> None:
    raise ValueError("the disk is gone")


@dg.job(name="nightly")
def nightly() -> None:
    broken()


@pytest.fixture
def hook(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    installation.settings.warehouse.mkdir()
    with webhook() as receiver:
        for name, value in installation.settings.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("YUSUAN_NOTIFY", receiver.url)
        yield receiver


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


class Looks:
    """Ticks of the sensor, a minute apart, with its cursor carried on."""

    def __init__(self, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instance, self.cursor, self.now = instance, "", 1_000_000.0
        monkeypatch.setattr("pipelines.assets.sensors.time.time", lambda: self.now)

    def look(self) -> dg.SensorResult:
        self.now += sensors.LOOK_SECONDS
        context = dg.build_sensor_context(self.instance, cursor=self.cursor)
        result = raw_changed(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor or ""
        return result


def test_one_night_over_all_that_changed(
    installation: Installation,
    hook: Hook,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del hook
    looks = Looks(instance, monkeypatch)
    for n in range(3):  # files come in one by one
        installation.put(f"{n}.txt", b"x")
        assert not looks.look().run_requests
    assert not looks.look().run_requests
    run = instance.create_run_for_job(nightly, status=DagsterRunStatus.STARTED)
    assert not looks.look().run_requests
    assert "under way" in str(looks.look().skip_reason)
    instance.report_run_failed(run)
    (request,) = looks.look().run_requests or []
    assert request.run_key
    assert not looks.look().run_requests
    installation.settings.raw.rename(installation.settings.raw.with_name("away"))
    assert "does not exist" in str(looks.look().skip_reason)
    installation.settings.raw.with_name("away").rename(installation.settings.raw)
    assert "nothing new" in str(looks.look().skip_reason)


def test_a_run_that_died_long_ago_holds_nothing_up(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_under_way(instance)
    instance.create_run_for_job(nightly, status=DagsterRunStatus.STARTED)
    assert is_under_way(instance)
    monkeypatch.setattr(sensors, "LONGEST_NIGHT", -sensors.LONGEST_NIGHT)
    assert not is_under_way(instance)


def test_a_failed_night_is_told_once(hook: Hook, instance: dg.DagsterInstance) -> None:
    result = nightly.execute_in_process(instance=instance, raise_on_error=False)
    (event,) = [e for e in result.all_events if e.event_type_value == "PIPELINE_FAILURE"]
    context = dg.build_run_status_sensor_context(
        "night_failure", event, instance, result.dagster_run
    ).for_run_failure()
    night_failure(context)
    night_failure(context)
    (body,) = hook.bodies
    assert body["run_id"] == result.run_id
    assert "broken: ValueError: the disk is gone" in body["error"]


def test_a_night_whose_process_was_killed_says_so(hook: Hook, instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(nightly, status=DagsterRunStatus.STARTED)
    instance.report_engine_event("terminated by signal 9 (SIGKILL)", run)
    event = instance.report_run_failed(run)
    context = dg.build_run_status_sensor_context("night_failure", event, instance, run)
    night_failure(context.for_run_failure())
    (body,) = hook.bodies
    assert "SIGKILL" in body["error"]


def test_looks_without_news_are_shown_to_dagster(
    installation: Installation, hook: Hook, instance: dg.DagsterInstance
) -> None:
    def events() -> int:
        result = still_looking(dg.build_sensor_context(instance))
        assert isinstance(result, dg.SensorResult)
        for event in result.asset_events:
            assert isinstance(event, dg.AssetMaterialization)
            instance.report_runless_asset_event(event)
        return len(result.asset_events)

    assert events() == 0
    Ledger(installation.settings.ledger).append([Event("checked")])
    assert [events(), events()] == [1, 0]
    Ledger(installation.settings.ledger).append([Event("checked")])
    assert [events(), events()] == [1, 0]
    latest = instance.get_latest_materialization_event(dg.AssetKey("raw_documents"))
    assert latest is not None
    assert abs(latest.timestamp - datetime.now(UTC).timestamp()) < 60
    assert hook.bodies == []
