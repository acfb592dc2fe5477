"""Dagster's own state stays bounded, and a run whose process died does not live on."""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from dagster import DagsterRunStatus
from dagster._core.definitions.run_request import InstigatorType

from pipelines.assets import housekeeping
from pipelines.assets.housekeeping import RunMark, bury, tidy
from pipelines.assets.launch import DAGSTER_YAML, dagster_home
from pipelines.assets.resources import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings
    from tests.conftest import Installation


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="thing")])
def thing() -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Leaves everything that a night leaves: events, a materialisation, a check, logs."""
    sys.stdout.write("said\n")
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


@dg.op
def broken() -> None:
    raise ValueError("broken")


@dg.job
def failing() -> None:
    broken()


@pytest.fixture
def settings(installation: Installation) -> Settings:
    return replace(installation.settings, keep_runs=3)


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(dagster_home(settings)) as found:
        yield found


def index(settings: Settings, sql: str) -> set[str]:
    path = settings.dagster_home / "history" / "runs" / "index.db"
    connection = sqlite3.connect(path)
    found = {value for (value,) in connection.execute(sql)}
    connection.close()
    return found


def test_old_runs_go_with_all_that_was_theirs(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [dg.materialize([thing], instance=instance).run_id for _ in range(4)]
    failed = failing.execute_in_process(instance=instance, raise_on_error=False).run_id
    under_way = instance.create_run_for_job(failing, status=DagsterRunStatus.STARTED).run_id
    monkeypatch.setattr(housekeeping, "_KEEP_RUNLESS", 2)
    for _ in range(3):
        instance.report_runless_asset_event(dg.AssetMaterialization("thing"))
    assert sorted(tidy(settings, instance)) == sorted(runs[:2])
    kept = {*runs[2:], failed, under_way}
    assert set(instance.get_run_ids()) == kept
    home = settings.dagster_home
    shards = {path.stem for path in (home / "history" / "runs").glob("*.db")}
    assert shards - {"index", ".db", ""} <= kept
    assert {path.name for path in (home / "storage").iterdir()} <= kept
    assert index(settings, "SELECT run_id FROM asset_check_executions") == set(runs[2:])
    assert index(settings, "SELECT run_id FROM event_logs") - {""} <= kept
    events = "SELECT event_id FROM asset_event_tags EXCEPT SELECT id FROM event_logs"
    assert index(settings, events) == set()
    assert instance.get_latest_materialization_event(dg.AssetKey("thing")) is not None
    assert instance.all_logs(runs[3])
    assert tidy(settings, instance) == []


def test_another_home_is_not_tidied(settings: Settings) -> None:
    with dg.DagsterInstance.ephemeral() as other:
        for _ in range(4):
            dg.materialize([thing], instance=other)
        assert tidy(settings, other) == []
        assert len(other.get_run_ids()) == 4


def test_that_old_runs_cannot_be_deleted_is_said_and_fails_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)

    def stuck(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("pipelines.assets.resources.tidy", stuck)

    @dg.op
    def nothing(warehouse: Warehouse) -> None:
        del warehouse

    @dg.job(resource_defs={"warehouse": Warehouse()})
    def job() -> None:
        nothing()

    assert job.execute_in_process(raise_on_error=False).success


def test_a_run_whose_process_died_is_reported_failed_once(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    settings.warehouse.mkdir(exist_ok=True)
    mark = RunMark(settings)
    assert mark.read() is None
    assert bury(settings, instance) is None
    run = instance.create_run_for_job(failing, status=DagsterRunStatus.STARTED)
    mark.write(run.run_id)
    dead = bury(settings, instance)
    assert dead is not None
    assert dead.run_id == run.run_id
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    assert found.status is DagsterRunStatus.FAILURE
    assert bury(settings, instance) is None
    mark.write("a run that was deleted since")
    assert bury(settings, instance) is None
    mark.clear()
    mark.clear()
    assert mark.read() is None


def test_dagster_yaml_is_upgraded_unless_the_operator_changed_it(settings: Settings) -> None:
    path = settings.dagster_home / "dagster.yaml"
    dagster_home(settings)
    assert path.read_text("utf-8") == DAGSTER_YAML
    path.write_text("telemetry:\n  enabled: false\n", "utf-8")  # as 0.1 wrote it
    dagster_home(settings)
    assert path.read_text("utf-8") == DAGSTER_YAML
    path.write_text("telemetry:\n  enabled: false\nnux:\n  enabled: false\n", "utf-8")
    dagster_home(settings)
    assert "nux" in path.read_text("utf-8")


def test_dagster_understands_its_yaml(instance: dg.DagsterInstance) -> None:
    assert instance.telemetry_enabled is False
    assert instance.run_monitoring_enabled
    assert instance.freshness_enabled
    retention = instance.get_tick_retention_settings(InstigatorType.SENSOR)
    assert {status.value: days for status, days in retention.items()} == {
        "SKIPPED": 1, "SUCCESS": 30, "FAILURE": 30, "STARTED": 30,
    }  # fmt: skip
