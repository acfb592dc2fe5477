"""Which documents archives hold: known by the archive's own bytes, so that none is opened twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipelines.documents.archive import ArchiveError
from pipelines.documents.media import ZIP, media_type
from pipelines.documents.members import Member, members
from pipelines.fingerprints import sources_print

if TYPE_CHECKING:
    from pipelines.documents.archive import Archive
    from pipelines.settings import Settings


@dataclass(frozen=True)
class Held:
    """A document in an archive: its path there, its bytes' SHA-256, their number."""

    path: str
    sha256: str
    byte_size: int


class Unpacked:
    """Archives that were opened, and what they hold.

    The cache names every archive among the files that are known: what it does not name is none,
    unless the cache is lost or was made by other code. Then each file's bytes are asked again.
    """

    def __init__(self, settings: Settings, archive: Archive, damaged: set[str]) -> None:
        """``archive``: where members are kept; ``damaged``: what it cannot give."""
        self._file = settings.cache / "unpacked.json"
        self._archive = archive
        self._damaged = damaged
        loaded = self._load()
        self._is_whole = loaded is not None
        self._old = loaded or {}
        self._new: dict[str, list[Held]] = {}

    def held(self, sha256: str, data: bytes | None) -> list[Held]:
        """Documents in a file; none, if it is no archive or cannot be opened.

        Args:
            sha256: Of the file, which the archive holds.
            data: Its bytes, if they were read just now.
        """
        if sha256 not in self._new:
            found = self._find(sha256, data)
            if found is None:
                return []
            self._new[sha256] = found
        return self._new[sha256]

    def _find(self, sha256: str, data: bytes | None) -> list[Held] | None:
        known = self._old.get(sha256)
        if known is not None and all(self._is_kept(member.sha256) for member in known):
            return known
        if known is None and data is None and self._is_whole:
            return None
        if data is None:
            data = self._read(sha256)
        if data is None:
            return known
        return self._unpack(data) if media_type(data) == ZIP else None

    def _is_kept(self, sha256: str) -> bool:
        return sha256 not in self._damaged and self._archive.holds(sha256)

    def _read(self, sha256: str) -> bytes | None:
        """Bytes of what may be a zip; none of what is none, or is damaged: others tell of that."""
        try:
            is_zip = self._archive.begins(sha256, b"PK")
            return self._archive.get(sha256) if is_zip else None
        except ArchiveError:
            return None

    def _unpack(self, data: bytes) -> list[Held]:
        """Archive the members; what is refused, or why no more can be read, its reader tells."""
        held: list[Held] = []
        try:
            for member in members(data):
                if isinstance(member, Member):
                    sha256 = self._archive.put(member.data)
                    held.append(Held(member.path, sha256, len(member.data)))
        except (ArchiveError, MemoryError):
            raise  # of the machine, not of the archive
        except Exception:  # noqa: BLE001 - one wrong document never stops a night
            return held
        return held

    def save(self) -> None:
        """Keep what was found. To be done before anything says that these files are known."""
        if self._is_whole and self._new == self._old:
            return
        body = json.dumps(
            {sha256: [[m.path, m.sha256, m.byte_size] for m in held]
             for sha256, held in self._new.items()},
            ensure_ascii=False, sort_keys=True,
        )  # fmt: skip
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(f"{self._print(body)}\n{body}", encoding="utf-8")
        temporary.replace(self._file)

    def _load(self) -> dict[str, list[Held]] | None:
        """What was kept; none, if it is lost, damaged, or of other code."""
        try:
            head, _, body = self._file.read_text(encoding="utf-8").partition("\n")
            if head != self._print(body):
                return None
            return {
                sha256: [Held(*member) for member in held]
                for sha256, held in json.loads(body).items()
            }
        except (OSError, ValueError):
            return None

    @staticmethod
    def _print(body: str) -> str:
        return hashlib.sha256(f"{_made_by()}\n{body}".encode()).hexdigest()


@cache
def _made_by() -> str:
    return sources_print(("pipelines.documents.members",))
