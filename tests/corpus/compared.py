"""One document read by both readers: module of its own, so that worker processes find it."""

from __future__ import annotations

import logging
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.archive import sha256_of
from pipelines.extract.readers import extract
from pipelines.extract.second_reader import ASKED_SCHEMA, read_again

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.extract.grids import Extraction

#: Of a document's SHA-256, enough to know it by.
PREFIX = 12
#: Of a text that differs, enough to know it by.
SHOWN = 24

Difference = tuple[str, int, str, str, str]


@dataclass
class Compared:
    """One document: what both readers read, and where they differ.

    ``unaccounted``: pages of which the first reader lost or doubled a character.
    """

    document: str
    pages: int
    characters: int
    unaccounted: int
    cells: int
    not_its_cells: int
    differences: list[Difference]


def asked(extraction: Extraction) -> pl.DataFrame:
    """All cells and lines, cells of ruled grids to be read again, and each page as one cell."""
    ruled = [grid.grid_no for grid in extraction.grids if grid.method == "ruled"]
    cells = extraction.cells.with_columns(
        cell_id=pl.format("t{} r{} c{}", "grid_no", "row_no", "col_no"),
        is_asked=pl.col("grid_no").is_in(ruled),
    ).select(list(ASKED_SCHEMA))
    whole = cells.group_by("page_no", maintain_order=True).agg(pl.col("text").str.join(""))
    sizes = {page.page_no: (page.width or 0.0, page.height or 0.0) for page in extraction.pages}
    pages = [
        (f"p{number}", number, 0, 0.0, 0.0, *sizes[number], text, True)
        for number, text in whole.iter_rows()
    ]
    return pl.concat([cells, pl.DataFrame(pages, schema=ASKED_SCHEMA, orient="row")])


def compare_all(paths: Sequence[Path]) -> list[Compared]:
    """Documents that the first reader does not refuse, each read twice."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return [found for found in pool.map(compare, paths) if found is not None]


def compare(path: Path) -> Compared | None:
    """Read a document twice; none if the first reader refuses it."""
    logging.disable()  # pdfminer's remarks on fonts
    data = path.read_bytes()
    document = sha256_of(data)
    extraction = extract(document, data)
    if extraction.refusal is not None:
        return None
    cells = asked(extraction)
    answers = read_again(data, cells).with_columns(
        pl.col("cell_id").fill_null("stray"),
        pl.col("first", "second").fill_null("").str.replace_all(r"\s", ""),
    )
    is_page = pl.col("cell_id").str.starts_with("p")
    of_cells = answers.filter(~is_page & (pl.col("how") != "stray"))
    differing = answers.filter(~pl.col("agrees"))
    whole = differing.filter(is_page).select("page_no", "first", "second").rows()
    differences = [
        (document[:PREFIX], page_no, cell_id, first[:SHOWN], second[:SHOWN])
        for page_no, cell_id, first, second in differing.filter(~is_page)
        .select("page_no", "cell_id", "first", "second")
        .iter_rows()
    ]
    differences += [
        (document[:PREFIX], number, "page", surplus(first, second), surplus(second, first))
        for number, first, second in whole
    ]
    lacking = of_cells.filter((pl.col("how") == "box") & (pl.col("first") != ""))
    pages = extraction.pages
    return Compared(
        document[:PREFIX],
        pages=len(pages),
        characters=sum(page.char_count for page in pages),
        unaccounted=sum(page.char_count != page.cell_char_count for page in pages),
        cells=of_cells.height,
        not_its_cells=lacking.height,
        differences=differences,
    )


def surplus(one: str, other: str) -> str:
    """Characters of one text beyond those of another, sorted; the first of them."""
    left = list(one)
    for char in other:
        if char in left:
            left.remove(char)
    return "".join(sorted(left))[:SHOWN]
