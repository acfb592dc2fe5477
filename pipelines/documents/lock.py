"""One writer: an operating-system lock, held by a command or a daemon's run, freed if it dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from pipelines.settings import Settings


class WarehouseBusyError(RuntimeError):
    """Another process is writing this warehouse."""


def writer_lock(settings: Settings) -> FileLock:
    """The lock of this warehouse; re-entrant within a process."""
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    return FileLock(settings.lock, is_singleton=True)


def acquire(settings: Settings, wait_seconds: float = 0) -> FileLock:
    """Take the lock, or say who is asked to wait for what.

    Raises:
        WarehouseBusyError: it is held by another process.
    """
    lock = writer_lock(settings)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise WarehouseBusyError(
            f"另一进程正在写入，请稍后再试 / another process is writing this warehouse: "
            f"{settings.lock} is locked; wait for it to end, then run again"
        ) from error
    return lock
