"""Dimensions of function and economic classes: the code lists, and what print alone knows.

Every code that a shown statement prints is in its dimension, and so are the classes above it; one
that no list has is marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.load.shapes import shaped
from schemas.axes import CLASS_AXES
from schemas.code_lists import code_list
from schemas.tables.classes import ECONOMIC_CODE, FUNCTION_CODE

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.staged import StagedReadings

#: Digits of a code by level: 类, 款, 项.
_DIGITS = (3, 5, 7)
_NAMES: dict[str, Any] = {
    "code": pl.String,
    "name_zh": pl.String,
    "first_year": pl.Int32,
    "last_year": pl.Int32,
    "source": pl.String,
    "is_listed": pl.Boolean,
}
_PATTERNS = {"function": FUNCTION_CODE, "economic": ECONOMIC_CODE}
_PRINTED = pl.lit("仅见于印刷 / known from print")


def class_frames(
    staged: StagedReadings, shown: pl.DataFrame, config: Path | None
) -> dict[str, pl.DataFrame]:
    """Dimension and names of each classification, in the declared shapes."""
    printed = staged.of_statements("printed_class", shown["statement_id"])
    frames = {}
    for axis in CLASS_AXES:
        names = _names(axis, printed, config)
        key = f"{axis}_class_id"
        frames[f"{axis}_class_name"] = shaped(f"{axis}_class_name", names.rename({"code": key}))
        classes = _classes(axis, names)
        unsplit = code_list("nodes", config).filter(pl.col("axis") == f"{axis}_class")
        whole = unsplit.select(
            pl.col("node").alias(key), pl.col("node").alias(f"top_{key}"), "name_zh",
            is_listed=pl.lit(value=True),
        )  # fmt: skip
        dim = f"dim_{axis}_class"
        frames[dim] = shaped(dim, pl.concat([classes, whole], how="diagonal"))
    return frames


def _names(axis: str, printed: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Names of codes with the years they were seen in; listed ones, and those of print alone."""
    listed_in, code = CLASS_AXES[axis]
    years = (pl.col(c).cast(pl.Int32) for c in ("first_year", "last_year"))
    listed = code_list(listed_in, config).select(
        "name_zh", *years, "source", code=code, is_listed=pl.lit(value=True)
    )
    if printed.is_empty():
        return listed.select(list(_NAMES))
    is_name = (pl.col("name").fill_null("") != "") & pl.col("code").str.contains(_PATTERNS[axis])
    mine = printed.filter((pl.col("axis") == axis) & is_name)
    known = listed.select("code", name_zh=canonical_name("name_zh"))
    found = (
        mine.group_by("code", name_zh="name", maintain_order=True)
        .agg(
            first_year=pl.col("fiscal_year").min(),
            last_year=pl.col("fiscal_year").max(),
            source=_PRINTED,
            is_listed=pl.lit(value=False),
        )
        .join(known, on=["code", "name_zh"], how="anti")
    )
    return pl.concat([listed.select(list(_NAMES)), found.select(list(_NAMES))])


def _classes(axis: str, names: pl.DataFrame) -> pl.DataFrame:
    """A row for each code and for each class above one, named as the latest year has it."""
    code, key = pl.col("code"), f"{axis}_class_id"
    latest = (
        names.sort("code", "last_year", "is_listed", "name_zh", nulls_last=False)
        .group_by("code", maintain_order=True)
        .agg(pl.col("name_zh").last(), pl.col("is_listed").any())
    )
    above = [
        latest.select(code=code.str.slice(0, digits)).filter(code.str.len_chars() == digits)
        for digits in _DIGITS
    ]
    codes = pl.concat([latest.select("code"), *above]).unique().sort("code")
    length = code.str.len_chars()
    level = length.replace_strict(
        dict(zip(_DIGITS, (1, 2, 3), strict=True)), default=None, return_dtype=pl.Int32
    )
    return codes.join(latest, on="code", how="left", maintain_order="left").select(
        code.alias(key),
        "name_zh",
        pl.when(level > 1).then(code.str.head(length.cast(pl.Int64) - 2)).alias(f"parent_{key}"),
        code.str.head(_DIGITS[0]).alias(f"top_{key}"),
        class_level=level,
        is_listed=pl.col("is_listed").fill_null(value=False),
    )
