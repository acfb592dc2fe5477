"""The parts of a Word document: XML, read without trusting any of it."""

from __future__ import annotations

from typing import Any

from lxml import etree

from pipelines.extract.grids import Refusal, RefusedError
from pipelines.extract.office import OfficeZip
from pipelines.extract.package import related, relations_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
WHOLE = "完整可读的 .docx 文件 / a whole, readable .docx file"
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


class Package:
    """The parts of a document by name, and how they refer to one another.

    Raises:
        RefusedError: from every method, where a part is missing, damaged, or goes beyond a limit.
    """

    def __init__(self, data: bytes) -> None:
        """Find the part that is the document."""
        self._zip = OfficeZip(data)
        self._names = set(self._zip.names)
        found = [target for kind, target in self.related("").values() if kind == _MAIN]
        self.main = found[0] if found else "word/document.xml"
        if self.main not in self._names:
            raise RefusedError(Refusal("unreadable_document", f"没有 no {self.main}", WHOLE))

    @property
    def texts(self) -> list[str]:
        """Parts that hold text of the document: its body, heads, feet and notes."""
        kinds = ("header", "footer", "footnotes", "endnotes", "comments")
        related = self.related(self.main).values()
        return [self.main, *(name for kind, name in related if kind in kinds)]

    def xml(self, name: str) -> Any:
        """The root of a part: no DTD is loaded, no entity replaced, nothing fetched."""
        data = self._zip.read(name)
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
            remove_pis=True,
        )  # fmt: skip
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            refusal = Refusal("unreadable_document", f"{name}: {error}", WHOLE)
            raise RefusedError(refusal) from None

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part refers to within the file: id → kind and name."""
        rels = relations_of(name)
        if rels not in self._names:
            return {}
        found = related(name, self.xml(rels))
        return {key: pair for key, pair in found.items() if pair[1] in self._names}
