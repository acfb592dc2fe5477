"""The published build, opened for reading."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings


class NothingPublishedError(RuntimeError):
    """There is no published build yet."""


class QueryError(ValueError):
    """A query that DuckDB refuses; the message is DuckDB's."""


@contextmanager
def published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published build, without access to other files.

    Raises:
        NothingPublishedError: nothing has been published yet.
    """
    if not settings.published.exists():
        raise NothingPublishedError(
            f"{settings.published}: 尚未发布任何版本，请先运行 yusuan ingest / nothing has been "
            "published yet; run `yusuan ingest` first"
        )
    connection = duckdb.connect(
        str(settings.published.resolve()),
        read_only=True,
        config={"enable_external_access": "false"},
    )
    try:
        yield connection
    finally:
        connection.close()


def rows(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: list[object] | dict[str, object] | None = None,
) -> list[dict[str, Any]]:
    """Rows of a query as dictionaries.

    Raises:
        QueryError: DuckDB refuses it.
    """
    try:
        cursor = connection.execute(sql, parameters or [])
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
