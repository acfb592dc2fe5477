"""Text tables: lines with tabs are rows of grids, other lines are text outside of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.media import decode_text
from pipelines.extract.grids import Extraction, Page, Refusal, cell_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEWLINE = re.compile(r"\r\n|\n|\r")

_Row = tuple[int, int, int, int, int, str, int, int]
#: What a text document says of a cell; it has no merged cells and no boxes.
_COLUMNS = ("page_no", "grid_no", "row_no", "col_no", "seq", "text", "char_from", "char_to")


def read_text(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a text document; a form feed begins a new page.

    A grid is a run of lines with tabs; a blank line or a line without tabs ends it. Cells are
    the fields between tabs, stripped of white space, with their place in the decoded text.
    """
    try:
        text, encoding = decode_text(data)
    except UnicodeDecodeError as error:
        return undecodable(document_id, media_type, data, error)
    rows = list(_cells(text))
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
    one = [1] * len(rows)
    cells = cell_frame({**columns, "row_span": one, "col_span": one})
    return Extraction(document_id, media_type, encoding, pages=_pages(text, cells), cells=cells)


def undecodable(
    document_id: str, media_type: str, data: bytes, error: UnicodeDecodeError
) -> Extraction:
    """Of a text in none of the encodings that are read."""
    refusal = Refusal(
        "undecodable_text",
        f"字节 {error.start} 处不是 {error.encoding} / byte {error.start} is not "
        f"{error.encoding}: {data[error.start : error.start + 8]!r}",
        "UTF-8, UTF-16 (BOM), GB18030",
    )
    return Extraction(document_id, media_type, refusal=refusal)


def _cells(text: str) -> Iterator[_Row]:
    """Rows of ``_COLUMNS`` in reading order."""
    seq = grid_no = row_no = 0
    in_grid = False
    for page_no, page_start, page_text in _page_texts(text):
        in_grid = False
        for line_no, start, line in _lines(page_text, page_start):
            is_row = "\t" in line
            if not line.strip():
                in_grid = False
                continue
            if is_row and not in_grid:
                grid_no, row_no = grid_no + 1, 0
            in_grid = is_row
            row_no += 1
            fields = line.split("\t") if is_row else [line]
            position = start
            for col_no, raw in enumerate(fields, 1):
                seq += 1
                left = position + len(raw) - len(raw.lstrip())
                stripped = raw.strip()
                place = (grid_no, row_no) if is_row else (0, line_no)
                yield (page_no, *place, col_no, seq, stripped, left, left + len(stripped))
                position += len(raw) + 1


def _page_texts(text: str) -> Iterator[tuple[int, int, str]]:
    position = 0
    for page_no, page in enumerate(text.split("\f"), 1):
        yield page_no, position, page
        position += len(page) + 1


def _lines(page: str, page_start: int) -> Iterator[tuple[int, int, str]]:
    """Number, start and content of each line, blank ones too."""
    position = 0
    for line_no, match in enumerate([*_NEWLINE.finditer(page), None], 1):
        end = match.start() if match else len(page)
        yield line_no, page_start + position, page[position:end]
        position = match.end() if match else end


def _pages(text: str, cells: pl.DataFrame) -> list[Page]:
    """The reader's count: characters of the page text, and of the cells cut from it."""
    filled = cells.filter(pl.col("text") != "").group_by("page_no").agg("text")
    by_page = dict(filled.iter_rows())  # once for all pages: there may be thousands
    pages = []
    for page_no, _, page in _page_texts(text):
        mine = by_page.get(page_no, [])
        chars = sum(len("".join(cell.split())) for cell in mine)
        pages.append(Page(page_no, len(mine), len("".join(page.split())), chars))
    return pages
