"""The Postgres mart, on a real server: what arrives, how it is swapped in, who keeps rights."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

import polars as pl
import psycopg
import pytest

from pipelines.serve.export import postgres as exporting
from pipelines.serve.export.postgres import ExportRunningError
from pipelines.serve.export.postgres_address import PostgresError
from pipelines.serve.export.postgres_ddl import postgres_type
from pipelines.serve.export.postgres_schemas import swap
from pipelines.serve.export.tables import exported_tables
from schemas.registry import tables
from schemas.render import column_comment, table_comment
from tests.serve.postgres_server import (
    FUNDING,
    SEED,
    ask,
    doubled,
    export,
    name_of,
    next_build,
    schemas,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from schemas.registry import TableSpec
    from tests.conftest import Installation


def in_build(installation: Installation, spec: TableSpec) -> list[tuple[Any, ...]]:
    key = ", ".join(spec.key)
    columns = ", ".join(spec.column_names())
    return installation.rows(f"SELECT {columns} FROM {spec.name} ORDER BY {key}")


def in_postgres(address: str, spec: TableSpec) -> list[tuple[Any, ...]]:
    """Rows by key, in the order of bytes, times as UTC: as DuckDB gives them."""
    columns = [
        f"{c.name} AT TIME ZONE 'UTC'" if isinstance(c.dtype, pl.Datetime) else c.name
        for c in spec.columns
    ]
    return ask(address, f"SELECT {', '.join(columns)} FROM yusuan.{spec.name} "
                        f"ORDER BY {', '.join(spec.key)}")  # fmt: skip


#: What text formats are broken by, and the ends of what decimals and floats hold.
ODD = r"""
    UPDATE source_cell SET text = E'tab\tline\n\\.\nreturn\r\\N "双" ''单'', 𠀀' WHERE row_no = 2;
    UPDATE source_cell SET text = '' WHERE row_no = 3;
    UPDATE source_cell SET text = '\N', x0 = 0.1, y0 = 1e-7, x1 = -0.0, y1 = 12345678.9
        WHERE row_no = 4;
    UPDATE control_total SET printed_yuan = NULL, computed_yuan = -9999999999999999.99,
        envelope_yuan = -0.05 WHERE line_no = 1;
    UPDATE fact_performance_target SET low_value = 99999999999999999999.99999999,
        high_value = -0.00000001, boolean_value = false WHERE clause_no = 1;
