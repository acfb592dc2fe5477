"""Schemas that exports made: how they are known, change places, and go.

``NAME`` is read, ``NAME_next_<build>`` is made (and never seen from outside), ``NAME_previous`` is
what was read before, ``NAME_gone_<number>`` what was before that and waits to be dropped. Nothing
that an export did not make is ever renamed over or dropped, views of others on its tables included.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg

from pipelines.serve.export import postgres_ddl as ddl
from pipelines.serve.export.postgres_address import PostgresError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

#: How long a schema is waited for that somebody still reads, before it is left for next time.
DROP_WAIT = "2s"
#: How often, and seconds apart, the moment is looked for in which no statement reads what goes.
LOCK_TRIES, LOCK_PAUSE = 20, 0.05


class ForeignSchemaError(PostgresError):
    """A schema of that name holds something that no export made."""


@dataclass(frozen=True)
class Present:
    """A schema that an export made: of which build, whose, how many tables and rows."""

    build_id: str
    owner: str
    tables: int
    rows: int


def aside(schema: str, build_id: str) -> str:
    """Where a build is loaded."""
    return f"{schema}_next_{build_id[:12]}"


def previous(schema: str) -> str:
    """Where what was read before is kept."""
    return f"{schema}_previous"


def take_lock(server: psycopg.Connection, schema: str) -> bool:
    """Whether exporting to this schema is ours until the transaction ends."""
    sql: LiteralString = "SELECT pg_try_advisory_xact_lock(hashtext('yusuan export'), hashtext(%s))"
    return server.execute(sql, [schema]).fetchone() == (True,)


_STATE: LiteralString = """
    SELECT pg_get_userbyid(nspowner), coalesce(obj_description(oid, 'pg_namespace'), ''),
        EXISTS (SELECT FROM pg_class t WHERE t.relnamespace = n.oid AND t.relname = %(info)s)
    FROM pg_namespace n WHERE nspname = %(schema)s
"""


def present(server: psycopg.Connection, schema: str) -> Present | None:
    """What an export left under that name; none if there is no such schema.

    Raises:
        ForeignSchemaError: it is not an export's, or holds things that are not.
    """
    named = {"schema": schema, "info": ddl.EXPORT_INFO}
    state = server.execute(_STATE, named).fetchone()
    if state is None:
        return None
    owner, comment, has_info = state
    if not (has_info and str(comment).startswith(ddl.MARK)):
        raise ForeignSchemaError(
            f"{schema}: 已有同名模式，且不是本程序导出的，未作改动 / a schema of this name "
            "is there that no export made; it was left alone. 请另选名称 / choose another: "
            "--schema NAME"
        )
    info = ddl.placed(schema, ddl.EXPORT_INFO)
    foreign = _names(server, _FOREIGN.format(info=info), named)
    if foreign:
        raise ForeignSchemaError(
            f"{schema}: 其中有他人的对象，或表上设了行级安全，导出会使之失效，故未作改动 / holds "
            "what no export made, or tables with row security, which an export would undo; it was "
            f"left alone: {', '.join(foreign)}; 请移至别的模式 / move it to another schema"
        )
    build_id, tables, rows = answer(
        server,
        f"SELECT min(build_id), count(*), coalesce(sum(row_count), 0) FROM {info}",  # noqa: S608
    )
    return Present(str(build_id), str(owner), int(tables), int(rows))


#: What an export did not make in a schema, or what it could not make again.
_FOREIGN = """
    SELECT relname FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = %(schema)s AND (
        relrowsecurity OR relkind IN ('r', 'v', 'm', 'f', 'p', 'S')
        AND relname <> %(info)s AND relname NOT IN (SELECT table_name FROM {info})
    )
    UNION ALL
    SELECT proname || '()' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = %(schema)s
    ORDER BY 1
"""

_RESTING = """
    SELECT DISTINCT v.oid::regclass::text
    FROM pg_depend d
    JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_class v ON v.oid = r.ev_class
    JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = %(schema)s
    WHERE v.relnamespace <> n.oid
    ORDER BY 1
