"""The ledger: append-only, in order, and never used when it is not understood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.documents.ledger import (
    DATA_KINDS,
    KINDS,
    OPERATION_KINDS,
    SCHEMA_VERSION,
    Event,
    Ledger,
    LedgerError,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.duckdb"


def test_reading_before_anything_is_written_gives_nothing_and_makes_nothing(path: Path) -> None:
    assert Ledger(path).events() == []
    assert Ledger(path).last_data_event() == 0
    assert not path.parent.exists()


def test_appending_nothing_makes_nothing(path: Path) -> None:
    assert Ledger(path).append([]) == []
    assert not path.exists()


def test_ids_count_up_without_gaps_over_calls(path: Path) -> None:
    ledger = Ledger(path)
    first = ledger.append([Event("checked"), Event("published")])
    second = Ledger(path).append(iter([Event("checked")]))
    assert [event.event_id for event in first + second] == [1, 2, 3]
    assert ledger.events() == first + second


def test_events_of_one_call_share_a_time_and_times_are_utc(path: Path) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    written = Ledger(path).append([Event("checked"), Event("published")])
    after = datetime.now(UTC).replace(tzinfo=None)
    (moment,) = {event.at_utc for event in Ledger(path).events()}
    assert moment == written[0].at_utc
    assert moment is not None
    assert before - timedelta(microseconds=1) <= moment <= after


def test_what_is_written_is_what_is_read(path: Path) -> None:
    detail = {"字": "值", "n": 1, "nested": {"list": [1, None, "x"]}, "quote": "'\""}
    event = Event("document_observed", "a" * 64, "目录/文件.txt", detail)
    Ledger(path).append([event])
    (read,) = Ledger(path).events()
    assert (read.kind, read.sha256, read.path, read.detail) == (
        "document_observed",
        "a" * 64,
        "目录/文件.txt",
        detail,
    )


def test_given_ids_and_times_are_not_taken_over(path: Path) -> None:
    old = datetime(2000, 1, 1)  # noqa: DTZ001 - the ledger's times are naive UTC
    (written,) = Ledger(path).append([Event("checked", event_id=99, at_utc=old)])
    assert written.event_id == 1
    assert written.at_utc is not None
    assert written.at_utc > old


def test_events_by_kind_oldest_first(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append([Event("published"), Event("path_absent", "s", "a"), Event("checked")])
    ledger.append([Event("path_absent", "s", "b")])
    assert [event.path for event in ledger.events("path_absent")] == ["a", "b"]
    assert [e.kind for e in ledger.events("checked", "published")] == ["published", "checked"]
    assert ledger.events("sidecar_absent") == []


def test_unknown_kind_is_refused_and_nothing_of_the_call_is_written(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append([Event("checked")])
    with pytest.raises(ValueError, match=r"unknown kinds of events: \{'gossip'\}"):
        ledger.append([Event("published"), Event("gossip")])
    assert [event.kind for event in ledger.events()] == ["checked"]


def test_every_kind_is_accepted(path: Path) -> None:
    Ledger(path).append(Event(kind) for kind in KINDS)
    assert [event.kind for event in Ledger(path).events()] == list(KINDS)
    assert not set(DATA_KINDS) & set(OPERATION_KINDS)


def test_last_data_event_leaves_operations_out(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append([Event("checked")])
    assert ledger.last_data_event() == 0
    ledger.append([Event("path_absent", "s", "a"), Event("published"), Event("checked")])
    assert ledger.last_data_event() == 2


@pytest.mark.parametrize("version", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1])
def test_ledger_of_another_version_is_not_touched(path: Path, version: int) -> None:
    ledger = Ledger(path)
    ledger.append([Event("checked")])
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE ledger_schema SET version = ?", [version])
    for use in (ledger.events, ledger.last_data_event, lambda: ledger.append([Event("checked")])):
        with pytest.raises(LedgerError) as error:
            use()
        assert str(path) in str(error.value)
        assert f"ledger schema {version}, this program knows {SCHEMA_VERSION}" in str(error.value)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (1,)


def test_ledger_whose_writer_died_while_making_it_is_used_on(path: Path) -> None:
    path.parent.mkdir()
    duckdb.connect(str(path)).close()  # the file, and no table in it yet
    assert Ledger(path).events() == []
    assert Ledger(path).last_data_event() == 0
    Ledger(path).append([Event("checked")])
    assert [event.event_id for event in Ledger(path).events()] == [1]


def test_file_that_is_no_ledger_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(LedgerError, match=r"ledger\.duckdb"):
        Ledger(path).events()
    assert path.read_bytes() == b"no database " * 1000


def test_event_of_equal_id_cannot_be_written(path: Path) -> None:
    Ledger(path).append([Event("checked")])
    with (
        duckdb.connect(str(path)) as connection,
        pytest.raises(duckdb.ConstraintException, match="event_id"),
    ):
        connection.execute("INSERT INTO event SELECT * FROM event")
