"""What is read of a PDF test document, as rows to be held against its truth."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.extract.pdf.reader import read_pdf
from pipelines.recognise.furniture import furniture
from pipelines.recognise.tables import Tables, logical_cells, named_cells, read_tables
from pipelines.values.text import fold

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction
    from tests.pdf.cases import Case
    from tests.pdf.score import Rows


@cache
def extraction(case: Case) -> Extraction:
    """A document, read once."""
    return read_pdf(case.name, "application/pdf", case.pdf)


def grid_rows(found: Extraction) -> list[Rows]:
    """The grids of a document as rows of texts, as printed on their pages."""
    grids: list[Rows] = []
    for grid in found.grids:
        rows: list[list[str | None]] = [
            [None] * (len(grid.column_edges) - 1) for _ in grid.row_edges[1:]
        ]
        cells = found.cells.filter(pl.col("grid_no") == grid.grid_no)
        for row, column, text in cells.select("row_no", "col_no", "text").iter_rows():
            rows[row - 1][column - 1] = text
        grids.append(rows)
    return grids


def folded(rows: Rows) -> Rows:
    """The copy for reading: radicals are the characters they stand for."""
    return [[None if text is None else fold(text).text for text in row] for row in rows]


def doubtful_pages(found: Extraction) -> set[int]:
    """Pages that are flagged, refused, or have a table of a doubtful method."""
    pages = {page.page_no for page in found.pages if page.flags or page.refusal}
    return pages | {grid.page_no for grid in found.grids if grid.method != "ruled"}


def logical_tables(extraction: Extraction) -> tuple[Tables, list[Rows]]:
    """The joined tables of a document, and their rows: none where a merged cell covers."""
    cells = named_cells(extraction).with_columns(reading_id=pl.lit(""))
    tables = read_tables(extraction, cells, furniture(extraction, cells))
    printed = tables.cells.filter(pl.col("role_in_table").is_not_null())
    rows: list[Rows] = []
    for _, table in sorted(printed.partition_by("table_no", as_dict=True).items()):
        texts = {
            (row, col): text
            for row, col, text in logical_cells(table)
            .select("table_row", "table_col", "text")
            .iter_rows()
        }
        last = table["table_row"].max(), table["table_col"].max()
        assert isinstance(last[0], int)
        assert isinstance(last[1], int)
        rows.append([
            [texts.get((row, col)) for col in range(1, last[1] + 1)]
            for row in range(1, last[0] + 1)
        ])  # fmt: skip
    return tables, rows
