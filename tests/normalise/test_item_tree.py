"""Lists of items: which row is the subtotal of which, by labels and arithmetic."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.normalise.item_tree import ItemNode, ItemRow, item_tree

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "items.toml").read_text("utf-8")
)["case"]


def read(rows: list[str]) -> list[ItemNode]:
    printed: list[ItemRow] = []
    for number, drawn in enumerate(rows, 1):
        *said, amount = [part.strip() for part in drawn.split("|")]
        is_merged = [text == "^" for text in said]
        labels = [printed[-1].labels[n] if m else said[n] for n, m in enumerate(is_merged)]
        is_new = [not merged for merged in is_merged]
        printed.append(ItemRow(number, tuple(labels), tuple(is_new), int(amount), 0))
    return item_tree(printed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_row_stands_below_its_subtotal(case: dict[str, Any]) -> None:
    nodes = read(case["rows"])
    assert [node.above.row.line_no if node.above else 0 for node in nodes] == case["above"]
    leaves = [list(node.labels) for node in nodes if not node.below and not node.is_total]
    assert leaves == [[part.strip() for part in leaf.split("|")] for leaf in case["leaves"]]
    assert [n.row.line_no for n in nodes if not n.holds()] == case.get("broken", [])


def test_each_label_is_known_by_the_row_that_prints_it() -> None:
    nodes = read(["合计 | | | | 5", "货物A | | | | 5", " | 甲 | 乙 | | 5", " | | | 丙 | 5"])
    assert [node.named for node in nodes] == [
        (1, None, None, None), (2, None, None, None), (2, 3, 3, None), (2, 3, 3, 4),
    ]  # fmt: skip
