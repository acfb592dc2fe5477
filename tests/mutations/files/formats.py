"""Books as files, in every format that a package here can write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.generator.books.formats import FORMATS
from tests.zips import zipped

if TYPE_CHECKING:
    from tests.generator.books.documents import Document

#: Formats of the generator that are damaged: one of each reader, and old pages, which differ most.
_DAMAGED = ("utf-8", "csv", "xlsx", "xls", "docx", "html-plain", "html-word", "pdf")
#: An archive of a book as text: damaged as a file; what is read of it are its members.
ARCHIVE = "zip"


def _write(document: Document, name: str) -> bytes:
    if name == ARCHIVE:
        held = {"说明.txt": "附件".encode(), "表/表.txt": _write(document, "utf-8")}
        return zipped(held)
    return FORMATS[name].write(document.book, document.pages)


NAMES = (*_DAMAGED, ARCHIVE)
#: Those that are zips of XML.
OFFICE = ("docx", "xlsx")


@dataclass(frozen=True)
class File:
    """A whole book in a format."""

    document: Document
    format: str
    data: bytes


def files(documents: list[Document]) -> list[File]:
    """Every book in every format."""
    return [
        File(document, name, _write(document, name)) for name in NAMES for document in documents
    ]
