"""Printed rows as lines: what node of its block's row axis each is, and what names none.

A label that is broken over two rows is one line, if its two halves are a known name and the
second states no amount. A row that says nothing is no line, whether it is blank or of dashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.cells import BLOCK, LINE, STATEMENT
from pipelines.normalise.labels import CODE, CODED, labels, said
from pipelines.normalise.names import class_names, folded_name, with_nodes
from pipelines.normalise.trees import WHOLE
from pipelines.recognise.items import place_expr
from pipelines.values.text import fold_label
from schemas.axes import CLASS_AXES
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from pathlib import Path

#: Axes along which rows are units and what stands below them, each a node of its own.
UNIT_AXES = ("unit", "unit_project", "unit_economic", "project")


def lines(
    placed: pl.DataFrame, statements: pl.DataFrame, config: Path | None = None
) -> pl.DataFrame:
    """Rows of blocks that say something, each with its node.

    Args:
        placed: Cells of whole rows, as ``pipelines.normalise.cells.placed_cells`` gives them.
        statements: With ``fiscal_year``.
        config: The operator's own code lists.

    Returns:
        One row per LINE: ``place``, ``label``, ``label_cell``, ``name``, ``key``, ``code``,
        ``code_cell``, ``row_axis``, ``row_node`` (null where it is unknown; of a unit or what
        stands below one its ``line_no``), ``named_node`` (what the name alone stands for),
        ``is_known`` (a class that is printed with its code is listed with that name).
    """
    filled = pl.col("text") != ""
    is_field = ~pl.col("role").is_in(["label", "code"]) & filled & ~pl.col("is_yielded")
    printed = placed.filter(pl.col("block").is_not_null()).with_columns(
        word=said("text")
    ).group_by(LINE, maintain_order=True).agg(
        pl.col("row_axis").first(),
        says=((pl.col("word") != "") & (pl.col("role") != "number")).any(),
        has_amount=(is_field & (pl.col("role") == "amount")).any(),
        first_place=place_expr().filter(filled).first(),
    ).filter(pl.col("says")).drop("says")  # fmt: skip
    named = (
        printed.join(labels(placed).drop("row_axis"), on=LINE, how="left", maintain_order="left")
        .join(statements.select(*STATEMENT, "fiscal_year"), on=STATEMENT, how="left",
              maintain_order="left")
        .with_columns(place=pl.coalesce("place", "first_place"))
        .with_columns(pl.col("label").fill_null(""), key=folded_name("name").fill_null(""))
    )  # fmt: skip
    return _mended(_noded(named, config), config).drop("first_place", "fiscal_year")


def is_total() -> pl.Expr:
    """Whether a line's name is one of a grand total."""
    totals = [fold_label(word) for word in vocabulary().rows.grand_total]
    return pl.col("key").is_in(totals)


def _noded(named: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """With ``row_node``, ``is_known``."""
    axis = pl.col("row_axis")
    is_code = axis.is_in(CODED) & pl.col("code").str.contains(rf"^{CODE}$")
    node = (
        pl.when(axis == "none")
        .then(pl.lit(WHOLE))
        .when(is_code)
        .then("code")
        .when(axis.is_in(list(CLASS_AXES)) & pl.col("code").is_null() & is_total())
        .then(pl.lit(WHOLE))
        .when(axis.is_in(UNIT_AXES) & (pl.col("label") != ""))
        .then(pl.col("line_no").cast(pl.String))
        .when(pl.col("code").is_null() & ~axis.is_in(UNIT_AXES))
        .then("named_node")
    )
    return _known(with_nodes(named, config), config).with_columns(row_node=node)


def _known(named: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """With ``is_known``: whether a printed code is listed with the name beside it."""
    listed = pl.concat(
        [
            class_names(classes, config).select(
                "code", row_axis=pl.lit(axis), key=folded_name("name"), is_known=True
            )
            for axis, classes in (*((a, a) for a in CLASS_AXES), ("expenditure_line", "function"))
        ]
    ).unique()
    return named.join(
        listed, on=["row_axis", "code", "key"], how="left", maintain_order="left"
    ).with_columns(pl.col("is_known").fill_null(value=False))


def _mended(noded: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Labels that are broken over two rows joined to one, and the second row left out."""
    ordered = noded.sort(*BLOCK, "line_no")
    is_open = pl.when(pl.col("code").is_null()).then(pl.col("row_node").is_null()).otherwise(
        ~pl.col("is_known") & pl.col("row_axis").is_in(CODED)
    ) & (pl.col("key") != "")  # fmt: skip
    is_rest = is_open & pl.col("code").is_null() & ~pl.col("has_amount") & ~is_total()
    below = [pl.col(c).shift(-1).over(BLOCK).alias(f"{c}_below") for c in ("label", "name", "key")]
    pairs = ordered.with_columns(
        *below,
        next_line=pl.col("line_no").shift(-1).over(BLOCK),
        may=is_open & is_rest.shift(-1).over(BLOCK),
    ).filter("may")
    if pairs.is_empty():
        return ordered
    joined = pairs.with_columns(
        pl.concat_str("label", "label_below").alias("label"),
        pl.concat_str("name", "name_below").alias("name"),
        pl.concat_str("key", "key_below").alias("key"),
    )
    again = _noded(joined.drop("named_node", "is_known", "row_node"), config)
    whole = again.filter(pl.when(pl.col("code").is_null()).then(pl.col("row_node").is_not_null())
                         .otherwise("is_known"))  # fmt: skip
    rest = whole.select(*BLOCK, line_no="next_line")
    kept = ordered.join(rest, on=LINE, how="anti").join(whole.select(LINE), on=LINE, how="anti")
    return pl.concat([kept, whole.select(ordered.columns)]).sort(*BLOCK, "line_no")
