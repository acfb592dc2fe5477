"""What the ledger's events add up to: documents, their paths, their sidecars."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from pipelines.documents.ledger import Event, Ledger

#: Events on what stands under raw/.
_SEEN = ("document_observed", "path_absent", "sidecar_observed", "sidecar_absent")


@dataclass
class PathState:
    """A path at which a document was seen; ``retaken_utc``: when it last came back to it."""

    path: str
    first_seen_utc: datetime
    absent_since_utc: datetime | None = None
    retaken_utc: datetime | None = field(default=None, compare=False)

    @property
    def taken_utc(self) -> datetime:
        """Since when it stands there, or stood there last."""
        return self.retaken_utc or self.first_seen_utc


@dataclass
class DocumentState:
    """A document, whether it is still under raw/ or not, taken back or not."""

    sha256: str
    byte_size: int
    paths: list[PathState] = field(default_factory=list)
    withdrawn_utc: datetime | None = None
    withdrawn_why: str | None = None

    @property
    def absent_since_utc(self) -> datetime | None:
        """When its last path was lost; none while one holds it."""
        since = [path.absent_since_utc for path in self.paths]
        gone = [moment for moment in since if moment is not None]
        return max(gone) if len(gone) == len(since) else None

    @property
    def is_present(self) -> bool:
        """Whether it speaks: a path under raw/ holds it and nobody took it back."""
        return self.absent_since_utc is None and self.withdrawn_utc is None


@dataclass
class LedgerState:
    """Documents by SHA-256 in order of first sight; what each path holds; sidecars by document."""

    documents: dict[str, DocumentState] = field(default_factory=dict)
    path_sha256: dict[str, str] = field(default_factory=dict)
    paths_ever: set[str] = field(default_factory=set)
    sidecars: dict[str, dict[str, str]] = field(default_factory=dict)

    def sidecar_hashes(self, sha256: str) -> tuple[str, ...]:
        """Distinct hashes of the sidecars that stand beside a document, sorted."""
        return tuple(sorted(set(self.sidecars.get(sha256, {}).values())))


def ledger_state(ledger: Ledger) -> LedgerState:
    """Replay the ledger's events on documents, sidecars and withdrawals."""
    state = LedgerState()
    for event in ledger.events("document_withdrawn", "withdrawal_revoked", *_SEEN):
        if event.sha256 is None or event.at_utc is None:
            continue
        if event.kind in {"document_withdrawn", "withdrawal_revoked"}:
            _withdraw(state.documents[event.sha256], event)
            continue
        if event.path is None:
            continue
        if event.kind == "document_observed":
            _observe(state, event.sha256, event.path, event.at_utc, event.detail["byte_size"])
        elif event.kind == "path_absent":
            _leave(state, event.path, event.at_utc)
        elif event.kind == "sidecar_observed":
            known = state.sidecars.setdefault(event.sha256, {})
            known[event.path] = event.detail["sidecar_sha256"]
        else:
            state.sidecars.get(event.sha256, {}).pop(event.path, None)
    return state


def _withdraw(document: DocumentState, event: Event) -> None:
    """Taken back, or spoken for again."""
    is_withdrawn = event.kind == "document_withdrawn"
    document.withdrawn_utc = event.at_utc if is_withdrawn else None
    document.withdrawn_why = event.detail["why"] if is_withdrawn else None


def _observe(state: LedgerState, sha256: str, path: str, at_utc: datetime, size: int) -> None:
    if state.path_sha256.get(path) not in (None, sha256):
        _leave(state, path, at_utc)
    document = state.documents.setdefault(sha256, DocumentState(sha256, size))
    known = next((p for p in document.paths if p.path == path), None)
    if known is None:
        document.paths.append(PathState(path, at_utc))
    elif known.absent_since_utc is not None:
        known.absent_since_utc, known.retaken_utc = None, at_utc
    state.path_sha256[path] = sha256
    state.paths_ever.add(path)


def _leave(state: LedgerState, path: str, at_utc: datetime) -> None:
    sha256 = state.path_sha256.pop(path, None)
    if sha256 is None:
        return
    for known in state.documents[sha256].paths:
        if known.path == path:
            known.absent_since_utc = at_utc
