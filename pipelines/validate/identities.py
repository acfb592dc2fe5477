"""Identities within a table: each printed total against the sum of what stands below it.

Rows and columns run along trees. A printed node's figure is the sum of the nodes whose nearest
printed ancestor it is: along the rows in each column, along the columns in each row. Figures of
another year or phase are held against their like; a part (其中) is in no sum, and within its whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.items import place_expr
from pipelines.validate.verdicts import (
    CELL_SCHEMA,
    COMPUTED,
    PRINTED,
    Checked,
    checked,
)
from pipelines.values.amounts import last_place_expr
from schemas.axes import lineage, root
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

_GRAND, _PROJECT = "grand_total", "project"
_BLOCK = ["statement_id", "block"]
_PERIOD = ["period", "phase"]
_LINE = [*_BLOCK, "line_no"]
_COLUMN = [*_BLOCK, "column_no"]
_NAMED = ("identity_id", "strength")


def control_totals(
    amounts: pl.DataFrame,
    rows: pl.DataFrame,
    columns: pl.DataFrame,
    config: Path | None = None,
) -> Checked:
    """Every printed total with its verdict.

    Args:
        amounts: Stated amounts (``amount`` of conform).
        rows: Printed rows, stated or not, with ``statement_id`` (``row`` of normalise).
        columns: Printed columns with ``statement_id`` (``column`` of recognise). A total that is
            blank though its parts are not, and the reverse, is broken; where nothing is printed
            that could be a part of it there is no identity.
        config: The operator's own code lists.

    Returns:
        A check per total and measure; ``measure`` names year or phase too where they are not the
        statement's.
    """
    printed = columns.filter(pl.col("role") == "amount").with_columns(
        pl.col("phase").fill_null(""), pl.col("node").fill_null("")
    )
    known = _known(amounts, printed)
    heads = _identified(_column_heads(printed, config), "columns", "column_axis", config)
    cells = pl.concat(
        [
            _down_the_rows(known, rows, config),
            _over_all_projects(known, rows, config),
            _along_the_columns(known, heads),
            _within_their_whole(known, printed, config),
        ]
    )
    return checked(cells, ["statement_id"])


def _known(amounts: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """Amounts with what a check needs; ``is_part``: of a row that is a part (其中) of another."""
    memo = columns.filter("is_memo").select(_COLUMN).unique().with_columns(
        is_part_column=pl.lit(value=True)
    )  # fmt: skip
    return (
        amounts.filter(pl.col("fen").is_not_null())
        .join(memo, on=_COLUMN, how="left", maintain_order="left")
        .with_columns(
            pl.col("phase").fill_null(""),
            pl.col("label").fill_null(""),
            pl.col("is_part_column").fill_null(value=False),
        )
        .with_columns(
            # A table prints to one place: a figure with fewer decimals has lost trailing zeros.
            ulp=last_place_expr("exponent", "decimals").fill_null(0).min().over("statement_id"),
            place=place_expr(),
            measure=_measure("measure"),
            is_part=pl.col("is_memo") & ~pl.col("is_part_column"),
        )
    )


def _measure(node: str) -> pl.Expr:
    """A measure, with year and phase where they are not the statement's own."""
    others = [
        pl.when(pl.col("period") != "this_year").then("period"),
        pl.when(pl.col("phase") != "").then("phase"),
    ]
    return pl.concat_str(node, *others, separator=" ", ignore_nulls=True)


