"""Is this installation in order: versions, paths, locks, space."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from pipelines.documents.damaged import damaged
from pipelines.documents.freshness import freshness
from pipelines.documents.ledger import Ledger, LedgerError
from pipelines.documents.lock import WarehouseBusyError, acquire, holder
from pipelines.notices.channels import ChannelError, channels, check
from pipelines.notices.outbox import try_out, undelivered
from pipelines.publish.flip import current_build_id
from pipelines.publish.rollback import is_held
from pipelines.settings import NOTIFY
from schemas.registry import check_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings

_PACKAGES = ("yusuan", "dagster", "dagster-webserver", "duckdb", "polars", "pandera", "lark")
_LITTLE_SPACE = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, what was found, whether it is in order."""

    name: str
    found: str
    is_good: bool


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; nothing is changed but the lock, which is tried and let go."""
    return [
        *_versions(),
        *_paths(settings),
        _space(settings),
        _lock(settings),
        _ledger(settings),
        _archive(settings),
        _looked(settings),
        _published(settings),
        _notices(settings),
        _declarations(settings),
    ]


def _versions() -> Iterator[Finding]:
    yield Finding("python", platform.python_version(), is_good=True)
    for package in _PACKAGES:
        yield Finding(package, version(package), is_good=True)


def _paths(settings: Settings) -> Iterator[Finding]:
    for name, path in settings.directories():
        if path is None:
            yield Finding(name, "未设置 / not set", is_good=True)
        elif not path.is_dir():
            missing_is_good = name == "warehouse"
            yield Finding(name, f"{path} 不存在 / does not exist", is_good=missing_is_good)
        else:
            mode = os.W_OK if name == "warehouse" else os.R_OK
            allowed = os.access(path, mode)
            yield Finding(name, str(path) + ("" if allowed else " 无权限 / no access"), allowed)


def _space(settings: Settings) -> Finding:
    place = settings.warehouse
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    return Finding("disk", f"{free / 1024**3:.1f} GiB 可用 / free", free > _LITTLE_SPACE)


def _lock(settings: Settings) -> Finding:
    if not settings.warehouse.is_dir():
        return Finding("lock", "空闲 / free", is_good=True)
    try:
        acquire(settings).release()
    except WarehouseBusyError:
        said = f"有进程正在写入 / a process is writing: {holder(settings)}"
        return Finding("lock", said, is_good=True)
    return Finding("lock", "空闲 / free", is_good=True)


def _ledger(settings: Settings) -> Finding:
    try:
        events = Ledger(settings.ledger).last_data_event()
    except (LedgerError, OSError) as error:
        return Finding("ledger", str(error), is_good=False)
    return Finding("ledger", f"最近数据事件 last data event {events}", is_good=True)


def _looked(settings: Settings) -> Finding:
    """Freshness: a monitor that asks this knows of a daemon that died."""
    try:
        found = freshness(settings)
    except LedgerError as error:
        return Finding("last look", str(error), is_good=False)
    return Finding("last look", found.text(), not found.is_stale)


def _notices(settings: Settings) -> Finding:
    """How people are told of a failed night, and what has not reached them."""
    names = [channel.name for channel in channels(settings)]
    if not names:
        return Finding("notices", "未设置 / not set", is_good=True)
    try:
        check(settings)
    except ChannelError as error:
        return Finding("notices", str(error), is_good=False)
    if waiting := undelivered(settings):
        said = f"未送达 / not delivered: {', '.join(waiting)}"
        return Finding("notices", said, is_good=False)
    return Finding("notices", ", ".join(names), is_good=True)


def notified(settings: Settings) -> list[Finding]:
    """Send a trial notice by every channel: what each answered."""
    if not settings.notify:
        said = f"未设置 {NOTIFY} / is not set: nobody is told"
        return [Finding("notices", said, is_good=False)]
    return [Finding("notice", f"{name}: {said}", is_good=took)
            for name, said, took in try_out(settings)]  # fmt: skip


def _published(settings: Settings) -> Finding:
    build = current_build_id(settings) or "尚无 / none yet"
    try:
        held = is_held(Ledger(settings.ledger))
    except LedgerError as error:
        return Finding("published", str(error), is_good=False)
    if held:
        said = f"{build}；发布暂停 held: yusuan rollback --resume"
        return Finding("published", said, is_good=False)
    return Finding("published", build, is_good=True)


def _archive(settings: Settings) -> Finding:
    """Files that a night could not read, until they are restored and read."""
    try:
        missed = damaged(settings)
    except LedgerError as error:
        return Finding("archive", str(error), is_good=False)
    if missed:
        said = f"缺失或损坏，请从备份恢复 / missing or damaged, restore: {', '.join(missed)}"
        return Finding("archive", said, is_good=False)
    return Finding("archive", "完好 / no damage noted", is_good=True)


def _declarations(settings: Settings) -> Finding:
    try:
        check_registry(settings.config)
    except ValueError as error:
        return Finding("declarations", str(error), is_good=False)
    return Finding("declarations", "一致 / consistent", is_good=True)
