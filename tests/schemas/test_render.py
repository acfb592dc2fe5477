"""What is rendered from the declarations: DDL that DuckDB takes, comments, the dictionary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from schemas.registry import tables
from schemas.render import create_table, data_dictionary, ddl, duckdb_type

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DICTIONARY = ROOT / "docs" / "data-dictionary.md"


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse, made by the rendered DDL."""
    with duckdb.connect() as connection:
        connection.execute(ddl())
        yield connection


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def test_tables_and_columns_are_those_declared(warehouse: duckdb.DuckDBPyConnection) -> None:
    made = warehouse.execute(
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY table_oid, column_index"
    ).fetchall()
    declared = [
        (spec.name, c.name, duckdb_type(c.dtype), c.nullable)
        for spec in tables().values()
        for c in spec.columns
    ]
    assert made == declared


def test_every_table_says_in_two_languages_what_it_is(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
    assert len(rows) == len(tables())
    for name, comment in rows:
        chinese, _, english = (comment or "").partition(" / ")
        assert has_chinese(chinese), name
        assert english.split(". Grain: ")[0].strip(), name
        assert english.endswith(f"Grain: {tables()[name].grain}."), name
        assert tables()[name].grain, name


def test_every_column_says_in_two_languages_what_it_is(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    assert len(rows) == sum(len(spec.columns) for spec in tables().values())
    for name, comment in rows:
        chinese, separator, english = (comment or "").partition(" / ")
        assert separator, name
        assert has_chinese(chinese) or "SHA-256" in chinese, name
        assert english[:1].isascii(), name
        assert english.strip(), name


def test_comment_says_unit_and_whether_it_adds_up(warehouse: duckdb.DuckDBPyConnection) -> None:
    def comment(table: str, column: str) -> str:
        row = warehouse.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = ? AND column_name = ?",
            [table, column],
        ).fetchone()
        assert row is not None
        return str(row[0])

    assert comment("fact_project_funding", "amount_yuan").endswith("[CNY] (可加总 / additive)")
    assert comment("control_total", "printed_yuan").endswith("[CNY] (不可加总 / not additive)")
    assert "additive" not in comment("dim_body", "name")


def test_quotes_in_comments_arrive(warehouse: duckdb.DuckDBPyConnection) -> None:
    said = warehouse.execute(
        "SELECT comment FROM duckdb_columns() "
        "WHERE table_name = 'dim_document' AND column_name = 'document_id'"
    ).fetchall()
    assert said == [("文件内容的 SHA-256 / SHA-256 of the file's bytes",)]


def test_not_null_is_enforced_by_the_database(warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
        warehouse.execute("INSERT INTO dim_phase VALUES (NULL, '预算', 'Budget', 1)")


def test_a_type_that_no_table_may_use_is_refused() -> None:
    with pytest.raises(KeyError):
        duckdb_type(pl.UInt8())


def test_decimals_keep_precision_and_scale() -> None:
    assert duckdb_type(pl.Decimal(18, 2)) == "DECIMAL(18,2)"
    assert "amount_yuan DECIMAL(18,2) NOT NULL" in create_table(tables()["fact_project_funding"])


def test_dictionary_has_every_table_and_column() -> None:
    sections = data_dictionary().split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == list(tables())
    for section, spec in zip(sections, tables().values(), strict=True):
        rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
        cells = [line.strip("| ").replace("\\|", "").split(" | ") for line in rows]
        assert [row[0].strip("*") for row in cells] == spec.column_names()
        assert {row[0].strip("*") for row in cells if row[0].startswith("**")} == set(spec.key)
        assert f"- grain: {spec.grain}\n" in section


def test_dictionary_in_docs_is_the_rendered_one() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == data_dictionary(), (
        "docs/data-dictionary.md is not what schemas/tables say: run make dictionary"
    )


def test_dictionary_is_written_by_the_module(tmp_path: Path) -> None:
    target = tmp_path / "dictionary.md"
    subprocess.run([sys.executable, "-m", "schemas.render", str(target)], cwd=ROOT, check=True)
    assert target.read_text(encoding="utf-8") == data_dictionary()
