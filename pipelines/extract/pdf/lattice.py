"""Lattices: rules that hang together → a table's edges and cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.extract.pdf.rules import clustered, connected, whole
from pipelines.extract.pdf.shapes import Floats, Ints, Mask, Rules

#: Edges nearer than this are one: rows and columns are higher and wider.
_EDGE = 3.0
#: How much of a slot's side a rule must cover to part it from its neighbour.
_WALL = 0.55
#: A rule may fall short of a corner by this.
_SHORT = 1.0
#: A side counts as open if rules reach over the outermost edge by this much, at two places.
_OPEN_WIDTH, _OPEN_HEIGHT = 8.0, 6.0
_REACH = 3.0
#: More pairs of rules than these are a drawing, not a table.
MOST_PAIRS = 4_000_000


@dataclass(frozen=True)
class Lattice:
    """A table on a page: edges, and cells as ``row, column, row span, column span``, from 0.

    Attributes:
        owner: Row × column → number of the cell that covers it.
        is_irregular: Whether an area between rules was no rectangle and was cut into rows.
    """

    columns: Floats
    rows: Floats
    cells: Ints
    owner: Ints
    open_sides: tuple[str, ...] = ()
    method: str = "ruled"
    is_irregular: bool = False

    @property
    def area(self) -> float:
        """In square points."""
        return float(np.ptp(self.columns) * np.ptp(self.rows))

    def boxes(self) -> Floats:
        """The box of each cell."""
        row, column, row_span, column_span = self.cells.T
        return np.column_stack(
            [self.columns[column], self.rows[row], self.columns[column + column_span],
             self.rows[row + row_span]]
        )  # fmt: skip

    def slots(self, x: Floats, y: Floats) -> Ints:
        """The number of the cell that each point is in; points outside go to the nearest."""
        row = np.searchsorted(self.rows, y, side="right") - 1
        column = np.searchsorted(self.columns, x, side="right") - 1
        last_row, last_column = len(self.rows) - 2, len(self.columns) - 2
        cells: Ints = self.owner[row.clip(0, last_row), column.clip(0, last_column)]
        return cells


def lattices(horizontal: Rules, vertical: Rules) -> list[Lattice]:
    """The tables that a page's rules draw, from top to bottom; a single box is a frame, no table.

    Raises:
        OverflowError: there are so many rules that the page is a drawing.
    """
    h, v = whole(horizontal), whole(vertical)
    if len(h) * len(v) > MOST_PAIRS:
        raise OverflowError(f"{len(h)} × {len(v)}")
    label_h, label_v = connected(h, v)
    found = []
    for label in np.unique(np.concatenate([label_h, label_v])).tolist():
        hs, vs = _some(h, label_h == label), _some(v, label_v == label)
        if len(hs) and len(vs):
            found.append(_lattice(hs, vs))
    lonely = ~np.isin(label_v, label_h)
    found.append(_one_open_row(_some(v, lonely)))
    tables = [each for each in found if each is not None]
    return sorted(tables, key=lambda each: (each.rows[0], each.columns[0]))


def _some(rules: Rules, chosen: Mask) -> Rules:
    return Rules(rules.at[chosen], rules.start[chosen], rules.end[chosen])


def _with(rules: Rules, at: float, start: float, end: float) -> Rules:
    return Rules(np.append(rules.at, at), np.append(rules.start, start), np.append(rules.end, end))


def _lattice(h: Rules, v: Rules) -> Lattice | None:
    """A table of rules that hang together, sides that are open closed; none if it is a frame."""
    h, v, open_sides = _closed(h, v)
    columns, rows = clustered(v.at, _EDGE), clustered(h.at, _EDGE)
    if len(columns) < 2 or len(rows) < 2 or len(columns) + len(rows) == 4:
        return None
    return _cells(columns, rows, h, v, open_sides)


def _one_open_row(v: Rules) -> Lattice | None:
    """A page may hold nothing of a table but the middle of one row: rules down, none across."""
    if len(v) < 3:  # two are a frame
        return None
    top, bottom = float(np.median(v.start)), float(np.median(v.end))
    same = (np.abs(v.start - top) < _REACH) & (np.abs(v.end - bottom) < _REACH)
    columns = clustered(v.at[same], _EDGE)
    if len(columns) < 3:
        return None
    h = Rules(np.array([top, bottom]), np.repeat(columns[0], 2), np.repeat(columns[-1], 2))
    return _cells(columns, np.array([top, bottom]), h, _some(v, same), ("top", "bottom"))


def _closed(h: Rules, v: Rules) -> tuple[Rules, Rules, tuple[str, ...]]:
    """A rule for each side at which rules of the other direction end openly, and these sides."""
    top, bottom = float(h.at.min()), float(h.at.max())
    left, right = float(h.start.min()), float(h.end.max())
    sides = []
    if len(h) > 1:
        if v.at.min() - left > _OPEN_WIDTH and (h.start < left + _REACH).sum() > 1:
            v = _with(v, left, top, bottom)
            sides.append("left")
        if right - v.at.max() > _OPEN_WIDTH and (h.end > right - _REACH).sum() > 1:
            v = _with(v, right, top, bottom)
            sides.append("right")
    first, last = float(v.start.min()), float(v.end.max())
    left, right = float(v.at.min()), float(v.at.max())
    if top - first > _OPEN_HEIGHT and (v.start < first + _REACH).sum() > 1:
        h = _with(h, first, left, right)
        sides.append("top")
    if last - bottom > _OPEN_HEIGHT and (v.end > last - _REACH).sum() > 1:
        h = _with(h, last, left, right)
        sides.append("bottom")
    return h, v, tuple(sides)


def _cells(
    columns: Floats, rows: Floats, h: Rules, v: Rules, open_sides: tuple[str, ...]
) -> Lattice:
    """Slots of the grid, merged where no rule parts them."""
    right = ~_walls(v, columns, rows)[1:-1].T  # row × column: is open to the right
    down = ~_walls(h, rows, columns)[1:-1]
    height, width = len(rows) - 1, len(columns) - 1
    root = np.arange(height * width).reshape(height, width)
    if right.any() or down.any():
        root = _merged(root, right, down)
    cells, owner, is_irregular = _rectangles(root)
    return Lattice(columns, rows, cells, owner, open_sides, is_irregular=is_irregular)


def _walls(rules: Rules, at: Floats, along: Floats) -> Mask:
    """Edge × slot: whether rules on that edge cover that slot's side."""
    start, end = rules.start - _SHORT, rules.end + _SHORT
    covered = np.minimum(end[:, None], along[None, 1:]) - np.maximum(
        start[:, None], along[None, :-1]
    )
    edge = np.abs(rules.at[:, None] - at[None, :]).argmin(axis=1)
    length = np.zeros((len(at), len(along) - 1))
    np.add.at(length, edge, covered.clip(0))
    is_wall: Mask = length >= _WALL * np.diff(along)
    return is_wall


