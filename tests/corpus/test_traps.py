"""Files that are no book of a department, whatever their names say: each refused for its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.corpus import CORPUS
from tests.corpus.outcome import NOT_BUDGET, census, documents, take_in

if TYPE_CHECKING:
    from tests.conftest import Installation

#: Document → the rule by which it waits.
REASONS = {
    "a24fdb8749e56796778627236bc521dd76119f951c863892fb1ee2869b4aee2e": "not_a_budget_table",
    "272190e17f7a8736e063540ab7f41a437104189a9e1c500bc5507a8218f39272": "page_is_image",
    "ef6bbc6d9c9d433c4d1a13f173f7f917f22f729048ebc0bf239caf683154440f": "page_is_image",
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    paths = [path for document, path in documents().items() if document in REASONS]
    if not paths:
        pytest.skip(f"no corpus at {CORPUS}")
    return take_in(tmp_path_factory.mktemp("traps"), paths)


def test_the_census_calls_them_no_budget() -> None:
    rows = census().filter(place="traps")
    assert dict(rows.select("document_id", "kind").rows()) == dict.fromkeys(REASONS, NOT_BUDGET)


def test_each_is_refused_for_its_reason(night: Installation) -> None:
    found = night.rows("SELECT DISTINCT document_id, rule_id FROM quarantine_item")
    assert dict(found) == REASONS
    assert len(found) == len(REASONS)


def test_nothing_of_them_is_published(night: Installation) -> None:
    assert night.value("SELECT count(*) FROM statement") == 0
