"""The candidate build: a new DuckDB file made of the ledger and the staged readings, and no clock.

Same ledger, archive, configuration and code: same rows. Nothing that is published is touched.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import duckdb

from pipelines.documents.ledger import Ledger
from pipelines.fingerprints import ROOT
from pipelines.load.crossing import across_documents
from pipelines.load.decisions import Decided, decide
from pipelines.load.dimensions import dimension_frames
from pipelines.load.history import insert_history, keep_history
from pipelines.load.identity import build_id, code_fingerprint
from pipelines.load.project_rows import PROJECTS_OF_LINKS, bridge_sql
from pipelines.load.staged import StagedReadings
from pipelines.settings import DATABASE
from schemas.registry import tables
from schemas.render import ddl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from pipelines.documents.readings import ReadingKey
    from pipelines.settings import Settings

MARTS = ROOT / "warehouse" / "marts"
MACROS = ROOT / "warehouse" / "macros"
#: Older DuckDBs, bundled with BI drivers, read this format.
STORAGE_VERSION = "v1.0.0"

#: How staged rows get into each table that readings feed: rows of statements that are loaded
#: (current versions), of statements that are shown (loaded, or of today's readings), and of
#: today's readings. ``s`` is the staged table.
_LOADED = "WHERE s.statement_id IN (SELECT statement_id FROM work.loaded)"
_SHOWN = "WHERE s.statement_id IN (SELECT statement_id FROM work.shown)"
_WAITING = "WHERE s.statement_id IN (SELECT statement_id FROM work.waiting)"
_TODAY = "WHERE s.reading_id IN (SELECT reading_id FROM work.readings)"
_CITED = _LOADED + " AND s.fact_id IN (SELECT fact_id FROM work.facts)"  # noqa: S608
#: Of a control that is shown; one across tables is, if all of its statements are.
_WHOLE = _SHOWN + " AND s.control_id NOT IN (SELECT control_id FROM work.cut)"  # noqa: S608
_CHECKED = "WHERE s.control_id IN (SELECT control_id FROM build.control_total)"
_FOUND = (
    f"{_SHOWN} AND (s.control_id IS NULL "  # noqa: S608
    "OR s.control_id IN (SELECT control_id FROM build.control_total))"
)
_SCOPES = {
    "statement": _SHOWN,
    "statement_context": _SHOWN,
    "statement_join": _SHOWN,
    "statement_unit": _SHOWN,
    "printed_amount": _SHOWN,
    "control_total": _WHOLE,
    "control_source": _CHECKED,
    "finding": _FOUND,
    "project_line": _LOADED,
    "performance_indicator": _LOADED,
    "performance_value": _LOADED,
    "pending_project_funding": _WAITING,
    "pending_amount": _WAITING,
    "pending_performance_target": _WAITING,
    "cell_accounting": _TODAY,
    "fact_source": _CITED,
}


@dataclass(frozen=True)
class Build:
    """A build that was made: its key and its file."""

    build_id: str
    path: Path


def make_build(settings: Settings, prints: Mapping[str, str], keys: list[ReadingKey]) -> Build:
    """Decide what is due, then write the candidate file.

    Args:
        settings: The installation.
        prints: Fingerprints of all stages.
        keys: The readings that are current.

    Raises:
        LookupError: a current reading has not been made.
    """
    ledger = Ledger(settings.ledger)
    staged = StagedReadings(settings, keys)
    decided = decide(ledger, staged, settings.config)
    feeds = decided.feeds.join(decided.loaded, on="statement_id", how="inner")
    history = keep_history(settings, decided.readable, feeds, staged)
    last_event = ledger.last_data_event()
    key = build_id(prints, last_event)
    shutil.rmtree(settings.candidate, ignore_errors=True)
    settings.candidate.mkdir(parents=True)
    path = settings.candidate / DATABASE
    connection = duckdb.connect(config=settings.duckdb_config())
    try:
        file = str(path).replace("'", "''")
        # No log beside it: a build that is not whole at its checkpoint is made anew.
        connection.execute(
            f"ATTACH '{file}' AS build "
            f"(STORAGE_VERSION '{STORAGE_VERSION}', RECOVERY_MODE 'no_wal_writes')"
        )
        connection.execute("ATTACH ':memory:' AS work")
        connection.execute("USE build")
        connection.execute(f"BEGIN; {ddl()} COMMIT;")
        _work_tables(connection, decided, staged)
        if staged.keys:
            _load_facts(connection, staged)
            _cut_controls(connection, staged)
            for table, scope in _SCOPES.items():
                _insert_staged(connection, table, staged, scope)
            crossed = across_documents(staged, decided.loaded, settings.config)
            for table, frame in crossed.items():
                _insert_frame(connection, table, frame)
            _insert_projects(connection, staged)
            _insert_cells(connection, staged)
        for table, frame in dimension_frames(decided, staged, settings).items():
            _insert_frame(connection, table, frame)
        insert_history(connection, history)
        for table, spec in tables().items():
            if spec.role == "mart":
                sql = (MARTS / f"{table}.sql").read_text(encoding="utf-8")
                _insert(connection, table, sql)
        for macro in sorted(MACROS.glob("*.sql")):
            connection.execute(macro.read_text(encoding="utf-8"))
        _insert_build_info(connection, key, code_fingerprint(prints), last_event)
        connection.execute("USE memory")
        connection.execute("CHECKPOINT build")
        connection.execute("DETACH build")
    finally:
        connection.close()
    return Build(key, path)


def _work_tables(
    connection: duckdb.DuckDBPyConnection, decided: Decided, staged: StagedReadings
) -> None:
    """What is loaded, shown and waits, as tables the inserts refer to."""
    today = staged.statements(current=True)
    frames: dict[str, pl.DataFrame] = {
        "loaded": decided.loaded,
        "shown": decided.shown,
        "feeds": decided.feeds,
        "links": decided.projects.links,
    }
    for name, frame in frames.items():
        connection.register("frame", frame)
        connection.execute(f"CREATE TABLE work.{name} AS SELECT * FROM frame")  # noqa: S608
    connection.register("frame", today.select("statement_id", "document_id", "status"))
    connection.execute("CREATE TABLE work.today AS SELECT * FROM frame")
    present = [d.sha256 for d in decided.state.documents.values() if d.is_present]
    connection.execute(
        "CREATE TABLE work.waiting AS SELECT statement_id FROM work.today "
        "WHERE status <> 'complete' AND document_id IN (SELECT unnest(?))",
        [present],
    )
    connection.execute(
        "CREATE TABLE work.readings AS SELECT unnest(?) AS reading_id", [list(staged.keys)]
    )


def _cut_controls(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """Controls across tables of a reading, of which a statement is not shown any more."""
    connection.execute("CREATE TABLE work.cut (control_id VARCHAR)")
    if staged.paths("control_source"):
        connection.execute(
            f"INSERT INTO work.cut SELECT DISTINCT control_id FROM {_source(staged, 'control_source')} "  # noqa: S608, E501
            "WHERE statement_id NOT IN (SELECT statement_id FROM work.shown)"
        )


def _load_facts(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """Facts of loaded statements, of those whose the statement feeds; what stands beside them."""
    keyed = []
    for table, spec in tables().items():
        if not {"fact_id", "statement_version_id"} <= set(spec.column_names()) or not spec.reading:
            continue
        keyed.append(f"SELECT fact_id FROM {table}")  # noqa: S608
        if not staged.paths(table):
            continue
        columns = ", ".join(f"s.{c}" for c in spec.column_names("statement_version_id"))
        fed = ""
        if spec.role == "fact":
            has_unit = "spending_unit_id" in spec.column_names()
            unit = "coalesce(s.spending_unit_id, s.reporting_body_id)"
            whole = "s.spending_unit_id IS NULL"
            fed = (
                "JOIN work.feeds f ON f.statement_id = s.statement_id "
                f"AND f.spending_unit_id = {unit if has_unit else 's.reporting_body_id'} "
                f"AND f.is_whole = ({whole if has_unit else 'true'}) AND f.fact = '{table}'"
            )
        _insert(
            connection,
            table,
            f"SELECT {columns}, v.statement_version_id FROM {_source(staged, table)} s "  # noqa: S608
            f"JOIN work.loaded v USING (statement_id) {fed}",
        )
    connection.execute(f"CREATE TABLE work.facts AS {' UNION ALL '.join(keyed)}")


def _insert_staged(
    connection: duckdb.DuckDBPyConnection, table: str, staged: StagedReadings, scope: str
) -> None:
    if not staged.paths(table):
        return
    spec = tables()[table]
    columns = ", ".join(f"s.{c}" for c in spec.column_names())
    distinct = f"DISTINCT ON ({', '.join(f's.{c}' for c in spec.key)})"
    rows = distinct if spec.role == "dimension" else ""
    order = f"ORDER BY {', '.join(f's.{c}' for c in spec.column_names())}" if rows else ""
    source = _source(staged, table)
    _insert(connection, table, f"SELECT {rows} {columns} FROM {source} s {scope} {order}")  # noqa: S608


def _insert_projects(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """Which projects loaded lines are, and these projects."""
    bridge = "bridge_project_identity"
    if not staged.paths(bridge):
        return
    _insert(connection, bridge, bridge_sql(_source(staged, bridge), _LOADED))
    known = f"{_LOADED} AND s.project_id IN (SELECT project_id FROM build.{bridge})"  # noqa: S608
    _insert_staged(connection, "dim_project", staged, known)
    _insert(connection, "dim_project", PROJECTS_OF_LINKS)


def _insert_cells(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """The cells that loaded facts, shown amounts and shown context cite, once each."""
    connection.execute(
        "CREATE TABLE work.cited AS SELECT cell_id FROM fact_source "
        "UNION SELECT cell_id FROM printed_amount UNION SELECT cell_id FROM control_source "
        "UNION SELECT cell_id FROM statement_context WHERE cell_id IS NOT NULL"
    )
    columns = ", ".join(f"s.{c}" for c in tables()["source_cell"].column_names())
    # a window goes to the disk where DISTINCT ON would have to hold all rows
    _insert(
        connection,
        "source_cell",
        f"SELECT {columns} FROM {_source(staged, 'source_cell')} s "  # noqa: S608
        "WHERE s.cell_id IN (SELECT cell_id FROM work.cited) "
        f"QUALIFY row_number() OVER (PARTITION BY s.cell_id ORDER BY {columns}) = 1",
    )
    connection.execute("DROP TABLE work.cited")


def _insert_build_info(
    connection: duckdb.DuckDBPyConnection, key: str, code: str, last_event: int
) -> None:
    connection.execute(
        "INSERT INTO build_info SELECT ?, ?, ?, ?, (SELECT count(*) FROM dim_document), "
        "(SELECT count(*) FROM statement_version WHERE is_current), "
        "(SELECT count(*) FROM quarantine_item)",
        [key, last_event, code, version("yusuan")],
    )


def _source(staged: StagedReadings, table: str) -> str:
    """``read_parquet`` over a table's files of all batches."""
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in staged.paths(table))
    return f"read_parquet([{paths}], union_by_name = true)"


def _insert_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    connection.register("frame", frame.select(tables()[table].column_names()))
    _insert(connection, table, "SELECT * FROM frame")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, select: str) -> None:
    """Insert by column name, in the order of the key: two builds are equal row by row."""
    order = ", ".join(tables()[table].key)
    connection.execute(
        f"INSERT INTO build.{table} BY NAME SELECT * FROM ({select}) ORDER BY {order}"  # noqa: S608
    )
