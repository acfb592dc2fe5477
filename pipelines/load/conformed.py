"""Conformed codes as tables: the vocabularies, and bridges from what is printed to their words.

All of it follows from code lists and from the codes that stand in the dimensions of a build; no
document is asked, and no code is left without a row.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

import polars as pl

from pipelines.load.shapes import shaped
from schemas.axes import parents
from schemas.code_lists import code_list
from schemas.conformed import change_years, fund_group_of, main_type, read_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Years that codes are told for; the budgets of no year before or after are in the warehouse.
_FIRST, _LAST = 1949, 2100
#: Digits of a function code, the most first: the row of the longest code that begins it holds.
_DIGITS = (7, 5, 3)
_TOP = 3
_NO_CLASS = "没有印出功能科目 / no function class is printed"


def conformed_frames(
    classes: Mapping[str, pl.DataFrame], config: Path | None
) -> dict[str, pl.DataFrame]:
    """Frames in the declared shapes, by table.

    Args:
        classes: ``pipelines.load.classes.class_frames``.
        config: The operator's own code lists.
    """
    function = classes["dim_function_class"]["function_class_id"]
    economic = classes["dim_economic_class"]["economic_class_id"]
    frames = {
        "dim_cofog": _cofog(config),
        "dim_government_economic_class": _government_classes(config),
        "dim_fund_group": code_list("fund_groups", config).rename({"fund_group": "fund_group_id"}),
        "dim_indicator_group": code_list("indicator_groups", config).rename(
            {"indicator_group": "indicator_group_id", "parent_group": "parent_indicator_group_id"}
        ),
        "function_class_cofog": _function_cofog(function, config),
        "function_class_change": code_list("function_changes", config),
        "function_class_read_on": _read_on(function, config),
        "economic_class_government": _crosswalk(economic, config),
        "fund_source_group": fund_group_of(config).rename(
            {"fund_source": "fund_source_id", "fund_group": "fund_group_id"}
        ),
        "indicator_class_group": code_list("indicator_class_groups", config).select(
            pl.concat_str("framework_version", "class_code", separator="/")
            .alias("indicator_class_id"),
            pl.col("indicator_group").alias("indicator_group_id"),
            "is_judgement", "why", "source",
        ),
    }  # fmt: skip
    return {name: shaped(name, frame) for name, frame in frames.items()}


def expenditure_types(config: Path | None) -> pl.DataFrame:
    """``dim_expenditure_type``, each type with the main one that it is told within."""
    axis = "expenditure_type"
    nodes = code_list("nodes", config).filter(pl.col("axis") == axis)
    main = {node: main_type(node, config) for node in parents(axis, config)}
    named = nodes.select(
        pl.col("node").alias("expenditure_type_id"),
        pl.col("parent_node").alias("parent_expenditure_type_id"),
        "name_zh", "name_en",
        main_expenditure_type_id=pl.col("node").replace_strict(main),
    )  # fmt: skip
    return shaped("dim_expenditure_type", named)


def _cofog(config: Path | None) -> pl.DataFrame:
    return code_list("cofog", config).select(
        pl.col("cofog_code").alias("cofog_id"),
        pl.coalesce("parent_code", "cofog_code").alias("division_id"),
        "name_zh", "name_en",
        cofog_level=pl.when(pl.col("parent_code").is_null()).then(1).otherwise(2),
    )  # fmt: skip


def _government_classes(config: Path | None) -> pl.DataFrame:
    code = pl.col("government_code")
    return code_list("government_economic_classes", config).select(
        code.alias("government_economic_class_id"),
        code.str.head(_TOP).alias("top_government_economic_class_id"),
        "name_zh", "source",
        class_level=pl.when(code.str.len_chars() == _TOP).then(1).otherwise(2),
    )  # fmt: skip


def _function_cofog(function: pl.Series, config: Path | None) -> pl.DataFrame:
    """Every code of the dimension by the row of the longest code that begins it."""
    code = pl.col("function_class_id")
    asked = pl.DataFrame({"function_class_id": function}).select(
        code, *(code.str.head(digits).alias(f"head_{digits}") for digits in _DIGITS)
    )
    listed = code_list("function_cofog", config)
    found = pl.concat(
        [
            asked.join(listed, left_on=f"head_{digits}", right_on="function_code", how="inner")
            .select("function_class_id", "cofog_code", "is_judgement", "why", "source",
                    rule_code=f"head_{digits}")
            for digits in _DIGITS
        ]
    ).unique("function_class_id", keep="first", maintain_order=True)  # fmt: skip
    division = code_list("cofog", config).select(
        "cofog_code", division_id=pl.coalesce("parent_code", "cofog_code")
    )
    is_code = code.str.contains(r"^\d")
    return (
        asked.select("function_class_id")
        .join(found, on="function_class_id", how="left", maintain_order="left")
        .join(division, on="cofog_code", how="left", maintain_order="left")
        .with_columns(
            cofog_id="cofog_code",
            is_judgement=pl.col("is_judgement").fill_null("false"),
            why=pl.when(is_code).then("why").otherwise(pl.lit(_NO_CLASS)),
            source=pl.col("source").fill_null("schemas/codes/function_cofog.csv: no row"),
            staff_cost=_staff_cost(config),
        )
    )


def _staff_cost(config: Path | None) -> pl.Expr:
    """What of the body's own staff a class pays; of classes above such codes nothing is told."""
    listed = code_list("staff_costs", config)
    code = pl.col("function_class_id")
    own = pl.coalesce(
        pl.when(code.str.starts_with(start)).then(pl.lit(cost))
        for start, cost in listed.select("function_code", "staff_cost").rows()
    )
    is_above = pl.any_horizontal(
        pl.lit(start).str.starts_with(code) for start in listed["function_code"]
    )
    is_unsplit = ~code.str.contains(r"^\d")
    return (
        pl.when(own.is_not_null()).then(own)
        .when(is_above | is_unsplit).then(pl.lit("not_separable"))
        .otherwise(pl.lit("none"))
    )  # fmt: skip


def _read_on(function: pl.Series, config: Path | None) -> pl.DataFrame:
    """Codes and the years in which they led to another."""
    edges = [_FIRST, *change_years(config), _LAST + 1]
    spans = [(start, end - 1) for start, end in pairwise(edges)]
    rows = []
    for code in function.filter(function.str.contains(r"^\d")):
        told = [(start, end, read_on(code, end, config)) for start, end in spans]
        for to, alike in groupby(told, key=itemgetter(2)):
            years = list(alike)
            if to != code:
                rows.append((code, years[0][0], years[-1][1], to))
    schema = {"function_class_id": pl.String, "first_year": pl.Int32, "last_year": pl.Int32,
              "conformed_function_class_id": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _crosswalk(economic: pl.Series, config: Path | None) -> pl.DataFrame:
    """Pairs of classes whose departments' class is in the dimension: all that are listed are."""
    listed = code_list("economic_crosswalk", config)
    return listed.filter(pl.col("economic_code").is_in(economic.implode())).rename(
        {"economic_code": "economic_class_id", "government_code": "government_economic_class_id"}
    )
