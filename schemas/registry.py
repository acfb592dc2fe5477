"""The registry: every table with its columns, keys and meaning, loaded and cross-checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast, get_args

import polars as pl

from schemas.axes import parents
from schemas.bodies import check_bodies
from schemas.code_lists import EXTENSIBLE, KEYS, code_list
from schemas.identities import cross_identities
from schemas.layout import layouts, vocabulary
from schemas.layout_parts import Axis
from schemas.tables import TABLES
from schemas.tables.classes import ECONOMIC_CODE, FUNCTION_CODE

if TYPE_CHECKING:
    from pathlib import Path

    import pandera.polars as pa

    from schemas.layout import Layout
    from schemas.layout_parts import LayoutPart
    from schemas.tables import Table


@dataclass(frozen=True)
class ColumnSpec:
    """A column: name, Polars type, and what its declaration says of it."""

    name: str
    dtype: pl.DataType
    nullable: bool
    zh: str
    en: str
    references: str | None
    additive: bool | None
    unit: str | None


@dataclass(frozen=True)
class TableSpec:
    """A table: name, columns in order, key, and what its declaration says of it."""

    name: str
    model: type[Table]
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    zh: str
    en: str
    grain: str
    role: str
    reading: bool

    def column_names(self, *without: str) -> list[str]:
        """Names in declared order, less those named."""
        return [column.name for column in self.columns if column.name not in without]

    def polars_schema(self, *without: str) -> dict[str, pl.DataType]:
        """Name → Polars type in declared order, less those named."""
        return {c.name: c.dtype for c in self.columns if c.name not in without}


class RegistryError(ValueError):
    """Declarations contradict one another; the message names both places."""


@cache
def tables() -> dict[str, TableSpec]:
    """All tables by name, in the order in which they are created."""
    return {spec.name: spec for spec in map(_spec, TABLES)}


def table_name(model: type[Table]) -> str:
    """``FactProjectFunding`` → ``fact_project_funding``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", model.__name__).lower()


def _spec(model: type[Table]) -> TableSpec:
    schema = model.to_schema()
    meta = model.get_metadata()[model.__name__]["dataframe"]
    return TableSpec(
        name=table_name(model),
        model=model,
        columns=tuple(_column(name, c) for name, c in schema.columns.items()),
        key=tuple(schema.unique or ()),
        zh=meta["zh"],
        en=meta["en"],
        grain=meta["grain"],
        role=meta["role"],
        reading=bool(meta["reading"]),
    )


def _column(name: str, declared: pa.Column) -> ColumnSpec:
    meta = declared.metadata or {}
    dtype = declared.dtype.type
    return ColumnSpec(
        name=name,
        dtype=cast("pl.DataType", dtype() if isinstance(dtype, type) else dtype),
        nullable=bool(declared.nullable),
        zh=meta["zh"],
        en=declared.description or "",
        references=meta["references"],
        additive=meta["additive"],
        unit=meta["unit"],
    )


def check_registry(config: Path | None = None) -> None:
    """Load everything and hold it against one another.

    Raises:
        RegistryError: a key, a reference, a layout or a code names what does not exist.
        IdentityError, LayoutError, CodeListError: a file itself is not valid.
    """
    specs = tables()
    for spec in specs.values():
        missing = set(spec.key) - set(spec.column_names())
        if missing or not spec.key:
            raise RegistryError(f"{spec.name}: key {spec.key} names no columns of it")
        if spec.role not in set(code_list("table_roles")["role"]):
            raise RegistryError(f"{spec.name}: role {spec.role} is not in table_roles.csv")
        for column in spec.columns:
            _check_reference(spec, column)
    _check_axes(config)
    _check_kinds(config)
    _check_classes(config)
    check_bodies(config)
    _check_fiscal_column_types()
    for layout in layouts(config):
        check_layout(layout, config)
    cross_identities(config)
    vocabulary()
    for name in KEYS:
        code_list(name, config)
    if config is not None:
        _check_nothing_ignored(config)


def _check_axes(config: Path | None) -> None:
    """Every node stands below one that exists; every printed name means one that exists."""
    for axis, node, parent in (
        code_list("nodes", config).select("axis", "node", "parent_node").rows()
    ):
        if parent is not None and parent not in parents(axis, config):
            raise RegistryError(f"nodes.csv: {axis} {node} stands below {parent}, which is no node")
    for axis, name, node in code_list("node_names", config).select("axis", "name", "node").rows():
        if node not in parents(axis, config):
            raise RegistryError(f"node_names.csv: {axis} {name} means {node}, which is no node")


