"""Whether a text is a table separated by commas, or text that has commas in it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import islice

#: What parts the fields of a row, besides tabs.
SEPARATORS = (",", ";")
#: Lines that are looked at: a table shows itself early.
_LINES = 200
_FEWEST_ROWS = 2
#: The share of rows that have as many fields as most have. Programs write every row of a sheet
#: in its full width; a few broken rows do not make a table a text.
_EVEN = 0.9
#: A comma that separates thousands says nothing of fields.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def is_comma_separated(text: str) -> bool:
    r"""Whether commas, or semicolons, cut the lines into rows of one width, better than tabs do.

    A tab before a code (``\t0201``) keeps programs from taking it for a number; it makes no
    table of tabs.
    """
    lines = [line for line in islice(text.splitlines(), _LINES) if line.strip()]
    return any(_is_cut(lines, separator) for separator in SEPARATORS)


def _is_cut(lines: list[str], separator: str) -> bool:
    separating = sum(1 for line in lines if separator in _THOUSANDS.sub("", line))
    if separating < max(_FEWEST_ROWS, len(lines) / 2):
        return False
    even = _evenness(lines, separator)
    return even >= _EVEN and even > _evenness(lines, "\t")


def _evenness(lines: list[str], separator: str) -> float:
    """The share of rows with the commonest number of fields, where that is more than one."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
    except csv.Error:  # a field beyond all measure
        return 0.0
    rows = sum(widths.values())
    wide = [count for width, count in widths.items() if width > 1]
    return max(wide, default=0) / rows if rows >= _FEWEST_ROWS else 0.0
