"""On generated books links are as sure as docs/benchmarks.md says, and the hard cases do occur."""

from __future__ import annotations

import pytest

from tests.bench.identity import generated

pytestmark = pytest.mark.slow  # thousands of projects


def test_links_without_a_person_are_right_and_most_are_found() -> None:
    found = generated(bodies=8, years=3, seed=2)
    assert found.links.precision >= 0.98
    assert found.beyond.precision >= 0.98
    assert found.links.recall >= 0.95
    assert found.beyond.recall >= 0.85
    assert found.by_name.recall < found.links.recall
    assert min(found.recall_of[course][0] for course in ("filler", "reworded", "swapped")) > 5
    made, _, missed, suggested = found.suggested
    assert suggested >= missed // 2
    assert made >= suggested
    parts, told = found.parts
    assert parts > 20
    assert told >= 0.9 * parts


def test_links_over_reforms_of_units_are_as_sure() -> None:
    found = generated(bodies=9, years=3, seed=2, with_reforms=True)
    assert found.links.precision >= 0.98
    assert found.over_reforms.precision >= 0.98
    assert found.over_reforms.true > 50
    assert found.over_reforms.recall >= 0.85
