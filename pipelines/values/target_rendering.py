"""A clause in one canonical spelling, which reads as that clause again."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipelines.values.target_words import meanings

if TYPE_CHECKING:
    from decimal import Decimal

    from pipelines.values.target_clauses import Clause

_SIGNS = {"none": "", "eq": "=", "ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_DATE_MARKS = {"none": "", "eq": "", "ge": "起", "le": "及以前", "lt": "前"}


def render_clause(clause: Clause) -> str:
    """The clause as a person would write it: ``≥5000人次``, ``12月31日及以前``, ``3-5个``."""
    if clause.kind == "boolean":
        return "是" if clause.boolean else "否"
    if clause.kind == "date":
        return _date(clause)
    sign = _SIGNS.get(clause.comparator, "")
    if clause.kind == "ordinal":
        return f"{sign}{clause.grade}"
    if clause.kind == "reference":
        return f"{sign}{clause.reference}"
    low, high = _plain(clause.low), _plain(clause.high)
    if clause.kind == "ratio":
        return f"{sign}{low or high}:{_plain(clause.denominator)}"
    number = f"{low}-{high}" if clause.comparator == "between" else low or high
    change = _first("target_bases", "base", clause.base)
    change += _first("target_directions", "direction", clause.direction)
    each = "".join(f"/{thing}" for thing in (clause.per_unit or "").split("/") if thing)
    period = _first("target_periods", "period", clause.per_period)
    return f"{period}{change}{sign}{number}{clause.unit or ''}{each}"


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


def _date(clause: Clause) -> str:
    if clause.comparator == "between":
        return f"{_in_words(clause.period_from)}至{_in_words(clause.period_to)}"
    date = clause.period_to or clause.period_from
    return _in_words(date) + _DATE_MARKS[clause.comparator]


def _in_words(iso: str | None) -> str:
    """2023-12-31 → 2023年12月31日; --12 → 12月."""
    has_year = not (iso or "").startswith("--")
    parts = (iso or "").removeprefix("--").split("-")
    marks = ("年", "月", "日") if has_year else ("月", "日")
    return "".join(part + mark for part, mark in zip(parts, marks, strict=False))


@cache
def _first(name: str, column: str, meaning: str | None) -> str:
    """The first listed spelling of a meaning."""
    return next((word for word, said in meanings(name, column).items() if said == meaning), "")