"""


def resting_on(server: psycopg.Connection, schema: str) -> tuple[str, ...]:
    """Views elsewhere on this schema's tables: they stay with these when they are renamed."""
    return _names(server, _RESTING, {"schema": schema})


def be_owner(server: psycopg.Connection, before: Present) -> None:
    """Do the rest of the transaction as the owner of what is there: what replaces it is theirs."""
    name = before.owner.replace('"', '""')
    run(server, f'SET LOCAL ROLE "{name}"')


def swap(server: psycopg.Connection, schema: str, build_id: str) -> None:
    """What was made takes the name; seen by others when the transaction commits, all at once."""
    (number,) = answer(server, "SELECT txid_current()")
    there = _names(server, "SELECT nspname FROM pg_namespace", {})
    moves = [(aside(schema, build_id), schema)]
    if schema in there:
        moves.insert(0, (schema, previous(schema)))
        _between_statements(server, schema)
        if previous(schema) in there:
            moves.insert(0, (previous(schema), f"{schema}_gone_{number}"))
    run(server, ";".join(f'ALTER SCHEMA "{old}" RENAME TO "{new}"' for old, new in moves))


def _between_statements(server: psycopg.Connection, schema: str) -> None:
    """Hold the tables that go, until the commit, if for a moment no statement reads any of them.

    A statement finds its tables one after the other: one that began before the swap and ended after
    it could join old facts to new dimensions. Those that come now wait the moment until the commit,
    then find the new names. Never waited for is a reader: a lock is taken at once or not at all, so
    none runs into a deadlock, and one that reads for long, or keeps its transaction open, holds up
    no export.
    """
    tables = ", ".join(_tables(server, schema))
    for _ in range(LOCK_TRIES):
        with suppress(psycopg.errors.LockNotAvailable), server.transaction():
            run(server, f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE NOWAIT")
            return
        time.sleep(LOCK_PAUSE)


def _tables(server: psycopg.Connection, schema: str) -> list[str]:
    """Full names of what an export made in a schema."""
    info = ddl.placed(schema, ddl.EXPORT_INFO)
    listing = (
        f"SELECT table_name FROM {info} JOIN pg_tables ON tablename = table_name "  # noqa: S608
        "AND schemaname = %(schema)s"
    )
    names = _names(server, listing, {"schema": schema})
    return [*(ddl.placed(schema, name) for name in names), info]


def drop_gone(server: psycopg.Connection, schema: str) -> tuple[str, ...]:
    """Drop what was there before the one before; return those that could not be dropped.

    They are dropped table by table and never with what rests on them: a view of somebody else
    keeps its tables, a long query keeps them until the next export.
    """
    listing = "SELECT nspname FROM pg_namespace WHERE nspname ~ %(named)s ORDER BY 1"
    try:
        found = _names(server, listing, {"named": f"^{schema}_gone_[0-9]+$"})
        kept = tuple(gone for gone in found if not _dropped(server, schema, gone))
        server.commit()
    except psycopg.OperationalError:  # the swap is done; what is left goes with the next export
        return ()
    return kept


def _dropped(server: psycopg.Connection, schema: str, gone: str) -> bool:
    try:
        with server.transaction():
            run(server, f"SET LOCAL search_path = ''; SET LOCAL lock_timeout = '{DROP_WAIT}'")
            found = take_lock(server, schema) and present(server, gone)
            if not found:
                return False
            be_owner(server, found)
            run(server, f'DROP TABLE {", ".join(_tables(server, gone))}; DROP SCHEMA "{gone}"')
    except (
        ForeignSchemaError,
        psycopg.errors.DependentObjectsStillExist,
        psycopg.errors.LockNotAvailable,
        psycopg.errors.InsufficientPrivilege,
    ):
        return False
    return True


def run(server: psycopg.Connection, sql: str) -> None:
    """Statements that ask nothing, several in one go."""
    server.execute(sql.encode())


def answer(connection: psycopg.Connection | duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    """The one row of an answer."""
    cursor: Any = connection.execute(sql)
    return tuple(cursor.fetchone())


def _names(server: psycopg.Connection, sql: str, asked: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(str(name) for (name,) in server.execute(sql.encode(), asked or None))
