"""What is worth trying again: a lock that another holds, a disk that stutters. Nothing else.

A wrong document or a wrong program fails the same way every time, so the step fails at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

from pipelines.documents.lock import WarehouseBusyError

#: How often a step is tried again, and how many seconds later.
LOCK_RETRIES, LOCK_WAIT = 20, 60.0
IO_RETRIES, IO_WAIT = 3, 30.0
#: Errors of the operating system that waiting does not mend.
_LASTING = (
    FileNotFoundError,
    FileExistsError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
)
#: What DuckDB says of disks; other errors of the kind (no such file, no database) last.
_PASSING = ("no space left", "could not write", "could not read", "could not fsync")


@contextmanager
def retried() -> Iterator[None]:
    """Around the body of a step: a passing failure becomes Dagster's request to try again.

    Raises:
        RetryRequested: the failure may pass; Dagster gives up after as many tries as it says.
    """
    try:
        yield
    except Exception as error:
        if is_lock(error):
            raise dg.RetryRequested(LOCK_RETRIES, LOCK_WAIT) from error
        if is_io(error):
            raise dg.RetryRequested(IO_RETRIES, IO_WAIT) from error
        raise


def is_lock(error: BaseException) -> bool:
    """Whether another process held what is needed."""
    return any(
        isinstance(cause, WarehouseBusyError)
        or (isinstance(cause, duckdb.IOException) and "lock" in str(cause).lower())
        for cause in _causes(error)
    )


def is_io(error: BaseException) -> bool:
    """Whether a disk or a network failed in a way that may pass."""
    return any(
        (isinstance(cause, OSError) and not isinstance(cause, _LASTING))
        or (
            isinstance(cause, duckdb.IOException)
            and any(said in str(cause).lower() for said in _PASSING)
        )
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__
