"""Which layout a grid has: its header row must hold exactly the layout's headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.values.text import fold_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.layout import Layout, LayoutColumn

#: A header stands within the first rows of a grid; titles may stand inside the grid above it.
HEADER_ROWS = 5


@dataclass(frozen=True)
class Match:
    """A layout that fits, the row its header stands in, and what each printed column is."""

    layout: Layout
    header_row: int
    columns: Mapping[int, LayoutColumn]

    @property
    def headers(self) -> list[str]:
        """Headers in printed order."""
        return [self.columns[col].header[0] for col in sorted(self.columns)]


@dataclass(frozen=True)
class NoMatch:
    """Why no single layout fits: the rule, what was found, what was expected."""

    rule_id: str
    found: str
    expected: str


def match_grid(rows: Mapping[int, Mapping[int, str]], layouts: Sequence[Layout]) -> Match | NoMatch:
    """Match a grid's first rows (row → column → text) against all layouts.

    Two layouts that fit equally, or none, are no match; the nearest is named with the difference.
    """
    heads = {
        row: {col: fold_label(text) for col, text in cells.items() if text.strip()}
        for row, cells in sorted(rows.items())[:HEADER_ROWS]
    }
    fits = [
        Match(layout, row, columns)
        for row, head in heads.items()
        for layout in layouts
        if (columns := _columns(head, layout)) is not None
    ]
    if len(fits) == 1:
        return fits[0]
    if fits:
        names = ", ".join(fit.layout.id for fit in fits)
        return NoMatch("layout_ambiguous", names, "exactly one layout")
    return _nearest(heads, layouts)


def _columns(head: Mapping[int, str], layout: Layout) -> dict[int, LayoutColumn] | None:
    """Printed column → what it is; none unless each header stands there exactly once."""
    wanted = {fold_label(column.header[0]): column for column in layout.columns}
    if sorted(head.values()) != sorted(wanted):
        return None
    return {col: wanted[text] for col, text in head.items()}


def _nearest(heads: Mapping[int, Mapping[int, str]], layouts: Sequence[Layout]) -> NoMatch:
    best: tuple[float, int, Layout] | None = None
    for row, head in heads.items():
        for layout in layouts:
            wanted = {fold_label(column.header[0]) for column in layout.columns}
            common = len(wanted & set(head.values()))
            score = common / len(wanted | set(head.values()))
            if common and (best is None or score > best[0]):
                best = (score, row, layout)
    if best is None:
        first = " | ".join(next(iter(heads.values()), {}).values())
        return NoMatch("layout_unknown", first, "a header row that a layout describes")
    _, row, layout = best
    wanted = {fold_label(column.header[0]) for column in layout.columns}
    printed = set(heads[row].values())
    return NoMatch(
        "layout_unknown",
        f"行 row {row}: {' | '.join(heads[row].values())}",
        f"最近版式 nearest layout {layout.id}: 缺 missing {sorted(wanted - printed)}, "
        f"多 unmapped {sorted(printed - wanted)}",
    )
