"""Printed rows as lines: what node of its block's row axis each is, and what names none.

A label that is broken over two rows is one line, if its two halves are a known name and the
second states no amount. A row that says nothing is no line, whether it is blank or of dashes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.above import by_classes_above
from pipelines.normalise.cells import BLOCK, LINE, STATEMENT
from pipelines.normalise.labels import CODE, CODED, labels, said
from pipelines.normalise.names import class_names, folded_name, with_nodes, without_number
from pipelines.normalise.trees import WHOLE
from pipelines.recognise.items import place_expr
from pipelines.values.text import fold_label
from schemas.axes import CLASS_AXES
from schemas.code_lists import code_list
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from pathlib import Path

_ZERO = r"^\s*0(?:\.0+)?\s*$"
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
    # a numbered row of a printed form that is left without a name, its amount filled in as zero
    is_numbered = ((pl.col("role") == "number") & filled).any().over(LINE)
    is_zero = (pl.col("role") == "amount") & pl.col("text").str.contains(_ZERO)
    is_nothing = is_zero & is_numbered
    has_lines = (pl.col("role") != "text").any().over(BLOCK)  # else it is beside those of others
    printed = placed.filter(pl.col("block").is_not_null() & has_lines).with_columns(
        word=said("text")
    ).group_by(LINE, maintain_order=True).agg(
        pl.col("row_axis").first(),
        says=((pl.col("word") != "") & (pl.col("role") != "number") & ~is_nothing).any(),
        has_amount=(is_field & (pl.col("role") == "amount")).any(),
        first_place=place_expr().filter(filled).first(),
    ).filter(pl.col("says")).drop("says")  # fmt: skip
    named = (
        printed.join(labels(placed).drop("row_axis"), on=LINE, how="left", maintain_order="left")
        .join(statements.select(*STATEMENT, "fiscal_year", "body"), on=STATEMENT, how="left",
              maintain_order="left")
        .with_columns(place=pl.coalesce("place", "first_place"))
        .with_columns(pl.col("label").fill_null(""), key=folded_name("name").fill_null(""))
    )  # fmt: skip
    return _mended(_noded(named, config), config).drop("first_place", "fiscal_year", "body")


def is_total(name: pl.Expr | None = None) -> pl.Expr:
    """Whether a line's name, its ``key`` unless given, is one of a grand total."""
    totals = [fold_label(word) for word in vocabulary().rows.grand_total]
    return (pl.col("key") if name is None else name).is_in(totals)


def _is_body() -> pl.Expr:
    """Whether a line's name is the reporting body's own: then it is the whole of its table."""
    suffixes = [fold_label(s) for _, words in vocabulary().consolidation for s in words]
    ends = "|".join(map(re.escape, suffixes))
    own = pl.col("key").str.replace(f"(?:{ends})$", "")
    return (own == folded_name("body")).fill_null(value=False)


def _noded(named: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """With ``row_node``, ``is_known``."""
    axis = pl.col("row_axis")
    is_code = axis.is_in(CODED) & pl.col("code").str.contains(rf"^{CODE}$")
    node = (
        pl.when(axis == "none")
        .then(pl.lit(WHOLE))
        .when(is_code)
        .then("code")
        .when(axis.is_in(list(CLASS_AXES)) & pl.col("code").is_null() & (is_total() | _is_body()))
        .then(pl.lit(WHOLE))
        .when(axis.is_in(UNIT_AXES) & (pl.col("label") != ""))
        .then(pl.col("line_no").cast(pl.String))
        .when(pl.col("code").is_null() & ~axis.is_in(UNIT_AXES))
        .then("named_node")
    )
    placed = _below_others(with_nodes(named, config), config)
    told = by_classes_above(placed, config)
    return _known(told, config).with_columns(row_node=node)


def _below_others(lines: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Names that mean another node below another line: listed as ``that line/name``."""
    listed = code_list("node_names", config).filter(pl.col("name").str.contains("/"))
    below = listed.select(
        row_axis="axis", above=folded_name("name").str.extract(r"^(.*)/"),
        name_below=folded_name("name").str.extract(r"/([^/]*)$"), node_below="node",
    )  # fmt: skip
    plain = without_number(pl.col("key"))
    at = lines.with_columns(name_below=plain)
    heads = at.select(*BLOCK, "row_axis", above="name_below", from_line="line_no").join(
        below.select("row_axis", "above").unique(), on=["row_axis", "above"], how="semi"
    )
    found = (
        at.join(below, on=["row_axis", "name_below"], how="inner")
        .join(heads, on=[*BLOCK, "row_axis", "above"], how="inner")
        .filter(pl.col("line_no") > pl.col("from_line"))
        .sort("from_line", descending=True)
        .unique(LINE, keep="first")
        .select(*LINE, "node_below")
    )
    return (
        lines.join(found, on=LINE, how="left", maintain_order="left")
        .with_columns(named_node=pl.coalesce("node_below", "named_node"))
        .drop("node_below")
    )


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
