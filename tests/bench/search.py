"""Search over a million project lines and five million indicators: a line of JSON.

The published tables that search asks are filled with made-up rows, each goal and most names another
text, so that no compression helps. For each of some words: how many results, and the seconds until
the first twenty are here, money and places too; of five times, the p50, the slowest, and CPU
seconds of each. The peer is a bare count of the texts that contain the word.
``python -m tests.bench.search [PROJECTS]``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import tomllib
from contextlib import closing
from pathlib import Path
from statistics import median

import duckdb
import polars as pl

from pipelines.load.build import STORAGE_VERSION
from pipelines.serve.search import search
from pipelines.settings import Settings
from schemas.registry import tables
from schemas.render import ddl
from tests.bench.growth import measured
from tests.conftest import ROOT

PROJECTS, INDICATORS, TIMES = 1_000_000, 5, 5
#: Projects of a statement, and statements of a body.
LINES, YEARS = 40, 5
#: Words of two characters and more, frequent and rare; several; and one that nothing contains.
WORDS = (["满意"], ["绿化"], ["绿化覆盖率"], ["法律顾问"], ["群众需求"], ["主体工程"],
         ["档案", "满意度"], ["第三方评估777号"], ["核聚变"])  # fmt: skip
#: What every text of a made-up column is: ``i`` counts its rows.
_KEY = "substr(sha256('{name}' || {of}), 1, 20)"
PEER = """
SELECT (SELECT count(*) FROM project_line WHERE contains(name, $w) OR contains(goal, $w))
    + (SELECT count(*) FROM performance_indicator WHERE contains(name, $w))
    + (SELECT count(*) FROM performance_value WHERE contains(raw_text, $w))
