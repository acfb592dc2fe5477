"""Run the nightly job in this process, on the installation's own Dagster home."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import dagster as dg
from dagster import DagsterEvent, DagsterEventType, EventLogEntry

from pipelines.documents.disk import said_if_full
from pipelines.documents.ledger import Ledger
from pipelines.settings import Settings

#: Dagster's event log is observability; telemetry is off.
DAGSTER_YAML = "telemetry:\n  enabled: false\n"


@dataclass(frozen=True)
class Launched:
    """How a run ended: its id, and what failed, step by step."""

    run_id: str
    errors: list[str]


def dagster_home(settings: Settings) -> str:
    """The installation's Dagster home, made if it is not there."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(DAGSTER_YAML, encoding="utf-8")
    return str(home)


def launch_nightly(settings: Settings, on_step: Callable[[str], None]) -> Launched:
    """Run the nightly job; ``on_step`` hears the name of each step as it begins.

    The installation's directories go to the assets by environment variables, as they do in a
    daemon.

    Raises:
        DiskFullError: there is no room for Dagster's own log of the run.
    """
    with said_if_full(settings):
        return _launch(settings, on_step)


def _launch(settings: Settings, on_step: Callable[[str], None]) -> Launched:
    os.environ.update(settings.environment())
    os.environ["DAGSTER_HOME"] = dagster_home(settings)
    from pipelines.assets.definitions import defs

    ledger = Ledger(settings.ledger)
    failed_before = len(ledger.events("build_failed"))
    run_id = str(uuid.uuid4())

    def hear(entry: EventLogEntry) -> None:
        event = entry.dagster_event
        if event is not None and event.event_type == DagsterEventType.STEP_START and event.step_key:
            on_step(event.step_key)

    with dg.DagsterInstance.from_config(os.environ["DAGSTER_HOME"]) as instance:
        instance.add_event_listener(run_id, hear)
        result = defs.resolve_job_def("nightly").execute_in_process(
            run_id=run_id,
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        errors = [said for event in result.all_events if (said := _failure(event))]
    if result.success:
        return Launched(run_id, [])
    failed = ledger.events("build_failed")[failed_before:]
    messages = [event.detail["message"] for event in failed] + errors
    return Launched(run_id, messages or [f"Dagster: run {run_id} failed"])


def _failure(event: DagsterEvent) -> str | None:
    """What a failed step said: the first cause that is not Dagster's own wrapping."""
    if event.event_type == DagsterEventType.STEP_FAILURE:
        error = event.step_failure_data.error
        while error is not None and error.cause and (error.cls_name or "").startswith("Dagster"):
            error = error.cause
        return f"{event.step_key}: {error.message.strip() if error else event.message}"
    if event.event_type == DagsterEventType.RUN_FAILURE and event.message:
        return event.message
    return None
