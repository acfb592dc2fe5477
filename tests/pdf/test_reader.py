"""The reader on every test document: what it refuses, flags, reads outside of tables; where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.extract.pdf.reader import read_pdf
from tests.pdf.cases import Case, cases
from tests.pdf.score import closed_up

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction

CASES = cases()
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
#: Points by which a corner may be off.
NEAR = 1.5


@pytest.fixture(scope="module")
def extractions() -> dict[str, Extraction]:
    """Every document, read once."""
    return {case.name: read_pdf(case.name, "application/pdf", case.pdf) for case in CASES}


@EACH
def test_every_character_is_accounted_for(case: Case, extractions: dict[str, Extraction]) -> None:
    pages = extractions[case.name].pages
    assert [page.page_no for page in pages] == list(range(1, case.page_count + 1))
    assert [(p.page_no, p.char_count) for p in pages] == [
        (p.page_no, p.cell_char_count) for p in pages
    ]


@EACH
def test_unusable_pages_are_refused_and_no_others(
    case: Case, extractions: dict[str, Extraction]
) -> None:
    refused = {page.page_no for page in extractions[case.name].pages if page.refusal}
    assert set(case.refused) <= refused <= {*case.refused, *case.flagged, *case.exact_or_flagged}


@EACH
def test_doubtful_pages_are_flagged(case: Case, extractions: dict[str, Extraction]) -> None:
    assert set(case.flagged) <= doubtful_pages(extractions[case.name])


@EACH
def test_lines_outside_of_tables_are_read(case: Case, extractions: dict[str, Extraction]) -> None:
    lines = extractions[case.name].cells.filter(pl.col("grid_no") == 0)
    for page, text in case.lines:
        said = "".join(lines.filter(pl.col("page_no") == page)["text"])
        assert (closed_up(text) or "") in (closed_up(said) or "")


@EACH
def test_what_is_not_printed_is_not_read(case: Case, extractions: dict[str, Extraction]) -> None:
    """Not even one of its characters stands in a cell or a line in its place."""
    said = "".join(extractions[case.name].cells["text"])
    printed = {character for table in case.tables for row in table.rows for text in row
               for character in text or ""}  # fmt: skip
    printed |= {character for _, text in case.lines for character in text}
    for text in case.absent:
        assert not (set(text) - printed) & set(said)


@EACH
def test_grids_begin_where_they_are_printed(case: Case, extractions: dict[str, Extraction]) -> None:
    grids = extractions[case.name].grids
    for page, x, y in case.corners:
        assert any(
            abs(grid.column_edges[0] - x) < NEAR and abs(grid.row_edges[0] - y) < NEAR
            for grid in grids
            if grid.page_no == page
        ) or page in (*case.refused, *case.flagged)


@EACH
def test_boxes_lie_on_their_page(case: Case, extractions: dict[str, Extraction]) -> None:
    found = extractions[case.name]
    for page in found.pages:
        if page.refusal is None:
            assert page.width
            assert page.height
            boxes = found.cells.filter(pl.col("page_no") == page.page_no)
            assert boxes.filter(
                (pl.col("x0") > pl.col("x1")) | (pl.col("y0") > pl.col("y1"))
                | (pl.col("x0") < -NEAR) | (pl.col("x1") > page.width + NEAR)
                | (pl.col("y0") < -NEAR) | (pl.col("y1") > page.height + NEAR)
            ).is_empty()  # fmt: skip


@EACH
def test_pages_without_tables_have_no_grids(case: Case, extractions: dict[str, Extraction]) -> None:
    with_tables = {page for table in case.tables for page in table.pages}
    assert {grid.page_no for grid in extractions[case.name].grids} <= with_tables


def doubtful_pages(extraction: Extraction) -> set[int]:
    """Pages that are flagged, refused, or have a table of a doubtful method."""
    pages = {page.page_no for page in extraction.pages if page.flags or page.refusal}
    return pages | {grid.page_no for grid in extraction.grids if grid.method != "ruled"}
