"""Facts and what stands beside them, asked as they are declared: no table is named twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.registry import TableSpec

#: Key of a fact → the name that is shown beside it: dimension, its key, its name.
_NAMES = {
    "reporting_body_id": ("reporting_body", "dim_body", "body_id", "name"),
    "spending_unit_id": ("spending_unit", "dim_body", "body_id", "name"),
    "project_line_id": ("project_name", "project_line", "project_line_id", "name"),
    "indicator_id": ("indicator", "performance_indicator", "indicator_id", "name"),
    "function_class_id": ("function_class", "dim_function_class", "function_class_id", "name_zh"),
    "economic_class_id": ("economic_class", "dim_economic_class", "economic_class_id", "name_zh"),
    "expenditure_type_id": (
        "expenditure_type", "dim_expenditure_type", "expenditure_type_id", "name_zh",
    ),
    "fund_source_id": ("fund_source", "dim_fund_source", "fund_source_id", "name_zh"),
    "three_public_id": ("three_public", "dim_three_public", "three_public_id", "name_zh"),
}  # fmt: skip
#: What tells a fact from the others of its statement, apart from where it is printed.
_TOLD_BY = (*_NAMES, "category", "project", "economic", "item", "method")


def figure_tables() -> list[TableSpec]:
    """Facts, memo amounts and comparative figures."""
    return [
        spec
        for spec in tables().values()
        if spec.reading and {"fact_id", "statement_version_id"} <= set(spec.column_names())
    ]


def named_figures(spec: TableSpec) -> str:
    """SQL: rows of such a table whose key begins with ``$prefix``, with names beside their keys."""
    keys = [key for key in _NAMES if key in spec.column_names()]
    names = [f"{key}_.{_NAMES[key][3]} AS {_NAMES[key][0]}" for key in keys]
    joins = [
        f"LEFT JOIN {table} {key}_ ON {key}_.{column} = f.{key}"
        for key in keys
        for _, table, column, _ in (_NAMES[key],)
    ]
    return (
        f"SELECT {', '.join(['f.*', *names])} FROM {spec.name} f {' '.join(joins)} "  # noqa: S608
        "WHERE starts_with(f.fact_id, $prefix)"
    )


def money_by_identity(build: str, there: Iterable[str]) -> str:
    """SQL: facts of money of a build, by what tells them apart: ``statement_key_id, is_, says``.

    Args:
        build: The name that the build is attached by.
        there: Tables that it has: an earlier program's may lack some.
    """
    found = [
        f"SELECT v.statement_key_id, {_identity(spec)} AS is_, "  # noqa: S608
        f"sum(f.amount_yuan)::VARCHAR AS says FROM {build}.{spec.name} f "
        f"JOIN {build}.statement_version v USING (statement_version_id) GROUP BY ALL"
        for spec in money_facts()
        if spec.name in there
    ]
    nothing = (
        "SELECT NULL::VARCHAR AS statement_key_id, NULL::VARCHAR[] AS is_, NULL::VARCHAR AS says "
        "WHERE false"
    )
    return " UNION ALL ".join([nothing, *found])


def money_by_version(build: str, there: Iterable[str]) -> str:
    """SQL: ``statement_version_id, amount_yuan``: the largest sum of its facts in one table.

    A statement may feed several facts that restate one another.
    """
    sums = [
        f"SELECT statement_version_id, '{spec.name}' AS fact, sum(amount_yuan) AS amount_yuan "  # noqa: S608
        f"FROM {build}.{spec.name} GROUP BY statement_version_id"
        for spec in money_facts()
        if spec.name in there
    ]
    return (
        "SELECT statement_version_id, max(amount_yuan)::DECIMAL(18, 2) AS amount_yuan "  # noqa: S608
        f"FROM ({' UNION ALL '.join(sums)}) GROUP BY statement_version_id"
    )


def money_facts() -> list[TableSpec]:
    """Fact tables that hold money."""
    return [
        spec
        for spec in figure_tables()
        if spec.role == "fact" and "amount_yuan" in spec.column_names()
    ]


def _identity(spec: TableSpec) -> str:
    told = [c for c in spec.column_names() if c in _TOLD_BY and c != "reporting_body_id"]
    return f"[{', '.join([repr(spec.name), *(f'f.{c}' for c in told)])}]"
