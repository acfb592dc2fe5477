"""Statements whose rows are lines of amounts: tables, side by side or not.

Every shape but forms, lists of indicators and lists of items bought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.amounts import column_nodes, printed_amounts, stated, with_rows
from pipelines.normalise.cells import LINE, STATEMENT, body_cells, placed_cells, ragged_lines
from pipelines.normalise.items import row_items
from pipelines.normalise.lines import lines
from pipelines.normalise.rows import printed_rows
from pipelines.normalise.targets import indicator_records
from pipelines.recognise.items import ITEM_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Shapes of layouts that are read here.
SHAPES = ("row_per_project", "row_per_unit", "row_per_code", "row_per_line", "single_row",
          "side_by_side")  # fmt: skip
#: What is printed in a field, by its role.
FIELDS = {
    "label": "label", "code": "label", "text": "label", "number": "line_number",
    "project": "label", "economic": "label", "item": "label", "method": "label",
    "spending_unit": "label", "level_1": "label", "level_2": "label", "indicator_name": "label",
    "private": "private",
}  # fmt: skip


def read_tables(
    recognised: Mapping[str, pl.DataFrame], config: Path | None = None
) -> dict[str, pl.DataFrame]:
    """Records of the statements of these shapes.

    Args:
        recognised: Frames of ``pipelines.recognise.documents.recognise``, of statements those of
            these shapes.
        config: The operator's own code lists.

    Returns:
        ``row``, ``amount``, ``indicator``, ``value``, ``clause``, ``item``; and ``decided``: what
        each body cell turned out to be (``reading_id, owner_id, body_disposition``).
    """
    statements = recognised["statement"]
    columns = recognised["column"].join(statements, on=STATEMENT, how="semi")
    cells = recognised["cell"].join(statements, on=STATEMENT, how="semi")
    placed = placed_cells(body_cells(cells), columns)
    ragged = ragged_lines(placed, columns)
    whole = placed.join(ragged, on=LINE, how="anti")
    printed = printed_amounts(whole, column_nodes(columns, config), statements)
    rows = printed_rows(lines(whole, statements, config), whole, printed, config)
    amounts = with_rows(printed, rows, config)
    records = indicator_records(rows)
    unread = records.pop("unread")
    items = [row_items(placed, ragged, rows, printed, config), unread_items(unread)]
    return {
        "row": rows.drop("is_known", "named_node", "key", "has_amount"),
        "amount": stated(amounts),
        **records,
        "item": pl.concat(items)
        .join(statements.select(*STATEMENT, "document_id"), on=STATEMENT, how="left",
              maintain_order="left")
        .select(list(ITEM_SCHEMA)),
        "decided": decided_cells(placed, ragged, rows, amounts),
    }  # fmt: skip


def unread_items(unread: pl.DataFrame) -> pl.DataFrame:
    """Items of what did not fit its place among indicators and goals, without a document."""
    return unread.select(
        *STATEMENT, "place", rule_id=pl.lit("indicator_unparsed"), found="found",
        expected="expected", level=pl.lit("row"), subject="found",
        clues=pl.lit(None, dtype=pl.String), blocks=pl.lit("none"),
    )  # fmt: skip


def decided_cells(
    placed: pl.DataFrame,
    ragged: pl.DataFrame,
    rows: pl.DataFrame,
    amounts: pl.DataFrame,
) -> pl.DataFrame:
    """What each cell is, by its row and column; what is in doubt in one of its rows, is.

    An amount is a control unless nothing is printed below it; what is compared or told beside is
    a value.
    """
    filled = placed.filter((pl.col("text") != "") & ~pl.col("is_yielded"))
    of_amounts = amounts.select(
        *LINE, "cell_id", is_malformed=pl.col("amount_state") == "malformed",
        is_value=pl.col("is_leaf") | pl.col("is_memo")
        | (pl.col("period") != "this_year") | pl.col("phase").is_not_null(),
    )  # fmt: skip
    roles = rows.select(*LINE, "row_role")
    known = (
        filled.join(ragged.with_columns(is_ragged=True), on=LINE, how="left")
        .join(roles, on=LINE, how="left")
        .join(of_amounts, on=[*LINE, "cell_id"], how="left")
    )
    doubted = (
        pl.col("is_ragged") | pl.col("is_malformed") | (pl.col("row_role") == "unlabelled")
    ).fill_null(value=False) | pl.col("role").is_null()
    said = (
        pl.when(doubted)
        .then(pl.lit("quarantined"))
        .when((pl.col("role") == "amount") & ~pl.col("is_value"))
        .then(pl.lit("control"))
        .otherwise(pl.col("role").replace_strict(FIELDS, default="value"))
    )
    order = pl.Enum(["private", "quarantined", "value", "control", "label", "line_number"])
    return (
        known.with_columns(body_disposition=said.cast(order))
        .group_by("reading_id", "owner_id")
        .agg(pl.col("body_disposition").min().cast(pl.String))
    )
