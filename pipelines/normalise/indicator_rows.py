"""Tables with a row an indicator: projects are carried down, or printed again on each page.

Shape ``row_per_indicator``. Rows of one project are those from its name on, until another name is
printed. A name that is printed again, with the same money or none, goes on with the project: its
money counts once. Where rows are bodies, their indicators are their own and belong to no project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.amounts import column_nodes, printed_amounts, stated, with_rows
from pipelines.normalise.cells import BLOCK, LINE, ROW, STATEMENT, body_cells, placed_cells
from pipelines.normalise.indicator_lines import HORIZONS, ROLES, indicator_lines
from pipelines.normalise.items import row_items
from pipelines.normalise.labels import said
from pipelines.normalise.lines import lines
from pipelines.normalise.names import folded_name
from pipelines.normalise.rows import printed_rows
from pipelines.normalise.tables import decided_cells, unread_items
from pipelines.recognise.items import ITEM_SCHEMA, place_expr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHAPES = ("row_per_indicator",)
#: Columns that say what the project is, apart from its indicators.
_OF_PROJECT = ("label", "code", "amount", "goal", "spending_unit")
#: Columns whose cells are of one column only, and may not be missing.
_OWN = ("amount", "goal", "indicator_name", *HORIZONS)
_CELL = ["reading_id", "owner_id", "line_no"]
#: The axis of rows that are bodies themselves: their indicators belong to no project.
_BODY = "unit"
#: What the row of a unit that has a column of its own does not print.
_NOT_OF_UNITS = ("code", "code_cell", "row_node", "row_parent", "unit_line", "goal", "total_fen",
                 "total_digits", "total_decimals")  # fmt: skip


def read_indicator_rows(
    recognised: Mapping[str, pl.DataFrame], config: Path | None = None
) -> dict[str, pl.DataFrame]:
    """Records of the statements of this shape.

    Args:
        recognised: Frames of ``pipelines.recognise.documents.recognise``, of statements those of
            these shapes.
        config: The operator's own code lists.

    Returns:
        ``row``, ``amount``, ``indicator``, ``value``, ``clause``, ``item``, ``decided`` as
        ``pipelines.normalise.tables`` gives them. A unit that has a column of its own is a row of
        block 0, with the ``line_no`` of the first project that it is printed for.
    """
    statements = recognised["statement"]
    columns = recognised["column"].join(statements, on=STATEMENT, how="semi")
    cells = recognised["cell"].join(statements, on=STATEMENT, how="semi")
    placed = _named_alike(placed_cells(body_cells(cells), columns), columns)
    ragged = _ragged(placed, columns)
    whole = placed.join(ragged, on=LINE, how="anti")
    whole = whole.join(_projects(whole), on=LINE, how="left", maintain_order="left")
    first = _first(whole)
    printed = printed_amounts(first, column_nodes(columns, config), statements)
    rows = printed_rows(lines(first, statements, config), _with_targets(first, whole), printed,
                        config)  # fmt: skip
    rows = with_units(rows, first)
    amounts = with_rows(printed, rows, config)
    indicators = _of_indicators(whole, rows)
    is_lost = pl.col("owner_line").is_null() & (pl.col("row_axis") != _BODY)
    records = indicator_lines(indicators.filter(~is_lost))
    unread = pl.concat([records.pop("unread"), _lost(indicators.filter(is_lost))])
    strays = _stray_amounts(whole, first)
    items = [
        row_items(placed, ragged, rows, printed, config), unread_items(unread),
        _stray_items(strays),
    ]  # fmt: skip
    return {
        "row": rows.drop("is_known", "named_node", "key", "has_amount"),
        "amount": stated(amounts),
        **records,
        "item": pl.concat(items)
        .join(statements.select(*STATEMENT, "document_id"), on=STATEMENT, how="left",
              maintain_order="left")
        .select(list(ITEM_SCHEMA)),
        "decided": _decided(whole, first, strays, decided_cells(
            _kept(placed, whole, first), ragged, rows, amounts
        )),
    }  # fmt: skip


def _named_alike(placed: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """Cells with the names of a row given to each of its blocks that has none of its own."""
    is_name = pl.col("role").is_in(["label", "code"])
    named = columns.filter(is_name).select(BLOCK).unique()
    bare = columns.select(*BLOCK, "row_axis").unique(BLOCK, maintain_order=True)
    lacking = bare.join(named, on=BLOCK, how="anti").filter(pl.col("row_axis") != "none")
    given = placed.filter(is_name).drop("block", "row_axis").join(
        lacking, on=STATEMENT, how="inner", maintain_order="left"
    )  # fmt: skip
    return pl.concat([placed, given.select(placed.columns)])


def _kept(placed: pl.DataFrame, whole: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Cells where they count: what says what a project is, in its first row alone."""
    parts = (
        first,
        placed.join(whole, on=LINE, how="anti"),
        whole.filter(~pl.col("role").is_in(_OF_PROJECT)),
    )
    return pl.concat([part.select(placed.columns) for part in parts])


