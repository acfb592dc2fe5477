"""The parts of a Word document: XML in a ZIP archive, read without trusting any of it."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: A part inflates to no more bytes than this.
MOST_BYTES = 200 << 20
#: ISO's strict form has other names for the same elements.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main",
     b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships",
     b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math",
     b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)  # fmt: skip
_MAIN = "officeDocument"
#: How a member fails that is cut, damaged, encrypted, or packed in some rare way.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
_DOCTYPE = "文件的 XML 含 DOCTYPE 声明，拒绝读取 / its XML declares a DOCTYPE and is refused"


class PackageError(ValueError):
    """A part is missing, too large, or no XML that may be read; ``rule_id``: the rule it breaks."""

    def __init__(self, rule_id: str, found: str) -> None:
        """Say what was found."""
        super().__init__(found)
        self.rule_id = rule_id


class Package:
    """The parts of a document by name, and how they refer to one another."""

    def __init__(self, data: bytes) -> None:
        """Open the archive.

        Raises:
            PackageError: it is none, or holds no document.
        """
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise PackageError("unreadable_document", f"ZIP: {error}") from error
        self._names = set(self._archive.namelist())
        found = [target for kind, target in self.related("").values() if kind == _MAIN]
        self.main = found[0] if found else "word/document.xml"
        if self.main not in self._names:
            raise PackageError("unreadable_document", f"没有 {self.main} / no {self.main}")

    def xml(self, name: str) -> Any:
        """The root of a part.

        Raises:
            PackageError: the part is damaged, too large, or declares a DOCTYPE.
        """
        data = self._bytes(name)
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
            remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise PackageError("unreadable_document", f"{name}: {error}") from error
        if root.getroottree().docinfo.doctype:
            raise PackageError("unreadable_document", f"{name}: {_DOCTYPE}")
        return root

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part refers to within the archive: id → kind and name."""
        folder, file = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self._names:
            return {}
        found = {}
        for one in self.xml(rels):
            if one.get("TargetMode") == "External":
                continue
            target = one.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = (kind, posixpath.normpath(path))
        return {key: pair for key, pair in found.items() if pair[1] in self._names}

    def _bytes(self, name: str) -> bytes:
        """A part, inflated up to the limit and no further, whatever the archive says of it."""
        try:
            with self._archive.open(name) as part:
                data = part.read(MOST_BYTES + 1)
        except _DAMAGED as error:
            raise PackageError("unreadable_document", f"{name}: {error}") from error
        if len(data) > MOST_BYTES:
            most = f"{MOST_BYTES >> 20} MiB"
            raise PackageError(
                "reader_limits",
                f"{name} 解压后超过 {most} / {name} inflates to more than {most}",
            )
        return data
