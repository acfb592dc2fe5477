"""The ledger: append-only, in order, and never used when it is not understood."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.documents.ledger import (
    DATA_KINDS,
    KINDS,
    MIGRATIONS,
    OPERATION_KINDS,
    SCHEMA_VERSION,
    Event,
    Ledger,
    LedgerError,
)
from tests.conftest import ROOT

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


def test_a_ledger_of_a_newer_version_is_not_touched(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append([Event("checked")])
    newer = SCHEMA_VERSION + 1
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO ledger_schema VALUES (?)", [newer])
    for use in (ledger.events, ledger.last_data_event, lambda: ledger.append([Event("checked")])):
        with pytest.raises(LedgerError) as error:
            use()
        assert str(path) in str(error.value)
        assert f"ledger schema {newer}, this program knows {SCHEMA_VERSION}" in str(error.value)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (1,)


#: The ledger as its first version made it, with a night in it: this text never changes.
SCHEMA_1 = """
CREATE TABLE event (
    event_id BIGINT PRIMARY KEY,
    at_utc TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    sha256 VARCHAR,
    path VARCHAR,
    detail VARCHAR NOT NULL
);
CREATE TABLE ledger_schema (version INTEGER NOT NULL);
INSERT INTO ledger_schema VALUES (1);
INSERT INTO event VALUES
    (1, '2026-11-01 18:00:00.1', 'document_observed', 'ab', 'a.txt', '{"byte_size": 3}'),
    (2, '2026-11-01 18:00:00.1', 'checked', NULL, NULL, '{"new": 1}'),
    (3, '2026-11-02 18:00:00.2', 'path_absent', 'ab', 'a.txt', '{}');
"""


@pytest.fixture
def first_schema(path: Path) -> Path:
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA_1)
    return path


def test_a_ledger_of_the_first_schema_is_read_as_it_is(first_schema: Path) -> None:
    before = first_schema.read_bytes()
    assert [event.kind for event in Ledger(first_schema).events()] == [
        "document_observed",
        "checked",
        "path_absent",
    ]
    assert Ledger(first_schema).last_data_event() == 3
    assert first_schema.read_bytes() == before


def test_the_first_to_append_migrates_and_keeps_a_copy(first_schema: Path) -> None:
    before = Ledger(first_schema).events()
    written = Ledger(first_schema).append([Event("checked")])
    assert Ledger(first_schema).events() == before + written
    with duckdb.connect(str(first_schema), read_only=True) as connection:
        programs = connection.execute("SELECT program FROM event ORDER BY event_id").fetchall()
        versions = connection.execute("SELECT version FROM ledger_schema ORDER BY 1").fetchall()
    assert programs == [(None,)] * 3 + [(version("yusuan"),)]
    assert versions == [(n + 1,) for n in range(SCHEMA_VERSION)]
    kept = first_schema.with_name("ledger.schema1.duckdb")
    assert Ledger(kept).events() == before
    with duckdb.connect(str(kept), read_only=True) as connection:
        assert connection.execute("SELECT max(version) FROM ledger_schema").fetchone() == (1,)


def test_a_migration_that_fails_leaves_the_schema_it_found(
    first_schema: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*MIGRATIONS[:1], "ALTER TABLE event ADD COLUMN program VARCHAR; SELECT no_such;")
    monkeypatch.setattr("pipelines.documents.ledger.MIGRATIONS", broken)
    before = Ledger(first_schema).events()
    with pytest.raises(duckdb.Error):
        Ledger(first_schema).append([Event("checked")])
    monkeypatch.undo()
    assert Ledger(first_schema).events() == before
    Ledger(first_schema).append([Event("checked")])
    assert len(Ledger(first_schema).events()) == 4


def test_what_another_process_appended_is_seen(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append([Event("checked")])
    assert len(ledger.events()) == 1
    script = (
        "from pathlib import Path; from pipelines.documents.ledger import Event, Ledger; "
        f"Ledger(Path({str(path)!r})).append([Event('published')])"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)
    assert [event.kind for event in ledger.events()] == ["checked", "published"]


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
