"""Which printed figures a selection of ``cross_identities.csv`` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import body_name, canonical_name
from schemas.axes import TOTAL
from schemas.code_lists import code_list
from schemas.identities import CODED

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.identities import Nodes, Selection

_UNITS = ("unit", "unit_project", "unit_economic")
_DIRECTIONS = ("row", "column")


def located(
    printed: pl.DataFrame, budgets: pl.DataFrame, config: Path | None = None
) -> pl.DataFrame:
    """Figures of the statements' own year and phase, with what selections tell them by.

    Args:
        printed: ``printed_amount``.
        budgets: ``statement_id, kind, budget``.
        config: The operator's own code lists.

    Returns:
        ``budget, kind, statement_id, cell_id, place, label, fen``, ``ulp`` (a unit of the last
        place that the statement prints, in fen), both axes with node and parent, and of rows that
        are named ``name`` (canonical) and ``class_code`` (of an economic class named below a unit).
    """
    own = printed.filter(
        (pl.col("period") == "this_year") & pl.col("phase").is_null() & ~pl.col("is_memo")
    )
    names = code_list("economic_classes", config).filter(
        pl.col("economic_code").str.len_chars() == _CLASS_DIGITS
    )
    classes = names.select(name=canonical_name("name_zh"), class_code="economic_code").unique(
        "name", maintain_order=True
    )
    is_unit = pl.col("row_axis").is_in(_UNITS) & ~_is_below_unit()
    return (
        own.join(budgets, on="statement_id", how="inner", maintain_order="left")
        .sort("statement_id", "line_no", "block", "cell_id", maintain_order=True)
        .with_columns(
            pl.col("label").fill_null(""),
            fen=_fen("amount_yuan"),
            ulp=_fen("last_place_yuan").fill_null(0).min().over("statement_id"),
            name=pl.when(is_unit).then(body_name("label")).otherwise(canonical_name("label")),
        )
        .join(classes, on="name", how="left", maintain_order="left")
        .with_columns(class_code=pl.when(pl.col("row_axis") == "unit_economic").then("class_code"))
    )


def is_offered(selection: Selection, figures: pl.DataFrame, budgets: pl.DataFrame) -> pl.DataFrame:
    """``budget`` where a table of the kind stands on the axes of a selection, or says nothing."""
    mine = budgets.filter(pl.col("kind") == selection.kind)
    empty = mine.join(figures, on="statement_id", how="anti")
    stands = figures.filter(_stands(selection))
    return pl.concat([empty.select("budget"), stands.select("budget")]).unique()


def taken(selection: Selection, figures: pl.DataFrame) -> pl.DataFrame:
    """The figures of a selection.

    Returns:
        ``budget, key`` (the node, where it holds nodes against one another, else empty),
        ``statement_id, line_no, label, cell_id, place, fen, ulp``.
    """
    each = [n for n in selection.nodes if n.how == "each"]
    key = _key(each[0]) if each else pl.lit("")
    at = [_at(direction, selection) for direction in _DIRECTIONS]
    found = figures.filter(_stands(selection) & pl.all_horizontal(at))
    return _by_rows(found, selection).select(
        "budget", "statement_id", "line_no", "label", "cell_id", "place", "fen", "ulp", key=key
    )


def _by_rows(found: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    """Figures of one axis only: what stands along rows is not told again along columns beside."""
    if len(selection.nodes) != 1:
        return found
    on_row = _is_on("row", selection.nodes[0])
    return found.filter(on_row | ~on_row.any().over("statement_id"))


def _fen(column: str) -> pl.Expr:
    """Yuan as fen, exactly."""
    return (pl.col(column).cast(pl.Decimal(38, 2)) * 100).cast(pl.Int64)


def _stands(selection: Selection) -> pl.Expr:
    """The figure is of the kind, and stands on each axis that is named."""
    on = [_is_on("row", nodes) | _is_on("column", nodes) for nodes in selection.nodes]
    return pl.all_horizontal(pl.col("kind") == selection.kind, *on)


def _at(direction: str, selection: Selection) -> pl.Expr:
    """Along rows, or columns: at the nodes named there; the whole where none are named."""
    whole = pl.col(f"{direction}_parent").is_null()
    for nodes in selection.nodes:
        whole = pl.when(_is_on(direction, nodes)).then(_is_at(direction, nodes)).otherwise(whole)
    return whole


def _is_on(direction: str, nodes: Nodes) -> pl.Expr:
    axis = pl.col(f"{direction}_axis")
    if nodes.axis == "unit":
        return axis.is_in(_UNITS)
    if nodes.axis == "project":
        return axis.is_in(["project", "unit_project"])
    if nodes.axis == "economic":
        return axis.is_in(["economic", "unit_economic"])
    return axis == nodes.axis


def _is_at(direction: str, nodes: Nodes) -> pl.Expr:
    if nodes.axis == "unit":
        return ~_is_below_unit() & (pl.col("row_node") != TOTAL)
    if nodes.axis == "project":
        return _is_below_unit() | (
            (pl.col("row_axis") == "project") & (pl.col("row_node") != TOTAL)
        )
    node = _node(direction, nodes)
    if nodes.listed:
        return node.is_in(nodes.listed)
    if nodes.digits is not None:
        return _is_class(direction, node, nodes.digits).fill_null(value=False)
    return (node != "").fill_null(value=False) if nodes.axis in CODED else node.is_not_null()


def _is_class(direction: str, node: pl.Expr, digits: int) -> pl.Expr:
    """A class of so many digits, or one below it where the table prints none above that."""
    above = pl.col(f"{direction}_parent").fill_null("")
    is_highest = node.str.contains(rf"^[0-9]{{{digits + 1},}}$") & ~above.str.contains(
        rf"^[0-9]{{{digits},}}$"
    )
    return node.str.contains(rf"^[0-9]{{{digits}}}$") | is_highest


def _node(direction: str, nodes: Nodes) -> pl.Expr:
    """The node, or the code of an economic class that is named below a unit."""
    printed = pl.col(f"{direction}_node")
    if nodes.axis != "economic":
        return printed
    by_name = pl.when(_is_below_unit()).then("class_code")
    return pl.when(pl.col(f"{direction}_axis") == "unit_economic").then(by_name).otherwise(printed)


def _key(nodes: Nodes) -> pl.Expr:
    if nodes.axis in ("unit", "project"):
        return pl.col("name")
    on_row = _is_on("row", nodes)
    node = pl.when(on_row).then(_node("row", nodes)).otherwise(_node("column", nodes))
    return node if nodes.digits is None else node.str.slice(0, nodes.digits)


def _is_below_unit() -> pl.Expr:
    """A row below a unit: its parent is another row than the total."""
    is_below = pl.col("row_axis").is_in(_UNITS) & (pl.col("row_parent") != TOTAL)
    return is_below.fill_null(value=False)


#: Digits of an economic class that has no class above it.
_CLASS_DIGITS = 3
