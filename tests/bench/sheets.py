"""Cells a second and peak memory of the workbook reader beside openpyxl, calamine alone, and xlrd.

All read the same generated workbook in the same run, each in a fresh process: one sheet as wide as
a table of a budget, with codes as numbers, amounts with more places than are shown, and rules.
openpyxl gives values and formats, as ours does; calamine gives values alone, and what it hides
(errors, formats, rules, what is hidden) is what our survey reads beside it.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context
from typing import TYPE_CHECKING

import openpyxl
import xlrd
from python_calamine import CalamineWorkbook

from pipelines.extract.readers import extract
from tests.bench.pdf import peak_mb
from tests.generator.books.workbooks import Put, Sheet, xls, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

#: Rows and columns of the table.
ROWS, COLUMNS = 30_000, 7
_TRIES = 3


def ours(data: bytes) -> int:
    """Grids, lines, and what is shown of every cell; how many cells are not blank."""
    return extract("0" * 64, data).pages[0].cell_count


def by_openpyxl(data: bytes) -> int:
    """Values with their formats, cell by cell."""
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    cells = [(c.value, c.number_format) for row in book.worksheets[0].iter_rows() for c in row]
    return sum(value not in {None, ""} for value, _ in cells)


def by_openpyxl_values(data: bytes) -> int:
    """Values alone, streamed: its fastest way, which stops where ``<dimension>`` says so."""
    book = openpyxl.load_workbook(BytesIO(data), data_only=True, read_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    return sum(value not in {None, ""} for row in rows for value in row)


def by_calamine(data: bytes) -> int:
    """Values alone."""
    sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
    return sum(value != "" for row in sheet.iter_rows() for value in row)


def by_xlrd(data: bytes) -> int:
    """Values and formats of an .xls."""
    book = xlrd.open_workbook(file_contents=data, formatting_info=True)
    sheet = book.sheet_by_index(0)
    return sum(kind not in {0, 6} for row in range(sheet.nrows) for kind in sheet.row_types(row))


READERS: dict[str, tuple[Callable[[bytes], int], str]] = {
    "yusuan": (ours, "xlsx"),
    "openpyxl": (by_openpyxl, "xlsx"),
    "openpyxl_values": (by_openpyxl_values, "xlsx"),
    "calamine": (by_calamine, "xlsx"),
    "yusuan_xls": (ours, "xls"),
    "xlrd": (by_xlrd, "xls"),
}


def table() -> Sheet:
    """What is read: a title, a header, rows of a code, a name, amounts, a blank."""
    header = ("科目编码", "科目名称", "合计", "基本支出", "项目支出", "其他", "备注")
    cells = [Put(1, 1, "2026年部门支出预算总表")]
    cells += [Put(3, col, text, is_inside=True) for col, text in enumerate(header, 1)]
    for row in range(ROWS):
        amounts = [f"{(row * 37 + part * 11) % 99_991 + 1:,}.{row % 90 + 10}" for part in range(4)]
        said = (f"{201 + row % 30}{row % 90 + 10}", f"某项支出{row % 700}", *amounts, "")
        cells += [Put(row + 4, col, text, is_inside=True) for col, text in enumerate(said, 1)]
    return Sheet("支出总表", cells)


def read(name: str, data: bytes) -> tuple[int, float, float, float]:
    """Cells, seconds of CPU time of the fastest of some tries, peak memory before and after."""
    before, best, cells = peak_mb(), float("inf"), 0
    for _ in range(_TRIES):
        start = time.process_time()
        cells = READERS[name][0](data)
        best = min(best, time.process_time() - start)
    return cells, best, before, peak_mb()


def measured(name: str, data: bytes) -> dict[str, float]:
    """A reader in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        cells, seconds, before, after = pool.submit(read, name, data).result()
    return {
        "cells": cells,
        "cpu_seconds": round(seconds, 2),
        "cells_per_cpu_s": round(cells / seconds),
        "peak_mb": round(after),
        "of_it_imports_mb": round(before),
    }


def main() -> None:
    """All readers, one after the other; a line of JSON."""
    files = {"xlsx": xlsx([table()]), "xls": xls([table()])}
    figures = {name: measured(name, files[kind]) for name, (_, kind) in READERS.items()}
    rate = {name: found["cells_per_cpu_s"] for name, found in figures.items()}
    ratios = {
        f"{name}_by_{peer}": round(rate[name] / rate[peer], 2)
        for name, peer in (("yusuan", "openpyxl"), ("yusuan", "openpyxl_values"),
                           ("yusuan", "calamine"), ("yusuan_xls", "xlrd"))
    }  # fmt: skip
    line = {
        "bench": "sheets",
        "rows": ROWS,
        "columns": COLUMNS,
        **{f"{kind}_bytes": len(data) for kind, data in files.items()},
        **figures,
        "times_as_fast_as": ratios,
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
