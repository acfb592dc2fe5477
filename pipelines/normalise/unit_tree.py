"""Rows of units with codes: which stand below which, and what below the last of them is a project.

Such a table prints a department above its units, and below a unit groups of projects above
projects, several levels in one column. Amounts tell the levels: a row is the sum of those right
below it. Where they leave several readings, codes tell those of units: one that begins with
another's stands below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.normalise.cells import BLOCK, LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What a reading of many equal amounts may cost; beyond it codes decide.
_MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class CodedRow:
    """A row below the grand total: its line, its code if it has one, what it states in all."""

    line_no: int
    code: str | None
    amount: int | None


def parents(rows: Sequence[CodedRow], total: int | None) -> list[int | None]:
    """The line each row stands below; none for those right below the grand total."""
    by_amount = _by_amount([row.amount for row in rows], total)
    if by_amount is None:
        return _by_code(rows)
    return [None if at is None else rows[at].line_no for at in by_amount]


def _by_code(rows: Sequence[CodedRow]) -> list[int | None]:
    """Below the nearest row above whose code begins its own; without one, below the last unit."""
    found: list[int | None] = []
    above: list[CodedRow] = []
    for row in rows:
        if row.code is not None:
            while above and not _is_within(row.code, above[-1].code or ""):
                above.pop()
        found.append(above[-1].line_no if above else None)
        if row.code is not None:
            above.append(row)
    return found


def _is_within(code: str, other: str) -> bool:
    return code != other and code.startswith(other)


def _by_amount(amounts: Sequence[int | None], total: int | None) -> list[int | None] | None:
    """Index of the row each stands below, if sums leave just one reading; else none."""
    if total is None or any(amount is None or amount <= 0 for amount in amounts):
        return None
    stated = [amount for amount in amounts if amount is not None]
    steps = 0

    @cache
    def read(at: int, left: int) -> dict[int, tuple[tuple[int, ...], ...]]:
        """Readings of the rows from ``at`` on that add up to ``left``, two at most, by their end.

        A reading is, of each row that it takes, where what stands below that row ends.
        """
        nonlocal steps
        steps += 1
        if left == 0:
            return {at: ((),)}
        if steps > _MOST_STEPS or at >= len(stated) or stated[at] > left:
            return {}
        found: dict[int, tuple[tuple[int, ...], ...]] = {}
        inners = {at + 1: ((),), **read(at + 1, stated[at])}
        for end, inner in inners.items():
            for last, rest in read(end, left - stated[at]).items():
                both = tuple((end, *one, *other) for one in inner for other in rest)
                found[last] = (*found.get(last, ()), *both)[:2]
        return found

    readings = read(0, total).get(len(stated), ())
    if steps > _MOST_STEPS or len(readings) != 1:
        return None
    below: list[int | None] = []
    open_rows: list[int] = []
    for at, _ in enumerate(readings[0]):
        while open_rows and readings[0][open_rows[-1]] <= at:
            open_rows.pop()
        below.append(open_rows[-1] if open_rows else None)
        open_rows.append(at)
    return below


def coded_roles(rows: pl.DataFrame, is_total: pl.Expr) -> pl.DataFrame:
    """Role and place of the rows of blocks in which units have codes.

    Args:
        rows: Named rows with ``row_axis``, ``label``, ``code``, ``total_fen``.
        is_total: Whether a row is a grand total.

    Returns:
        One row per LINE of such a block: ``coded_role`` (grand_total, unit, subtotal, project,
        unlabelled), ``coded_parent`` (line; null right below the total), ``coded_unit``,
        ``is_coded_leaf``.
    """
    told = rows.with_columns(is_total=is_total)
    coded = told.filter((pl.col("code").is_not_null() & ~pl.col("is_total")).any().over(BLOCK))
    found: list[tuple[object, ...]] = []
    for key, block in coded.group_by(BLOCK, maintain_order=True):
        found += [(*key[:-1], line, key[-1], *rest) for line, *rest in _block(block)]
    schema: dict[str, Any] = {
        **{name: rows.schema[name] for name in LINE},
        "coded_role": pl.String, "coded_parent": pl.Int32, "coded_unit": pl.Int32,
        "is_coded_leaf": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


def _block(block: pl.DataFrame) -> list[tuple[int, str, int | None, int | None, bool]]:
    totals = block.filter("is_total")
    named = block.filter(~pl.col("is_total") & (pl.col("label") != "")).sort("line_no")
    rows = [CodedRow(*r) for r in named.select("line_no", "code", "total_fen").iter_rows()]
    total = totals["total_fen"][0] if totals.height == 1 else None
    above = dict(zip((row.line_no for row in rows), parents(rows, total), strict=True))
    codes = {row.line_no: row.code for row in rows}
    heads = set(above.values())
    found: list[tuple[int, str, int | None, int | None, bool]] = [
        (line, "grand_total", None, None, False) for line in totals["line_no"]
    ]
    for line, parent in above.items():
        unit = parent
        while unit is not None and codes[unit] is None:
            unit = above[unit]
        role = "unit" if codes[line] is not None else "subtotal" if line in heads else "project"
        found.append((line, role, parent, None if role == "unit" else unit, line not in heads))
    blank = block.filter(~pl.col("is_total") & (pl.col("label") == ""))
    return [*found, *((line, "unlabelled", None, None, False) for line in blank["line_no"])]
