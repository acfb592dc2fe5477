"""The archive: every byte ever taken in, kept by its SHA-256, written once, never changed."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: What is being written; it is the next one's if its writer died, so that nothing piles up.
INCOMING = ".incoming"


class ArchiveError(RuntimeError):
    """An archived file is missing, is not what its name says, or cannot be written; it is named."""


def sha256_of(data: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file's content, read piece by piece: it may be larger than memory.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Archive:
    """Bytes by content."""

    def __init__(self, root: Path) -> None:
        """``root``: its directory, made when first written to."""
        self._root = root

    def put(self, data: bytes) -> str:
        """Keep bytes; return their SHA-256. The caller is the only writer.

        Bytes that are kept already are not written again; a damaged copy is replaced.

        Raises:
            ArchiveError: they cannot be written.
        """
        sha256 = sha256_of(data)
        target = self._root / sha256
        if not _is_kept(target, data):
            try:
                self._write(target, data)
            except OSError as error:
                raise ArchiveError(
                    f"{target}: 无法写入归档，原始文件未收录；请修复此目录后重新运行 / cannot be "
                    f"written to the archive, the original was not taken in ({error}); mend this "
                    "directory, then run again"
                ) from error
        return sha256

    def _write(self, target: Path, data: bytes) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        incoming = self._root / INCOMING
        incoming.unlink(missing_ok=True)
        try:
            with incoming.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            incoming.chmod(0o444)
            incoming.replace(target)
        except OSError:
            incoming.unlink(missing_ok=True)  # on a full disk, half a file is room lost
            raise

    def holds(self, sha256: str) -> bool:
        """Whether it keeps a file of this name."""
        return (self._root / sha256).exists()

    def names(self) -> frozenset[str]:
        """All that it holds: to ask of many files is faster so than one by one."""
        if not self._root.is_dir():
            return frozenset()
        with os.scandir(self._root) as found:
            return frozenset(entry.name for entry in found)

    def begins(self, sha256: str, start: bytes) -> bool:
        """Whether a file begins with these bytes; not checked against its name.

        Raises:
            ArchiveError: the file cannot be read.
        """
        try:
            with (self._root / sha256).open("rb") as file:
                return file.read(len(start)) == start
        except OSError as error:
            raise _unreadable(self._root / sha256, error) from error

    def size(self, sha256: str) -> int:
        """Size in bytes of a file that it holds."""
        return (self._root / sha256).stat().st_size

    def path(self, sha256: str) -> Path:
        """Where bytes are kept."""
        return self._root / sha256

    def checked(self, sha256: str) -> Path:
        """A file, checked against its name piece by piece: it may be larger than memory.

        Raises:
            ArchiveError: the file is missing, or its content is not what its name says.
        """
        path = self.path(sha256)
        try:
            found = sha256_of_file(path)
        except OSError as error:
            raise _unreadable(path, error) from error
        if found != sha256:
            raise _other(path, found)
        return path

    def get(self, sha256: str) -> bytes:
        """The bytes, checked against their name.

        Raises:
            ArchiveError: the file is missing, or its content is not what its name says.
        """
        path = self._root / sha256
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from error
        found = sha256_of(data)
        if found != sha256:
            raise _other(path, found)
        return data


def _unreadable(path: Path, error: OSError) -> ArchiveError:
    return ArchiveError(
        f"{path}: 归档文件无法读取，请从备份恢复 / archived file cannot be read ({error}); "
        "restore it from the backup"
    )


def _other(path: Path, found: str) -> ArchiveError:
    return ArchiveError(
        f"{path}: 归档文件已损坏，请从备份恢复 / archived file is damaged: content has "
        f"SHA-256 {found}; restore it from the backup"
    )


def _is_kept(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:  # none yet, or one that cannot be read: written anew
        return False
