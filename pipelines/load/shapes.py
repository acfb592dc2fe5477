"""Frames in the shapes that the warehouse declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Iterator


def shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The declared columns of a table in their declared types; ``true`` in a code list is true."""
    return frame.select(_typed(table, frame))


def _typed(table: str, frame: pl.DataFrame) -> Iterator[pl.Expr]:
    for name, dtype in tables()[table].polars_schema().items():
        is_word = dtype == pl.Boolean and frame.schema[name] == pl.String
        yield (pl.col(name) == "true").alias(name) if is_word else pl.col(name).cast(dtype)
