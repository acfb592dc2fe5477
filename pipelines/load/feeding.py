"""Feeding: exactly one statement feeds a spending unit's facts of a year, so nothing counts twice.

A department's book holds rows of units that may publish books of their own, and several kinds of
tables restate one spending. The lowest complete consolidation feeds, then the kind that
``feeding_rules.csv`` ranks first; two that rank equally are a conflict, and the one that the
ledger knows longer feeds. What does not feed corroborates: where its money differs, that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import code_list
from schemas.tables.vocabulary import CONSOLIDATIONS

if TYPE_CHECKING:
    from pathlib import Path

MONEY = "fact_project_funding"
_UNIT_YEAR = ("fact", "spending_unit_id", "fiscal_year", "phase", "fund_scope")


def feeding(
    current: pl.DataFrame, lines: pl.DataFrame, config: Path | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Which statement feeds which spending unit.

    Args:
        current: Current statements: ``statement_id, kind, consolidation, fiscal_year, phase,
            fund_scope, event_id`` (the ledger's, of the version).
        lines: Their project lines: ``statement_id, spending_unit_id``.
        config: The operator's own code lists.

    Returns:
        ``fact, statement_id, spending_unit_id`` of what feeds; the same of what ranks equally
        with something that feeds, with ``feeds_statement_id``; and so of what ranks below it.
    """
    rules = code_list("feeding_rules", config).select(
        "fact", "kind", kind_rank=pl.col("kind_rank").cast(pl.Int32)
    )
    ranks = {name: rank for rank, name in enumerate(CONSOLIDATIONS)}
    claims = (
        lines.select("statement_id", "spending_unit_id")
        .unique()
        .join(current, on="statement_id", how="inner")
        .join(rules, on="kind", how="inner")
        .with_columns(level=pl.col("consolidation").replace_strict(ranks, return_dtype=pl.Int32))
        .sort(*_UNIT_YEAR, "level", "kind_rank", "event_id", "statement_id")
    )
    first = {name: pl.col(name).first().over(_UNIT_YEAR) for name in ("level", "kind_rank")}
    ranked = claims.with_columns(
        is_first=pl.int_range(pl.len()).over(_UNIT_YEAR) == 0,
        is_tie=(pl.col("level") == first["level"]) & (pl.col("kind_rank") == first["kind_rank"]),
        feeds_statement_id=pl.col("statement_id").first().over(_UNIT_YEAR),
    )
    columns = ["fact", "statement_id", "spending_unit_id"]
    feeds = ranked.filter(pl.col("is_first")).select(columns)
    others = ranked.filter(~pl.col("is_first")).select(*columns, "feeds_statement_id", "is_tie")
    ties, below = (others.filter(is_tie=tie).drop("is_tie") for tie in (True, False))
    return feeds, ties, below


def differing(below: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
    """Of what ranks below what feeds, the units whose money is not the same in both.

    Args:
        below: As ``feeding`` returns it.
        money: Facts of the current statements: ``statement_id, spending_unit_id, amount_yuan``.

    Returns:
        ``statement_id, spending_unit_id, feeds_statement_id``, and the sums of both:
        ``amount_yuan, feeds_amount_yuan``.
    """
    sums = money.group_by("statement_id", "spending_unit_id").agg(pl.col("amount_yuan").sum())
    theirs = sums.rename({"statement_id": "feeds_statement_id", "amount_yuan": "feeds_amount_yuan"})
    return (
        below.filter(pl.col("fact") == MONEY)
        .drop("fact")
        .join(sums, on=["statement_id", "spending_unit_id"], how="left", maintain_order="left")
        .join(
            theirs,
            on=["feeds_statement_id", "spending_unit_id"],
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("amount_yuan", "feeds_amount_yuan").fill_null(0))
        .filter(pl.col("amount_yuan") != pl.col("feeds_amount_yuan"))
    )
