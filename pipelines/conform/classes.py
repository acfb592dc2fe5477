"""Function and economic classes as printed: codes with the names that stand beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.conform.statements import with_statement
from pipelines.normalise.rows import STATEMENT
from pipelines.recognise.items import ITEM_SCHEMA
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

#: Axis whose nodes are codes → the list that knows them, and its column of codes.
LISTS = {
    "function": ("function_classes", "function_code"),
    "economic": ("economic_classes", "economic_code"),
}
_CODE = r"^\d+$"


def economic_by_name(rows: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Economic classes that rows below units print by name only.

    Of several codes of one name the highest class counts; of several of these, the one whose
    years hold the statement's.

    Args:
        rows: ``label`` and ``fiscal_year`` of such rows.
        config: The operator's own code lists.

    Returns:
        ``label, fiscal_year, economic_class_id`` of the names that mean one class.
    """
    known = code_list("economic_classes", config).select(
        name=canonical_name("name_zh"),
        economic_class_id="economic_code",
        first=pl.col("first_year").cast(pl.Int32),
        last=pl.col("last_year").cast(pl.Int32),
    )
    asked = rows.select("label", "fiscal_year").unique().with_columns(name=canonical_name("label"))
    found = asked.join(known, on="name", how="inner")
    digits = pl.col("economic_class_id").str.len_chars()
    highest = found.filter(digits == digits.min().over("label", "fiscal_year"))
    year = pl.col("fiscal_year")
    is_of_year = ((pl.col("first") <= year) & (year <= pl.col("last"))).fill_null(value=False)
    among = highest.with_columns(
        codes=pl.col("economic_class_id").n_unique().over("label", "fiscal_year"),
        is_of_year=is_of_year,
    ).filter((pl.col("codes") == 1) | pl.col("is_of_year"))
    return (
        among.group_by("label", "fiscal_year")
        .agg(pl.col("economic_class_id").unique())
        .filter(pl.col("economic_class_id").list.len() == 1)
        .with_columns(pl.col("economic_class_id").list.first())
    )


def unnamed_classes(rows: pl.DataFrame) -> pl.DataFrame:
    """An item for each name below a unit that no economic class has; it waits for the list.

    ``rows``: such rows with their statement's ``document_id`` and ``place``.
    """
    return rows.unique([*STATEMENT, "label"], keep="first", maintain_order=True).select(
        "reading_id", "document_id", "statement_no",
        level=pl.lit("row"), place="place", rule_id=pl.lit("economic_class_unknown"),
        subject="label", found="label",
        expected=pl.lit("schemas/codes/economic_classes.csv"),
        clues=pl.lit(None, dtype=pl.String), blocks=pl.lit("partial"),
    ).select(list(ITEM_SCHEMA))  # fmt: skip


def printed_classes(rows: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Every code that a statement prints: ``statement_id, axis, code, name, fiscal_year``.

    A line of classes named without their codes is read by the lists, so it names nothing new.
    """
    named = rows.filter(
        pl.col("row_axis").is_in(list(LISTS)) & pl.col("row_node").str.contains(_CODE)
    )
    years = statements.select(*STATEMENT, "fiscal_year")
    return (
        with_statement(named, statements)
        .join(years, on=STATEMENT, how="left", maintain_order="left")
        .select(
            "statement_id", axis="row_axis", code="row_node", name=canonical_name("label"),
            fiscal_year="fiscal_year",
        )
        .unique(maintain_order=True)
    )  # fmt: skip
