"""What PostgreSQL is told of the declared tables: types, keys, indexes, comments. Pure text.

Names of tables and columns are declared ones, snake_case; a schema's name has passed
``SCHEMA_NAME``. So quoting them is enough, and only text of people is escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from pipelines.serve.export.tables import foreign_keys
from schemas.render import column_comment, table_comment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.registry import TableSpec

#: 40 characters leave room for what is put behind a name (see ``postgres_schemas.py``): at most 63.
#: No name is one that an export to another schema renames over or drops.
SCHEMA_NAME = re.compile(
    r"(?!pg_|.*_(?:previous|next_[0-9a-f]+|gone_[0-9]+)$)[a-z_][a-z0-9_]{0,39}"
)
#: What was exported, table by table, in the schema itself: the mark by which it is known as ours.
EXPORT_INFO = "export_info"
#: How the comment of every schema begins that an export made.
MARK = "预算 Yusuan"

_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "TEXT",
    pl.Boolean: "BOOLEAN",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE PRECISION",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMPTZ",  # every time of the warehouse is UTC, and says so in its name
}


def postgres_type(dtype: pl.DataType) -> str:
    """PostgreSQL's type for a Polars type.

    Raises:
        KeyError: a type that no table may use yet.
    """
    if isinstance(dtype, pl.Decimal):
        return f"NUMERIC({dtype.precision},{dtype.scale})"
    return _TYPES[type(dtype)]


def placed(schema: str, table: str) -> str:
    """A table's full name, quoted."""
    return f'"{schema}"."{table}"'


def create_schema(schema: str, build_id: str) -> str:
    """The schema, marked as made by an export."""
    said = (
        f"{MARK} · 已发布版本的导出 / export of the published build {build_id}. "
        "每次导出整体替换，勿在此存放自己的对象 / replaced as a whole by every export: keep "
        "nothing of your own here."
    )
    return f'CREATE SCHEMA "{schema}"; COMMENT ON SCHEMA "{schema}" IS {literal(said)};'


def create_tables(schema: str, specs: Sequence[TableSpec]) -> str:
    """The tables without keys: rows come first, keys and indexes are made once over all of them."""
    return "\n".join([*(_create(schema, spec) for spec in specs), _create_info(schema)])


def _create(schema: str, spec: TableSpec) -> str:
    columns = ", ".join(
        f'"{c.name}" {postgres_type(c.dtype)}{"" if c.nullable else " NOT NULL"}'
        for c in spec.columns
    )
    return f"CREATE TABLE {placed(schema, spec.name)} ({columns});"


def _create_info(schema: str) -> str:
    """The one table that no model declares: it is about the export, not about budgets."""
    info = placed(schema, EXPORT_INFO)
    said = {
        "table_name": "表 / Table",
        "build_id": "所导出的版本 / Build that was exported",
        "row_count": "行数 / Rows",
        "exported_at": "导出时间 / Time of the export",
    }
    comments = "".join(
        f'COMMENT ON COLUMN {info}."{name}" IS {literal(text)};' for name, text in said.items()
    )
    return (
        f"CREATE TABLE {info} (table_name TEXT PRIMARY KEY, build_id TEXT NOT NULL, "
        "row_count BIGINT NOT NULL, exported_at TIMESTAMPTZ NOT NULL DEFAULT now());"
        f"COMMENT ON TABLE {info} IS '导出了什么 / What was exported. Grain: one row per table.';"
        + comments
    )


def finish_tables(schema: str, specs: Sequence[TableSpec]) -> str:
    """Keys, then what refers to them, indexes of facts, comments, statistics."""
    return "\n".join(
        [
            *(_key(schema, spec) for spec in specs),
            *(_references(schema, spec, specs) for spec in specs),
            *(_indexes(schema, spec) for spec in specs if spec.role == "fact"),
            *(_comments(schema, spec) for spec in specs),
            *(f"ANALYZE {placed(schema, spec.name)};" for spec in specs),
        ]
    )


def _key(schema: str, spec: TableSpec) -> str:
    """A primary key; a key of which a part may be unknown is unique only."""
    nullable = {c.name for c in spec.columns if c.nullable}
    kind = "UNIQUE" if nullable & set(spec.key) else "PRIMARY KEY"
    return f"ALTER TABLE {placed(schema, spec.name)} ADD {kind} ({_columns(spec.key)});"


def _references(schema: str, spec: TableSpec, specs: Sequence[TableSpec]) -> str:
    """Foreign keys to exported tables, where the column is the whole key there.

    Tools draw relations from them. Added over loaded rows each costs one join.
    """
    keys = {other.name: other.key for other in specs}
    added = [
        f'ADD FOREIGN KEY ("{c.name}") REFERENCES {placed(schema, table)} ("{column}")'
        for c, table, column in foreign_keys(spec, specs)
        if keys[table] == (column,)
    ]
    return f"ALTER TABLE {placed(schema, spec.name)} {', '.join(added)};" if added else ""


def _indexes(schema: str, spec: TableSpec) -> str:
    """An index on each column by which a fact refers to something, less the year's and phase's.

    These two have a handful of values: an index on one of them is never worth its reading.
    """
    return "".join(
        f'CREATE INDEX ON {placed(schema, spec.name)} ("{c.name}");'
        for c in spec.columns
        if c.references and c.name not in {"fiscal_year", "phase"}
    )


def _comments(schema: str, spec: TableSpec) -> str:
    table = placed(schema, spec.name)
    columns = "".join(
        f'COMMENT ON COLUMN {table}."{c.name}" IS {literal(column_comment(c))};'
        for c in spec.columns
    )
    return f"COMMENT ON TABLE {table} IS {literal(table_comment(spec))};{columns}"


def totals(source: str, spec: TableSpec) -> str:
    """A query, the same in DuckDB and PostgreSQL, whose answer tells two loads of a table apart.

    Rows; the exact sum of each decimal column; how many values each nullable column has.
    """
    sums = [f'sum("{c.name}")' for c in spec.columns if isinstance(c.dtype, pl.Decimal)]
    known = [f'count("{c.name}")' for c in spec.columns if c.nullable]
    return f"SELECT {', '.join(['count(*)', *sums, *known])} FROM {source}"  # noqa: S608


def copy_in(schema: str, spec: TableSpec) -> str:
    """``COPY`` from text, frozen: see ``postgres.py`` for why.

    Only a table that the same transaction made can be loaded so.
    """
    columns = _columns(spec.column_names())
    return f"COPY {placed(schema, spec.name)} ({columns}) FROM STDIN (FORMAT text, FREEZE true)"


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def literal(text: str) -> str:
    """A text constant; ``standard_conforming_strings`` is on in the session."""
    return "'" + text.replace("'", "''") + "'"
