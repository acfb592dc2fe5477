"""The PDF test documents and their truths are well-formed, small, and show what they shall."""

from __future__ import annotations

from collections import Counter

import pypdfium2
import pytest

from tests.pdf.cases import DOCUMENTS, JOINS, PHENOMENA, Case, cases

CASES = cases()
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
#: Bytes of one document, and of all.
LARGEST, LARGEST_SUM = 110_000, 2_000_000
REALISTIC_CELLS = 6000


@EACH
def test_pages_and_size_are_as_said(case: Case) -> None:
    data = case.pdf
    assert len(data) <= LARGEST
    with pypdfium2.PdfDocument(data) as document:
        assert len(document) == case.page_count
    named = [*case.refused, *case.flagged, *case.exact_or_flagged,
             *(page for page, _ in case.lines),
             *(page for table in case.tables for page in table.pages)]  # fmt: skip
    assert set(named) <= set(range(1, case.page_count + 1))


@EACH
def test_truth_is_rectangular_and_its_merged_cells_cover_what_is_blank(case: Case) -> None:
    for table in case.tables:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.rows[0])}
        assert table.header_rows < len(table.rows)
        covered = Counter(
            (i, j)
            for r, c, rows, columns in table.spans
            for i in range(r, r + rows)
            for j in range(c, c + columns)
            if (i, j) != (r, c)
        )
        none = {
            (i, j) for i, row in enumerate(table.rows) for j, text in enumerate(row) if text is None
        }
        assert set(covered) == none
        assert not covered or max(covered.values()) == 1


@EACH
def test_words_are_of_the_lists(case: Case) -> None:
    assert set(case.phenomena) <= set(PHENOMENA)
    for table in case.tables:
        assert set(table.joins or ()) <= set(JOINS)
        assert table.joins == () or len(table.pages) > 1
    assert case.note or not (case.refused or case.flagged)


@EACH
def test_truth_survives_json(case: Case) -> None:
    assert Case.from_json(case.as_json()) == case


def test_every_phenomenon_and_every_join_has_a_case() -> None:
    assert set(PHENOMENA) == {phenomenon for case in CASES for phenomenon in case.phenomena}
    assert set(JOINS) == {join for case in CASES for table in case.tables
                          for join in table.joins or ()}  # fmt: skip


def test_realistic_documents_are_many_and_of_every_producer() -> None:
    realistic = [case for case in CASES if case.is_realistic]
    producers = Counter(case.producer for case in realistic)
    assert producers == dict.fromkeys(
        ("reportlab-cid", "reportlab-embedded", "calc", "writer", "chromium"), 2
    )
    cells = [text for case in realistic for table in case.tables for row in table.rows
             for text in row if text is not None]  # fmt: skip
    assert len(cells) >= REALISTIC_CELLS


def test_files_stand_in_pairs_and_are_small() -> None:
    names = {path.stem for path in DOCUMENTS.glob("*.pdf")}
    assert names == {case.name for case in CASES}
    assert sum(path.stat().st_size for path in DOCUMENTS.iterdir()) <= LARGEST_SUM
