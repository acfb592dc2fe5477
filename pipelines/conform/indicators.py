"""Indicators with their canonical class, their values, and the targets in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.normalise.rows import ROW, STATEMENT
from pipelines.recognise.items import ITEM_SCHEMA
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

_FACT_CONTEXT = ("statement_id", "reporting_body_id", "spending_unit_id", "project_line_id",
                 "fiscal_year", "phase")  # fmt: skip


def indicators(
    raw: pl.DataFrame, lines: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Indicators with their statement's context, their project's if they have one, their class."""
    context = statements.select(
        *STATEMENT, "statement_id", "reporting_body_id", "fiscal_year", "phase"
    )
    of_project = lines.select(
        *ROW, "spending_unit_id", "project_line_id", "label_cell", project_name="name"
    )
    joined = raw.join(context, on=STATEMENT, how="inner", maintain_order="left").join(
        of_project, on=ROW, how="left", maintain_order="left"
    )
    keyed = joined.with_columns(
        indicator_id=key_expr("cell_id", pl.lit("indicator"), "ordinal"),
        class_code=_code("level_2_raw", r"[1-4]\s*[1-9]"),
        class_name=_name("level_2_raw", r"[1-4]\s*[1-9]"),
        parent_code=_code("level_1_raw", "[1-4]"),
        parent_name=_name("level_1_raw", "[1-4]"),
    )
    for level, of in ((1, "parent"), (2, "class")):
        keyed = _with_code_of_name(keyed, of, level, config)
    known = _class_names(config).unique(["class_code", "class_name"], maintain_order=True).select(
        "class_code", "class_name", "indicator_class_id"
    )  # fmt: skip
    return keyed.join(known, on=["class_code", "class_name"], how="left", maintain_order="left")


def _with_code_of_name(
    frame: pl.DataFrame, of: str, level: int, config: Path | None
) -> pl.DataFrame:
    """Codes of levels printed by name alone, as in forms; a name of two codes has none."""
    code, name = f"{of}_code", f"{of}_name"
    names = _class_names(config).filter(pl.col("class_level") == str(level))
    told = names.unique(["class_name", "class_code"]).unique("class_name", keep="none")
    return (
        frame.join(
            told.select(pl.col("class_name").alias(name), _told="class_code"),
            on=name, how="left", maintain_order="left",
        )
        .with_columns(pl.coalesce(code, "_told").alias(code))
        .drop("_told")
    )  # fmt: skip


def unknown_classes(
    found: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """An item for levels of indicators that no class has so, code and name, below its parent."""
    named = _class_names(config)
    parents = named.select(
        "framework_version", parent_code="class_code", parent_name="class_name"
    )  # fmt: skip
    known = named.join(parents, on=["framework_version", "parent_code"], how="inner")
    levels = ["parent_code", "parent_name", "class_code", "class_name"]
    unknown = found.join(known, on=levels, how="anti").with_columns(
        found=pl.concat_str("level_1_raw", "level_2_raw", separator="；", ignore_nulls=True)
    )
    return (
        unknown.unique(["statement_id", "found"], keep="first", maintain_order=True)
        .join(statements.select("statement_id", "document_id"), on="statement_id", how="left",
              maintain_order="left")
        .select(
            "reading_id", "document_id", "statement_no", "place", "found",
            level=pl.lit("row"), rule_id=pl.lit("indicator_class_unknown"), subject="found",
            expected=pl.lit("schemas/codes/indicator_classes.csv"),
            clues=pl.lit(None, dtype=pl.String), blocks=pl.lit("none"),
        )
        .select(list(ITEM_SCHEMA))
    )  # fmt: skip


def values(raw: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Values with their indicator's context."""
    context = found.select(
        *ROW, "cell_id", "ordinal", *_FACT_CONTEXT, "indicator_id", "project_name",
        indicator_name="name",
    )  # fmt: skip
    return raw.join(
        context, on=[*ROW, "cell_id", "ordinal"], how="inner", maintain_order="left"
    ).with_columns(value_id=key_expr("indicator_id", "horizon"))


def targets(clauses: pl.DataFrame, of_values: pl.DataFrame) -> pl.DataFrame:
    """Measurable clauses, each with its place in the printed cell."""
    context = of_values.select(
        *ROW, "cell_id", "ordinal", "horizon", *_FACT_CONTEXT, "indicator_id", "value_id", "pieces"
    )
    joined = clauses.join(
        context, on=[*ROW, "cell_id", "ordinal", "horizon"], how="inner", maintain_order="left"
    )
    return joined.with_columns(
        fact_id=key_expr("value_id", pl.lit("clause"), "clause_no"),
        target_count=pl.lit(1, dtype=pl.Int32),
        direction="clause_direction",
    )


def _code(level: str, digits: str) -> pl.Expr:
    """The code of a printed level: ``41`` of ``4 1 - 经济成本指标``."""
    found = canonical_name(level).str.extract(rf"^({digits})\s*[-—–]")
    return found.str.replace_all(r"\s", "")


def _name(level: str, digits: str) -> pl.Expr:
    """The name of a printed level, behind its code if it has one."""
    found = canonical_name(level).str.extract(rf"^(?:{digits}\s*[-—–]\s*)?(.+)$")
    return found.str.replace_all(r"\s", "")


def _class_names(config: Path | None) -> pl.DataFrame:
    """Every name and alias of every indicator class; a code with another name is not mapped."""
    classes = code_list("indicator_classes", config)
    names = pl.concat_list(pl.col("name_zh"), pl.col("aliases").fill_null("").str.split("|"))
    return (
        classes.select(
            "framework_version",
            "class_code",
            "class_level",
            "parent_code",
            class_name=names,
            indicator_class_id=pl.concat_str("framework_version", "class_code", separator="/"),
        )
        .explode("class_name")
        .filter(pl.col("class_name") != "")
    )
