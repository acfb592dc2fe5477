"""Forms: the values beside their labels become rows, amounts and indicators.

A form of a project is one row, its amounts along the columns of its block. In a form of a body each
amount is a row of its own, named by its label; tables within the form give a row for each of
theirs. Indicators belong to the project, or to the body where the form is of none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.amounts import column_nodes, printed_amounts, stated, with_rows
from pipelines.normalise.cells import BLOCK, LINE, STATEMENT
from pipelines.normalise.indicator_lines import ROLES, indicator_lines
from pipelines.normalise.items import row_items
from pipelines.normalise.labels import said
from pipelines.normalise.lines import UNIT_AXES, is_total
from pipelines.normalise.names import folded_name
from pipelines.normalise.tables import FIELDS, unread_items
from pipelines.normalise.trees import is_root, with_parents
from pipelines.recognise.items import ITEM_SCHEMA, PLACE, place_expr
from pipelines.recognise.tables import logical_cells
from schemas.axes import TOTAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHAPES = ("form",)
#: Amounts that are summed together: a part that is told beside stands below none of them.
_SUMMED = (*BLOCK, "is_memo")
_TEXT, _WHOLE = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Int64)
_PRINTED = ("reading_id", "cell_id")


def read_forms(
    recognised: Mapping[str, pl.DataFrame], config: Path | None = None
) -> dict[str, pl.DataFrame]:
    """Records of the statements of this shape.

    Args:
        recognised: Frames of ``pipelines.recognise.documents.recognise``, of statements those of
            these shapes.
        config: The operator's own code lists.

    Returns:
        ``row``, ``amount``, ``indicator``, ``value``, ``clause``, ``item``, ``decided`` as
        ``pipelines.normalise.tables`` gives them. The unit of a project is a row of block 0.
        Indicators of no project have the ``line_no`` of their own row, which is none of ``row``.
    """
    statements = recognised["statement"]
    values = _values(recognised, statements)
    money = values.filter(pl.col("role") == "amount")
    printed = printed_amounts(money, column_nodes(money, config), statements)
    rows = pl.concat([_projects(values, printed), _units(values), _lines(values, printed, config)])
    amounts = with_rows(printed, rows, config)
    records = indicator_lines(values.filter(pl.col("role").is_in(ROLES)))
    items = [
        row_items(money, money.select(LINE).clear(), rows, printed, config),
        unread_items(records.pop("unread")),
    ]
    return {
        "row": rows.drop("is_known", "key").sort(LINE),
        "amount": stated(amounts),
        **records,
        "item": pl.concat(items)
        .join(statements.select(*STATEMENT, "document_id"), on=STATEMENT, how="left",
              maintain_order="left")
        .select(list(ITEM_SCHEMA)),
        "decided": _decided(values, amounts),
    }  # fmt: skip


def _values(recognised: Mapping[str, pl.DataFrame], statements: pl.DataFrame) -> pl.DataFrame:
    """Values with their cells; those of a project's row have its line, as has ``owner_line``."""
    cells = logical_cells(
        recognised["cell"].filter(pl.col("grid_no") > 0).join(statements, on=STATEMENT, how="semi")
    ).select(*_PRINTED, "owner_id", "text", *PLACE, "table_no", "table_col", "col_span",
             "width")  # fmt: skip
    fields = (
        recognised["field"]
        .join(statements, on=STATEMENT, how="semi")
        .rename({"label": "field_label", "label_cell": "field_label_cell"})
    )
    is_of_column = (pl.col("section") > 0) | (pl.col("column_axis") != "none")
    values = fields.join(cells, on=_PRINTED, how="inner", maintain_order="left").with_columns(
        is_yielded=pl.lit(value=False),
        node=pl.when(is_of_column).then("node"),
        named_node=pl.when(~is_of_column).then("node"),
    )
    is_name = (pl.col("role") == "label") & (pl.col("section") == 0)
    projects = values.filter(is_name & pl.col("row_axis").is_in(UNIT_AXES)).select(
        *STATEMENT, owner_line="line_no"
    ).unique(STATEMENT, keep="first", maintain_order=True)  # fmt: skip
    of_project = (pl.col("section") == 0) & pl.col("role").is_in(["label", "amount", "goal"])
    return values.join(projects, on=STATEMENT, how="left", maintain_order="left").with_columns(
        line_no=pl.when(of_project).then(pl.coalesce("owner_line", "line_no")).otherwise("line_no")
    )