def _down_the_rows(amounts: pl.DataFrame, rows: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Rows with rows below them, in each column; and grand totals of something with nothing."""
    node = [*_BLOCK, "row_node"]
    summed = amounts.filter(~pl.col("is_part_column"))
    has_parts = _above_others(rows, amounts)
    of_nothing = rows.filter(pl.col("row_role") == _GRAND).join(
        summed.filter(pl.col("fen") != 0), on=_LINE, how="semi"
    )
    heads = _identified(
        pl.concat([has_parts, of_nothing]).unique(_LINE, keep="first", maintain_order=True),
        "rows", "row_axis", config,
    )  # fmt: skip
    parts = summed.filter(~pl.col("is_part")).join(
        heads.unique(node, keep="first", maintain_order=True),
        left_on=[*_BLOCK, "row_parent"], right_on=node, how="inner", maintain_order="left",
        suffix="_head",
    )  # fmt: skip
    return _in_columns(summed, heads, _below_their_own(parts, heads, rows))


def _below_their_own(parts: pl.DataFrame, heads: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Parts of a node that is printed several times, each with rows below: those of each its own.

    So a table prints a class once for each class of another classification beside it. Where one
    of the repeated rows has nothing below it, the parts are those of the first.
    """
    node = [*_BLOCK, "row_node"]
    often = heads.filter(pl.struct(node).is_duplicated()).select(
        *node, "line_no", own_line="line_no", own_label="label"
    )
    lines = rows.select(*_BLOCK, "line_no", row_node="row_parent").drop_nulls().unique()
    nearest = lines.sort("line_no").join_asof(
        often.sort("line_no"), on="line_no", by=node, strategy="backward", check_sortedness=False
    ).drop_nulls("own_line")  # fmt: skip
    filled = nearest.select(*node, "own_line").unique().group_by(node).len("filled")
    printed = often.group_by(node).len("printed").join(filled, on=node)
    each = printed.filter(pl.col("printed") == pl.col("filled")).select(node)
    own = nearest.join(each, on=node, how="semi").drop("row_node").unique(_LINE)
    return (
        parts.join(own, on=_LINE, how="left", maintain_order="left")
        .with_columns(
            line_no_head=pl.coalesce("own_line", "line_no_head"),
            label_head=pl.coalesce("own_label", "label_head"),
        )
        .drop("own_line", "own_label")
    )


def _above_others(rows: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """Rows that others stand below; a part (其中) that is told beside them is none of these."""
    beside = amounts.filter("is_part").select(_LINE)
    below = rows.join(beside, on=_LINE, how="anti").select(*_BLOCK, row_node="row_parent")
    return rows.join(below, on=[*_BLOCK, "row_node"], how="semi")


def _over_all_projects(
    amounts: pl.DataFrame, rows: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Grand totals over the projects of all units, in each column."""
    summed = amounts.filter(~pl.col("is_part_column"))
    totals = _above_others(rows, amounts).filter(pl.col("row_role") == _GRAND)
    heads = _identified(totals, "leaves", "row_axis", config)
    projects = summed.filter(pl.col("row_role") == _PROJECT)
    parts = projects.join(heads, on=_BLOCK, how="inner", maintain_order="left", suffix="_head")
    return _in_columns(summed, heads, parts)


def _in_columns(amounts: pl.DataFrame, heads: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Cells of checks of rows, one for each measure: of a form each row has a column of its own."""
    own = amounts.join(heads.select(*_LINE, *_NAMED), on=_LINE, how="inner", maintain_order="left")
    of_head = parts.with_columns(line_no="line_no_head", label="label_head")
    key = pl.concat_str("line_no", "block", "measure", separator=" ")
    return _sides(own, of_head, key)


def _column_heads(columns: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Columns with columns below them: BLOCK, year, phase, ``column_axis, column_node, total``.

    ``total`` is their measure.
    """
    at = [*_BLOCK, *_PERIOD]
    nodes = columns.filter(~pl.col("is_memo")).select(*at, "column_axis", "node").unique()
    above = (
        nodes.join(lineage(config), left_on=["column_axis", "node"], right_on=["axis", "node"])
        .join(nodes.select(*at, above="node"), on=[*at, "above"], how="semi")
        .sort("distance")
        .unique([*at, "node"], keep="first", maintain_order=True)
    )
    heads = above.select(*at, "column_axis", column_node="above").unique(maintain_order=True)
    whole = pl.when(pl.col("column_node") == root("fund_source", config)).then(pl.lit("total"))
    return heads.with_columns(total=whole.otherwise("column_node")).with_columns(
        total=_measure("total")
    )


def _along_the_columns(amounts: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """Columns with columns below them, in each row."""
    plain = amounts.filter(~pl.col("is_part_column"))
    at = [*_BLOCK, *_PERIOD]
    named = heads.drop("column_axis")
    own = plain.join(named, on=[*at, "column_node"], how="inner", maintain_order="left")
    parts = plain.drop("column_node").join(
        named.rename({"column_node": "column_parent"}), on=[*at, "column_parent"], how="inner",
        maintain_order="left",
    )  # fmt: skip
    key = pl.concat_str("line_no", "block", "measure", separator=" ")
    return _sides(own, parts.with_columns(measure="total"), key)


def _within_their_whole(
    amounts: pl.DataFrame, columns: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Parts (其中): columns in each row, rows in each column, within what they are parts of."""
    identity = code_list("identities", config).filter(pl.col("direction") == "memo")
    key = pl.concat_str("line_no", "block", "column_no", separator=" ")
    named = amounts.join(identity.select(*_NAMED), how="cross").with_columns(key=key)
    plain = amounts.filter(~pl.col("is_memo"))
    figure = ["cell_id", "place", "fen", "ulp"]
    whole = plain.select(*_LINE, *figure, of_column="column_no")
    of_columns = (
        named.filter("is_part_column")
        .drop(figure)
        .join(_whole_columns(columns, config), on=_COLUMN, how="inner", maintain_order="left")
        .join(whole, on=[*_LINE, "of_column"], how="inner", maintain_order="left")
    )
    whole = plain.select(*_BLOCK, "measure", *figure, of_row="row_node")
    of_rows = (
        named.filter("is_part")
        .drop(figure)
        .join(_whole_rows(amounts, config), on=[*_BLOCK, "row_axis", "row_node"], how="inner",
              maintain_order="left")
        .join(whole, on=[*_BLOCK, "measure", "of_row"], how="inner", maintain_order="left")
    )  # fmt: skip
    wholes = pl.concat([frame.select(named.columns) for frame in (of_columns, of_rows)])
    parts = named.join(wholes, on=["statement_id", "key"], how="semi")
    return _sides(parts, wholes, pl.col("key"), is_inclusion=True)


def _whole_columns(columns: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Of columns that are parts (其中): COLUMN and ``of_column``, the nearest that is no part."""
    at = [*_BLOCK, *_PERIOD]
    axis = pl.col("column_axis").alias("axis")
    parts = columns.filter("is_memo").select(*at, axis, "column_no", "node")
    plain = columns.filter(~pl.col("is_memo")).select(*at, axis, "node", of_column="column_no")
    return _nearest(parts.unique(), plain.unique(), [*at, "axis"], _COLUMN, config)


def _whole_rows(amounts: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Of rows that are parts: block, axis and node, and ``of_row``, the nearest that is none."""
    at = [*_BLOCK, "row_axis"]
    rows = amounts.select(*at, "row_node", "is_part", axis="row_axis", node="row_node").unique()
    plain = rows.filter(~pl.col("is_part")).select(*at, "axis", "node", of_row="row_node")
    parts = rows.filter("is_part").drop("is_part")
    return _nearest(parts, plain, [*at, "axis"], [*at, "row_node"], config)


def _nearest(
    parts: pl.DataFrame,
    wholes: pl.DataFrame,
    together: list[str],
    of: list[str],
    config: Path | None,
) -> pl.DataFrame:
    """The nearest of ``wholes`` at or above each of ``parts``: ``of`` and what tells the whole."""
    itself = parts.with_columns(above="node", distance=pl.lit(0, pl.Int32))
    above = parts.join(lineage(config), on=["axis", "node"]).select(itself.columns)
    return (
        pl.concat([itself, above])
        .join(wholes.rename({"node": "above"}), on=[*together, "above"], how="inner")
        .sort("distance", wholes.columns[-1])
        .unique(of, keep="first", maintain_order=True)
        .select(*of, wholes.columns[-1])
    )


def _identified(
    heads: pl.DataFrame, direction: str, axis: str, config: Path | None
) -> pl.DataFrame:
    """Totals whose axis an identity is named for; of units and their totals, for each its own."""
    named = (
        code_list("identities", config)
        .filter(pl.col("direction") == direction)
        .with_columns(pl.col("axis").str.split("|"))
        .explode("axis")
        .select(*_NAMED, "head", axis_="axis")
    )
    role = pl.col("row_role") if "row_role" in heads.columns else pl.lit("")
    found = heads.with_columns(axis_=pl.col(axis), role_=role).join(
        named, on="axis_", how="inner", maintain_order="left"
    )
    is_own = pl.col("head").is_null() | (pl.col("head") == pl.col("role_"))
    return found.filter(is_own).drop("axis_", "role_", "head")


def _sides(
    printed: pl.DataFrame, parts: pl.DataFrame, key: pl.Expr, *, is_inclusion: bool = False
) -> pl.DataFrame:
    """Figures of both sides as ``verdicts.checked`` takes them."""
    sides = ((printed, PRINTED), (parts, COMPUTED))
    return pl.concat(
        frame.with_columns(side=pl.lit(side), is_inclusion=pl.lit(is_inclusion), key=key).select(
            pl.col(name).cast(dtype) for name, dtype in CELL_SCHEMA.items()
        )
        for frame, side in sides
    )