def _merged(root: Ints, right: Mask, down: Mask) -> Ints:
    """Each slot's area, by the number of its first slot."""
    while True:
        before = root
        root = root.copy()
        lower = np.minimum(root[:, :-1], root[:, 1:])
        root[:, :-1] = np.where(right, lower, root[:, :-1])
        root[:, 1:] = np.where(right, np.minimum(lower, root[:, 1:]), root[:, 1:])
        lower = np.minimum(root[:-1], root[1:])
        root[:-1] = np.where(down, lower, root[:-1])
        root[1:] = np.where(down, np.minimum(lower, root[1:]), root[1:])
        root = root.ravel()[root]  # jump: an area's number is its first slot's
        if (root == before).all():
            return root


def _rectangles(root: Ints) -> tuple[Ints, Ints, bool]:
    """Areas as cells; one that is no rectangle is cut into rows, and that is said."""
    width = root.shape[1]
    area = root.ravel()
    slots = np.arange(len(area))
    row, column = slots // width, slots % width
    top, left = np.full(len(area), len(area)), np.full(len(area), len(area))
    bottom, far = np.zeros(len(area), int), np.zeros(len(area), int)
    np.minimum.at(top, area, row)
    np.maximum.at(bottom, area, row)
    np.minimum.at(left, area, column)
    np.maximum.at(far, area, column)
    size = np.bincount(area, minlength=len(area))
    bulges = size != (bottom - top + 1) * (far - left + 1)
    bulges &= size > 0
    if bulges.any():
        runs = _cut_into_rows(root, bulges)
        cells, owner, _ = _rectangles(runs)
        return cells, owner, True
    first = np.unique(area)
    cells = np.column_stack([top, left, bottom - top + 1, far - left + 1])[first]
    owner = np.searchsorted(first, area).reshape(root.shape)
    return cells, owner, False


def _cut_into_rows(root: Ints, bulges: Mask) -> Ints:
    """Areas that are no rectangles, cut: a run of slots in a row is an area of its own."""
    height, width = root.shape
    begins = np.ones(root.shape, bool)
    begins[:, 1:] = root[:, 1:] != root[:, :-1]
    slot = np.arange(height * width).reshape(height, width)
    run = np.maximum.accumulate(np.where(begins, slot, 0), axis=1)
    return np.where(bulges[root], run, root)
