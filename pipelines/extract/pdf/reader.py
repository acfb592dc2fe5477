"""Read a PDF: pages → grids, lines, and an account of every character."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count, groupby, islice, repeat
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.extract.grids import BOX, Extraction, Grid, Page, Refusal, cell_frame
from pipelines.extract.pdf.cleaning import (
    cleaned,
    cuts_numbers,
    drops_most_numbers,
    drops_numbers,
    hidden_words,
    pages_beyond,
)
from pipelines.extract.pdf.homes import OUTSIDE, homes
from pipelines.extract.pdf.integrity import doubts
from pipelines.extract.pdf.lattice import Lattice, lattices
from pipelines.extract.pdf.lines import Lines, doubtful_digits, lines, texts
from pipelines.extract.pdf.pdfium import PdfError, opened, primitives, turned
from pipelines.extract.pdf.unruled import unruled

if TYPE_CHECKING:
    import polars as pl
    import pypdfium2

    from pipelines.extract.grids import PageFlag
    from pipelines.extract.pdf.shapes import Characters, Floats, Ints, Primitives, Transform

#: PDFium must not be called by two threads at once.
_one_at_a_time = Lock()
#: A page is a scan if images cover so much of it and it has no characters, or so much and few.
_SCAN, _WHOLE_SCAN, _FEW = 0.5, 0.9, 20
#: An image over so much of a page may be a table.
_IMAGE = 0.25
#: A page is not believed if of more than this share of its characters the file does not say what.
_UNKNOWN = 0.1
#: Points by which a line above a table may reach into it.
_INTO = 3.0
#: A picture wider than this, in points, may lie over several cells.
_WIDE = 20.0
#: Text may be drawn as curves: all of it if there are no characters, and so many drawings.
_DRAWINGS = 50
#: Grid sides are written to a hundredth of a point, so that equal pages have equal cells.
_PLACES = 2
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?%?")
#: Pages so far from one another may show parts of one table; further, if it is longer.
_NEAR = 3
_READABLE = "可读的页 / a page that can be read"
_PLACE = ("row_no", "col_no", "row_span", "col_span")
#: What a page says of a cell.
_COLUMNS = ("page_no", "grid_no", *_PLACE, "seq", "text", *BOX)


@dataclass
class _Reading:
    """What is read of a document, page by page."""

    pages: list[Page] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    hidden: dict[int, list[str]] = field(default_factory=dict)
    reach: dict[int, int] = field(default_factory=dict)
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _COLUMNS})

    def cells(self) -> pl.DataFrame:
        """In CELL_SCHEMA."""
        return cell_frame(self.columns)


def read_pdf(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a PDF document.

    Grids are what printed rules part, or, flagged as such, what gaps part. Every printed character
    is in a cell, in a line, or counted as dropped with a reason.
    """
    reading = _Reading()
    try:
        with _one_at_a_time, opened(data) as document:
            for number in range(len(document)):
                _read_page(reading, document, number)
            flags = doubts(data, document)
    except PdfError as error:
        expected = "可打开的 PDF，无需密码 / a whole PDF that opens without a password"
        return Extraction(
            document_id, media_type, refusal=Refusal(error.rule_id, str(error), expected)
        )
    _flag_what_is_hidden(reading)
    reading.pages = [replace(page, flags=(*page.flags, *flags)) for page in reading.pages]
    refused = [page.refusal for page in reading.pages if page.refusal is not None]
    if len(refused) == len(reading.pages):
        return Extraction(
            document_id, media_type, refusal=_refused_as_a_whole(refused), pages=reading.pages
        )
    return Extraction(
        document_id, media_type, None, None, reading.pages, reading.grids, reading.cells()
    )


def _refused_as_a_whole(refused: list[Refusal]) -> Refusal:
    """No page of a document can be used: why, of its first page."""
    if not refused:
        return Refusal("unreadable_document", "0 页 / 0 pages", "≥ 1 页 / page")
    first = refused[0]
    found = f"{len(refused)} 页 pages: {first.found}"
    return Refusal(first.rule_id, found, first.expected)


def _read_page(reading: _Reading, document: pypdfium2.PdfDocument, number: int) -> None:
    """Read a page; one that cannot be read is refused, with nothing left of it but the reason."""
    cells, grids = len(reading.columns["text"]), len(reading.grids)
    try:
        page = document[number]
        try:
            printed = primitives(page)
        finally:
            page.close()
        _take_page(reading, number + 1, printed)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - one wrong page does not stop the others
        del reading.grids[grids:]
        for column in reading.columns.values():
            del column[cells:]
        refusal = Refusal("page_unreadable", repr(error), _READABLE)
        reading.pages.append(Page(number + 1, 0, 0, 0, refusal=refusal))


