"""How a table and a column of the warehouse are declared: once, here, for every use.

Validation (Pandera), DDL, comments (DuckDB), and the data dictionary are all rendered from these
declarations; nothing else in the project names a type or describes a column.
"""

from __future__ import annotations

from typing import Any

import pandera.polars as pa
import polars as pl

#: Stable keys: the first 20 hex digits of a SHA-256 (80 bits; see pipelines/values/keys.py).
KEY_PATTERN = r"^[0-9a-f]{20}$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
#: ISO 8601 as far as a date is printed: 2023-12-31, 2023-12, 2023, --12-31, --12.
PARTIAL_DATE_PATTERN = r"^(\d{4}(-\d\d(-\d\d)?)?|--\d\d(-\d\d)?)$"

#: Money in yuan. 18 digits: the national budget fits with two decimals and four digits to spare.
MONEY = (18, 2)
#: Quantities in targets, as printed, scale applied.
QUANTITY = (28, 8)


class Table(pa.DataFrameModel):
    """Base of every published table.

    A subclass's ``Config`` gives ``unique`` (its key) and ``metadata``: ``zh``, ``en``, ``grain``
    and ``role`` (dimension, bridge, fact, mart, detail, evidence, operation).
    """

    class Config:
        strict = True
        ordered = True
        coerce = False


def column(
    zh: str,
    en: str,
    *,
    references: str | None = None,
    additive: bool | None = None,
    unit: str | None = None,
    **constraints: Any,
) -> Any:
    """Declare a column: what it is in both languages, and what holds for it.

    Args:
        zh: Description in Chinese.
        en: Description in English.
        references: ``table.column`` this one points to; checked by query at every build.
        additive: For measures: whether summing it within one phase is true.
        unit: Unit of measure, e.g. ``CNY``.
        constraints: Pandera field constraints (``nullable``, ``isin``, ``ge``, ``str_matches`` …).
    """
    metadata = {"zh": zh, "references": references, "additive": additive, "unit": unit}
    return pa.Field(description=en, metadata=metadata, **constraints)


def key(zh: str, en: str, *, references: str | None = None, **constraints: Any) -> Any:
    """Declare a column that holds a stable key (``KEY_PATTERN``)."""
    return column(zh, en, references=references, str_matches=KEY_PATTERN, **constraints)


def table(
    zh: str, en: str, *, grain: str, role: str, reading: bool = False
) -> dict[str, str | bool]:
    """Metadata of a table: descriptions, grain, role.

    ``reading`` marks tables whose rows come from readings of documents: they are staged by batch
    and pass the gate before loading. The others are made when a build is made.
    """
    return {"zh": zh, "en": en, "grain": grain, "role": role, "reading": reading}


__all__ = [
    "KEY_PATTERN",
    "MONEY",
    "PARTIAL_DATE_PATTERN",
    "QUANTITY",
    "SHA256_PATTERN",
    "Table",
    "column",
    "key",
    "pl",
    "table",
]
