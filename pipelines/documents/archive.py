"""The archive: every byte ever taken in, kept by its SHA-256, written once, never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class ArchiveError(RuntimeError):
    """An archived file is missing or is not what its name says; the message names it."""


def sha256_of(data: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


class Archive:
    """Bytes by content."""

    def __init__(self, root: Path) -> None:
        """``root``: its directory, made when first written to."""
        self._root = root

    def put(self, data: bytes) -> str:
        """Keep bytes; return their SHA-256.

        Bytes that are kept already are not written again; a damaged copy is replaced.
        """
        sha256 = sha256_of(data)
        target = self._root / sha256
        if target.exists() and target.stat().st_size == len(data) and target.read_bytes() == data:
            return sha256
        self._root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._root, prefix=".incoming-", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        incoming = Path(file.name)
        incoming.chmod(0o444)
        incoming.replace(target)
        return sha256

    def holds(self, sha256: str) -> bool:
        """Whether it keeps a file of this name."""
        return (self._root / sha256).exists()

    def size(self, sha256: str) -> int:
        """Size in bytes of a file that it holds."""
        return (self._root / sha256).stat().st_size

    def get(self, sha256: str) -> bytes:
        """The bytes, checked against their name.

        Raises:
            ArchiveError: the file is missing, or its content is not what its name says.
        """
        path = self._root / sha256
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ArchiveError(
                f"{path}: 归档文件无法读取，请从备份恢复 / archived file cannot be read ({error}); "
                "restore it from the backup"
            ) from error
        found = sha256_of(data)
        if found != sha256:
            raise ArchiveError(
                f"{path}: 归档文件已损坏，请从备份恢复 / archived file is damaged: content has "
                f"SHA-256 {found}; restore it from the backup"
            )
        return data