def _take_page(reading: _Reading, page_no: int, printed: Primitives) -> None:
    characters, dropped = cleaned(printed)
    page = Page(
        page_no, 0, 0, 0,
        width=round(printed.width, _PLACES),
        height=round(printed.height, _PLACES),
        rotation=printed.rotation,
        refusal=_refusal(printed, characters),
    )  # fmt: skip
    if page.refusal is None:
        tables, home, flags = _tables(printed, characters)
        reading.hidden[page_no] = hidden_words(printed, dropped)
        reading.reach[page_no] = max(_NEAR, pages_beyond(printed) + 1)
        if cuts_numbers(printed):
            flags.append("number_clipped")
        if drops_most_numbers(characters, dropped):
            flags.append("numbers_askew")
        elif drops_numbers(dropped):
            flags.append("number_dropped")
        flags += doubtful_digits(characters, home)
        if _is_pictured(printed.pictures, tables, home):
            flags.append("image_in_table")
        found = lines(characters, home)
        begin = len(reading.columns["text"])
        back = turned(printed.turn, printed.width, printed.height).inverse()
        _Taker(reading, page_no, back).take(tables, found)
        filled = [text for text in reading.columns["text"][begin:] if text]
        in_cells = sum(len("".join(text.split())) for text in filled)
        page = replace(
            page,
            cell_count=len(filled),
            char_count=len(printed.characters),
            cell_char_count=in_cells + sum(map(len, dropped.values())),
            dropped=tuple(sorted((reason, len(these)) for reason, these in dropped.items())),
            flags=tuple(flags),
        )
    reading.pages.append(page)


def _tables(
    printed: Primitives, characters: Characters
) -> tuple[list[Lattice], Ints, list[PageFlag]]:
    """The tables of a page, the cell of each character, and what makes the page doubtful."""
    flags: list[PageFlag] = []
    if _is_blank(printed):
        flags.append("blank_page")
    if printed.unmapped:
        flags.append("unknown_characters")
    if printed.image_share > _IMAGE:
        flags.append("large_image")
    if printed.has_annotations:
        flags.append("text_in_annotations")
    if printed.drawings > _DRAWINGS:
        flags.append("many_drawings")
    try:
        tables = lattices(printed.horizontal, printed.vertical)
    except OverflowError:
        tables = []
        flags.append("too_many_rules")
    if any(table.is_irregular for table in tables):
        flags.append("irregular_cells")
    home = homes(characters, tables)
    if gaps := unruled(characters.take(home == OUTSIDE)):
        tables += gaps
        home = homes(characters, tables)
    return tables, home, flags


def _is_blank(printed: Primitives) -> bool:
    """Whether a page shows nothing, as one does of which PDFium cannot find the content."""
    drawn = len(printed.horizontal) + len(printed.vertical) + printed.drawings
    return not (len(printed.characters) or drawn or printed.image_share)


def _is_pictured(pictures: Floats, tables: list[Lattice], home: Ints) -> bool:
    """Whether a picture stands in an empty cell, or lies over one: it may be what the cell says."""
    first = 0
    x, y = (pictures[:, 0] + pictures[:, 2]) / 2, (pictures[:, 1] + pictures[:, 3]) / 2
    for table in tables:
        is_empty = np.bincount(home[home >= first] - first, minlength=len(table.cells)) == 0
        first += len(table.cells)
        columns, rows = table.columns, table.rows
        inside = (x > columns[0]) & (x < columns[-1]) & (y > rows[0]) & (y < rows[-1])
        if is_empty[table.slots(x[inside], y[inside])].any():
            return True
        x0, y0, x1, y1 = table.boxes()[is_empty[: len(table.cells)]].T
        middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
        large = pictures[(pictures[:, 2] - pictures[:, 0]) > _WIDE]
        for left, top, right, bottom in large.tolist():
            over = (middle_x > left) & (middle_x < right) & (middle_y > top) & (middle_y < bottom)
            if over.any():
                return True
    return False


def _refusal(printed: Primitives, characters: Characters) -> Refusal | None:
    """Why a page's text cannot be used: it is a picture, or the file does not say what it is."""
    count = len(characters)
    if printed.image_share > (_WHOLE_SCAN if count else _SCAN) and count < _FEW:
        found = f"图像 {printed.image_share:.0%}，文字 {count} 个 / image, {count} characters"
        return Refusal("page_is_image", found, "文字 / text")
    if not count and printed.drawings > _DRAWINGS:
        found = f"曲线 {printed.drawings} 条，文字 0 个 / curves, 0 characters"
        return Refusal("page_is_image", found, "文字 / text")
    if printed.unmapped > _UNKNOWN * count:
        found = f"{printed.unmapped} / {count} 个字符无法识别 / characters unknown"
        return Refusal("text_without_unicode", found, "ToUnicode")
    return None


