"""Survey of .xls, .et and what WPS saves like them: by xlrd, which tells formats and rules."""

from __future__ import annotations

import struct
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDoc, CompDocError

from pipelines.documents.limits import CELLS
from pipelines.extract.grids import Refusal, RefusedError
from pipelines.extract.package import damaged, too_large
from pipelines.extract.sheets.formats import BUILTIN
from pipelines.extract.sheets.survey import Stored, Style, Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS = {xlrd.XL_CELL_TEXT: "text", xlrd.XL_CELL_NUMBER: "number", xlrd.XL_CELL_DATE: "number",
          xlrd.XL_CELL_BOOLEAN: "boolean", xlrd.XL_CELL_ERROR: "error"}  # fmt: skip
#: Records of a workbook's stream: where a sheet begins, its formulas.
_BEGIN, _FORMULA = 0x0809, 0x0006
_WORKSHEET = 0x0010
#: A formula whose value is to be computed when the file is opened, and its value: a plain zero.
_TO_COMPUTE, _NOTHING = 0x0003, bytes(8)


def survey_xls(data: bytes) -> list[Survey]:
    """What a workbook stores, sheet by sheet in its order; texts too.

    Raises:
        RefusedError: it needs a password, is damaged, or larger than any that is published.
    """
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=StringIO()
        )
    except (XLRDError, CompDocError) as error:
        if "encrypted" in str(error).lower():
            expected = "无密码 / no password"
            raise RefusedError(Refusal("encrypted_document", str(error), expected)) from error
        raise damaged(f"{type(error).__name__}: {error}") from error
    styles = [_style(book, style) for style in book.xf_list]
    sheets = [book.sheet_by_index(number) for number in range(book.nsheets)]
    count = sum(len(sheet.row_types(row)) for sheet in sheets for row in range(sheet.nrows))
    if count > CELLS:
        raise too_large(f"单元格 cells {count:,}", CELLS)
    unknown = list(_not_computed(data))
    return [
        _survey(sheet, styles, unknown[number] if number < len(unknown) else set())
        for number, sheet in enumerate(sheets)
    ]


def _style(book: Any, style: Any) -> Style:
    found = book.format_map.get(style.format_key)
    code = BUILTIN.get(style.format_key) or (found.format_str if found else "General")
    border = style.border
    return Style(code or "General", bool(border.left_line_style or border.right_line_style))


def _survey(sheet: Any, styles: list[Style], unknown: set[tuple[int, int]]) -> Survey:
    survey = Survey(
        sheet.name,
        is_hidden=bool(sheet.visibility),
        merges=[(top + 1, left + 1, bottom, right)
                for top, bottom, left, right in sheet.merged_cells],
        hidden_rows={row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden},
        hidden_columns=[range(col + 1, col + 2) for col, info in sheet.colinfo_map.items()
                        if info.hidden or not info.width],
        shows_zeros=bool(sheet.show_zero_values),
        is_1904=bool(sheet.book.datemode),
    )  # fmt: skip
    for row in range(sheet.nrows):
        for col, (kind, value) in enumerate(
            zip(sheet.row_types(row), sheet.row_values(row), strict=True)
        ):
            style = styles[sheet.cell_xf_index(row, col)] if kind != xlrd.XL_CELL_EMPTY else None
            place = (row + 1, col + 1)
            if style is None:
                continue
            if style.is_ruled:
                survey.ruled.add(place)
            said = _KINDS.get(kind)
            if place in unknown:
                survey.cells[place] = Stored("unknown", "", style.code)
            elif said is not None and str(value).strip():
                survey.cells[place] = Stored(said, _text(said, value), style.code)
    return survey


def _text(kind: str, value: Any) -> str:
    if kind == "error":
        return str(xlrd.error_text_from_code.get(value, f"#{value}"))
    if kind == "number":
        return repr(int(value)) if value == int(value) else repr(value)
    return str(value)


def _not_computed(data: bytes) -> Iterator[set[tuple[int, int]]]:
    """Of each worksheet, formulas whose value no program has computed: rows and columns from 1.

    A program that writes formulas and does not compute them stores a zero, and has whoever opens
    the file compute them.
    """
    try:
        found = CompDoc(data, logfile=StringIO())
        streams = [found.get_named_stream(name) for name in ("Workbook", "Book")]
    except CompDocError:
        return
    stream = next(filter(None, streams), b"")
    mine: set[tuple[int, int]] | None = None
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if kind == _BEGIN and length >= 4:  # noqa: PLR2004 - version and type
            if mine is not None:
                yield mine
            mine = set() if struct.unpack_from("<H", stream, at + 2)[0] == _WORKSHEET else None
        elif kind == _FORMULA and mine is not None and length >= 16:  # noqa: PLR2004 - its head
            row, col, _, value, flags = struct.unpack_from("<HHH8sH", stream, at)
            if value == _NOTHING and flags & _TO_COMPUTE:
                mine.add((row + 1, col + 1))
        at += length
    yield from chain([] if mine is None else [mine])
