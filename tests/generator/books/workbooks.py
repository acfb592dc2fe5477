"""Pages as workbooks and as text with commas: numbers are numbers, shown by formats as printed.

What is stored is more than what is shown, as programs have it: amounts with more places, codes as
numbers whose format has zeros, totals as formulas with the value that was computed.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import xlsxwriter
import xlwt

from tests.generator.books.cells import merged
from tests.generator.books.pages import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.generator.books.pages import Book, Page

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
#: Names of sheets are no longer, and without some characters.
_LONGEST, _FORBIDDEN = 31, re.compile(r"[\[\]:*?/\\]")
#: Every so many numbers is a formula; every so many stores more places than it shows.
_FORMULAS, _ROUNDED = 3, 2
_NO_MORE = 15
#: Of no date: the same book, the same bytes.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Put:
    """A cell of a sheet: where it begins, what it covers, its text, whether it is of a table."""

    row: int
    col: int
    text: str
    rows: int = 1
    cols: int = 1
    is_inside: bool = False


@dataclass
class Sheet:
    """A sheet to be written."""

    name: str
    cells: list[Put] = field(default_factory=list)
    height: int = 0


@dataclass(frozen=True)
class Stored:
    """A number as a workbook stores it: its value, its format, whether a formula computes it."""

    value: float
    code: str
    is_formula: bool


def sheets(
    book: Book, pages: Sequence[Page], *, is_one: bool = False, merges: bool = True
) -> list[Sheet]:
    """The sheets of a book: one for each table, or one for all of them.

    ``merges``: bodies have merged cells, as on paper; what has no merged cells prints each name
    where it belongs.
    """
    made: list[Sheet] = []
    for page in pages:
        for number, pieces in enumerate(_apart(page)):
            if not made or not is_one:
                titles = [piece for piece in pieces if not isinstance(piece, Grid)]
                made.append(Sheet(_name(titles, len(made) + 1, number)))
            for piece in pieces:
                _take(made[-1], book, piece, merges=merges)
    return made


def _apart(page: Page) -> Iterator[list[list[str] | Grid]]:
    """The pieces of a page, cut before the lines above each table but the first."""
    grids = [at for at, piece in enumerate(page.pieces) if isinstance(piece, Grid)]
    starts = [0, *(max(at - 1, 0) for at in grids[1:]), len(page.pieces)]
    for start, end in pairwise(starts):
        yield page.pieces[start:end]


def _name(titles: Sequence[list[str]], number: int, part: int) -> str:
    said = titles[-1][0] if titles else "表"
    plain = _FORBIDDEN.sub("", said).strip("'")
    return f"{number}.{part} {plain}"[:_LONGEST]


def _take(sheet: Sheet, book: Book, piece: list[str] | Grid, *, merges: bool) -> None:
    """A piece below what is there, a blank row between."""
    top = sheet.height + 2 if sheet.cells else 1
    if not isinstance(piece, Grid):
        sheet.cells += [Put(top + at, 1, line) for at, line in enumerate(piece)]
        sheet.height = top + len(piece) - 1
        return
    header, body = piece.rows[: piece.header], piece.rows[piece.header :]
    if merges:
        body = merged(book.sheets[piece.sheet], body, piece.numbers)
    rows = [*header, *body]
    for at, row in enumerate(rows):
        for col, cell in enumerate(row, 1):
            if cell is not None:
                sheet.cells.append(
                    Put(top + at, col, cell.text, cell.rows, cell.cols, is_inside=True)
                )
    sheet.height = top + len(rows) - 1


def _stored(text: str, number: int) -> Stored | None:
    """How a printed number is stored; none if the text is no number."""
    match = _NUMBER.fullmatch(text)
    plain = text.replace(",", "")
    if match is None or len(plain) >= _NO_MORE:
        return None
    places = len(match[1] or "")
    is_code = plain.startswith("0") and plain.isdigit()
    code = "0" * len(plain) if is_code else ("#,##0" if "," in text else "0")
    value = Decimal(plain)
    if not is_code and not value:
        return None
    if not is_code and number % _ROUNDED == 0 and places:
        value += Decimal(3).scaleb(-places - 1) * (1 if value > 0 else -1)
    return Stored(float(value), code + ("." + "0" * places if places else ""),
                  not is_code and number % _FORMULAS == 0)  # fmt: skip


def xlsx(made: Sequence[Sheet], *, is_ruled: bool = True) -> bytes:
    """An .xlsx; ``is_ruled``: rules around the cells of tables."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": _CREATED})
        formats: dict[tuple[str, bool], Any] = {}

        def style(code: str, *, is_inside: bool) -> Any:
            border = int(is_ruled and is_inside)
            key = (code, bool(border))
            if key not in formats:
                formats[key] = workbook.add_format({"num_format": code, "border": border})
            return formats[key]

        for sheet in made:
            page = workbook.add_worksheet(sheet.name)
            for number, put in enumerate(sheet.cells):
                stored = _stored(put.text, number) if put.is_inside else None
                shown = style(stored.code if stored else "General", is_inside=put.is_inside)
                row, col = put.row - 1, put.col - 1
                if put.rows * put.cols > 1:
                    page.merge_range(row, col, row + put.rows - 1, col + put.cols - 1, "", shown)
                if stored is None:
                    page.write_string(row, col, put.text, shown)
                elif stored.is_formula:
                    page.write_formula(row, col, f"={stored.value!r}*1", shown, stored.value)
                else:
                    page.write_number(row, col, stored.value, shown)
    return kept.getvalue()


def xls(made: Sequence[Sheet]) -> bytes:
    """An .xls, as an .et is one; its writer computes nothing, so it has no formulas."""
    workbook = xlwt.Workbook(encoding="utf-8")
    styles: dict[tuple[str, bool], Any] = {}

    def style(code: str, *, is_inside: bool) -> Any:
        key = (code, is_inside)
        if key not in styles:
            ruled = "borders: left thin, right thin, top thin, bottom thin" if is_inside else ""
            styles[key] = xlwt.easyxf(ruled, num_format_str=code)
        return styles[key]

    for sheet in made:
        page = workbook.add_sheet(sheet.name)
        for number, put in enumerate(sheet.cells):
            stored = _stored(put.text, number) if put.is_inside else None
            shown = style(stored.code if stored else "General", is_inside=put.is_inside)
            row, col = put.row - 1, put.col - 1
            value = put.text if stored is None else stored.value
            if put.rows * put.cols > 1:
                end = (row + put.rows - 1, col + put.cols - 1)
                page.write_merge(row, end[0], col, end[1], value, shown)
            else:
                page.write(row, col, value, shown)
    kept = BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def comma_separated(made: Sequence[Sheet], *, separator: str = ",") -> str:
    """The sheets as text, one below the other, each row in the full width, as programs save it."""
    kept = StringIO()
    writer = csv.writer(kept, delimiter=separator)
    width = max(put.col + put.cols - 1 for sheet in made for put in sheet.cells)
    for sheet in made:
        by_row = {row: list(puts) for row, puts in groupby(sheet.cells, lambda put: put.row)}
        for row in range(1, sheet.height + 2):
            said = {put.col: put.text for put in by_row.get(row, [])}
            writer.writerow([said.get(col, "") for col in range(1, width + 1)])
    return kept.getvalue()