def _flag_what_is_hidden(reading: _Reading) -> None:
    """Pages that hide what no page shows, cut away or beyond their edge.

    A table cut into pages is often written whole on each, so that the rest of it lies beyond the
    edge: what pages near it show is not missing. Of numbers each one must be: equal ones are many.
    """
    if not any(reading.hidden.values()):
        return
    shown: dict[int, str] = {}
    cells: dict[int, Counter[str]] = {}
    for page_no, text in zip(reading.columns["page_no"], reading.columns["text"], strict=True):
        said = "".join(text.split())
        shown[page_no] = shown.get(page_no, "") + said
        cells.setdefault(page_no, Counter())[said] += 1
    for page_no, hidden in reading.hidden.items():
        reach = reading.reach[page_no]
        around = range(page_no - reach, page_no + reach + 1)
        near = "\n".join(shown.get(other, "") for other in around)
        others = [cells[other] for other in around if other != page_no and other in cells]
        numbers = Counter(filter(_NUMBER.fullmatch, hidden))
        are_shown = numbers <= sum(others, Counter())
        if not (are_shown and all(word in near for word in hidden)):
            page = reading.pages[page_no - 1]
            reading.pages[page_no - 1] = replace(page, flags=(*page.flags, "text_hidden"))


class _Taker:
    """Writes one page's cells and lines, in reading order, into a reading's columns."""

    def __init__(self, reading: _Reading, page_no: int, back: Transform) -> None:
        self._grids, self._columns = reading.grids, reading.columns
        self._page_no, self._back = page_no, back
        self._seq = count(len(self._columns["text"]) + 1)

    def take(self, tables: list[Lattice], found: Lines) -> None:
        """All of a page: tables that hold text, and lines outside of them, from top to bottom."""
        first = np.cumsum([0, *(len(table.cells) for table in tables)]).tolist()
        boxes = np.vstack([np.empty((0, 4)), *(table.boxes() for table in tables)])
        text, shown = texts(found, boxes), self._back.boxes(boxes)
        outside = np.flatnonzero(found.owner == OUTSIDE)
        middle = found.box[outside, 1::2].mean(axis=1)  # a label's foot may touch the table
        parts: list[tuple[float, int, int]] = [
            (float(table.rows[0]) + _INTO, 1, number)
            for number, table in enumerate(tables)
            if any(text[first[number] : first[number + 1]])
        ]
        parts += zip(middle.tolist(), repeat(0), outside.tolist(), strict=False)
        row_no = 1
        for is_table, run in groupby(sorted(parts), key=itemgetter(1)):
            numbers = [number for _, _, number in run]
            for number in numbers if is_table else ():
                mine = slice(first[number], first[number + 1])
                self._take_table(tables[number], text[mine], shown[mine])
            if not is_table:
                places = np.ones((len(numbers), 4), int)
                places[:, 0] = np.arange(row_no, row_no + len(numbers))
                row_no += len(numbers)
                said = [found.text[number].strip() for number in numbers]
                self._add(0, places, self._back.boxes(found.box[numbers]), said)

    def _take_table(self, table: Lattice, text: list[str], shown: Floats) -> None:
        grid_no = len(self._grids) + 1
        self._grids.append(
            Grid(
                grid_no, self._page_no, table.method,
                tuple(np.round(table.columns, _PLACES).tolist()),
                tuple(np.round(table.rows, _PLACES).tolist()), table.open_sides,
            )
        )  # fmt: skip
        order = np.lexsort((table.cells[:, 1], table.cells[:, 0]))
        places = table.cells[order] + np.array([1, 1, 0, 0])
        self._add(grid_no, places, shown[order], [text[at] for at in order.tolist()])

    def _add(self, grid_no: int, places: Ints, shown: Floats, text: list[str]) -> None:
        columns, rows = self._columns, len(text)
        columns["page_no"] += [self._page_no] * rows
        columns["grid_no"] += [grid_no] * rows
        for name, values in zip(
            ("row_no", "col_no", "row_span", "col_span"), places.T, strict=True
        ):
            columns[name] += values.tolist()
        columns["seq"] += islice(self._seq, rows)
        columns["text"] += text
        for name, edge in zip(BOX, np.round(shown, _PLACES).T, strict=True):
            columns[name] += edge.tolist()
