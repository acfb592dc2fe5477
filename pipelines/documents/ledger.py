"""The ledger: append-only events, the truth about what was taken in and decided, and when.

Grain: one row per event. ``event_id`` counts up without gaps; ``at_utc`` is the only place where
the clock enters the data. Kinds are listed in ``KINDS``.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Kinds of events that the warehouse is built from …
DATA_KINDS = (
    "document_observed",  # a path under raw/ holds these bytes
    "path_absent",  # it no longer does
    "sidecar_observed",  # path: the sidecar; detail: its own hash, kept in the archive
    "sidecar_absent",
    "statement_version",  # a complete statement became current
    "document_withdrawn",  # a person took a document back; detail: why
    "withdrawal_revoked",
    "archive_damaged",  # files that the archive could not give
    "archive_mended",  # these are whole again
    "reprocessed",  # a person had readings made again
    "history_kept",  # rows of new versions, and what began or ceased to feed; kept in the archive
    "quarantine_opened",
    "quarantine_resolved",
)
#: … and those that only tell what was done.
OPERATION_KINDS = ("checked", "published", "build_failed", "rolled_back", "publishing_resumed")
KINDS = DATA_KINDS + OPERATION_KINDS

#: What makes each schema version of the one before it; a new ledger goes through all of them.
MIGRATIONS = (
    """
    CREATE TABLE event (
        event_id BIGINT PRIMARY KEY,
        at_utc TIMESTAMP NOT NULL,
        kind VARCHAR NOT NULL,
        sha256 VARCHAR,
        path VARCHAR,
        detail VARCHAR NOT NULL
    );
    CREATE TABLE ledger_schema (version INTEGER NOT NULL);
    """,
    # 2: which version of the program appended an event; not known of earlier ones
    "ALTER TABLE event ADD COLUMN program VARCHAR;",
)
SCHEMA_VERSION = len(MIGRATIONS)
#: What DuckDB raises when a file is damaged inside, or cannot be written.
_FILE_ERRORS = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)


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
    """Append to and read the ledger; each call opens and closes the file, so readers can too.

    A ledger of an earlier schema is read as it is; the first to append to it migrates it, and
    leaves a copy of the file as it was beside it.
    """

    def __init__(self, path: Path) -> None:
        """``path``: the ledger's file, made when first written to."""
        self._path = path

    def append(self, events: Iterable[Event]) -> list[Event]:
        """Write events in one transaction, all at one time; return them as written.

        Raises:
            ValueError: an unknown kind.
            LedgerError: the file cannot be opened, or is of a newer schema.
        """
        wanted = list(events)
        if not wanted:
            return []
        unknown = {event.kind for event in wanted} - set(KINDS)
        if unknown:
            raise ValueError(f"unknown kinds of events: {unknown}")
        now = datetime.now(UTC).replace(tzinfo=None)
        before = _signature(self._path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _connect(self._path, read_only=False) as connection:
            _migrate(connection, self._path)
            first = _scalar(connection, "SELECT coalesce(max(event_id), 0) + 1 FROM event")
            written = [
                Event(e.kind, e.sha256, e.path, e.detail, first + i, now)
                for i, e in enumerate(wanted)
            ]
            columns = [list(values) for values in zip(*map(_row, written), strict=True)]
            connection.execute(
                "INSERT INTO event BY NAME SELECT unnest(?) AS event_id, unnest(?) AS at_utc, "
                "unnest(?) AS kind, unnest(?) AS sha256, unnest(?) AS path, unnest(?) AS detail, "
                "? AS program",
                [*columns, version("yusuan")],
            )
        _KNOWN.append(self._path, before, written)
        return written

    def events(self, *kinds: str) -> list[Event]:
        """Events of these kinds (all if none is named), oldest first."""
        return [event for event in self._events() if not kinds or event.kind in kinds]

    def last_data_event(self) -> int:
        """Id of the newest event that the warehouse is built from; 0 if there is none."""
        newest_first = reversed(self._events())
        return next((event.event_id for event in newest_first if event.kind in DATA_KINDS), 0)

    def _events(self) -> tuple[Event, ...]:
        return _KNOWN.events(self._path) if self._path.exists() else ()


class _Known:
    """All events of one file; kept while the file stays as it is: a night asks some twenty times.

    What is appended is known without reading the file again.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._signature: object = None
        self._all: tuple[Event, ...] = ()

    def events(self, path: Path) -> tuple[Event, ...]:
        signature = _signature(path)
        if (path, signature) != (self._path, self._signature):
            self._all = _read(path)
            self._path, self._signature = path, signature
        return self._all

    def append(self, path: Path, before: object, written: list[Event]) -> None:
        last = self._all[-1].event_id if self._all else 0
        if (path, before) != (self._path, self._signature) or written[0].event_id != last + 1:
            self._path = None  # what stands before it was not known
            return
        self._all += tuple(replace(e, detail=_as_read(e)) for e in written)
        self._signature = _signature(path)


_KNOWN = _Known()


def _as_read(event: Event) -> dict[str, Any]:
    """An event's detail as it is read from the file: a tuple has become a list."""
    detail: dict[str, Any] = json.loads(_row(event)[-1])
    return detail


def _signature(path: Path) -> tuple[tuple[int, int, int], ...]:
    """What tells a file that was written to from one that was not; with its log, if one is left."""
    found = (file.stat() for file in (path, _log(path)) if file.exists())
    return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in found)


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _read(path: Path) -> tuple[Event, ...]:
    with _connect(path, read_only=True) as connection:
        if not _schema_version(connection, path):
            return ()
        rows = connection.execute(
            "SELECT kind, sha256, path, detail, event_id, at_utc FROM event ORDER BY event_id"
        ).fetchall()
    return tuple(Event(k, s, p, json.loads(d), i, a) for k, s, p, d, i, a in rows)


