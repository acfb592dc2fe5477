"""What the ledger's events add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.state import DocumentState, LedgerState, PathState, ledger_state

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.duckdb")


def observed(sha256: str, path: str, size: int = 1) -> Event:
    return Event("document_observed", sha256, path, {"byte_size": size})


def times(events: list[Event]) -> list[datetime]:
    return [event.at_utc for event in events if event.at_utc is not None]


def test_empty_ledger(ledger: Ledger) -> None:
    assert ledger_state(ledger) == LedgerState()


def test_documents_in_order_of_first_sight(ledger: Ledger) -> None:
    ledger.append([observed("b", "2"), observed("a", "1"), observed("b", "3")])
    assert list(ledger_state(ledger).documents) == ["b", "a"]


def test_life_of_a_path(ledger: Ledger) -> None:
    (seen,) = times(ledger.append([observed("a", "x", 5)]))
    path = PathState("x", seen)
    assert ledger_state(ledger).documents == {"a": DocumentState("a", 5, [path])}
    (gone,) = times(ledger.append([Event("path_absent", "a", "x")]))
    state = ledger_state(ledger)
    assert state.documents["a"].paths == [PathState("x", seen, gone)]
    assert state.documents["a"].absent_since_utc == gone
    assert (state.path_sha256, state.paths_ever) == ({}, {"x"})
    ledger.append([observed("a", "x", 5)])
    assert ledger_state(ledger).documents["a"].paths == [path]


def test_document_is_absent_since_its_last_path_went(ledger: Ledger) -> None:
    ledger.append([observed("a", "x"), observed("a", "y")])
    ledger.append([Event("path_absent", "a", "x")])
    assert ledger_state(ledger).documents["a"].absent_since_utc is None
    (last,) = times(ledger.append([Event("path_absent", "a", "y")]))
    assert ledger_state(ledger).documents["a"].absent_since_utc == last


def test_path_that_holds_other_bytes_has_left_the_first_document(ledger: Ledger) -> None:
    ledger.append([observed("a", "x")])
    (since,) = times(ledger.append([observed("b", "x")]))
    state = ledger_state(ledger)
    assert state.path_sha256 == {"x": "b"}
    assert state.documents["a"].absent_since_utc == since
    assert state.documents["b"].absent_since_utc is None


def test_path_that_goes_twice_is_gone_since_the_first_time(ledger: Ledger) -> None:
    ledger.append([observed("a", "x")])
    (gone,) = times(ledger.append([Event("path_absent", "a", "x")]))
    ledger.append([Event("path_absent", "a", "x")])
    assert ledger_state(ledger).documents["a"].absent_since_utc == gone


def test_sidecars_by_document_and_place(ledger: Ledger) -> None:
    ledger.append(
        [
            Event("sidecar_observed", "a", "x.toml", {"sidecar_sha256": "2"}),
            Event("sidecar_observed", "a", "context:x.toml", {"sidecar_sha256": "1"}),
            Event("sidecar_observed", "a", "y.toml", {"sidecar_sha256": "2"}),
            Event("sidecar_observed", "b", "x.toml", {"sidecar_sha256": "3"}),
        ]
    )
    assert ledger_state(ledger).sidecar_hashes("a") == ("1", "2")
    assert ledger_state(ledger).sidecar_hashes("b") == ("3",)
    assert ledger_state(ledger).sidecar_hashes("unknown") == ()
    ledger.append(
        [
            Event("sidecar_absent", "a", "x.toml"),
            Event("sidecar_observed", "a", "context:x.toml", {"sidecar_sha256": "4"}),
            Event("sidecar_absent", "b", "never seen.toml"),
            Event("sidecar_absent", "c", "x.toml"),
        ]
    )
    assert ledger_state(ledger).sidecar_hashes("a") == ("2", "4")
    assert ledger_state(ledger).sidecar_hashes("b") == ("3",)


def test_other_events_change_nothing(ledger: Ledger) -> None:
    ledger.append([observed("a", "x")])
    before = ledger_state(ledger)
    ledger.append([Event("published"), Event("statement_version", "a", "x"), Event("checked")])
    assert ledger_state(ledger) == before


def test_replay_gives_the_same_state(ledger: Ledger) -> None:
    ledger.append([observed("a", "x"), observed("b", "y"), Event("path_absent", "a", "x")])
    assert ledger_state(ledger) == ledger_state(ledger)
