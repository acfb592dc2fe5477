"""Which content of a statement is current: decisions, without files or clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.state import DocumentState, LedgerState, PathState
from pipelines.load.versions import Candidate, Decisions, decide_versions, losses, versions_of

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
    """Decisions of one night after another; documents stand at paths as told, a day apart."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.state = LedgerState()
        self.now = START

    def at(self, path: str, document_id: str) -> None:
        """A path holds a document from now on; what it held before has left it."""
        self.leaves(path)
        found = self.state.documents.setdefault(document_id, DocumentState(document_id, 1))
        known = next((known for known in found.paths if known.path == path), None)
        if known is None:
            found.paths.append(PathState(path, self.now))
        else:
            known.absent_since_utc, known.retaken_utc = None, self.now

    def leaves(self, path: str) -> None:
        """A path holds nothing from now on."""
        self.now += timedelta(days=1)
        for document in self.state.documents.values():
            for known in document.paths:
                if known.path == path and known.absent_since_utc is None:
                    known.absent_since_utc = self.now

    def decide(
        self, *candidates: Candidate, waiting: str | None = None, left: tuple[str, str] = ("", "")
    ) -> Decisions:
        """Decide over candidates; ``waiting``: a document with a statement that is not complete.

        ``left``: document and key of a statement whose table is another one today.
        """
        waits = {(waiting, KIND)} if waiting else set()
        known = versions_of(self.events)
        decisions = decide_versions(candidates, known, self.state, waits, {left})
        self.append(decisions.events)
        known = versions_of(self.events)
        again = decide_versions(candidates, known, self.state, waits, {left})
        assert again.events == [], "a second look decides nothing anew"
        assert again.conflicts == decisions.conflicts
        return decisions

    def append(self, events: list[Event]) -> None:
        self.now += timedelta(days=1)
        first = len(self.events) + 1
        self.events += [
            replace(event, at_utc=self.now, event_id=first + n) for n, event in enumerate(events)
        ]

    def lose(self, *readable: tuple[str, str]) -> list[Event]:
        """Nothing but these statements and contents can be read today."""
        found = losses(versions_of(self.events), readable)
        self.append(found)
        assert losses(versions_of(self.events), readable) == []
        return found

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
    ("day", "becomes_current", "waits"),
    [
        (date(2024, 3, 2), True, False),
        (date(2024, 3, 1), False, True),
        (date(2023, 12, 31), False, False),
    ],
)
def test_publication_dates_decide(
    nights: Nights, day: date, becomes_current: bool, waits: bool
) -> None:
    first = candidate(published_on=date(2024, 3, 1))
    nights.decide(first)
    nights.at("b.txt", B)
    decided = nights.decide(first, candidate(B, "two", published_on=day))
    assert (nights.history()[-1][0] == B) is becomes_current
    assert len(decided.conflicts) == waits


@pytest.mark.parametrize(("day", "current"), [(2, B), (1, A)])
def test_dates_written_into_both_sidecars_later_settle_a_conflict(
    nights: Nights, day: int, current: str
) -> None:
    """Equal content appends no event: the incumbent's date in the ledger stays unknown."""
    nights.decide(candidate())
    nights.at("b.txt", B)
    assert len(nights.decide(candidate(), candidate(B, "two")).conflicts) == 1
    dated = candidate(sidecar="t", published_on=date(2024, 3, 3 - day))
    other = candidate(B, "two", sidecar="t", published_on=date(2024, 3, day))
    decided = nights.decide(dated, other)
    assert decided.conflicts == []
    assert nights.history()[-1][0] == current


def test_the_date_in_the_ledger_holds_while_the_incumbent_says_nothing_today(
    nights: Nights,
) -> None:
    nights.decide(candidate(published_on=date(2024, 3, 1)))
    nights.at("b.txt", B)
    nights.decide(candidate(B, "two", published_on=date(2024, 3, 2)))
    assert nights.history()[-1][0] == B


