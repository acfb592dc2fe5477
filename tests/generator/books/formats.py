"""The formats that a book is written in: the same pages, the same words, other bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.generator.books.pages import text
from tests.generator.books.paper import pdf
from tests.generator.books.web import DRESSES, html
from tests.generator.books.word import docx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.generator.books.pages import Book, Page


@dataclass(frozen=True)
class Format:
    """A way to write a book.

    Attributes:
        suffix: What its files are called.
        write: Pages of a book → bytes.
        is_paged: Its tables show blank rows and merged cells, as paper does.
    """

    suffix: str
    write: Callable[[Book, Sequence[Page]], bytes]
    is_paged: bool = True


def _text(book: Book, pages: Sequence[Page], encoding: str = "utf-8") -> bytes:
    return text(pages, book.look).encode(encoding)


FORMATS: dict[str, Format] = {
    **{
        encoding: Format("txt", partial(_text, encoding=encoding), is_paged=False)
        for encoding in ("utf-8", "gb18030", "utf-8-sig", "utf-16")
    },
    "pdf": Format("pdf", pdf),
    "docx": Format("docx", docx),
    **{f"html-{dress}": Format("html", partial(html, dress=dress)) for dress in DRESSES},
}
