"""Looking at raw/: which paths hold which bytes now, against what the ledger knows."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.documents import limits
from pipelines.documents.archive import Archive
from pipelines.documents.damaged import damaged
from pipelines.documents.ledger import Event, Ledger, LedgerError
from pipelines.documents.members import INSIDE
from pipelines.documents.state import ledger_state
from pipelines.documents.unpacked import Unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings

#: A file changed this recently may change again within one tick of its clock: hash it anew.
_RACY_NS = 2_000_000_000
#: An entry of the cache of stats: size, times, inode, SHA-256.
_ENTRY = 5
#: A sidecar is named after its document.
SUFFIX = ".toml"
#: How the ledger names a sidecar of the context directory.
CONTEXT_PREFIX = "context:"
#: Why something under raw/ is not taken in, and what to do.
_BAD_NAME = (
    "名称不是有效的 UTF-8，未收录；请改为 UTF-8 名称 / the name is not valid UTF-8, so it is not "
    "taken in; rename it to a name in UTF-8"
)
_NOT_REGULAR = (
    "不是普通文件（管道、套接字、设备或目录），未读取；请移走或换成文件 / not a regular file "
    "(a pipe, a socket, a device or a directory), so it is not read; move it away or put a file "
    "in its place"
)
_TOO_LARGE = (
    f"文件超过 {limits.FILE_BYTES:,} 字节，未收录；请拆分后放入 / the file has more than "
    f"{limits.FILE_BYTES:,} bytes and is not taken in; split it and put in the parts"
)
_IN_AN_ARCHIVE_TOO = (
    "压缩包内也有此路径，只收录此处的文件；请移走其一 / an archive holds this path, too, and only "
    "the file here is taken in; move one of them away"
)
_LINKED_DIRECTORY = (
    "目录是符号链接，未进入；请把目录本身放到此处 / the directory is a symbolic link and is not "
    "followed; put the directory itself here"
)


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
        ArchiveError: the archive cannot be written.
        LedgerError: a build is published, but the ledger is gone.
    """
    result = look(settings)
    result.events = Ledger(settings.ledger).append(result.events)
    return result


def look(settings: Settings) -> ScanResult:
    """What ``scan`` would note, without noting it: is there any news?

    Raises:
        RawDirectoryError: ``raw`` does not exist.
        ArchiveError: the archive cannot be written.
        LedgerError: a build is published, but the ledger is gone.
    """
    if not settings.raw.is_dir():
        raise RawDirectoryError(
            f"{settings.raw}: 原始文件目录不存在 / there is no directory of originals; "
            "create it, or name another with --raw"
        )
    if settings.published.exists() and not Ledger(settings.ledger).events():
        raise LedgerError(
            f"{settings.ledger}: 台账丢失或为空，而已有发布版本；请从备份恢复 / the ledger is gone "
            f"or empty, though {settings.current} was published from one; restore it from the "
            "backup: a new one would know no version and no date"
        )
    return _Look(settings).run()


