"""Rows that documents bring into a build: statements, facts, and all that proves them.

Every row of these tables is of one document, and follows from that document's readings and from
what was decided of its statements (``pipelines.load.states``): so the rows of some documents can
be made alone, and are those that a build of all documents has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.load.inserts import insert, parquet, work_table
from schemas.registry import tables

if TYPE_CHECKING:
    import duckdb

    from pipelines.load.scope import Scope
    from pipelines.load.staged import StagedReadings

#: How staged rows get into each table that readings feed: rows of statements that are loaded
#: (current versions), of statements that are shown (loaded, or of today's readings), and of
#: today's readings. ``s`` is the staged table.
LOADED = "WHERE s.statement_id IN (SELECT statement_id FROM work.loaded)"
_SHOWN = "WHERE s.statement_id IN (SELECT statement_id FROM work.shown)"
_WAITING = "WHERE s.statement_id IN (SELECT statement_id FROM work.waiting)"
_TODAY = "WHERE s.reading_id IN (SELECT reading_id FROM work.readings)"
_CITED = LOADED + " AND s.fact_id IN (SELECT fact_id FROM work.facts)"  # noqa: S608
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
    "project_line": LOADED,
    "performance_indicator": LOADED,
    "performance_value": LOADED,
    "pending_project_funding": _WAITING,
    "pending_amount": _WAITING,
    "pending_performance_target": _WAITING,
    "cell_accounting": _TODAY,
    "fact_source": _CITED,
}
CELLS = "source_cell"


def keyed_tables() -> list[str]:
    """Tables of figures of loaded statements: facts, and what stands beside them."""
    return [
        name
        for name, spec in tables().items()
        if {"fact_id", "statement_version_id"} <= set(spec.column_names()) and spec.reading
    ]


def document_tables() -> list[str]:
    """All tables that ``insert_document_rows`` fills."""
    return [*keyed_tables(), *_SCOPES, CELLS]


def work_tables(connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """What is loaded, shown and waits, as tables the inserts refer to."""
    for name, frame in scope.frames().items():
        work_table(connection, name, frame)


def insert_document_rows(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """Fill ``document_tables`` of the attached ``build`` from what ``work_tables`` made.

    ``build`` holds no row of these documents yet.
    """
    _insert_figures(connection, staged)
    _cut_controls(connection, staged)
    for table, scope in _SCOPES.items():
        insert_staged(connection, table, staged, scope)
    _insert_cells(connection, staged)


def insert_staged(
    connection: duckdb.DuckDBPyConnection, table: str, staged: StagedReadings, scope: str
) -> None:
    """Staged rows of a table within a scope; of a dimension the first of each key."""
    if not staged.paths(table):
        return
    spec = tables()[table]
    columns = ", ".join(f"s.{c}" for c in spec.column_names())
    distinct = f"DISTINCT ON ({', '.join(f's.{c}' for c in spec.key)})"
    rows = distinct if spec.role == "dimension" else ""
    order = f"ORDER BY {', '.join(f's.{c}' for c in spec.column_names())}" if rows else ""
    source = parquet(staged.paths(table))
    insert(connection, table, f"SELECT {rows} {columns} FROM {source} s {scope} {order}")  # noqa: S608


def _cut_controls(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """Controls across tables of a reading, of which a statement is not shown any more."""
    connection.execute("CREATE OR REPLACE TABLE work.cut (control_id VARCHAR)")
    if paths := staged.paths("control_source"):
        connection.execute(
            f"INSERT INTO work.cut SELECT DISTINCT control_id FROM {parquet(paths)} "  # noqa: S608
            "WHERE statement_id NOT IN (SELECT statement_id FROM work.shown)"
        )


def _insert_figures(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """Facts of loaded statements, of those whose the statement feeds; what stands beside them."""
    for table in keyed_tables():
        spec = tables()[table]
        if not (paths := staged.paths(table)):
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
        insert(
            connection,
            table,
            f"SELECT {columns}, v.statement_version_id FROM {parquet(paths)} s "  # noqa: S608
            f"JOIN work.loaded v USING (statement_id) {fed}",
        )
    keyed = " UNION ALL ".join(f"SELECT fact_id FROM build.{table}" for table in keyed_tables())  # noqa: S608
    connection.execute(f"CREATE OR REPLACE TABLE work.facts AS {keyed}")


def _insert_cells(connection: duckdb.DuckDBPyConnection, staged: StagedReadings) -> None:
    """The cells that loaded facts, shown amounts and shown context cite, once each."""
    if not (paths := staged.paths(CELLS)):
        return
    connection.execute(
        "CREATE OR REPLACE TABLE work.cited AS SELECT cell_id FROM build.fact_source "
        "UNION SELECT cell_id FROM build.printed_amount "
        "UNION SELECT cell_id FROM build.control_source "
        "UNION SELECT cell_id FROM build.statement_context WHERE cell_id IS NOT NULL"
    )
    columns = ", ".join(f"s.{c}" for c in tables()[CELLS].column_names())
    # a window goes to the disk where DISTINCT ON would have to hold all rows
    insert(
        connection,
        CELLS,
        f"SELECT {columns} FROM {parquet(paths)} s "  # noqa: S608
        "WHERE s.cell_id IN (SELECT cell_id FROM work.cited) "
        f"QUALIFY row_number() OVER (PARTITION BY s.cell_id ORDER BY {columns}) = 1",
    )
    connection.execute("DROP TABLE work.cited")
