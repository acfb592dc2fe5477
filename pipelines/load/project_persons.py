"""What persons said of projects over years: rows of the code list ``project_identities``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.load.shapes import shaped
from schemas.code_lists import CodeListError, code_list

if TYPE_CHECKING:
    from pipelines.load.project_nodes import Lists
    from pipelines.load.project_units import Units

LIST = "project_identities"
#: Of the operator's file: below the header.
_FIRST_LINE = 2
KINDS = ("renamed", "different", "split", "merged")


@dataclass(frozen=True)
class Said:
    """What persons said, as pairs of nodes.

    Attributes:
        same: ``before, after, evidence``: one project.
        different: ``before, after``: two, whatever rules say.
        parts: ``before, after, kind, evidence``: split and merged.
        answered: ``before, after`` of all of them.
        waiting: Rows of ``project_answer_waiting``: what no projects match.
    """

    same: pl.DataFrame
    different: pl.DataFrame
    parts: pl.DataFrame
    answered: pl.DataFrame
    waiting: pl.DataFrame

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
    nodes = _placed(lists.nodes.drop_nulls("unit").drop("block", "unit_group"), lists.units)
    sides = {
        "before": _side(rows, nodes, "year_before", "name_before"),
        "after": _side(rows, nodes, "year", "name"),
    }
    pairs = rows
    for side, found in sides.items():
        one = found.filter(pl.col("found") == 1).select("row", pl.col("node").alias(side))
        pairs = pairs.join(one, on="row", how="inner", maintain_order="left")
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
        _waiting(rows.join(pairs, on="row", how="anti", maintain_order="left"), sides),
    )  # fmt: skip


def _waiting(rows: pl.DataFrame, sides: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows that are not followed, and why: what is missing of the earlier year goes first."""
    told = rows
    for side, of_side in sides.items():
        told = told.join(
            of_side.select("row", pl.col("found", "listed").name.prefix(f"{side}_")), on="row",
            how="left", maintain_order="left",
        )  # fmt: skip
    is_before = pl.col("before_found") != 1
    found, listed = (
        pl.when(is_before).then(f"before_{c}").otherwise(f"after_{c}") for c in ("found", "listed")
    )
    reason = (
        pl.when(pl.col("block").is_null()).then(pl.lit("unit_unknown"))
        .when(found > 1).then(pl.lit("several_found"))
        .when(listed > 0).then(pl.lit("project_not_found"))
        .otherwise(pl.lit("list_not_here"))
    )  # fmt: skip
    shipped = code_list(LIST).height
    return shaped("project_answer_waiting", told.select(
        file_line=pl.col("row").cast(pl.Int32) - shipped + _FIRST_LINE,
        unit="unit_written", fiscal_year_before="year_before", project_before="before_written",
        fiscal_year="year", project="after_written", kind="kind",
        waits_for_year=pl.when(is_before).then("year_before").otherwise("year"), reason=reason,
    ))  # fmt: skip


def _rows(lists: Lists) -> pl.DataFrame:
    """Rows with the units that they name: ``row, block, family, …``; null for a name of none."""
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
        "row", unit_written="unit", before_written="project_before", after_written="project",
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


def _side(rows: pl.DataFrame, nodes: pl.DataFrame, year: str, name: str) -> pl.DataFrame:
    """``row, node, found, listed``: which project a row names there, and of how many.

    ``found`` counts those of that name, in the unit that it names if that has one; ``listed`` all
    that its unit, and what went over into one another with it, has that year.
    """
    wanted = rows.select("row", "family", own="block", fiscal_year=year, canonical=name)
    there = nodes.select("family", "fiscal_year", "block", "node", other="canonical")
    listed = wanted.join(there, on=["family", "fiscal_year"], how="inner", maintain_order="left")
    is_near = pl.col("own") == pl.col("block")
    named = listed.filter(pl.col("other") == pl.col("canonical"))
    near = named.filter(is_near | ~is_near.any().over("row"))
    return (
        rows.select("row")
        .join(near.group_by("row").agg(pl.col("node").first(), found=pl.len()), on="row",
              how="left", maintain_order="left")
        .join(listed.group_by("row").agg(listed=pl.len()), on="row", how="left",
              maintain_order="left")
        .with_columns(pl.col("found", "listed").fill_null(0))
    )  # fmt: skip


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
