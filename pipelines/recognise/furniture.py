"""Page furniture: page numbers and running heads, which belong to the page and to no table."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction

#: The share of a page's height, at its top and at its bottom, in which furniture stands.
_MARGIN = 0.15
#: Points by which a running head may move.
_HEIGHT = 3.0
#: A line on fewer pages runs nowhere.
_FEWEST = 3


def furniture(extraction: Extraction, cells: pl.DataFrame) -> set[str]:
    """Lines (``cell_id``) in the margins of pages that number them, or stand on most of them.

    A document without pages of a size has none: there a line with a number may be a broken cell.
    """
    heights = {p.page_no: p.height for p in extraction.pages if p.height}
    if not heights:
        return set()
    lines = _margin_lines(cells, heights)
    said = lines["text"].map_elements(fold_label, return_dtype=pl.String)
    lines = lines.with_columns(said=said)
    numbered = said.map_elements(_is_page_number, return_dtype=pl.Boolean)
    at = (pl.col("y0") / _HEIGHT).round().cast(pl.Int64)
    # Two neighbouring bands: a head that moves by a little stays one.
    bands = [lines.with_columns(band=at), lines.with_columns(band=at + 1)]
    pages = pl.concat(bands).group_by("said", "band").agg(
        "cell_id", pages=pl.col("page_no").n_unique()
    )  # fmt: skip
    running = pages.filter(
        (pl.col("pages") >= _FEWEST) & (2 * pl.col("pages") > len(extraction.pages))
    )
    return {*lines.filter(numbered)["cell_id"], *running["cell_id"].explode().drop_nulls()}


def _is_page_number(said: str) -> bool:
    """Whether a line (folded, closed up) does nothing but number its page."""
    return _page_number().fullmatch(said) is not None


@cache
def _page_number() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in vocabulary().furniture.page_numbers))


def _margin_lines(cells: pl.DataFrame, heights: dict[int, float]) -> pl.DataFrame:
    """Lines above or below all grids of their page, near its edge."""
    of_page = (
        cells.filter(pl.col("grid_no") > 0)
        .group_by("page_no")
        .agg(top=pl.col("y0").min(), bottom=pl.col("y1").max())
    )
    height = pl.col("page_no").replace_strict(heights, default=None, return_dtype=pl.Float64)
    lines = cells.filter((pl.col("grid_no") == 0) & (pl.col("text") != "")).join(
        of_page, on="page_no", how="left", maintain_order="left"
    )
    is_head = (pl.col("y1") < _MARGIN * height) & (pl.col("y1") <= pl.col("top").fill_null(1e9))
    is_foot = (pl.col("y0") > (1 - _MARGIN) * height) & (
        pl.col("y0") >= pl.col("bottom").fill_null(0.0)
    )
    return lines.filter(is_head | is_foot).select("cell_id", "page_no", "text", "y0")
