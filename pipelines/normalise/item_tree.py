"""Lists of items: which row is the subtotal of which, told by labels *and* arithmetic.

Labels stand in columns from the general to the special, each printed once for the rows it holds
for. A row is of the level of its deepest label, and stands below the nearest row above it that is
of a higher level than the first of its labels that is new; all stand below the total of the list,
wherever it is printed. If the sum of a row is not what the
rows below it amount to, but would be a part of the row above it, it is no subtotal but an item.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from pipelines.normalise.roles import PrintedRow, adds_up
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row as printed: its labels from the general to the special, and its amount.

    ``is_new``: for each label, whether its cell begins in this row; a merged one began above.
    """

    line_no: int
    labels: tuple[str, ...]
    is_new: tuple[bool, ...]
    digits: int | None
    decimals: int | None


@dataclass(slots=True)
class ItemNode:
    """A row with the labels that hold for it, and the row it stands below.

    Attributes:
        named: Which row prints each of its labels, if one does.
        is_total: Whether it is the total of the whole list.
    """

    row: ItemRow
    labels: tuple[str, ...]
    named: tuple[int | None, ...]
    level: int
    is_total: bool
    above: ItemNode | None = None
    below: list[ItemNode] = field(default_factory=list)

    def holds(self, below: Sequence[ItemNode] | None = None) -> bool:
        """Whether it is the sum of what stands below it, within the rounding envelope."""
        parts = self.below if below is None else below
        return not parts or adds_up(_sum_row(self.row), [_sum_row(part.row) for part in parts])


def item_tree(rows: Sequence[ItemRow]) -> list[ItemNode]:
    """The rows of one list, in printed order, each below its subtotal."""
    nodes = _by_labels(rows)
    for node in nodes:
        if node.above is not None:
            node.above.below.append(node)
    for node in reversed(nodes):
        _mend(node)
    return nodes


@dataclass(slots=True)
class _Labels:
    """The labels that hold at a row, and the rows that print them."""

    texts: list[str]
    lines: list[int | None]

    def read(self, row: ItemRow) -> tuple[int, int]:
        """Take in a row: its level, and the first of its labels that is new, else its level.

        The level is that of its deepest label, -1 if it has none: then those above it hold on.
        """
        said = [_named(text, is_first=not n) for n, text in enumerate(row.labels)]
        new = [n for n, text in enumerate(said) if text and row.is_new[n] and text != self.texts[n]]
        level = max((n for n, text in enumerate(said) if text), default=-1)
        first = min([level, *new])
        for n, text in enumerate(said):
            if n in new:
                self.texts[n], self.lines[n] = text, row.line_no
            elif not text and level >= 0 and (n > level or (new and n > first)):
                self.texts[n], self.lines[n] = "", None
        return level, first


def _by_labels(rows: Sequence[ItemRow]) -> list[ItemNode]:
    nodes: list[ItemNode] = []
    above: list[ItemNode] = []
    labels = _Labels([], [])
    for row in rows:
        if not labels.texts:
            labels = _Labels([""] * len(row.labels), [None] * len(row.labels))
        level, first = labels.read(row)
        if level < 0 and above:
            level = first = above[-1].level
        is_total = level == 0 and fold_label(labels.texts[0]) in _totals()
        while above and above[-1].level >= first and not above[-1].is_total:
            above.pop()
        node = ItemNode(row, tuple(labels.texts), tuple(labels.lines), level, is_total)
        node.above = above[-1] if above and not is_total else None
        above.append(node)
        nodes.append(node)
        if is_total:
            labels = _Labels([], [])
    _put_below_total(nodes)
    return nodes


def _put_below_total(nodes: Sequence[ItemNode]) -> None:
    """What stands above the total of its list is part of it all the same."""
    total: ItemNode | None = None
    for node in reversed(nodes):
        if node.is_total:
            total = node
        elif node.above is None:
            node.above = total


def _mend(node: ItemNode) -> None:
    """Put what stands below a row beside it, if so, and only so, the sums hold."""
    if node.above is None or node.holds():
        return
    beside = [*node.above.below, *node.below]
    if node.above.holds(beside):
        for each in node.below:
            each.above = node.above
        node.above.below, node.below = beside, []


def _sum_row(row: ItemRow) -> PrintedRow:
    return PrintedRow(row.line_no, None, row.digits, row.decimals, has_text=False)


def _named(text: str, *, is_first: bool) -> str:
    """A label, or nothing where it is a word for the total of the labels left of it."""
    rows = vocabulary().rows
    words = rows.subtotal if is_first else (*rows.subtotal, *rows.grand_total)
    return "" if fold_label(text) in set(map(fold_label, words)) else text


@cache
def _totals() -> frozenset[str]:
    return frozenset(map(fold_label, vocabulary().rows.grand_total))
