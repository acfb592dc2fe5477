"""Verdicts: how far two sums of printed figures may differ, exactly, in integer fen.

Every printed figure is rounded and may be off by half a unit of its last printed place. So two sums
of n figures may differ by n × half a unit: the envelope. Beyond 3·√(n/12) units, three standard
deviations of that many rounding errors, a difference within it is suspect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from pipelines.values.amounts import yuan_expr
from pipelines.values.keys import key_expr

if TYPE_CHECKING:
    from collections.abc import Sequence

PRINTED, COMPUTED = "printed", "computed"
#: A figure on one side of a check. ``key`` tells apart what one statement is checked for by one
#: identity; ``line_no`` and ``label`` are of the check, ``place`` of the figure.
CELL_SCHEMA: dict[str, Any] = {
    "identity_id": pl.String,
    "strength": pl.String,
    "is_inclusion": pl.Boolean,
    "key": pl.String,
    "measure": pl.String,
    "line_no": pl.Int32,
    "label": pl.String,
    "side": pl.String,
    "statement_id": pl.String,
    "cell_id": pl.String,
    "place": pl.String,
    "fen": pl.Int64,
    "ulp": pl.Int64,
}
#: Verdicts that a check holds, with what it says printed.
HOLDS = ("exact", "within_rounding")


class Checked(NamedTuple):
    """Identities that were checked.

    Attributes:
        controls: A row per check: ``control_id, statement_id`` (of its first figure, the printed
            side first), ``identity_id, strength, line_no, label, measure, place, printed_fen``
            (null: blank), ``computed_fen, part_count, statement_count, envelope_fen, ratio,
            verdict`` and the amounts in yuan.
        sources: The figures of both sides: ``control_id, control_statement_id, side, cell_id,
            statement_id`` (whose cell it is), ``place``.
    """

    controls: pl.DataFrame
    sources: pl.DataFrame


def checked(cells: pl.DataFrame, of: Sequence[str]) -> Checked:
    """Hold the sides of each check against one another.

    Args:
        cells: ``CELL_SCHEMA``, and the columns of ``of``.
        of: What a check is one of, besides identity and key.
    """
    check = ["identity_id", *of, "key"]
    is_printed = pl.col("side") == PRINTED
    ulp = pl.col("ulp").cast(pl.Int128)
    firsts = ("statement_id", "strength", "is_inclusion", "measure", "line_no", "label", "place")
    ordered = cells.sort(~is_printed, maintain_order=True)
    whole = ordered.group_by(check, maintain_order=True).agg(
        *(pl.col(name).first() for name in firsts if name not in of),
        printed_fen=pl.when(is_printed.any()).then(_sum(is_printed)),
        computed_fen=_sum(~is_printed),
        part_count=(~is_printed).sum().cast(pl.Int32),
        statement_count=pl.col("statement_id").n_unique().cast(pl.Int32),
        statements=pl.col("statement_id").unique().sort().str.join(" "),
        units=ulp.sum(),
        squares=(ulp.cast(pl.Float64) ** 2).sum(),
    )
    # A blank above blanks, or above a sum of nothing, says nothing wrong.
    says = whole.filter(pl.col("printed_fen").is_not_null() | (pl.col("computed_fen") != 0))
    controls = _judged(says).with_columns(
        control_id=key_expr(pl.lit("control"), "identity_id", "statement_id", "statements", "key")
    )
    sources = ordered.join(
        controls.select(*check, "control_id", control_statement_id="statement_id"),
        on=check, how="inner", maintain_order="left",
    ).select(
        "control_id", "control_statement_id", "side", "cell_id", "statement_id", "place"
    )  # fmt: skip
    return Checked(controls, sources.unique(maintain_order=True))


def _sum(of_side: pl.Expr) -> pl.Expr:
    return pl.col("fen").filter(of_side).cast(pl.Int128).sum()


def _judged(checks: pl.DataFrame) -> pl.DataFrame:
    """Verdict, envelope, share of an inclusion, and the amounts in yuan."""
    above = pl.col("printed_fen").fill_null(0) - pl.col("computed_fen")
    difference = above.abs()
    verdict = (
        pl.when(difference == 0)
        .then(pl.lit("exact"))
        .when(pl.col("is_inclusion") & (above < 0))
        .then(pl.lit("included"))
        .when((2 * difference > pl.col("units")) | pl.col("printed_fen").is_null())
        .then(pl.lit("broken"))
        .when(difference.cast(pl.Float64) > 3 * (pl.col("squares") / 12).sqrt())
        .then(pl.lit("suspect"))
        .otherwise(pl.lit("within_rounding"))
    )
    share = pl.col("printed_fen").cast(pl.Float64) / pl.col("computed_fen").cast(pl.Float64)
    return checks.with_columns(
        verdict=verdict,
        envelope_fen=pl.col("units") // 2,
        ratio=pl.when(pl.col("is_inclusion") & (pl.col("computed_fen") != 0)).then(share),
    ).with_columns(
        printed_yuan=yuan_expr("printed_fen"),
        computed_yuan=yuan_expr("computed_fen"),
        envelope_yuan=yuan_expr("envelope_fen"),
    )
