"""Versions of statements: which content of a statement is current, and since when that is known.

Pure: from the decisions the ledger holds and the statements that are read today to the decisions
still to be taken. Equal content adds a source, never a version. Different content becomes a new
version only where something says that it is newer: the sidecar's ``supersedes``, publication
dates, or replacement at the same path; otherwise the incumbent stays and the other waits. A
document that is no longer under raw/ keeps the versions it has and wins no new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipelines.documents.ledger import Event
from pipelines.values.keys import stable_key

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from datetime import date, datetime

    from pipelines.documents.state import LedgerState


@dataclass(frozen=True)
class Candidate:
    """A complete statement of a current reading."""

    statement_key_id: str
    content_hash: str
    statement_id: str
    reading_id: str
    document_id: str
    kind: str
    place: str
    sidecar_hashes: tuple[str, ...] = ()
    published_on: date | None = None
    supersedes: str | None = None


@dataclass(frozen=True)
class Version:
    """A decision in the ledger: this content of a statement was current from then on.

    ``event_id``: its place in the ledger. ``closed_reason``: why it ceased to be current.
    ``is_lost``: it was closed since no code of that day could read it; nothing but evidence takes
    its place until it can be read again.
    """

    statement_key_id: str
    version_no: int
    content_hash: str
    document_id: str
    reason: str
    kind: str
    sidecar_hashes: tuple[str, ...]
    published_on: str | None
    known_from_utc: datetime
    event_id: int
    known_to_utc: datetime | None = None
    closed_reason: str | None = None
    is_lost: bool = False

    @property
    def statement_version_id(self) -> str:
        """Durable key of the version."""
        return stable_key("version", self.statement_key_id, self.version_no)


@dataclass
class Decisions:
    """Events still to be appended; candidates that wait, each with the incumbent's document."""

    events: list[Event] = field(default_factory=list)
    conflicts: list[tuple[Candidate, str]] = field(default_factory=list)


def versions_of(events: Iterable[Event]) -> dict[str, list[Version]]:
    """Versions by statement, oldest first, from ``statement_version`` events.

    An event with ``content_hash`` None closes the statement: nothing is current after it.
    """
    found: dict[str, list[Version]] = {}
    for event in events:
        detail = event.detail
        versions = found.setdefault(detail["statement_key_id"], [])
        if versions:
            last = versions[-1]
            versions[-1] = replace(
                last,
                known_to_utc=last.known_to_utc or event.at_utc,
                closed_reason=last.closed_reason or detail["reason"],
                is_lost=detail.get("is_lost", False),
            )
        if detail["content_hash"] is None or event.at_utc is None or event.sha256 is None:
            continue
        versions.append(
            Version(
                statement_key_id=detail["statement_key_id"],
                version_no=len(versions) + 1,
                content_hash=detail["content_hash"],
                document_id=event.sha256,
                reason=detail["reason"],
                kind=detail["kind"],
                sidecar_hashes=tuple(detail["sidecar_hashes"]),
                published_on=detail["published_on"],
                known_from_utc=event.at_utc,
                event_id=event.event_id,
            )
        )
    return found


def decide_versions(
    candidates: Sequence[Candidate],
    versions: dict[str, list[Version]],
    state: LedgerState,
    waiting: Container[tuple[str, str]] = (),
    left: Container[tuple[str, str]] = (),
) -> Decisions:
    """Decide over all candidates, in the order in which their documents were first seen.

    Args:
        candidates: Complete statements of today's readings.
        versions: Decisions that the ledger holds.
        state: Documents and their paths.
        waiting: Document and kind of each statement of today's readings that is not complete.
        left: Document and key of what a table of it was before, that is another statement today.
    """
    order = {document_id: n for n, document_id in enumerate(state.documents)}
    ranked = sorted(candidates, key=lambda c: (order[c.document_id], c.place, c.statement_id))
    incumbents = {key: _incumbent(mine) for key, mine in versions.items()}
    withdrawn = {key for key, mine in versions.items() if mine[-1].closed_reason == "withdrawn"}
    decisions = Decisions(_closures(ranked, incumbents, waiting, left))
    moved = {}
    for event in decisions.events:
        incumbents[event.detail["statement_key_id"]] = None
        moved[str(event.sha256), event.detail["kind"]] = event.detail["reason"]
    statements: dict[str, list[Candidate]] = {}
    for candidate in ranked:
        statements.setdefault(candidate.statement_key_id, []).append(candidate)
    today = {candidate.document_id: candidate for candidate in ranked}
    for key, mine in statements.items():
        had = {version.document_id for version in versions.get(key, [])}
        statement = _Statement(mine, had, state, today, moved, is_withdrawn=key in withdrawn)
        decided = statement.decide(incumbents.get(key))
        decisions.events += decided.events
        decisions.conflicts += decided.conflicts
    return decisions


