"""Canonical names: one spelling for a name, however it was typed."""

from __future__ import annotations

import polars as pl

from pipelines.values.keys import key_expr


def canonical_name(column: str) -> pl.Expr:
    """Folded, without white space, with full-width brackets as Chinese names print them."""
    folded = pl.col(column).str.normalize("NFKC").str.replace_all(r"\s+", "")
    return folded.str.replace_all("(", "（", literal=True).str.replace_all(")", "）", literal=True)


def body_key(column: str) -> pl.Expr:
    """Key of a body by its canonical name; null for no name."""
    name = canonical_name(column)
    return pl.when(pl.col(column).is_not_null()).then(key_expr(pl.lit("body"), name))
