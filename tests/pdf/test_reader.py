"""The reader on every test document: what it refuses, flags, reads outside of tables; where."""

from __future__ import annotations

import polars as pl
import pytest

from tests.pdf.cases import Case, cases
from tests.pdf.reading import doubtful_pages, extraction, folded, grid_rows
from tests.pdf.score import Rows, closed_up, score

CASES = cases()
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
#: Points by which a corner may be off.
NEAR = 1.5


@EACH
def test_every_character_is_accounted_for(case: Case) -> None:
    pages = extraction(case).pages
    assert [page.page_no for page in pages] == list(range(1, case.page_count + 1))
    assert [(p.page_no, p.char_count) for p in pages] == [
        (p.page_no, p.cell_char_count) for p in pages
    ]


@EACH
def test_unusable_pages_are_refused_and_no_others(case: Case) -> None:
    refused = {page.page_no for page in extraction(case).pages if page.refusal}
    assert set(case.refused) <= refused <= {*case.refused, *case.flagged, *case.exact_or_flagged}


@EACH
def test_doubtful_pages_are_flagged(case: Case) -> None:
    assert set(case.flagged) <= doubtful_pages(extraction(case))


@EACH
def test_lines_outside_of_tables_are_read(case: Case) -> None:
    lines = extraction(case).cells.filter(pl.col("grid_no") == 0)
    for page, text in case.lines:
        said = "".join(lines.filter(pl.col("page_no") == page)["text"])
        assert (closed_up(text) or "") in (closed_up(said) or "")


@EACH
def test_what_is_not_printed_is_not_read(case: Case) -> None:
    """Not even one of its characters stands in a cell or a line in its place."""
    said = "".join(extraction(case).cells["text"])
    printed = {character for table in case.tables for row in table.rows for text in row
               for character in text or ""}  # fmt: skip
    printed |= {character for _, text in case.lines for character in text}
    for text in case.absent:
        assert not (set(text) - printed) & set(said)


@EACH
def test_grids_begin_where_they_are_printed(case: Case) -> None:
    grids = extraction(case).grids
    for page, x, y in case.corners:
        assert any(
            abs(grid.column_edges[0] - x) < NEAR and abs(grid.row_edges[0] - y) < NEAR
            for grid in grids
            if grid.page_no == page
        ) or page in (*case.refused, *case.flagged)


@EACH
def test_boxes_lie_on_their_page(case: Case) -> None:
    found = extraction(case)
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
def test_pages_without_tables_have_no_grids(case: Case) -> None:
    with_tables = {page for table in case.tables for page in table.pages}
    assert {grid.page_no for grid in extraction(case).grids} <= with_tables


ON_ONE_PAGE = [case for case in CASES
               if case.tables and all(len(table.pages) == 1 for table in case.tables)]  # fmt: skip


@pytest.mark.parametrize("case", ON_ONE_PAGE, ids=lambda case: case.name)
def test_tables_on_one_page_are_exact_or_flagged(case: Case) -> None:
    found = extraction(case)
    truth: list[Rows] = [table.rows for table in case.tables]
    read = grid_rows(found)
    if "cjk_radicals" in case.phenomena:
        truth, read = [folded(rows) for rows in truth], [folded(rows) for rows in read]
    result = score(truth, read)
    is_excused = {*case.flagged, *case.exact_or_flagged} & doubtful_pages(found)
    assert result.is_perfect or is_excused, result.differences
