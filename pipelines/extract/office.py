"""The zip of an office document, opened within limits; what its parts must not hold."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, NoReturn

from pipelines.documents import limits
from pipelines.documents.media import WHOLE_FILE
from pipelines.documents.zips import ZipError, open_zip
from pipelines.extract.grids import Refusal, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 20
_ENCRYPTED = 0x1
_XML = (".xml", ".rels", ".vml")
#: No office program writes these, and what they declare can grow without end or name other files.
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")


class OfficeZip:
    """Parts of a document, each inflated and counted as it is read.

    Whatever reads the file by itself shall be given it only after ``check``: a reader in C or Rust
    knows no limit.

    Raises:
        RefusedError: from every method, where the document goes beyond a limit, is damaged or
            encrypted, or holds what no office document has.
    """

    def __init__(self, data: bytes) -> None:
        """Look at the directory alone."""
        self._inflation = limits.Inflation(len(data))
        try:
            self._zip = open_zip(data)
        except ZipError as error:
            _refuse("unreadable_document", str(error), WHOLE_FILE)
        if len(self._zip.infolist()) > limits.ENTRIES:
            _beyond("部件 parts", limits.ENTRIES)
        found: dict[str, zipfile.ZipInfo] = {}
        for part in self._zip.infolist():
            name = part.filename.replace("\\", "/").removeprefix("/")
            if name in found:  # readers take one or the other
                _refuse("unreadable_document", f"{name} × 2", f"{name} × 1")
            if part.flag_bits & _ENCRYPTED:
                _refuse("encrypted_document", name, "无密码 / no password")
            found[name] = part
        self._parts = found

    @property
    def names(self) -> list[str]:
        """Names of the parts, ``/`` between their pieces, none in front."""
        return list(self._parts)

    def read(self, name: str) -> bytes:
        """One part, whole.

        Raises:
            KeyError: there is none of this name.
            RefusedError: see the class.
        """
        content = b"".join(self._chunks(name))
        if name.lower().endswith(_XML):
            _checked(name, content)
        return content

    def check(self) -> None:
        """Inflate every part once, keep none."""
        for name in self._parts:
            if name.lower().endswith(_XML):
                self.read(name)
            else:
                for _ in self._chunks(name):
                    pass

    def _chunks(self, name: str) -> Iterator[bytes]:
        """A part piece by piece; its checksum is compared at its end."""
        try:
            with self._zip.open(self._parts[name]) as part:
                while chunk := part.read(_CHUNK):
                    self._inflation.add(len(chunk))
                    yield chunk
        except limits.BeyondLimitError as error:
            _beyond(*error.args)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            _refuse("unreadable_document", f"{name}: {type(error).__name__}: {error}", WHOLE_FILE)


def _checked(name: str, content: bytes) -> None:
    """Refuse a part with declarations, in whatever encoding of Unicode it is written."""
    letters = content.replace(b"\0", b"").upper() if b"\0" in content else content
    for forbidden in _FORBIDDEN:
        if forbidden in letters:
            _refuse("document_unsafe", f"{name}: {forbidden.decode()}", "无 / none")


def _beyond(what: str, most: int) -> NoReturn:
    _refuse("document_limits", f"{what} > {most:,}", f"{what} ≤ {most:,}")


def _refuse(rule_id: str, found: str, expected: str) -> NoReturn:
    raise RefusedError(Refusal(rule_id, found, expected)) from None
