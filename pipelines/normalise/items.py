"""What waits because of single rows and amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.cells import BLOCK, LINE, ROW, STATEMENT
from pipelines.normalise.lines import UNIT_AXES
from pipelines.normalise.names import class_names, folded_name, nearest_names
from pipelines.recognise.items import ITEM_SCHEMA, place_expr
from schemas.axes import CLASS_AXES

if TYPE_CHECKING:
    from pathlib import Path

#: A code of another classification, kept as text.
_CODE_BESIDE = r"^\s*\d{2,5}\s*$"


def row_items(
    placed: pl.DataFrame,
    ragged: pl.DataFrame,
    rows: pl.DataFrame,
    amounts: pl.DataFrame,
    config: Path | None = None,
) -> pl.DataFrame:
    """Items of rows and amounts, in ITEM_SCHEMA without ``document_id``.

    Args:
        placed: All cells as ``pipelines.normalise.cells.placed_cells`` gives them.
        ragged: LINE of rows that are not whole.
        rows: Whole rows, as ``pipelines.normalise.rows.printed_rows`` gives them.
        amounts: Their amounts, as ``pipelines.normalise.amounts.printed_amounts`` gives them.
        config: The operator's own code lists.
    """
    found = [
        _ragged(placed, ragged),
        *_misread(amounts),
        _headless(placed),
        *_unnamed(rows),
        _unknown(rows, config),
        _repeated(rows, placed),
        _unlisted(rows, config),
    ]
    return pl.concat(
        [
            frame.select(
                *STATEMENT, "place", "rule_id", "found", "expected", level=pl.lit("row"),
                subject=pl.lit(""), clues=pl.lit(None, dtype=pl.String), blocks="blocks",
            )
            for frame in found
        ]
    ).unique(maintain_order=True)  # fmt: skip


def _ragged(placed: pl.DataFrame, ragged: pl.DataFrame) -> pl.DataFrame:
    cells = placed.join(ragged, on=LINE, how="semi").unique(
        [*LINE, "owner_id"], keep="first", maintain_order=True
    )
    beyond = placed.filter(pl.col("block").is_null()).join(
        ragged.drop("block"), on=LINE[:-1], how="semi"
    )
    whole = pl.concat([cells, beyond]).sort(*LINE[:-1], "table_col").unique(
        [*LINE[:-1], "owner_id"], keep="first", maintain_order=True
    )  # fmt: skip
    return whole.group_by(LINE[:-1], maintain_order=True).agg(
        place=place_expr().first(),
        found=pl.format("{} 格 cells: {}", pl.len(), pl.col("text").str.join(" | ")),
        expected=pl.format("{} 格 cells", pl.col("width").first()),
        rule_id=pl.lit("ragged_row"), blocks=pl.lit("partial"),
    )  # fmt: skip


def _misread(amounts: pl.DataFrame) -> list[pl.DataFrame]:
    is_inexact = (
        pl.col("digits").is_not_null() & pl.col("exponent").is_not_null() & pl.col("fen").is_null()
    )
    kinds = (
        (pl.col("amount_state") == "malformed", "amount_malformed",
         "数字，如 1,234.56 / a number such as 1,234.56"),
        (is_inexact, "amount_inexact", "整分金额 / a whole number of fen"),
    )  # fmt: skip
    return [
        amounts.filter(is_wrong).select(
            *STATEMENT, place=place_expr(), found="text", expected=pl.lit(expected),
            rule_id=pl.lit(rule_id), blocks=pl.lit("partial"),
        )
        for is_wrong, rule_id, expected in kinds
    ]  # fmt: skip


def _headless(placed: pl.DataFrame) -> pl.DataFrame:
    is_within = pl.col("table_col") + pl.col("col_span") - 1 <= pl.col("width")
    return placed.filter(pl.col("role").is_null() & (pl.col("text") != "") & is_within).select(
        *STATEMENT, place=place_expr(), found="text",
        expected=pl.lit("其上的列名 / a header above it"),
        rule_id=pl.lit("column_without_header"), blocks=pl.lit("partial"),
    )  # fmt: skip


def _unnamed(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows without a name, and projects without a unit."""
    is_unlabelled = (pl.col("row_role") == "unlabelled") & (pl.col("label") == "")
    is_homeless = (
        (pl.col("row_axis") != "project")
        & pl.col("row_role").is_in(["project", "leaf"])
        & pl.col("row_axis").is_in(UNIT_AXES)
        & pl.col("unit_line").is_null()
    )
    kinds = (
        (is_unlabelled & pl.col("code").is_null(), "amount_unlabelled", "名称 / a name"),
        (is_homeless, "project_without_unit", "其上的单位行 / a unit row above it"),
    )
    return [
        rows.filter(is_wrong).select(
            *STATEMENT, "place", expected=pl.lit(expected), rule_id=pl.lit(rule_id),
            found=pl.when(pl.col("label") != "").then("label")
            .otherwise(pl.col("total_digits").cast(pl.String)).fill_null(""),
            blocks=pl.lit("partial"),
        )
        for is_wrong, rule_id, expected in kinds
    ]  # fmt: skip


