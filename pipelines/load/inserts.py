"""Rows into the tables of a build: by column name, in the order of the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.registry import tables
from schemas.render import literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb
    import polars as pl


def parquet(paths: Iterable[Path], options: str = "union_by_name = true") -> str:
    """``read_parquet`` over files, as a table to select from."""
    named = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{named}], {options})"


def insert(connection: duckdb.DuckDBPyConnection, table: str, select: str) -> None:
    """Insert what a query selects into a table of the attached ``build``."""
    order = ", ".join(tables()[table].key)
    connection.execute(
        f"INSERT INTO build.{table} BY NAME SELECT * FROM ({select}) ORDER BY {order}"  # noqa: S608
    )


def insert_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Insert a frame that has the declared columns, in any order, and perhaps others."""
    connection.register("frame", frame.select(tables()[table].column_names()))
    insert(connection, table, "SELECT * FROM frame")


def work_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """A frame as a table of the attached ``work``, in place of one that is there."""
    connection.register("frame", frame)
    connection.execute(f"CREATE OR REPLACE TABLE work.{name} AS SELECT * FROM frame")  # noqa: S608
