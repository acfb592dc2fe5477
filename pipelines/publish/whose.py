"""Whose a row is that breaks a check: the document that a person has to look at, and where in it.

Rows of checks hold keys. A key leads to its document through the tables of the build itself, so far
as these still hold together: what cannot be found is left out, and never hides that a check broke.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

_OF_CONTROL = (
    "SELECT d.path AS document, c.place FROM control_total c JOIN statement s "
    "USING (statement_id) JOIN dim_document d USING (document_id)"
)
_OF_CELL = (
    "SELECT d.path AS document, NULL AS place FROM source_cell c JOIN dim_document d "
    "USING (document_id)"
)
_OF_AMOUNT = (
    "SELECT d.path AS document, p.place FROM printed_amount p JOIN statement s "
    "USING (statement_id) JOIN dim_document d USING (document_id)"
)
_DOCUMENT = "SELECT d.path AS document, NULL AS place FROM dim_document d"
_OF_STATEMENT = (
    "SELECT d.path AS document, NULL AS place FROM statement s JOIN dim_document d "
    "USING (document_id)"
)
_OF_VERSION = f"{_OF_STATEMENT} JOIN statement_version v USING (statement_id)"
_OF_FIGURE = f"{_OF_VERSION} JOIN every_figure f USING (statement_version_id)"
_OF_FACT = f"{_OF_VERSION} JOIN every_fact f USING (statement_version_id)"
#: Columns of a row, the most telling first → SQL from their values to documents and places.
_LEADS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("control_id",), f"{_OF_CONTROL} WHERE c.control_id = ?"),
    (("cell_id",), f"{_OF_CELL} WHERE c.cell_id = ?"),
    (("fact_id",), f"{_OF_AMOUNT} WHERE p.fact_id = ?"),
    (("fact_id",), f"{_OF_FIGURE} WHERE f.fact_id = ?"),
    (("statement_id",), f"{_OF_STATEMENT} WHERE s.statement_id = ?"),
    (("statement_version_id",), f"{_OF_VERSION} WHERE v.statement_version_id = ?"),
    (("statement_key_id",), f"{_OF_STATEMENT} WHERE s.statement_key_id = ?"),
    (("document_id",), f"{_DOCUMENT} WHERE d.document_id = ?"),
    (
        ("fact", "whose", "fiscal_year", "phase"),
        f"{_OF_FACT} WHERE f.fact = ? AND f.whose = ? AND f.fiscal_year = ? AND f.phase = ?",
    ),
)
#: So many documents of one row are named: of money that feeds twice there are two.
_MOST = 3


def named(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows, each with the ``document`` and the ``place`` it is of where these are found.

    Args:
        connection: To the build that the rows are of, with the views of ``publish.checks``.
        rows: What checks return.
    """
    return [{**_named(connection, _full(connection, row)), **row} for row in rows]


def _named(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> dict[str, Any]:
    for columns, sql in _LEADS:
        if any(row.get(column) is None for column in columns):
            continue
        found = _asked(connection, sql, [row[column] for column in columns])
        documents = sorted({one["document"] for one in found})
        if documents:
            places = {one["place"] for one in found if one["place"]}
            told = {"document": ", ".join(documents[:_MOST])}
            return told | ({"place": places.pop()} if len(places) == 1 else {})
    return {}


def _full(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> dict[str, Any]:
    """Of a check of declared tables: the row that it speaks of, instead of its key alone."""
    if "reference" in row:  # fact_source.cell_id → source_cell.cell_id
        table, _, column = str(row["reference"]).partition(" ")[0].partition(".")
        known = {column: row.get("value")}
    elif row.get("table") in tables():
        table = str(row["table"])
        known = {name: row[name] for name in tables()[table].key if row.get(name) is not None}
    else:
        return row
    if table not in tables() or not known:
        return row
    where = " AND ".join(f"{name} = ?" for name in known)
    sql = f"SELECT * FROM {table} WHERE {where} LIMIT 1"  # noqa: S608 - declared names
    found = _asked(connection, sql, list(known.values()))
    return {**found[0], **row} if found else row


def _asked(
    connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any]
) -> list[dict[str, Any]]:
    try:
        cursor = connection.execute(sql, values)
    except duckdb.Error:  # the build is not as declared: that is what another check says
        return []
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
