"""Canonical names: one spelling for a name, however it was typed."""

from __future__ import annotations

import re

import polars as pl

from pipelines.values.keys import key_expr
from pipelines.values.text import fold, folded
from schemas.layout import vocabulary

#: The code of a unit in one cell with its name: 105001示例局. Names may begin with short numbers.
_UNIT_CODE = r"^\d{5,}[-_—]?"


def canonical_name(column: str) -> pl.Expr:
    """Folded, without white space, with full-width brackets as Chinese names print them."""
    plain = folded(column).str.replace_all(r"\s+", "")
    return plain.str.replace_all("(", "（", literal=True).str.replace_all(")", "）", literal=True)


def body_name(column: str) -> pl.Expr:
    """Canonical name of a body.

    A suffix that says whose book it is (（本级）) is no part of it, nor its code before it.
    """
    consolidation = vocabulary().consolidation
    suffixes = {fold(s).text for s in (*consolidation.department, *consolidation.unit)}
    printed = [s.replace("(", "（").replace(")", "）") for s in sorted(suffixes)]
    pattern = "(?:" + "|".join(re.escape(suffix) for suffix in printed) + ")$"
    return canonical_name(column).str.replace(_UNIT_CODE, "").str.replace(pattern, "")


def body_key(column: str) -> pl.Expr:
    """Key of a body by its name; null for no name."""
    key = key_expr(pl.lit("body"), body_name(column))
    return pl.when(pl.col(column).is_not_null()).then(key)
