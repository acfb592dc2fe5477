"""Function and economic classes as printed: codes with the names that stand beside them."""

from __future__ import annotations

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.conform.statements import with_statement
from pipelines.normalise.rows import STATEMENT
from schemas.axes import CLASS_AXES

_CODE = r"^\d+$"


def printed_classes(rows: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Every code that a statement prints: ``statement_id, axis, code, name, fiscal_year``.

    A line of classes named without their codes is read by the lists, so it names nothing new.
    """
    named = rows.filter(
        pl.col("row_axis").is_in(list(CLASS_AXES)) & pl.col("row_node").str.contains(_CODE)
    )
    years = statements.select(*STATEMENT, "fiscal_year")
    return (
        with_statement(named, statements)
        .join(years, on=STATEMENT, how="left", maintain_order="left")
        .select(
            "statement_id", axis="row_axis", code="row_node", name=canonical_name("name"),
            fiscal_year="fiscal_year",
        )
        .unique(maintain_order=True)
    )  # fmt: skip
