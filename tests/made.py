"""Builds with made-up rows in tables as they are declared: what questions ask, without a night."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from pipelines.settings import Settings
from schemas.registry import tables
from schemas.render import bare_ddl

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.registry import ColumnSpec


def published(root: Path, **rows: list[dict[str, Any]]) -> Settings:
    """An installation whose published build has these rows, by table; columns may be left out."""
    settings = Settings(raw=root / "raw", warehouse=root / "warehouse")
    settings.published.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.published)) as connection:
        connection.execute(f"BEGIN; {bare_ddl()} COMMIT;")  # one commit, not one a table
        for table, told in rows.items():
            spec = tables()[table]
            filled = [{c.name: one.get(c.name, _nothing(c)) for c in spec.columns} for one in told]
            frame = pl.DataFrame(filled, schema=spec.polars_schema(), orient="row")
            connection.register("frame", frame)
            connection.execute(f"INSERT INTO {table} SELECT * FROM frame")
    return settings


def _nothing(column: ColumnSpec) -> Any:
    """What says nothing in a column: null, or zero of its type."""
    if column.nullable:
        return None
    if column.dtype.is_numeric():
        return 0
    zeros = {pl.String: "", pl.Boolean: False, pl.Date: date(2000, 1, 1)}
    return zeros.get(type(column.dtype), datetime(2000, 1, 1))  # noqa: DTZ001 - UTC by declaration
