"""Which content of a statement is current: decisions, without files or clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.state import DocumentState, LedgerState, PathState
from pipelines.load.versions import Candidate, Decisions, decide_versions, versions_of

if TYPE_CHECKING:
    from pipelines.documents.ledger import Event

START = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
KIND = "project_performance_targets"
A, B, C = "a" * 64, "b" * 64, "c" * 64


def candidate(  # noqa: PLR0913 - what a candidate is, by name
    document_id: str = A,
    content: str = "one",
    *,
    key: str = "key",
    sidecar: str = "s",
    published_on: date | None = None,
    supersedes: str | None = None,
) -> Candidate:
    return Candidate(
        statement_key_id=key,
        content_hash=content,
        statement_id=f"{document_id[:1]}-{key}-{content}",
        reading_id=f"reading-{document_id[:1]}-{sidecar}",
        document_id=document_id,
        kind=KIND,
        place="statement 1",
        sidecar_hashes=(sidecar,),
        published_on=published_on,
        supersedes=supersedes,
    )


class Nights:
    """Decisions of one night after another; documents stand at paths as told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.state = LedgerState()

    def at(self, path: str, document_id: str) -> None:
        """A path holds a document from now on; what it held before has left it."""
        for other in self.state.documents.values():
            for known in other.paths:
                if known.path == path and known.absent_since_utc is None:
                    known.absent_since_utc = START
        found = self.state.documents.setdefault(document_id, DocumentState(document_id, 1))
        found.paths.append(PathState(path, START))

    def decide(self, *candidates: Candidate, waiting: str | None = None) -> Decisions:
        """Decide over candidates; ``waiting``: a document with a statement that is not complete."""
        waits = {(waiting, KIND)} if waiting else set()
        decisions = decide_versions(candidates, versions_of(self.events), self.state, waits)
        now = START + timedelta(days=len(self.events) + 1)
        self.events += [replace(event, at_utc=now) for event in decisions.events]
        again = decide_versions(candidates, versions_of(self.events), self.state, waits)
        assert again.events == [], "a second look decides nothing anew"
        return decisions

    def history(self, key: str = "key") -> list[tuple[str, str, str, bool]]:
        """Document, content and reason of each version, and whether it is current."""
        return [
            (v.document_id, v.content_hash, v.reason, v.known_to_utc is None)
            for v in versions_of(self.events).get(key, [])
        ]


@pytest.fixture
def nights() -> Nights:
    found = Nights()
    found.at("a.txt", A)
    return found


def test_the_first_complete_statement_is_current(nights: Nights) -> None:
    assert nights.decide(candidate()).conflicts == []
    assert nights.history() == [(A, "one", "first", True)]


