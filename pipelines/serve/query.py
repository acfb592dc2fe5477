"""Any SQL on the published build, in the format that the asker's next tool reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
from polars.exceptions import PolarsError

from pipelines.serve.published import QueryError, published

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings

#: Beyond these, a table on a terminal helps nobody; the formats for files have no limit.
TABLE_ROWS = 1000


@dataclass(frozen=True)
class Answer:
    """Columns, rows, and whether there are more rows than these."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool


def query_table(settings: Settings, sql: str) -> Answer:
    """The first rows of an answer, for people.

    Raises:
        NothingPublishedError, QueryError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        try:
            cursor = connection.execute(sql)
            found = cursor.fetchmany(TABLE_ROWS + 1)
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
        columns = [column[0] for column in cursor.description or []]
    return Answer(columns, found[:TABLE_ROWS], len(found) > TABLE_ROWS)


def query_text(settings: Settings, sql: str, form: str) -> str:
    """The whole answer as ``csv`` or ``json`` text; decimals keep every digit.

    Raises:
        NothingPublishedError, QueryError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        relation = _relation(connection, sql)
        if form == "csv":
            return _csv(relation)
        finite = relation.select(", ".join(map(_json_value, relation.columns, relation.types)))
        objects = finite.query("answer", "SELECT to_json(answer)::VARCHAR FROM answer")
        lines = [str(row[0]) for row in objects.fetchall()]
    return "[" + ",\n ".join(lines) + "]\n"


def _json_value(name: str, dtype: object) -> str:
    """A column for JSON, which knows no NaN and no infinity: they become null."""
    quoted = '"' + name.replace('"', '""') + '"'
    if str(dtype) in {"DOUBLE", "FLOAT"}:
        return f"CASE WHEN isfinite({quoted}) THEN {quoted} END AS {quoted}"
    return quoted


def _csv(relation: duckdb.DuckDBPyRelation) -> str:
    try:
        return relation.pl().write_csv()
    except PolarsError as error:
        raise QueryError(
            f"CSV 无法表示该结果（如列表），请用 json / this answer does not fit CSV (a list, for "
            f"example); ask for json: {error}"
        ) from error


def query_parquet(settings: Settings, sql: str, path: Path) -> int:
    """Write the whole answer to a Parquet file; return how many rows it has.

    Raises:
        NothingPublishedError, QueryError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        frame = _relation(connection, sql).pl()
    frame.write_parquet(path)
    return frame.height


def _relation(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation:
    try:
        relation: duckdb.DuckDBPyRelation | None = connection.sql(sql)
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    if relation is None:
        raise QueryError("该语句没有结果 / this statement returns nothing")
    return relation
