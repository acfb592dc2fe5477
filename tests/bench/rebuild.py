"""A full rebuild of a million project rows and five million targets, and questions to its marts.

What a few generated documents were read as is staged again and again, each time under other keys:
so the build, its decisions and its checks have all the rows, and no time goes into reading. A line
of JSON: seconds and peak memory of the process for the first build (which keeps the history), for
a rebuild, and for the checks; and how long questions to the marts take, beside a scan of the facts
that they are made of. ``python -m tests.bench.rebuild [COPIES]``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.readings import ACCEPTED, ReadingKey, ReadingStore
from pipelines.fingerprints import fingerprints
from pipelines.load.build import Build, make_build
from pipelines.publish.checks import run_checks
from pipelines.serve.questions import questions
from pipelines.settings import DATABASE, Settings
from schemas.registry import tables
from tests.bench.growth import measured
from tests.conftest import Installation
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG
from tests.generator.books.documents import documents as books
from tests.generator.documents import documents

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Documents that are read, projects of a unit in them at most, and how often they are staged.
DOCUMENTS, PROJECTS, COPIES = 200, 40, 250
#: Bodies whose whole books are beside them, three years each, final accounts too.
BOOKS = {"guangzhou": 2, "jiangsu": 2, "shili": 4}
#: MiB that DuckDB may take.
BUILD_MB = 2048
#: What keys look like.
_KEY = "^([0-9a-f]{20}|[0-9a-f]{64})$"
#: Times that each question is asked, each time of another body and year.
ASKED = 60
#: What people and dashboards ask; ``?`` is a body's key, then a year.
QUESTIONS = {
    "a body's funding in a year": "FROM mart_funding_by_body_year "
    "WHERE reporting_body_id = ? AND fiscal_year = ?",
    "a body's projects in a year": "FROM mart_project_year "
    "WHERE reporting_body_id = ? AND fiscal_year = ? ORDER BY amount_yuan DESC",
    "a body's targets": "FROM mart_target_quality WHERE reporting_body_id = ? AND fiscal_year = ?",
    "largest bodies of a year": "SELECT body_name, sum(amount_yuan) AS yuan "
    "FROM mart_funding_by_body_year WHERE reporting_body_id <> ? AND fiscal_year = ? "
    "GROUP BY ALL ORDER BY yuan DESC LIMIT 20",
    "all money of a year by source": "SELECT fund_source_name, sum(amount_yuan) AS yuan "
    "FROM mart_funding_by_body_year WHERE reporting_body_id <> ? AND fiscal_year = ? GROUP BY ALL",
    "largest projects of a year": "SELECT body_name, project_name, amount_yuan "
    "FROM mart_project_year WHERE reporting_body_id <> ? AND fiscal_year = ? "
    "ORDER BY amount_yuan DESC LIMIT 20",
}
#: What the marts save: the same as the first question, of the facts.
PEER = (
    "SELECT fund_source_id, sum(amount_yuan) FROM fact_project_funding "
    "WHERE reporting_body_id = ? AND fiscal_year = ? GROUP BY ALL"
)


def staged(root: Path, copies: int) -> None:
    """An installation whose ledger and cache hold so many copies of a few documents."""
    installation = Installation(root, config=CONFIG)
    settings = installation.settings
    made = documents(seed=1, bodies=DOCUMENTS // 4, years=5, projects=PROJECTS)
    write(islice(made, DOCUMENTS), settings.raw)
    for place, bodies in BOOKS.items():
        write(books(seed=1, place_name=place, bodies=bodies, years=3), settings.raw / "books")
    installation.run()
    store = ReadingStore(settings)
    (batch_id,) = set(store.index().values())
    frames = store.read(batch_id, ACCEPTED)
    for n in range(1, copies):
        of_copy = {name: copied(frame, n) for name, frame in frames.items()}
        of_copy["body"] = of_copy["body"].with_columns(pl.col("name") + f"（第{n}区）")
        store.write(f"copy{n:04}", ACCEPTED, of_copy)
        Ledger(settings.ledger).append(
            [
                Event("document_observed", sha256, f"{n}/{sha256}", {"byte_size": 1})
                for sha256 in of_copy["reading"]["document_id"]
            ]
        )


def copied(frame: pl.DataFrame, n: int) -> pl.DataFrame:
    """The same rows under other keys: whatever is a key begins with the copy's number."""
    texts = [pl.col(name) for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.when(text.str.contains(_KEY))
        .then(pl.concat_str(pl.lit(f"{n:04x}"), text.str.slice(4).str.reverse()))
        .otherwise(text)
        .alias(text.meta.output_name())
        for text in texts
    )


