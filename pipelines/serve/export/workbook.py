"""One workbook for people with a spreadsheet: a sheet that explains, then a sheet a table.

A header of one row, so that pivot tables take it as it is; what a column means stands in the
comment of its header. Rows are streamed to disk: memory does not grow with the tables.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter

from pipelines.serve.export.about import Remarks, write_about
from pipelines.serve.export.cells import CellWriter
from pipelines.serve.export.written import Output, Written, times_as_text
from schemas.render import column_comment

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from pipelines.serve.export.build import PublishedBuild
    from schemas.registry import ColumnSpec, TableSpec

PATH = "yusuan.xlsx"
#: A sheet of Excel has 1,048,576 rows, the first is the header.
MOST_ROWS = 1_048_575
_NAME_LENGTH = 31
_WIDEST, _NARROWEST = 60.0, 8.0
#: Room for the arrow of the filter.
_ARROW = 3.0
#: Text is shown as text, whatever is made of it later.
_FORMATS = {"text": "@", "money": "#,##0.00", "date": "yyyy-mm-dd", "other": "General"}
_PROPERTIES = {
    "format": "xlsx",
    "mediatype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: No clock in the file where the build has none: the first day that ZIP knows.
_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


_NOTE = (
    "Excel 数值至多 15 位：更长者以文本写出全部数字，求和不计；"
    "超长文本截断并有标记；时间为文本，UTC / numbers of more than 15 digits are text, in full, "
    "which sums leave out; text of more than 32,767 characters is cut, with a mark; times are "
    "text in ISO 8601, UTC"
)


class TooManyRowsError(RuntimeError):
    """A table has more rows than a sheet of Excel."""


def write_workbook(build: PublishedBuild, directory: Path) -> Output:
    """The whole build as one workbook.

    Raises:
        TooManyRowsError: a table does not fit on a sheet; nothing is written.
    """
    _assert_fits(build)
    names = sheet_names(build.tables)
    remarks: Remarks = {}
    with xlsxwriter.Workbook(str(directory / PATH), _OPTIONS) as book:
        book.set_properties({"title": "预算 Yusuan", "created": build.known_at or _NO_TIME})
        about = book.add_worksheet("说明 About")
        formats = {name: book.add_format({"num_format": f}) for name, f in _FORMATS.items()}
        header = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DDEBF7"})
        for spec in build.tables:
            sheet = book.add_worksheet(names[spec.name])
            remarks[spec.name] = _write(build, spec, sheet, formats, header)
        write_about(build, book, about, names, remarks)
    output = Output(notes=[_NOTE])
    output.files = [
        Written(spec, PATH, {**_PROPERTIES, "dialect": {"excel": {"sheet": names[spec.name]}}})
        for spec in build.tables
    ]
    return output


def sheet_names(tables: tuple[TableSpec, ...]) -> dict[str, str]:
    """Table → name of its sheet: its own, cut to what Excel allows; no two are the same."""
    names: dict[str, str] = {}
    for spec in tables:
        name, number = spec.name[:_NAME_LENGTH], 1
        while name in names.values():
            number += 1
            name = f"{spec.name[: _NAME_LENGTH - 2]}~{number}"
        names[spec.name] = name
    return names


def _assert_fits(build: PublishedBuild) -> None:
    too_long = {name: count for name, count in build.counts.items() if count > MOST_ROWS}
    if too_long:
        named = ", ".join(f"{name} {count:,}" for name, count in too_long.items())
        raise TooManyRowsError(
            f"{named}: 超过 Excel 工作表的 {MOST_ROWS:,} 行；请用 --role 少选几类表，"
            f"或导出 parquet、csv / more rows than the {MOST_ROWS:,} of a sheet: choose fewer "
            "tables with --role, or export parquet or csv"
        )


def _write(
    build: PublishedBuild,
    spec: TableSpec,
    sheet: Worksheet,
    formats: dict[str, Format],
    header: Format,
) -> dict[str, tuple[int, int]]:
    """A sheet; returns column → how many long numbers and cut texts it has, where it has any."""
    writer = CellWriter(sheet)
    row = 0
    for frame in build.batches(spec):
        shown = frame.with_columns(times_as_text()).with_columns(
            pl.selectors.float().fill_nan(None)
        )
        if row == 0:
            _set_up(sheet, spec, formats, header, _widths(shown, spec))
            row = 1
        for values in shown.iter_rows():  # xlsxwriter takes rows only
            sheet.write_row(row, 0, values)
            row += 1
    sheet.autofilter(0, 0, max(row - 1, 1), len(spec.columns) - 1)
    return {
        column.name: (writer.long_numbers[i], writer.cut_texts[i])
        for i, column in enumerate(spec.columns)
        if writer.long_numbers[i] or writer.cut_texts[i]
    }


def _set_up(
    sheet: Worksheet,
    spec: TableSpec,
    formats: dict[str, Format],
    header: Format,
    widths: dict[str, float],
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes are meant to be text
    for number, column in enumerate(spec.columns):
        sheet.set_column(number, number, widths[column.name], formats[_kind(column)])
        sheet.write_string(0, number, column.name, header)
        comment: dict[str, Any] = {"width": 300, "height": 90}
        sheet.write_comment(0, number, column_comment(column), comment)


def _kind(column: ColumnSpec) -> str:
    if isinstance(column.dtype, pl.String | pl.Datetime):
        return "text"
    if isinstance(column.dtype, pl.Date):
        return "date"
    return "money" if isinstance(column.dtype, pl.Decimal) and column.unit else "other"


def _widths(frame: pl.DataFrame, spec: TableSpec) -> dict[str, float]:
    """Column → its width in characters, from its name and its first rows.

    A character of three bytes, as Chinese ones are, is as wide as two.
    """
    text = pl.all().cast(pl.String)
    width = (text.str.len_bytes() + text.str.len_chars()) / 2
    (found,) = frame.select(width.max().fill_null(0)).rows(named=True)
    return {
        c.name: max(
            _NARROWEST,
            len(c.name) + _ARROW,
            min(_WIDEST, found[c.name] * (1.35 if _kind(c) == "money" else 1.0) + 2),
        )
        for c in spec.columns
    }
