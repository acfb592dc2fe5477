"""Lists about bodies and regions, held against one another."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import CodeListError, code_list
from schemas.tables.bodies import SUCCESSION_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MEANS = ("place", "reporting_body")
_YEAR = r"\d{4}$"


def check_bodies(config: Path | None = None) -> None:
    """Hold the lists of regions, names and reforms against one another.

    Raises:
        CodeListError: a row names what does not exist, or rows lead in a circle.
    """
    _check_regions(config)
    circle = _circle(code_list("body_names", config).select("spelling", "name").rows())
    if circle:
        raise CodeListError(
            f"body_names.csv: {' → '.join(circle)}: 写法成环 / the spellings lead in a circle; "
            "remove one of the rows"
        )
    succession = code_list("body_succession", config)
    _check_kinds("body_succession", succession["kind"])
    _check_kinds("body_reforms", code_list("body_reforms", config)["kind"])
    for on in succession["effective_on"].drop_nulls():
        try:
            date.fromisoformat(on)
        except ValueError as error:
            raise CodeListError(
                f"body_succession.csv: {on} 不是日期 / is no date; expected YYYY-MM-DD, or nothing"
            ) from error
    for means in code_list("common_bodies", config)["means"]:
        if means not in _MEANS:
            raise CodeListError(f"common_bodies.csv: means {means}; expected {' or '.join(_MEANS)}")


def _check_regions(config: Path | None) -> None:
    regions = code_list("regions", config)
    known = set(regions["region_id"])
    for region, *others in regions.select(
        "region_id", "parent_region_id", "successor_region_id"
    ).iter_rows():
        if wrong := [other for other in others if other is not None and other not in known]:
            raise CodeListError(
                f"regions.csv: {region} 指向 {wrong[0]}，表中没有 / points to {wrong[0]}, which is "
                "no region of the list; add it, or leave it out"
            )
    for region, year in regions.select("region_id", "last_year").drop_nulls().iter_rows():
        if not re.match(_YEAR, year):
            raise CodeListError(f"regions.csv: {region}: last_year {year} is no year")
    named = code_list("region_names", config)
    if wrong := named.filter(~pl.col("region_id").is_in(list(known)))["region_id"].to_list():
        raise CodeListError(f"region_names.csv: {wrong[0]} is no region of regions.csv")


def _check_kinds(name: str, kinds: Iterable[str]) -> None:
    for kind in kinds:
        if kind not in SUCCESSION_KINDS:
            raise CodeListError(
                f"{name}.csv: kind {kind}: 应为 / expected one of {', '.join(SUCCESSION_KINDS)}"
            )


def _circle(steps: Iterable[tuple[str, str]]) -> list[str]:
    """The first way from a name back to itself; empty if there is none."""
    following = dict(steps)
    for start in following:
        way = [start]
        while (after := following.get(way[-1])) is not None:
            if after in way:
                return [*way, after]
            way.append(after)
    return []
