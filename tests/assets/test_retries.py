"""What is tried again and what is not: locks and disks, never a wrong program or document."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import pytest

from pipelines.assets import resources, retries
from pipelines.assets.floors import raw_documents
from pipelines.assets.launch import failure
from pipelines.assets.resources import Warehouse
from pipelines.assets.retries import retried
from pipelines.documents.ledger import LedgerError
from pipelines.documents.lock import WarehouseBusyError, acquire
from pipelines.documents.scan import RawDirectoryError

if TYPE_CHECKING:
    from filelock import FileLock

    from pipelines.settings import Settings
    from tests.conftest import Installation

LOCKED = duckdb.IOException('IO Error: Could not set lock on file "ledger.duckdb"')


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "LOCK_WAIT", 0)
    monkeypatch.setattr(retries, "IO_WAIT", 0)
    monkeypatch.setattr(retries, "LOCK_RETRIES", 4)


def caused(by: Exception) -> LedgerError:
    """As the ledger raises it."""
    error = LedgerError("the ledger cannot be opened")
    error.__cause__ = by
    return error


def tries(error: Exception, fails: int = 99) -> tuple[int, list[str]]:
    """How often a step is tried that fails so many times with this error, and what the run says."""
    count = 0

    @dg.op
    def step() -> None:
        nonlocal count
        count += 1
        with retried():
            if count <= fails:
                raise error

    @dg.job
    def once() -> None:
        step()

    result = once.execute_in_process(raise_on_error=False)
    return count, [said for event in result.all_events if (said := failure(event))]


@pytest.mark.parametrize(
    "error",
    [WarehouseBusyError("held"), LOCKED, caused(LOCKED), OSError(errno.EIO, "I/O error"),
     TimeoutError(), duckdb.IOException("IO Error: No space left on device")],
)  # fmt: skip
def test_a_lock_or_a_disk_that_fails_once_is_tried_again(error: Exception) -> None:
    assert tries(error, fails=1) == (2, [])


@pytest.mark.parametrize(
    "error",
    [ValueError("wrong"), RawDirectoryError("none"), KeyError("x"), FileNotFoundError("gone"),
     PermissionError("no"), duckdb.IOException("IO Error: not a valid DuckDB database file"),
     caused(duckdb.IOException("IO Error: not a valid DuckDB database file")),
     duckdb.ConstraintException("Constraint Error: NOT NULL")],
)  # fmt: skip
def test_a_wrong_program_or_document_is_not(error: Exception) -> None:
    count, said = tries(error)
    assert count == 1
    assert str(error) in said[0]


def test_it_gives_up_and_says_the_cause() -> None:
    count, said = tries(OSError(errno.EIO, "disk stutters"))
    assert count == 1 + retries.IO_RETRIES
    assert "disk stutters" in said[0]
    count, said = tries(WarehouseBusyError("held by pid 1"))
    assert count == 1 + 4
    assert "held by pid 1" in said[0]


def test_the_first_step_waits_for_the_lock(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Busy when the run begins and at the first try, free at the second."""
    for name, value in installation.settings.environment().items():
        monkeypatch.setenv(name, value)
    asked: list[float] = []

    def busy_twice(settings: Settings, wait_seconds: float = 0) -> FileLock:
        asked.append(wait_seconds)
        if len(asked) < 3:
            raise WarehouseBusyError("held by pid 1")
        return acquire(settings)

    monkeypatch.setattr(resources, "acquire", busy_twice)
    warehouse: Any = Warehouse(wait_for_lock_seconds=0.5)
    result = dg.materialize([raw_documents], resources={"warehouse": warehouse})
    assert result.success
    assert asked == [0, 0.5, 0.5]
    kinds = [event.event_type_value for event in result.all_events]
    assert kinds.count("STEP_UP_FOR_RETRY") == 1
    acquire(installation.settings).release()  # free again
