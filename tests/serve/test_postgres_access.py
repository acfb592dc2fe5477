"""The Postgres mart: who may, whose it is, what of others is left alone, no password is told."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from pipelines.serve.export.postgres_address import PostgresError
from pipelines.serve.export.postgres_schemas import ForeignSchemaError
from pipelines.serve.export.tables import exported_tables
from tests.commands import asked
from tests.serve.postgres_server import FUNDING, SEED, ask, doubled, export, name_of, schemas, tell

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation


def rights(address: str) -> list[tuple[Any, ...]]:
    """Every right on the schema, its tables and columns, and those to come."""
    return ask(
        address,
        """
        SELECT '' AS place, acl::text FROM pg_namespace, unnest(nspacl) acl
            WHERE nspname = 'yusuan'
        UNION ALL SELECT relname, acl::text FROM pg_class, unnest(relacl) acl
            WHERE relnamespace = 'yusuan'::regnamespace
        UNION ALL SELECT relname || '.' || attname, acl::text FROM pg_class t
            JOIN pg_attribute ON attrelid = t.oid, unnest(attacl) acl
            WHERE relnamespace = 'yusuan'::regnamespace
        UNION ALL SELECT 'default', acl::text FROM pg_default_acl, unnest(defaclacl) acl
            WHERE defaclnamespace = 'yusuan'::regnamespace
        ORDER BY 1, 2
    """,
    )


def test_rights_are_carried_over_no_fewer_and_no_more(seeded: Installation, address: str) -> None:
    export(seeded, address)
    tell(
        address,
        """
        CREATE ROLE dashboard LOGIN; CREATE ROLE "An alyst" LOGIN;
        GRANT USAGE ON SCHEMA yusuan TO dashboard;
        GRANT USAGE ON SCHEMA yusuan TO "An alyst" WITH GRANT OPTION;
        GRANT SELECT ON ALL TABLES IN SCHEMA yusuan TO dashboard;
        ALTER DEFAULT PRIVILEGES IN SCHEMA yusuan GRANT SELECT ON TABLES TO dashboard;
        REVOKE SELECT ON yusuan.finding FROM dashboard;
        GRANT SELECT, REFERENCES ON yusuan.dim_body TO "An alyst" WITH GRANT OPTION;
        GRANT SELECT (fact_id, role) ON yusuan.fact_source TO "An alyst";
        GRANT SELECT ON yusuan.dim_phase TO PUBLIC;
    """,
    )
    held = rights(address)
    assert len(held) > len(exported_tables())
    for build in ("b1", "b2"):
        doubled(seeded, build)
        export(seeded, address)
        assert rights(address) == held
    assert ask(address, FUNDING, user="dashboard") == [(SEED * 4,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(address, "SELECT * FROM yusuan.finding", user="dashboard")
    tell(address, "DROP TABLE yusuan.mart_restatement")  # as if the build before had not had it
    doubled(seeded, "b3")
    export(seeded, address)
    assert rights(address) == held


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("CREATE SCHEMA yusuan; CREATE TABLE yusuan.fact_revenue (a int)", "no export made"),
        ("CREATE SCHEMA yusuan_previous", "yusuan_previous"),
    ],
)
def test_a_schema_that_no_export_made_is_refused(
    seeded: Installation, address: str, made: str, named: str
) -> None:
    tell(address, made)
    before = schemas(address)
    with pytest.raises(ForeignSchemaError, match=named):
        export(seeded, address)
    assert schemas(address) == before


def test_what_others_put_into_the_schema_is_not_swept_away(
    seeded: Installation, address: str
) -> None:
    export(seeded, address)
    doubled(seeded, "b1")
    for made, taken_back, named in (
        ("CREATE TABLE yusuan.mine (a int)", "DROP TABLE yusuan.mine", "mine"),
        ("CREATE VIEW yusuan.mine AS SELECT 1 AS a", "DROP VIEW yusuan.mine", "mine"),
        ("CREATE FUNCTION yusuan.mine() RETURNS int RETURN 1", "DROP FUNCTION yusuan.mine",
         r"mine\(\)"),
        ("ALTER TABLE yusuan.finding ENABLE ROW LEVEL SECURITY",
         "ALTER TABLE yusuan.finding DISABLE ROW LEVEL SECURITY", "finding"),
    ):  # fmt: skip
        tell(address, made)
        with pytest.raises(ForeignSchemaError, match=named):
            export(seeded, address)
        tell(address, taken_back)
    assert ask(address, FUNDING) == [(SEED,)]
    assert export(seeded, address).is_new


def test_a_schema_whose_name_goes_on_is_another(seeded: Installation, address: str) -> None:
    """Of ``yusuan_gone`` the build before is no leftover of ``yusuan``."""
    for build in ("b1", "b2"):
        doubled(seeded, build)
        export(seeded, address, "yusuan_gone")
    found = export(seeded, address)
    assert found.is_new
    assert schemas(address) == {"yusuan", "yusuan_gone", "yusuan_gone_previous"}


@pytest.mark.slow
def test_views_of_others_are_named_and_never_dropped(seeded: Installation, address: str) -> None:
    export(seeded, address)
    tell(address, f"CREATE SCHEMA press; CREATE VIEW press.total AS {FUNDING}")
    doubled(seeded, "b1")
    assert export(seeded, address).stale == ("press.total",)
    doubled(seeded, "b2")
    found = export(seeded, address)
    assert (found.stale, len(found.kept)) == ((), 1)
    assert ask(address, "SELECT * FROM press.total") == [(SEED,)]
    tell(address, f"CREATE OR REPLACE VIEW press.total AS {FUNDING}")
    doubled(seeded, "b3")
    assert export(seeded, address).kept == ()
    assert ask(address, "SELECT * FROM press.total") == [(SEED * 4,)]


def test_who_may_not_is_told_what_it_takes(seeded: Installation, address: str) -> None:
    tell(address, "CREATE ROLE guest LOGIN")
    guest = address.replace("user=owner", "user=guest")
    with pytest.raises(PostgresError, match=r'GRANT CREATE ON DATABASE "test\d+" TO "guest"'):
        export(seeded, guest)
    export(seeded, address)
    doubled(seeded, "b1")
    with pytest.raises(PostgresError, match="权限不足 / no right"):
        export(seeded, guest)
    assert ask(address, FUNDING) == [(SEED,)]


@pytest.mark.slow
def test_what_replaces_a_schema_is_its_owners(seeded: Installation, address: str) -> None:
    name = name_of(address)
    tell(address, f"CREATE ROLE keeper LOGIN; GRANT CREATE ON DATABASE {name} TO keeper")
    export(seeded, address.replace("user=owner", "user=keeper"))
    doubled(seeded, "b1")
    export(seeded, address)
    owners = ask(address, "SELECT DISTINCT tableowner, schemaowner FROM pg_tables JOIN "
                 "(SELECT nspname, nspowner::regrole::text AS schemaowner FROM pg_namespace) n "
                 "ON nspname = schemaname WHERE schemaname = 'yusuan'")  # fmt: skip
    assert owners == [("keeper", "keeper")]
    doubled(seeded, "b2")
    assert export(seeded, address.replace("user=owner", "user=keeper")).kept == ()


@pytest.mark.slow
def test_a_database_that_cannot_hold_chinese_is_refused(seeded: Installation, server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(PostgresError, match="LATIN1"):
        export(seeded, server.replace("dbname=postgres", "dbname=latin"))


SECRET = "Tr0ub4dor"  # noqa: S105


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@127.0.0.1:1/d",
        f"postgresql://u:x@{SECRET}@127.0.0.1:1/d",
        f"postgresql://u:x/{SECRET}@127.0.0.1:1/d",
        f"postgresql://u:x?{SECRET}@127.0.0.1:1/d",
        f"postgresql://u:x#{SECRET}@127.0.0.1:1/d",
        f"postgresql://u:%zz{SECRET}@127.0.0.1:1/d",
        f"postgresql://u:{SECRET}",
        f"postgresql://127.0.0.1:1/d?password={SECRET}",
        f"postgresql://127.0.0.1:1/d?user=u&password=x@{SECRET}",
        f"host=127.0.0.1 port=1 password={SECRET}",
        f"host=127.0.0.1 port=1 password=x {SECRET}",
        f"host=127.0.0.1 port=1 pasword={SECRET}",
    ],
)
def test_no_error_holds_the_password(seeded: Installation, url: str) -> None:
    with pytest.raises(PostgresError) as caught:
        export(seeded, url)
    assert "PostgreSQL" in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_short_password_is_not_told_by_what_is_missing(seeded: Installation) -> None:
    with pytest.raises(PostgresError, match=r"port 1 failed: Connection refused"):
        export(seeded, "postgresql://u:p@127.0.0.1:1/d")


def test_a_password_comes_from_pgpass_and_the_address_from_the_environment(
    seeded: Installation, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = name_of(address)
    tell(address, f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'; "
                  f"GRANT CREATE ON DATABASE {name} TO guarded")  # fmt: skip
    monkeypatch.setenv("YUSUAN_POSTGRES_URL", address.replace("user=owner", "user=guarded"))
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    wrong = asked(seeded, "export", "postgres")
    assert "cannot connect" in str(wrong.exception)
    assert "user=guarded" in str(wrong.exception)
    (tmp_path / "pgpass").write_text(f"*:*:*:guarded:{SECRET}\n", encoding="ascii")
    (tmp_path / "pgpass").chmod(0o600)
    done = asked(seeded, "export", "postgres")
    assert done.exit_code == 0, done.exception
    assert "已导出 exported" in done.stdout
    assert f"行 rows {ask(address, 'SELECT sum(row_count) FROM yusuan.export_info')[0][0]}" in (
        done.stdout
    )
    again = asked(seeded, "export", "postgres", "--json")
    assert '"is_new": false' in again.stdout
    assert SECRET not in done.output + again.output + str(wrong.exception)


@pytest.mark.parametrize(
    "name",
    ["Yusuan", "pg_yusuan", "1a", 'a"b', "a" * 41, "",
     "yusuan_previous", "yusuan_gone_7", "yusuan_next_0dd"],
)  # fmt: skip
def test_a_name_that_is_none_is_refused(seeded: Installation, name: str) -> None:
    with pytest.raises(ValueError, match="--schema"):
        export(seeded, "host=nowhere.invalid", name)
