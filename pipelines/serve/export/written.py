"""What a format says of the files it wrote, for the data package."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from schemas.registry import TableSpec

#: Times in text files: ISO 8601 with microseconds, in UTC.
UTC_TIME = "%Y-%m-%dT%H:%M:%S%.6fZ"


@dataclass(frozen=True)
class Written:
    """A table in a file.

    Attributes:
        table: Its declaration.
        path: The file, relative to the directory of the export.
        properties: What a reader needs: format, media type, encoding, dialect.
        missing: What stands for no value in columns that may have none.
        states_hash: Whether tools that read this format by its resource can hold bytes and hash
            against the file; those of every file stand in the package too.
    """

    table: TableSpec
    path: str
    properties: dict[str, Any]
    missing: tuple[str, ...] = ("",)
    states_hash: bool = True


@dataclass
class Output:
    """All tables that were written, and what was done to values, in both languages.

    ``escaped`` says that some text begins with an apostrophe that is no part of it.
    """

    files: list[Written] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    escaped: bool = False


def times_as_text() -> pl.Expr:
    """Columns of times as text in UTC."""
    return pl.selectors.datetime().dt.strftime(UTC_TIME)
