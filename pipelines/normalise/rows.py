"""Printed rows of statements: what names them, where each stands along its axis, and its role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.cells import BLOCK, LINE, ROW, STATEMENT
from pipelines.normalise.labels import said
from pipelines.normalise.lines import UNIT_AXES, is_total
from pipelines.normalise.roles import (
    PrintedRow,
    assign_roles,
    classes_above,
    department_above,
)
from pipelines.normalise.trees import is_root, with_parents
from pipelines.normalise.unit_tree import coded_roles
from schemas.axes import TOTAL

if TYPE_CHECKING:
    from pathlib import Path

#: Axes along which rows are units and what each spends its money on.
_UNIT_PARTS = ("unit_project", "unit_economic")
#: Axes along which units may have codes of their own.
_CODED_UNITS = ("unit", "unit_project")
_FIELDS = {"goal": "goal", "indicators": "packed_indicators"}


def printed_rows(
    lines: pl.DataFrame,
    placed: pl.DataFrame,
    amounts: pl.DataFrame,
    config: Path | None = None,
) -> pl.DataFrame:
    """Rows with their texts and their place along the row axis of their block.

    Args:
        lines: As ``pipelines.normalise.lines.lines`` gives them.
        placed: Cells of whole rows.
        amounts: As ``pipelines.normalise.amounts.printed_amounts`` gives them.
        config: The operator's own code lists.

    Returns:
        One row per LINE: ``place``; ``label``, ``label_cell``; ``code`` (printed, or of the class
        that a row below a unit names), ``code_cell`` (null unless printed); ``row_axis``,
        ``row_node`` (null where nothing known names the row), ``row_parent`` (the nearest node
        above it that is printed), ``is_row_leaf``; ``row_role`` (grand_total, subtotal, leaf,
        unit, project, unlabelled); ``unit_line`` (of the unit row it stands under); for goal and
        indicators ``<name>``, ``indicators_cell``; ``total_fen``, ``total_digits``,
        ``total_decimals`` (of the column that is all of its block); ``name`` (the part of the label
        that names the row, without a code), ``is_known``.
    """
    known = (
        lines.join(_texts(placed), on=LINE, how="left", maintain_order="left")
        .join(_totals(amounts), on=LINE, how="left", maintain_order="left")
        .with_columns(said("goal"), said("indicators"))
    )
    by_unit = _with_codes(_of_units(known.filter(pl.col("row_axis").is_in(UNIT_AXES))))
    by_tree = with_parents(
        known.filter(~pl.col("row_axis").is_in(UNIT_AXES)).with_columns(
            unit_line=pl.lit(None, dtype=pl.Int32)
        ),
        BLOCK, "row", config,
    ).with_columns(row_role=_tree_role(config))  # fmt: skip
    by_tree = by_tree.with_columns(
        is_row_leaf=pl.col("is_row_leaf") & (pl.col("row_role") != "grand_total")
    )
    return pl.concat([by_unit.select(by_tree.columns), by_tree]).sort(LINE)


def _tree_role(config: Path | None) -> pl.Expr:
    return (
        pl.when(pl.col("row_node").is_null())
        .then(pl.lit("unlabelled"))
        .when(is_root("row_axis", "row_node", config))
        .then(pl.lit("grand_total"))
        .when("is_row_leaf")
        .then(pl.lit("leaf"))
        .otherwise(pl.lit("subtotal"))
    )


def _texts(placed: pl.DataFrame) -> pl.DataFrame:
    """Goal and indicators of each row."""
    return placed.filter(pl.col("block").is_not_null()).group_by(LINE).agg(
        *(pl.col("text").filter(pl.col("role") == role).first().alias(name)
          for name, role in _FIELDS.items()),
        indicators_cell=pl.col("cell_id").filter(pl.col("role") == _FIELDS["indicators"]).first(),
    )  # fmt: skip


def _totals(amounts: pl.DataFrame) -> pl.DataFrame:
    """What each row states in the column that is all of its block."""
    return amounts.filter("is_whole").group_by(LINE).agg(
        pl.col(c).first().alias(f"total_{c}") for c in ("fen", "digits", "decimals")
    )  # fmt: skip


def _of_units(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of units and what stands below them, by position and arithmetic where both do."""
    labelled = pl.col("label") != ""
    has_text = pl.any_horizontal(
        (pl.col(name) != "").fill_null(value=False) for name in _FIELDS
    ) | ((pl.col("row_axis") == "unit_economic") & pl.col("named_node").is_not_null())
    known = rows.with_columns(has_text=has_text).join(
        _above(rows), on=LINE, how="left", maintain_order="left"
    )
    is_told = pl.col("row_axis").is_in(_UNIT_PARTS) & pl.col("above_line").is_null()
    told = known.join(
        _roles(known.filter(is_told)), on=LINE, how="left", maintain_order="left"
    ).with_columns(  # a class below another is of the unit that this one is of
        row_role=pl.when(pl.col("above_line").is_not_null() & (pl.col("row_axis") != "unit"))
        .then(pl.lit("project")).otherwise("row_role"),
        unit_line=pl.when(pl.col("row_axis") == "unit_economic")
        .then(pl.col("unit_line").forward_fill().over(BLOCK)).otherwise("unit_line"),
    )  # fmt: skip
    plain = (
        pl.when(~labelled)
        .then(pl.lit("unlabelled"))
        .when(is_total() & ~pl.col("has_text"))
        .then(pl.lit("grand_total"))
        .when(pl.col("row_axis") == "project")
        .then(pl.lit("project"))
        .otherwise(pl.lit("unit"))
    )
    is_class = (pl.col("row_axis") == "unit_economic") & (pl.col("row_role") == "project")
    is_unknown = is_class & pl.col("named_node").is_null()
    is_above = pl.col("line_no").is_in(pl.col("above_line").drop_nulls().implode()).over(BLOCK)
    return _below_units(
        told.with_columns(row_role=pl.coalesce("row_role", plain), is_above=is_above).with_columns(
            row_role=pl.when(is_unknown)
            .then(pl.lit("unlabelled"))
            .when(is_class)
            .then(pl.when("is_above").then(pl.lit("subtotal")).otherwise(pl.lit("leaf")))
            .otherwise("row_role"),
            code=pl.when(is_class).then("named_node").otherwise("code"),
        )
    )


