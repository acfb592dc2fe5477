"""Run the nightly job in this process, on the installation's own Dagster home.

Also a program that makes this home and brings it up to date, before Dagster's own programs start:
``python -m pipelines.assets.launch``.
"""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster import DagsterEvent, DagsterEventType, EventLogEntry
from dagster._core.events import JobFailureData
from dagster_shared.error import SerializableErrorInfo

from pipelines.documents.disk import said_if_full
from pipelines.documents.ledger import Ledger
from pipelines.notices.message import night_failed
from pipelines.notices.outbox import tell
from pipelines.settings import Settings

#: How Dagster keeps its own state. What it cannot say here is done by ``housekeeping``.
DAGSTER_YAML = """\
# Written by yusuan, and rewritten by later versions as long as nobody changes it.
telemetry:
  enabled: false
# No dialogue that asks whoever opens the interface for an address.
nux:
  enabled: false
# Ticks of schedules and sensors: a sensor looks every minute and mostly finds nothing.
retention:
  schedule:
    purge_after_days: 30
  sensor:
    purge_after_days:
      skipped: 1
      success: 30
      failure: 30
      started: 30
# A run whose process died is not under way for ever.
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_runtime_seconds: 86400
freshness:
  enabled: true
"""
#: What earlier versions wrote: replaced, since nobody changed it.
_FORMER = (
    "telemetry:\n  enabled: false\n",
    DAGSTER_YAML.replace(
        "# No dialogue that asks whoever opens the interface for an address.\n"
        "nux:\n  enabled: false\n",
        "",
    ),
)


@dataclass(frozen=True)
class Launched:
    """How a run ended: its id, what failed, step by step, and what each asset's step told."""

    run_id: str
    errors: list[str]
    told: dict[str, dict[str, Any]] = field(default_factory=dict)


def dagster_home(settings: Settings) -> str:
    """The installation's Dagster home, made if it is not there.

    ``dagster.yaml`` is written if it is missing, and rewritten if it is what an earlier version
    wrote; one that the operator changed is left as it is.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    if not path.exists() or path.read_text(encoding="utf-8") in _FORMER:
        temporary = path.with_suffix(".tmp")
        temporary.write_text(DAGSTER_YAML, encoding="utf-8")
        temporary.replace(path)
    return str(home)


def launch_nightly(settings: Settings, on_step: Callable[[str], None]) -> Launched:
    """Run the nightly job; ``on_step`` hears the name of each step as it begins.

    The installation's settings go to the assets by environment variables, as they do in a
    daemon. A run that failed is told to people.

    Raises:
        DiskFullError: there is no room for Dagster's own log of the run.
    """
    home = dagster_home(settings)
    with _environment({**settings.environment(), "DAGSTER_HOME": home}), said_if_full(settings):
        launched = _launch(settings, home, on_step)
    if launched.errors:
        tell(settings, night_failed(settings, "\n".join(launched.errors), launched.run_id))
    return launched


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Set environment variables for a time."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _launch(settings: Settings, home: str, on_step: Callable[[str], None]) -> Launched:
    from pipelines.assets.definitions import defs

    ledger = Ledger(settings.ledger)
    failed_before = len(ledger.events("build_failed"))
    run_id = str(uuid.uuid4())

    def hear(entry: EventLogEntry) -> None:
        event = entry.dagster_event
        if event is not None and event.event_type == DagsterEventType.STEP_START and event.step_key:
            on_step(event.step_key)

    with dg.DagsterInstance.from_config(home) as instance:
        instance.add_event_listener(run_id, hear)
        result = defs.resolve_job_def("nightly").execute_in_process(
            run_id=run_id,
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        errors = [said for event in result.all_events if (said := failure(event))]
    if result.success:
        return Launched(run_id, [], _told(result.all_events))
    failed = ledger.events("build_failed")[failed_before:]
    messages = [event.detail["message"] for event in failed] + errors
    return Launched(run_id, messages or [f"Dagster: run {run_id} failed"])


def _told(events: Sequence[DagsterEvent]) -> dict[str, dict[str, Any]]:
    """The metadata of what was materialised, by asset."""
    made = [
        event.step_materialization_data.materialization
        for event in events
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION
    ]
    return {
        one.asset_key.to_user_string(): {name: value.value for name, value in one.metadata.items()}
        for one in made
    }


def failure(event: DagsterEvent) -> str | None:
    """What a failed step, or a run that failed outside of steps, said.

    That is the first cause that is not Dagster's own wrapping.
    """
    if event.event_type == DagsterEventType.STEP_FAILURE:
        return f"{event.step_key}: {_cause(event.step_failure_data.error) or event.message}"
    if event.event_type == DagsterEventType.RUN_FAILURE:
        data = event.event_specific_data  # none if it was marked as failed from outside
        error = data.error if isinstance(data, JobFailureData) else None
        return _cause(error) or event.message
    return None


def _is_wrapping(error: SerializableErrorInfo) -> bool:
    name = error.cls_name or ""
    return name.startswith(("Dagster", "RetryRequested"))


def _cause(error: SerializableErrorInfo | None) -> str | None:
    while error is not None and error.cause and _is_wrapping(error):
        error = error.cause
    return error.message.strip() if error is not None else None


if __name__ == "__main__":
    dagster_home(Settings.resolve())
