"""Gates: collected frames pass the models they are declared by, or their statement waits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandera.errors
import pandera.polars as pa
import polars as pl

from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandera.polars import DataFrameSchema

#: Known only when a build is made: which version a row belongs to, and since when an item waits.
LATER = ("statement_version_id", "opened_utc")


class GateError(RuntimeError):
    """A frame is not of the declared shape: an error of this program, not of a document."""


@dataclass(frozen=True)
class Rejection:
    """A constraint that rows of a statement do not meet."""

    statement_id: str
    table: str
    found: str
    expected: str


@cache
def staged_schema(name: str, *, of_statements: bool) -> DataFrameSchema:
    """The declared model of a table as it is staged: less what only a build knows.

    Rows of several statements stand in one batch, so keys hold within a statement; its column
    is staged beside the declared ones.
    """
    spec = tables()[name]
    schema = spec.model.to_schema()
    schema = schema.remove_columns([c for c in LATER if c in schema.columns])
    if of_statements and "statement_id" not in schema.columns:
        schema = schema.add_columns({"statement_id": pa.Column(pl.String)})
    owners = [c for c in ("statement_id", "reading_id") if c in schema.columns]
    schema.unique = list(dict.fromkeys([*spec.key, *owners]))
    return schema


def staged(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The declared columns of a staged table, in order; ``statement_id`` is kept if it has one."""
    spec = tables()[name]
    shape = spec.polars_schema(*LATER)
    columns = [pl.col(name).cast(dtype) for name, dtype in shape.items()]
    if "statement_id" in frame.columns and "statement_id" not in shape:
        columns.append(pl.col("statement_id"))
    return frame.select(columns)


def pass_gates(frames: Mapping[str, pl.DataFrame]) -> list[Rejection]:
    """Hold every staged frame against its model; return what does not pass.

    Raises:
        GateError: columns or types differ, or a failure cannot be tied to a statement.
    """
    return [rejection for name, frame in frames.items() for rejection in _failures(name, frame)]


def _failures(name: str, frame: pl.DataFrame) -> list[Rejection]:
    if frame.is_empty():
        return []  # ``staged`` gave it the declared columns, and no row can break a constraint
    schema = staged_schema(name, of_statements="statement_id" in frame.columns)
    try:
        schema.validate(frame.select(list(schema.columns)), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    if "statement_id" not in frame.columns or cases["index"].is_null().any():
        raise GateError(f"{name}: {cases.to_dicts()[:5]}")
    statements = frame["statement_id"]
    return [
        Rejection(
            statement_id=statements[row],
            table=name,
            found=f"{name}.{column} = {case}",
            expected=check,
        )
        for row, column, check, case in cases.select(
            "index", "column", "check", "failure_case"
        ).iter_rows()
    ]
