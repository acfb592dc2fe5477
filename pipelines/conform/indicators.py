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
        *STATEMENT, "statement_id", "reporting_body_id", "fiscal_year", "phase", "layout_id",
        "shape",
    )  # fmt: skip
    of_project = lines.select(
        *ROW, "spending_unit_id", "project_line_id", "label_cell", project_name="name"
    )
    joined = raw.join(context, on=STATEMENT, how="inner", maintain_order="left").join(
        of_project, on=ROW, how="left", maintain_order="left"
    )
    levels = {"class": ("level_2_raw", r"[1-4]\s*[1-9]"), "parent": ("level_1_raw", "[1-4]")}
    keyed = joined.with_columns(
        indicator_id=key_expr("cell_id", pl.lit("indicator"), "ordinal"),
        **{f"{of}_code": _code(level, digits) for of, (level, digits) in levels.items()},
        **{f"{of}_name": _name(level, digits) for of, (level, digits) in levels.items()},
    )
    return _classed(_coded(keyed, config), config)


def _coded(keyed: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """With the codes of levels that are printed by name alone."""
    classes = _class_names(config)
    for of, level in (("class", "2"), ("parent", "1")):
        code, name = f"{of}_code", f"{of}_name"
        by_name = classes.filter(pl.col("class_level") == level).select(
            pl.col("class_name").alias(name), by_name="class_code"
        ).unique(name, keep="first", maintain_order=True)  # fmt: skip
        keyed = (
            keyed.join(by_name, on=name, how="left", maintain_order="left")
            .with_columns(pl.coalesce(code, "by_name").alias(code))
            .drop("by_name")
        )
    return keyed


def _classed(coded: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """With the class of the lowest level that is printed; a code with another name has none."""
    known = _class_names(config).unique(["class_code", "class_name"], maintain_order=True)
    lowest = pl.col("level_2_raw").is_null()
    return coded.with_columns(
        lowest_code=pl.when(lowest).then("parent_code").otherwise("class_code"),
        lowest_name=pl.when(lowest).then("parent_name").otherwise("class_name"),
    ).join(
        known.select("indicator_class_id", lowest_code="class_code", lowest_name="class_name"),
        on=["lowest_code", "lowest_name"], how="left", maintain_order="left",
    )  # fmt: skip


def unknown_classes(
    found: pl.DataFrame, statements: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """An item for levels of indicators that no class has so, code and name, below its parent.

    Not where none is printed; where one is, it is some class by itself.
    """
    named = _class_names(config)
    parents = named.select(
        "framework_version", parent_code="class_code", parent_name="class_name"
    )  # fmt: skip
    known = named.join(parents, on=["framework_version", "parent_code"], how="inner")
    levels = ["parent_code", "parent_name", "class_code", "class_name"]
    is_printed = [pl.col(level).is_not_null() for level in ("level_1_raw", "level_2_raw")]
    lone = pl.any_horizontal(is_printed) & ~pl.all_horizontal(is_printed)
    doubtful = pl.concat(
        [
            found.filter(pl.all_horizontal(is_printed)).join(known, on=levels, how="anti"),
            found.filter(lone & pl.col("indicator_class_id").is_null()),
        ]
    )
    unknown = doubtful.with_columns(
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
    """The name behind the code of a printed level, or all of it where it has no code."""
    printed = canonical_name(level)
    behind = printed.str.extract(rf"^{digits}\s*[-—–]\s*(.+)$")
    alone = pl.when(~printed.str.contains(r"^\d")).then(printed)
    return pl.coalesce(behind, alone).str.replace_all(r"\s", "")


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
