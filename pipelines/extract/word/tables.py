"""Tables of Word: rows and cells with the columns they cover, merged as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.documents import limits
from pipelines.extract.flow import TOO_WIDE, Cell, Table
from pipelines.extract.grids import RefusedError
from pipelines.extract.word.package import W

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.extract.flow import Block

_TBL, _TR, _TC, _VALUE = f"{W}tbl", f"{W}tr", f"{W}tc", f"{W}val"
_PROPERTIES = f"{W}tcPr"
_NESTED = frozenset({_TBL, _TR, _TC})
#: A column too narrow for a character, in twentieths of a point, in which nothing stands: edges of
#: two rows that were meant to be one.
_SLIVER = 200
#: Edges of tables behind one another may differ by so much.
_SAME = 40


class Reader(Protocol):
    """What reads the content of cells."""

    def blocks(self, element: Any) -> list[Block]: ...  # noqa: D102
    def drop(self, element: Any, reason: str) -> None: ...  # noqa: D102
    def is_dropped(self, element: Any) -> bool: ...  # noqa: D102
    def note_picture(self, element: Any) -> None: ...  # noqa: D102


@dataclass
class _Open:
    """A cell that may go on below: the columns it covers, from 0, and whether it is merged."""

    cell: Cell
    end: int


def read_table(element: Any, reader: Reader) -> list[Cell]:
    """A table's cells in reading order, each once, however many rows and columns it covers."""
    cells: list[Cell] = []
    above: dict[int, _Open] = {}
    row_no = 0
    for row in _within(element, _TR, reader):
        properties = row.find(f"{W}trPr")
        if (reason := _not_shown(properties)) is not None:
            reader.drop(row, reason)
            continue
        row_no += 1
        above = _read_row(row, properties, row_no, above, cells, reader)
    edges = _edges(element)
    return _without_slivers(cells, edges) if edges else cells


def _read_row(  # noqa: PLR0913, PLR0917 - all that a row is
    row: Any, properties: Any, row_no: int, above: dict[int, _Open], cells: list[Cell],
    reader: Reader,
) -> dict[int, _Open]:  # fmt: skip
    """Take in a row; what of it may go on below, by its first column."""
    here: dict[int, _Open] = {}
    of_row = _said(properties)
    col = _skip(cells, row_no, 0, _number(of_row, "gridBefore"))
    before: _Open | None = None
    for one in _within(row, _TC, reader):
        said = _said(one.find(_PROPERTIES))
        span = max(1, _number(said, "gridSpan"))
        if col + span > limits.FLOWING_COLUMNS:
            raise RefusedError(TOO_WIDE)
        over = above.get(col)
        if _merge(said, "hMerge") == "continue" and before is not None:
            before.cell.col_span += span
            before.end += span
            reader.drop(one, "merged")
        elif _merge(said, "vMerge") == "continue" and over and over.end == col + span:
            over.cell.row_span = row_no - over.cell.row + 1
            here[col] = over
            before = None
            reader.drop(one, "merged")
        else:
            blocks = reader.blocks(one)
            if not any(isinstance(b, Table) or b.strip() for b in blocks):
                reader.note_picture(one)
            cell = Cell(row_no, col + 1, 1, span, blocks)
            cells.append(cell)
            before = _Open(cell, col + span)
            if _merge(said, "vMerge") is not None:
                here[col] = before
        col += span
    _skip(cells, row_no, col, _number(of_row, "gridAfter"))
    return here


def _skip(cells: list[Cell], row_no: int, col: int, columns: int) -> int:
    """Columns that a row leaves free at one of its ends; the column after them."""
    if col + columns > limits.FLOWING_COLUMNS:
        raise RefusedError(TOO_WIDE)
    cells += [Cell(row_no, col + at + 1, 1, 1) for at in range(columns)]
    return col + columns


def _within(element: Any, wanted: str, reader: Reader) -> Iterator[Any]:
    """Rows of a table, or cells of a row, also those that controls and changes wrap."""
    for child in element:
        if child.tag == wanted:
            yield child
        elif child.tag not in _NESTED and not reader.is_dropped(child):
            yield from _within(child, wanted, reader)


def _not_shown(properties: Any) -> str | None:
    """Why a row is not shown."""
    if properties is None:
        return None
    if properties.find(f"{W}del") is not None:
        return "deleted"
    hidden = properties.find(f"{W}hidden")
    return "hidden" if hidden is not None and hidden.get(_VALUE) not in {"0", "false"} else None


def _said(properties: Any) -> dict[str, str | None]:
    """What properties say, by their names."""
    return {one.tag: one.get(_VALUE) for one in properties} if properties is not None else {}


def _number(said: Mapping[str, str | None], name: str) -> int:
    value = said.get(f"{W}{name}") or ""
    return int(value) if value.isdigit() else 0


def _merge(said: Mapping[str, str | None], name: str) -> str | None:
    """``restart`` or ``continue`` of a merged cell."""
    tag = f"{W}{name}"
    return (said[tag] or "continue") if tag in said else None


def _edges(element: Any) -> list[int]:
    """Edges of a table's columns, in twentieths of a point, as far as it says them."""
    columns = element.findall(f"{W}tblGrid/{W}gridCol")
    widths = [one.get(f"{W}w", "") for one in columns]
    if not widths or not all(width.isdigit() for width in widths):
        return []
    return list(accumulate(map(int, widths), initial=0))


def _without_slivers(cells: list[Cell], edges: Sequence[int]) -> list[Cell]:
    """Cells in the columns that are seen: edges so near one another that nothing fits between."""
    filled = {cell.col for cell in cells if cell.col_span == 1 and cell.blocks and any(cell.blocks)}
    slivers = {col for col, (a, b) in enumerate(pairwise(edges), 1) if b - a < _SLIVER} - filled
    if not slivers or len(slivers) == len(edges) - 1:
        return cells
    inside = [sum(cell.col <= col < cell.col + cell.col_span for col in slivers) for cell in cells]
    if any(n == cell.col_span and any(cell.blocks) for n, cell in zip(inside, cells, strict=True)):
        return cells
    kept = []
    for narrow, cell in zip(inside, cells, strict=True):
        if narrow < cell.col_span:
            cell.col -= sum(col < cell.col for col in slivers)
            cell.col_span -= narrow
            kept.append(cell)
    return kept


def goes_on(before: Any, element: Any) -> bool:
    """Whether a table right behind another is shown as the rest of it: the same columns, no header.

    One that begins with the same row, or says that it has header rows, begins anew.
    """
    one, other = _edges(before), _edges(element)
    if not one or len(one) != len(other) or before.getnext() is None:
        return False
    near = before.getnext()
    while near is not None and near is not element:
        if near.tag not in {f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}proofErr"}:
            return False
        near = near.getnext()
    is_same = all(abs(a - b) <= _SAME for a, b in zip(one, other, strict=True))
    first, begins = (t.find(_TR) for t in (before, element))
    if not is_same or first is None or begins is None:
        return False
    is_headed = begins.find(f"{W}trPr/{W}tblHeader") is not None
    return not is_headed and _words(first) != _words(begins)


def _words(row: Any) -> str:
    return "".join("".join(one.text or "" for one in row.iter(f"{W}t")).split())


def grown(table: Table, rest: Table) -> None:
    """Put the rows of a table below those of another."""
    below = max((cell.row + cell.row_span - 1 for cell in table.cells), default=0)
    for cell in rest.cells:
        cell.row += below
    table.cells += rest.cells
    table.flags |= rest.flags
