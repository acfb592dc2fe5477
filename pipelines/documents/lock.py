"""One writer: an operating-system lock, held by a command or a daemon's run, freed if it dies."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings


class WarehouseBusyError(RuntimeError):
    """Another process is writing this warehouse."""


def writer_lock(settings: Settings) -> FileLock:
    """The lock of this warehouse; re-entrant within a process."""
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    return FileLock(settings.lock, is_singleton=True, on_acquired=_sign)


def acquire(settings: Settings, wait_seconds: float = 0) -> FileLock:
    """Take the lock, or say who is asked to wait for whom. Whoever takes it releases it.

    Raises:
        WarehouseBusyError: it is held by another process.
    """
    lock = writer_lock(settings)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise WarehouseBusyError(
            f"另一进程正在写入，请稍后再试 / another process is writing this warehouse: "
            f"{settings.lock} is locked by {holder(settings)}; wait for it to end, then run again"
        ) from error
    return lock


@contextmanager
def writing(settings: Settings, wait_seconds: float = 0) -> Iterator[None]:
    """Be the writer for a time.

    Raises:
        WarehouseBusyError: another process is.
    """
    lock = acquire(settings, wait_seconds)
    try:
        yield
    finally:
        lock.release()


def holder(settings: Settings) -> str:
    """Who holds the lock, or held it last, as one line: process, host, command, since when."""
    try:
        said = json.loads(settings.lock.read_text(encoding="utf-8"))
        return f"pid {said['pid']} @ {said['host']} ({said['command']}), since {said['since_utc']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "? (未署名 / unsigned)"


def _sign(descriptor: int) -> None:
    """Write into the locked file who holds it. Only its holder writes there."""
    said = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]]),
        "since_utc": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(said, ensure_ascii=False).encode(), 0)
