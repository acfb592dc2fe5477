"""A PostgreSQL of the tests' own, in a temporary folder, by its socket only; and ways to ask it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg

from pipelines.serve.export.postgres import ExportedSchema, export_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Installation

MISSING = "no PostgreSQL server here: apt-get install postgresql (make postgres-packages)"
#: Nothing of it outlives the tests, so nothing needs to reach the disk.
_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c shared_buffers=64MB"
#: One role must give its password; all others are taken by their word.
_ACCESS = "local all guarded scram-sha-256\nlocal all all trust\n"


def binaries() -> Path | None:
    """Where the newest installed server's programs are; Debian keeps them off the path."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
    )
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _user() -> str | None:
    """Whom the server runs as: it refuses root, so then whom its package made, or nobody."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """A running server; gives the address of its database ``postgres`` for its superuser."""
    user = _user()
    root = Path(tempfile.mkdtemp(prefix="yusuan-pg-"))  # a socket's path has to be short
    if user is not None:
        shutil.chown(root, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / program), "-D", str(root / "data"), *arguments],
            cwd=root, user=user, check=True, stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )  # fmt: skip

    try:
        run("initdb", "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        (root / "data" / "pg_hba.conf").write_text(_ACCESS, encoding="ascii")
        run("pg_ctl", "-w", "-l", str(root / "log"), "-o", f"{_OPTIONS} -k {root}", "start")
        try:
            yield f"host={root} dbname=postgres user=owner"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(root)


def database(server: str, name: str) -> str:
    """A new database there; gives its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
    return server.replace("dbname=postgres", f"dbname={name}")


#: What the tests ask of every build, and what the seed's answers.
FUNDING = "SELECT sum(amount_yuan) FROM yusuan.fact_project_funding"
SEED = Decimal("4206600.00")


def export(
    installation: Installation, address: str, schema: str = "yusuan", *, force: bool = False
) -> ExportedSchema:
    return export_postgres(installation.settings, address, schema, force=force)


def ask(address: str, sql: str, user: str = "owner") -> list[tuple[Any, ...]]:
    with psycopg.connect(address, user=user) as connection:
        return connection.execute(sql.encode()).fetchall()


def name_of(address: str) -> str:
    """Name of the database."""
    return address.partition("dbname=")[2].partition(" ")[0]


def tell(address: str, sql: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(sql.encode())


def schemas(address: str) -> set[str]:
    sql = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'"
    return {name for (name,) in ask(address, sql)}


def next_build(installation: Installation, build_id: str, sql: str = "") -> None:
    """Another build in place of the published one."""
    with duckdb.connect(str(installation.settings.published)) as build:
        build.execute(f"UPDATE build_info SET build_id = '{build_id}'; {sql}")


def doubled(installation: Installation, build_id: str) -> None:
    next_build(
        installation, build_id, "UPDATE fact_project_funding SET amount_yuan = amount_yuan * 2"
    )
