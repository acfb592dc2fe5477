"""Marts of conformed codes and of books held against one another, as work grows: a line of JSON.

A night of generated books that tell last years and accounts is published and multiplied: each copy
has bodies, statements and facts of its own. The marts are then made of all of it, as a build makes
them, and asked about bodies and years as a person asks. Run: ``python -m tests.bench.compared``.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from functools import partial
from pathlib import Path

import duckdb

from pipelines.load.marts import mart_sql
from schemas.registry import tables
from tests.bench.night import seconds
from tests.conftest import Installation
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG, documents

COPIES = 500
WORLD = {"guangzhou": 2, "jiangsu": 2, "shili": 4}
ASKED = 60
#: What a copy has of its own.
OWN = ("statement_version_id", "statement_id", "reporting_body_id", "document_id", "body_id",
       "spending_unit_id", "fact_id", "project_line_id", "indicator_id")  # fmt: skip
MADE = ("mart_cofog_year", "mart_function_over_years", "mart_fund_mix_year",
        "mart_indicator_mix_year", "mart_amount_told", "mart_figure_retold",
        "mart_budget_execution")  # fmt: skip
QUESTIONS = {
    "mart_cofog_year": "division_name, staff_cost, sum(amount_yuan)",
    "mart_figure_retold": "status, count(*), sum(difference_yuan)",
    "mart_budget_execution": "budget_basis, status, avg(execution_rate)",
}


def multiplied(connection: duckdb.DuckDBPyConnection, copies: int) -> int:
    """All tables but marts, those of documents so many times; how many facts of money there are."""
    facts = 0
    for name, spec in tables().items():
        own = [column for column in spec.column_names() if column in OWN]
        is_of_documents = bool(own) and spec.role != "mart"
        told = ", ".join(
            f"left(sha256({c} || ' ' || n), 20) AS {c}" if c in own else c
            for c in spec.column_names()
        )
        sql = f"SELECT {told} FROM night.{name}, range({copies}) AS numbers(n)"
        connection.execute(
            f"CREATE TABLE {name} AS {sql if is_of_documents else f'FROM night.{name}'}"
        )
        if spec.role == "fact" and "amount_yuan" in spec.column_names():
            (count,) = connection.sql(f"SELECT count(*) FROM {name}").fetchall()[0]
            facts += count
    return facts


def make(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    """One mart anew."""
    sql = mart_sql(mart)
    connection.execute(f"CREATE OR REPLACE TABLE {mart} AS {sql}")


def p95(connection: duckdb.DuckDBPyConnection) -> float:
    """Milliseconds of questions about bodies, the slowest twentieth left out."""
    bodies = connection.sql(
        f"SELECT DISTINCT reporting_body_id FROM mart_amount_told ORDER BY ALL LIMIT {ASKED}"
    ).fetchall()
    took = []
    for mart, told in QUESTIONS.items():
        sql = f"SELECT fiscal_year, {told} FROM {mart} WHERE reporting_body_id = ? GROUP BY ALL"
        took += [seconds(partial(_answered, connection, sql, body)) for body in bodies]
    return round(sorted(took)[len(took) * 95 // 100] * 1000, 1)


def _answered(connection: duckdb.DuckDBPyConnection, sql: str, values: tuple[str, ...]) -> None:
    connection.execute(sql, values).fetchall()


def main(copies: int = COPIES) -> None:
    """Print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder), config=CONFIG)
        written = [d for place, bodies in WORLD.items() for d in documents(3, place, bodies, 3)]
        write(written, installation.settings.raw)
        assert installation.run().published
        with duckdb.connect(str(Path(folder) / "grown.duckdb")) as connection:
            connection.execute("SET memory_limit = '3GB'; SET threads = 2")
            connection.execute(f"ATTACH '{installation.settings.published}' AS night (READ_ONLY)")
            facts = multiplied(connection, copies)
            took = {mart: round(seconds(partial(make, connection, mart)), 1) for mart in MADE}
            rows = {mart: connection.sql(f"SELECT count(*) FROM {mart}").fetchall()[0][0]
                    for mart in MADE}  # fmt: skip
            asked = p95(connection)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = {"bench": "compared", "copies": copies, "facts": facts, "seconds": took, "rows": rows,
            "p95_ms": asked, "peak_mib": peak}  # fmt: skip
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
