"""Books as files, in every format that a package here can write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.generator.books.paper import pdf
from tests.generator.books.web import html
from tests.generator.books.word import docx
from tests.zips import zipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.generator.books.documents import Document

#: Format → how a book is written in it. An archive is damaged as a file; what is read of it are
#: its members.
WRITERS: dict[str, Callable[[Document], bytes]] = {
    "txt": lambda document: document.data,
    "html": lambda document: html(document.book, document.pages),
    "html_word": lambda document: html(document.book, document.pages, "word"),
    "docx": lambda document: docx(document.book, document.pages),
    "pdf": lambda document: pdf(document.book, document.pages),
    "zip": lambda document: zipped({"说明.txt": "附件".encode(), "表/表.txt": document.data}),
}
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
        File(document, name, write(document))
        for name, write in WRITERS.items()
        for document in documents
    ]