class _Look:
    """One look at raw/ and the sidecars, against the ledger's state."""

    def __init__(self, settings: Settings) -> None:
        self._context = _context(settings.context)
        self._state = ledger_state(Ledger(settings.ledger))
        self._hashes = _StatCache(settings)
        self._archive = Archive(settings.archive)
        self._archived = self._archive.names()
        self._damaged = set(damaged(settings))
        self._unpacked = Unpacked(settings, self._archive, self._damaged)
        self._seen: dict[str, str] = {}  # documents by path, those in archives too
        self._sizes: dict[str, int] = {}  # as read, since the archived file may be damaged by now
        self._result = ScanResult()
        self._files, self._closed = _files(settings.raw)
        for relative, why in self._closed.items():
            self._refuse(settings.raw / relative, why)

    def run(self) -> ScanResult:
        sidecars = [relative for relative in self._files if relative.endswith(SUFFIX)]
        for relative, path in self._files.items():
            if not relative.endswith(SUFFIX):
                self._look_at(relative, path)
        self._result.orphan_sidecars += [s for s in sidecars if not self._is_of_a_document(s)]
        self._note_absent()
        self._note_sidecars()
        self._unpacked.save()
        self._hashes.save()
        return self._result

    def _look_at(self, relative: str, path: Path) -> None:
        """A file, and whatever documents it holds, if it is an archive."""
        sha256, data = self._take_in(path)
        if sha256 is None:
            return
        self._note_document(relative, sha256)
        for held in self._unpacked.held(sha256, data):
            member = f"{relative}{INSIDE}{held.path}"
            if member in self._files:
                self._refuse(self._files[member], _IN_AN_ARCHIVE_TOO)
                continue
            self._sizes[held.sha256] = held.byte_size
            self._note_document(member, held.sha256)

    def _is_of_a_document(self, sidecar: str) -> bool:
        document = sidecar.removesuffix(SUFFIX)
        return document in self._seen or document in self._files or self._is_unlisted(document)

    def _take_in(self, path: Path) -> tuple[str | None, bytes | None]:
        """SHA-256 of a file, its bytes in the archive; none if it cannot be read.

        Its bytes come second, if they were read.
        """
        try:
            before = self._hashes.stat(path)  # before reading: a change meanwhile shows as one
            known = self._hashes.known(path, before)
            if known is not None and known in self._archived and known not in self._damaged:
                self._sizes[known] = int(before[0])
                return known, None
            if int(before[0]) > limits.FILE_BYTES:
                self._refuse(path, _TOO_LARGE)
                return None, None
            data = path.read_bytes()
        except OSError as error:
            self._refuse(path, str(error.strerror))
            return None, None
        sha256 = self._archive.put(data)
        self._sizes[sha256] = len(data)
        self._hashes.remember(path, before, sha256)
        return sha256, data

    def _refuse(self, path: Path, why: str) -> None:
        self._result.unreadable.append(f"{_shown(path)}: {why}")

    def _note_document(self, relative: str, sha256: str) -> None:
        self._seen[relative] = sha256
        before = self._state.path_sha256.get(relative)
        if before == sha256:
            self._result.unchanged += 1
            return
        if before is None and relative not in self._state.paths_ever:
            self._result.new += 1
        else:
            self._result.changed += 1
        detail = {"byte_size": self._sizes[sha256]}
        self._result.events.append(Event("document_observed", sha256, relative, detail))

    def _note_absent(self) -> None:
        """Paths that are gone; what is there but could not be read or listed is not gone."""
        for relative, sha256 in sorted(self._state.path_sha256.items()):
            if not self._is_there(relative) and not self._is_unlisted(relative):
                self._result.absent += 1
                self._result.events.append(Event("path_absent", sha256, relative))

    def _is_there(self, relative: str) -> bool:
        return relative in self._files or relative in self._seen

    def _is_unlisted(self, relative: str) -> bool:
        """Whether a path is below a directory that was not listed, or in a file not read."""
        if any(directory in self._closed for directory in _directories(relative)):
            return True
        archives = (relative[:at] for at in _all_of(INSIDE, relative))
        return any(path in self._files and path not in self._seen for path in archives)

    def _note_sidecars(self) -> None:
        """Sidecars of documents: beside them, and by their names in the context directory."""
        places: dict[tuple[str, str], Path | None] = {}
        for relative, document in self._seen.items():
            beside, name = relative + SUFFIX, relative.rsplit("/", 1)[-1] + SUFFIX
            places[document, beside] = self._files.get(beside)
            places[document, CONTEXT_PREFIX + name] = self._sidecar_left(CONTEXT_PREFIX + name)
        for document in dict.fromkeys(self._seen.values()):
            for label in self._state.sidecars.get(document, {}):
                places.setdefault((document, label), self._sidecar_left(label))
        for (document, label), path in places.items():
            self._note_sidecar(document, label, path)

    def _note_sidecar(self, document: str, label: str, path: Path | None) -> None:
        before = self._state.sidecars.get(document, {})
        sha256 = None if path is None else self._take_in(path)[0]
        if sha256 is not None and before.get(label) != sha256:
            detail = {"sidecar_sha256": sha256}
            self._result.events.append(Event("sidecar_observed", document, label, detail))
        elif label in before and not self._is_unlisted(label) and path is None:
            self._result.events.append(Event("sidecar_absent", document, label))

    def _sidecar_left(self, label: str) -> Path | None:
        """A known sidecar, when its document has left its side; none if it belongs to another."""
        if label.startswith(CONTEXT_PREFIX):
            return self._context.get(label.removeprefix(CONTEXT_PREFIX))
        return None if self._is_there(label.removesuffix(SUFFIX)) else self._files.get(label)


