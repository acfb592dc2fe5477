"""Projects of consecutive years: which of them unit and name do not link, and yet are one.

Pure but for reading what lines promise. A node is a project in a year. Most nodes of two years
find one another by unit and name and are not looked at; the rest are compared
(``project_pairs``), and so are those whose code or content says that names were exchanged. What a
person said goes before every rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.load.project_mergers import over_mergers
from pipelines.load.project_nodes import (
    facing,
    hashed,
    left_over,
    nodes_of,
    read_out,
    with_texts,
)
from pipelines.load.project_pairs import candidates, decided, judged
from pipelines.load.project_persons import said_by_persons
from pipelines.load.project_suggestions import alike, parts

if TYPE_CHECKING:
    from pipelines.load.project_nodes import Lists

#: Better than this, and by so much better than a namesake, content outweighs a name.
_SAME_CONTENT, _BY_MORE = 0.75, 0.2
#: A code that another unit prints is of the same project if its name is this much the same.
_SAME_NAME = 0.9
EDGE = ("before", "after", "method", "confidence", "evidence", "by_person", "since")


@dataclass(frozen=True)
class Years:
    """What is known of projects over years besides unit and name.

    Attributes:
        edges: ``EDGE``: nodes that are one project.
        broken: ``before, after``: nodes of one key that are none.
        parts: ``before, after, kind, evidence``: splits and mergers that a person accepted.
        suggested: ``before, after, kind, score, evidence``, for a person.
        waiting: Rows of ``project_answer_waiting``.
    """

    edges: pl.DataFrame
    broken: pl.DataFrame
    parts: pl.DataFrame
    suggested: pl.DataFrame
    waiting: pl.DataFrame


def over_years(lists: Lists) -> Years:
    """What links, parts and might link nodes of consecutive years."""
    nodes, config = lists.nodes, lists.config
    said = said_by_persons(lists)
    several = nodes.filter(pl.col("fiscal_year").n_unique().over("block") > 1)
    of_codes = _code_pairs(nodes)
    looked_at = pl.concat([several["node"], of_codes["before"], of_codes["after"]])
    told = hashed(nodes_of(nodes, looked_at), lists)
    before, after = left_over(several)
    exchanged = pl.concat([of_codes, _moved_content(told, several)]).unique(maintain_order=True)
    twins = _twins(nodes, exchanged)
    unlike = _of_one_code(nodes)
    left, right = facing(before, after)
    others = pl.concat([exchanged, twins, unlike])
    whole = read_out(
        nodes_of(told, pl.concat([left["node"], right["node"], others["before"], others["after"]])),
        lists,
    )
    pairs = candidates(with_texts(left, whole), with_texts(right, whole))
    swapped = judged(exchanged, whole, config)
    contested = _outweighing(swapped, judged(twins, whole, config), nodes)
    rest = pairs.join(contested, on="before", how="anti").join(contested, on="after", how="anti")
    found = judged(rest, whole, config)
    del pairs, rest  # millions of pairs are not held twice
    links = pl.concat([contested, _not_blocked(decided(found), nodes)], how="diagonal")
    of_mergers = over_mergers(lists, links)
    merged = _not_blocked(of_mergers.links, nodes)
    edges = said.over(pl.concat([_edges(links), _edges(merged)]))
    apart = judged(unlike, whole, config).filter(
        (pl.col("method") != "code_over_years").fill_null(value=True)
    )
    broken = pl.concat([apart.select("before", "after"), said.different])
    left = found.join(edges, on="before", how="anti").join(edges, on="after", how="anti")
    doubtful = pl.concat([swapped.filter("is_code"), apart]).join(
        edges, on=["before", "after"], how="anti"
    )
    suggested = pl.concat(
        [
            alike(left, doubtful, parted := parts(nodes, before, after, config)),
            parted,
            of_mergers.suggested.join(edges, on="before", how="anti").join(
                edges, on="after", how="anti"
            ),
        ]
    ).join(said.answered, on=["before", "after"], how="anti")
    return Years(edges, broken.unique(maintain_order=True), said.parts,
                 suggested.sort("before", "after", "kind"), said.waiting)  # fmt: skip


def _code_pairs(nodes: pl.DataFrame) -> pl.DataFrame:
    """Nodes of consecutive years with one printed code and different keys; ``before, after``.

    A code that a list prints twice tells nothing.
    """
    coded = nodes.filter(
        pl.col("project_code").is_not_null()
        & (pl.len().over("project_code", "fiscal_year") == 1)
    )  # fmt: skip
    later = coded.select("project_code", after="node", other="project_id",
                         fiscal_year=pl.col("fiscal_year") - 1)  # fmt: skip
    pairs = coded.join(later, on=["project_code", "fiscal_year"], how="inner")
    return (
        pairs.filter(pl.col("project_id") != pl.col("other"))
        .select(before="node", after="after")
        .sort("before")
    )


def _moved_content(told: pl.DataFrame, several: pl.DataFrame) -> pl.DataFrame:
    """Nodes whose goal and indicators, theirs alone, stand under the other's name next year.

    Both of them must: what one node copies from another does not make it the other.
    """
    own = told.filter(
        pl.col("node").is_in(several["node"].implode())
        & pl.col("goal_hash").is_not_null() & pl.col("indicators_hash").is_not_null()
        & pl.col("is_content_own")
    )  # fmt: skip
    content = ["block", "fiscal_year", "goal_hash", "indicators_hash"]
    own = own.select("node", "project_id", *content)
    later = own.select(
        "block", "goal_hash", "indicators_hash", after="node", other="project_id",
        fiscal_year=pl.col("fiscal_year") - 1,
    )  # fmt: skip
    moved = own.join(later, on=content, how="inner").filter(pl.col("project_id") != pl.col("other"))
    where = ["block", "fiscal_year"]
    back = moved.select(*where, project_id="other", other="project_id")
    return (
        moved.join(back, on=[*where, "project_id", "other"], how="semi")
        .select(before="node", after="after")
        .sort("before")
    )


def _twins(nodes: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs that unit and name would link, of a node that stands in another pair."""
    of_pairs = nodes_of(nodes, pl.concat([pairs["before"], pairs["after"]])).select("project_id")
    nodes = nodes.join(of_pairs, on="project_id", how="semi")
    later = nodes.select("project_id", after="node", fiscal_year=pl.col("fiscal_year") - 1)
    by_name = nodes.join(later, on=["project_id", "fiscal_year"], how="inner").select(
        before="node", after="after"
    )
    return by_name.filter(
        pl.col("before").is_in(pairs["before"].implode())
        | pl.col("after").is_in(pairs["after"].implode())
    ).sort("before")


