"""Statements whose table is another statement today: its body, year or phase is told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pipelines.load.staged import StagedReadings


def left_statements(staged: StagedReadings) -> set[tuple[str, str]]:
    """Document and key of statements whose table is complete today under another key.

    So it is when names of bodies are told otherwise than before: the table is the same, by its
    number among as many statements, kind, layout, title and rows.
    """
    kept = staged.statements(current=False)
    if kept.is_empty():
        return set()
    same = ["document_id", "statement_no", "statements", "kind", "layout_id", "title", "row_count"]
    known = kept.drop_nulls("statement_key_id").with_columns(
        statements=pl.col("statement_no").max().over("reading_id"),
        is_today=pl.col("reading_id").is_in(list(staged.keys)),
    )
    today = known.filter(pl.col("is_today") & (pl.col("status") == "complete"))
    before = known.filter(~pl.col("is_today"))
    found = before.join(
        today.select(*same, now="statement_key_id"), on=same, how="inner", nulls_equal=True
    ).filter(pl.col("now") != pl.col("statement_key_id"))
    return set(found.select("document_id", "statement_key_id").rows())
