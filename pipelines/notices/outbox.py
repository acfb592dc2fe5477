"""The outbox: a notice is a file, written once, and stands until every channel has taken it.

So nothing is told twice, by whichever process it is noticed, and what could not be sent at night
is sent when the network is back. What cannot be sent never stops a night: it is said in the log.
"""

from __future__ import annotations

import json
import logging
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from pipelines.notices.channels import Channel, ChannelError, channels
from pipelines.notices.message import Notice, trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.settings import Settings

_LOG = logging.getLogger("yusuan.notices")
#: A notice that could not be sent so often is given up, and that is said.
FAILURES = 100
#: So many notices are kept, the newest.
_KEEP = 200


def tell(settings: Settings, notice: Notice) -> bool:
    """Put a notice into the outbox and send what stands there; false if it was told before.

    Without a channel nothing is written, and nothing is sent. Never raises for a notice that
    cannot be written or sent.
    """
    if not settings.notify:
        return False
    try:
        is_new = _put(settings, notice)
    except OSError as error:
        _LOG.error("通知无法写入 / the notice cannot be written: %s", error)
        return False
    deliver(settings)
    return is_new


def deliver(settings: Settings) -> int:
    """Send what stands in the outbox; return how many notices left by a channel.

    Another process that is sending is left to it. Never raises for what cannot be sent.
    """
    if not settings.notices.is_dir():
        return 0
    try:
        with FileLock(settings.notices / ".lock", timeout=0):
            sent = _send_all(settings)
            _forget(settings)
            return sent
    except Timeout:
        return 0
    except OSError as error:
        _LOG.error("通知未能发送 / notices were not sent: %s", error)
        return 0


def _send_all(settings: Settings) -> int:
    """Send what waits, by every channel; one that failed once is left alone for this time."""
    sent = 0
    failed: set[str] = set()
    for path, entry in _waiting(settings):
        for channel in channels(settings):
            if channel.name in failed or channel.name in entry["sent"]:
                continue
            if _try(channel, path, entry):
                sent += 1
            else:
                failed.add(channel.name)
    return sent


def try_out(settings: Settings) -> list[tuple[str, str, bool]]:
    """Send a notice that says that it is a trial by every channel; the outbox is left alone.

    Returns:
        Of each channel its number and name, what it answered, and whether it took the notice.
    """
    notice, found = trial(settings), []
    for number, channel in enumerate(channels(settings), start=1):
        name = f"{number}. {channel.name}"
        try:
            found.append((name, channel.send(notice), True))
        except ChannelError as error:
            found.append((name, str(error), False))
    return found


def undelivered(settings: Settings) -> list[str]:
    """Keys of notices that not every channel has taken; empty without a channel."""
    names = {channel.name for channel in channels(settings)}
    return [
        path.stem
        for path in _oldest_first(settings)
        if (entry := _read(path)) is not None and not names <= set(entry["sent"])
    ]


def _put(settings: Settings, notice: Notice) -> bool:
    settings.notices.mkdir(parents=True, exist_ok=True)
    path = settings.notices / f"{notice.key}.json"
    entry = {**notice.payload(), "sent": [], "failures": 0}
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(entry, file, ensure_ascii=False, indent=2)
    except FileExistsError:
        return False
    return True


def _waiting(settings: Settings) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Notices that may still be sent, oldest first."""
    for path in _oldest_first(settings):
        entry = _read(path)
        if entry is not None and entry["failures"] < FAILURES:
            yield path, entry


def _try(channel: Channel, path: Path, entry: dict[str, Any]) -> bool:
    """Send one notice by one channel, and note at once whether it left."""
    notice = Notice(**{field.name: entry[field.name] for field in fields(Notice)})
    try:
        channel.send(notice)
    except ChannelError as error:
        entry["failures"] += 1
        last = " (放弃 / given up)" if entry["failures"] >= FAILURES else ""
        _LOG.error("通知未能发送 / a notice was not sent: %s: %s%s", notice.key, error, last)
    else:
        entry["sent"].append(channel.name)
        _LOG.info("通知已发送 / a notice was sent: %s by %s", notice.key, channel.name)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(entry, ensure_ascii=False, indent=2), encoding="utf-8")
    temporary.replace(path)
    return channel.name in entry["sent"]


def _read(path: Path) -> dict[str, Any] | None:
    """An entry; none if it is being written, or is damaged."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return entry if isinstance(entry, dict) and {"sent", "failures"} <= entry.keys() else None


def _forget(settings: Settings) -> None:
    for path in _oldest_first(settings)[:-_KEEP]:
        path.unlink(missing_ok=True)


def _oldest_first(settings: Settings) -> list[Path]:
    found = [(path.stat().st_ctime_ns, path) for path in settings.notices.glob("*.json")]
    return [path for _, path in sorted(found)]