"""


def pick(words: str, salt: str, of: str = "i") -> str:
    """SQL: one of a list of words, the same for the same row."""
    return f"list_extract({words}, (1 + hash({of} || '{salt}') % len({words}))::INTEGER)"


def key(name: str, of: str = "i") -> str:
    """SQL: the key of a row."""
    return _KEY.format(name=name, of=of)


def filled(connection: duckdb.DuckDBPyConnection, table: str, rows: int, **told: str) -> None:
    """So many rows of a table; what is not told says nothing."""
    zero = {pl.String: "''", pl.Boolean: "false", pl.Datetime: "TIMESTAMP '2000-01-01'"}
    columns = [
        f"{told[c.name]} AS {c.name}"
        if c.name in told
        else f"{'NULL' if c.nullable else zero.get(type(c.dtype), '0')} AS {c.name}"
        for c in tables()[table].columns
    ]
    connection.execute(
        f"INSERT INTO build.{table} BY NAME SELECT {', '.join(columns)} "
        f"FROM range({rows}) t(i), work.word"
    )


def make(path: Path, projects: int) -> None:
    """A build with so many projects in the tables that are searched."""
    said = tomllib.loads((ROOT / "tests/generator/words.toml").read_text(encoding="utf-8"))
    words = {name: said[name] for name in ("projects", "goals", "places")}
    words |= {"names": [name for one in said["classes"] for name in one["names"]]}
    path.parent.mkdir(parents=True)
    with closing(duckdb.connect(config={"memory_limit": "2GB"})) as connection:
        connection.execute(
            f"ATTACH '{path}' AS build (STORAGE_VERSION '{STORAGE_VERSION}'); "
            "ATTACH ':memory:' AS work; USE build;" + ddl()
        )
        columns = ", ".join(f"${name} AS {name}" for name in words)
        connection.execute(f"CREATE TABLE work.word AS SELECT {columns}", words)
        statements = -(-projects // LINES)
        bodies = -(-statements // YEARS)
        line = {
            "project_line_id": key("line"), "statement_id": key("statement", f"(i // {LINES})"),
            "spending_unit_id": key("body", f"(i // {LINES * YEARS})"),
        }  # fmt: skip
        filled(connection, "dim_body", bodies, body_id=key("body"),
               name=f"{pick('places', 'b')} || '第' || i || '局'")  # fmt: skip
        filled(connection, "dim_document", statements, document_id="sha256('d' || i)",
               path="i || '.pdf'")  # fmt: skip
        filled(connection, "statement", statements, statement_id=key("statement"),
               document_id="sha256('d' || i)", reporting_body_id=key("body", f"(i // {YEARS})"),
               fiscal_year=f"2020 + i % {YEARS}", phase="'budget'")  # fmt: skip
        filled(connection, "statement_version", statements, is_current="true",
               document_id="sha256('d' || i)")  # fmt: skip
        filled(connection, "project_line", projects, **line,
               name=f"{pick('places', 'a')} || {pick('projects', 'n')} || (hash(i) % 3000) || '号'",
               goal=" || ".join([*(pick("goals", str(n)) for n in range(5)), "i"]))  # fmt: skip
        filled(connection, "bridge_project_identity", projects, **line, project_id=key("project"))
        filled(connection, "dim_project", projects, **line, project_id=key("project"),
               name="'项目' || i")  # fmt: skip
        filled(connection, "mart_project_year", projects, **line, project_id=key("project"),
               fiscal_year=f"2020 + (i // {LINES}) % {YEARS}", phase="'budget'",
               amount_yuan="hash(i) % 1000000")  # fmt: skip
        filled(connection, "fact_project_funding", projects, **line, fact_id=key("fact"))
        filled(connection, "fact_source", projects, fact_id=key("fact"), role="'project'",
               cell_id=key("cell"))  # fmt: skip
        filled(connection, "source_cell", projects, cell_id=key("cell"),
               document_id=f"sha256('d' || (i // {LINES}))", text="'项目' || i")  # fmt: skip
        each = f"(i // {INDICATORS})"
        filled(connection, "performance_indicator", projects * INDICATORS,
               indicator_id=key("indicator"), project_line_id=key("line", each),
               statement_id=key("statement", f"(i // {INDICATORS * LINES})"),
               name=f"{pick('names', 'i')} || if(hash(i) % 3 = 0, (hash(i) % 9000)::VARCHAR, '')",
               )  # fmt: skip
        filled(connection, "performance_value", projects * INDICATORS, value_id=key("value"),
               indicator_id=key("indicator"), raw_text="'≥' || (hash(i) % 3000) || '次'",
               statement_id=key("statement", f"(i // {INDICATORS * LINES})"))  # fmt: skip
        connection.execute("USE memory; CHECKPOINT build; DETACH build")


def asked(settings: Settings, words: list[str]) -> dict[str, object]:
    """How long an answer takes, each time by a connection of its own."""
    seconds, used = [], time.process_time()
    for _ in range(TIMES):
        start = time.perf_counter()
        found = search(settings, words)
        seconds.append(time.perf_counter() - start)
    used = (time.process_time() - used) / TIMES
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        start = time.perf_counter()
        connection.execute(PEER, {"w": words[0]}).fetchall()
        peer = time.perf_counter() - start
    told = {"p50_s": median(seconds), "slowest_s": max(seconds), "cpu_s": used, "peer_s": peer}
    return {"results": found.count, **{name: round(s, 2) for name, s in told.items()}}


def main() -> None:
    """Make the build, ask each question, print one line."""
    projects = int(sys.argv[1]) if sys.argv[1:] else PROJECTS
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        settings = Settings(raw=root / "raw", warehouse=root / "warehouse")
        make(settings.published, projects)
        told: dict[str, object] = {
            "bench": "search", "projects": projects,
            "database_mb": round(settings.published.stat().st_size / 2**20),
        }  # fmt: skip
        answers: dict[str, object] = {}
        costs = measured(
            lambda: answers.update({" ".join(words): asked(settings, words) for words in WORDS})
        )
    sys.stdout.write(json.dumps({**told, "answers": answers, **costs}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
