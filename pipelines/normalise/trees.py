"""Trees of what is printed: the nearest printed node above each, and which have none below.

A table need not print every level of an axis. A node's parent here is the nearest of the nodes
above it that the same block prints; a node that is no such parent is a leaf.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from schemas.axes import CLASS_AXES, CLASSES_BY_NAME, CLASSES_STAND_BELOW, ancestors, parents, root
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Of an axis of codes: what all of it is.
WHOLE = ""
_LEVELS = (5, 3)


def with_parents(
    printed: pl.DataFrame, table: Sequence[str], prefix: str, config: Path | None = None
) -> pl.DataFrame:
    """Printed nodes with ``<prefix>_parent`` and ``is_<prefix>_leaf``.

    Args:
        printed: With ``<prefix>_axis`` and ``<prefix>_node``; a node of null has no parent, and
            is no leaf.
        table: Columns that say which nodes are printed together.
        prefix: ``row`` or ``column``.
        config: The operator's own code lists.
    """
    axis, node, above = f"{prefix}_axis", f"{prefix}_node", f"{prefix}_parent"
    nodes = printed.select(*table, axis, node).drop_nulls(node).unique()
    together = nodes.select(*table, axis, pl.col(node).alias(above))
    nearest = (
        nodes.join(_above(nodes, axis, node, config).rename({"above": above}), on=[axis, node])
        .join(together, on=[*table, axis, above], how="semi", nulls_equal=True)
        .sort("distance")
        .unique([*table, axis, node], keep="first", maintain_order=True)
        .select(*table, axis, node, above)
    )
    has_below = nearest.select(*table, axis, pl.col(above).alias(node), has_below=True).unique()
    on = [*table, axis, node]
    return (
        printed.join(nearest, on=on, how="left", maintain_order="left", nulls_equal=True)
        .join(has_below, on=on, how="left", maintain_order="left", nulls_equal=True)
        .with_columns(
            (pl.col(node).is_not_null() & pl.col("has_below").is_null()).alias(f"is_{prefix}_leaf")
        )
        .drop("has_below")
    )


def is_root(axis: str, node: str, config: Path | None = None) -> pl.Expr:
    """Whether a node is all of its axis: its printed total is never a leaf's."""
    whole = [(pl.col(axis) == name) & (pl.col(node) == top) for name, top in _roots(config) if top]
    codes = pl.col(axis).is_in(list(CLASS_AXES)) & (pl.col(node) == WHOLE)
    return pl.any_horizontal(codes, *whole).fill_null(value=False)


def stands_apart(axis: str, node: str, config: Path | None = None) -> pl.Expr:
    """Whether a node is no part of the whole of its axis: it is told beside it, a memo."""
    apart = [(pl.col(axis) == name) & pl.col(node).is_in(nodes) for name, nodes in _apart(config)]
    return pl.any_horizontal(*apart).fill_null(value=False)


@cache
def _listed(config: Path | None) -> tuple[tuple[str, str], ...]:
    """Axes whose nodes are listed: (axis as tables have it, axis as the list has it)."""
    axes = code_list("nodes", config)["axis"].unique(maintain_order=True)
    by_name = [(axis, nodes) for axis, nodes, _ in CLASSES_BY_NAME if nodes]
    return (*((axis, axis) for axis in axes), *by_name)


def _roots(config: Path | None) -> list[tuple[str, str | None]]:
    return [(axis, root(nodes, config)) for axis, nodes in _listed(config)]


def _apart(config: Path | None) -> list[tuple[str, list[str]]]:
    return [
        (axis, [node for node in parents(nodes, config)
                if root(nodes, config) not in {node, *ancestors(nodes, node, config)}])
        for axis, nodes in _listed(config)
    ]  # fmt: skip


@cache
def _listed_above(config: Path | None) -> pl.DataFrame:
    rows = [
        (axis, node, above, distance)
        for axis, nodes in _listed(config)
        for node in parents(nodes, config)
        for distance, above in enumerate(ancestors(nodes, node, config))
    ]
    schema = {"axis": pl.String, "node": pl.String, "above": pl.String, "distance": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _above(nodes: pl.DataFrame, axis: str, node: str, config: Path | None) -> pl.DataFrame:
    """``axis, node, above, distance``: all nodes above each of some nodes, printed or not."""
    asked = nodes.select(axis=axis, node=node).unique()
    codes = pl.col("node")
    shorter = [
        pl.when(codes.str.len_chars() > digits).then(codes.str.slice(0, digits))
        for digits in _LEVELS
    ]
    of_types = {axis: nodes for axis, nodes, _ in CLASSES_BY_NAME if nodes}
    coded = []
    for name in (*CLASS_AXES, *of_types):
        tops: list[str] = [WHOLE]
        if name in of_types:
            higher = ancestors(of_types[name], CLASSES_STAND_BELOW, config)
            tops = [CLASSES_STAND_BELOW, *higher]
        coded.append(
            asked.filter((pl.col("axis") == name) & codes.str.contains(r"^\d+$"))
            .with_columns(above=pl.concat_list(*shorter, *(pl.lit(top) for top in tops)))
            .with_columns(distance=pl.int_ranges(pl.col("above").list.len()))
            .explode("above", "distance")
            .filter(pl.col("above").is_not_null())
        )
    listed = asked.join(_listed_above(config), on=["axis", "node"], how="inner")
    return pl.concat([*coded, listed]).rename({"axis": axis, "node": node})
