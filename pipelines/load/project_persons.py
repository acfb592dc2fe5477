"""What persons said of projects over years: rows of the code list ``project_identities``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import canonical_name
from schemas.code_lists import CodeListError, code_list

if TYPE_CHECKING:
    from pipelines.load.project_nodes import Lists
    from pipelines.load.project_units import Units

LIST = "project_identities"
KINDS = ("renamed", "different", "split", "merged")


@dataclass(frozen=True)
class Said:
    """What persons said, as pairs of nodes.

    Attributes:
        same: ``before, after, evidence``: one project.
        different: ``before, after``: two, whatever rules say.
        parts: ``before, after, kind, evidence``: split and merged.
        answered: ``before, after`` of all of them.
    """

    same: pl.DataFrame
    different: pl.DataFrame
    parts: pl.DataFrame
    answered: pl.DataFrame

    def over(self, edges: pl.DataFrame) -> pl.DataFrame:
        """Edges with what was said put in, and what it contradicts taken out."""
        mine = self.same.select(
            "before", "after", method=pl.lit("person"), confidence=pl.lit(1.0),
            evidence="evidence", by_person=pl.lit(value=True),
            since=pl.lit(None, dtype=edges.schema["since"]),
        )  # fmt: skip
        kept = (
            edges.join(self.different, on=["before", "after"], how="anti", maintain_order="left")
            .join(mine, on="before", how="anti", maintain_order="left")
            .join(mine, on="after", how="anti", maintain_order="left")
        )
        return pl.concat([kept, mine.select(edges.columns)])


def said_by_persons(lists: Lists) -> Said:
    """Rows of the list as pairs of nodes; a row of projects that are not loaded waits for them.

    A row may name the unit by any of its names. Where the unit of one of the two years went over
    into that of the other, it may name either, if that leaves one project.

    Args:
        lists: Lists of projects.

    Raises:
        CodeListError: a row's kind or years are none; a project would be two others at once.
    """
    rows = _rows(lists)
    pairs = (
        rows.unique("row", keep="first", maintain_order=True)
        .join(_side(rows, lists, "year_before", "name_before", "before"), on="row",
                  how="inner", maintain_order="left")
        .join(_side(rows, lists, "year", "name", "after"), on="row", how="inner",
              maintain_order="left")
    )  # fmt: skip
    same = pairs.filter(pl.col("kind") == "renamed")
    for side in ("before", "after"):
        twice = same.filter(pl.col(side).is_duplicated())
        if twice.height:
            named = twice.select("name_before", "year_before", "name", "year").rows()
            raise CodeListError(
                f"{LIST}: 一个项目被指为两个项目 / one project is said to be two others: {named}; "
                "say split or merged, or remove one of the rows"
            )
    return Said(
        same.select("before", "after", "evidence"),
        pairs.filter(pl.col("kind") == "different").select("before", "after"),
        pairs.filter(pl.col("kind").is_in(["split", "merged"]))
        .select("before", "after", "kind", "evidence"),
        pairs.select("before", "after"),
    )  # fmt: skip


def _rows(lists: Lists) -> pl.DataFrame:
    """Rows with the units that they name: ``row, block, family, …``; a name may be of several."""
    listed = _checked(code_list(LIST, lists.config)).with_row_index("row")
    by_name = (
        _placed(
            lists.names.select("unit", unit_name=canonical_name("name")).unique(
                maintain_order=True
            ),
            lists.units,
        )
        .select("unit_name", "block", "family")
        .unique(maintain_order=True)
    )
    return listed.select(
        "row",
        unit_name=canonical_name("unit"), year_before=pl.col("fiscal_year_before").cast(pl.Int32),
        name_before=canonical_name("project_before"),
        year=pl.col("fiscal_year").cast(pl.Int32), name=canonical_name("project"), kind="kind",
        evidence="source",
    ).join(by_name, on="unit_name", how="left", maintain_order="left")  # fmt: skip


def _placed(units: pl.DataFrame, over: Units) -> pl.DataFrame:
    """Units with their block, and the family of all that went over into one another."""
    return (
        units.join(over.groups, on="unit", how="left", maintain_order="left")
        .join(over.families, on="unit", how="left", maintain_order="left")
        .with_columns(block=pl.coalesce("unit_group", "unit"), family=pl.coalesce("family", "unit"))
    )


def _side(rows: pl.DataFrame, lists: Lists, year: str, name: str, side: str) -> pl.DataFrame:
    """``row, <side>``: the one project that a row names there, in its own unit if it is in it."""
    nodes = _placed(lists.nodes.drop_nulls("unit").drop("block", "unit_group"), lists.units)
    wanted = rows.select("row", "family", own="block", fiscal_year=year, canonical=name)
    found = wanted.join(
        nodes.select("family", "fiscal_year", "canonical", "block", pl.col("node").alias(side)),
        on=["family", "fiscal_year", "canonical"], how="inner", maintain_order="left",
    ).with_columns(is_near=pl.col("own") == pl.col("block"))  # fmt: skip
    near = found.filter(pl.col("is_near") | ~pl.col("is_near").any().over("row"))
    return near.select("row", side).unique(maintain_order=True).unique("row", keep="none")


def _checked(listed: pl.DataFrame) -> pl.DataFrame:
    years = [pl.col(c).str.to_integer(strict=False) for c in ("fiscal_year_before", "fiscal_year")]
    right = pl.col("kind").is_in(KINDS) & (years[0] < years[1]).fill_null(value=False)
    wrong = listed.filter(~right.fill_null(value=False))
    if wrong.height:
        raise CodeListError(
            f"{LIST}: {wrong.rows()[0]}: kind 应为 must be one of {', '.join(KINDS)}, "
            "fiscal_year_before 应早于 must be before fiscal_year; mend the row"
        )
    return listed