def test_equal_content_adds_no_version(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    decided = nights.decide(candidate(), candidate(B))
    assert (decided.events, decided.conflicts) == ([], [])


def test_equal_content_first_seen_in_one_night_is_one_version(nights: Nights) -> None:
    nights.at("b.txt", B)
    nights.decide(candidate(B), candidate(A))
    assert nights.history() == [(A, "one", "first", True)]


def test_a_document_replaced_at_its_path_is_a_revision(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("a.txt", B)
    nights.decide(candidate(A), candidate(B, "two"))
    assert nights.history() == [
        (A, "one", "first", False),
        (B, "two", "publisher_revision", True),
    ]


def test_another_document_elsewhere_waits_and_the_incumbent_stays(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    decided = nights.decide(candidate(), candidate(B, "two"))
    assert decided.events == []
    assert [(c.document_id, incumbent) for c, incumbent in decided.conflicts] == [(B, A)]
    assert nights.history() == [(A, "one", "first", True)]


def test_a_sidecar_says_what_it_supersedes(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    nights.decide(candidate(), candidate(B, "two", supersedes=A))
    assert nights.history()[-1] == (B, "two", "publisher_revision", True)


def test_to_supersede_something_else_decides_nothing(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    assert len(nights.decide(candidate(), candidate(B, "two", supersedes=C)).conflicts) == 1


@pytest.mark.parametrize(
    ("day", "becomes_current"),
    [(date(2024, 3, 2), True), (date(2024, 3, 1), False), (date(2023, 12, 31), False)],
)
def test_publication_dates_decide(nights: Nights, day: date, becomes_current: bool) -> None:
    first = candidate(published_on=date(2024, 3, 1))
    nights.decide(first)
    nights.at("b.txt", B)
    decided = nights.decide(first, candidate(B, "two", published_on=day))
    assert (nights.history()[-1][0] == B) is becomes_current
    assert len(decided.conflicts) == (0 if becomes_current else 1)


def test_an_older_date_goes_before_replacement_at_the_path(nights: Nights) -> None:
    first = candidate(published_on=date(2024, 3, 1))
    nights.decide(first)
    nights.at("a.txt", B)
    nights.decide(first, candidate(B, "two", published_on=date(2024, 2, 1)))
    assert nights.history() == [(A, "one", "first", True)]


def test_one_date_alone_decides_nothing(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    other = candidate(B, "two", published_on=date(2024, 3, 1))
    assert len(nights.decide(candidate(), other).conflicts) == 1


def test_the_same_document_read_otherwise_is_a_reread(nights: Nights) -> None:
    nights.decide(candidate())
    nights.decide(candidate(content="two"))
    assert nights.history()[-1] == (A, "two", "reread", True)


def test_the_same_document_with_another_sidecar_is_another_context(nights: Nights) -> None:
    nights.decide(candidate())
    nights.decide(candidate(content="two", sidecar="t"))
    assert nights.history()[-1] == (A, "two", "context_changed", True)


def test_a_corrected_year_closes_the_old_statement(nights: Nights) -> None:
    nights.decide(candidate(key="2023"))
    nights.decide(candidate(key="2024", sidecar="t"))
    assert nights.history("2023") == [(A, "one", "first", False)]
    assert nights.history("2024") == [(A, "one", "first", True)]
    closing = [event for event in nights.events if event.detail["content_hash"] is None]
    assert [event.detail["reason"] for event in closing] == ["context_changed"]


def test_a_year_corrected_back_opens_the_statement_again(nights: Nights) -> None:
    nights.decide(candidate(key="2023"))
    nights.decide(candidate(key="2024", sidecar="t"))
    nights.decide(candidate(key="2023", sidecar="u"))
    assert nights.history("2024")[-1][3] is False
    assert nights.history("2023")[-1] == (A, "one", "first", True)


def test_a_rereading_that_is_withheld_closes_nothing(nights: Nights) -> None:
    nights.decide(candidate())
    assert nights.decide().events == []
    assert nights.history() == [(A, "one", "first", True)]


def test_an_older_document_never_comes_back(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("a.txt", B)
    nights.decide(candidate(), candidate(B, "two"))
    nights.at("a.txt", A)
    decided = nights.decide(candidate(A, "one"), candidate(B, "two"))
    assert (decided.events, decided.conflicts) == ([], [])
    decided = nights.decide(candidate(A, "reread of one"), candidate(B, "two"))
    assert (decided.events, decided.conflicts) == ([], [])


def test_three_documents_of_one_night_follow_in_the_order_of_first_sight(nights: Nights) -> None:
    nights.at("b.txt", B)
    nights.at("c.txt", C)
    nights.decide(
        candidate(C, "three", supersedes=B), candidate(), candidate(B, "two", supersedes=A)
    )
    assert [(document, reason) for document, _, reason, _ in nights.history()] == [
        (A, "first"),
        (B, "publisher_revision"),
        (C, "publisher_revision"),
    ]
    assert [current for *_, current in nights.history()] == [False, False, True]


def test_statements_are_decided_each_by_itself(nights: Nights) -> None:
    nights.decide(candidate(key="x"), candidate(key="y"))
    nights.decide(candidate(key="x", content="two"), candidate(key="y"))
    assert len(nights.history("x")) == 2
    assert len(nights.history("y")) == 1


def test_a_document_of_which_one_statement_waits_closes_none(nights: Nights) -> None:
    """One that prints two bodies: the complete one says nothing of the one that waits today."""
    nights.decide(candidate(key="x"), candidate(key="y"))
    assert nights.decide(candidate(key="x"), waiting=A).events == []
    assert nights.history("y")[-1][3] is True
    assert len(nights.decide(candidate(key="x")).events) == 1
    assert nights.history("y")[-1][3] is False


def test_a_revision_moved_to_another_year_gives_its_place_back(nights: Nights) -> None:
    """Else the revision's money would stand in two years."""
    nights.decide(candidate(key="2023"))
    nights.at("a.txt", B)
    nights.decide(candidate(key="2023"), candidate(B, "two", key="2023"))
    nights.decide(candidate(key="2023"), candidate(B, "two", key="2024", sidecar="t"))
    assert nights.history("2024") == [(B, "two", "first", True)]
    assert nights.history("2023") == [
        (A, "one", "first", False),
        (B, "two", "publisher_revision", False),
        (A, "one", "first", True),
    ]


def test_a_copy_goes_on_with_the_statement_that_the_first_document_left(nights: Nights) -> None:
    nights.at("b.txt", B)
    nights.decide(candidate(key="2023"), candidate(B, key="2023"))
    nights.decide(candidate(key="2024", sidecar="t"), candidate(B, key="2023"))
    assert nights.history("2023") == [(A, "one", "first", False), (B, "one", "first", True)]
    assert nights.history("2024") == [(A, "one", "first", True)]


def test_versions_of_an_empty_ledger() -> None:
    assert versions_of([]) == {}