def _unknown(rows: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Names that no list knows, with those that are most like them."""
    unknown = rows.filter(
        (pl.col("row_role") == "unlabelled")
        & ((pl.col("label") != "") | pl.col("code").is_not_null())
    )
    asked = unknown.select("row_axis", "key").unique(maintain_order=True)
    nearest = [
        " · ".join(nearest_names(axis, key, config)) or "—" for axis, key in asked.iter_rows()
    ]
    likest = asked.with_columns(nearest=pl.Series(nearest, dtype=pl.String))
    return unknown.join(likest, on=["row_axis", "key"], how="left", maintain_order="left").select(
        *STATEMENT, "place", rule_id=pl.lit("line_unknown"),
        found=pl.concat_str("code", "label", separator=" ", ignore_nulls=True),
        expected=pl.format("最近的名称 nearest names: {}", "nearest"), blocks=pl.lit("partial"),
    )  # fmt: skip


def _repeated(rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Lines that say the same twice; with other codes beside them they say two things.

    So do those of which the layout says that they may recur.
    """
    beside = placed.filter(
        (pl.col("role") == "text") & pl.col("text").str.contains(_CODE_BESIDE)
    ).group_by(ROW, maintain_order=True).agg(beside=pl.col("text").str.join(" "))  # fmt: skip
    recurring = placed.filter(pl.col("is_recurring")).select(LINE).unique()
    told = rows.join(recurring.with_columns(may_recur=True), on=LINE, how="left")
    is_told = pl.col("may_recur").fill_null(value=False) & (pl.col("row_role") != "grand_total")
    node = [*BLOCK, "row_node", "beside"]
    listed = (
        told.filter(pl.col("row_node").is_not_null() & ~pl.col("row_axis").is_in(UNIT_AXES))
        .filter(~is_told)
        .join(beside, on=ROW, how="left", maintain_order="left")
        .with_columns(pl.col("beside").fill_null(""))
        .sort(LINE)
    )
    again = listed.filter(pl.int_range(pl.len()).over(node) > 0)
    first = listed.unique(node, keep="first", maintain_order=True).select(*node, at="place")
    return again.join(first, on=node, how="left", maintain_order="left").select(
        *STATEMENT, "place", rule_id=pl.lit("line_repeated"),
        found=pl.concat_str("code", "label", separator=" ", ignore_nulls=True),
        expected=pl.format("仅一行 once: {}", "at"), blocks=pl.lit("partial"),
    )  # fmt: skip


def _unlisted(rows: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Classes printed with a code whose list has not that name: read all the same.

    Unless the name is another code's alone and nothing above the row is printed that a wrong
    code would break: then one of the two is wrong, and no sum can say which.
    """
    is_class = pl.col("row_axis").is_in([*CLASS_AXES, "expenditure_line"])
    coded = rows.filter(
        is_class & pl.col("code").is_not_null() & pl.col("row_node").is_not_null()
        & ~pl.col("is_known")
    )  # fmt: skip
    lists = {axis: f"schemas/codes/{listed}.csv" for axis, (listed, _) in CLASS_AXES.items()}
    lists["expenditure_line"] = lists["function"]
    others = pl.concat(
        [
            class_names(axis, config).select("code", key=folded_name("name"), row_axis=pl.lit(axis))
            for axis in CLASS_AXES
        ]
    ).group_by("row_axis", "key").agg(other=pl.col("code").unique().sort())  # fmt: skip
    held = coded.with_columns(key=folded_name("name")).join(
        others, on=["row_axis", "key"], how="left", maintain_order="left"
    )
    is_alone = pl.col("row_parent").fill_null("") == ""
    is_other = (is_alone & (pl.col("other").list.len() == 1)).fill_null(value=False)
    listed = pl.col("row_axis").replace_strict(lists, return_dtype=pl.String)
    return held.select(
        *STATEMENT, "place", rule_id=pl.lit("code_unknown"),
        found=pl.concat_str("code", "name", separator=" ", ignore_nulls=True),
        expected=pl.when(is_other)
        .then(pl.format("{} {}", pl.col("other").list.first(), "name"))
        .otherwise(listed),
        blocks=pl.when(is_other).then(pl.lit("partial")).otherwise(pl.lit("none")),
    )  # fmt: skip


__all__ = ["ITEM_SCHEMA", "row_items"]