def _projects(values: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """A row for each form of a project."""
    own = values.filter(
        pl.col("owner_line").is_not_null() & (pl.col("line_no") == pl.col("owner_line"))
    ).with_columns(said("text"))
    unit = _unit_lines(values)
    is_label = pl.col("role") == "label"
    named = own.group_by(LINE, maintain_order=True).agg(
        pl.col("row_axis").first(),
        label=pl.col("text").filter(is_label).first(),
        label_cell=pl.col("cell_id").filter(is_label).first(),
        place=place_expr().filter(is_label).first(),
        goal=pl.col("text").filter(pl.col("role") == "goal").first(),
        says=(pl.col("text") != "").any(),
    ).join(unit, on=STATEMENT, how="left", maintain_order="left")  # fmt: skip
    is_named = pl.col("label") != ""
    said_there = named.filter(is_named | pl.col("says"))
    return _completed(
        said_there.with_columns(
            row_node=pl.when(is_named).then(pl.col("line_no").cast(pl.String)),
            row_parent=_TEXT,
            is_row_leaf=is_named,
            row_role=pl.when(is_named).then(pl.lit("project")).otherwise(pl.lit("unlabelled")),
        ),
        printed,
    )


def _unit_lines(values: pl.DataFrame) -> pl.DataFrame:
    """STATEMENT with ``unit_line``: the row of the unit that spends, or else of the body."""
    said_there = _named_units(values)
    return said_there.select(*STATEMENT, unit_line="line_no")


def _named_units(values: pl.DataFrame) -> pl.DataFrame:
    units = values.filter(
        pl.col("role").is_in(["spending_unit", "body"]) & pl.col("owner_line").is_not_null()
    ).with_columns(said("text"))
    order = [*STATEMENT, pl.col("role") == "body", "line_no"]
    return units.filter(pl.col("text") != "").sort(order).unique(
        STATEMENT, keep="first", maintain_order=True
    )  # fmt: skip


def _units(values: pl.DataFrame) -> pl.DataFrame:
    """A row of block 0 for the unit of each project."""
    units = _named_units(values).select(
        *STATEMENT, "line_no", "row_axis", block=pl.lit(0, dtype=pl.Int32), label="text",
        label_cell="cell_id", place=place_expr(), goal=_TEXT, row_node=_TEXT, row_parent=_TEXT,
        unit_line=pl.lit(None, dtype=pl.Int32), is_row_leaf=pl.lit(value=False),
        row_role=pl.lit("unit"),
    )  # fmt: skip
    return _completed(units, None)


def _lines(values: pl.DataFrame, printed: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Rows of amounts that stand along an axis of rows, and of tables within the form."""
    others = values.filter(
        pl.col("owner_line").is_null() | (pl.col("line_no") != pl.col("owner_line"))
    ).filter(~pl.col("role").is_in([*ROLES, "body", "spending_unit", "private", "text"]))
    amount, label = pl.col("role") == "amount", pl.col("role") == "label"
    in_section = pl.col("section") > 0
    texts = others.with_columns(said("text")).group_by(
        *LINE, "section", maintain_order=True
    ).agg(
        pl.col("row_axis").first(),
        is_memo=pl.col("is_memo").filter(amount).any(),
        has_amount=amount.any(),
        node=pl.col("named_node").filter(amount).first(),
        label=pl.when(in_section.first()).then(pl.col("text").filter(label).first())
        .otherwise(pl.col("field_label").filter(amount).first()),
        label_cell=pl.when(in_section.first()).then(pl.col("cell_id").filter(label).first())
        .otherwise(pl.col("field_label_cell").filter(amount).first()),
        place=pl.coalesce(place_expr().filter(label).first(), place_expr().first()),
        goal=pl.col("text").filter(pl.col("role") == "goal").first(),
        is_blank=(pl.col("text") == "").all(),
    )  # fmt: skip
    said_there = texts.filter("has_amount").filter(~in_section | ~pl.col("is_blank"))
    is_named = pl.col("label").fill_null("") != ""
    is_sum = in_section & is_total(folded_name("label"))
    total = pl.when(is_sum.any().over(BLOCK)).then(pl.lit(TOTAL))
    placed = said_there.with_columns(
        row_node=pl.when(~is_named).then(None).when(is_sum).then(pl.lit(TOTAL)).when(in_section)
        .then(pl.col("line_no").cast(pl.String)).otherwise("node"),
        unit_line=pl.lit(None, dtype=pl.Int32),
    )  # fmt: skip
    rows = with_parents(placed, _SUMMED, "row", config).with_columns(
        row_parent=pl.when(in_section & ~is_sum & is_named).then(total).otherwise("row_parent")
    )
    role = (
        pl.when(~is_named)
        .then(pl.lit("unlabelled"))
        .when(is_sum)
        .then(pl.lit("grand_total"))
        .when(is_root("row_axis", "row_node", config))
        .then(pl.lit("grand_total"))
        .when("is_row_leaf")
        .then(pl.lit("leaf"))
        .otherwise(pl.lit("subtotal"))
    )
    return _completed(
        rows.with_columns(row_role=role).with_columns(
            is_row_leaf=pl.col("is_row_leaf") & (pl.col("row_role") != "grand_total")
        ),
        printed,
    )


def _completed(rows: pl.DataFrame, printed: pl.DataFrame | None) -> pl.DataFrame:
    """Rows in the columns of ``pipelines.normalise.rows.printed_rows``."""
    if printed is None:
        rows = rows.with_columns(total_fen=_WHOLE, total_digits=_WHOLE,
                                 total_decimals=pl.lit(None, dtype=pl.Int32))  # fmt: skip
    else:
        total = (
            printed.filter("is_whole")
            .group_by(LINE)
            .agg(pl.col(c).first().alias(f"total_{c}") for c in ("fen", "digits", "decimals"))
        )
        rows = rows.join(total, on=LINE, how="left", maintain_order="left")
    return rows.select(
        *LINE, "row_axis", "label_cell", "place", label=pl.col("label").fill_null(""),
        name=pl.col("label").fill_null(""), code_cell=_TEXT, code=_TEXT, row_node="row_node",
        goal="goal", indicators=_TEXT, indicators_cell=_TEXT, total_fen="total_fen",
        total_digits="total_digits", total_decimals="total_decimals", unit_line="unit_line",
        row_parent="row_parent", is_row_leaf="is_row_leaf", row_role="row_role",
        key=pl.col("label").fill_null(""), is_known=pl.lit(value=True),
    )  # fmt: skip


def _decided(values: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """What each cell is; an amount is a control unless nothing is printed below it."""
    of_amounts = amounts.select(
        *_PRINTED, is_malformed=pl.col("amount_state") == "malformed",
        is_value=pl.col("is_leaf") | pl.col("is_memo")
        | (pl.col("period") != "this_year") | pl.col("phase").is_not_null(),
        is_nameless=pl.col("row_role") == "unlabelled",
    ).unique(_PRINTED, maintain_order=True)  # fmt: skip
    known = values.unique(_PRINTED, maintain_order=True).join(of_amounts, on=_PRINTED, how="left")
    doubted = (pl.col("is_malformed") | pl.col("is_nameless")).fill_null(value=False)
    return known.select(
        "reading_id", "owner_id",
        body_disposition=pl.when(doubted)
        .then(pl.lit("quarantined"))
        .when((pl.col("role") == "amount") & ~pl.col("is_value"))
        .then(pl.lit("control"))
        .otherwise(pl.col("role").replace_strict(FIELDS, default="value")),
    )  # fmt: skip


__all__ = ["read_forms"]
