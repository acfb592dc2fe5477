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

#: What is needed of a node: its number, what tells its project in its unit under all its names, the
#: key that the unit's name of then and the project's make, what that is made of, its year, and
#: since when it is known.
NODE = ("node", "project_id", "first_id", "unit", "canonical", "fiscal_year", "known_from")


def paths(nodes: pl.DataFrame, edges: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """The durable key of each node, and the node before it.

    Args:
        nodes: ``NODE``; one a key and year.
        edges: ``before, after`` (numbers of nodes), ``by_person``, ``since`` (not known earlier):
            links besides unit and name; a node stands at most once on each side.
        broken: ``before, after``: nodes of one key that are not one project, in years that follow
            one another among the years of that key.

    Returns:
        ``node, durable_id, before`` (null for the first of its path), for every node.
    """
    linked = _with_before(nodes, edges, broken)
    placed = linked.with_columns(path=_ends(linked, "node", "before")).with_columns(
        run=pl.struct("path", "project_id").rank("dense")
    )
    runs = _runs(placed, edges)
    named = _named(runs)
    return placed.join(named, on="run", how="left", maintain_order="left").select(
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
    )
    every = pl.concat([edges.select("after", "before"), by_name])
    return nodes.join(every.rename({"after": "node"}), on="node", how="left", maintain_order="left")


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


def _runs(placed: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Nodes of one name on one path, which were one project since any two of them were known.

    ``whole``: the runs that became known at once with it, or that a person joined, as one of
    them; ``owner``: the whole that was known before it when it became known.
    """
    first = ("first_id", "unit", "canonical", "fiscal_year", "known_from")
    runs = (
        placed.sort("run", "known_from", "fiscal_year")
        .group_by("run", maintain_order=True)
        .agg(pl.col("path", "project_id", *first).first())
    )
    end = placed.select("node", "run", known="known_from").join(
        runs.select("run", since="known_from"), on="run", how="left"
    )
    between = edges.join(
        end.rename({"node": "before", "run": "left", "known": "left_known", "since": "left_since"}),
        on="before", how="inner",
    ).join(
        end.rename({"node": "after", "run": "right", "known": "known", "since": "right_since"}),
        on="after", how="inner",
    ).filter(pl.col("left") != pl.col("right"))  # fmt: skip
    between = between.with_columns(edge_since=pl.max_horizontal("left_known", "known", "since"))
    at_once = (pl.col("left_since") == pl.col("edge_since")) & (
        pl.col("right_since") == pl.col("edge_since")
    )
    joined = between.filter(at_once | pl.col("by_person")).select("left", "right")
    wholes = runs.with_columns(whole=_joined(runs["run"], joined))
    both = pl.concat(
        [
            between.select("edge_since", run="left", other="right", since="left_since"),
            between.select("edge_since", run="right", other="left", since="right_since"),
        ]
    ).filter(pl.col("edge_since") <= pl.col("since"))  # fmt: skip
    known = wholes.group_by("whole").agg(pl.col("known_from").min(), pl.col("fiscal_year").min())
    place = wholes.select("run", "whole").join(known, on="whole", how="left")
    owners = (
        both.join(place, on="run", how="left")
        .join(place.rename({"run": "other", "whole": "owner", "known_from": "owner_from",
                            "fiscal_year": "owner_year"}), on="other", how="left")
        .filter(pl.col("owner_from") < pl.col("known_from"))
        .sort("whole", "owner_from", "owner_year", "owner")
        .unique("whole", keep="first", maintain_order=True)
        .select("whole", "owner")
    )  # fmt: skip
    return wholes.join(owners, on="whole", how="left", maintain_order="left")


def _joined(runs: pl.Series, pairs: pl.DataFrame) -> pl.Series:
    """For each run the least of those it hangs together with."""
    ways = pl.concat([pairs, pairs.select(left="right", right="left")])
    found = pl.DataFrame({"run": runs, "least": runs})
    while True:
        near = (
            ways.join(found, left_on="right", right_on="run", how="inner")
            .group_by("left")
            .agg(near=pl.col("least").min())
        )
        least = found.join(
            near, left_on="run", right_on="left", how="left", maintain_order="left"
        ).select(pl.min_horizontal("least", "near"))["least"]
        if least.equals(found["least"]):
            return least
        found = found.with_columns(least)


def _named(runs: pl.DataFrame) -> pl.DataFrame:
    """``run, durable_id``: the key of what was known first of the whole known first on the way.

    Where the same unit and name are several projects, the first known has the plain key.
    """
    ordered = runs.sort("known_from", "fiscal_year", "run")
    wholes = ordered.group_by("whole", maintain_order=True).agg(
        pl.all().exclude("run", "owner").first(), pl.col("owner").drop_nulls().first()
    )
    roots = wholes.with_columns(root=_ends(wholes, "whole", "owner"))
    keyed = roots.filter(pl.col("root") == pl.col("whole")).sort(
        "first_id", "known_from", "fiscal_year", "whole"
    )
    of_another = pl.col("path") != pl.col("path").first().over("first_id")
    other = key_expr(pl.lit("project"), "unit", "canonical", pl.lit("from"), "fiscal_year")
    named = keyed.select("root", durable_id=pl.when(of_another).then(other).otherwise("first_id"))
    of_wholes = roots.select("whole", "root").join(named, on="root", how="left")
    return runs.join(of_wholes, on="whole", how="left").select("run", "durable_id")
