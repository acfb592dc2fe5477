"""Identities across documents: tables of one body and year that were printed apart.

Those within a document were checked with it. What is current together is known only when a build
is made, and so are these; they never withhold anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.validate.breaches import documents_disagree
from pipelines.validate.crossed import BUDGET, cross_controls
from pipelines.validate.verdicts import Checked
from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.load.staged import StagedReadings

#: Statements whose figures are held against one another at once, about so many.
_AT_ONCE = 10_000
#: Tables of a build to which identities across documents are added.
CROSSED = ("control_total", "control_source", "finding")


def across_documents(
    staged: StagedReadings, loaded: pl.DataFrame, config: Path | None
) -> dict[str, pl.DataFrame]:
    """Rows of ``CROSSED`` for identities whose tables stand in several readings.

    Args:
        staged: The staged readings.
        loaded: ``statement_id`` of the statements that are current.
        config: The operator's own code lists.
    """
    shapes = {name: tables()[name].polars_schema() for name in CROSSED}
    found = {name: [pl.DataFrame(schema=shape)] for name, shape in shapes.items()}
    if not loaded.is_empty():
        statements = _of_several(staged.of_statements("statement", loaded["statement_id"]))
        for some in by_bodies(statements):
            for name, frame in _of_some(staged, some, config).items():
                columns = (pl.col(column).cast(dtype) for column, dtype in shapes[name].items())
                found[name].append(frame.select(columns))
    return {name: pl.concat(frames) for name, frames in found.items()}


def _of_some(
    staged: StagedReadings, statements: pl.DataFrame, config: Path | None
) -> dict[str, pl.DataFrame]:
    """The rows of these statements."""
    printed = staged.of_statements("printed_amount", statements["statement_id"])
    if printed.is_empty():
        return {}
    crossed = _apart(cross_controls(printed, statements, config), statements)
    findings = documents_disagree(crossed.controls, statements, config)
    return dict(zip(CROSSED, (*crossed, findings), strict=True))


def by_bodies(statements: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Statements in pieces, whole bodies each: no identity is of two bodies."""
    ordered = statements.sort("reporting_body_id", maintain_order=True)
    bodies = ordered.group_by("reporting_body_id", maintain_order=True).len()
    piece = bodies.with_columns(piece=pl.col("len").cum_sum() // _AT_ONCE)
    placed = ordered.join(piece.drop("len"), on="reporting_body_id", maintain_order="left")
    for (_,), some in placed.group_by("piece", maintain_order=True):
        yield some.drop("piece")


def _of_several(statements: pl.DataFrame) -> pl.DataFrame:
    """Those of a body and year that several readings tell of."""
    return statements.filter(pl.col("reading_id").n_unique().over(BUDGET[:-1]) > 1)


def _apart(crossed: Checked, statements: pl.DataFrame) -> Checked:
    """Only the identities whose figures are of more than one reading."""
    readings = (
        crossed.sources.join(
            statements.select("statement_id", "reading_id"), on="statement_id", how="inner"
        )
        .group_by("control_id")
        .agg(pl.col("reading_id").n_unique())
        .filter(pl.col("reading_id") > 1)
    )
    return Checked(*(f.join(readings, on="control_id", how="semi", maintain_order="left")
                     for f in crossed))  # fmt: skip
