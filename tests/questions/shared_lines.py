"""Money as two books tell it, on the finest line that both share: worked out node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Iterable

UNSPLIT = "unsplit"
#: Coordinates of a fact that another book may tell otherwise; a table that prints none: unsplit.
AXES = {
    "fact_expenditure_by_function": ("function", "type"),
    "fact_revenue": ("fund",),
    "fact_three_public": ("fund", "three_public"),
}
_OF_NODES = {"type": "expenditure_type", "fund": "fund_source", "three_public": "three_public"}


def on_lines(books: pl.DataFrame, fact: str) -> pl.DataFrame:
    """Amounts of the books of one comparison, each with the ``codes`` of its line.

    A node stands for the highest that either book prints above it: only there do both tell the
    same; types of what stands on one line of functions likewise.
    """
    found = books.with_columns(pl.col(axis).fill_null(UNSPLIT) for axis in AXES[fact])
    for number, axis in enumerate(AXES[fact]):
        of = list(AXES[fact][:number])
        parts = found.partition_by(of) if of else [found]
        found = pl.concat([_lifted(part, axis) for part in parts])
    order = [axis for axis in ("function", "three_public", "type", "fund") if axis in AXES[fact]]
    return found.with_columns(codes=pl.concat_str(order, separator=" "))


def _lifted(part: pl.DataFrame, axis: str) -> pl.DataFrame:
    nodes = set(part[axis])
    lifted = {node: [n for n in _upward(axis, node) if n in nodes][-1] for node in nodes}
    return part.with_columns(pl.col(axis).replace_strict(lifted))


def _upward(axis: str, node: str) -> Iterable[str]:
    """A node and those above it; what a table does not split is above all but classes."""
    if axis == "function":
        return [node[:n] for n in (7, 5, 3) if n <= len(node)] if node != UNSPLIT else [node]
    tree = dict(
        code_list("nodes").filter(axis=_OF_NODES[axis]).select("node", "parent_node").rows()
    )
    found = [node]
    while tree.get(found[-1]) is not None:
        found.append(tree[found[-1]])
    return found if axis == "three_public" else [*found, UNSPLIT]
