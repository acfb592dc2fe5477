"""CSV: a file a table, UTF-8, RFC 4180, exact decimals, times in ISO 8601 and UTC.

For spreadsheets (``excel``): with a mark of byte order, and with an apostrophe before each text
that a spreadsheet would run as a formula, or read as another number or date than is written. To
take one leading apostrophe off such columns gives back what was exported, for a text that begins
with one gets another. Numbers are never changed.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.serve.export.written import Output, Written, times_as_text

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.serve.export.build import PublishedBuild
    from schemas.registry import TableSpec

#: Text that a spreadsheet would not show as it stands. Runs as a formula (OWASP, CSV injection;
#: full-width signs too, which count in East Asian settings), begins with the mark itself, …
_RUNS = r"^\s*[=+\-@＝＋－＠]|^[\t\r\n']"
#: … or is made of digits and of signs of numbers (in brackets: below zero), money, days, times …
_LOOKS_LIKE_A_NUMBER = (
    r"^[\s(（$¥￥€£.．]*[0-9０-９]"
    r"[0-9０-９.．,，%％/／:：\-－eE+年月日时時分秒)）\s]*(?i:[ap]m?)?\s*$"
)
#: … or is a truth, or a day or year with a month's name …
_MONTH = (
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(tember)?"
    r"|oct(ober)?|nov(ember)?|dec(ember)?)"
)
_BESIDE = r"[\s/,0-9-]*"
_NAMED = rf"(?i)^\s*(true|false|[0-9]{_BESIDE}{_MONTH}{_BESIDE}|{_MONTH}[\s/,-]*[0-9]{_BESIDE})\s*$"
#: … unless it is a plain number that a spreadsheet holds as it is written.
_PLAIN_NUMBER = r"^(0|[1-9][0-9]{0,14})$"

_DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True}
_NOTE = (
    "CSV（RFC 4180）；空为无值，不可为空的文本列中则为空文本；时间为 UTC / an empty field is no "
    "value, or in a text column that always has one, empty text; times are UTC"
)
_EXCEL_NOTE = (
    "供 Excel：UTF-8 带 BOM；凡 Excel 会执行、或改读为别的数字或日期的文本，"
    "前加一个撇号（原以撇号开头者亦同），去掉一个即为原文；数字未改 "
    "/ for Excel: UTF-8 with a BOM; text that Excel would run as a formula, or read as another "
    "number or date, or that begins with an apostrophe, has an apostrophe before it: take one "
    "off for the original; numbers are as they were"
)


def write_csv(build: PublishedBuild, directory: Path, *, excel: bool = False) -> Output:
    """Every table of the build into a file of its own."""
    output = Output(notes=[_NOTE, *([_EXCEL_NOTE] if excel else [])], escaped=excel)
    properties: dict[str, Any] = {
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig" if excel else "utf-8",
        "dialect": _DIALECT,
    }
    for spec in build.tables:
        path = f"{spec.name}.csv"
        _write(build, spec, directory / path, excel=excel)
        output.files.append(Written(spec, path, properties))
    return output


def _write(build: PublishedBuild, spec: TableSpec, path: Path, *, excel: bool) -> None:
    with path.open("wb") as file:
        if excel:
            file.write(codecs.BOM_UTF8)
        for number, frame in enumerate(build.batches(spec)):
            shown = frame.with_columns(escaped()) if excel else frame
            shown.with_columns(times_as_text()).write_csv(
                file, include_header=number == 0, line_terminator="\r\n"
            )


def escaped() -> pl.Expr:
    """Columns of text as a spreadsheet shows them unchanged: see the module."""
    text = pl.selectors.string()
    looks = text.str.contains(_LOOKS_LIKE_A_NUMBER) & ~text.str.contains(_PLAIN_NUMBER)
    changes = text.str.contains(_RUNS) | text.str.contains(_NAMED) | looks
    return pl.when(~changes).then(text).otherwise("'" + text)
