"""Durable keys of projects over years: whichever of a project's years is known first names it.

Pure. A *node* is a project in a year, as unit and name tell it; an *edge* says that a node of one
year and one of a later year are one project. A node has at most one edge to an earlier and one to
a later year, so a project is a path over years. What a path is called must not change when
another year arrives, be it later or earlier: a node keeps the key it had when it became known, a
later known one takes the key of the neighbour that was known first. So two halves of a path that
had keys before the year between them was known keep them; only a person joins them.
"""

from __future__ import annotations

import polars as pl

from pipelines.values.keys import key_expr

#: What is needed of a node: its number, the key that unit and name make, what that is made of,
#: its year, and since when it is known.
NODE = ("node", "project_id", "unit", "canonical", "fiscal_year", "known_from")


def paths(nodes: pl.DataFrame, edges: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """The durable key of each node, and the node before it.

    Args:
        nodes: ``NODE``; one a key and year.
        edges: ``before, after`` (numbers of nodes), ``by_person``: links besides unit and name; a
            node stands at most once on each side.
        broken: ``before, after``: nodes of one key that are not one project, in years that follow
            one another among the years of that key.

    Returns:
        ``node, durable_id, before`` (null for the first of its path), for every node.
    """
    linked = _with_before(nodes, edges, broken)
    placed = _placed(linked)
    named = _named(_segments(placed))
    return placed.join(named, on="segment", how="left", maintain_order="left").select(
        "node", "durable_id", "before"
    )


def _with_before(nodes: pl.DataFrame, edges: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """Nodes with the one before: of an edge, else the year before of the same key if it is free."""
    by_name = (
        nodes.sort("project_id", "fiscal_year")
        .select(after="node", before=pl.col("node").shift(1).over("project_id"))
        .drop_nulls()
        .join(broken, on=["before", "after"], how="anti")
        .join(edges, on="before", how="anti")
        .join(edges, on="after", how="anti")
        .with_columns(by_person=pl.lit(value=False))
    )
    every = pl.concat([edges.select(by_name.columns), by_name])
    return nodes.join(
        every.rename({"after": "node"}), on="node", how="left", maintain_order="left"
    ).with_columns(pl.col("by_person").fill_null(value=False))


def _ends(pointers: pl.DataFrame, name: str, to: str) -> pl.Series:
    """Where each row leads by following ``to`` (null: itself), halving the way each time."""
    place = pointers.select(name, at=pl.int_range(pl.len(), dtype=pl.UInt32))
    at = pointers.join(place, left_on=to, right_on=name, how="left", maintain_order="left")["at"]
    end = at.zip_with(at.is_not_null(), place["at"])
    while True:
        further = end.gather(end)
        if further.equals(end):
            return pointers[name].gather(end)
        end = further


def _placed(linked: pl.DataFrame) -> pl.DataFrame:
    """Nodes in the order of paths and years, each in its segment.

    A segment is a run of nodes of a path that became known at once, or that a person joined.
    """
    headed = linked.with_columns(path=_ends(linked, "node", "before")).sort("path", "fiscal_year")
    starts = (
        pl.col("before").is_null()
        | ((pl.col("known_from") != pl.col("known_from").shift(1)) & ~pl.col("by_person"))
    )  # fmt: skip
    return headed.with_columns(segment=starts.cast(pl.UInt32).cum_sum())


def _segments(placed: pl.DataFrame) -> pl.DataFrame:
    """Segments with their first known node, and the segment that was known before them, if any."""
    segments = (
        placed.sort("segment", "known_from", "fiscal_year")
        .group_by("segment", maintain_order=True)
        .agg(pl.col("path", "project_id", "unit", "canonical", "fiscal_year", "known_from").first())
    )
    mine = pl.col("known_from")
    sides = segments.with_columns(
        left_from=mine.shift(1).over("path"), left=pl.col("segment").shift(1).over("path"),
        right_from=mine.shift(-1).over("path"), right=pl.col("segment").shift(-1).over("path"),
    )  # fmt: skip
    left = (pl.col("left_from") < mine).fill_null(value=False)
    right = (pl.col("right_from") < mine).fill_null(value=False)
    nearer = left & ~(right & (pl.col("right_from") < pl.col("left_from")))
    owner = pl.when(nearer).then("left").when(right).then("right")
    return sides.with_columns(owner=owner)


def _named(segments: pl.DataFrame) -> pl.DataFrame:
    """``segment, durable_id``: the key of the segment that was known first on the way.

    Where the same unit and name are several projects, the first known has the plain key.
    """
    root = segments.with_columns(root=_ends(segments, "segment", "owner"))
    roots = root.filter(pl.col("root") == pl.col("segment")).sort(
        "project_id", "known_from", "fiscal_year"
    )
    of_another = pl.col("path") != pl.col("path").first().over("project_id")
    first = pl.col("fiscal_year").first().over("project_id", "path")
    other = key_expr(pl.lit("project"), "unit", "canonical", pl.lit("from"), first)
    named = roots.select(
        root="segment", durable_id=pl.when(of_another).then(other).otherwise("project_id")
    )
    return root.select("segment", "root").join(named, on="root", how="left").drop("root")
