"""A full disk, said in plain words wherever in a night it is noticed.

Python, Polars and DuckDB each say it in their own way, and none says what to do.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings

_NUMBERS = {errno.ENOSPC, errno.EDQUOT}
_SAID = ("No space left on device", "Disk quota exceeded", "disk is full")
#: What a library says that does not say why, when there is less room than this.
_VAGUE = ("write", "I/O")
_NOTHING = 64 * 1024
_MIB = 1024**2


class DiskFullError(RuntimeError):
    """There is no room below the warehouse; the message says what holds and what to do."""


@contextmanager
def said_if_full(settings: Settings) -> Iterator[None]:
    """Say so if what is done here fails since the disk is full.

    Raises:
        DiskFullError: it did.
    """
    try:
        yield
    except Exception as error:
        free = shutil.disk_usage(settings.warehouse).free if settings.warehouse.exists() else 0
        if isinstance(error, DiskFullError) or not _is_of_the_disk(error, free):
            raise
        raise DiskFullError(
            f"{settings.warehouse}: 磁盘已满（剩余 {free // _MIB} MiB），已发布的版本保持不变；"
            "请腾出空间后重新运行，已完成的部分不会重做 / the disk is full "
            f"({free // _MIB} MiB free); what is published stays as it was; make room and run "
            f"again, what is done is not done again ({error})"
        ) from error


def _is_of_the_disk(error: BaseException, free: int) -> bool:
    named = isinstance(error, OSError) and error.errno in _NUMBERS
    if named or any(said in str(error) for said in _SAID):
        return True
    if free < _NOTHING and any(said in str(error) for said in _VAGUE):
        return True
    return error.__cause__ is not None and _is_of_the_disk(error.__cause__, free)
