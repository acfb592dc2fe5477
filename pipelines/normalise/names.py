"""Printed names → nodes of axes: by code lists, numbering aside, and by year where one recurs."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.values.text import folded
from schemas.axes import CLASS_AXES, CLASSES_BY_NAME
from schemas.code_lists import code_list
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from pathlib import Path

#: Codes of classes that are printed by name alone: those of the highest level.
_CLASS_DIGITS = 3
_NEAREST = 3


def folded_name(column: str) -> pl.Expr:
    """A name for comparison: folded, without white space, quotation marks, a colon behind it."""
    return folded(column).str.replace_all(r"[\s“”\"]|:\s*$", "")


def without_number(name: pl.Expr) -> pl.Expr:
    """A folded name without the number before it, and without words that say it is a part."""
    before = "|".join(f"(?:{pattern})" for pattern in vocabulary().lines.before)
    return name.str.replace(rf"^(?:{before})+", "")


@cache
def known_names(config: Path | None = None) -> pl.DataFrame:
    """Every name that stands for a node: ``row_axis, key, node, first_year, last_year``."""
    listed = code_list("node_names", config).select(
        "axis", "name", "node", first_year=pl.lit(None, dtype=pl.Int32),
        last_year=pl.lit(None, dtype=pl.Int32),
    )  # fmt: skip
    frames = [listed]
    for axis, nodes, classes in CLASSES_BY_NAME:
        frames.append(listed.filter(pl.col("axis") == nodes).with_columns(axis=pl.lit(axis)))
        frames.append(
            class_names(classes, config)
            .filter(pl.col("code").str.len_chars() == _CLASS_DIGITS)
            .select("name", "first_year", "last_year", axis=pl.lit(axis), node="code")
            .select(listed.columns)
        )
    return pl.concat(frames).select(
        "node", "first_year", "last_year", row_axis="axis", key=folded_name("name")
    )  # fmt: skip


@cache
def class_names(axis: str, config: Path | None = None) -> pl.DataFrame:
    """Classes of an axis with every name they had: ``code, name, first_year, last_year``."""
    listed, code = CLASS_AXES[axis]
    years = (pl.col(c).cast(pl.Int32) for c in ("first_year", "last_year"))
    return code_list(listed, config).select(pl.col(code).alias("code"), *years, name="name_zh")


def with_nodes(lines: pl.DataFrame, config: Path | None = None) -> pl.DataFrame:
    """Lines with ``named_node``: the node that ``key`` stands for, null if none or several.

    Args:
        lines: With ``row_axis``, ``key`` (a folded name), ``fiscal_year``.
        config: The operator's own code lists.
    """
    on = ["row_axis", "key"]
    asked = lines.select(*on, "fiscal_year").unique()
    fits = pl.col("fiscal_year").is_between(
        pl.col("first_year").fill_null(pl.col("fiscal_year")),
        pl.col("last_year").fill_null(pl.col("fiscal_year")),
    )
    node = pl.col("node")
    found = (
        pl.concat([asked.with_columns(printed="key"),
                   asked.with_columns(printed="key", key=without_number(pl.col("key")))])
        .join(known_names(config), on=on, how="inner")
        .group_by("row_axis", "fiscal_year", key="printed")
        .agg(any_year=node.unique(), this_year=node.filter(fits).unique())
        .select("row_axis", "fiscal_year", "key",
                named_node=pl.when(pl.col("any_year").list.len() == 1)
                .then(pl.col("any_year").list.first())
                .when(pl.col("this_year").list.len() == 1)
                .then(pl.col("this_year").list.first()))
    )  # fmt: skip
    return lines.join(
        found, on=[*on, "fiscal_year"], how="left", maintain_order="left", nulls_equal=True
    )


def nearest_names(axis: str, name: str, config: Path | None = None) -> list[str]:
    """Known names of an axis that are most like a name, the likest first."""
    known = known_names(config).filter(pl.col("row_axis") == axis)["key"].unique().sort()
    return get_close_matches(name, known.to_list(), _NEAREST, 0.4)
