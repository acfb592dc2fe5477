"""Drawn pages through recognition and normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.documents.context import DocumentContext
from pipelines.documents.readings import ReadingKey
from pipelines.normalise.records import normalise
from pipelines.recognise.documents import recognise
from schemas.layout import Layout
from tests.recognise.paged import DOCUMENT, Drawn, Sheet, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


def layout(said: dict[str, Any]) -> Layout:
    """A made-up layout: what is said of it, and what every layout says."""
    plain = {"id": "made-up/layout", "has_grand_total": False}
    return Layout.model_validate(plain | said)


def normalised(layouts: Sequence[Layout], *sheets: Sheet) -> dict[str, pl.DataFrame]:
    """The records of a drawn document."""
    key = ReadingKey("a" * 20, DOCUMENT, ())
    return normalise(recognise([(key, draw(*sheets), DocumentContext())], layouts))


def page(rows: Sequence[str], *lines: str) -> Sheet:
    """A page with one grid and the lines above it."""
    return Sheet([Drawn(rows)], lines)
