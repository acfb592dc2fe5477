"""Normalise a batch: recognised statements → records, and what each body cell turned out to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.rows import (
    ROW,
    STATEMENT,
    body_cells,
    printed_rows,
    row_items,
    with_amounts,
)
from pipelines.normalise.targets import indicator_records
from pipelines.recognise.items import ITEM_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping


def normalise(recognised: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Typed records of a batch.

    Args:
        recognised: Frames of ``pipelines.recognise.documents.recognise``.

    Returns:
        ``row`` (printed rows with roles), ``amount`` (every stated amount, exact, with its row's
        role), ``indicator``, ``value``, ``clause``, ``item`` (all that waits so far), ``cell``
        (all cells, each non-blank one with its disposition); the other frames as they came.
    """
    body = with_amounts(body_cells(recognised["cell"]), recognised["statement"])
    rows = printed_rows(body)
    records = indicator_records(rows)
    unread = records.pop("unread")
    items = [
        recognised["item"],
        row_items(body, rows),
        _unread_items(unread, recognised["statement"]),
    ]
    return {
        **recognised,
        "row": rows,
        "amount": _amounts(body, rows),
        **records,
        "item": pl.concat(items),
        "cell": _disposed(recognised["cell"], body, rows),
    }


def _amounts(body: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Stated amounts of whole rows: a blank, a dash or a word makes no row."""
    stated = body.filter((pl.col("amount_state") == "stated") & ~pl.col("is_ragged"))
    measure = pl.coalesce("fund_source_id", "role")
    return stated.with_columns(measure=measure).join(
        rows.select(*ROW, "row_role", "unit_line", "label"), on=ROW, how="inner",
        maintain_order="left",
    ).select(
        *ROW, "row_role", "unit_line", "label", "measure", "role", "fund_source_id", "cell_id",
        "text", "digits", "decimals", "exponent", "fen", "page_no", "grid_no", "row_no", "col_no",
    )  # fmt: skip


def _unread_items(unread: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    documents = statements.select(*STATEMENT, "document_id")
    return (
        unread.join(documents, on=STATEMENT, how="left", maintain_order="left")
        .with_columns(
            level=pl.lit("row"),
            rule_id=pl.lit("indicator_unparsed"),
            subject=pl.col("found"),
            clues=pl.lit(None, dtype=pl.String),
            blocks=pl.lit("none"),
        )
        .select(list(ITEM_SCHEMA))
    )


def _disposed(cells: pl.DataFrame, body: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """All cells; those of bodies get their disposition from their row's role and column's role.

    A part of a cell gets that of the cell.
    """
    known = body.join(rows.select(*ROW, "row_role"), on=ROW, how="left", maintain_order="left")
    is_control_row = pl.col("row_role").is_in(["grand_total", "unit"])
    is_amount = pl.col("role").is_in(["total", "fund"])
    decided = known.select(
        "reading_id",
        "owner_id",
        body_disposition=pl.when(pl.col("text") == "")
        .then(None)
        .when(
            pl.col("is_ragged")
            | pl.col("role").is_null()
            | (pl.col("amount_state") == "malformed").fill_null(value=False)
            | (pl.col("row_role") == "unlabelled").fill_null(value=False)
        )
        .then(pl.lit("quarantined"))
        .when(pl.col("role") == "label")
        .then(pl.lit("label"))
        .when(is_amount & (is_control_row | (pl.col("role") == "total")))
        .then(pl.lit("control"))
        .otherwise(pl.lit("value")),
    )
    return (
        cells.join(decided, on=["reading_id", "owner_id"], how="left", maintain_order="left")
        .with_columns(
            disposition=pl.when(pl.col("is_body") & (pl.col("text") != ""))
            .then("body_disposition")
            .otherwise("disposition")
        )
        .drop("body_disposition")
    )
