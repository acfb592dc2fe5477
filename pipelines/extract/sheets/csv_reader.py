"""Text tables whose fields are parted by commas or semicolons, perhaps in quotes."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.documents.delimited import SEPARATORS
from pipelines.documents.media import decode_text
from pipelines.extract.grids import GIVEN, Extraction, Grid, Page, cell_frame
from pipelines.extract.sheets.blocks import in_order, read_blocks
from pipelines.extract.text_reader import undecodable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Quotes count where they are around a whole field.
_FIELD = r'[^\S\r\n]*"(?P<quoted>(?:[^"]++|"")*+)"[^\S\r\n]*(?=[{0}\r\n]|\Z)|(?P<plain>[^{0}\r\n]*)'
_COLUMNS = ("page_no", "grid_no", "row_no", "col_no", "row_span", "col_span", "seq", "text",
            "char_from", "char_to")  # fmt: skip


class _Field(NamedTuple):
    """A field: its text, and where that stands in the file, if it stands there as it is."""

    text: str
    start: int | None
    end: int | None


def read_csv(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a table in text; a field in quotes may hold separators and line breaks.

    The file is one page. Its grids are rows that follow one another, as on a sheet without rules;
    other rows are lines. Cells have their place in the decoded text, unless quotes are doubled in
    them.
    """
    try:
        text, encoding = decode_text(data)
    except UnicodeDecodeError as error:
        return undecodable(document_id, media_type, data, error)
    rows = list(_rows(text, separator(text)))
    filled = {
        (row_no, col_no): field
        for row_no, row in enumerate(rows, 1)
        for col_no, field in enumerate(row, 1)
        if field.text
    }
    blocks = read_blocks(filled, (), ())
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    grids: list[Grid] = []
    seq = count(1)

    def add(grid_no: int, inside: tuple[int, int], place: tuple[int, int]) -> None:
        text, start, end = filled.get(place, _Field("", None, None))
        said = (1, grid_no, *inside, 1, 1, next(seq), text, start, end)
        for column, value in zip(columns.values(), said, strict=True):
            column.append(value)

    for block, place in in_order(filled, blocks):
        if block is None:
            add(0, place, place)
            continue
        grids.append(Grid(len(grids) + 1, 1, GIVEN, (), (), ("bottom",)))
        for row, col in block.positions():
            add(len(grids), (row - block.top + 1, col - block.left + 1), (row, col))
    return Extraction(
        document_id, media_type, encoding, None, [_page(rows, columns["text"])], grids,
        cell_frame(columns),
    )  # fmt: skip


def separator(text: str) -> str:
    """What parts the fields: what stands most often outside of quotes, the comma in doubt."""
    plain = re.sub(r'"(?:[^"]++|"")*+"', "", text)
    return max(SEPARATORS, key=plain.count)


def _page(rows: list[list[_Field]], texts: list[str]) -> Page:
    """The account of the file: characters of its fields, and of the cells made of them."""
    printed = sum(len("".join(field.text.split())) for row in rows for field in row)
    filled = [text for text in texts if text]
    return Page(1, len(filled), printed, sum(len("".join(text.split())) for text in filled))


def _rows(text: str, parted_by: str) -> Iterator[list[_Field]]:
    """Rows of fields, blank ones too."""
    pattern = re.compile(_FIELD.format(re.escape(parted_by)))
    row: list[_Field] = []
    at = 0
    while at <= len(text):
        match = pattern.match(text, at)
        assert match is not None  # noqa: S101 - an empty field matches anywhere
        row.append(_field(match))
        at = match.end()
        if text.startswith(parted_by, at):
            at += 1
            continue
        yield row
        row = []
        at += 2 if text.startswith("\r\n", at) else 1


def _field(match: re.Match[str]) -> _Field:
    """A field without its quotes and the white space around it."""
    name = "plain" if match["quoted"] is None else "quoted"
    raw = match[name]
    said = raw.strip()
    start = match.start(name) + len(raw) - len(raw.lstrip())
    if name == "quoted" and '""' in said:
        return _Field(said.replace('""', '"'), None, None)
    return _Field(said, start, start + len(said)) if said else _Field("", None, None)
