"""Looking at raw/: which paths hold which bytes now, against what the ledger knows."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.documents.archive import Archive
from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.state import ledger_state

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings

#: A file changed this recently may change again within one tick of its clock: hash it anew.
_RACY_NS = 2_000_000_000
#: A sidecar is named after its document.
SUFFIX = ".toml"
#: How the ledger names a sidecar of the context directory.
CONTEXT_PREFIX = "context:"


class RawDirectoryError(RuntimeError):
    """The directory of originals does not exist."""


@dataclass
class ScanResult:
    """What a look at raw/ found. Counts are of documents, by path."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    absent: int = 0
    orphan_sidecars: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """New, changed, unchanged, absent, unreadable documents, by path."""
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "absent": self.absent,
            "unreadable": len(self.unreadable),
        }


def scan(settings: Settings) -> ScanResult:
    """Archive what is new, append events for what changed; reads no file whose stat is unchanged.

    Raises:
        RawDirectoryError: ``raw`` does not exist.
    """
    result = look(settings)
    result.events = Ledger(settings.ledger).append(result.events)
    return result


def look(settings: Settings) -> ScanResult:
    """What ``scan`` would note, without noting it: is there any news?

    Raises:
        RawDirectoryError: ``raw`` does not exist.
    """
    if not settings.raw.is_dir():
        raise RawDirectoryError(
            f"{settings.raw}: 原始文件目录不存在 / there is no directory of originals; "
            "create it, or name another with --raw"
        )
    return _Look(settings).run()


class _Look:
    """One look at raw/ and the sidecars, against the ledger's state."""

    def __init__(self, settings: Settings) -> None:
        self._context = settings.context
        self._state = ledger_state(Ledger(settings.ledger))
        self._hashes = _StatCache(settings)
        self._archive = Archive(settings.archive)
        self._files = _files(settings.raw)
        self._result = ScanResult()

    def run(self) -> ScanResult:
        seen: dict[str, str] = {}
        for relative, path in self._files.items():
            if relative.endswith(SUFFIX):
                if relative.removesuffix(SUFFIX) not in self._files:
                    self._result.orphan_sidecars.append(relative)
                continue
            sha256 = self._take_in(path)
            if sha256 is not None:
                seen[relative] = sha256
                self._note_document(relative, sha256, path)
        self._note_absent(seen)
        for relative, sha256 in seen.items():
            self._note_sidecars(relative, sha256)
        self._hashes.save()
        return self._result

    def _take_in(self, path: Path) -> str | None:
        """SHA-256 of a file, its bytes in the archive; none if it cannot be read."""
        try:
            known = self._hashes.known(path)
            if known is not None and self._archive.holds(known):
                return known
            stat = self._hashes.stat(path)  # before reading: a change meanwhile shows as a change
            sha256 = self._archive.put(path.read_bytes())
            self._hashes.remember(path, stat, sha256)
        except OSError as error:
            self._result.unreadable.append(f"{path}: {error.strerror}")
            return None
        return sha256

    def _note_document(self, relative: str, sha256: str, path: Path) -> None:
        before = self._state.path_sha256.get(relative)
        if before == sha256:
            self._result.unchanged += 1
            return
        if before is None and relative not in self._state.paths_ever:
            self._result.new += 1
        else:
            self._result.changed += 1
        detail = {"byte_size": path.stat().st_size}
        self._result.events.append(Event("document_observed", sha256, relative, detail))

    def _note_absent(self, seen: dict[str, str]) -> None:
        """Paths that are gone; a file that is there but could not be read is not gone."""
        for relative, sha256 in sorted(self._state.path_sha256.items()):
            if relative not in seen and relative not in self._files:
                self._result.absent += 1
                self._result.events.append(Event("path_absent", sha256, relative))

    def _note_sidecars(self, relative: str, document: str) -> None:
        """Sidecars of a document: beside it, and by its name in the context directory."""
        name = relative.rsplit("/", 1)[-1] + SUFFIX
        places = {
            relative + SUFFIX: self._files.get(relative + SUFFIX),
            CONTEXT_PREFIX + name: self._context / name if self._context is not None else None,
        }
        before = self._state.sidecars.get(document, {})
        for label, path in places.items():
            sha256 = self._take_in(path) if path is not None and path.is_file() else None
            if sha256 is not None and before.get(label) != sha256:
                detail = {"sidecar_sha256": sha256}
                self._result.events.append(Event("sidecar_observed", document, label, detail))
            elif label in before and (path is None or not path.exists()):
                self._result.events.append(Event("sidecar_absent", document, label))


def _files(root: Path) -> dict[str, Path]:
    """Relative path → path of every file below, hidden ones left out, in order of names."""
    found: dict[str, Path] = {}
    for directory, names, filenames in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(filenames):
            if not name.startswith("."):
                path = root.__class__(directory, name)
                found[path.relative_to(root).as_posix()] = path
    return dict(sorted(found.items()))


class _StatCache:
    """SHA-256 of files whose size, time and inode have not changed: an unchanged night is fast."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.cache / "stat.json"
        self._now = time.time_ns()
        self._old = self._load()
        self._new: dict[str, list[int | str]] = {}

    def known(self, path: Path) -> str | None:
        entry = self._old.get(str(path))
        if entry is None or entry[:3] != self.stat(path):
            return None
        self._new[str(path)] = entry
        return str(entry[3])

    def remember(self, path: Path, stat: list[int | str], sha256: str) -> None:
        if self._now - int(stat[1]) > _RACY_NS:
            self._new[str(path)] = [*stat, sha256]

    def save(self) -> None:
        if self._new == self._old:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(json.dumps(self._new, sort_keys=True), encoding="utf-8")
        temporary.replace(self._file)

    def _load(self) -> dict[str, list[int | str]]:
        try:
            loaded: dict[str, list[int | str]] = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return loaded

    @staticmethod
    def stat(path: Path) -> list[int | str]:
        stat = path.stat()
        return [stat.st_size, stat.st_mtime_ns, stat.st_ino]
