"""The formats that a book is written in: the same pages, the same words, other bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.generator.books.pages import text
from tests.generator.books.paper import pdf
from tests.generator.books.web import DRESSES, html
from tests.generator.books.word import docx
from tests.generator.books.workbooks import comma_separated, sheets, xls, xlsx

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


def _commas(book: Book, pages: Sequence[Page]) -> bytes:
    return comma_separated(sheets(book, pages, merges=False)).encode("gb18030")


def _semicolons(book: Book, pages: Sequence[Page]) -> bytes:
    return comma_separated(sheets(book, pages, merges=False), separator=";").encode("utf-8-sig")


def _without_rules(book: Book, pages: Sequence[Page]) -> bytes:
    return xlsx(sheets(book, pages), is_ruled=False)


FORMATS: dict[str, Format] = {
    **{
        encoding: Format("txt", partial(_text, encoding=encoding), is_paged=False)
        for encoding in ("utf-8", "gb18030", "utf-8-sig", "utf-16")
    },
    "csv": Format("csv", _commas, is_paged=False),
    "csv-semicolons": Format("csv", _semicolons, is_paged=False),
    "xlsx-bare": Format("xlsx", _without_rules, is_paged=False),  # a blank row ends a table
    "xlsx": Format("xlsx", lambda book, pages: xlsx(sheets(book, pages))),
    "xlsx-one": Format("xlsx", lambda book, pages: xlsx(sheets(book, pages, is_one=True))),
    "xls": Format("xls", lambda book, pages: xls(sheets(book, pages))),
    "pdf": Format("pdf", pdf),
    "docx": Format("docx", docx),
    **{f"html-{dress}": Format("html", partial(html, dress=dress)) for dress in DRESSES},
}
