"""Sums of the staged facts of statements, by whose money they are; and whether they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.load.feeding import fact_names
from schemas.registry import tables
from schemas.tables.base import MONEY

if TYPE_CHECKING:
    from pipelines.load.staged import StagedReadings

_SCHEMA: dict[str, Any] = {
    "fact": pl.String,
    "statement_id": pl.String,
    "spending_unit_id": pl.String,
    "is_whole": pl.Boolean,
    "amount_yuan": pl.Decimal(*MONEY),
    "facts": pl.UInt32,
}


def whose(table: str) -> tuple[pl.Expr, pl.Expr]:
    """Whose a fact is (its unit, or the reporting body as a whole), and whether as a whole."""
    body = pl.col("reporting_body_id")
    if "spending_unit_id" not in tables()[table].column_names():
        return body, pl.lit(value=True)
    unit = pl.col("spending_unit_id")
    return pl.coalesce(unit, body), unit.is_null()


def fact_sums(staged: StagedReadings, statement_ids: pl.Series) -> pl.DataFrame:
    """Facts of these statements summed: a row per fact table, statement and whose it is.

    ``amount_yuan`` is null for facts that are no money; ``rounding_yuan`` is how far rounding may
    have moved it: by half of the last place that its statement prints, for each of its facts.
    """
    wanted = pl.col("statement_id").is_in(statement_ids.unique().implode())
    found = [pl.DataFrame(schema=_SCHEMA)]
    for table in fact_names():
        unit, is_whole = whose(table)
        is_money = "amount_yuan" in tables()[table].column_names()
        amount = pl.col("amount_yuan").sum() if is_money else pl.lit(None)
        found += [
            pl.scan_parquet(path)
            .filter(wanted)
            .group_by("statement_id", spending_unit_id=unit, is_whole=is_whole)
            .agg(amount_yuan=amount.cast(_SCHEMA["amount_yuan"]), facts=pl.len())
            .with_columns(fact=pl.lit(table))
            .select(list(_SCHEMA))
            .collect()
            for path in staged.paths(table)
        ]
    rounding = (pl.col("facts") * pl.col("last_place_yuan") / 2).cast(pl.Decimal(*MONEY))
    return (
        pl.concat(found)
        .join(_last_places(staged, wanted), on="statement_id", how="left")
        .with_columns(rounding_yuan=rounding.fill_null(0))
        .drop("facts", "last_place_yuan")
        .sort("fact", "statement_id", "spending_unit_id")
    )


def _last_places(staged: StagedReadings, wanted: pl.Expr) -> pl.DataFrame:
    """The last place that a statement prints, as identities take it: the finest of its amounts."""
    schema: dict[str, Any] = {"statement_id": pl.String, "last_place_yuan": pl.Decimal(*MONEY)}
    found = [
        pl.scan_parquet(path)
        .filter(wanted)
        .group_by("statement_id")
        .agg(pl.col("last_place_yuan").fill_null(0).min())
        .collect()
        for path in staged.paths("printed_amount")
    ]
    return pl.concat([pl.DataFrame(schema=schema), *found]).group_by("statement_id").min()


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