def _decided(
    whole: pl.DataFrame, first: pl.DataFrame, strays: pl.DataFrame, decided: pl.DataFrame
) -> pl.DataFrame:
    """What each cell is; what says once more what a project is, is a repeat."""
    again = whole.filter(pl.col("role").is_in(_OF_PROJECT) & (pl.col("text") != "")).join(
        first, on=["reading_id", "owner_id"], how="anti"
    )
    cell = ["reading_id", "owner_id"]
    stray = strays.select(*cell, body_disposition=pl.lit("quarantined"))
    repeats = again.select(*cell, body_disposition=pl.lit("repeat")).unique()
    found = stray
    for others in (decided, repeats):
        found = pl.concat([found, others.join(found, on=cell, how="anti")])
    return found


def _ragged(placed: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """LINE of rows that have not one cell for each column that may not be missing.

    One cell may stand for several rows, but not for several columns.
    """
    owing = columns.filter(pl.col("role").is_in(_OWN)).select(
        "reading_id", "table_no", "block", "column_no"
    ).unique(maintain_order=True)  # fmt: skip
    rows = placed.select(*ROW, "table_no").unique(maintain_order=True)
    is_own = pl.col("role").is_in(_OWN) & ~pl.col("is_yielded")
    is_several = pl.col("column_no").filter(is_own).n_unique().over(_CELL) > 1
    known = placed.with_columns(is_several=is_several & (pl.col("text") != ""))
    found = known.group_by(*LINE, "column_no").agg(is_one=~pl.col("is_several").any())
    at_fault = (
        rows.join(owing, on=["reading_id", "table_no"], how="inner", maintain_order="left")
        .join(found, on=[*LINE, "column_no"], how="left", maintain_order="left")
        .filter(~pl.col("is_one").fill_null(value=False))
        .select(LINE)
    )
    return at_fault.unique(maintain_order=True)


def _projects(whole: pl.DataFrame) -> pl.DataFrame:
    """LINE with ``project_line``: the row in which its project is printed first; ``is_named``.

    A total may be named in the column of codes: a code alone, with money of its own.
    """
    text = folded_name("text")
    begins = (pl.col("table_row") == pl.col("printed_row")) & (pl.col("text") != "")

    def of(role: str) -> pl.Expr:
        return text.filter(pl.col("role") == role).str.join("\x1f")

    def is_new(role: str) -> pl.Expr:
        return (begins & (pl.col("role") == role)).any()

    printed = whole.filter(pl.col("block").is_not_null()).with_columns(said("text")).group_by(
        LINE
    ).agg(
        name=pl.when(is_new("code") & is_new("amount") & (of("label") == "")).then(of("code"))
        .otherwise(of("label")),
        unit=of("spending_unit"), amount=of("amount"),
        is_new=is_new("label") | (is_new("code") & (of("label") == "")),
        is_blank=(pl.col("text") == "").all(),
    ).filter(~pl.col("is_blank")).sort(LINE)  # fmt: skip
    named = printed.filter((pl.col("name") != "") & pl.col("is_new"))
    again = [(pl.col("name") == pl.col("name").shift().over(BLOCK))]
    again += [
        (_bare(column) == "") | (pl.col(column) == _last_said(column))
        for column in ("unit", "amount")
    ]
    starts = named.filter(~pl.all_horizontal(again).fill_null(value=False)).select(
        *LINE, project_line="line_no"
    )
    return printed.join(starts, on=LINE, how="left", maintain_order="left").select(
        *LINE, pl.col("project_line").forward_fill().over(BLOCK), is_named=pl.col("name") != ""
    )


def _stray_amounts(whole: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Amounts that are no project's: without a name beside them, and not its own once more."""
    place = [*BLOCK, "project_line", "column_no"]
    own = first.filter(pl.col("role") == "amount").select(*place, own=folded_name("text"))
    amounts = whole.filter((pl.col("role") == "amount") & (pl.col("text") != ""))
    known = amounts.join(own, on=place, how="left", maintain_order="left")
    is_own = folded_name("text") == pl.col("own")
    return known.filter(~is_own.fill_null(value=False)).unique(
        ["reading_id", "owner_id"], keep="first", maintain_order=True
    )


def _stray_items(strays: pl.DataFrame) -> pl.DataFrame:
    return strays.select(
        *STATEMENT, place=place_expr(), rule_id=pl.lit("amount_unlabelled"), found="text",
        expected=pl.lit("名称 / a name"), level=pl.lit("row"), subject=pl.lit(""),
        clues=pl.lit(None, dtype=pl.String), blocks=pl.lit("partial"),
    )  # fmt: skip


def _bare(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all("\x1f", "", literal=True)


def _last_said(column: str) -> pl.Expr:
    """What a column said last above a row, of those that said something."""
    stated = pl.when(_bare(column) != "").then(column)
    return stated.forward_fill().shift().over(BLOCK)


def _first(whole: pl.DataFrame) -> pl.DataFrame:
    """Cells that say what a project is, each column's first filled one, in its first row."""
    of_project = whole.filter(
        pl.col("role").is_in(_OF_PROJECT)
        & pl.col("project_line").is_not_null()
        & (pl.col("is_named") | (pl.col("role") != "amount"))
    )
    return (
        of_project.sort(*BLOCK, "project_line", "column_no", pl.col("text") == "", "line_no")
        .unique([*BLOCK, "project_line", "column_no"], keep="first", maintain_order=True)
        .with_columns(line_no="project_line")
    )


def _with_targets(first: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Cells of projects, with an indicator of each that has any: units have none."""
    named = whole.filter((pl.col("role") == "indicator_name") & (pl.col("text") != ""))
    mark = named.unique([*BLOCK, "project_line"], keep="first", maintain_order=True).with_columns(
        line_no="project_line", role=pl.lit("packed_indicators")
    )
    return pl.concat([first, mark])


def with_units(rows: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Rows of projects below units that have a column of their own, and rows of those units."""
    rows = rows.with_columns(
        indicators=pl.lit(None, dtype=pl.String), indicators_cell=pl.lit(None, dtype=pl.String)
    )
    units = first.filter(pl.col("role") == "spending_unit").with_columns(said("text")).sort(LINE)
    above = {"unit_text": "text", "unit_cell": "cell_id", "unit_at": "line_no"}
    carried = units.select(
        *LINE,
        *(
            pl.when(pl.col("text") != "").then(of).forward_fill().over(BLOCK).alias(name)
            for name, of in above.items()
        ),
    )
    below = rows.join(carried, on=LINE, how="left", maintain_order="left").with_columns(
        unit_line=pl.coalesce(pl.when(pl.col("row_role") == "project").then("unit_at"),
                              "unit_line"),
    )  # fmt: skip
    heads = (
        below.filter(pl.col("unit_at") == pl.col("line_no"))
        .with_columns(
            *(pl.lit(None, dtype=rows.schema[name]).alias(name) for name in _NOT_OF_UNITS),
            block=pl.lit(0, dtype=pl.Int32), row_role=pl.lit("unit"), label="unit_text",
            label_cell="unit_cell", is_row_leaf=False,
        )
        .select(rows.columns)
    )  # fmt: skip
    return pl.concat([heads, below.select(rows.columns)]).sort(LINE)


def _of_indicators(whole: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Cells of indicators, with the row of the project that they belong to."""
    projects = rows.filter(pl.col("row_role") == "project").select(
        *BLOCK, project_line="line_no", owner_line="line_no"
    )
    return whole.filter(pl.col("role").is_in(ROLES)).join(
        projects, on=[*BLOCK, "project_line"], how="left", maintain_order="left"
    )


def _lost(indicators: pl.DataFrame) -> pl.DataFrame:
    """Rows of indicators that no project is printed for."""
    said_there = indicators.filter((pl.col("role") == "indicator_name") & (pl.col("text") != ""))
    return said_there.select(
        *ROW, place=place_expr(), found="text",
        expected=pl.lit("其上的项目名称 / the name of a project above it"),
    )  # fmt: skip


__all__ = ["read_indicator_rows", "with_units"]
