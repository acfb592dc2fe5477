"""Tables of HTML: where each cell stands once all spans are laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.documents import limits
from pipelines.extract.flow import TOO_WIDE, Cell
from pipelines.extract.grids import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selectolax.lexbor import LexborNode

#: What HTML allows.
_MOST_COLUMNS, _MOST_ROWS = 1000, 65534
_CELLS = frozenset({"td", "th"})


@dataclass
class Laid:
    """Cells of a table with the elements they are, and whether any two would lie over another."""

    cells: list[tuple[Cell, LexborNode]] = field(default_factory=list)
    overlaps: bool = False


def children(node: LexborNode) -> Iterable[LexborNode]:
    """What stands in a node, text and comments too."""
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def sections(table: LexborNode) -> list[LexborNode]:
    """Groups of rows in the order in which they are shown: heads first, feet last."""
    found: dict[str, list[LexborNode]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in children(table):
        if child.tag in found:
            found[child.tag].append(child)
    return [*found["thead"], *found["tbody"], *found["tfoot"]]


def laid_out(groups: Sequence[Sequence[LexborNode]], shown: Sequence[LexborNode]) -> Laid:
    """Every cell at its place.

    Args:
        groups: Rows that are shown, by group: no cell goes on beyond its group.
        shown: Cells that are shown.
    """
    known = {cell.mem_id for cell in shown}
    laid = Laid()
    row_no = 0
    for rows in groups:
        last = row_no + len(rows)
        taken: dict[int, int] = {}  # column → the last row that a cell from above covers there
        for row in rows:
            row_no += 1
            col = 1
            for node in children(row):
                if node.tag in _CELLS and node.mem_id in known:
                    col = _place(laid, node, row_no, col, last, taken)
    return laid


def _place(  # noqa: PLR0913, PLR0917 - all that a place depends on
    laid: Laid, node: LexborNode, row_no: int, col: int, last: int, taken: dict[int, int]
) -> int:
    """Put a cell at the first free column; the column after it."""
    while taken.get(col, 0) >= row_no:
        col += 1
    if col > limits.FLOWING_COLUMNS:
        raise RefusedError(TOO_WIDE)
    wanted = max(1, min(_span(node, "colspan", 1), _MOST_COLUMNS))
    rows = min(_span(node, "rowspan", 1), _MOST_ROWS) or _MOST_ROWS  # 0: to the group's end
    end = col
    while end < col + wanted and taken.get(end, 0) < row_no:
        end += 1
    laid.overlaps = laid.overlaps or end < col + wanted
    rows = min(rows, last - row_no + 1)
    laid.cells.append((Cell(row_no, col, rows, end - col), node))
    taken.update(dict.fromkeys(range(col, end), row_no + rows - 1))
    return end


def _span(node: LexborNode, name: str, default: int) -> int:
    """A span as browsers read it: digits at its beginning."""
    said = (node.attributes.get(name) or "").strip()
    if not said:
        return default
    digits = said[: next((n for n, char in enumerate(said) if not "0" <= char <= "9"), len(said))]
    return min(int(digits[:9]), _MOST_ROWS) if digits else default
