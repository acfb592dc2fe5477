"""Both readers on all PDFs of the corpus: where they differ stands in a list, with the cause.

Read again is every cell of every ruled grid, blank ones too, by pdfplumber's own rulings where it
has that cell; all numbers it sees in either reader's tables; and the characters of every page as a
whole. ``reader_differences.toml`` must be exactly what is found.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.corpus import CORPUS, corpus_pdfs
from tests.corpus.compared import Compared, compare_all

LISTED = Path(__file__).with_name("reader_differences.toml")


@pytest.fixture(scope="module")
def compared() -> list[Compared]:
    paths = corpus_pdfs()
    if not paths:
        pytest.skip(f"no corpus at {CORPUS}: both readers are compared on none of its files")
    return compare_all(paths)


@pytest.mark.slow
def test_readers_differ_exactly_where_it_is_listed(compared: list[Compared]) -> None:
    listed = tomllib.loads(LISTED.read_text("utf-8"))["difference"]
    assert all(each["cause"].strip() for each in listed)
    known = [tuple(each[k] for k in ("document", "page", "place", "first", "second"))
             for each in listed]  # fmt: skip
    found = [difference for each in compared for difference in each.differences]
    assert sorted(found) == sorted(known)


@pytest.mark.slow
def test_cells_that_pdfplumbers_tables_lack(compared: list[Compared]) -> None:
    """Read by the first reader's box then; as many as listed, with the cause."""
    listed = tomllib.loads(LISTED.read_text("utf-8"))["not_its_cells"]
    assert all(each["cause"].strip() for each in listed)
    known = {each["document"]: each["cells"] for each in listed}
    found = {each.document: each.not_its_cells for each in compared if each.not_its_cells}
    assert found == known


@pytest.mark.slow
def test_the_corpus_is_read_twice_as_a_whole(compared: list[Compared]) -> None:
    """So that nothing above holds of nothing."""
    assert sum(each.pages for each in compared) >= 1_200
    assert sum(each.cells for each in compared) >= 60_000
    assert sum(len(each.differences) for each in compared) <= 40
