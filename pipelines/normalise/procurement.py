"""Lists of what is procured: categories, below them projects and economic classes, then items.

Shape ``row_per_item``. The levels are the columns of labels that are carried down, from left to
right; which row is a subtotal of which is told by ``pipelines.normalise.item_tree``. Along an axis
of projects the items are projects, and what stands above them are types and groups of projects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.normalise.amounts import column_nodes, printed_amounts, stated, with_rows
from pipelines.normalise.cells import (
    BLOCK,
    LINE,
    STATEMENT,
    body_cells,
    placed_cells,
    ragged_lines,
)
from pipelines.normalise.indicator_rows import with_units
from pipelines.normalise.item_tree import ItemNode, ItemRow, item_tree
from pipelines.normalise.items import row_items
from pipelines.normalise.labels import said
from pipelines.normalise.lines import UNIT_AXES
from pipelines.normalise.tables import decided_cells
from pipelines.recognise.items import ITEM_SCHEMA, place_expr
from schemas.axes import TOTAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHAPES = ("row_per_item",)
#: What an item is told by: its name in facts, and the role of the column that prints it.
BOUGHT = {"category": "label", "project": "project", "economic": "economic", "item": "item",
          "method": "method"}  # fmt: skip
_LEVELS = ("label", "project", "economic", "item")
_LINE_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "statement_no": pl.Int32,
    "block": pl.Int32,
    "line_no": pl.Int32,
}
_TREE_SCHEMA: dict[str, Any] = {
    **_LINE_SCHEMA,
    "row_node": pl.String,
    "row_parent": pl.String,
    "row_role": pl.String,
    "is_row_leaf": pl.Boolean,
    "named": pl.List(pl.Int32),
    "level": pl.Int32,
}


def read_procurement(
    recognised: Mapping[str, pl.DataFrame], config: Path | None = None
) -> dict[str, pl.DataFrame]:
    """Records of the statements of this shape.

    Args:
        recognised: Frames of ``pipelines.recognise.documents.recognise``, of statements those of
            these shapes.
        config: The operator's own code lists.

    Returns:
        ``row``, ``amount``, ``item``, ``decided`` as ``pipelines.normalise.tables`` gives them;
        and ``procurement``: one row per LINE that is no subtotal, with ``category``, ``project``,
        ``economic``, ``item``, ``method`` (as printed, null if none is) and the cell of each
        (``<name>_cell``).
    """
    statements = recognised["statement"]
    columns = recognised["column"].join(statements, on=STATEMENT, how="semi")
    cells = recognised["cell"].join(statements, on=STATEMENT, how="semi")
    placed = placed_cells(body_cells(cells), columns)
    ragged = ragged_lines(placed, columns)
    whole = placed.join(ragged, on=LINE, how="anti")
    printed = printed_amounts(whole, column_nodes(columns, config), statements)
    labels = _labels(whole)
    tree = _tree(labels, printed)
    rows = _of_projects(_rows(tree, labels, whole, printed), whole)
    amounts = with_rows(printed, rows, config)
    items = row_items(placed, ragged, rows, printed, config).join(
        statements.select(*STATEMENT, "document_id"), on=STATEMENT, how="left",
        maintain_order="left",
    )  # fmt: skip
    return {
        "row": rows.drop("is_known", "key"),
        "amount": stated(amounts),
        "item": items.select(list(ITEM_SCHEMA)),
        "decided": decided_cells(placed, ragged, rows, amounts),
        "procurement": _bought(tree, labels, whole),
    }


def _labels(whole: pl.DataFrame) -> pl.DataFrame:
    """Labels of rows: one row per LINE and column of labels, ``level`` from 0."""
    of_levels = whole.filter(pl.col("role").is_in(_LEVELS) & pl.col("is_carried"))
    level = pl.col("column_no").rank("dense").over(BLOCK).cast(pl.Int32) - 1
    return (
        of_levels.with_columns(said("text"), level=level)
        .sort(*LINE, "level", pl.col("text") == "")
        .unique([*LINE, "level"], keep="first", maintain_order=True)
        .select(*LINE, "level", "role", "text", "cell_id",
                is_new=pl.col("table_row") == pl.col("printed_row"))
    )  # fmt: skip


def _tree(labels: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """Each row with its subtotal: they depend on running sums, list by list."""
    amount = printed.filter("is_whole").select(*LINE, "digits", "decimals").unique(
        LINE, keep="first", maintain_order=True
    )  # fmt: skip
    lines = (
        labels.sort(*BLOCK, "line_no", "level")
        .group_by(LINE, maintain_order=True)
        .agg("text", "is_new")
        .join(amount, on=LINE, how="left", maintain_order="left")
        .filter(pl.col("digits").is_not_null() | (pl.col("text").list.join("") != ""))
    )
    found: list[tuple[Any, ...]] = []
    for key, group in lines.group_by(BLOCK, maintain_order=True):
        rows = [
            ItemRow(line_no, tuple(text), tuple(is_new), digits, decimals)
            for line_no, text, is_new, digits, decimals in group.select(
                "line_no", "text", "is_new", "digits", "decimals"
            ).iter_rows()
        ]
        found += ((*key, *values) for values in map(_placed, item_tree(rows)))
    return pl.DataFrame(found, schema=_TREE_SCHEMA, orient="row")


def _placed(node: ItemNode) -> tuple[Any, ...]:
    role = "grand_total" if node.is_total else "subtotal" if node.below else "leaf"
    is_named = any(node.labels)
    return (
        node.row.line_no,
        _node(node) if is_named else None,
        _node(node.above) if node.above and is_named else None,
        role if is_named else "unlabelled",
        role == "leaf" and is_named,
        list(node.named),
        node.level,
    )


def _node(node: ItemNode) -> str:
    return TOTAL if node.is_total else str(node.row.line_no)


def _named(tree: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """The labels that hold at each row: one row per LINE and level, with the cell that says so."""
    held = tree.select(*LINE, at="level", level=pl.int_ranges(pl.col("named").list.len()),
                       named_line="named").explode("level", "named_line")  # fmt: skip
    texts = labels.select(*BLOCK, "level", "role", "text", "cell_id", named_line="line_no")
    return held.with_columns(pl.col("level").cast(pl.Int32)).join(
        texts, on=[*BLOCK, "level", "named_line"], how="inner", maintain_order="left"
    )


def _rows(
    tree: pl.DataFrame, labels: pl.DataFrame, whole: pl.DataFrame, printed: pl.DataFrame
) -> pl.DataFrame:
    """Rows in the columns of ``pipelines.normalise.rows.printed_rows``."""
    nothing = pl.lit(None, dtype=pl.String)
    own = _named(tree, labels).filter(pl.col("level") == pl.col("at"))
    places = whole.filter(pl.col("block").is_not_null()).group_by(LINE).agg(
        pl.col("row_axis").first(), place=place_expr().filter(pl.col("text") != "").first()
    )  # fmt: skip
    total = (
        printed.filter("is_whole")
        .group_by(LINE)
        .agg(pl.col(c).first().alias(f"total_{c}") for c in ("fen", "digits", "decimals"))
    )
    known = (
        tree.join(own.select(*LINE, label="text", label_cell="cell_id"), on=LINE, how="left",
                  maintain_order="left")
        .join(places, on=LINE, how="left", maintain_order="left")
        .join(total, on=LINE, how="left", maintain_order="left")
    )  # fmt: skip
    return known.select(
        *LINE, "row_axis", "label_cell", "place", label=pl.col("label").fill_null(""),
        name=pl.col("label").fill_null(""),
        code_cell=nothing, code=nothing, row_node="row_node", goal=nothing, indicators=nothing,
        indicators_cell=nothing, total_fen="total_fen", total_digits="total_digits",
        total_decimals="total_decimals", unit_line=pl.lit(None, dtype=pl.Int32),
        row_parent="row_parent", is_row_leaf="is_row_leaf", row_role="row_role",
        key=pl.col("label").fill_null(""),
        is_known=pl.lit(value=True),
    )  # fmt: skip


def _of_projects(rows: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Rows where the items of a list are projects, each of the unit that a column names."""
    is_project = pl.col("row_axis").is_in(UNIT_AXES) & (pl.col("row_role") == "leaf")
    role = pl.when(is_project).then(pl.lit("project")).otherwise("row_role")
    return with_units(rows.with_columns(row_role=role), whole)


def _bought(tree: pl.DataFrame, labels: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """What each row that is no subtotal is told by."""
    of_projects = whole.filter(pl.col("row_axis").is_in(UNIT_AXES)).select(BLOCK).unique()
    leaves = tree.filter("is_row_leaf").join(of_projects, on=BLOCK, how="anti").select(LINE)
    method = whole.filter(pl.col("role") == BOUGHT["method"]).with_columns(said("text"))
    held = pl.concat([_named(tree, labels).select(*LINE, "role", "text", "cell_id"),
                      method.select(*LINE, "role", "text", "cell_id")])  # fmt: skip
    filled = held.filter(pl.col("text") != "")

    def of(role: str, column: str) -> pl.Expr:
        return pl.col(column).filter(pl.col("role") == role).first()

    told = filled.group_by(LINE).agg(
        *(of(role, "text").alias(name) for name, role in BOUGHT.items()),
        *(of(role, "cell_id").alias(f"{name}_cell") for name, role in BOUGHT.items()),
    )
    return leaves.join(told, on=LINE, how="left", maintain_order="left")


__all__ = ["BOUGHT", "read_procurement"]
