"""Amounts as printed: at which row and node of the columns each stands, and exactly how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.cells import BLOCK, LINE, ROW, STATEMENT
from pipelines.normalise.trees import WHOLE, is_root, stands_apart, with_parents
from pipelines.recognise.items import PLACE
from pipelines.values.amounts import fen_expr, money_exponents, read_amounts
from schemas.axes import root

if TYPE_CHECKING:
    from pathlib import Path

#: Columns that are summed together: those of one year and phase, without parts of others.
_SUMMED = (*BLOCK, "period", "phase", "is_memo")
#: One row per LINE and ``column_no``: a stated amount, where it stands along both axes, its cell.
AMOUNT = (
    *ROW, "block", "column_no", "row_role", "unit_line", "label", "measure", "row_axis",
    "row_node", "row_parent", "is_row_leaf", "column_axis", "column_node", "column_parent",
    "is_column_leaf", "period", "phase", "is_memo", "is_leaf", "cell_id", "text", "digits",
    "decimals", "exponent", "fen", *PLACE,
)  # fmt: skip
#: What an amount is called in a block without a column axis, and at the root of all funds.
_PLAIN, _TOTAL = "amount", "total"


def column_nodes(columns: pl.DataFrame, config: Path | None = None) -> pl.DataFrame:
    """Amount columns of statements as a tree.

    One row per BLOCK and ``column_no``: ``measure, column_axis, column_node, column_parent,
    is_column_leaf, period, phase, is_memo``, and ``is_whole``: the column is all of its block.
    """
    amounts = columns.filter(pl.col("role") == "amount").unique(
        [*BLOCK, "column_no"], keep="first", maintain_order=True
    )
    is_own = (pl.col("period") == "this_year") & pl.col("phase").is_null() & ~pl.col("is_memo")
    nodes = amounts.select(
        *_SUMMED, "column_no", "column_axis", column_node=pl.col("node").fill_null(WHOLE)
    )
    axis, node = pl.col("column_axis"), pl.col("column_node")
    all_funds = (axis == "fund_source") & (node == root("fund_source", config))
    return with_parents(nodes, _SUMMED, "column", config).with_columns(
        measure=pl.when(axis == "none").then(pl.lit(_PLAIN)).when(all_funds)
        .then(pl.lit(_TOTAL)).otherwise(node),
        is_whole=((axis == "none") | is_root("column_axis", "column_node", config)) & is_own,
    )  # fmt: skip


def printed_amounts(
    placed: pl.DataFrame, nodes: pl.DataFrame, statements: pl.DataFrame
) -> pl.DataFrame:
    """Cells of amounts of whole rows with how each reads.

    ``fen`` is null where nothing is stated, where the unit is unknown, or where the conversion is
    not exact. An amount beside a label that is printed over the amounts of other blocks is the
    amount of each of them.

    Args:
        placed: As ``pipelines.normalise.cells.placed_cells`` gives them.
        nodes: As ``column_nodes`` gives them.
        statements: With ``unit``.

    Returns:
        One row per LINE and ``column_no``: the cell, ``amount_state, digits, decimals, exponent,
        fen``, and the columns of ``nodes``.
    """
    own = placed.filter((pl.col("role") == "amount") & ~pl.col("is_yielded")).unique(
        [*LINE, "column_no", "owner_id"], keep="first", maintain_order=True
    )
    exponents = money_exponents()
    units = statements.select(
        *STATEMENT,
        exponent=pl.col("unit").replace_strict(exponents, default=None, return_dtype=pl.Int32),
    )
    read = read_amounts(pl.concat([own, _shared(placed, own)]), "text").join(
        units, on=STATEMENT, how="left", maintain_order="left"
    )
    return (
        read.drop("period", "phase", "is_memo", "column_axis", "node", "role")
        .join(nodes, on=[*BLOCK, "column_no"], how="left", maintain_order="left")
        .with_columns(fen=fen_expr("digits", "decimals", "exponent"))
    )


def _shared(placed: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Amounts once more, for blocks whose own amount the label beside them is printed over."""
    label = ["reading_id", "line_no", "label_id"]
    yielded = placed.filter("is_yielded").select(
        *label[:2], "node", "block", "column_no", label_id="owner_id"
    )
    beside = placed.filter((pl.col("role") == "label") & (pl.col("text") != "")).select(
        *LINE, label_id="owner_id"
    ).unique()  # fmt: skip
    given = own.join(beside, on=LINE, how="inner", maintain_order="left")
    return (
        given.drop("block", "column_no")
        .join(yielded, on=[*label, "node"], how="inner", maintain_order="left", nulls_equal=True)
        .select(own.columns)
    )


def with_rows(
    printed: pl.DataFrame, rows: pl.DataFrame, config: Path | None = None
) -> pl.DataFrame:
    """Amounts with where their rows stand along the row axis of their block.

    Args:
        printed: As ``printed_amounts`` gives them.
        rows: As ``pipelines.normalise.rows.printed_rows`` gives them.
        config: The operator's own code lists.

    Returns:
        ``printed`` with what is known of the row, and ``is_leaf``: nothing is printed below it,
        and it is of the statement's own year and phase. What a node tells that stands apart from
        the whole of its axis is a memo, as what a column of that kind does.
    """
    of_rows = rows.select(
        *LINE, "row_role", "unit_line", "label", "row_axis", "row_node", "row_parent",
        "is_row_leaf",
    )  # fmt: skip
    is_own = (pl.col("period") == "this_year") & pl.col("phase").is_null()
    is_leaf = pl.col("is_row_leaf") & pl.col("is_column_leaf") & is_own & ~pl.col("is_memo")
    return (
        printed.drop("row_axis")
        .join(of_rows, on=LINE, how="inner", maintain_order="left")
        .with_columns(is_memo=pl.col("is_memo") | stands_apart("row_axis", "row_node", config))
        .with_columns(is_leaf=is_leaf)
    )


def stated(amounts: pl.DataFrame) -> pl.DataFrame:
    """Amounts that are stated in rows whose node is known: a blank, a dash, a word is none."""
    is_stated = (pl.col("amount_state") == "stated") & pl.col("row_node").is_not_null()
    return amounts.filter(is_stated).select(AMOUNT).sort(*LINE, "column_no")
