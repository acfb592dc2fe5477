"""Project lines of statements, and the projects over tables and years that they are lines of."""

from __future__ import annotations

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.normalise.rows import STATEMENT
from pipelines.values.amounts import yuan_expr
from pipelines.values.keys import key_expr

#: The code of a project before its name, in one cell: 11000022T000000460216-办刊经费.
_CODE = r"^\d{8}[A-Z]\d{12}[-—–_]"


def project_lines(
    rows: pl.DataFrame, units: pl.DataFrame, statements: pl.DataFrame
) -> pl.DataFrame:
    """Project rows with their unit and durable key.

    The key is of the statement's identity, the unit, the name, and which of several lines of
    that name in that unit it is; so it survives a new version, a page break and another order.
    """
    context = statements.select(*STATEMENT, "statement_id", "statement_key_id", "document_id",
                                "reporting_body_id", "fiscal_year", "phase", "layout_id",
                                "region")  # fmt: skip
    lines = (
        rows.filter(pl.col("row_role") == "project")
        .join(units, on=[*STATEMENT, "unit_line"], how="left", maintain_order="left")
        .join(context, on=STATEMENT, how="inner", maintain_order="left")
        .with_columns(
            canonical=canonical_name("label").str.replace(_CODE, ""),
            ordinal=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(STATEMENT),
        )
    )
    same = ["statement_id", "spending_unit_id", "canonical"]
    occurrence = pl.int_range(pl.len()).over(same)
    owner = pl.coalesce("statement_key_id", "statement_id")
    return lines.with_columns(
        project_line_id=key_expr(
            pl.lit("project_line"), owner, "spending_unit_id", "canonical", occurrence
        ),
        name="label",
        goal=pl.when(pl.col("goal") != "").then("goal"),
        printed_total_yuan=yuan_expr("total_fen"),
    )


def projects(lines: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Projects over tables and years, and which lines they are: the same name in the same unit.

    Where a unit prints a name several times, which of them is which of another table's or next
    year's is not known: each stays a project of its own.
    """
    same = ["statement_id", "spending_unit_id", "canonical"]
    linked = lines.filter(pl.col("spending_unit_id").is_not_null()).with_columns(
        times=pl.len().over(same)
    )
    owner = pl.when(pl.col("times") > 1).then("project_line_id").otherwise(pl.lit(""))
    keyed = linked.with_columns(
        project_id=key_expr(pl.lit("project"), "spending_unit_id", "canonical", owner)
    )
    bridge = keyed.select(
        "statement_id", "project_line_id", "project_id", method=pl.lit("unit_and_name"),
        confidence=pl.lit(1.0),
        evidence=pl.format("{} · {}", "spending_unit_name", "canonical"),
    )  # fmt: skip
    found = keyed.select("statement_id", "project_id", "spending_unit_id", name="canonical")
    return {"dim_project": found, "bridge_project_identity": bridge}