"""


def test_every_row_and_value_arrives_as_it_is(seeded: Installation, address: str) -> None:
    next_build(seeded, "0dd", ODD)
    found = export(seeded, address)
    specs = exported_tables()
    assert {spec.role for spec in specs} >= {"fact", "dimension", "bridge", "mart", "detail"}
    held = {spec.name: in_build(seeded, spec) for spec in specs}
    assert {spec.name: in_postgres(address, spec) for spec in specs} == held
    assert (found.tables, found.rows) == (len(specs), sum(map(len, held.values())))
    assert found.rows > 1000
    info = ask(address, "SELECT table_name, row_count, build_id FROM yusuan.export_info")
    assert sorted(info) == sorted((name, len(rows), "0dd") for name, rows in held.items())


@pytest.mark.slow
def test_times_are_utc_whatever_the_session_says(seeded: Installation, address: str) -> None:
    tell(address, "ALTER ROLE owner IN DATABASE " + name_of(address)
         + " SET timezone = 'Asia/Shanghai'")  # fmt: skip
    export(seeded, address)
    sql = "SELECT first_seen_utc{} FROM {}dim_document"
    assert ask(address, sql.format(" AT TIME ZONE 'UTC'", "yusuan.")) == seeded.rows(
        sql.format("", "")
    )


def test_types_keys_and_comments_are_the_declared_ones(seeded: Installation, address: str) -> None:
    export(seeded, address)
    said = {"TIMESTAMPTZ": "timestamp with time zone"}
    declared, comments, keys, references = [], {}, {}, set()
    specs = {spec.name: spec for spec in exported_tables()}
    for spec in specs.values():
        comments[spec.name] = table_comment(spec)
        keys[spec.name] = sorted(spec.key)
        for c in spec.columns:
            kind = postgres_type(c.dtype)
            declared.append((spec.name, c.name, said.get(kind, kind.lower()), not c.nullable,
                             column_comment(c)))  # fmt: skip
            table = (c.references or "").partition(".")[0]
            if table in specs:
                references.add((spec.name, c.name, table))
    there = "relnamespace = 'yusuan'::regnamespace AND relname <> 'export_info'"
    found = ask(address, "SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, "
                "col_description(t.oid, attnum) FROM pg_class t JOIN pg_attribute ON attrelid = "
                f"t.oid AND attnum > 0 WHERE relkind = 'r' AND {there}")  # fmt: skip
    assert sorted(found) == sorted(declared)
    assert ("fact_revenue", "amount_yuan", "numeric(18,2)", True) in {row[:4] for row in found}
    commented = ask(address, "SELECT relname, obj_description(t.oid, 'pg_class') FROM pg_class t "
                             f"WHERE relkind = 'r' AND {there}")  # fmt: skip
    assert dict(commented) == comments
    columns = "(SELECT array_agg(attname::text ORDER BY attname::text) FROM pg_attribute WHERE "
    primary = ask(address, f"SELECT relname, {columns} attrelid = t.oid AND attnum = ANY (conkey)) "
                  "FROM pg_constraint JOIN pg_class t ON t.oid = conrelid "
                  f"WHERE contype = 'p' AND {there}")  # fmt: skip
    assert dict(primary) == keys
    foreign = ask(address, f"SELECT relname, ({columns} attrelid = t.oid AND attnum = ANY "
                  "(conkey)))[1], confrelid::regclass::text FROM pg_constraint JOIN pg_class t ON "
                  f"t.oid = conrelid WHERE contype = 'f' AND convalidated AND {there}")  # fmt: skip
    assert {(t, c, other.removeprefix("yusuan.")) for t, c, other in foreign} == references
    indexes = ask(address, "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'yusuan'")
    assert sum("(fund_source_id)" in sql for t, sql in indexes if t.startswith("fact_")) == sum(
        "fund_source_id" in spec.column_names() for spec in specs.values() if spec.role == "fact"
    )


def test_a_build_that_is_there_is_left_alone_unless_forced(
    seeded: Installation, address: str
) -> None:
    first = export(seeded, address)
    sql = "SELECT 'yusuan'::regnamespace::oid"
    made = ask(address, sql)
    again = export(seeded, address)
    assert (again.is_new, again.before, again.tables, again.rows) == (
        False, first.build_id, first.tables, first.rows,
    )  # fmt: skip
    assert (ask(address, sql), schemas(address)) == (made, {"yusuan"})
    assert export(seeded, address, force=True).is_new
    assert ask(address, sql) != made


@pytest.mark.slow
def test_the_build_before_is_kept_and_no_more(seeded: Installation, address: str) -> None:
    for build in ("b1", "b2", "b3"):
        doubled(seeded, build)
        assert export(seeded, address).kept == ()
    assert schemas(address) == {"yusuan", "yusuan_previous"}
    assert ask(address, FUNDING) == [(SEED * 8,)]
    assert ask(address, FUNDING.replace("yusuan", "yusuan_previous")) == [(SEED * 4,)]
    assert export(seeded, address, "other").is_new
    assert schemas(address) == {"yusuan", "yusuan_previous", "other"}


class Readers:
    """Threads that ask for the sum of money over and over, each in its own way."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.over = threading.Event()
        self.found: dict[str, list[Decimal]] = {"plain": [], "prepared": [], "repeatable": []}
        self.errors: list[Exception] = []
        self.threads = [threading.Thread(target=self.read, args=(way,)) for way in self.found]

    def read(self, way: str) -> None:
        try:
            with psycopg.connect(self.address, autocommit=way != "repeatable") as connection:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                while not self.over.is_set():
                    self.over.wait(0.001)  # other threads live too
                    rows = connection.execute(FUNDING.encode(), prepare=way == "prepared")
                    self.found[way].append(rows.fetchall()[0][0])
                    if way == "repeatable" and len(self.found[way]) % 7 == 0:
                        connection.commit()
        except psycopg.Error as error:
            self.errors.append(error)

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()


def test_readers_see_the_old_or_the_new_and_never_an_error(
    seeded: Installation, address: str
) -> None:
    export(seeded, address)
    with Readers(address) as readers:
        for build in ("b1", "b2"):
            doubled(seeded, build)
            export(seeded, address)
    assert readers.errors == []
    for found in readers.found.values():
        assert found == sorted(found)  # never back
        assert {SEED, SEED * 4} <= set(found) <= {SEED, SEED * 2, SEED * 4}


