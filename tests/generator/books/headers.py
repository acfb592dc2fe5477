"""What a layout has printed above a table: a title that its patterns fit, and header rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from schemas.layout import Layout, LayoutColumn

_OPTIONAL = re.compile(r"\(([^()]*(?:\\\(|\\\)|[^()])*?)\)\?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell, perhaps merged from several rows and columns."""

    text: str
    rows: int = 1
    cols: int = 1


def title(pattern: str, rng: Random) -> str:
    """A title that a pattern of a layout fits; brackets as they are printed in Chinese.

    Raises:
        ValueError: the pattern uses more than escapes and optional groups.
    """
    said = pattern
    while match := _OPTIONAL.search(said):
        kept = match[1] if rng.random() < 0.5 else ""
        said = said[: match.start()] + kept + said[match.end() :]
    said = said.replace(r"\(", "（").replace(r"\)", "）")
    if set(said) & set("\\?*+[]{}|^$()."):
        raise ValueError(f"{pattern}: say a title for this table in places.toml")
    return said


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed column: the layout's, and the path of its header."""

    column: LayoutColumn
    path: tuple[str, ...]


def columns(layout: Layout, rng: Random) -> list[Printed]:
    """The columns of a layout as printed: one of the ways of each header, spread ones twice."""
    found = []
    for column in layout.columns:
        path = tuple(rng.choice(column.header).split("/"))
        found += [Printed(column, path)] * (2 if column.is_spread else 1)
    return found


def header_rows(printed: Sequence[Printed]) -> list[list[Cell | None]]:
    """Header rows: a cell where one begins, none where one is covered by another."""
    depth = max(len(one.path) for one in printed)
    rows: list[list[Cell | None]] = [[None] * len(printed) for _ in range(depth)]
    for level in range(depth):
        start = 0
        for path, group in groupby(printed, key=lambda one: one.path[: level + 1]):
            width = len(list(group))
            if len(path) == level + 1:
                is_last = all(one.path == path for one in printed[start : start + width])
                rows[level][start] = Cell(path[-1], depth - level if is_last else 1, width)
            start += width
    return rows


def numbers_row(printed: Sequence[Printed]) -> list[Cell | None]:
    """A last header row that numbers the columns of amounts: 栏次, 1, 2, …"""
    amounts = [at for at, one in enumerate(printed) if one.column.role == "amount"]
    numbers = {at: str(number) for number, at in enumerate(amounts, 1)}
    return [
        Cell("栏次" if one.column.role == "label" else numbers.get(at, ""))
        for at, one in enumerate(printed)
    ]
