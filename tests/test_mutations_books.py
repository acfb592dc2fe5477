"""Damaged books: what is above rounding is caught, or of a class that says why it cannot be."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.generator.books.documents import documents
from tests.mutations.books.campaign import campaign, said_of, whole_books
from tests.mutations.books.drafts import Draft, is_figure
from tests.mutations.books.mutators import MUTATORS
from tests.mutations.books.records import read, true_records
from tests.mutations.books.verdicts import judge, undetectable
from tests.mutations.results import Result, counted, markdown, passed, undeclared
from tests.mutations.verdicts import CAUGHT, HARMLESS, UNDETECTED, WITHIN_ENVELOPE

if TYPE_CHECKING:
    from collections.abc import Sequence

FAST, LONG = 3 * len(MUTATORS), 60 * len(MUTATORS)
#: What must never pass unnoticed, wherever it is done to what is added up.
_ALWAYS = (
    "double_row", "change_header", "change_code", "change_digit_of_amount", "insert_into_amount",
    "remove_from_amount", "move_row", "double_table", "double_page", "contradict_note",
)  # fmt: skip

#: Classes too rare to be met by chance; each has a test of its own.
RARE = {"heading_lost", "finer"}
APPROPRIATION = "fiscal_appropriation_summary"


def hold(results: Sequence[Result], count: int) -> None:
    """What must hold of any campaign."""
    assert [(r.mutator, r.verdict, r.text) for r in undeclared(results, undetectable())] == []
    tally = counted(results, MUTATORS)
    assert {sum(outcomes.values()) for outcomes in tally.values()} == {count // len(MUTATORS)}
    for name in _ALWAYS:
        assert set(passed([r for r in results if r.mutator == name])) <= {"beside_facts"}, name
    for name in ("change_digit_of_amount", "insert_into_amount", "blank_amount", "shift_amount"):
        assert tally[name][CAUGHT] > tally[name][WITHIN_ENVELOPE] + tally[name][HARMLESS], name


def test_damage_to_books_is_caught_or_declared() -> None:
    hold(campaign(1, FAST), FAST)


def test_a_list_whose_only_heading_is_lost_shows_nothing() -> None:
    """Too rare to be met by chance: one category of purchases, on one page."""
    for document in documents(1, "jiangsu", 12, 3):
        draft = Draft(Random(0), document)  # noqa: S311 - nothing is drawn
        lists = [part for part in draft.parts if part.sheet.kind == "procurement"]
        for part in lists if document.treatment == "plain" else []:
            named = [row for row in part.body if row[0]]
            if len(named) == 2 and is_figure(named[1][-1]) and len(lists) == 1:
                part.rows.remove(named[1])
                (found,) = read([draft.text], [said_of(document)])
                verdict = judge(true_records(document), found, document)
                assert verdict.classes == ["heading_lost"]
                return
    pytest.fail("no book has such a list")


def test_two_tables_exchanged_are_caught_unless_all_money_is_of_one_budget() -> None:
    """As rare: whole tables of one header, each in one piece."""
    ends = []
    for document in documents(5, "guangzhou", 11, 3):
        draft = Draft(Random(0), document)  # noqa: S311 - nothing is drawn
        kinds = {part.sheet.kind: part for part in draft.parts}
        pair = [kinds.get(name) for name in ("revenue_expenditure_summary", APPROPRIATION)]
        one, other = (part if part and len(draft.parts_of(part)) == 1 else None for part in pair)
        if document.treatment == "plain" and one and other and not document.book.is_apart:
            one.rows[one.header :], other.rows[other.header :] = other.body, one.body
            (found,) = read([draft.text], [said_of(document)])
            ends.append(judge(true_records(document), found, document))
    assert {end.outcome for end in ends} == {CAUGHT, UNDETECTED}
    assert {name for end in ends if end.outcome == UNDETECTED for name in end.classes} == {"finer"}


@pytest.mark.slow
def test_much_damage_to_books_is_caught_or_declared_and_every_class_occurs() -> None:
    results = campaign(2, LONG)
    hold(results, LONG)
    assert set(passed(results)) | RARE == set(undetectable())
    print("\n".join(markdown(results, MUTATORS, undetectable())))  # noqa: T201 - pytest -s


def test_whole_books_are_read_as_the_truth_has_them() -> None:
    made = whole_books(3, 2)
    found = read([d.data.decode() for d in made], [said_of(d) for d in made])
    assert {d.book.budget.place for d in made} == {"guangzhou", "jiangsu", "shili"}
    for document, reading in zip(made, found, strict=True):
        true = true_records(document)
        for kind in true.contexts:
            assert reading.contexts[kind] == true.contexts[kind], (document.path, kind)
            assert reading.facts[kind] == true.facts[kind], (document.path, kind)
        assert not reading.rules, document.path
        assert reading.suspects == true.suspects, document.path
        assert judge(true, reading, document).outcome == HARMLESS


def test_a_loss_that_nothing_said_is_a_defect() -> None:
    """The judge itself: were a fact to vanish without a word, no class would excuse it."""
    document = whole_books(3, 1)[0]
    true, lost = true_records(document), true_records(document)
    rows = lost.facts["expenditure_summary"]
    del rows[max(rows, key=lambda row: row[-1])]
    verdict = judge(true, lost, document)
    assert verdict.outcome == UNDETECTED
    assert verdict.detail not in undetectable()
    lost.rules["identity_broken",] += 1
    assert judge(true, lost, document).outcome == CAUGHT
