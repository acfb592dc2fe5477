"""Sums of the facts of statements, as validation made them; and whether their totals hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.validate.sums import SUM_SCHEMA, SUMS, fact_names, fact_sums

if TYPE_CHECKING:
    from pipelines.load.staged import StagedReadings


def staged_sums(staged: StagedReadings) -> pl.DataFrame:
    """Sums of the facts of all statements that are kept (``SUM_SCHEMA``), in order of their key.

    Of a batch that an earlier program made, without sums, they are made now.
    """
    found = [pl.DataFrame(schema=SUM_SCHEMA)]
    for batch in staged.batches():
        sums = batch.frame(SUMS)
        if not sums.width:
            sums = fact_sums({t: batch.frame(t) for t in (*fact_names(), "printed_amount")})
        found.append(sums)
    return pl.concat(found).sort("fact", "statement_id", "spending_unit_id")


def totals_missed(staged: StagedReadings, statement_ids: pl.Series) -> pl.Series:
    """Those of the statements whose own total, of the whole table, is not what its parts make."""
    cell = ["statement_id", "place"]
    is_missed = (pl.col("verdict") == "broken") & (pl.col("statement_count") == 1)
    controls = staged.of_statements(
        "control_total", statement_ids, [*cell, "verdict", "statement_count"]
    )
    missed = controls.filter(is_missed) if controls.width else controls
    if missed.is_empty():
        return pl.Series("statement_id", [], dtype=pl.String)
    is_root = pl.col("row_parent").is_null() & pl.col("column_parent").is_null()
    printed = staged.of_statements(
        "printed_amount", missed["statement_id"], [*cell, "row_parent", "column_parent"]
    )
    of_roots = missed.join(printed.filter(is_root), on=cell, how="semi")
    return of_roots["statement_id"].unique().sort()