def test_a_reader_whose_snapshot_is_older_than_the_swap_finds_rows(
    seeded: Installation, address: str
) -> None:
    export(seeded, address)
    with psycopg.connect(address) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT 1")
        doubled(seeded, "b1")
        export(seeded, address)
        assert reader.execute(FUNDING.encode()).fetchall() == [(SEED * 2,)]


def test_the_swap_waits_a_moment_for_a_statement_to_end(
    seeded: Installation, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the statement could find some of its tables before the swap, and others after it."""
    export(seeded, address)
    doubled(seeded, "b1")
    busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND state = 'active'"
    reading = f"SELECT pg_sleep(0.3), ({FUNDING})"
    reader = threading.Thread(target=ask, args=(address, reading))

    def swap_beside_it(*given: Any) -> None:
        with psycopg.connect(address, autocommit=True) as watching:
            reader.start()
            while watching.execute(busy, ["SELECT pg_sleep%"]).fetchone() == (0,):
                pass
            swap(*given)
            assert watching.execute(busy, ["SELECT pg_sleep%"]).fetchone() == (0,)

    monkeypatch.setattr(exporting, "swap", swap_beside_it)
    export(seeded, address)
    reader.join()
    assert ask(address, FUNDING) == [(SEED * 2,)]


@pytest.mark.slow
def test_a_reader_that_never_ends_holds_up_no_export(
    seeded: Installation, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.serve.export.postgres_schemas.DROP_WAIT", "50ms")
    monkeypatch.setattr("pipelines.serve.export.postgres_schemas.LOCK_TRIES", 2)
    export(seeded, address)
    with psycopg.connect(address) as reader:
        reader.execute(FUNDING.encode())
        kept = []
        for build in ("b1", "b2"):
            doubled(seeded, build)
            kept = list(export(seeded, address).kept)
        assert len(kept) == 1
        assert schemas(address) == {"yusuan", "yusuan_previous", *kept}
    doubled(seeded, "b3")
    assert export(seeded, address).kept == ()
    assert schemas(address) == {"yusuan", "yusuan_previous"}


def broken_text(_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that refuses: the text of a cell cannot be stored."""
    monkeypatch.setattr(exporting, "as_text", lambda _: b"\x00")


def lost_row(_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exporting.as_text
    monkeypatch.setattr(exporting, "as_text", lambda frame: whole(frame.head(-1)))


def killed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is lost when most is loaded already."""
    said = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'yusuan export' AND datname = current_database()"
    )
    monkeypatch.setattr(exporting, "swap", lambda *_: ask(address, said))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (broken_text, "原有内容未变 / the export failed"),
        (lost_row, "rows or sums differ, nothing was exported"),
        (killed, "原有内容未变 / the export failed"),
    ],
)
def test_a_failed_export_leaves_what_was_there_and_nothing_else(
    seeded: Installation, address: str, damage: Callable[..., None], said: str
) -> None:
    export(seeded, address)
    doubled(seeded, "b1")
    with pytest.MonkeyPatch.context() as patched:
        damage(address, patched)
        with pytest.raises(PostgresError, match=said):
            export(seeded, address)
    assert schemas(address) == {"yusuan"}
    assert ask(address, FUNDING) == [(SEED,)]
    assert export(seeded, address).is_new
    assert ask(address, FUNDING) == [(SEED * 2,)]


def test_one_export_at_a_time(
    seeded: Installation, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second() -> None:
        with pytest.raises(ExportRunningError, match="另一导出正在进行"):
            export(seeded, address)
        assert export(seeded, address, "other").is_new  # another schema is another matter
        raise InterruptedError

    def swap_or_second(server: psycopg.Connection, schema: str, build_id: str) -> None:
        if schema == "yusuan":
            second()
        swap(server, schema, build_id)

    with monkeypatch.context() as patched:
        patched.setattr(exporting, "swap", swap_or_second)
        with pytest.raises(InterruptedError):
            export(seeded, address)
    assert schemas(address) == {"other"}


def test_every_declared_type_has_one_in_postgres() -> None:
    assert {postgres_type(c.dtype) for spec in tables().values() for c in spec.columns} == {
        "TEXT", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE PRECISION", "DATE", "TIMESTAMPTZ",
        "NUMERIC(18,2)", "NUMERIC(28,8)",
    }  # fmt: skip
