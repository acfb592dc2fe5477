"""Exchange the rows of some documents in a copy of an earlier build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.load.crossing import CROSSED
from pipelines.load.document_rows import CELLS, document_tables, keyed_tables
from pipelines.load.inserts import work_table
from schemas.registry import tables

if TYPE_CHECKING:
    import duckdb
    import polars as pl

#: The rows that go, by the first of these that a table has; ``base`` is the copy.
_GONE = {
    "statement_version_id": "SELECT statement_version_id FROM work.gone_version",
    "statement_id": "SELECT statement_id FROM work.gone_statement",
    "fact_id": "SELECT fact_id FROM work.gone_fact",
    "document_id": "SELECT document_id FROM work.gone",
}


def remove_rows(connection: duckdb.DuckDBPyConnection, documents: pl.Series) -> None:
    """Remove from ``base`` what these documents brought, and controls across documents.

    Which statements were theirs stands in ``base`` itself.
    """
    work_table(connection, "gone", documents.alias("document_id").to_frame())
    facts = " UNION ALL ".join(
        f"SELECT fact_id FROM base.{table} "  # noqa: S608
        "WHERE statement_version_id IN (SELECT statement_version_id FROM work.gone_version)"
        for table in keyed_tables()
    )
    connection.execute(
        "CREATE OR REPLACE TABLE work.gone_statement AS SELECT statement_id "  # noqa: S608
        "FROM base.statement WHERE document_id IN (FROM work.gone);"
        "CREATE OR REPLACE TABLE work.gone_version AS SELECT statement_version_id "
        "FROM base.statement_version "
        "WHERE is_current AND statement_id IN (SELECT statement_id FROM work.gone_statement);"
        f"CREATE OR REPLACE TABLE work.gone_fact AS {facts}"
    )
    _remove_crossed(connection)
    for table in document_tables():
        columns = tables()[table].column_names()
        if table in {CELLS, "cell_accounting"}:
            by = "document_id"
        else:
            by = next(column for column in _GONE if column in columns)
        connection.execute(f"DELETE FROM base.{table} WHERE {by} IN ({_GONE[by]})")  # noqa: S608


def _remove_crossed(connection: duckdb.DuckDBPyConnection) -> None:
    """Controls across documents are made anew for all: what they hold may be of any of them."""
    connection.execute(
        "CREATE OR REPLACE TABLE work.crossed AS SELECT control_id FROM base.control_source "
        "JOIN base.statement USING (statement_id) "
        "WHERE control_id IN (SELECT control_id FROM base.control_total WHERE statement_count > 1) "
        "GROUP BY control_id HAVING count(DISTINCT reading_id) > 1"
    )
    for table in CROSSED:
        connection.execute(
            f"DELETE FROM base.{table} WHERE control_id IN (SELECT control_id FROM work.crossed)"  # noqa: S608
        )


def move_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Move the rows of ``document_tables`` from ``build``, which has no others, to ``base``."""
    for table in document_tables():
        order = ", ".join(tables()[table].key)
        connection.execute(f"INSERT INTO base.{table} BY NAME FROM build.{table} ORDER BY {order}")
