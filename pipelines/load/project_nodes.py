"""Projects in years as nodes: what lists have, what the other year lacks, what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.project_names import name_parts
from pipelines.load.project_content import content_hashes, content_texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.load.project_units import Units
    from pipelines.load.staged import StagedReadings


@dataclass(frozen=True)
class Lists:
    """What lists of projects have.

    Attributes:
        nodes: ``node, block, unit, project_id, first_id, canonical, fiscal_year, project_code,
            total, known_from, unit_group``; a block is a unit under all its names, or a body for
            projects known by code alone. ``project_id`` tells a project within its block,
            ``first_id`` is the key of the name and unit that were known first.
        lines: ``node, statement_id, project_line_id``.
        names: ``unit, name``: every name that a unit is known by.
        units: Units over reforms.
        staged: Readings, for what lines promise.
        config: The operator's own code lists.
    """

    nodes: pl.DataFrame
    lines: pl.DataFrame
    names: pl.DataFrame
    units: Units
    staged: StagedReadings
    config: Path | None


def nodes_of(nodes: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    """Nodes of these numbers."""
    return nodes.filter(pl.col("node").is_in(numbers.unique().implode()))


def left_over(nodes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Nodes that the next list of their block lacks, and those that the list before lacks.

    ``until`` is the later of the two years.
    """
    lists = nodes.select("block", "fiscal_year").unique()
    there = nodes.select("block", "project_id", "fiscal_year")
    before = (
        nodes.with_columns(until=pl.col("fiscal_year") + 1)
        .join(lists.rename({"fiscal_year": "until"}), on=["block", "until"], how="semi")
        .join(there.rename({"fiscal_year": "until"}), on=["block", "project_id", "until"],
              how="anti")
    )  # fmt: skip
    earlier = pl.col("fiscal_year") + 1
    after = (
        nodes.with_columns(until=pl.col("fiscal_year"))
        .join(lists.select("block", until=earlier), on=["block", "until"], how="semi")
        .join(there.select("block", "project_id", until=earlier),
              on=["block", "project_id", "until"], how="anti")
    )  # fmt: skip
    return before.sort("node"), after.sort("node")


def facing(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Left over nodes of both sides, where there are some on both."""
    place = ["block", "until"]
    return (
        before.join(after, on=place, how="semi", maintain_order="left"),
        after.join(before, on=place, how="semi", maintain_order="left"),
    )


def hashed(nodes: pl.DataFrame, lists: Lists) -> pl.DataFrame:
    """Nodes with hashes of what they promise, and whether it is theirs alone in unit and year."""
    return owned(_with_content(nodes, lists, content_hashes, "goal_hash", "indicators_hash"))


def owned(nodes: pl.DataFrame) -> pl.DataFrame:
    """Nodes with whether goal, indicators, and both, are theirs alone in their block and year."""
    at = ("block", "fiscal_year")
    return nodes.with_columns(
        is_goal_own=pl.len().over(*at, "goal_hash") == 1,
        are_indicators_own=pl.len().over(*at, "indicators_hash") == 1,
        is_content_own=pl.len().over(*at, "goal_hash", "indicators_hash") == 1,
    )


def read_out(nodes: pl.DataFrame, lists: Lists) -> pl.DataFrame:
    """Nodes with what they promise as text, and with what their names say."""
    whole = _with_content(nodes, lists, content_texts, "goal", "indicators")
    return name_parts(whole, lists.config)


def _with_content(
    nodes: pl.DataFrame,
    lists: Lists,
    read: Callable[[StagedReadings, pl.DataFrame], pl.DataFrame],
    *columns: str,
) -> pl.DataFrame:
    """Nodes with what the first of their lines that says it promises."""
    mine = lists.lines.join(nodes, on="node", how="semi", maintain_order="left")
    of_nodes = (
        mine.join(read(lists.staged, mine), on="project_line_id", how="inner",
                  maintain_order="left")
        .group_by("node", maintain_order=True)
        .agg(pl.col(columns).drop_nulls().first())
    )  # fmt: skip
    return nodes.join(of_nodes, on="node", how="left", maintain_order="left")


def with_texts(nodes: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Nodes with core, goal and indicators of the same nodes in ``whole``."""
    texts = whole.select("node", "core", "goal", "indicators")
    return nodes.join(texts, on="node", how="inner", maintain_order="left")
