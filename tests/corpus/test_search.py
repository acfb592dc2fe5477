"""Search over a real book: what a person finds on its pages, with the money printed beside it.

The pages were looked at by eye, and by another program (pdftotext): each of the four prints the
word, and the amount in 万元 in the row of the project.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.serve.search import search
from tests.conftest import Installation
from tests.corpus import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

BOOK = "guangzhou/民政局_2026年部门预算.pdf"
#: Page and amount in yuan of the four projects whose goals say 污水处理.
PRINTED = {(43, Decimal("14988300.00")), (48, Decimal("42018800.00")),
           (52, Decimal("7615100.00")), (67, Decimal("464100.00"))}  # fmt: skip


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The book, published."""
    book: Path = CORPUS / BOOK
    if not book.exists():
        pytest.skip(f"no corpus at {CORPUS}: the real book is not searched")
    installation = Installation(tmp_path_factory.mktemp("search"))
    installation.settings = replace(installation.settings, context=CORPUS.parent / "context")
    shutil.copy(book, installation.settings.raw)
    installation.run()
    return installation


def test_a_word_in_goals_is_found_on_its_pages_with_its_money(night: Installation) -> None:
    found = search(night.settings, ["污水处理"])
    whole = [result for result in found.results if result.is_whole]
    assert {(r.place and r.place["page_no"], r.amount_yuan) for r in whole} == PRINTED
    assert {(r.body, r.fiscal_year, r.phase) for r in whole} == {
        ("广州市民政局", 2026, "budget"),
    }  # fmt: skip
    assert all([hit.field for hit in r.hits] == ["goal"] for r in whole)
    assert found.results[: len(whole)] == whole
