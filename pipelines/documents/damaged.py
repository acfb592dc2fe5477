"""Archived files that could not be read when they were needed: documents, and sidecars.

What rests on such a file waits, and a reading of the refusal is kept under the key that the whole
file would have. No key tells that the file was restored, so it is noted here, by an empty file of
its name, until a build was published with what was read of it. Imports nothing heavy: a quiet
night asks, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents.archive import Archive, ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.settings import Settings


def damaged(settings: Settings) -> list[str]:
    """SHA-256 of the files that are noted, sorted."""
    root = _root(settings)
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def mended(settings: Settings) -> list[str]:
    """Those of them that are whole again."""
    archive = Archive(settings.archive)
    return [sha256 for sha256 in damaged(settings) if _is_whole(archive, sha256)]


def note_damaged(settings: Settings, sha256: str) -> None:
    """Note a file."""
    path = _root(settings) / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def settle(settings: Settings, hashes: Iterable[str]) -> None:
    """Strike files out: what is published rests on what was read of them."""
    for sha256 in hashes:
        (_root(settings) / sha256).unlink(missing_ok=True)


def _is_whole(archive: Archive, sha256: str) -> bool:
    try:
        archive.get(sha256)
    except ArchiveError:
        return False
    return True


def _root(settings: Settings) -> Path:
    return settings.cache / "damaged"