def test_an_older_date_goes_before_replacement_at_the_path(nights: Nights) -> None:
    first = candidate(published_on=date(2024, 3, 1))
    nights.decide(first)
    nights.at("a.txt", B)
    decided = nights.decide(first, candidate(B, "two", published_on=date(2024, 2, 1)))
    assert nights.history() == [(A, "one", "first", True)]
    assert len(decided.conflicts) == 1, "the incumbent is gone: a person has to look"


def test_of_one_day_the_one_that_replaced_the_other_is_newer(nights: Nights) -> None:
    nights.decide(candidate(published_on=date(2024, 3, 1)))
    nights.at("a.txt", B)
    nights.decide(candidate(B, "two", published_on=date(2024, 3, 1)))
    assert nights.history()[-1] == (B, "two", "publisher_revision", True)


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


def test_an_older_document_stays_older_beside_the_newer_one(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("a.txt", B)
    nights.decide(candidate(), candidate(B, "two"))
    nights.at("old/a.txt", A)
    for content in ("one", "reread of one"):
        decided = nights.decide(candidate(A, content), candidate(B, "two"))
        assert (decided.events, decided.conflicts) == ([], [])


def test_a_file_put_back_is_current_again(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("a.txt", B)
    nights.decide(candidate(), candidate(B, "two"))
    nights.at("a.txt", A)
    assert nights.decide(candidate(), candidate(B, "two")).conflicts == []
    assert nights.history()[-1] == (A, "one", "publisher_revision", True)
    nights.at("a.txt", B)
    nights.decide(candidate(), candidate(B, "two"))
    assert nights.history()[-1] == (B, "two", "publisher_revision", True)
    assert len(nights.history()) == 4


def test_an_older_document_elsewhere_waits_when_the_incumbent_is_gone(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("a.txt", B)
    nights.decide(candidate(), candidate(B, "two"))
    nights.at("b.txt", A)
    nights.leaves("a.txt")
    decided = nights.decide(candidate(), candidate(B, "two"))
    assert [(c.document_id, incumbent) for c, incumbent in decided.conflicts] == [(A, B)]
    nights.decide(candidate(supersedes=B), candidate(B, "two", supersedes=A))
    assert nights.history()[-1] == (A, "one", "publisher_revision", True), "what is gone is silent"


def test_an_older_document_may_supersede_the_newer_one(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    nights.decide(candidate(), candidate(B, "two", supersedes=A))
    decided = nights.decide(candidate(supersedes=B), candidate(B, "two", supersedes=A))
    assert decided.events == []
    assert [c.document_id for c, _ in decided.conflicts] == [A], "each claims to be the newer"
    nights.decide(candidate(supersedes=B), candidate(B, "two"))
    assert nights.history()[-1] == (A, "one", "publisher_revision", True)


def test_the_incumbents_own_claim_settles_a_conflict(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    decided = nights.decide(candidate(supersedes=B), candidate(B, "two"))
    assert (decided.events, decided.conflicts) == ([], [])


def test_claims_in_a_circle_decide_nothing(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("b.txt", B)
    nights.at("c.txt", C)
    decided = nights.decide(
        candidate(supersedes=B),
        candidate(B, "two", supersedes=C),
        candidate(C, "three", supersedes=A),
    )
    assert decided.events == []
    assert [c.document_id for c, _ in decided.conflicts] == [C]


def test_a_moved_file_is_not_replaced_by_what_stands_in_its_place(nights: Nights) -> None:
    nights.decide(candidate())
    nights.at("z.txt", A)
    nights.at("a.txt", B)
    decided = nights.decide(candidate(), candidate(B, "two"))
    assert [c.document_id for c, _ in decided.conflicts] == [B]
    assert nights.history() == [(A, "one", "first", True)]
    nights.leaves("z.txt")
    nights.decide(candidate(), candidate(B, "two"))
    assert nights.history()[-1] == (B, "two", "publisher_revision", True)


def test_what_stood_at_a_path_before_the_incumbent_replaces_nothing(nights: Nights) -> None:
    nights.at("a.txt", B)
    nights.at("b.txt", A)
    nights.decide(candidate(B, "two"))
    nights.leaves("a.txt")
    decided = nights.decide(candidate(), candidate(B, "two"))
    assert decided.events == []
    assert [c.document_id for c, _ in decided.conflicts] == [A]


def test_an_absent_document_that_waited_never_becomes_current(nights: Nights) -> None:
    nights.decide(candidate(key="2023"))
    nights.at("b.txt", B)
    other = candidate(B, "two", key="2023")
    assert len(nights.decide(candidate(key="2023"), other).conflicts) == 1
    nights.leaves("b.txt")
    assert nights.decide(candidate(key="2023"), other).conflicts == []
    claiming = replace(other, supersedes=A)
    assert nights.decide(candidate(key="2023"), claiming).events == []
    nights.decide(candidate(key="2024", sidecar="t"), claiming)
    assert nights.history("2023") == [(A, "one", "first", False)]
    assert nights.history("2024") == [(A, "one", "first", True)]


def test_an_absent_document_keeps_its_versions_through_rereadings(nights: Nights) -> None:
    nights.decide(candidate(key="2023"))
    nights.leaves("a.txt")
    nights.decide(candidate(key="2023", content="two"))
    assert nights.history("2023")[-1] == (A, "two", "reread", True)
    nights.decide(candidate(key="other body", content="two"))
    assert nights.history("2023")[-1] == (A, "two", "reread", False)
    assert nights.history("other body") == [(A, "two", "reread", True)]


def test_a_version_that_nothing_reads_is_closed_and_comes_back(nights: Nights) -> None:
    nights.decide(candidate())
    assert nights.lose(("key", "one")) == []
    (closing,) = nights.lose()
    assert (closing.detail["reason"], closing.detail["content_hash"]) == ("reread", None)
    assert nights.decide().events == []
    (version,) = versions_of(nights.events)["key"]
    assert version.is_lost
    nights.decide(candidate())
    assert nights.history() == [(A, "one", "first", False), (A, "one", "first", True)]
    assert not any(version.is_lost for version in versions_of(nights.events)["key"])


def test_what_is_older_or_elsewhere_does_not_take_the_place_of_a_lost_version(
    nights: Nights,
) -> None:
    nights.decide(candidate())
    nights.at("a.txt", B)
    nights.decide(candidate(), candidate(B, "two"))
    nights.at("c.txt", C)
    nights.lose()
    decided = nights.decide(candidate(), candidate(C, "three"))
    assert decided.events == []
    assert [c.document_id for c, _ in decided.conflicts] == [C]
    nights.decide(candidate(), candidate(B, "two"), candidate(C, "three"))
    assert nights.history()[-1] == (B, "two", "first", True)
    nights.lose()
    nights.decide(candidate(C, "three", supersedes=B))
    assert nights.history()[-1] == (C, "three", "publisher_revision", True)


def test_a_lost_version_whose_document_says_something_else_is_lost_no_more(nights: Nights) -> None:
    nights.decide(candidate(key="2023"))
    nights.lose()
    nights.decide(candidate(key="2024", sidecar="t"))
    assert not versions_of(nights.events)["2023"][-1].is_lost
    assert nights.history("2023") == [(A, "one", "first", False)]
    assert nights.history("2024")[-1][3] is True


def test_versions_know_their_place_in_the_ledger(nights: Nights) -> None:
    nights.decide(candidate(key="x"), candidate(key="y"))
    nights.decide(candidate(key="x", content="two"), candidate(key="y"))
    found = versions_of(nights.events)
    assert {key: [v.event_id for v in mine] for key, mine in found.items()} == {
        "x": [1, 3],
        "y": [2],
    }


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


def test_a_table_known_to_be_another_statement_today_closes_what_it_was(nights: Nights) -> None:
    """Its body is told by another name: what waits beside it cannot be the one."""
    nights.decide(candidate(key="x"), candidate(key="old"), candidate(key="z"))
    nights.decide(candidate(key="x"), candidate(key="new"), waiting=A, left=(A, "old"))
    assert nights.history("old")[-1][3] is False
    assert nights.history("new") == [(A, "one", "first", True)]
    assert nights.history("z")[-1][3] is True


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
