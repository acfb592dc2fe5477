"""OOXML packages: the parts of a zip file, inflated within limits, parsed without a DOCTYPE."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: No workbook or text that people publish has more parts, or inflates to more bytes.
MOST_PARTS, MOST_BYTES = 10_000, 512 << 20
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


class PackageError(ValueError):
    """Why a package cannot be read: rule (schemas/codes/rules.csv) and what was found."""

    def __init__(self, rule_id: str, found: str) -> None:
        """``found``: in both languages."""
        super().__init__(found)
        self.rule_id = rule_id


class Package:
    """The parts of a package by name; names are compared as office programs do, without case."""

    def __init__(self, data: bytes) -> None:
        """Open a package.

        Raises:
            PackageError: it is no whole zip file, needs a password, or has too many parts.
        """
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise _damaged(error) from error
        members = self._zip.infolist()
        if len(members) > MOST_PARTS:
            raise PackageError(
                "reader_limits",
                f"{len(members)} 个部件，上限 {MOST_PARTS} / parts, at most {MOST_PARTS}",
            )
        if any(member.flag_bits & 1 for member in members):
            raise PackageError("encrypted_document", "压缩部件有密码 / a part needs a password")
        self._members = {_name(member.filename): member for member in members}
        self._left = MOST_BYTES

    def __contains__(self, name: str) -> bool:
        """Whether there is such a part."""
        return _name(name) in self._members

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's bytes, piece by piece.

        Raises:
            PackageError: there is no such part, it is damaged, or all parts read so far inflate
                to more than a package may.
        """
        member = self._members.get(_name(name))
        if member is None:
            raise PackageError("unreadable_document", f"缺少部件 / a part is missing: {name}")
        try:
            with self._zip.open(member) as part:
                while piece := part.read(_CHUNK):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise PackageError(
                            "reader_limits",
                            f"解压后超过 {MOST_BYTES >> 20} MiB / inflates to more than "
                            f"{MOST_BYTES >> 20} MiB",
                        )
                    yield piece
        except PackageError:
            raise
        except _BROKEN as error:
            raise _damaged(error) from error

    def scan(self, name: str, handlers: dict[str, Callable[..., Any]]) -> None:
        """Parse a part, telling handlers of ``pyexpat`` by their names.

        Raises:
            PackageError: as ``chunks``; or it is no XML, or has a DOCTYPE.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        for handler, call in handlers.items():
            setattr(parser, handler, call)
        try:
            for piece in self.chunks(name):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise _damaged(error) from error

    def tree(self, name: str) -> ET.Element:
        """A small part as a tree of elements with plain names, without their namespaces.

        Raises:
            PackageError: as ``scan``.
        """
        parser = ET.XMLParser(target=_Builder())  # noqa: S314 - a DOCTYPE is refused
        try:
            for piece in self.chunks(name):
                parser.feed(piece)
            root: ET.Element = parser.close()
        except ET.ParseError as error:
            raise _damaged(error) from error
        return root

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Relations of a part (of the package for ``""``): id → type, name of the part meant."""
        folder = dirname(name)
        rels = join(folder, "_rels", f"{name.rpartition('/')[2]}.rels")
        if rels not in self:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for one in self.tree(rels):
            target = one.get("Target", "").replace("\\", "/")
            if one.get("TargetMode") != "External":
                whole = target if target.startswith("/") else join(folder, target)
                kind = one.get("Type", "").rpartition("/")[2]
                found[one.get("Id", "")] = (kind, normpath(whole).lstrip("/"))
        return found


class _Builder(ET.TreeBuilder):
    """Builds elements without namespaces."""

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        plain = {name.rpartition("}")[2]: said for name, said in attrs.items()}
        return super().start(tag.rpartition("}")[2], plain)

    def end(self, tag: str, /) -> ET.Element:
        return super().end(tag.rpartition("}")[2])

    def doctype(self, name: str, *_: str | None) -> None:
        _refuse_doctype(name)


def _refuse_doctype(*_: object) -> None:
    raise PackageError(
        "unreadable_document",
        "部件含 DOCTYPE，办公文件不会有，拒绝读取 / a part has a DOCTYPE, which no office file has",
    )


def _name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _damaged(error: Exception) -> PackageError:
    found = f"压缩包或部件损坏 / the package or a part of it is damaged: {error}"
    return PackageError("unreadable_document", found)
