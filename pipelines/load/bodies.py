"""Bodies of a build: names and spellings, the departments they belong to, what became of them.

Bodies are those that shown statements name, and those that a known succession links to them.
Parents follow from departments' own current books, which list their units. Succession follows
from ``body_succession.csv`` (what a person accepted or wrote) and from what tables print as 原….
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.conform.bodies import body_id, told_bodies
from pipelines.conform.names import canonical_name
from pipelines.load.lineage import WHOLE, latest, lineage
from pipelines.load.shapes import shaped
from schemas.code_lists import code_list
from schemas.registry import tables

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.decisions import Decided
    from pipelines.load.staged import StagedReadings

#: What ``pipelines.conform.statements.bodies`` hands on.
_NAMED: dict[str, Any] = dict.fromkeys(
    ("statement_id", "body_id", "name", "spelling", "region_id", "method", "former_name"), pl.String
)
#: Kinds by which the successor begins.
_BEGINS = ("renamed", "merged", "split")


@dataclass(frozen=True)
class KnownBodies:
    """Bodies by name, and what became of them.

    Attributes:
        named: Bodies of shown statements, a row a statement and spelling.
        succession: Rows of ``body_succession``.
        linked: Bodies that succession names: ``name, region_id, body_id``.
    """

    named: pl.DataFrame
    succession: pl.DataFrame
    linked: pl.DataFrame


def known_bodies(staged: StagedReadings, shown: pl.DataFrame, config: Path | None) -> KnownBodies:
    """Bodies that shown statements name, and those that became of them or became them.

    Args:
        staged: Readings.
        shown: ``statement_id`` of what is shown.
        config: The operator's own code lists.
    """
    named = _named(staged, shown)
    return KnownBodies(named, *_succession(named, config))


def body_frames(
    decided: Decided, staged: StagedReadings, config: Path | None
) -> dict[str, pl.DataFrame]:
    """``dim_body`` and the bridges of bodies, in their declared shapes.

    Args:
        decided: Which bodies are known, and what is current.
        staged: Readings.
        config: The operator's own code lists.
    """
    named, succession = decided.bodies.named, decided.bodies.succession
    parents = _parents(staged, decided.loaded["statement_id"])
    bodies = _bodies(named, decided.bodies.linked)
    return {
        "dim_body": shaped("dim_body", _with_lineage(_with_parents(bodies, parents), succession)),
        "body_alias": shaped("body_alias", _aliases(named, config)),
        "body_parent": shaped("body_parent", parents),
        "body_succession": shaped("body_succession", succession),
        "body_lineage": shaped("body_lineage", lineage(succession)),
    }


def _named(staged: StagedReadings, shown: pl.DataFrame) -> pl.DataFrame:
    """Bodies of shown statements; earlier code kept no spellings beside their names."""
    found = staged.frame("body")
    if found.is_empty():
        return pl.DataFrame(schema=_NAMED)
    every = pl.concat([pl.DataFrame(schema=_NAMED), found], how="diagonal")
    return (
        every.join(shown, on="statement_id", how="semi")
        .with_columns(
            spelling=pl.coalesce("spelling", "name"), method=pl.col("method").fill_null("printed")
        )
        .select(list(_NAMED))
    )


def _bodies(named: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """``body_id, name, region_id``, once each; the region that most of its statements say."""
    every = pl.concat(
        [
            named.select("body_id", "name", "region_id", "statement_id"),
            linked.select("body_id", "name", "region_id", statement_id=pl.lit("")),
        ]
    )
    regions = (
        every.drop_nulls("region_id")
        .group_by("body_id", "region_id")
        .agg(statements=pl.col("statement_id").n_unique())
        .sort("body_id", "statements", "region_id", descending=[False, True, False])
        .unique("body_id", keep="first", maintain_order=True)
    )
    return (
        every.select("body_id", "name")
        .unique("body_id", keep="first", maintain_order=True)
        .join(regions.drop("statements"), on="body_id", how="left", maintain_order="left")
    )


def _aliases(named: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Spellings of bodies, with what says so."""
    said = code_list("body_names", config).select(
        spelling=canonical_name("spelling"), said="source"
    )
    return (
        named.group_by("spelling", "body_id")
        .agg(method=pl.col("method").min(), statements=pl.col("statement_id").n_unique())
        .join(said.unique("spelling", keep="first", maintain_order=True), on="spelling", how="left")
        .with_columns(
            source=pl.when(pl.col("method") == "accepted")
            .then(pl.coalesce("said", pl.lit("body_names.csv")))
            .otherwise(pl.lit("表中印出 / printed in tables"))
        )
    )


