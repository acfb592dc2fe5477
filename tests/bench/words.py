"""Cells a second of the readers of Word documents and web pages, beside what others read them with.

All read the same generated books in the same run, in one process, each document some times: the
fastest counts. A cell is one that is printed, blank ones too; ``found`` is the share of the printed
texts that a contender gives at all, wherever it puts them. python-docx and pandas give tables
alone; ours gives the lines, the spans and the account of every character besides.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections import Counter
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import docx
import pandas as pd

from pipelines.extract.readers import extract
from tests.generator.books.cells import grid_rows
from tests.generator.books.documents import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.generator.books.documents import Document

PLACES, BODIES, YEARS, SEED = ("guangzhou", "jiangsu", "shili"), 2, 2, 1
TIMES = 5


def ours(data: bytes) -> list[str]:
    """The text of every cell of a table."""
    cells = extract("0" * 64, data).cells
    return cells.filter(cells["grid_no"] > 0)["text"].to_list()


def python_docx(data: bytes) -> list[str]:
    """The same by python-docx: cell by cell, merged ones once for each position."""
    tables = docx.Document(BytesIO(data)).tables
    return [cell.text for table in tables for row in table.rows for cell in row.cells]


def read_html(data: bytes) -> list[str]:
    """The same by pandas on lxml, which is told the right encoding: it stops at the page's own."""
    text = StringIO(data.decode("gb18030"))
    frames = pd.read_html(text, flavor="lxml", header=None, keep_default_na=False)
    return [str(value) for frame in frames for value in (*frame.columns, *frame.to_numpy().flat)]


CONTENDERS: dict[str, dict[str, Callable[[bytes], list[str]]]] = {
    "docx": {"yusuan": ours, "python_docx": python_docx},
    "html-word": {"yusuan": ours, "pandas_read_html": read_html},
}


def printed(document: Document) -> list[str]:
    """The texts of all cells of tables as the generator prints them."""
    sheets = document.book.sheets
    return [
        cell.text
        for page in document.pages
        for grid in page.grids
        for row in grid_rows(sheets[grid.sheet], grid)
        for cell in row
        if cell is not None
    ]


def measured(read: Callable[[bytes], list[str]], made: list[Document]) -> dict[str, float]:
    """Cells a second, and the share of texts found."""
    seconds, cells, found, wanted = 0.0, 0, 0, 0
    for document in made:
        true = printed(document)
        said = _plain(read(document.data))
        cells += len(true)
        wanted += _plain(true).total()
        found += (_plain(true) & said).total()
        seconds += min(_timed(read, document.data) for _ in range(TIMES))
    return {"cells_per_s": round(cells / seconds), "found": round(found / wanted, 4)}


def _timed(read: Callable[[bytes], list[str]], data: bytes) -> float:
    start = time.process_time()
    read(data)
    return time.process_time() - start


def _plain(texts: Iterable[str]) -> Counter[str]:
    """Texts that are not blank, without white space."""
    return Counter(said for text in texts if (said := "".join(text.split())))


def books(written: str) -> list[Document]:
    """Books of every place in a format."""
    return [
        document
        for place in PLACES
        for document in documents(SEED, place, BODIES, YEARS, written=written, schedule=("plain",))
    ]


def main() -> None:
    """Each format, ours and its peer."""
    warnings.simplefilter("ignore")
    for written, contenders in CONTENDERS.items():
        made = books(written)
        figures = {name: measured(read, made) for name, read in contenders.items()}
        rates = [figure["cells_per_s"] for figure in figures.values()]
        line = {
            "bench": f"words {written}", "documents": len(made),
            "cells": sum(len(printed(document)) for document in made),
            "bytes": sum(len(document.data) for document in made),
            **figures, "times_as_fast": round(rates[0] / rates[1], 2),
        }  # fmt: skip
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
