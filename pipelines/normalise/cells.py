"""Cells below headers: the rows of their statement and the columns that each one stands under.

A merged cell belongs to every row that it covers, and is what the columns that it covers make of
it: a label above all. So a total printed over label, code and amount is a label of each block
whose label column it covers, and the amount beside it is the amount of each of them.
"""

from __future__ import annotations

import polars as pl

from pipelines.recognise.tables import logical_cells

#: Identifies a printed row within a batch, and one within a block: tables stand side by side.
ROW = ("reading_id", "statement_no", "line_no")
LINE = (*ROW, "block")
STATEMENT = ("reading_id", "statement_no")
BLOCK = (*STATEMENT, "block")
#: Columns whose cells are of one row and one column only, and may not be missing.
_OWN = ("amount", "goal", "packed_indicators")
_NAMES = ("label", "code")
_CELL = ("reading_id", "owner_id", "line_no")


def body_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Logical cells below headers: one row for each row of its statement that a cell covers.

    A merged cell that the end of a page cuts covers the rows of its parts on both pages. Adds
    ``line_no``: the row of the statement, counted over its tables.
    """
    body = logical_cells(cells.filter(pl.col("is_body")))
    place = ["reading_id", "owner_id"]
    parts = cells.filter(pl.col("cell_id") != pl.col("owner_id")).select(
        *place, part_row="table_row", part_span="table_row_span"
    )
    cut = body.join(parts, on=place, how="inner", maintain_order="left")
    covered = pl.concat(
        [
            body.with_columns(printed_row=_covered("table_row", "table_row_span")),
            cut.with_columns(printed_row=_covered("part_row", "part_span")).drop(
                "part_row", "part_span"
            ),
        ]
    )
    return (
        covered.explode("printed_row")
        .unique([*place, "table_no", "table_col", "printed_row"], maintain_order=True)
        .sort("reading_id", "table_no", "printed_row", "table_col")
        .with_columns(
            line_no=pl.struct("table_no", "printed_row")
            .rank("dense")
            .over(STATEMENT)
            .cast(pl.Int32)
        )
    )


def placed_cells(body: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """What each cell is in each row and column that it stands in.

    Args:
        body: As ``body_cells`` gives them.
        columns: Printed columns with what they are (``column`` of recognition).

    Returns:
        One row per cell, ``line_no`` and printed column, with what is known of the column
        (``role`` is null below none) and

        - ``piece``: which of the block's columns of this role it is, from the left;
        - ``is_more``: a name that begins in a piece further left;
        - ``is_yielded``: an amount column over which the label of its own block is printed;
        - ``is_stretched``: the cell stands for several fields, or for a field of several rows.
    """
    pieces = ["reading_id", "table_no", "block", "role"]
    known = columns.drop("statement_no").with_columns(
        piece=pl.col("table_col").rank("dense").over(pieces).cast(pl.Int32)
    )
    covered = (
        body.with_columns(printed_col=_covered("table_col", "col_span"))
        .explode("printed_col")
        .join(known.rename({"table_col": "printed_col"}),
              on=["reading_id", "table_no", "printed_col"], how="left", maintain_order="left")
    )  # fmt: skip
    return _meant(covered)


def _covered(first: str, span: str) -> pl.Expr:
    return pl.int_ranges(first, pl.col(first) + pl.col(span)).cast(pl.List(pl.Int32))


def _meant(covered: pl.DataFrame) -> pl.DataFrame:
    """Of the columns that a cell covers, those that it stands in; a blank one stands in each."""
    filled = pl.col("text") != ""
    is_headed = pl.col("role").is_not_null()
    is_label = (pl.col("role") == "label").fill_null(value=False)
    is_amount = (pl.col("role") == "amount").fill_null(value=False)
    named = filled & is_label.any().over(_CELL)
    yielded = named & is_amount & is_label.any().over([*_CELL, "block"])
    stands = (
        covered.filter(is_headed | ~is_headed.any().over(_CELL))
        .with_columns(is_yielded=yielded)
        .filter(~named | is_label | pl.col("is_yielded"))
    )
    is_name = pl.col("role").is_in(_NAMES)
    field = pl.when(~is_name & ~pl.col("is_yielded")).then("column_no")
    is_several = (field.n_unique().over(_CELL) > 1) & ~named
    is_high = (pl.col("table_row_span") > 1) & pl.col("role").is_in(_OWN) & ~pl.col("is_yielded")
    first = pl.col("printed_col").min().over([*_CELL, "block", "role"])
    return stands.with_columns(
        is_more=(is_name & filled & (pl.col("printed_col") > first)).fill_null(value=False),
        is_stretched=(filled & (is_several | is_high)).fill_null(value=False),
    )


def ragged_lines(placed: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """LINE of rows that have not one cell of its own for each amount, goal and packed cell.

    Those whose cells are missing, two, or shared with another field or row; and rows that have
    cells beyond their header. A label printed over the amount of its own block is no fault.
    """
    owing = columns.filter(pl.col("role").is_in(_OWN)).select(
        "reading_id", "table_no", "block", "column_no"
    ).unique(maintain_order=True)  # fmt: skip
    rows = placed.select(*ROW, "table_no").unique(maintain_order=True)
    filled = pl.col("text") != ""
    found = placed.filter(pl.col("role").is_in(_OWN)).group_by(*LINE, "column_no").agg(
        is_own=~pl.col("is_stretched").any()
        & (pl.col("owner_id").filter(filled).n_unique() <= 1)
    )  # fmt: skip
    at_fault = (
        rows.join(owing, on=["reading_id", "table_no"], how="inner", maintain_order="left")
        .join(found, on=[*LINE, "column_no"], how="left", maintain_order="left")
        .filter(~pl.col("is_own").fill_null(value=False))
        .select(LINE)
    )
    is_beyond = filled & (pl.col("table_col") + pl.col("col_span") - 1 > pl.col("width"))
    beyond = placed.filter(is_beyond).select(ROW)
    blocks = columns.select(BLOCK).unique(maintain_order=True)
    return pl.concat([at_fault, beyond.join(blocks, on=STATEMENT).select(LINE)]).unique(
        maintain_order=True
    )
