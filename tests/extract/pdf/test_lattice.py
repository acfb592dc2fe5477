"""Rules → tables: edges, merged cells, open sides, whatever the rules are drawn of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extract.pdf.lattice import MOST_PAIRS, lattices
from tests.extract.pdf.drawing import ruled, rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.extract.pdf.shapes import Rules

Cell = tuple[int, int, int, int]


def places(table: object) -> set[Cell]:
    cells = table.cells.tolist()  # type: ignore[attr-defined]
    return {(row, column, rows, columns) for row, column, rows, columns in cells}


@st.composite
def tilings(draw: st.DrawFn) -> tuple[int, int, list[Cell]]:
    """Rows, columns, and cells that cover all slots, some of them merged."""
    height, width = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    free = {(row, column) for row in range(height) for column in range(width)}
    cells = []
    while free:
        row, column = min(free)
        rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        rows, columns = min(rows, height - row), min(columns, width - column)
        slots = {(row + r, column + c) for r in range(rows) for c in range(columns)}
        if not slots <= free:
            rows = columns = 1
            slots = {(row, column)}
        free -= slots
        cells.append((row, column, rows, columns))
    return height, width, cells


def drawn(cells: list[Cell], cut: Callable[[float, float], list[tuple[float, float]]],
          shift: Callable[[], float]) -> tuple[Rules, Rules]:  # fmt: skip
    """Each cell's four sides, in pieces, each a little beside its place."""
    horizontal, vertical = [], []
    for row, column, rows, columns in cells:
        x0, x1 = 50 + 60 * column, 50 + 60 * (column + columns)
        y0, y1 = 100 + 25 * row, 100 + 25 * (row + rows)
        for y in (y0, y1):
            horizontal += [(y + shift(), a, b) for a, b in cut(x0, x1)]
        for x in (x0, x1):
            vertical += [(x + shift(), a, b) for a, b in cut(y0, y1)]
    return rules(*horizontal), rules(*vertical)


@settings(max_examples=150, deadline=None)
@given(tilings(), st.integers(0, 2**32 - 1), st.sampled_from(["whole", "halves", "dashes"]))
def test_cells_are_what_rules_part(
    tiling: tuple[int, int, list[Cell]], seed: int, style: str
) -> None:
    height, width, cells = tiling
    random = np.random.default_rng(seed)

    def cut(start: float, end: float) -> list[tuple[float, float]]:
        if style == "whole":
            return [(start, end)]
        if style == "halves":
            middle = random.uniform(start + 5, end - 5)
            return [(start, middle), (middle, end)]
        return [(at, min(at + 3, end)) for at in np.arange(start, end, 4.5).tolist()]

    def shift() -> float:
        return float(random.uniform(-0.4, 0.4)) if style != "dashes" else 0.0

    found = lattices(*drawn(cells, cut, shift))
    used_rows = sorted({row for row, *_ in cells} | {row + rows for row, _, rows, _ in cells})
    used_columns = sorted({c for _, c, *_ in cells} | {c + cs for _, c, _, cs in cells})
    if len(used_rows) == len(used_columns) == 2:
        assert found == []  # one cell is a frame
        return
    (table,) = found
    assert not table.is_irregular
    # Edges that no cell ends at are no edges.
    at_row = {row: n for n, row in enumerate(used_rows)}
    at_column = {column: n for n, column in enumerate(used_columns)}
    assert places(table) == {
        (at_row[r], at_column[c], at_row[r + rs] - at_row[r], at_column[c + cs] - at_column[c])
        for r, c, rs, cs in cells
    }
    assert len(table.rows) <= height + 1
    assert len(table.columns) <= width + 1


def test_dots_of_a_rule_draw_no_other_rule() -> None:
    columns, rows = [50.0, 150.0, 250.0], [100.0, 130.0, 160.0]
    dots_h = [(y, x, x + 1) for y in rows for x in np.arange(50, 250, 3.0).tolist()]
    dots_v = [(x, y, y + 1) for x in columns for y in np.arange(100, 160, 3.0).tolist()]
    # PDFium gives a dot as a rule of both directions.
    as_h = [((a + b) / 2, at - 0.5, at + 0.5) for at, a, b in dots_v]
    as_v = [((a + b) / 2, at - 0.5, at + 0.5) for at, a, b in dots_h]
    (table,) = lattices(rules(*dots_h, *as_h), rules(*dots_v, *as_v))
    assert np.allclose(table.columns, columns, atol=2)
    assert np.allclose(table.rows, rows, atol=2)
    assert len(table.cells) == 4


@pytest.mark.parametrize(
    ("side", "horizontal", "vertical"),
    [
        ("left", [(100, 40, 300), (130, 40, 300)], [(120, 100, 130), (300, 100, 130)]),
        ("right", [(100, 40, 300), (130, 40, 300)], [(40, 100, 130), (120, 100, 130)]),
        ("top", [(100, 40, 300), (130, 40, 300)],
         [(40, 70, 130), (120, 70, 130), (300, 70, 130)]),
        ("bottom", [(100, 40, 300), (130, 40, 300)],
         [(40, 100, 170), (120, 100, 170), (300, 100, 170)]),
    ],
)  # fmt: skip
def test_open_sides_are_closed_and_said(
    side: str,
    horizontal: list[tuple[float, float, float]],
    vertical: list[tuple[float, float, float]],
) -> None:
    (table,) = lattices(rules(*horizontal), rules(*vertical))
    assert table.open_sides == (side,)
    assert len(table.cells) == (2 if side in {"left", "right"} else 4)


def test_a_page_of_one_row_without_ends_is_a_table() -> None:
    (table,) = lattices(rules(), rules((40, 50, 750), (200, 50, 750), (500, 50, 750)))
    assert table.open_sides == ("top", "bottom")
    assert places(table) == {(0, 0, 1, 1), (0, 1, 1, 1)}


def test_a_frame_is_no_table_and_neighbours_are_two() -> None:
    frame = ruled([10.0, 590.0], [10.0, 790.0])
    left = ruled([50.0, 100.0, 150.0], [100.0, 120.0, 140.0])
    right = ruled([300.0, 350.0], [100.0, 120.0, 140.0])
    tables = lattices(
        *(rules(*((float(r.at[n]), float(r.start[n]), float(r.end[n]))
                  for pair in (frame, left, right) for r in [pair[side]] for n in range(len(r))))
          for side in (0, 1))
    )  # fmt: skip
    assert [len(table.cells) for table in tables] == [4, 2]


def test_gaps_at_corners_are_bridged() -> None:
    horizontal = rules(*((y, 52.0, 248.0) for y in (100.0, 130.0, 160.0)))
    vertical = rules(*((x, y + 2, y + 28) for x in (50.0, 150.0, 250.0) for y in (100.0, 130.0)))
    (table,) = lattices(horizontal, vertical)
    assert len(table.cells) == 4


def test_an_area_that_is_no_rectangle_is_said_and_loses_no_slot() -> None:
    horizontal = rules((100, 0, 200), (130, 100, 200), (160, 0, 200))
    vertical = rules((0, 100, 160), (100, 100, 130), (200, 100, 160))
    (table,) = lattices(horizontal, vertical)
    assert table.is_irregular
    assert table.owner.min() == 0
    covered = sum(rows * columns for _, _, rows, columns in places(table))
    assert covered == table.owner.size


def test_a_drawing_of_rules_is_refused() -> None:
    side = int(MOST_PAIRS**0.5) + 1
    many = rules(*((at * 5.0, 0.0, 5000.0) for at in range(side)))
    with pytest.raises(OverflowError):
        lattices(many, many)
