"""Classes that are printed by name alone, told by the classes above them.

Names of classes recur (行政运行): without its code, which class a row is of follows from what
stands above it. A 款 stands below its 类, a 项 below its 款.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.normalise.cells import BLOCK, LINE
from pipelines.normalise.names import class_names, folded_name, without_number
from schemas.axes import CLASS_AXES, CLASSES_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

#: Axis of rows → the classes whose names they may have.
_CLASSES = {**{axis: axis for axis in CLASS_AXES}, **{a: c for a, _, c in CLASSES_BY_NAME}}
#: Digits of the codes of 类, 款, 项.
_HIGH, _MIDDLE, _LOW = 3, 5, 7


def by_classes_above(lines: pl.DataFrame, config: Path | None = None) -> pl.DataFrame:
    """Lines with ``named_node`` where the classes above a row tell it.

    Args:
        lines: With ``row_axis``, ``key`` (a folded name), ``code``, ``fiscal_year``, ``named_node``
            (what the name alone stands for).
        config: The operator's own code lists.
    """
    asked = (
        lines.filter(pl.col("row_axis").is_in(list(_CLASSES)))
        .filter(pl.col("code").is_null().any().over(BLOCK))
        .with_columns(plain=without_number(pl.col("key")))
        .sort(LINE)
    )
    found: list[tuple[Any, ...]] = []
    for (axis, year, *_), block in asked.group_by(
        "row_axis", "fiscal_year", *BLOCK, maintain_order=True
    ):
        codes = _codes(_CLASSES[axis], year, config)
        rows = block.select("key", "plain", "code", "named_node").rows()
        nodes = _read(rows, codes)
        found += (
            (*line, node)
            for line, node in zip(block.select(LINE).rows(), nodes, strict=True)
            if node is not None
        )
    schema: dict[str, Any] = {**{c: lines.schema[c] for c in LINE}, "told_node": pl.String}
    told = pl.DataFrame(found, schema=schema, orient="row")
    return (
        lines.join(told, on=LINE, how="left", maintain_order="left")
        .with_columns(named_node=pl.coalesce("told_node", "named_node"))
        .drop("told_node")
    )


@cache
def _codes(axis: str, year: int | None, config: Path | None) -> Mapping[str, Sequence[str]]:
    """Folded name → codes that had it in a year; in any year, if in that year none had."""
    listed = class_names(axis, config).with_columns(key=folded_name("name"))
    now = listed.filter(pl.lit(year, pl.Int32).is_between("first_year", "last_year"))
    every = pl.concat([now, listed.join(now, on="key", how="anti")])
    grouped = every.group_by("key").agg(pl.col("code").unique().sort())
    return dict(grouped.select("key", "code").iter_rows())


def _read(
    rows: Sequence[tuple[str, str, str | None, str | None]], codes: Mapping[str, Sequence[str]]
) -> Iterator[str | None]:
    """The class of each row that its name and the classes above it tell; of several none."""
    above = ""
    for key, plain, code, named in rows:
        found = None
        if code is None:
            found = _fitting(codes.get(key) or codes.get(plain, ()), above)
        here = code or found or named or above
        above = here if here.isdigit() else ""
        yield found


def _fitting(named: Sequence[str], above: str) -> str | None:
    """Of the classes of one name the one that stands nearest below those above it."""
    places = [(above[:_MIDDLE], _LOW)] if len(above) >= _MIDDLE else []
    if above:
        places += [(above[:_HIGH], _MIDDLE), (above[:_HIGH], _LOW)]
    for start, digits in (*places, ("", _HIGH)):
        fitting = [code for code in named if len(code) == digits and code.startswith(start)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None