@contextmanager
def _connect(path: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        raise LedgerError(
            f"{path}: 台账无法打开 / the ledger cannot be opened: {error}; if another "
            "process writes, wait for it; if the file is damaged, restore it from the backup"
        ) from error
    try:
        yield connection
    except _FILE_ERRORS as error:
        raise LedgerError(
            f"{path}: 台账无法读写 / the ledger cannot be read or written: {error}; if the disk is "
            "in order, the file is damaged: restore it from the backup"
        ) from error
    finally:
        connection.close()


def _schema_version(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The file's schema; 0 if it is new, or a process died while it made the file.

    Raises:
        LedgerError: it is newer than this program.
    """
    sql = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'ledger_schema'"
    if not _scalar(connection, sql):
        return 0
    found = _scalar(connection, "SELECT max(version) FROM ledger_schema")
    if found > SCHEMA_VERSION:
        raise LedgerError(
            f"{path}: ledger schema {found}, this program knows {SCHEMA_VERSION}; "
            "use the version of the program that wrote it, or a newer one"
        )
    return found


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Bring the file to today's schema: all of a step or nothing of it."""
    found = _schema_version(connection, path)
    if 0 < found < SCHEMA_VERSION:
        connection.execute("CHECKPOINT")  # what a process left in the log goes into the copy too
        kept = path.with_name(f"{path.stem}.schema{found}{path.suffix}")
        shutil.copy2(path, kept.with_suffix(".tmp"))
        kept.with_suffix(".tmp").replace(kept)
    for number in range(found, SCHEMA_VERSION):
        connection.execute(
            f"BEGIN; {MIGRATIONS[number]} INSERT INTO ledger_schema VALUES ({number + 1}); COMMIT;"  # noqa: S608
        )


def _row(event: Event) -> tuple[Any, ...]:
    detail = json.dumps(event.detail, ensure_ascii=False, sort_keys=True)
    return event.event_id, event.at_utc, event.kind, event.sha256, event.path, detail


def _scalar(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[object] | None = None
) -> int:
    row = connection.execute(sql, parameters or []).fetchone()
    return int(row[0]) if row else 0
