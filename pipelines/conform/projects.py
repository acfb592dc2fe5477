"""Project lines of statements, and the projects that unit and name, or a code, say they are."""

from __future__ import annotations

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.conform.project_names import name_key
from pipelines.normalise.rows import STATEMENT
from pipelines.values.amounts import yuan_expr
from pipelines.values.keys import key_expr

#: The code of a project before its name, in one cell: 11000022T000000460216-办刊经费 (北京 表12);
#: a narrow cell may break it anywhere.
_CODE = r"^\s*((?:\d\s*){8}[A-Z]\s*(?:\d\s*){12})[-—–_－]\s*"


def project_lines(
    rows: pl.DataFrame, units: pl.DataFrame, statements: pl.DataFrame
) -> pl.DataFrame:
    """Project rows with their unit, the code printed before their name, and durable key.

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
            bare=pl.col("label").str.replace(_CODE, ""),
            project_code=pl.col("label").str.extract(_CODE).str.replace_all(r"\s", ""),
            ordinal=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(STATEMENT),
        )
        # a code without a name is the name that there is
        .with_columns(name=pl.when(pl.col("bare").str.strip_chars() != "").then("bare")
                      .otherwise("label"))
        .with_columns(canonical=canonical_name("name"))
    )  # fmt: skip
    same = ["statement_id", "spending_unit_id", "canonical"]
    occurrence = pl.int_range(pl.len()).over(same)
    owner = pl.coalesce("statement_key_id", "statement_id")
    return lines.with_columns(
        project_line_id=key_expr(
            pl.lit("project_line"), owner, "spending_unit_id", "canonical", occurrence
        ),
        goal=pl.when(pl.col("goal") != "").then("goal"),
        printed_total_yuan=yuan_expr("total_fen"),
    )


def projects(lines: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Projects, and which lines they are, as one statement tells: by unit and name.

    Where a unit prints a name several times, a printed code tells them apart; without one it is
    not known which of them is which of another table's or next year's: each stays a project of
    its own. A line without a unit is known by its code, if it has one. What several tables or
    years tell is decided when a build is made (``pipelines.load.projects``).
    """
    same = ["statement_id", "spending_unit_id", "canonical"]
    of_unit = pl.col("spending_unit_id").is_not_null()
    known = lines.filter(of_unit | pl.col("project_code").is_not_null()).with_columns(
        times=pl.len().over(same)
    )
    one_of_many = pl.coalesce("project_code", "project_line_id")
    owner = pl.when(pl.col("times") > 1).then(one_of_many).otherwise(pl.lit(""))
    by_name = key_expr(pl.lit("project"), "spending_unit_id", "canonical", owner)
    by_code = key_expr(pl.lit("project"), pl.lit("code"), "project_code")
    keyed = known.with_columns(
        project_id=pl.when(of_unit).then(by_name).otherwise(by_code),
        name_key=name_key(pl.coalesce("spending_unit_id", "reporting_body_id"), "canonical"),
    )
    bridge = keyed.select(
        "statement_id", "project_line_id", "project_id", "name_key",
        method=pl.when(of_unit).then(pl.lit("unit_and_name")).otherwise(pl.lit("code")),
        confidence=pl.lit(1.0),
        evidence=pl.format("{} · {}", pl.coalesce("spending_unit_name", "project_code"),
                           "canonical"),
    )  # fmt: skip
    found = keyed.select("statement_id", "project_id", "spending_unit_id", name="canonical")
    return {"dim_project": found, "bridge_project_identity": bridge}
