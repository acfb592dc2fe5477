"""What a workbook calls its places: names on tabs, addresses of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.items import Sheets

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction


def read_sheets(extraction: Extraction) -> Sheets:
    """What a document calls its places, if it is a workbook."""
    names = {page.page_no: page.sheet for page in extraction.pages if page.sheet is not None}
    if not names:
        return Sheets()
    ends = (
        extraction.cells.filter((pl.col("grid_no") > 0) & pl.col("address").is_not_null())
        .group_by("grid_no")
        .agg(first=pl.col("address").first(), last=pl.col("address").last())
    )
    return Sheets(names, {no: f"{first}:{last}" for no, first, last in ends.iter_rows()})
