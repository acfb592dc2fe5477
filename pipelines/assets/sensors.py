"""What the daemon watches: raw/, failed nights, and whether anybody still looks at all.

Thin: what is decided stands in ``documents.watching`` and ``notices``. All three run by default,
since an installation that starts a daemon wants its nights.
"""

import time
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster import DagsterEvent, DagsterEventType, DagsterInstance, DagsterRunStatus

from pipelines.assets.launch import failure
from pipelines.assets.reingest import reingest_job
from pipelines.assets.schedules import nightly_job
from pipelines.documents.freshness import Freshness
from pipelines.documents.watching import Watch, decide, sight
from pipelines.notices.message import night_failed
from pipelines.notices.outbox import tell
from pipelines.notices.watch import watch
from pipelines.settings import Settings

#: Seconds between looks. A settling time shorter than this still takes two looks.
LOOK_SECONDS, WATCH_SECONDS = 60, 600
#: A run that began longer ago and has not ended died unheard: it holds nothing up.
LONGEST_NIGHT = timedelta(hours=24)
_UNDER_WAY = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


@dg.sensor(
    job=nightly_job,
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="raw/ 有变化且已稳定时开始一次入库 / Starts one night over all that changed in "
    "raw/, once nothing changes any more.",
)
def raw_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """One look; the cursor holds what the last one saw."""
    settings = Settings.resolve()
    seen = sight(settings)
    if seen is None:
        said = f"{settings.raw} 不存在 / does not exist"
        return dg.SensorResult(skip_reason=said, cursor=context.cursor)
    decision = decide(
        Watch.read(context.cursor),
        seen,
        time.time(),
        settings.settle_seconds,
        busy=is_under_way(context.instance),
    )
    if decision.run_key is None:
        return dg.SensorResult(skip_reason=decision.why, cursor=decision.watch.text())
    context.log.info(decision.why)
    request = dg.RunRequest(run_key=decision.run_key)
    return dg.SensorResult(run_requests=[request], cursor=decision.watch.text())


def is_under_way(instance: DagsterInstance) -> bool:
    """Whether a run is queued or in progress, of the daemon or of the command line."""
    since = datetime.now(UTC) - LONGEST_NIGHT
    filters = dg.RunsFilter(statuses=_UNDER_WAY, updated_after=since)
    return instance.get_runs_count(filters) > 0


@dg.run_failure_sensor(
    monitored_jobs=[nightly_job, reingest_job],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="失败的一夜通知到人 / Tells people that a night failed.",
)
def night_failure(context: dg.RunFailureSensorContext) -> None:
    """One notice for each failed run; one that was told already is not told again.

    A person who named what is not there (``read_again``) sees it where it was typed.
    """
    settings = Settings.resolve()
    failed = context.get_step_failure_events()
    if failed and all(event.step_failure_data.user_failure_data for event in failed):
        return
    steps = [said for event in failed if (said := failure(event))]
    run_id = context.dagster_run.run_id
    error = "\n".join(steps) or _outside_steps(context.instance, run_id, context.failure_event)
    tell(settings, night_failed(settings, error, run_id))


def _outside_steps(instance: DagsterInstance, run_id: str, event: DagsterEvent) -> str:
    """Why a run failed of which no step did: what its process said, or what was said of it."""
    engine = instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT)
    return "\n".join([failure(event) or "?", *(entry.message for entry in engine[-1:])])


@dg.sensor(
    minimum_interval_seconds=WATCH_SECONDS,
    asset_selection=[dg.AssetKey("raw_documents")],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="是否仍有人查看 raw/；补发未送达的通知 / Whether anybody still looks at raw/; "
    "sends what could not be sent before.",
)
def still_looking(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Tell if the last look is too old; show Dagster looks of the command line without news."""
    found = watch(Settings.resolve())
    if found is None:
        return dg.SensorResult(skip_reason="台账无法读取 / the ledger cannot be read")
    events = _unseen(context.instance, found)
    skip = dg.SkipReason(f"最近检查 last look: {found.text()}")
    return dg.SensorResult(asset_events=events, skip_reason=None if events else skip)


def _unseen(instance: DagsterInstance, found: Freshness) -> list[dg.AssetMaterialization]:
    """The last look, if it was one that started no run because there was no news."""
    if found.last_check_utc is None:
        return []
    key = dg.AssetKey("raw_documents")
    last = instance.get_latest_materialization_event(key)
    if last is not None and last.timestamp >= found.last_check_utc.timestamp():
        return []
    said = {"last_look_utc": found.last_check_utc.isoformat(), "news": "无变化 / none"}
    return [dg.AssetMaterialization(key, metadata=said)]