def _parents(staged: StagedReadings, statement_ids: pl.Series) -> pl.DataFrame:
    """Units and the departments whose current books list them, with first and last year."""
    units = staged.of_statements(
        "statement_unit", statement_ids, ("statement_id", "spending_unit_id")
    )
    statements = staged.of_statements(
        "statement", statement_ids,
        ("statement_id", "reporting_body_id", "consolidation", "fiscal_year"),
    )  # fmt: skip
    if units.is_empty() or statements.is_empty():
        return pl.DataFrame(schema=tables()["body_parent"].polars_schema())
    of_departments = statements.filter(pl.col("consolidation") == "department").drop_nulls(
        ["reporting_body_id", "fiscal_year"]
    )
    return (
        units.join(of_departments, on="statement_id", how="inner")
        .filter(pl.col("spending_unit_id") != pl.col("reporting_body_id"))
        .group_by(body_id="spending_unit_id", parent_body_id="reporting_body_id")
        .agg(
            first_year=pl.col("fiscal_year").min(),
            last_year=pl.col("fiscal_year").max(),
            statements=pl.col("statement_id").n_unique(),
        )
    )


def _with_parents(bodies: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    """The department of the latest year, where that is one; its region, where none is said."""
    latest = (
        parents.filter(pl.col("last_year") == pl.col("last_year").max().over("body_id"))
        .filter(pl.len().over("body_id") == 1)
        .select("body_id", "parent_body_id")
    )
    of_parents = bodies.select(parent_body_id="body_id", parent_region_id="region_id")
    return (
        bodies.join(latest, on="body_id", how="left", maintain_order="left")
        .join(of_parents, on="parent_body_id", how="left", maintain_order="left")
        .with_columns(region_id=pl.coalesce("region_id", "parent_region_id"))
        .drop("parent_region_id")
    )


def _succession(named: pl.DataFrame, config: Path | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What became of bodies: rows of ``body_succession``, and the bodies that they name."""
    listed = code_list("body_succession", config)
    printed = (
        named.filter(pl.col("former_name").is_not_null())
        .select("former_name", "name", "spelling")
        .filter(pl.col("former_name") != pl.col("name"))
        .sort("former_name", "name", "spelling")
        .unique(["former_name", "name"], keep="first", maintain_order=True)
    )
    several = pl.len().over("name") > 1
    told = pl.concat(
        [
            listed.with_columns(effective_on=pl.col("effective_on").str.to_date("%Y-%m-%d")),
            printed.select(
                predecessor="former_name",
                successor="name",
                kind=pl.when(several).then(pl.lit("merged")).otherwise(pl.lit("renamed")),
                effective_on=pl.lit(None, dtype=pl.Date),
                source=pl.format("表中印作 / printed as: {}", "spelling"),
            ),
        ],
        how="vertical",
    )
    names = pl.concat([told["predecessor"], told["successor"]]).unique(maintain_order=True)
    bodies = told_bodies(
        pl.DataFrame({"printed": names, "place": pl.Series([None] * len(names), dtype=pl.String)}),
        config,
    ).select("printed", "name", "region_id", body_id=body_id("name"))
    keys = bodies.select("printed", "body_id")
    keyed = (
        told.join(keys.rename({"printed": "predecessor", "body_id": "predecessor_body_id"}),
                  on="predecessor", how="left", maintain_order="left")
        .join(keys.rename({"printed": "successor", "body_id": "successor_body_id"}),
              on="successor", how="left", maintain_order="left")
        .filter(pl.col("predecessor_body_id") != pl.col("successor_body_id"))
        .unique(["predecessor_body_id", "successor_body_id"], keep="first", maintain_order=True)
    )  # fmt: skip
    kept = _connected(keyed, named["body_id"])
    ends = pl.concat([kept["predecessor_body_id"], kept["successor_body_id"]])
    return kept, bodies.filter(pl.col("body_id").is_in(ends.unique().implode())).drop("printed")


def _connected(keyed: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Rows that link, over however many others, to a body that a statement names."""
    reached = known.unique()
    while True:
        hits = keyed.filter(
            pl.col("predecessor_body_id").is_in(reached.implode())
            | pl.col("successor_body_id").is_in(reached.implode())
        )
        ends = pl.concat([reached, hits["predecessor_body_id"], hits["successor_body_id"]]).unique()
        if len(ends) == len(reached):
            return hits
        reached = ends


def _with_lineage(bodies: pl.DataFrame, succession: pl.DataFrame) -> pl.DataFrame:
    """Validity, the one successor, and the body of today."""
    ended = succession.filter(pl.col("kind") != "transferred")
    ends = ended.group_by(body_id="predecessor_body_id").agg(
        valid_to=(pl.col("effective_on").min() - pl.duration(days=1)).cast(pl.Date),
        successor_body_id=pl.when(pl.len() == 1).then(pl.col("successor_body_id").first()),
        is_whole=pl.col("kind").is_in(WHOLE).all(),
    ).with_columns(
        successor_body_id=pl.when("is_whole").then("successor_body_id")
    ).drop("is_whole")  # fmt: skip
    begins = (
        succession.filter(pl.col("kind").is_in(_BEGINS))
        .group_by(body_id="successor_body_id")
        .agg(valid_from=pl.col("effective_on").min())
    )
    found = bodies.join(ends, on="body_id", how="left", maintain_order="left").join(
        begins, on="body_id", how="left", maintain_order="left"
    )
    return found.join(latest(found).drop("steps"), on="body_id", how="left", maintain_order="left")
