"""Small workbooks, and parts of them written by hand: what libraries would never write."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter

from pipelines.extract.readers import extract

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.extract.grids import Extraction

FIRST = "xl/worksheets/sheet1.xml"


def workbook(write: Callable[[xlsxwriter.Workbook, Any], None], name: str = "收入总表") -> bytes:
    """A workbook; ``write`` is given it and its first sheet."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        write(book, book.add_worksheet(name))
    return kept.getvalue()


def rows(*said: tuple[Any, ...]) -> Callable[[xlsxwriter.Workbook, Any], None]:
    """Writes rows of values from A1 on."""

    def write(_: xlsxwriter.Workbook, sheet: Any) -> None:
        for number, values in enumerate(said):
            sheet.write_row(number, 0, values)

    return write


def with_part(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The same workbook with a part of it changed."""
    kept = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(kept, "w") as after:
        for member in before.infolist():
            content = before.read(member)
            if member.filename == name:
                content = change(content.decode()).encode()
            after.writestr(member, content)
    return kept.getvalue()


def with_cell(data: bytes, address: str, xml: str) -> bytes:
    """The same workbook with one cell of its first sheet written by hand, in its own row."""

    def change(content: str) -> str:
        row = re.sub(r"[A-Z]+", "", address)
        content = re.sub(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', "", content)
        if f'<row r="{row}"' in content:
            return re.sub(rf'(<row r="{row}"[^>]*>)', rf"\g<1>{xml}", content)
        return content.replace("</sheetData>", f'<row r="{row}">{xml}</row></sheetData>')

    return with_part(data, FIRST, change)


def read(data: bytes) -> Extraction:
    """What the reader makes of it."""
    return extract("0" * 64, data)


def texts(extraction: Extraction) -> dict[str, str]:
    """Address → text of cells that are not blank."""
    cells = extraction.cells.filter(extraction.cells["text"] != "")
    return dict(cells.select("address", "text").iter_rows())


__all__ = ["FIRST", "read", "rows", "texts", "with_cell", "with_part", "workbook"]
