"""Rendered from the declarations: DuckDB DDL with comments, and the data dictionary."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from schemas.registry import ColumnSpec, TableSpec, tables

_DUCKDB_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
}


def duckdb_type(dtype: pl.DataType) -> str:
    """DuckDB's type for a Polars type.

    Raises:
        KeyError: a type that no table may use yet.
    """
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision},{dtype.scale})"
    return _DUCKDB_TYPES[type(dtype)]


def create_table(spec: TableSpec) -> str:
    """``CREATE TABLE`` with NOT NULL constraints; keys are checked by query, not declared."""
    lines = [
        f"    {c.name} {duckdb_type(c.dtype)}{'' if c.nullable else ' NOT NULL'}"
        for c in spec.columns
    ]
    return f"CREATE TABLE {spec.name} (\n" + ",\n".join(lines) + "\n);\n"


def comments(spec: TableSpec) -> str:
    """``COMMENT ON`` statements, Chinese and English, for the table and each column."""
    lines = [f"COMMENT ON TABLE {spec.name} IS {literal(table_comment(spec))};"]
    lines += [
        f"COMMENT ON COLUMN {spec.name}.{c.name} IS {literal(column_comment(c))};"
        for c in spec.columns
    ]
    return "\n".join(lines) + "\n"


def table_comment(spec: TableSpec) -> str:
    """What the table is, and its grain."""
    return f"{spec.zh} / {spec.en}. Grain: {spec.grain}."


def column_comment(column: ColumnSpec) -> str:
    """What the column is; for measures, whether a sum of it is true."""
    unit = f" [{column.unit}]" if column.unit else ""
    additive = {True: " (可加总 / additive)", False: " (不可加总 / not additive)", None: ""}
    return f"{column.zh} / {column.en}{unit}{additive[column.additive]}"


def ddl() -> str:
    """DDL of the whole warehouse, in order of creation."""
    return "\n".join(create_table(spec) + comments(spec) for spec in tables().values())


def bare_ddl() -> str:
    """The same less its comments, which take most of its time: for tables that nobody looks at."""
    return "".join(create_table(spec) for spec in tables().values())


def data_dictionary() -> str:
    """docs/data-dictionary.md."""
    parts = [
        (
            "# 数据字典 / Data dictionary\n\n"
            "由 schemas/tables 生成，请勿手改：`make dictionary`。 "
            "Rendered from schemas/tables; do not edit: `make dictionary`.\n\n"
            "Times are UTC. Keys and references are checked by query at every build.\n"
        )
    ]
    for spec in tables().values():
        rows = "".join(_dictionary_row(spec, column) for column in spec.columns)
        parts.append(
            f"\n## {spec.name}\n\n{spec.zh} · {spec.en}\n\n"
            f"- role: {spec.role}\n- grain: {spec.grain}\n- key: {', '.join(spec.key)}\n\n"
            "| column | type | null | references | 说明 | description |\n"
            "|---|---|---|---|---|---|\n" + rows
        )
    return "".join(parts)


def _dictionary_row(spec: TableSpec, column: ColumnSpec) -> str:
    name = f"**{column.name}**" if column.name in spec.key else column.name
    unit = f" [{column.unit}]" if column.unit else ""
    note = {True: "; additive", False: "; not additive", None: ""}[column.additive]
    null = "yes" if column.nullable else ""
    return (
        f"| {name} | {duckdb_type(column.dtype)} | {null} | {column.references or ''} "
        f"| {_cell(column.zh)} | {_cell(column.en)}{unit}{note} |\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def literal(text: str) -> str:
    """A text constant of DuckDB's SQL."""
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(data_dictionary(), encoding="utf-8")
