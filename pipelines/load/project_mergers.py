"""Projects over mergers of units: the last list of one against the first of who took it over.

Pure but for reading what lines promise. In a unit that took over others a name alone says nothing:
each of them had its 综合业务费. So the rules that need ``one_unit`` do not hold here; what remains
rests on a code, or on a goal or indicators that no other project of these lists has, and on a name
that one of the units had.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.load.project_nodes import facing, hashed, left_over, owned, read_out, with_texts
from pipelines.load.project_pairs import candidates, decided, judged
from pipelines.load.project_suggestions import alike, merged_names

if TYPE_CHECKING:
    from pipelines.load.project_nodes import Lists


@dataclass(frozen=True)
class OverMergers:
    """Pairs of nodes over mergers of units.

    Attributes:
        links: Judged pairs that are one project.
        suggested: ``before, after, kind, score, evidence``, for a person.
    """

    links: pl.DataFrame
    suggested: pl.DataFrame


def over_mergers(lists: Lists, taken: pl.DataFrame) -> OverMergers:
    """What links, or might link, lists over mergers.

    Args:
        lists: Lists of projects.
        taken: ``before, after`` of links that are known.
    """
    view = _view(lists)
    whole = _promised(view, lists)
    before, after = left_over(view)
    left, right = facing(
        before.join(taken, left_on="own", right_on="before", how="anti", maintain_order="left"),
        after.join(taken, left_on="own", right_on="after", how="anti", maintain_order="left"),
    )
    pairs = candidates(with_texts(left, whole), with_texts(right, whole))
    found = judged(pairs, whole, lists.config)
    of_both = pl.col("unit_group") != pl.col("unit_group_before")
    sure = lists.units.mergers.filter("is_sure").select(
        "into", "fiscal_year", unit_group_before="unit_group"
    )
    links = (
        decided(found)
        .filter(of_both)
        .join(sure, left_on=["unit_group", "fiscal_year", "unit_group_before"],
              right_on=["into", "fiscal_year", "unit_group_before"], how="semi")
        .join(several := _of_several_units(whole), on=["block", "core"], how="anti")
        .join(several, left_on=["block", "core_before"], right_on=["block", "core"], how="anti")
    )  # fmt: skip
    rest = found.filter(of_both).join(links, on="before", how="anti").join(
        links, on="after", how="anti"
    )  # fmt: skip
    taken_over = with_texts(left, whole).filter(pl.col("unit_group") != pl.col("into"))
    parted = merged_names(taken_over, with_texts(right, whole))
    suggested = pl.concat([alike(rest, rest.clear(), parted), parted])
    links = links.drop("since").join(_since(view), on="block", how="inner")
    return OverMergers(_of_lists(links, view), _of_lists(suggested, view))


def _since(view: pl.DataFrame) -> pl.DataFrame:
    """``block, since``: when the last of the lists of a merger became known."""
    lists = view.group_by("block", "unit_group", "fiscal_year").agg(pl.col("known_from").min())
    return lists.group_by("block").agg(since=pl.col("known_from").max())


def _promised(view: pl.DataFrame, lists: Lists) -> pl.DataFrame:
    """The view with what its nodes promise, and whether that is theirs alone."""
    of_view = lists.nodes.join(view, left_on="node", right_on="own", how="semi")
    read = read_out(hashed(of_view, lists), lists).select(
        "node", "goal", "indicators", "goal_hash", "indicators_hash", "core", "numbers", "rolls"
    )
    return owned(view.join(read, left_on="own", right_on="node", how="left", maintain_order="left"))


def _of_several_units(whole: pl.DataFrame) -> pl.DataFrame:
    """``block, core``: names that several of the units had: what goes on under them is of all."""
    before = whole.filter(pl.col("fiscal_year") == pl.col("fiscal_year").min().over("block"))
    of_units = before.group_by("block", "core").agg(units=pl.col("unit_group").n_unique())
    return of_units.filter(pl.col("units") > 1).select("block", "core")


def _view(lists: Lists) -> pl.DataFrame:
    """Nodes of both years of each merger, renumbered; ``own`` is a node's number in the lists.

    A block is a merger. The successor's own list of the year before, if there is one, is in it:
    what it goes on with is not another's.
    """
    mergers = lists.units.mergers.with_columns(
        merger=pl.concat_str("into", pl.lit("@"), "fiscal_year"), before=pl.col("fiscal_year") - 1
    )
    places = pl.concat(
        [
            mergers.select("merger", "into", "unit_group", "before"),
            mergers.select("merger", "into", pl.col("into").alias("unit_group"), "before"),
            mergers.select(
                "merger", "into", pl.col("into").alias("unit_group"), before="fiscal_year"
            ),
        ]
    ).unique(maintain_order=True)
    return (
        lists.nodes.join(places, left_on=["unit_group", "fiscal_year"],
                         right_on=["unit_group", "before"], how="inner", maintain_order="left")
        .rename({"node": "own"})
        .with_columns(block=pl.col("merger"), node=pl.int_range(pl.len(), dtype=pl.UInt32))
        .drop("merger")
    )  # fmt: skip


def _of_lists(pairs: pl.DataFrame, view: pl.DataFrame) -> pl.DataFrame:
    """Pairs by the numbers that nodes have in the lists."""
    own = view.select("node", "own")
    return (
        pairs.join(own, left_on="before", right_on="node", how="inner", maintain_order="left")
        .with_columns(before="own")
        .drop("own")
        .join(own, left_on="after", right_on="node", how="inner", maintain_order="left")
        .with_columns(after="own")
        .drop("own")
    )