def losses(versions: dict[str, list[Version]], readable: Container[tuple[str, str]]) -> list[Event]:
    """Closings of current versions that nothing reads any more.

    Args:
        versions: Decisions that the ledger holds.
        readable: Statement and content of every complete statement there are rows of.
    """
    return [
        _closing(last, "reread", last.sidecar_hashes, is_lost=True)
        for last in (mine[-1] for mine in versions.values() if mine)
        if last.known_to_utc is None and (last.statement_key_id, last.content_hash) not in readable
    ]


def returns(
    versions: dict[str, list[Version]], readable: Container[tuple[str, str]]
) -> list[Event]:
    """Versions that were lost, that nothing took the place of, and that are read again.

    Args:
        versions: Decisions that the ledger holds.
        readable: Statement and content of every complete statement there are rows of.
    """
    return [
        _event(last, "reread")
        for last in (mine[-1] for mine in versions.values() if mine)
        if last.is_lost and (last.statement_key_id, last.content_hash) in readable
    ]


def withdrawals(versions: dict[str, list[Version]], state: LedgerState) -> list[Event]:
    """Closings of current versions whose document was taken back."""
    return [
        _closing(last, "withdrawn", last.sidecar_hashes)
        for last in (mine[-1] for mine in versions.values() if mine)
        if (last.known_to_utc is None or last.is_lost)
        and state.documents[last.document_id].withdrawn_utc is not None
    ]


def _incumbent(versions: list[Version]) -> Version | None:
    """The current version, or the one that was lost and that nothing has taken the place of."""
    last = versions[-1] if versions else None
    return last if last is not None and (last.known_to_utc is None or last.is_lost) else None


@dataclass(frozen=True)
class _Statement:
    """One statement's candidates, and what says which of them is newer.

    Attributes:
        candidates: In the order in which they are looked at.
        had: Documents that had their turn: the ledger holds a version of theirs.
        state: Documents and their paths.
        today: What each document says today, in this statement or in another.
        moved: Document and kind of what was closed just now, since it says something else → why.
        is_withdrawn: Whether its last version was taken back.
    """

    candidates: list[Candidate]
    had: set[str]
    state: LedgerState
    today: dict[str, Candidate]
    moved: dict[tuple[str, str], str]
    is_withdrawn: bool = False

    def decide(self, incumbent: Version | Candidate | None) -> Decisions:
        """Let newer candidates become current, each at most once, until none is newer."""
        left = list(self.candidates)
        decisions = Decisions()
        while (due := self._next(left, incumbent)) is not None:
            candidate, reason = due
            if self.is_withdrawn:  # what was superseded before is not current for a moment again
                decisions.events, reason = [], "reinstated"
            decisions.events.append(_event(candidate, reason))
            left.remove(candidate)
            incumbent = candidate
        if incumbent is not None:
            waits = [candidate for candidate in left if self._waits(candidate, incumbent)]
            decisions.conflicts = [(candidate, incumbent.document_id) for candidate in waits]
        return decisions

    def _next(
        self, left: list[Candidate], incumbent: Version | Candidate | None
    ) -> tuple[Candidate, str] | None:
        reasons = ((candidate, self._reason(candidate, incumbent)) for candidate in left)
        return next(((candidate, reason) for candidate, reason in reasons if reason), None)

    def _reason(self, candidate: Candidate, incumbent: Version | Candidate | None) -> str | None:
        """Why a candidate becomes current; none if nothing says so."""
        if incumbent is None:
            return self._reason_to_open(candidate)
        own = candidate.document_id == incumbent.document_id
        equal = candidate.content_hash == incumbent.content_hash
        if _is_lost(incumbent) and (own or equal):
            return self._reason_to_open(candidate)
        if equal:
            return None
        if own:
            same = candidate.sidecar_hashes == incumbent.sidecar_hashes
            return "reread" if same else "context_changed"
        if not self._is_present(candidate) or not self._is_newer(candidate, incumbent):
            return None
        return None if self._leads_back(candidate, incumbent) else "publisher_revision"

    def _reason_to_open(self, candidate: Candidate) -> str | None:
        """Why a candidate takes a place that is free: an absent document only what was its own."""
        if self._is_present(candidate) or candidate.document_id in self.had:
            return "first"
        return self.moved.get((candidate.document_id, candidate.kind))

    def _is_newer(self, candidate: Candidate, other: Version | Candidate) -> bool | None:
        """Whether something says that a candidate is newer, or older; none if nothing does."""
        claims = candidate.supersedes == other.document_id
        claimed = self._is_present(other) and self._supersedes(other) == candidate.document_id
        if claims or claimed:
            return claims if claims != claimed else None
        mine, theirs = candidate.published_on, self._published_on(other)
        if mine is not None and theirs is not None and str(mine) != theirs:
            return str(mine) > theirs
        return _replaces(candidate.document_id, other.document_id, self.state) or None

    def _leads_back(self, candidate: Candidate, incumbent: Version | Candidate) -> bool:
        """Whether the evidence goes in a circle: from the candidate to the incumbent again."""
        reached: list[Candidate] = []
        ahead = [candidate]
        while ahead:
            one = ahead.pop()
            reached.append(one)
            ahead += [
                other
                for other in self.candidates
                if other not in reached and other not in ahead
                and self._is_present(other) and self._is_newer(other, one)
            ]  # fmt: skip
        return any(one.document_id == incumbent.document_id for one in reached)

    def _waits(self, candidate: Candidate, incumbent: Version | Candidate) -> bool:
        """Whether a person has to say what a candidate is; older ones go by in silence.

        Not so if the incumbent is gone: then no original under raw/ says what is published.
        """
        equal = candidate.content_hash == incumbent.content_hash
        if equal or not self._is_present(candidate):
            return False
        if not self._is_present(incumbent):
            return True
        newer = self._is_newer(candidate, incumbent)
        if newer is None:
            claims = candidate.supersedes == incumbent.document_id
            return claims or candidate.document_id not in self.had
        return newer

    def _is_present(self, one: Version | Candidate) -> bool:
        return self.state.documents[one.document_id].is_present

    def _supersedes(self, one: Version | Candidate) -> str | None:
        now = self.today.get(one.document_id)
        return now.supersedes if now is not None else None

    def _published_on(self, one: Version | Candidate) -> str | None:
        """What its document says today; what the ledger noted only if it says nothing today."""
        found = self.today.get(one.document_id, one).published_on
        return str(found) if found is not None else None


