"""Every PDF test document comes back as its logical tables, by the joins its truth names."""

from __future__ import annotations

import pytest

from tests.pdf.cases import Case, cases
from tests.pdf.reading import doubtful_pages, extraction, folded, logical_tables
from tests.pdf.score import score

CASES = cases()
READ = [case for case in CASES if case.tables and not case.refused]


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_tables_come_back_cell_for_cell(case: Case) -> None:
    found = extraction(case)
    tables, rows = logical_tables(found)
    if {*case.flagged, *case.exact_or_flagged} & doubtful_pages(found):
        return
    truth = [folded(table.rows) for table in case.tables]
    assert score(truth, [folded(table) for table in rows]).differences == ()
    made = [{j.rule_id for j in tables.joins if j.table_no == n} for n in range(1, len(rows) + 1)]
    named = [table.joins for table in case.tables]
    assert [joins for joins, wanted in zip(made, named, strict=True) if wanted is not None] == [
        set(wanted) for wanted in named if wanted is not None
    ]


def test_realistic_documents_are_exact_without_excuse() -> None:
    """So that the above holds of many cells, of all producers, and of none by a flag alone."""
    realistic = [case for case in CASES if case.is_realistic]
    found = [
        score(case_rows, logical_tables(extraction(case))[1])
        for case in realistic
        for case_rows in [[table.rows for table in case.tables]]
    ]
    assert len({case.producer for case in realistic}) == 5
    assert sum(each.cells for each in found) > 7_500
    assert sum(each.numbers for each in found) > 3_000
    assert all(each.is_perfect for each in found)
    assert not any(case.flagged or case.exact_or_flagged for case in realistic)
