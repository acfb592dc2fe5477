"""Damaged documents: what is above rounding is caught, or of a class that says why it cannot be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.generator.documents import documents
from tests.mutations.campaign import campaign
from tests.mutations.mutators import MUTATORS
from tests.mutations.records import read, true_records
from tests.mutations.results import Result, counted, markdown, passed, undeclared
from tests.mutations.verdicts import (
    CAUGHT,
    HARMLESS,
    UNDETECTED,
    WITHIN_ENVELOPE,
    judge,
    undetectable,
)
from tests.printing import sidecar

if TYPE_CHECKING:
    from collections.abc import Sequence

FAST, LONG = 208, 5200  # eight, and two hundred, of each mutator


def hold(results: Sequence[Result], count: int) -> None:
    """What must hold of any campaign."""
    assert [(r.mutator, r.verdict, r.text) for r in undeclared(results, undetectable())] == []
    tally = counted(results, MUTATORS)
    assert {sum(outcomes.values()) for outcomes in tally.values()} == {count // len(MUTATORS)}
    for name in ("change_header", "double_page", "remove_page", "shift_row"):
        assert set(tally[name]) <= {CAUGHT, HARMLESS}, name
    for name in ("change_digit_of_amount", "insert_into_amount", "remove_from_amount",
                 "blank_amount", "shift_amount"):  # fmt: skip
        assert tally[name][UNDETECTED] == 0, name
        assert tally[name][CAUGHT] > tally[name][WITHIN_ENVELOPE] + tally[name][HARMLESS], name


def test_damage_is_caught_or_declared() -> None:
    hold(campaign(1, FAST), FAST)


@pytest.mark.slow
def test_much_damage_is_caught_or_declared_and_every_class_occurs() -> None:
    results = campaign(2, LONG)
    hold(results, LONG)
    assert set(passed(results)) == set(undetectable())
    print("\n".join(markdown(results, MUTATORS, undetectable())))  # noqa: T201 - shown by pytest -s


def test_whole_documents_are_read_as_the_truth_has_them() -> None:
    made = [d for d in documents(3, 8, 2, projects=5) if d.treatment == "plain"]
    said = [sidecar(d.fiscal_year, d.phase) for d in made]
    found = read([d.data.decode() for d in made], said)
    assert len(made) > 5
    for document, reading in zip(made, found, strict=True):
        true = true_records(document)
        assert reading == true
        assert judge(true, reading, document.table, is_cut=False).outcome == HARMLESS


def test_a_loss_that_nothing_said_is_a_defect() -> None:
    """The judge itself: were an amount to vanish without a word, no class would excuse it."""
    document = next(d for d in documents(3, 8, 2, projects=5) if d.treatment == "plain")
    true, lost = true_records(document), true_records(document)
    weighty = max(lost.kinds["funding"], key=lambda row: row[-1])
    del lost.kinds["funding"][weighty]
    verdict = judge(true, lost, document.table, is_cut=False)
    assert verdict.outcome == UNDETECTED
    assert verdict.detail not in undetectable()
    lost.rules.add("identity_broken")
    assert judge(true, lost, document.table, is_cut=False).outcome == CAUGHT


def test_the_table_names_every_damage_and_every_class() -> None:
    results = campaign(4, len(MUTATORS))
    lines = list(markdown(results, MUTATORS, undetectable()))
    assert len(lines) == 2 + len(MUTATORS) + 1 + 1 + 2 + len(undetectable())
    totals = next(line for line in lines if line.startswith("| **all** |"))
    outcomes = Counter(result.verdict.outcome for result in results)
    assert f"| {len(MUTATORS)} | {outcomes[CAUGHT]} |" in totals