def installed(root: Path) -> Settings:
    """What was staged, with as little memory for DuckDB as may be set to be enough."""
    raw, warehouse = root / "raw", root / "warehouse"
    return Settings(raw=raw, warehouse=warehouse, config=CONFIG, build_memory_mb=BUILD_MB)


def built(root: Path) -> Build:
    """The build of what is staged."""
    settings = installed(root)
    return make_build(settings, fingerprints(), list(keys(settings)))


def keys(settings: Settings) -> Iterator[ReadingKey]:
    """Readings that are staged, in the order of their documents' first sight."""
    store = ReadingStore(settings)
    found = [store.read(batch, ACCEPTED)["reading"] for batch in set(store.index().values())]
    of = dict(pl.concat(found).select("document_id", "reading_id").rows())
    for event in Ledger(settings.ledger).events("document_observed"):
        yield ReadingKey(of[str(event.sha256)], str(event.sha256), ())


def latencies(path: Path) -> dict[str, dict[str, float]]:
    """The p95 in milliseconds, over bodies and years drawn at random: of some questions to marts,
    of each mart's rows of a body and year, and of each question of the book about such; and how
    long each question of the book takes about all bodies and years, once.
    """
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        found = connection.execute(
            "SELECT DISTINCT reporting_body_id, fiscal_year, body_name "
            "FROM mart_fact_coverage WHERE state = 'published' ORDER BY ALL"
        ).fetchall()
        drawn = Random(1).choices(found, k=ASKED)  # noqa: S311 - the same questions each time
        keys = [list(one[:2]) for one in drawn]
        marts = {
            name: f"FROM {name} WHERE reporting_body_id = ? AND fiscal_year = ?"
            for name, spec in tables().items()
            if spec.role == "mart"
            and {"reporting_body_id", "fiscal_year"} <= set(spec.column_names())
        }
        return {
            "asked": {
                name: p95([asked(connection, sql, key) for key in keys])
                for name, sql in {**QUESTIONS, "the facts themselves": PEER}.items()
            },
            "marts": {
                name: p95([asked(connection, sql, key) for key in keys])
                for name, sql in marts.items()
            },
            "book": {
                one.name: p95(
                    [asked(connection, one.asked_of([body], [year]), []) for _, year, body in drawn]
                )
                for one in questions()
            },
            "book, all bodies": {
                one.name: round(asked(connection, one.whole_sql(), []) * 1000, 1)
                for one in questions()
            },
        }


def asked(connection: duckdb.DuckDBPyConnection, sql: str, about: list[object]) -> float:
    """Seconds until all rows of an answer are here."""
    start = time.perf_counter()
    connection.execute(sql, about).fetchall()
    return time.perf_counter() - start


def p95(seconds: list[float]) -> float:
    """The time in milliseconds that 95 in 100 answers do not take."""
    return round(quantiles(seconds, n=20)[-1] * 1000, 1)


def step(name: str, root: Path) -> dict[str, object]:
    """One step, in a process of its own."""
    path = root / "warehouse" / "candidate" / DATABASE
    if name == "stage":
        staged(root, int(sys.argv[4]))
        return {}
    if name == "ask":
        return {"p95_ms": latencies(path)}
    if name == "check":
        settings = installed(root)
        checks = []
        costs = measured(
            lambda: checks.extend(run_checks(path, None, set(), settings.duckdb_config()))
        )
        return {**costs, "broken": [check.name for check in checks if not check.passed]}
    return dict(measured(lambda: built(root)))


def main() -> None:
    """All steps, then one line."""
    if sys.argv[1:2] == ["--step"]:
        sys.stdout.write(json.dumps(step(sys.argv[2], Path(sys.argv[3]))))
        return
    copies = sys.argv[1] if sys.argv[1:] else str(COPIES)
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "installation"
        root.mkdir()
        told: dict[str, object] = {"bench": "rebuild"}
        for name in ("stage", "first_build", "rebuild", "check", "ask"):
            command = [sys.executable, "-m", "tests.bench.rebuild", "--step", name, str(root)]
            done = subprocess.run([*command, copies], check=True, stdout=subprocess.PIPE)
            told[name] = json.loads(done.stdout)
            sys.stderr.write(f"{name} {told[name]}\n")
        path = root / "warehouse" / "candidate" / DATABASE
        with duckdb.connect(str(path), read_only=True) as connection:
            counts = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
                for table in ("dim_document", "project_line", "fact_project_funding",
                              "fact_performance_target", "fact_source")
            }  # fmt: skip
        told |= {"rows": counts, "database_mb": round(path.stat().st_size / 2**20)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
