"""Drawn grids (``tables.toml``) as documents of every format that has cells of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.generator.books import web, word
from tests.generator.books.headers import Cell
from tests.generator.books.workbooks import Put, Sheet, xlsx
from tests.recognise.paged import cells_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.generator.books.cells import Row

_Page = dict[str, Any]


def as_word(pages: Sequence[_Page]) -> bytes:
    """A Word document, a page break between its pages."""
    said = [
        "".join(map(word.paragraph, page.get("lines", ()))) + word.table(rows(page), 0)
        for page in pages
    ]
    return word.package(word.BREAK.join(said))


def as_web(pages: Sequence[_Page]) -> bytes:
    """A web page, all below one another."""
    wear = web.DRESSES["word"]
    said = [
        "".join(map(wear.line, page.get("lines", ()))) + web.table(rows(page), wear)
        for page in pages
    ]
    return f"{wear.head}<body>{'<hr>'.join(said)}</body></html>".encode(wear.encoding)


def as_workbook(pages: Sequence[_Page]) -> bytes:
    """A workbook, each page a sheet."""
    sheets = []
    for number, page in enumerate(pages, 1):
        lines = page.get("lines", ())
        puts = [Put(at, 1, line) for at, line in enumerate(lines, 1)]
        puts += [
            Put(len(lines) + row, col, text, down, right, is_inside=True)
            for row, col, down, right, text in cells_of(page["rows"])
        ]
        sheets.append(Sheet(f"Sheet{number}", puts))
    return xlsx(sheets)


def rows(page: _Page) -> list[Row]:
    """The rows of a drawn grid; none where a cell is covered."""
    made: list[Row] = [[None] * len(row.split("|")) for row in page["rows"]]
    for row, col, down, right, text in cells_of(page["rows"]):
        made[row - 1][col - 1] = Cell(text, cols=right, rows=down)
    return made
