"""The ledger: append-only events, the truth about what was taken in and decided, and when.

Grain: one row per event. ``event_id`` counts up without gaps; ``at_utc`` is the only place where
the clock enters the data. Kinds are listed in ``KINDS``.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SCHEMA_VERSION = 1

#: Kinds of events that the warehouse is built from …
DATA_KINDS = (
    "document_observed",  # a path under raw/ holds these bytes
    "path_absent",  # it no longer does
    "sidecar_observed",  # path: the sidecar; detail: its own hash, kept in the archive
    "sidecar_absent",
    "statement_version",  # a complete statement became current
    "quarantine_opened",
    "quarantine_resolved",
)
#: … and those that only tell what was done.
OPERATION_KINDS = ("checked", "published", "build_failed")
KINDS = DATA_KINDS + OPERATION_KINDS

#: The tables of SCHEMA_VERSION, made all or none.
_DDL = """
BEGIN;
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
COMMIT;
"""


class LedgerError(RuntimeError):
    """The ledger cannot be used as it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. ``event_id`` and ``at_utc`` are given when it is appended."""

    kind: str
    sha256: str | None = None
    path: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    event_id: int = 0
    at_utc: datetime | None = None


class Ledger:
    """Append to and read the ledger; each call opens and closes the file, so readers can too."""

    def __init__(self, path: Path) -> None:
        """``path``: the ledger's file, made when first written to."""
        self._path = path

    def append(self, events: Iterable[Event]) -> list[Event]:
        """Write events in one transaction, all at one time; return them as written.

        Raises:
            ValueError: an unknown kind.
        """
        wanted = list(events)
        if not wanted:
            return []
        unknown = {event.kind for event in wanted} - set(KINDS)
        if unknown:
            raise ValueError(f"unknown kinds of events: {unknown}")
        now = datetime.now(UTC).replace(tzinfo=None)
        with self._connect(read_only=False) as connection:
            first = _scalar(connection, "SELECT coalesce(max(event_id), 0) + 1 FROM event")
            written = [
                Event(e.kind, e.sha256, e.path, e.detail, first + i, now)
                for i, e in enumerate(wanted)
            ]
            columns = [list(values) for values in zip(*map(_row, written), strict=True)]
            connection.execute(
                "INSERT INTO event SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), "
                "unnest(?)",
                columns,
            )
        return written

    def events(self, *kinds: str) -> list[Event]:
        """Events of these kinds (all if none is named), oldest first."""
        if not self._path.exists():
            return []
        wanted = list(kinds or KINDS)
        with self._connect(read_only=True) as connection:
            rows = connection.execute(
                "SELECT kind, sha256, path, detail, event_id, at_utc FROM event "
                "WHERE kind IN (SELECT unnest(?)) ORDER BY event_id",
                [wanted],
            ).fetchall()
        return [Event(k, s, p, json.loads(d), i, a) for k, s, p, d, i, a in rows]

    def last_data_event(self) -> int:
        """Id of the newest event that the warehouse is built from; 0 if there is none."""
        if not self._path.exists():
            return 0
        with self._connect(read_only=True) as connection:
            return _scalar(
                connection,
                "SELECT coalesce(max(event_id), 0) FROM event WHERE kind IN (SELECT unnest(?))",
                [list(DATA_KINDS)],
            )

    @contextmanager
    def _connect(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = duckdb.connect(str(self._path), read_only=read_only)
        except duckdb.Error as error:
            raise LedgerError(
                f"{self._path}: 台账无法打开 / the ledger cannot be opened: {error}; if another "
                "process writes, wait for it; if the file is damaged, restore it from the backup"
            ) from error
        try:
            if not _is_made(connection):  # new, or a process died while it made the file
                if read_only:
                    connection.close()
                    connection = duckdb.connect(":memory:")
                connection.execute(_DDL)
            version = _scalar(connection, "SELECT max(version) FROM ledger_schema")
            if version != SCHEMA_VERSION:
                raise LedgerError(
                    f"{self._path}: ledger schema {version}, this program knows {SCHEMA_VERSION}; "
                    "use the version of the program that wrote it, or a newer one"
                )
            yield connection
        finally:
            connection.close()


def _is_made(connection: duckdb.DuckDBPyConnection) -> bool:
    sql = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'ledger_schema'"
    return _scalar(connection, sql) > 0


def _row(event: Event) -> tuple[Any, ...]:
    detail = json.dumps(event.detail, ensure_ascii=False, sort_keys=True)
    return event.event_id, event.at_utc, event.kind, event.sha256, event.path, detail


def _scalar(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[object] | None = None
) -> int:
    row = connection.execute(sql, parameters or []).fetchone()
    return int(row[0]) if row else 0
