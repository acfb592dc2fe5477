"""Printed rows of statements: their cells, exact amounts, and what kind of row each is."""

from __future__ import annotations

import polars as pl

from pipelines.normalise.roles import PrintedRow, assign_roles
from pipelines.recognise.items import ITEM_SCHEMA, place_expr
from pipelines.recognise.tables import logical_cells
from pipelines.values.amounts import fen_expr, money_exponents, read_amounts
from pipelines.values.text import fold, folded
from schemas.layout import vocabulary

#: Identifies a printed row within a batch.
ROW = ("reading_id", "statement_no", "line_no")
STATEMENT = ("reading_id", "statement_no")


def body_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Logical cells below headers with ``line_no`` (row of the statement, over its tables).

    ``is_ragged``: the row has not one cell for each column of its header: one is missing or too
    many, is merged over columns, or stands for several rows.
    """
    row = ("reading_id", "table_no", "table_row")
    body = logical_cells(cells.filter(pl.col("is_body"))).sort(*row, "table_col")
    is_merged = (pl.col("table_row_span") > 1) | (pl.col("col_span") > 1)
    return body.with_columns(
        line_no=pl.struct(*row[1:]).rank("dense").over(STATEMENT).cast(pl.Int32),
        is_ragged=(pl.len().over(row) != pl.col("width")) | is_merged.any().over(row),
    )


def with_amounts(body: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Body cells with how their amounts read: ``amount_state``, ``digits``, ``decimals``, ``fen``.

    ``fen`` is null where nothing is stated, where the unit is unknown, or where the conversion
    is not exact.
    """
    exponents = money_exponents()
    units = statements.select(
        *STATEMENT,
        exponent=pl.col("unit").replace_strict(exponents, default=None, return_dtype=pl.Int32),
    )
    is_amount = pl.col("role").is_in(["total", "fund"])
    read = read_amounts(body, "text").with_columns(
        amount_state=pl.when(is_amount).then("amount_state"),
        digits=pl.when(is_amount).then("digits"),
        decimals=pl.when(is_amount).then("decimals"),
    )
    joined = read.join(units, on=STATEMENT, how="left", maintain_order="left")
    return joined.with_columns(fen=fen_expr("digits", "decimals", "exponent"))


def printed_rows(body: pl.DataFrame) -> pl.DataFrame:
    """One row per printed row that is whole: its texts with their cells, its total, its role.

    Columns: ROW, ``place``, and for label, goal, indicators: ``<name>`` and ``<name>_cell``;
    ``total_fen``; ``row_role`` (grand_total, unit, project, unlabelled); ``unit_line`` (line_no of
    the unit row a project stands under, null if there is none).
    """
    whole = body.filter(~pl.col("is_ragged"))

    def text_of(role: str) -> pl.Expr:
        return pl.col("text").filter(pl.col("role") == role).first()

    def cell_of(role: str) -> pl.Expr:
        return pl.col("cell_id").filter(pl.col("role") == role).first()

    is_total = pl.col("role") == "total"
    rows = whole.group_by(ROW, maintain_order=True).agg(
        place=place_expr().filter(pl.col("role") == "label").first(),
        label=text_of("label"),
        label_cell=cell_of("label"),
        goal=text_of("goal"),
        indicators=text_of("packed_indicators"),
        indicators_cell=cell_of("packed_indicators"),
        total_fen=pl.col("fen").filter(is_total).first(),
        total_digits=pl.col("digits").filter(is_total).first(),
        total_decimals=pl.col("decimals").filter(is_total).first(),
        is_blank=(pl.col("text") == "").all(),
    )
    rows = rows.filter(~pl.col("is_blank")).drop("is_blank")
    rows = rows.with_columns(*map(_said, ("label", "goal", "indicators")))
    return rows.join(_roles(rows), on=ROW, how="left", maintain_order="left")


