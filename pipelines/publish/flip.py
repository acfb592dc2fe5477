"""The flip: a directory symbolic link goes over to the new build in one step.

Readers that hold the old file read on; new ones open the new file under the same name.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb

from pipelines.documents.ledger import Event, Ledger
from pipelines.settings import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.build import Build
    from pipelines.settings import Settings


class PublishError(RuntimeError):
    """A build cannot be published as it is."""


class UnknownBuildError(PublishError, LookupError):
    """No kept build has this key, or several begin so, or there is none before."""


def current_build_id(settings: Settings) -> str | None:
    """Key of the published build; none before the first."""
    if not settings.published.exists():
        return None
    return settings.current.readlink().name


def publish(settings: Settings, build: Build, counts: dict[str, int]) -> Path:
    """Put a checked candidate in place, flip the link, note it, and let old builds go.

    Raises:
        PublishError: the file is not closed and whole.
    """
    _assert_closed(build.path)
    target = settings.versions / build.build_id
    if not (target / DATABASE).exists():
        settings.versions.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        settings.candidate.replace(target)
    discard_candidate(settings)  # still there if a run that died had put this build in place
    if current_build_id(settings) != build.build_id or not is_noted(settings):
        point_to(settings, build.build_id)
        note_published(settings, counts)
    retain(settings)
    return settings.published


def is_noted(settings: Settings) -> bool:
    """Whether the ledger knows the current build as published: not if a run died in between."""
    events = Ledger(settings.ledger).events("published")
    return current_build_id(settings) in {event.detail["build_id"] for event in events}


def note_published(settings: Settings, counts: dict[str, int]) -> None:
    """Note that the current build is published."""
    detail = {"build_id": current_build_id(settings), **counts}
    Ledger(settings.ledger).append([Event("published", detail=detail)])


def discard_candidate(settings: Settings) -> None:
    """Remove a candidate that nobody will publish."""
    shutil.rmtree(settings.candidate, ignore_errors=True)


def retain(settings: Settings) -> list[str]:
    """Remove builds older than the last ``keep_builds`` published ones; return their keys."""
    keep = {*_published(settings)[: settings.keep_builds], current_build_id(settings)}
    removed = []
    for path in sorted(settings.versions.iterdir()):
        if path.is_dir() and path.name not in keep:
            shutil.rmtree(path)
            removed.append(path.name)
    return removed


def builds(settings: Settings) -> list[str]:
    """Keys of the published builds that are kept, the one that was published last first."""
    return [key for key in _published(settings) if (settings.versions / key / DATABASE).exists()]


def kept_build(settings: Settings, text: str) -> str:
    """The build that is kept whose key begins so.

    Raises:
        UnknownBuildError: none does, or several do.
    """
    kept = builds(settings)
    fits = [key for key in kept if key.startswith(text)]
    if len(fits) != 1:
        raise UnknownBuildError(
            f"{text}: 对应 {len(fits)} 个保留版本，应为 1 个 / {len(fits)} kept builds fit, "
            f"expected 1; newest first: {', '.join(kept) or 'none'}"
        )
    return fits[0]


def build_before(settings: Settings, build_id: str | None) -> str:
    """The build that is kept and was published before this one.

    Raises:
        UnknownBuildError: there is none.
    """
    kept = builds(settings)
    earlier = kept[kept.index(build_id) + 1 :] if build_id in kept else kept
    if not earlier:
        raise UnknownBuildError(
            f"{build_id}: 没有更早的保留版本 / expected one earlier build that is kept; "
            f"kept, newest first: {', '.join(kept) or 'none'}"
        )
    return earlier[0]


def build_path(settings: Settings, build_id: str) -> Path:
    """The file of a build that is kept."""
    return settings.versions / build_id / DATABASE


def _published(settings: Settings) -> list[str]:
    events = Ledger(settings.ledger).events("published")
    return list(dict.fromkeys(event.detail["build_id"] for event in reversed(events)))


def _assert_closed(path: Path) -> None:
    if path.with_name(path.name + ".wal").exists():
        raise PublishError(f"{path}: a write-ahead log is left; the build was not closed")
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute("SELECT count(*) FROM build_info").fetchone()
    if row != (1,):
        raise PublishError(f"{path}: no build_info; the build is not whole")


def point_to(settings: Settings, build_id: str) -> None:
    """Flip the link to a build that is in place."""
    temporary = settings.warehouse / ".current.tmp"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(f"versions/{build_id}", target_is_directory=True)
    temporary.replace(settings.current)
