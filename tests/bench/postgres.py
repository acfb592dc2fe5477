"""A million facts into PostgreSQL, beside pandas in the same run: one line of JSON.

The server is one of the bench's own (``tests/serve/postgres_server.py``), without waiting for the
disk. pandas writes a part of the same rows as people do it: ``to_sql``, through SQLAlchemy and the
same driver; no keys, no comments, no proof that all of it arrived, readers see half a table.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from sqlalchemy import create_engine

from pipelines.serve.export.postgres import export_postgres
from pipelines.settings import Settings
from tests.bench.night import seconds
from tests.conftest import Installation
from tests.serve.postgres_server import MISSING, binaries, cluster, database

ROWS = 1_000_000
SAMPLE = 50_000


def grow(settings: Settings) -> None:
    """Fill the published build up to a million facts: other keys, other amounts."""
    with duckdb.connect(str(settings.published)) as connection:
        connection.execute(
            "INSERT INTO fact_project_funding BY NAME SELECT f.* REPLACE ("
            "left(sha256(fact_id || i), 20) AS fact_id, (i / 100)::DECIMAL(18, 2) AS amount_yuan) "
            "FROM fact_project_funding AS f, "
            "range(? // (SELECT count(*) FROM fact_project_funding)) AS r (i)",
            [ROWS],
        )


def exported(settings: Settings, address: str) -> dict[str, float]:
    """How long an export takes in a process of its own, and how much memory."""
    command = [sys.executable, "-m", "tests.bench.postgres", str(settings.warehouse), address]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def peak_mib() -> float:
    """The most memory that this process had so far."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kib,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kib) / 1024


def export_once(warehouse: Path, address: str) -> None:
    """What that process does."""
    before = peak_mib()
    installed = Settings(raw=warehouse, warehouse=warehouse)
    took = seconds(lambda: export_postgres(installed, address))
    line = {"seconds": took, "mib": peak_mib(), "imports_mib": before}
    sys.stdout.write(json.dumps(line))


def main() -> None:
    """Export a million facts; then pandas a part of them."""
    programs = binaries()
    if programs is None:
        sys.stdout.write(json.dumps({"bench": "postgres", "skipped": MISSING}) + "\n")
        return
    with tempfile.TemporaryDirectory() as directory, cluster(programs) as server:
        installation = Installation(Path(directory))
        installation.put_seed()
        installation.run()
        grow(installation.settings)
        rows = installation.value("SELECT count(*) FROM fact_project_funding")
        first = exported(installation.settings, database(server, "ours"))
        with duckdb.connect(str(installation.settings.published), read_only=True) as build:
            part = build.table("fact_project_funding").limit(SAMPLE).df()
        theirs = dict(word.split("=") for word in database(server, "theirs").split())
        engine = create_engine(
            f"postgresql+psycopg://{theirs['user']}@/{theirs['dbname']}?host={theirs['host']}"
        )
        start = time.perf_counter()
        part.to_sql("fact_project_funding", engine, index=False)
        peer = time.perf_counter() - start
        engine.dispose()
    line = {
        "bench": "postgres",
        "facts": rows,
        "export_s": round(first["seconds"], 2),
        "facts_per_second": round(rows / first["seconds"]),
        "peak_mib": round(first["mib"]),
        "imports_mib": round(first["imports_mib"]),
        "pandas_to_sql_rows_per_second": round(SAMPLE / peer),
        "times_pandas": round(rows / first["seconds"] / (SAMPLE / peer), 1),
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        export_once(Path(sys.argv[1]), sys.argv[2])
    else:
        main()