def _said(column: str) -> pl.Expr:
    """A name or prose, or an empty text where a dash or a word says that there is none."""
    blank = vocabulary().blank
    nothing = [fold(word).text for word in (*blank.dash, *blank.words)]
    plain = folded(column).str.strip_chars()
    said = pl.when(plain.is_in(nothing)).then(pl.lit("")).otherwise(pl.col(column))
    return said.alias(column)


def _roles(rows: pl.DataFrame) -> pl.DataFrame:
    """Roles row by row: they depend on running sums, statement by statement."""
    found: list[tuple[str, int, int, str, int | None]] = []
    for (reading_id, statement_no), group in rows.group_by(STATEMENT, maintain_order=True):
        printed = [
            PrintedRow(*values)
            for values in group.select(
                "line_no", "label", "total_digits", "total_decimals",
                has_text=(pl.col("goal") != "").fill_null(value=False)
                | (pl.col("indicators") != "").fill_null(value=False),
            ).iter_rows()
        ]  # fmt: skip
        for row, role in zip(printed, assign_roles(printed), strict=True):
            found.append((reading_id, statement_no, row.line_no, role.role, role.unit_line))
    schema = {"reading_id": pl.String, "statement_no": pl.Int32, "line_no": pl.Int32,
              "row_role": pl.String, "unit_line": pl.Int32}  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


def row_items(body: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """What waits because of single rows or amounts, in ITEM_SCHEMA."""
    ragged = (
        body.filter(pl.col("is_ragged"))
        .group_by(ROW, maintain_order=True)
        .agg(
            pl.col("document_id").first(),
            place=place_expr().first(),
            found=pl.format("{} 格 cells: {}", pl.len(), pl.col("text").str.join(" | ")),
            expected=pl.format("{} 格 cells", pl.col("width").first()),
        )
        .with_columns(rule_id=pl.lit("ragged_row"))
    )
    whole = body.filter(~pl.col("is_ragged"))
    malformed = whole.filter(pl.col("amount_state") == "malformed").select(
        *ROW, "document_id", place=place_expr(), found="text",
        expected=pl.lit("数字，如 1,234.56 / a number such as 1,234.56"),
        rule_id=pl.lit("amount_malformed"),
    )  # fmt: skip
    inexact = whole.filter(
        pl.col("digits").is_not_null() & pl.col("exponent").is_not_null() & pl.col("fen").is_null()
    ).select(
        *ROW, "document_id", place=place_expr(), found="text",
        expected=pl.lit("整分金额 / a whole number of fen"), rule_id=pl.lit("amount_inexact"),
    )  # fmt: skip
    headless = whole.filter(pl.col("role").is_null() & (pl.col("text") != "")).select(
        *ROW, "document_id", place=place_expr(), found="text",
        expected=pl.lit("其上的列名 / a header above it"), rule_id=pl.lit("column_without_header"),
    )  # fmt: skip
    documents = whole.select(*STATEMENT, "document_id").unique()
    faulty = rows.join(documents, on=STATEMENT, how="left", maintain_order="left")
    unlabelled = faulty.filter(pl.col("row_role") == "unlabelled").select(
        *ROW, "document_id", "place", found=pl.coalesce("total_digits", pl.lit("")).cast(pl.String),
        expected=pl.lit("名称 / a name"), rule_id=pl.lit("amount_unlabelled"),
    )  # fmt: skip
    homeless = faulty.filter(
        (pl.col("row_role") == "project") & pl.col("unit_line").is_null()
    ).select(
        *ROW, "document_id", "place", found="label",
        expected=pl.lit("其上的单位行 / a unit row above it"),
        rule_id=pl.lit("project_without_unit"),
    )  # fmt: skip
    stacked = [
        frame.with_columns(
            level=pl.lit("row"),
            subject=pl.lit(""),
            clues=pl.lit(None, dtype=pl.String),
            blocks=pl.lit("partial"),
        ).select(list(ITEM_SCHEMA))
        for frame in (ragged, malformed, inexact, headless, unlabelled, homeless)
    ]
    return pl.concat(stacked)
