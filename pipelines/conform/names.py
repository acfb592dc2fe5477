"""Canonical names: one spelling for a name, however it was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.values.text import fold, folded
from schemas.layout import vocabulary

if TYPE_CHECKING:
    import polars as pl

#: The code of a unit in one cell with its name: 105001示例局. Names may begin with short numbers.
_UNIT_CODE = r"^\d{5,}[-_—]?"


def canonical_name(column: str) -> pl.Expr:
    """Folded, without white space, with full-width brackets as Chinese names print them."""
    plain = folded(column).str.replace_all(r"\s+", "")
    return plain.str.replace_all("(", "（", literal=True).str.replace_all(")", "）", literal=True)


def body_name(column: str) -> pl.Expr:
    """A body's name as it is printed, spelled one way (``pipelines.conform.bodies`` tells whose).

    A suffix that says whose book it is (（本级）) is no part of it, nor its code before it.
    """
    consolidation = vocabulary().consolidation
    suffixes = {fold(s).text for s in (*consolidation.department, *consolidation.unit)}
    printed = [s.replace("(", "（").replace(")", "）") for s in sorted(suffixes)]
    pattern = "(?:" + "|".join(re.escape(suffix) for suffix in printed) + ")$"
    return canonical_name(column).str.replace(_UNIT_CODE, "").str.replace(pattern, "")
