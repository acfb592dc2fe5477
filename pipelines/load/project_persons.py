"""What persons said of projects over years: rows of the code list ``project_identities``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import canonical_name
from schemas.code_lists import CodeListError, code_list

if TYPE_CHECKING:
    from pathlib import Path

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
        )  # fmt: skip
        kept = (
            edges.join(self.different, on=["before", "after"], how="anti", maintain_order="left")
            .join(mine, on="before", how="anti", maintain_order="left")
            .join(mine, on="after", how="anti", maintain_order="left")
        )
        return pl.concat([kept, mine.select(edges.columns)])


def said_by_persons(nodes: pl.DataFrame, units: pl.DataFrame, config: Path | None) -> Said:
    """Rows of the list as pairs of nodes; a row of projects that are not loaded waits for them.

    Args:
        nodes: ``node, unit, canonical, fiscal_year``.
        units: ``unit, name``: every name that a unit is known by.
        config: The operator's own code lists.

    Raises:
        CodeListError: a row's kind or years are none; a project would be two others at once.
    """
    listed = _checked(code_list(LIST, config))
    by_name = units.select("unit", unit_name=canonical_name("name")).unique(maintain_order=True)
    rows = listed.select(
        unit_name=canonical_name("unit"), year_before=pl.col("fiscal_year_before").cast(pl.Int32),
        name_before=canonical_name("project_before"),
        year=pl.col("fiscal_year").cast(pl.Int32), name=canonical_name("project"), kind="kind",
        evidence="source",
    ).join(by_name, on="unit_name", how="inner", maintain_order="left")  # fmt: skip
    one = nodes.drop_nulls("unit").filter(
        pl.len().over("unit", "canonical", "fiscal_year") == 1
    ).select("node", "unit", "canonical", "fiscal_year")  # fmt: skip
    pairs = (
        rows.join(one.rename({"node": "before"}), how="inner", maintain_order="left",
                  left_on=["unit", "name_before", "year_before"],
                  right_on=["unit", "canonical", "fiscal_year"])
        .join(one.rename({"node": "after"}), how="inner", maintain_order="left",
              left_on=["unit", "name", "year"], right_on=["unit", "canonical", "fiscal_year"])
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
