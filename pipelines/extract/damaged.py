"""Documents whose archived bytes could not be read when they were needed.

Such a document is refused, and a reading of the refusal is kept under the key that the whole file
would have. No key tells that the file was restored, so the document is noted here, by an empty file
of its name, until a build was published with what was read of it. Imports nothing heavy: a quiet
night asks, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings


def damaged(settings: Settings) -> list[str]:
    """The documents that are noted, in order of their names."""
    root = _root(settings)
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def note_damaged(settings: Settings, document_id: str) -> None:
    """Note a document."""
    path = _root(settings) / document_id
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def settle(settings: Settings, document_id: str) -> None:
    """Strike a document out."""
    (_root(settings) / document_id).unlink(missing_ok=True)


def _root(settings: Settings) -> Path:
    return settings.cache / "damaged"
