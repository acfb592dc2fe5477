"""The published build as tables of a PostgreSQL schema, replaced as a whole by renaming.

One transaction makes a schema aside, fills it, proves that rows and sums equal the build's, gives
it the rights of the one before, and renames both. Readers see the old one until it commits, and
whatever ends it earlier, a lost connection or a killed process too, leaves nothing behind.

Rows are frozen as they are loaded (``COPY … FREEZE``): a reader whose transaction began before the
swap, and who asks by name after it, finds the new rows. Unfrozen, they would be invisible to its
snapshot, and the tables empty. Renaming a schema locks no table, so no reader holds up an export;
what was current is kept as ``…_previous``, and dropped only after the next swap.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from pipelines.serve.export import postgres_ddl as ddl
from pipelines.serve.export.build import assert_declared
from pipelines.serve.export.postgres_address import PostgresError, connected
from pipelines.serve.export.postgres_rights import carry_defaults, carry_rights
from pipelines.serve.export.postgres_schemas import (
    Present,
    answer,
    aside,
    be_owner,
    drop_gone,
    present,
    previous,
    resting_on,
    run,
    swap,
    take_lock,
)
from pipelines.serve.export.tables import exported_tables
from pipelines.serve.published import published

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import psycopg

    from pipelines.settings import Settings
    from schemas.registry import TableSpec

DEFAULT_SCHEMA = "yusuan"
#: Rows that are in memory at once.
BATCH = 50_000
#: Text of COPY: a tab parts columns, a line is a row, \N is null.
_ESCAPED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class ExportRunningError(PostgresError):
    """Another export to this schema is under way."""


class DifferentTotalsError(PostgresError):
    """What arrived is not what the build holds."""


@dataclass(frozen=True)
class ExportedSchema:
    """What an export did.

    Attributes:
        build_id: The published build.
        schema: Where it is now.
        before: Build that was there before; none the first time.
        is_new: Whether anything was loaded; not if that build was there already.
        tables: How many tables.
        rows: How many rows in all.
        stale: Views and tables of others that rest on the schema before, and stay with it.
        kept: Schemas that could not be dropped yet: somebody reads them, or builds on them.
    """

    build_id: str
    schema: str
    before: str | None
    is_new: bool
    tables: int
    rows: int
    stale: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def export_postgres(
    settings: Settings, url: str | None, schema: str = DEFAULT_SCHEMA, *, force: bool = False
) -> ExportedSchema:
    """Bring the published build into a schema, or say that it is there already.

    Args:
        settings: The installation.
        url: Address of the database, see ``postgres_address.connected``.
        schema: Name of the schema; beside it ``…_previous`` is used.
        force: Load although this build is there.

    Raises:
        NothingPublishedError, StaleBuildError: there is nothing to export, or of other tables.
        PostgresError: not exported; what was there is as before.
        ValueError: no name of a schema.
    """
    if not ddl.SCHEMA_NAME.fullmatch(schema):
        raise ValueError(
            f"--schema {schema}: 只可用小写字母、数字、下划线，不以数字或 pg_ 开头，不以 _previous "
            "等本程序所用后缀结尾，至多 40 字 / only lower-case letters, digits and _, not "
            "beginning with a digit or pg_, nor ending as the schemas that exports keep beside "
            "(_previous, _next_…, _gone_…), at most 40"
        )
    specs = exported_tables()
    with published(settings) as build:
        assert_declared(build, specs)
        with connected(url) as server:
            (build_id,) = answer(build, "SELECT build_id FROM build_info")
            _prepare(server, schema)
            before = present(server, schema)
            present(server, previous(schema))  # or it is somebody else's
            if before and before.build_id == build_id and not force:
                return ExportedSchema(
                    build_id, schema, build_id, is_new=False, tables=before.tables, rows=before.rows
                )
            stale = resting_on(server, schema)
            rows = _load(_Transfer(build, server, build_id, specs), schema, before)
            swap(server, schema, build_id)
            server.commit()
            kept = drop_gone(server, schema)
    found = before.build_id if before else None
    return ExportedSchema(
        build_id, schema, found, is_new=True, tables=len(specs), rows=rows, stale=stale, kept=kept
    )


def _prepare(server: psycopg.Connection, schema: str) -> None:
    """One export at a time; the session as this code takes it to be, whatever is configured."""
    run(
        server,
        "SET LOCAL search_path = ''; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO';"
        "SET LOCAL standard_conforming_strings = on; SET LOCAL lock_timeout = '60s';"
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
    )
    if not take_lock(server, schema):
        raise ExportRunningError(
            f"{schema}: 另一导出正在进行，请稍后再试 / another export to this schema is under way; "
            "wait for it to end, then run again"
        )
    (encoding,) = answer(server, "SHOW server_encoding")
    if encoding != "UTF8":
        raise PostgresError(
            f"数据库编码为 {encoding}，应为 UTF8 / the database is encoded in {encoding}, which "
            "cannot hold Chinese text exactly; create one: CREATE DATABASE … ENCODING 'UTF8' "
            "TEMPLATE template0"
        )


@dataclass(frozen=True)
class _Transfer:
    """One export under way: from where, to where, what."""

    build: duckdb.DuckDBPyConnection
    server: psycopg.Connection
    build_id: str
    specs: Sequence[TableSpec]


def _load(transfer: _Transfer, schema: str, before: Present | None) -> int:
    """Make and fill the schema aside, with the rights of the one before; return its rows."""
    server, specs = transfer.server, transfer.specs
    new = aside(schema, transfer.build_id)
    if before:
        be_owner(server, before)
    run(server, ddl.create_schema(new, transfer.build_id))
    if before:
        carry_defaults(server, schema, new)
    run(server, ddl.create_tables(new, specs))
    rows = sum(_fill(transfer, new, spec) for spec in specs)
    run(server, ddl.finish_tables(new, specs))
    if before:
        carry_rights(server, schema, new)
    return rows


def _fill(transfer: _Transfer, schema: str, spec: TableSpec) -> int:
    """Stream one table, then hold what arrived against what was sent.

    Raises:
        DifferentTotalsError: rows, an exact sum, or the number of known values differ.
    """
    build, server = transfer.build, transfer.server
    columns = ", ".join(spec.column_names())
    batches = build.execute(f"SELECT {columns} FROM {spec.name}").to_arrow_reader(BATCH)  # noqa: S608
    with server.cursor() as cursor, cursor.copy(ddl.copy_in(schema, spec).encode()) as into:
        for batch in batches:
            into.write(as_text(pl.DataFrame(batch)))
    sent = answer(build, ddl.totals(spec.name, spec))
    arrived = answer(server, ddl.totals(ddl.placed(schema, spec.name), spec))
    if sent != arrived:
        raise DifferentTotalsError(
            f"{spec.name}: 行数或合计不符，未导出 / rows or sums differ, nothing was exported: "
            f"sent {[*map(str, sent)]}, arrived {[*map(str, arrived)]}"
        )
    rows = int(arrived[0])
    info = ddl.placed(schema, ddl.EXPORT_INFO)
    server.execute(
        f"INSERT INTO {info} (table_name, build_id, row_count) VALUES (%s, %s, %s)".encode(),  # noqa: S608
        [spec.name, transfer.build_id, rows],
    )
    return rows


def as_text(frame: pl.DataFrame) -> memoryview:
    """Rows in COPY's text format: every digit of decimals, every character of text."""
    escaped = frame.with_columns(
        cs.string().str.replace_many(list(_ESCAPED), list(_ESCAPED.values()))
    )
    buffer = BytesIO()
    escaped.write_csv(
        buffer, separator="\t", quote_style="never", null_value="\\N", include_header=False
    )
    return buffer.getbuffer()
