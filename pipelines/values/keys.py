"""Stable keys: the same parts give the same key on every machine and in every release."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_SEPARATOR = "\x1f"
_NOTHING = "\x00"
_DIGITS = 20


def stable_key(*parts: object) -> str:
    """Key of scalar parts: 20 hex digits of a SHA-256. ``None`` differs from an empty text."""
    return stable_hash(*parts)[:_DIGITS]


def stable_hash(*parts: object) -> str:
    """SHA-256 of scalar parts, all 64 hex digits."""
    text = _SEPARATOR.join(_NOTHING if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()


def key_expr(*parts: str | pl.Expr) -> pl.Expr:
    """The same key as ``stable_key``, over columns (names or expressions)."""
    import polars as pl
    import polars_hash as plh

    exprs = [pl.col(p) if isinstance(p, str) else p for p in parts]
    texts = [expr.cast(pl.String).fill_null(_NOTHING) for expr in exprs]
    joined = plh.concat_str(texts, separator=_SEPARATOR)
    return joined.chash.sha2_256().str.head(_DIGITS)