def _with_codes(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of blocks in which units have codes: role and place by these and by amounts.

    Where rows have prose, a goal or indicators, it tells projects from units.
    """
    is_plain = ~pl.col("has_text").any().over(BLOCK)
    may = rows.filter(pl.col("row_axis").is_in(_CODED_UNITS) & is_plain)
    coded = coded_roles(may, is_total())
    told = rows.join(coded, on=LINE, how="left", maintain_order="left")
    is_coded = pl.col("coded_role").is_not_null()
    role = pl.coalesce("coded_role", "row_role")
    total = pl.when((role == "grand_total").any().over(BLOCK)).then(pl.lit(TOTAL))
    node = (
        pl.when(role == "grand_total")
        .then(pl.lit(TOTAL))
        .when(role != "unlabelled")
        .then(pl.col("line_no").cast(pl.String))
    )
    parent = pl.when(~role.is_in(["grand_total", "unlabelled"])).then(
        pl.coalesce(pl.col("coded_parent").cast(pl.String), total)
    )
    return told.with_columns(
        row_role=role,
        row_node=pl.when(is_coded).then(node).otherwise("row_node"),
        row_parent=pl.when(is_coded).then(parent).otherwise("row_parent"),
        unit_line=pl.when(is_coded).then("coded_unit").otherwise("unit_line"),
        is_row_leaf=pl.when(is_coded).then("is_coded_leaf").otherwise("is_row_leaf"),
    )


def _below_units(rows: pl.DataFrame) -> pl.DataFrame:
    """With ``row_node``, ``row_parent`` and ``is_row_leaf`` by role and unit row."""
    role = pl.col("row_role")
    total = pl.when((role == "grand_total").any().over(BLOCK)).then(pl.lit(TOTAL))
    is_part = role.is_in(["project", "leaf", "subtotal"])
    is_lowest = is_part | ((role == "unit") & (pl.col("row_axis") == "unit"))
    above = pl.col("above_line").cast(pl.String)
    return rows.with_columns(
        row_node=pl.when(role == "grand_total")
        .then(pl.lit(TOTAL))
        .when(role != "unlabelled")
        .then("row_node"),
        row_parent=pl.when(is_part)
        .then(pl.coalesce(above, pl.col("unit_line").cast(pl.String), total))
        .when(role == "unit")
        .then(pl.coalesce(above, total)),
        is_row_leaf=is_lowest & ~pl.col("is_above"),
    )


def _above(rows: pl.DataFrame) -> pl.DataFrame:
    """LINE with ``above_line``: of classes below units, and of units below their department."""
    found: list[tuple[str, int, int, int, int]] = []
    axes = ["unit", "unit_economic"]
    for key, group in rows.filter(pl.col("row_axis").is_in(axes)).group_by(
        BLOCK, maintain_order=True
    ):
        above = _units_above(group) if group["row_axis"][0] == "unit" else classes_above(
            group.select("line_no", "named_node").rows()
        )  # fmt: skip
        reading_id, statement_no, block = key
        found += ((reading_id, statement_no, line, block, over) for line, over in above.items())
    schema = {"reading_id": pl.String, "statement_no": pl.Int32, "line_no": pl.Int32,
              "block": pl.Int32, "above_line": pl.Int32}  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


def _units_above(rows: pl.DataFrame) -> dict[int, int]:
    printed = [
        PrintedRow(line_no, label, digits, decimals, has_text=False)
        for line_no, label, digits, decimals in rows.select(
            "line_no", "label", "total_digits", "total_decimals"
        ).iter_rows()
    ]
    first = department_above(printed)
    named = [row.line_no for row in printed if row.label]
    below = named[named.index(first) + 1 :] if first is not None else []
    return dict.fromkeys(below, first) if first is not None else {}


def _roles(rows: pl.DataFrame) -> pl.DataFrame:
    """Roles row by row: they depend on running sums, block by block."""
    found: list[tuple[str, int, int, int, str, int | None]] = []
    for key, group in rows.group_by(BLOCK, maintain_order=True):
        reading_id, statement_no, block = key
        printed = [
            PrintedRow(*values)
            for values in group.select(
                "line_no", "label", "total_digits", "total_decimals", "has_text"
            ).iter_rows()
        ]
        for row, role in zip(printed, assign_roles(printed), strict=True):
            found.append((reading_id, statement_no, row.line_no, block, role.role, role.unit_line))
    schema = {"reading_id": pl.String, "statement_no": pl.Int32, "line_no": pl.Int32,
              "block": pl.Int32, "row_role": pl.String, "unit_line": pl.Int32}  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


__all__ = ["LINE", "ROW", "STATEMENT", "printed_rows"]
