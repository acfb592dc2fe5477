"""When may a night begin by itself? When something changed, and nothing changes any more.

A copy that is under way shows as sizes, times and names that differ from one look to the next, so
what decides is how long two looks have been the same, not how old a file says it is: copies often
keep the times of their originals. No file is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings


@dataclass(frozen=True)
class Sighting:
    """What stands in raw/ and the context directory, as two digests of names, sizes and times.

    Attributes:
        everything: Hidden files too: a copy under way is often a hidden file that grows.
        documents: Only what a night would look at.
        files: How many those are.
    """

    everything: str
    documents: str
    files: int


@dataclass(frozen=True)
class Watch:
    """What the watch knows from look to look.

    Attributes:
        everything: The digest seen last.
        since: Since when it has been seen, in seconds since 1970.
        requested: The documents for which a night was last requested; none before the first.
    """

    everything: str
    since: float
    requested: str | None = None

    def text(self) -> str:
        """As one line of text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def read(cls, text: str | None) -> Watch | None:
        """From one line of text; none if there is none, or it is of another version."""
        try:
            return cls(**json.loads(text)) if text else None
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True)
class Decision:
    """Whether a night shall begin: its key if so, why not if not, and what the watch now knows."""

    watch: Watch
    why: str
    run_key: str | None = None


def sight(settings: Settings) -> Sighting | None:
    """Look at names, sizes and times; none if there is no raw/."""
    if not settings.raw.is_dir():
        return None
    seen = sorted(_entries(settings.raw))
    if settings.context is not None and settings.context.is_dir():
        seen += [f"context:{entry}" for entry in sorted(_entries(settings.context))]
    shown = [entry for entry in seen if not _is_hidden(entry)]
    return Sighting(_digest(seen), _digest(shown), len(shown))


def decide(
    before: Watch | None, seen: Sighting, now: float, settle_seconds: float, *, busy: bool
) -> Decision:
    """One look after another: the same state, once settled, is requested once.

    The key holds since when the state stands, so that a state that comes back is requested again,
    while a look that is repeated because its outcome was lost is not.

    Args:
        before: What the last look left; none at the first.
        seen: This look.
        now: The time of this look, in seconds since 1970.
        settle_seconds: For how long nothing may have changed.
        busy: Whether a night is under way or queued.
    """
    requested = before.requested if before is not None else None
    if before is None or before.everything != seen.everything or now < before.since:
        watch = Watch(seen.everything, now, requested)
        return Decision(watch, "有变化，等待其稳定 / something changed; waiting until it settles")
    if requested == seen.documents:
        return Decision(before, "无新变化 / nothing new")
    quiet = now - before.since
    if quiet < settle_seconds:
        why = f"稳定 {quiet:.0f}/{settle_seconds:.0f} 秒 / unchanged for {quiet:.0f} s of "
        return Decision(before, f"{why}{settle_seconds:.0f} s")
    if busy:
        return Decision(before, "已有任务在运行或排队 / a night is under way or queued")
    watch = Watch(before.everything, before.since, seen.documents)
    run_key = f"{seen.documents[:16]}@{before.since:.3f}"
    return Decision(watch, f"{seen.files} 个文件已稳定 / {seen.files} files, settled", run_key)


def _entries(root: Path) -> Iterator[str]:
    """A line for each file below: its path, and what tells that it changed."""
    for directory, _, names in os.walk(root):
        for name in names:
            path = os.path.join(directory, name)  # noqa: PTH118 - a look every minute: no objects
            relative = os.path.relpath(path, root)
            try:
                found = os.stat(path)  # noqa: PTH116
            except OSError:  # gone meanwhile, or a link that leads nowhere
                yield f"{relative}\0?"
                continue
            yield f"{relative}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ino}"


def _is_hidden(entry: str) -> bool:
    path = Path(entry.removeprefix("context:").partition("\0")[0])
    return any(part.startswith(".") for part in path.parts)


def _digest(entries: list[str]) -> str:
    text = "\n".join(entries).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()
