"""OOXML packages: their parts as XML, and which part is meant by which."""

from __future__ import annotations

from posixpath import join, normpath, split
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from pipelines.documents.media import WHOLE_FILE
from pipelines.extract.grids import Refusal, RefusedError
from pipelines.extract.office import OfficeZip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Package:
    """The parts of a package by name; names are compared as office programs do, without case.

    Raises:
        RefusedError: from every method, as ``OfficeZip`` has it, or where a part is no XML.
    """

    def __init__(self, data: bytes) -> None:
        """Look at all of it once: whatever reads the bytes by itself may have them afterwards."""
        OfficeZip(data).check()
        self._zip = OfficeZip(data)
        self._names = {name.lower(): name for name in self._zip.names}

    def __contains__(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lower() in self._names

    def scan(self, name: str, handlers: dict[str, Callable[..., Any]]) -> None:
        """Parse a part, telling handlers of ``pyexpat`` by their names."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        for handler, call in handlers.items():
            setattr(parser, handler, call)
        try:
            parser.Parse(self._read(name), True)
        except expat.ExpatError as error:
            raise damaged(f"{name}: {error}") from error

    def tree(self, name: str) -> ET.Element:
        """A small part as a tree of elements with plain names, without their namespaces."""
        parser = ET.XMLParser(target=_Builder())  # noqa: S314 - OfficeZip refuses declarations
        try:
            parser.feed(self._read(name))
            root: ET.Element = parser.close()
        except ET.ParseError as error:
            raise damaged(f"{name}: {error}") from error
        return root

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Relations of a part (of the package for ``""``): id → type, name of the part meant."""
        rels = relations_of(name)
        return related(name, self.tree(rels)) if rels in self else {}

    def _read(self, name: str) -> bytes:
        if name not in self:
            raise damaged(f"缺少部件 / a part is missing: {name}")
        return self._zip.read(self._names[name.lower()])


class _Builder(ET.TreeBuilder):
    """Builds elements without namespaces."""

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        plain = {name.rpartition("}")[2]: said for name, said in attrs.items()}
        return super().start(tag.rpartition("}")[2], plain)

    def end(self, tag: str, /) -> ET.Element:
        return super().end(tag.rpartition("}")[2])


def relations_of(name: str) -> str:
    """The part that holds the relations of a part; of the package for ``""``."""
    folder, file = split(name)
    return join(folder, "_rels", f"{file}.rels")


def related(name: str, relations: Iterable[Any]) -> dict[str, tuple[str, str]]:
    """What a part refers to within the file: id → type, name of the part meant.

    Args:
        name: The part.
        relations: Elements of its relations, of whichever parser.
    """
    found: dict[str, tuple[str, str]] = {}
    for one in relations:
        target = one.get("Target", "").replace("\\", "/")
        if one.get("TargetMode") != "External":
            whole = target if target.startswith("/") else join(split(name)[0], target)
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = (kind, normpath(whole).lstrip("/"))
    return found


def damaged(found: str) -> RefusedError:
    """Of a document that is not whole."""
    return RefusedError(Refusal("unreadable_document", found, WHOLE_FILE))


def too_large(found: str, most: int) -> RefusedError:
    """Of a document that holds more than any that is published; ``found``: what, how many."""
    return RefusedError(Refusal("document_limits", found, f"≤ {most:,}"))