def _check_kinds(config: Path | None) -> None:
    """Kinds are about funds and types that exist; rules feed tables, from kinds, along axes."""
    kinds = code_list("kinds", config)
    for kind, scope, spent in kinds.select("kind", "fund_scope", "expenditure_type").rows():
        if scope != "all" and scope not in parents("fund_source", config):
            raise RegistryError(f"kinds.csv: {kind} is about {scope}, which is no fund source")
        if spent is not None and spent not in parents("expenditure_type", config):
            raise RegistryError(f"kinds.csv: {kind} is about {spent}, which is no such type")
    axes = get_args(Axis)
    for fact, kind, *along in (
        code_list("feeding_rules", config).select("fact", "kind", "row_axis", "column_axis").rows()
    ):
        if fact not in tables():
            raise RegistryError(f"feeding_rules.csv: {fact} is no table")
        if kind not in set(kinds["kind"]):
            raise RegistryError(f"feeding_rules.csv: {fact} from {kind}, which is no kind")
        if wrong := [axis for axis in along if axis not in axes]:
            raise RegistryError(f"feeding_rules.csv: {fact} from {kind} along {wrong[0]}, no axis")


def _check_classes(config: Path | None) -> None:
    """Codes of classes have the digits of their levels, and years are years."""
    patterns = {"function_classes": FUNCTION_CODE, "economic_classes": ECONOMIC_CODE}
    for name, pattern in patterns.items():
        for code, _, *years in code_list(name, config).select(pl.all().exclude("source")).rows():
            if not re.match(pattern, code):
                raise RegistryError(f"{name}.csv: {code} is no code: 3 digits, 2 more a level")
            if wrong := [y for y in years if y is not None and not re.match(r"\d{4}$", y)]:
                raise RegistryError(f"{name}.csv: {code}: {wrong[0]} is no year")


def _check_fiscal_column_types() -> None:
    """Hints of the Fiscal Data Package are about columns that exist."""
    listed = code_list("fiscal_column_types").select("scope", "column")
    for scope, column in listed.iter_rows():
        specs = [spec for spec in tables().values() if scope in {spec.role, spec.name}]
        if not any(column in spec.column_names() for spec in specs):
            raise RegistryError(f"fiscal_column_types.csv: {scope} {column} is no column")


def check_layout(layout: Layout, config: Path | None) -> None:
    """A layout names kinds and nodes that exist."""
    if layout.kind not in set(code_list("kinds", config)["kind"]):
        raise RegistryError(f"layout {layout.id}: kind {layout.kind} is not in kinds.csv")
    parts: tuple[LayoutPart, ...] = (*layout.all_columns, *layout.fields)
    for part in parts:
        axis = layout.axis_of(part)
        if part.node is not None and part.node not in parents(axis, config):
            raise RegistryError(
                f"layout {layout.id}, column {part.name}: {part.node} is no node of {axis} "
                "in nodes.csv"
            )


def _check_nothing_ignored(config: Path) -> None:
    """A file of the operator's that has no effect is a mistake, not a silence."""
    if not config.is_dir():
        raise RegistryError(
            f"{config}: 配置目录不存在 / the configuration directory does not exist; "
            "create it, or leave --config out"
        )
    used = {config / "codes" / f"{name}.csv" for name in EXTENSIBLE}
    used |= set((config / "layouts").glob("*/*.toml"))
    files = [*(config / "codes").rglob("*"), *(config / "layouts").rglob("*")]
    ignored = sorted(p for p in files if p.is_file() and p not in used)
    if ignored:
        lists = ", ".join(f"{name}.csv" for name in EXTENSIBLE)
        raise RegistryError(
            f"{ignored[0]}: 该文件不会生效 / this file would have no effect; expected "
            f"layouts/<place>/<kind>.toml or codes/ with one of {lists}"
        )


def _check_reference(spec: TableSpec, column: ColumnSpec) -> None:
    if column.references is None:
        return
    target, _, target_column = column.references.partition(".")
    if target not in tables() or target_column not in tables()[target].column_names():
        raise RegistryError(
            f"{spec.name}.{column.name} references {column.references}, which does not exist"
        )
