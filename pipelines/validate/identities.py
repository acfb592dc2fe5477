"""Identities: printed sums against the sums of their parts, exactly, in integer fen.

Printed figures are rounded, so a sum of n of them may differ from its printed total by up to
(n+1) × half a unit in the last printed place: the envelope. Beyond 3·√((n+1)/12) units, three
standard deviations of that many rounding errors, a difference within it is suspect.
"""

from __future__ import annotations

import polars as pl

from pipelines.recognise.items import place_expr
from pipelines.values.amounts import yuan_expr
from pipelines.values.keys import key_expr

_TOTAL = "total"
_CONTROL = ("statement_id", "line_no", "measure")


def control_totals(amounts: pl.DataFrame) -> pl.DataFrame:
    """Every printed sum with its verdict.

    Args:
        amounts: Stated amounts with the roles of their rows (``amount`` of conform).

    Returns:
        One row per printed sum and identity: ``statement_id, identity_id, line_no, place, label,
        measure, printed_fen`` (null where the total is blank though its parts are not),
        ``computed_fen, part_count, envelope_fen, verdict`` and the same in yuan.
    """
    known = amounts.filter(pl.col("fen").is_not_null()).with_columns(
        # A table prints to one place: a figure with fewer decimals has lost trailing zeros.
        ulp=_last_place_in_fen().min().over("statement_id"),
        place=place_expr(),
    )
    by_role = {
        role: known.filter(pl.col("row_role") == role)
        for role in ("grand_total", "unit", "project")
    }
    grand, units, projects = by_role["grand_total"], by_role["unit"], by_role["project"]
    is_total = pl.col("measure") == _TOTAL
    checks = [
        _check("row_total_is_sum_of_funds", known.filter(is_total), known.filter(~is_total),
               ["statement_id", "line_no"]),
        _check("grand_total_is_sum_of_units", grand, units, ["statement_id", "measure"]),
        _check("grand_total_is_sum_of_projects", grand, projects, ["statement_id", "measure"]),
        _check("unit_total_is_sum_of_projects", units.with_columns(unit_line="line_no"), projects,
               ["statement_id", "unit_line", "measure"]),
    ]  # fmt: skip
    return _judged(pl.concat(checks))


def unstated_totals(amounts: pl.DataFrame) -> pl.DataFrame:
    """Measures whose grand total is blank though projects state amounts in them.

    Grain: one row per statement and measure: ``statement_id, measure, place, computed_fen``.
    """
    known = amounts.filter(pl.col("fen").is_not_null())
    grand = known.filter(pl.col("row_role") == "grand_total")
    projects = known.filter(pl.col("row_role") == "project").with_columns(place=place_expr())
    return (
        projects.join(grand, on=["statement_id", "measure"], how="anti")
        .join(grand, on="statement_id", how="semi")
        .group_by("statement_id", "measure", maintain_order=True)
        .agg(pl.col("place").first(), computed_fen=pl.col("fen").cast(pl.Int128).sum())
        .filter(pl.col("computed_fen") != 0)
    )


def _last_place_in_fen() -> pl.Expr:
    """A unit of the last printed place, in fen; 0 where it is finer than a fen."""
    shift = pl.col("exponent") + 2 - pl.col("decimals")
    power = pl.lit(10, dtype=pl.Int64).pow(shift.clip(0, 16).cast(pl.UInt32))
    return pl.when(shift >= 0).then(power).otherwise(0)


def _check(
    identity_id: str, printed: pl.DataFrame, parts: pl.DataFrame, on: list[str]
) -> pl.DataFrame:
    sums = parts.group_by(on).agg(
        computed_fen=pl.col("fen").cast(pl.Int128).sum(), part_count=pl.len().cast(pl.Int32),
        part_ulp=pl.col("ulp").max(),
    )  # fmt: skip
    joined = printed.join(sums, on=on, how="left", maintain_order="left", nulls_equal=False)
    return joined.select(
        *_CONTROL,
        "place",
        pl.col("label").fill_null(""),
        identity_id=pl.lit(identity_id),
        printed_fen="fen",
        computed_fen=pl.col("computed_fen").fill_null(0),
        part_count=pl.col("part_count").fill_null(0),
        ulp=pl.max_horizontal("ulp", pl.col("part_ulp").fill_null(0)),
    )


def _judged(checks: pl.DataFrame) -> pl.DataFrame:
    difference = (pl.col("printed_fen") - pl.col("computed_fen")).abs()
    terms = pl.col("part_count") + 1
    likely = 3 * (terms.cast(pl.Float64) / 12).sqrt() * pl.col("ulp")
    verdict = (
        pl.when(difference == 0)
        .then(pl.lit("exact"))
        .when(2 * difference > terms * pl.col("ulp"))
        .then(pl.lit("broken"))
        .when(difference > likely)
        .then(pl.lit("suspect"))
        .otherwise(pl.lit("within_rounding"))
    )
    judged = checks.with_columns(verdict=verdict, envelope_fen=terms * pl.col("ulp") // 2)
    return judged.with_columns(
        control_id=key_expr(pl.lit("control"), "identity_id", *_CONTROL),
        printed_yuan=yuan_expr("printed_fen"),
        computed_yuan=yuan_expr("computed_fen"),
        envelope_yuan=yuan_expr("envelope_fen"),
    )
