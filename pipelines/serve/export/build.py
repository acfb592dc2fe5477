"""The one published build that an export is made of: its tables in order, its rows by batches.

A batch is a Polars frame of declared columns in declared order; rows come in the order of the
declared key, so two exports of a build are equal. Times in the build are UTC without saying so.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from pipelines.documents.ledger import Ledger
from pipelines.serve.export.tables import exported_tables
from pipelines.serve.published import published, rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    import duckdb
    import pyarrow as pa

    from pipelines.settings import Settings
    from schemas.registry import TableSpec

#: Rows that are in memory at a time.
BATCH_ROWS = 100_000


class StaleBuildError(RuntimeError):
    """The published build has other tables than this version of the program declares."""


@dataclass(frozen=True)
class PublishedBuild:
    """A build that is open for reading.

    Attributes:
        connection: Read-only connection to the file; what is published meanwhile is not seen.
        tables: Exported tables; what a table refers to goes before it.
        counts: Rows of each table.
        info: The row of ``build_info``.
        documents: Rows of ``dim_document``, the sources of all figures.
        known_at: When the ledger's last event that the build includes was appended, UTC: the
            time of the build, for the same build is the same whenever it is made.
    """

    connection: duckdb.DuckDBPyConnection
    tables: tuple[TableSpec, ...]
    counts: dict[str, int]
    info: dict[str, Any]
    documents: list[dict[str, Any]]
    known_at: datetime | None

    def batches(self, spec: TableSpec) -> Iterator[pl.DataFrame]:
        """Rows of a table; at least one frame, which may be empty."""
        found = False
        for batch in self.arrow_batches(spec):
            found = True
            yield cast("pl.DataFrame", pl.from_arrow(batch, schema=spec.polars_schema()))
        if not found:
            yield pl.DataFrame(schema=spec.polars_schema())

    def arrow_batches(self, spec: TableSpec) -> pa.RecordBatchReader:
        """Rows of a table as Arrow's batches."""
        columns, key = ", ".join(spec.column_names()), ", ".join(spec.key)
        ordered = f"SELECT {columns} FROM {spec.name} ORDER BY {key}"  # noqa: S608
        return self.connection.sql(ordered).to_arrow_reader(BATCH_ROWS)


@contextmanager
def published_build(
    settings: Settings, roles: Collection[str] | None = None
) -> Iterator[PublishedBuild]:
    """The build that is published now, with its tables of these roles (those declared if none).

    Raises:
        NothingPublishedError: nothing has been published yet.
        UnknownRoleError: a role is not declared.
        StaleBuildError: the build was made by a version with other tables.
    """
    tables = exported_tables(roles)
    with published(settings) as connection:
        assert_declared(connection, tables)
        (info,) = rows(connection, "SELECT * FROM build_info")
        yield PublishedBuild(
            connection,
            tables,
            {spec.name: _count(connection, spec.name) for spec in tables},
            info,
            rows(connection, "SELECT * FROM dim_document ORDER BY document_id"),
            _known_at(settings, info["ledger_event_id"]),
        )


def assert_declared(connection: duckdb.DuckDBPyConnection, tables: tuple[TableSpec, ...]) -> None:
    """The build has these tables, with the columns that are declared.

    Raises:
        StaleBuildError: it was made by a version with others.
    """
    listed = "SELECT table_name, list(column_name ORDER BY column_index) AS columns FROM "
    there = rows(connection, listed + "duckdb_columns() GROUP BY table_name")
    columns = {row["table_name"]: row["columns"] for row in there}
    other = [spec.name for spec in tables if columns.get(spec.name) != spec.column_names()]
    if other:
        raise StaleBuildError(
            f"{', '.join(other)}: 已发布版本由另一版程序构建，请先运行 yusuan ingest / the "
            "published build is of another version of the program; run `yusuan ingest` first"
        )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608
    return int(count)


def _known_at(settings: Settings, last_event: int) -> datetime | None:
    events = Ledger(settings.ledger).events()
    return next((event.at_utc for event in events if event.event_id == last_event), None)
