"""A table of a build as a person looks at it: names instead of keys, the largest money first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.serve.published import rows
from schemas.registry import tables

if TYPE_CHECKING:
    import duckdb

    from schemas.registry import ColumnSpec, TableSpec

#: Columns that are shown of a table that has many more than a page holds.
_CHOSEN = {
    "fact_performance_target": (
        "reporting_body_id", "project_line_id", "indicator_id", "fiscal_year", "horizon",
        "comparator", "low_value", "high_value", "unit",
    ),
    "mart_project_target_year": (
        "body_name", "project_name", "fiscal_year", "amount_yuan", "indicator_count",
        "value_count", "full_percent_count", "yes_count", "text_state",
    ),
    "mart_unit_cost": (
        "body_name", "project_name", "fiscal_year", "amount_yuan", "status", "quantity", "unit",
        "unit_cost_yuan", "peer_median_yuan",
    ),
    "mart_budget_execution": (
        "body_name", "fact", "line_name", "fiscal_year", "budget_yuan", "final_yuan",
        "execution_rate", "status",
    ),
    "mart_figure_retold": (
        "body_name", "fact", "line_name", "fiscal_year", "retold_as", "told_in_year", "own_yuan",
        "later_yuan", "difference_yuan", "status",
    ),
}  # fmt: skip
#: Else the first so many, names first.
_MOST = 9
#: Columns by which a table is called what it is, in the order of preference.
_NAMES = ("name", "name_zh", "path")
#: Keys whose name stands beside them in a column of its own.
_BESIDE = {
    "reporting_body": "body_name",
    "project_line": "project_name",
    "document": "path",
    "owner": "spending_unit_name",
}


def sample(
    connection: duckdb.DuckDBPyConnection, spec: TableSpec, most: int
) -> list[dict[str, Any]]:
    """The first rows, by what each column is called in both languages.

    Keys are left out, or are the name of what they lead to; so are columns that say nothing in
    these rows. Rows with the most money come first, else those of the latest year.
    """
    shown = _shown(spec)
    selected = ", ".join(f'{sql} AS "{label}"' for label, sql in shown.items())
    order = ", ".join([*_first(spec), *(f"t.{name}" for name in spec.key)])
    first = f"SELECT * FROM {spec.name} t ORDER BY {order} LIMIT {most}"  # noqa: S608
    sql = f"SELECT {selected} FROM ({first}) t ORDER BY {order}"  # noqa: S608
    found = rows(connection, sql)
    told = [label for label in shown if any(row[label] is not None for row in found)]
    chosen = told if spec.name in _CHOSEN else told[:_MOST]
    return [{label: row[label] for label in chosen} for row in found]


def figures(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> dict[str, float]:
    """Of a table: how many rows, bodies and years, and of a fact the budgeted money in yuan.

    Money is a float, for it is plotted; nothing is computed of it.
    """
    names = set(spec.column_names())
    told = {"rows": "count(*)"}
    if "reporting_body_id" in names:
        told["bodies"] = "count(DISTINCT reporting_body_id)"
    if "fiscal_year" in names:
        told["years"] = "count(DISTINCT fiscal_year)"
    if spec.role == "fact" and "amount_yuan" in names:
        told["budget_yuan"] = "coalesce(sum(amount_yuan) FILTER (phase = 'budget'), 0)::DOUBLE"
    selected = ", ".join(f"{sql} AS {name}" for name, sql in told.items())
    (found,) = rows(connection, f"SELECT {selected} FROM {spec.name}")  # noqa: S608
    return found


def _shown(spec: TableSpec) -> dict[str, str]:
    """Label → SQL of it: names, year and phase, money, then the rest as declared."""
    names = spec.column_names()
    wanted = _CHOSEN.get(spec.name)
    columns = {c.name: c for c in spec.columns}
    chosen = [columns[name] for name in wanted] if wanted else list(spec.columns)
    found = [(c, sql) for c in chosen if (sql := _sql(c, names)) is not None]
    if wanted is None:
        found.sort(key=lambda one: _rank(one[0]))
    return {_label(column): sql for column, sql in found}


def _rank(column: ColumnSpec) -> int:
    if column.name.endswith("_name") or column.name in ("name", "path") or column.references:
        return 1 if column.name in ("fiscal_year", "phase") else 0
    if column.name in ("fiscal_year", "phase"):
        return 1
    return 2 if column.unit == "CNY" else 3


def _sql(column: ColumnSpec, names: list[str]) -> str | None:
    """What a column shows; none of a key that leads to no name, or to one that stands beside it."""
    if not column.name.endswith("_id"):
        return f"t.{column.name}"
    stem = column.name.removesuffix("_id")
    if f"{stem}_name" in names or _BESIDE.get(stem) in names:
        return None
    table, _, key = (column.references or "").partition(".")
    if table not in tables():
        return None
    called = next((n for n in _NAMES if n in tables()[table].column_names()), None)
    if called is None:
        return None
    return f"(SELECT x.{called} FROM {table} x WHERE x.{key} = t.{column.name})"  # noqa: S608


def _label(column: ColumnSpec) -> str:
    """What it is called in Chinese, without what is said beside, and its name without ``_id``."""
    zh = column.zh
    for mark in "；：（":
        zh = zh.partition(mark)[0]
    return f"{zh} {column.name.removesuffix('_id')}"


def _first(spec: TableSpec) -> list[str]:
    money = next((c.name for c in spec.columns if c.unit == "CNY"), None)
    if money is not None:
        return [f"t.{money} DESC NULLS LAST"]
    return ["t.fiscal_year DESC NULLS LAST"] if "fiscal_year" in spec.column_names() else []


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Declared table → how many rows a build has of it; none of a table that it does not have."""
    there = {
        row["table_name"] for row in rows(connection, "SELECT table_name FROM duckdb_tables()")
    }
    counted = " UNION ALL ".join(
        f"SELECT '{name}' AS name, count(*) AS many FROM {name}"  # noqa: S608 - declared names
        for name in tables()
        if name in there
    )
    found = {row["name"]: row["many"] for row in rows(connection, counted)} if counted else {}
    return {name: found[name] for name in tables() if name in found}
