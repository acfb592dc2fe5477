"""Rows of an answer and rows that are expected of it, so that they can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Whose, of when.
KEY = ["body", "fiscal_year", "phase"]
#: To as many places shares are compared.
_PLACES = 9
Row = tuple[Any, ...]


def rows(frame: pl.DataFrame) -> list[Row]:
    """Expected rows, in the order in which answers are compared."""
    return in_order(frame.rows())


def told(found: Iterable[dict[str, Any]], *columns: str) -> list[Row]:
    """Columns of an answer, likewise."""
    return in_order(tuple(row[column] for column in columns) for row in found)


def in_order(found: Iterable[Row]) -> list[Row]:
    """Rows by what they say, shares rounded."""
    return sorted((tuple(map(_rounded, row)) for row in found), key=repr)


def share(part: str | pl.Expr, of: str | pl.Expr) -> pl.Expr:
    """A quotient; none of nothing."""
    part, of = (pl.col(e) if isinstance(e, str) else e for e in (part, of))
    return pl.when(of != 0).then(part.cast(pl.Float64) / of.cast(pl.Float64))


def documents(frame: pl.DataFrame) -> pl.DataFrame:
    """On how many documents each body, year and phase of some facts rests."""
    return frame.group_by(KEY).agg(document_count=pl.col("sha256").n_unique().cast(pl.Int64))


def _rounded(value: Any) -> Any:
    return round(value, _PLACES) + 0.0 if isinstance(value, float) else value