def _files(root: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """Relative path → path of every file below, hidden ones left out, in order of names.

    What was left alone comes second, with the reason: directories that could not be listed or are
    links, and whatever the ledger could not name, since it is kept in UTF-8.
    """
    found: dict[str, Path] = {}
    closed: dict[str, str] = {}

    def not_listed(error: OSError) -> None:
        closed[root.__class__(error.filename).relative_to(root).as_posix()] = str(error.strerror)

    for directory, names, filenames in os.walk(root, onerror=not_listed):
        entered = []
        for name in sorted(name for name in names if not name.startswith(".")):
            path = root.__class__(directory, name)
            relative = path.relative_to(root).as_posix()
            if not _is_utf8(name):
                closed[relative] = _BAD_NAME
            elif path.is_symlink():  # may lead out of raw/, or in circles
                closed[relative] = _LINKED_DIRECTORY
            else:
                entered.append(name)
        names[:] = entered
        for name in sorted(name for name in filenames if not name.startswith(".")):
            path = root.__class__(directory, name)
            relative = path.relative_to(root).as_posix()
            if _is_utf8(name):
                found[relative] = path
            else:
                closed[relative] = _BAD_NAME
    return dict(sorted(found.items())), closed


def _context(directory: Path | None) -> dict[str, Path]:
    """Name → path of every file of the context directory; none if there is no such directory."""
    if directory is None or not directory.is_dir():
        return {}
    return {path.name: path for path in directory.iterdir()}


def _is_utf8(name: str) -> bool:
    """Whether a name can be written as UTF-8; bytes that are none come as lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(path: Path) -> str:
    r"""A path that can be printed and kept anywhere: bytes that are no UTF-8 as ``\xb5``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _directories(relative: str) -> list[str]:
    """Directories that a path is in: the root (``.``) first."""
    parts = relative.split("/")[:-1]
    return [".", *("/".join(parts[: n + 1]) for n in range(len(parts)))]


def _all_of(mark: str, text: str) -> list[int]:
    """Where a mark stands in a text."""
    return [at for at in range(len(text)) if text.startswith(mark, at)]


class _StatCache:
    """SHA-256 of files whose size, times and inode have not changed: an unchanged night is fast."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.cache / "stat.json"
        self._now = time.time_ns()
        self._old = self._load()
        self._new: dict[str, list[int | str]] = {}

    def known(self, path: Path, stat: list[int | str]) -> str | None:
        entry = self._old.get(str(path))
        if entry is None or entry[:-1] != stat:
            return None
        self._new[str(path)] = entry
        return str(entry[4])

    def remember(self, path: Path, before: list[int | str], sha256: str) -> None:
        if self._now - int(before[1]) > _RACY_NS:
            self._new[str(path)] = [*before, sha256]

    def save(self) -> None:
        if self._new == self._old:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(json.dumps(self._new, sort_keys=True), encoding="utf-8")
        temporary.replace(self._file)

    def _load(self) -> dict[str, list[int | str]]:
        try:
            loaded = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(loaded, dict):
            return {}
        return {path: entry for path, entry in loaded.items() if _is_entry(entry)}

    @staticmethod
    def stat(path: Path) -> list[int | str]:
        """What tells that a file has changed.

        Raises:
            OSError: there is none, or it is no regular file: to open a pipe would wait for ever.
        """
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, _NOT_REGULAR)
        return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _is_entry(entry: object) -> bool:
    """Whether it is what ``remember`` keeps: four numbers and a SHA-256."""
    if not isinstance(entry, list) or len(entry) != _ENTRY:
        return False
    return all(isinstance(n, int) for n in entry[:-1]) and isinstance(entry[-1], str)
