"""Dagster's own state, kept bounded: runs, their events and logs; and runs whose process died.

Dagster deletes a run's rows, but neither the file that held its events, nor the results of its
checks, nor its logs. What belongs to no run that Dagster knows is deleted here.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import dagster as dg
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from pipelines.settings import Settings

_FINISHED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
#: Events of no run (a look without news, a change of freshness): so many of the newest are kept.
_KEEP_RUNLESS = 1000
#: SQLite waits so many seconds for another writer.
_BUSY_SECONDS = 20.0
#: In Dagster's index of events; ``gone`` holds the runs that Dagster knows no more.
_CLEAN_INDEX = f"""
DELETE FROM asset_check_executions WHERE run_id IN (SELECT run_id FROM gone);
DELETE FROM event_logs WHERE run_id IN (SELECT run_id FROM gone);
DELETE FROM event_logs WHERE run_id = '' AND id NOT IN
    (SELECT id FROM event_logs WHERE run_id = '' ORDER BY id DESC LIMIT {_KEEP_RUNLESS});
DELETE FROM asset_event_tags WHERE event_id NOT IN (SELECT id FROM event_logs);
"""  # noqa: S608 - a constant of this file


def tidy(settings: Settings, instance: DagsterInstance) -> list[str]:
    """Keep the newest ``keep_runs`` finished runs and all that are under way; return what went.

    Pages that are freed are used again, so the files of SQLite stop growing.

    Raises:
        OSError, sqlite3.Error: a file cannot be deleted, or is locked for long.
    """
    if Path(instance.root_directory) != settings.dagster_home:
        return []  # another home, as in tests: not ours to tidy
    shards, logs = _shards(settings), _logs(settings)
    named = {*shards, *logs, *_index_runs(settings)}  # before runs are asked for: none is too new
    finished = instance.get_run_ids(filters=RunsFilter(statuses=_FINISHED))
    old = list(finished[settings.keep_runs :])
    for run_id in old:
        instance.delete_run(run_id)
    gone = sorted(named - set(instance.get_run_ids()))
    for run_id in gone:
        for suffix in ("", "-wal", "-shm"):
            if run_id in shards:
                Path(f"{shards[run_id]}{suffix}").unlink(missing_ok=True)
        if run_id in logs:
            shutil.rmtree(logs[run_id], ignore_errors=True)
    _clean_index(settings, gone)
    return old


class RunMark:
    """Which run writes now: a file beside the warehouse that outlives a process that dies."""

    def __init__(self, settings: Settings) -> None:
        """Of this installation. The caller holds the writer's lock."""
        self._path = settings.warehouse / ".running"

    def read(self) -> str | None:
        """The run that holds the lock, or that died with it."""
        try:
            return self._path.read_text(encoding="utf-8").strip() or None
        except OSError:
            return None

    def write(self, run_id: str) -> None:
        """This run writes from now on."""
        self._path.write_text(run_id, encoding="utf-8")

    def clear(self) -> None:
        """It ended."""
        self._path.unlink(missing_ok=True)


def bury(settings: Settings, instance: DagsterInstance) -> dg.DagsterRun | None:
    """Report as failed the run that died while it held the lock, which is ours now; return it.

    Dagster itself would show it as under way for ever.
    """
    run_id = RunMark(settings).read()
    run = instance.get_run_by_id(run_id) if run_id is not None else None
    if run is None or run.is_finished:
        return None
    instance.report_run_failed(
        run,
        "进程中途结束，未报告结果（断电、内存不足或被终止）/ its process ended without a word "
        "(power, memory, or killed); the night after it goes on where it was",
    )
    return run


def _shards(settings: Settings) -> dict[str, Path]:
    """Run → the file of its events."""
    found = (settings.dagster_home / "history" / "runs").glob("*.db")
    return {path.stem: path for path in found if _is_run(path.stem)}


def _logs(settings: Settings) -> dict[str, Path]:
    """Run → the directory of its logs."""
    found = (settings.dagster_home / "storage").glob("*")
    return {path.name: path for path in found if path.is_dir() and _is_run(path.name)}


def _is_run(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def _index_runs(settings: Settings) -> set[str]:
    """Runs that the index of events knows."""
    if not _index(settings).exists():
        return set()
    sql = "SELECT run_id FROM event_logs UNION SELECT run_id FROM asset_check_executions"
    with closing(sqlite3.connect(_index(settings), timeout=_BUSY_SECONDS)) as connection:
        return {run_id for (run_id,) in connection.execute(sql) if run_id and _is_run(run_id)}


def _clean_index(settings: Settings, gone: list[str]) -> None:
    if not _index(settings).exists():
        return
    with closing(sqlite3.connect(_index(settings), timeout=_BUSY_SECONDS)) as connection:
        connection.execute("CREATE TEMPORARY TABLE gone (run_id TEXT PRIMARY KEY)")
        connection.executemany("INSERT INTO gone VALUES (?)", [(run_id,) for run_id in gone])
        for statement in _CLEAN_INDEX.split(";"):
            connection.execute(statement)
        connection.commit()


def _index(settings: Settings) -> Path:
    return settings.dagster_home / "history" / "runs" / "index.db"
