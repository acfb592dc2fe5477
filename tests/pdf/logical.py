"""Logical tables of a PDF, as rows, to be held against the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.furniture import furniture
from pipelines.recognise.tables import Tables, logical_cells, named_cells, read_tables

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction
    from tests.pdf.score import Rows


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