def _is_lost(one: Version | Candidate) -> bool:
    return isinstance(one, Version) and one.is_lost


def _replaces(document_id: str, incumbent_id: str, state: LedgerState) -> bool:
    """Whether a document took a path that the incumbent left, and no path holds that any more."""
    if state.documents[incumbent_id].absent_since_utc is None:
        return False
    left = {path.path: path.absent_since_utc for path in state.documents[incumbent_id].paths}
    return any(
        path.taken_utc >= since
        for path in state.documents[document_id].paths
        if (since := left.get(path.path)) is not None
    )


def _event(one: Candidate | Version, reason: str) -> Event:
    """It becomes current."""
    published = one.published_on
    return Event(
        "statement_version",
        one.document_id,
        detail={
            "statement_key_id": one.statement_key_id,
            "content_hash": one.content_hash,
            "kind": one.kind,
            "reason": reason,
            "sidecar_hashes": list(one.sidecar_hashes),
            "published_on": str(published) if published else None,
        },
    )


def _closing(
    version: Version, reason: str, sidecar_hashes: tuple[str, ...], *, is_lost: bool = False
) -> Event:
    """Nothing is current after it."""
    detail = {
        "statement_key_id": version.statement_key_id,
        "content_hash": None,
        "kind": version.kind,
        "reason": reason,
        "sidecar_hashes": list(sidecar_hashes),
        "published_on": None,
    }
    lost = {"is_lost": True} if is_lost else {}
    return Event("statement_version", version.document_id, detail=detail | lost)


def _closures(
    candidates: Sequence[Candidate],
    incumbents: dict[str, Version | None],
    waiting: Container[tuple[str, str]],
    left: Container[tuple[str, str]],
) -> list[Event]:
    """Statements whose document now says, completely, that it is about something else.

    Its context was corrected or reread: leaving the old statement current would count it twice.
    A document of which a statement of that kind waits closes nothing, for that may be the one;
    unless it is known that the table itself is another statement today.
    """
    spoken = {(candidate.document_id, candidate.statement_key_id) for candidate in candidates}
    says = {(c.document_id, c.kind): c for c in candidates}
    events = []
    for key, incumbent in incumbents.items():
        if incumbent is None or (incumbent.document_id, key) in spoken:
            continue
        source = (incumbent.document_id, incumbent.kind)
        now = says.get(source)
        is_known = (incumbent.document_id, key) in left
        if now is not None and (is_known or source not in waiting):
            same = now.sidecar_hashes == incumbent.sidecar_hashes
            reason = "reread" if same else "context_changed"
            events.append(_closing(incumbent, reason, now.sidecar_hashes))
    return events
