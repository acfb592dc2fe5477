"""What values of indicators say: each distinct text, with its indicator's name, is parsed once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.values.targets import Clause, TargetValue, judge, read_value
from schemas.tables.base import QUANTITY

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Grain of what values read as: one row per distinct text and name of its indicator.
TEXT = ("raw_text", "name")
_READ_SCHEMA: dict[str, Any] = {
    "raw_text": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "direction": pl.String,
    "state": pl.String,
    "suspect": pl.String,
    "spans": pl.String,
    "clause_count": pl.Int32,
}
#: Columns of a clause, and what of it each is.
_CLAUSE_COLUMNS: dict[str, tuple[str, Any]] = {
    "clause_kind": ("kind", pl.String),
    "subject": ("subject", pl.String),
    "comparator": ("comparator", pl.String),
    "low_value": ("low", pl.Decimal(*QUANTITY)),
    "high_value": ("high", pl.Decimal(*QUANTITY)),
    "printed_low": ("printed_low", pl.Decimal(*QUANTITY)),
    "printed_high": ("printed_high", pl.Decimal(*QUANTITY)),
    "scale_exponent": ("scale", pl.Int32),
    "denominator": ("denominator", pl.Decimal(*QUANTITY)),
    "boolean_value": ("boolean", pl.Boolean),
    "unit": ("unit", pl.String),
    "per_unit": ("per_unit", pl.String),
    "per_period": ("per_period", pl.String),
    "printed_unit": ("printed_unit", pl.String),
    "period_from": ("period_from", pl.String),
    "period_to": ("period_to", pl.String),
    "grade": ("grade", pl.String),
    "reference": ("reference", pl.String),
    "base": ("base", pl.String),
    "clause_direction": ("direction", pl.String),
    "clause_from": ("start", pl.Int32),
    "clause_to": ("end", pl.Int32),
}
_CLAUSE_SCHEMA: dict[str, Any] = {
    "raw_text": pl.String,
    "name": pl.String,
    "clause_no": pl.Int32,
    **{column: dtype for column, (_, dtype) in _CLAUSE_COLUMNS.items()},
}
#: Where the characters of a value are printed: from ``start`` to ``end`` of it they stand in a
#: cell from ``cell_from`` on. A value whose comparator or unit has its own column has several.
PIECES = pl.List(
    pl.Struct({"cell_id": pl.String, "start": pl.Int32, "end": pl.Int32, "cell_from": pl.Int32})
)


def one_piece(cell: str, cell_from: str) -> pl.Expr:
    """Pieces of a value that stands in one cell, from a character on."""
    whole = pl.struct(
        cell_id=cell,
        start=pl.lit(0, dtype=pl.Int32),
        end=pl.col("raw_text").str.len_chars().cast(pl.Int32),
        cell_from=cell_from,
    )
    return pl.concat_list(whole).cast(PIECES)


def read_values(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each distinct text with its indicator's name reads as.

    Args:
        texts: ``raw_text`` and ``name``, each pair once.

    Returns:
        A row per text and name with what the value is, and a row per measurable clause of it.
    """
    parsed: dict[str, TargetValue] = {}
    read: list[tuple[Any, ...]] = []
    clauses: list[tuple[Any, ...]] = []
    for text, name in texts.iter_rows():
        if text not in parsed:
            parsed[text] = read_value(text)
        value = judge(text, parsed[text], name)
        spans = json.dumps([[s.start, s.end, s.role] for s in value.spans])
        read.append((text, name, value.kind, value.direction, value.state, value.suspect, spans,
                     len(value.clauses)))  # fmt: skip
        clauses += [(text, name, n, *_clause_row(c)) for n, c in enumerate(value.clauses, 1)]
    return (
        pl.DataFrame(read, schema=_READ_SCHEMA, orient="row"),
        pl.DataFrame(clauses, schema=_CLAUSE_SCHEMA, orient="row"),
    )


def _clause_row(clause: Clause) -> tuple[Any, ...]:
    return tuple(getattr(clause, attribute) for attribute, _ in _CLAUSE_COLUMNS.values())


def beside_the_other(
    values: pl.DataFrame, clauses: pl.DataFrame, indicator: Sequence[str]
) -> pl.DataFrame:
    """Values that only the indicator's other horizon makes suspect: 2280次 beside ≥280次.

    ``indicator``: the columns that tell one indicator from another.
    """
    first = clauses.filter(pl.col("clause_no") == 1)
    digits = pl.col("printed_low").cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    number = first.select(*TEXT, "comparator", low=digits)
    read = values.join(number, on=TEXT, how="left", maintain_order="left")
    at_least = pl.when(pl.col("comparator") == "ge").then(pl.col("low"))
    other = pl.concat_str(pl.lit("2"), at_least.drop_nulls().first().over(indicator))
    is_misread = (pl.col("comparator") == "none") & (pl.col("low") == other)
    suspect = pl.when(is_misread.fill_null(value=False)).then(pl.lit("ge_read_as_2"))
    return read.with_columns(suspect=pl.coalesce("suspect", suspect)).drop("comparator", "low")
