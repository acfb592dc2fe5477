"""How values become cells of a workbook: text stays text, and nothing loses a digit unsaid.

Excel holds 15 significant digits, 32,767 characters in a cell, and no day before 1900. A number
beyond it is written as text, in full; text beyond it is cut and ends with a mark. Both are
counted. Shares are the only floats; they keep 16 digits.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

DIGITS = 15
#: UTF-16 units, as Excel counts.
TEXT_UNITS = 32_767
CUT = "…〔截断 cut〕"
_FIRST_YEAR = 1901  # Excel has a 29 February 1900 that never was
#: What xlsxwriter takes for text with formats of its own.
_RICH = "<r>"


class CellWriter:
    """Writes the values of a sheet; ``long_numbers`` and ``cut_texts`` count by column."""

    def __init__(self, sheet: Worksheet) -> None:
        """Take over how values of these types are written to the sheet."""
        self.long_numbers: Counter[int] = Counter()
        self.cut_texts: Counter[int] = Counter()
        sheet.add_write_handler(str, self._text)
        sheet.add_write_handler(int, self._whole)
        sheet.add_write_handler(Decimal, self._decimal)
        sheet.add_write_handler(date, self._day)

    def _text(
        self, sheet: Worksheet, row: int, col: int, value: str, style: Format | None = None
    ) -> int:
        """Never a formula, a link or a number, whatever it looks like."""
        shown = value
        if len(value) * 2 > TEXT_UNITS and len(value.encode("utf-16-le")) > TEXT_UNITS * 2:
            self.cut_texts[col] += 1
            kept = value.encode("utf-16-le")[: (TEXT_UNITS - len(CUT)) * 2]
            shown = kept.decode("utf-16-le", "ignore") + CUT
        if shown.startswith(_RICH):  # in pieces, so that its signs are escaped
            return int(sheet.write_rich_string(row, col, shown[0], shown[1], shown[2:]))
        return int(sheet.write_string(row, col, shown, style))

    def _whole(
        self, sheet: Worksheet, row: int, col: int, value: int, style: Format | None = None
    ) -> int:
        if abs(value) < 10**DIGITS:
            return int(sheet.write_number(row, col, value, style))
        return self._long_number(sheet, row, col, str(value), style)

    def _decimal(
        self, sheet: Worksheet, row: int, col: int, value: Decimal, style: Format | None = None
    ) -> int:
        if len(value.normalize().as_tuple().digits) <= DIGITS:
            return int(sheet.write_number(row, col, float(value), style))
        return self._long_number(sheet, row, col, f"{value:f}", style)

    def _long_number(
        self, sheet: Worksheet, row: int, col: int, value: str, style: Format | None
    ) -> int:
        self.long_numbers[col] += 1
        return int(sheet.write_string(row, col, value, style))

    @staticmethod
    def _day(sheet: Worksheet, row: int, col: int, value: date, style: Format | None = None) -> int:
        if value.year < _FIRST_YEAR:
            return int(sheet.write_string(row, col, value.isoformat(), style))
        return int(sheet.write_datetime(row, col, value, style))
