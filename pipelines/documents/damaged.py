"""Archived files that could not be read when they were needed: documents, sidecars, history.

What rests on such a file waits, and a reading of the refusal is kept under the key that the whole
file would have. No key tells that the file was restored, so both are events. Imports nothing
heavy: a quiet night asks, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.documents.ledger import Event, Ledger

if TYPE_CHECKING:
    from pipelines.settings import Settings


def damaged(settings: Settings) -> list[str]:
    """SHA-256 of the files that were found damaged and not mended since, sorted."""
    found: set[str] = set()
    for event in Ledger(settings.ledger).events("archive_damaged", "archive_mended"):
        if event.kind == "archive_damaged":
            found.update(event.detail["files"])
        else:
            found.difference_update(event.detail["files"])
    return sorted(found)


def mended(settings: Settings) -> list[str]:
    """Those of them that are whole again."""
    archive = Archive(settings.archive)
    return [sha256 for sha256 in damaged(settings) if _is_whole(archive, sha256)]


def note_damaged(settings: Settings, sha256: str) -> None:
    """Note a file, once. The caller holds the writer's lock."""
    if sha256 not in damaged(settings):
        Ledger(settings.ledger).append([Event("archive_damaged", detail={"files": [sha256]})])


def note_mended(settings: Settings, files: list[str]) -> None:
    """Note that these are whole again, after all that rests on a refusal of them was dropped."""
    Ledger(settings.ledger).append([Event("archive_mended", detail={"files": files})])


def _is_whole(archive: Archive, sha256: str) -> bool:
    try:
        archive.get(sha256)
    except ArchiveError:
        return False
    return True
