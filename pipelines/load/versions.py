"""Versions of statements: which content of a statement is current, and since when that is known.

Pure: from the decisions the ledger holds and the statements that are read today to the decisions
still to be taken. Equal content adds a source, never a version. Different content becomes a new
version only where something says that it is newer: the sidecar's ``supersedes``, publication
dates, or replacement at the same path; otherwise the incumbent stays and the other waits.
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
    """A decision in the ledger: this content of a statement was current from then on."""

    statement_key_id: str
    version_no: int
    content_hash: str
    document_id: str
    reason: str
    kind: str
    sidecar_hashes: tuple[str, ...]
    published_on: str | None
    known_from_utc: datetime
    known_to_utc: datetime | None = None

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
        if versions and versions[-1].known_to_utc is None:
            versions[-1] = replace(versions[-1], known_to_utc=event.at_utc)
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
            )
        )
    return found


def decide_versions(
    candidates: Sequence[Candidate],
    versions: dict[str, list[Version]],
    state: LedgerState,
    waiting: Container[tuple[str, str]] = (),
) -> Decisions:
    """Decide over all candidates, in the order in which their documents were first seen.

    Args:
        candidates: Complete statements of today's readings.
        versions: Decisions that the ledger holds.
        state: Documents and their paths.
        waiting: Document and kind of each statement of today's readings that is not complete.
    """
    order = {document_id: n for n, document_id in enumerate(state.documents)}
    incumbents = {key: _open(mine) for key, mine in versions.items()}
    ranked = sorted(candidates, key=lambda c: (order[c.document_id], c.statement_id))
    decisions = Decisions(_closures(ranked, incumbents, waiting))
    closed = {event.detail["statement_key_id"] for event in decisions.events}
    current: dict[str, Version | Candidate] = {
        k: v for k, v in incumbents.items() if v is not None and k not in closed
    }
    for candidate in ranked:
        incumbent = current.get(candidate.statement_key_id)
        if incumbent is not None and incumbent.content_hash == candidate.content_hash:
            continue
        reason = _reason(candidate, incumbent, versions, state)
        if reason is not None:
            decisions.events.append(_event(candidate, reason))
            current[candidate.statement_key_id] = candidate
        elif incumbent is not None and not _is_older(candidate, versions):
            decisions.conflicts.append((candidate, incumbent.document_id))
    return decisions


def _open(versions: list[Version]) -> Version | None:
    return versions[-1] if versions and versions[-1].known_to_utc is None else None


def _reason(
    candidate: Candidate,
    incumbent: Version | Candidate | None,
    versions: dict[str, list[Version]],
    state: LedgerState,
) -> str | None:
    """Why a candidate becomes current; none if nothing says so."""
    if incumbent is None:
        return "first"
    if candidate.document_id == incumbent.document_id:
        same = candidate.sidecar_hashes == incumbent.sidecar_hashes
        return "reread" if same else "context_changed"
    if _is_older(candidate, versions):
        return None
    if candidate.supersedes == incumbent.document_id:
        return "publisher_revision"
    if candidate.published_on is not None and incumbent.published_on is not None:
        newer = str(candidate.published_on) > str(incumbent.published_on)
        return "publisher_revision" if newer else None
    replaced = _replaces(candidate.document_id, incumbent.document_id, state)
    return "publisher_revision" if replaced else None


def _is_older(candidate: Candidate, versions: dict[str, list[Version]]) -> bool:
    """Whether the candidate's document already had its turn as an earlier version."""
    mine = versions.get(candidate.statement_key_id, [])
    return any(version.document_id == candidate.document_id for version in mine[:-1])


def _replaces(document_id: str, incumbent_id: str, state: LedgerState) -> bool:
    """Whether a document now stands at a path that the incumbent has left."""
    left = {p.path for p in state.documents[incumbent_id].paths if p.absent_since_utc is not None}
    return any(
        path.path in left and path.absent_since_utc is None
        for path in state.documents[document_id].paths
    )


def _event(candidate: Candidate, reason: str) -> Event:
    published = candidate.published_on
    return Event(
        "statement_version",
        candidate.document_id,
        detail={
            "statement_key_id": candidate.statement_key_id,
            "content_hash": candidate.content_hash,
            "kind": candidate.kind,
            "reason": reason,
            "sidecar_hashes": list(candidate.sidecar_hashes),
            "published_on": str(published) if published else None,
        },
    )


def _closures(
    candidates: Sequence[Candidate],
    incumbents: dict[str, Version | None],
    waiting: Container[tuple[str, str]],
) -> list[Event]:
    """Statements whose document now says, completely, that it is about something else.

    Its context was corrected or reread: leaving the old statement current would count it twice.
    A document of which a statement of that kind waits closes nothing: that may be the one.
    """
    spoken = {(candidate.document_id, candidate.statement_key_id) for candidate in candidates}
    says = {(c.document_id, c.kind): c for c in candidates}
    events = []
    for key, incumbent in incumbents.items():
        if incumbent is None or (incumbent.document_id, key) in spoken:
            continue
        source = (incumbent.document_id, incumbent.kind)
        now = says.get(source)
        if now is not None and source not in waiting:
            same = now.sidecar_hashes == incumbent.sidecar_hashes
            detail = {"statement_key_id": key, "content_hash": None,
                      "reason": "reread" if same else "context_changed",
                      "kind": incumbent.kind, "sidecar_hashes": list(now.sidecar_hashes),
                      "published_on": None}  # fmt: skip
            events.append(Event("statement_version", incumbent.document_id, detail=detail))
    return events
