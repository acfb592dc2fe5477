"""Which declared tables are handed on, in an order in which what is referred to comes first.

Source of the rule: ``schemas/codes/table_roles.csv`` says which roles are exported; roles and
references stand in the declarations of ``schemas/tables``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import code_list
from schemas.registry import ColumnSpec, TableSpec, tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class UnknownRoleError(ValueError):
    """A role that no table may have."""


def roles() -> dict[str, tuple[str, str]]:
    """Role → its name in Chinese and in English, in declared order."""
    named = code_list("table_roles").select("role", "name_zh", "name_en")
    return {role: (zh, en) for role, zh, en in named.iter_rows()}


def exported_roles() -> tuple[str, ...]:
    """Roles of tables that are handed on unless others are asked for."""
    return tuple(code_list("table_roles").filter(pl.col("is_exported") == "true")["role"])


def exported_tables(wanted: Collection[str] | None = None) -> tuple[TableSpec, ...]:
    """Declared tables of these roles; tables that a table refers to stand before it.

    Args:
        wanted: Roles; those declared as exported if none are given.

    Raises:
        UnknownRoleError: a role is not declared.
    """
    chosen = set(wanted or exported_roles())
    if unknown := sorted(chosen - set(roles())):
        raise UnknownRoleError(
            f"{', '.join(unknown)}: 没有此类表 / no such role of tables; "
            f"有 there are: {', '.join(roles())}"
        )
    specs = {name: spec for name, spec in tables().items() if spec.role in chosen}
    return tuple(_ordered(specs))


def foreign_keys(
    spec: TableSpec, within: Iterable[TableSpec]
) -> tuple[tuple[ColumnSpec, str, str], ...]:
    """Columns that refer to a table of these, with that table and its column."""
    names = {other.name for other in within}
    referring = [(c, *c.references.partition(".")[::2]) for c in spec.columns if c.references]
    return tuple((c, table, column) for c, table, column in referring if table in names)


def _ordered(specs: dict[str, TableSpec]) -> list[TableSpec]:
    """By role, as declared; but what a table refers to goes before it."""
    said: dict[str, TableSpec] = {}

    def say(spec: TableSpec, before: frozenset[str] = frozenset()) -> None:
        for _, table, _ in foreign_keys(spec, specs.values()):
            if table not in said and table not in before | {spec.name}:
                say(specs[table], before | {spec.name})
        said.setdefault(spec.name, spec)

    by_role = list(roles())
    for spec in sorted(specs.values(), key=lambda spec: by_role.index(spec.role)):
        say(spec)
    return list(said.values())