def _outweighing(exchanged: pl.DataFrame, twins: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose code or content says more than the names that link each to another node."""
    content = pl.mean_horizontal("goal_alike", "indicators_alike").fill_null(0.0)
    of_name = twins.with_columns(weight=content)
    left = of_name.group_by("before").agg(left=pl.col("weight").max())
    right = of_name.group_by("after").agg(right=pl.col("weight").max())
    against = pl.max_horizontal(pl.col("left"), pl.col("right")).fill_null(0.0)
    is_contested = pl.col("left").is_not_null() | pl.col("right").is_not_null()
    supported = (content >= _SAME_CONTENT) & (content - against >= _BY_MORE)
    moved_unit = (pl.col("block") != pl.col("block_before")) & (pl.col("name_alike") >= _SAME_NAME)
    strong = (
        exchanged.join(left, on="before", how="left").join(right, on="after", how="left")
        .filter((is_contested & supported) | (~is_contested & pl.col("is_code") & moved_unit))
        .with_columns(method=pl.when("is_code").then(pl.lit("code_over_years"))
                      .otherwise(pl.lit("content_over_years")))
        .drop("left", "right")
        .unique("before", keep="none").unique("after", keep="none").sort("before")
    )  # fmt: skip
    return _not_blocked(strong, nodes)


def _not_blocked(pairs: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Pairs less those of which a name was known in other years before the pair was.

    Such a name has its key already, in a year that a link by name leads to, and keys that were
    given stay. What becomes known later changes nothing of a pair.
    """
    timed = pairs.select("before", "after", "fiscal_year_before", "fiscal_year", "since")
    keys = nodes.select("node", "project_id")
    others = nodes.select("project_id", year="fiscal_year", known="known_from")
    earlier, later = pl.col("year") < pl.col("fiscal_year_before"), pl.col("year") > pl.col(
        "fiscal_year"
    )  # fmt: skip
    blocked = []
    for side, outer, inner, beyond in (
        ("before", later, pl.col("year") == pl.col("fiscal_year"), earlier),
        ("after", earlier, pl.col("year") == pl.col("fiscal_year_before"), later),
    ):
        known = (
            timed.join(keys.rename({"node": side}), on=side, how="inner")
            .join(others, on="project_id", how="inner")
            .filter(pl.col("known") < pl.col("since"))
        )
        of_pair = known.group_by("before", "after", maintain_order=True).agg(
            is_blocked=outer.any() | (inner.any() & beyond.any())
        )
        blocked.append(of_pair.filter("is_blocked").select("before", "after"))
    return pairs.join(pl.concat(blocked), on=["before", "after"], how="anti", maintain_order="left")


def _edges(pairs: pl.DataFrame) -> pl.DataFrame:
    said = pl.format(
        "{} → {}; 名称 name {}, 目标 goal {}, 指标 indicators {}{}{}",
        "canonical_before", "canonical",
        *(pl.col(c).round(2).cast(pl.String).fill_null("·")
          for c in ("name_alike", "goal_alike", "indicators_alike")),
        pl.when("is_code").then(pl.format("; 代码 code {}", pl.col("project_code").fill_null("")))
        .otherwise(pl.lit("")),
        pl.when("is_amount").then(pl.lit("; 金额相同 same amount")).otherwise(pl.lit("")),
    )  # fmt: skip
    return pairs.select(
        "before", "after", "method", confidence=pl.col("score").round(3), evidence=said,
        by_person=pl.lit(value=False), since="since",
    )  # fmt: skip


def _of_one_code(nodes: pl.DataFrame) -> pl.DataFrame:
    """Nodes known by one code alone, in a year and the next known one, under two names."""
    by_code = nodes.filter(pl.col("unit").is_null()).sort("project_id", "fiscal_year")
    earlier = by_code.with_columns(
        after="node",
        before=pl.col("node").shift(1).over("project_id"),
        name_before=pl.col("canonical").shift(1).over("project_id"),
    ).drop_nulls("before")
    return earlier.filter(pl.col("canonical") != pl.col("name_before")).select("before", "after")
