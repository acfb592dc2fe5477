"""Axes: the trees along which rows and columns of tables run, and how their nodes are printed.

A node's total is the sum of the nodes below it. A table need not print every level: what counts
is the nearest ancestor that it does print. Function and economic classes are trees by their codes'
prefixes and stand in lists of their own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path


#: On an axis of units: the node of the grand total.
TOTAL = "total"
#: Axes whose nodes are codes of classes: the list of the classes, and its column of codes.
CLASS_AXES = {
    "function": ("function_classes", "function_code"),
    "economic": ("economic_classes", "economic_code"),
}
#: Axes whose lines name classes without their codes: the axis, the listed axis whose names its
#: lines may have too, and the axis of the classes.
CLASSES_BY_NAME = (
    ("expenditure_line", "expenditure_type", "function"),
    ("unit_economic", "", "economic"),
)
#: The node of expenditure types below which lines of function classes stand.
CLASSES_STAND_BELOW = "current_expenditure"


@cache
def parents(axis: str, config: Path | None = None) -> dict[str, str | None]:
    """Node → the node above it, of an axis of ``nodes.csv``; empty for one that is not listed."""
    nodes = code_list("nodes", config)
    mine = nodes.filter(nodes["axis"] == axis)
    return dict(mine.select("node", "parent_node").rows())


@cache
def root(axis: str, config: Path | None = None) -> str | None:
    """The node that is the whole of an axis: the first that stands above another."""
    tree = parents(axis, config)
    above = set(tree.values())
    return next((node for node, parent in tree.items() if parent is None and node in above), None)


def ancestors(axis: str, node: str, config: Path | None = None) -> list[str]:
    """The nodes above a node, the nearest first."""
    tree, found = parents(axis, config), []
    above = tree.get(node)
    while above is not None:
        found.append(above)
        above = tree.get(above)
    return found


@cache
def names(axis: str, config: Path | None = None) -> dict[str, str]:
    """Printed name → node, of an axis of ``node_names.csv``; names as they are printed.

    Without those that hold below another name alone (``上年结转/一般公共预算``).
    """
    listed = code_list("node_names", config)
    named = dict(listed.filter(listed["axis"] == axis).select("name", "node").rows())
    return {name: node for name, node in named.items() if "/" not in name}


@cache
def fund_scope(kind: str, config: Path | None = None) -> str:
    """What money the statements of a kind are about (``kinds.csv``).

    Raises:
        KeyError: no such kind.
    """
    kinds = code_list("kinds", config)
    return str(dict(kinds.select("kind", "fund_scope").rows())[kind])


@cache
def lineage(config: Path | None = None) -> pl.DataFrame:
    """``axis, node, above, distance``: every listed node and each node above it, 1 the nearest."""
    axes = code_list("nodes", config)["axis"].unique(maintain_order=True)
    rows = [
        (axis, node, above, distance)
        for axis in axes
        for node in parents(axis, config)
        for distance, above in enumerate(ancestors(axis, node, config), start=1)
    ]
    schema = {"axis": pl.String, "node": pl.String, "above": pl.String, "distance": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")
