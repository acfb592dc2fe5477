"""Facts of a batch summed by statement, and by whose money they are: what feeding is decided on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.registry import tables
from schemas.tables.base import MONEY

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The frame's name among those of an accepted batch.
SUMS = "fact_sum"
_KEY = ("fact", "statement_id", "spending_unit_id", "is_whole")
SUM_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(_KEY, pl.String),
    "is_whole": pl.Boolean,
    "amount_yuan": pl.Decimal(*MONEY),
    "rounding_yuan": pl.Decimal(*MONEY),
}


def fact_names() -> list[str]:
    """All fact tables."""
    return [name for name, spec in tables().items() if spec.role == "fact"]


def whose(table: str) -> tuple[pl.Expr, pl.Expr]:
    """Whose a fact is (its unit, or the reporting body as a whole), and whether as a whole."""
    body = pl.col("reporting_body_id")
    if "spending_unit_id" not in tables()[table].column_names():
        return body, pl.lit(value=True)
    unit = pl.col("spending_unit_id")
    return pl.coalesce(unit, body), unit.is_null()


def fact_sums(accepted: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Facts summed: a row per fact table, statement and whose it is, as ``SUM_SCHEMA`` has it.

    ``amount_yuan`` is null for facts that are no money; ``rounding_yuan`` is how far rounding may
    have moved it: by half of the last place that its statement prints, for each of its facts.

    Args:
        accepted: Facts and ``printed_amount`` of a batch; a table that it lacks has no rows.
    """
    shape = {name: SUM_SCHEMA[name] for name in (*_KEY, "amount_yuan")} | {"facts": pl.UInt32}
    found = [pl.DataFrame(schema=shape)]
    for table in fact_names():
        if table not in accepted or accepted[table].is_empty():
            continue
        unit, is_whole = whose(table)
        is_money = "amount_yuan" in tables()[table].column_names()
        amount = pl.col("amount_yuan").sum() if is_money else pl.lit(None)
        found.append(
            accepted[table]
            .group_by("statement_id", spending_unit_id=unit, is_whole=is_whole)
            .agg(amount_yuan=amount.cast(SUM_SCHEMA["amount_yuan"]), facts=pl.len())
            .with_columns(fact=pl.lit(table))
            .select(list(shape))
        )
    rounding = (pl.col("facts") * pl.col("last_place_yuan") / 2).cast(SUM_SCHEMA["rounding_yuan"])
    return (
        pl.concat(found)
        .join(_last_places(accepted), on="statement_id", how="left")
        .with_columns(rounding_yuan=rounding.fill_null(0))
        .select(list(SUM_SCHEMA))
        .sort(_KEY)
    )


def _last_places(accepted: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The last place that a statement prints, as identities take it: the finest of its amounts."""
    if "printed_amount" not in accepted or accepted["printed_amount"].is_empty():
        return pl.DataFrame(
            schema={"statement_id": pl.String, "last_place_yuan": pl.Decimal(*MONEY)}
        )
    return (
        accepted["printed_amount"]
        .group_by("statement_id")
        .agg(pl.col("last_place_yuan").fill_null(0).min())
    )
