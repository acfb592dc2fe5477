"""Joins of grids to logical tables: when a grid goes on with the one before it, and why.

When in doubt a grid is not joined: a piece left alone is seen and waits, a wrong join is a wrong
figure that nobody sees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pipelines.recognise.headers import NUMBER, has_numbers, read_header, repeats, shares
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.recognise.headers import Header, Repeat
    from pipelines.recognise.pieces import Piece, Printed
    from pipelines.recognise.seams import Columns, Owner

    Row = Sequence[Printed]

#: Points by which the same edge may differ from page to page, if not shifted and if shifted.
_EDGE, _SHIFTED = 6.0, 4.0
#: Points for edges that must be the same because nothing else says so.
_SAME = 1.5
#: The share of a page that is left free below a table which goes on: margin, footer.
_MARGIN = 0.15
#: A wide table is known by its rows' heights: so many rows, of so many different heights.
_ROWS, _HEIGHTS = 4, 2
#: A text this short may be a header.
_SHORT = 12

_DETAILS = {
    "repeated_header": "续表{}：重复的表头略去 / goes on with table {}; repeated header dropped",
    "glued_header": "续表{}：表头与续行同格，表头略去 / goes on with table {}; its header shares "
    "cells with the rest of a row and is dropped",
    "rows_continued": "续表{}：本页不印表头 / goes on with table {} without a header",
    "columns_merged": "续表{}：本页不印表头，各行合并列 / goes on with table {} without a "
    "header; its rows are merged over columns",
    "columns_appended": "表{}的右半：列接于其右 / right half of table {}; columns appended",
    "row_continued": "首行为上页末行的续 / first row is the rest of the last row",
    "number_cut": "首行为上页末行的续，数字被页界截断 / first row is the rest of the last row, "
    "a number is cut",
    "rowspan_continued": "合并单元格续自上页 / a merged cell goes on from the page before",
}


@dataclass(frozen=True)
class Join:
    """One join: a grid to the table before it (its first row), or a row or cell of it."""

    rule_id: str
    table_no: int
    page_no: int
    grid_no: int
    row_no: int

    @property
    def detail(self) -> str:
        """What was dropped or glued, in both languages."""
        return _DETAILS[self.rule_id].format(self.table_no, self.table_no)


@dataclass(frozen=True)
class Fit:
    """How a piece goes on with a table: by which rule, and what it repeats of the header.

    ``edges``: of further columns, the table's edge of rows that each of the piece's is, from 0.
    ``piece``: the piece in the table's columns, where its own are fewer.
    """

    rule_id: str
    repeat: Repeat | None = None
    edges: tuple[int, ...] = ()
    piece: Piece | None = None

    @property
    def height(self) -> int:
        """Rows of the piece before its first own row."""
        return self.repeat.height if self.repeat else 0


@dataclass(frozen=True)
class Before:
    """What is known of a table when the next grid comes.

    Attributes:
        first: The piece it begins with.
        last: The piece before the next grid.
        head: Its header.
        columns: What its columns hold, its last row included.
        bottom: What covers its last row, by column.
        key: The first cell below its header.
        is_wide: Whether it was put together from left and right halves.
    """

    first: Piece
    last: Piece
    head: Header
    columns: Columns
    bottom: Mapping[int, Owner]
    key: Printed | None
    is_wide: bool


def fit(table: Before, piece: Piece) -> Fit | None:
    """How a piece goes on with the table before it; none if it may be a table of its own."""
    if not _is_next(table, piece):
        return None
    if _same_columns(table.last, piece) and not table.is_wide:
        found = _fit_below(table, piece)
        if found is not None:
            return found
    return _merged_below(table, piece) or _right_half(table, piece)


def _is_next(table: Before, piece: Piece) -> bool:
    """First grid of the next page, and no line says that it is another table."""
    last = table.last
    return (
        piece.page.page_no == last.page.page_no + 1
        and piece.is_first
        and last.is_last
        and piece.grid.method == last.grid.method
        and not last.below
        and all(_repeats_line(line, table.first.above) for line in piece.above)
    )


def _repeats_line(line: str, above: Sequence[str]) -> bool:
    """Whether a line stood above the table's first piece too, perhaps without its （续）."""
    marks = [fold_label(mark) for mark in vocabulary().continued.marks]
    if line in above or line in marks:
        return True
    return any(line.removesuffix(m) in above or line.removeprefix(m) in above for m in marks)


def _fit_below(table: Before, piece: Piece) -> Fit | None:
    repeat = repeats(piece.rows, table.head)
    rows = piece.rows[repeat.height if repeat else 0 :]
    if repeat is None and (shares(piece.rows, table.head) or piece.above):
        return None
    if not _was_full(table.last, piece, len(piece.rows) - len(rows)):
        return None
    if repeat is not None:
        if rows and _starts_over(table, rows[0]):
            return None
        return Fit("glued_header" if repeat.rest_from else "repeated_header", repeat)
    return Fit("rows_continued") if _are_rows(table, piece) else None


def _merged_below(table: Before, piece: Piece) -> Fit | None:
    """A piece that goes on with rows merged like the last one: its edges are some of the table's.

    Where every row of a page is merged over columns, their edges are not printed on it. It is the
    table's only if the row before the page's end has just its cells, or if it is a grand total
    alone, merged over labels; and there are numbers to say that it begins with no header.
    """
    ours, edges = table.last.grid.column_edges, piece.grid.column_edges
    at = [next((n for n, x in enumerate(ours) if abs(x - edge) < _SAME), -1) for edge in edges]
    is_part = -1 not in at and at[0] == 0 and at[-1] == len(ours) - 1
    starts = sorted({owner.col for owner in table.bottom.values()})
    if table.is_wide or len(at) >= len(ours) or not is_part:
        return None
    if _is_total_alone(table, piece, at):
        return _moved_fit(piece, ours, at) if _was_full(table.last, piece, 0) else None
    if starts != [n + 1 for n in at[:-1]]:
        return None
    if any(owner.is_spanning for owner in table.bottom.values()):
        return None
    merged = _moved_fit(piece, ours, at)
    found = _fit_below(table, merged.piece or piece) if table.columns.numeric() else None
    return merged if found and found.repeat is None else None


def _moved_fit(piece: Piece, edges: tuple[float, ...], at: Sequence[int]) -> Fit:
    """A piece in the columns of a table with more edges, of which it has those at some places."""
    moved = [[_moved(cell, at) for cell in row] for row in piece.rows]
    grid = replace(piece.grid, column_edges=edges)
    return Fit("columns_merged", piece=replace(piece, grid=grid, rows=moved))


def _is_total_alone(table: Before, piece: Piece, at: Sequence[int]) -> bool:
    """Whether a piece is one row: the table's first grand total, merged over labels and codes.

    All else in it is numbers, below columns of numbers.
    """
    if len(piece.rows) != 1 or piece.above:
        return False
    first, *others = piece.rows[0]
    totals = {fold_label(word) for word in vocabulary().rows.grand_total}
    if first.said not in totals or totals & set().union(*table.columns.labels.values()):
        return False
    are_single = all(b - a == 1 for a, b in pairwise(at[1:]))
    said = [(at[cell.col - 1] + 1, cell.said) for cell in others if cell.said]
    numeric = table.columns.numeric()
    return (
        are_single
        and bool(said)
        and all(NUMBER.fullmatch(text) and col in numeric for col, text in said)
    )


def _moved(cell: Printed, at: Sequence[int]) -> Printed:
    """A cell in the columns of a table, of whose edges each of its grid's is one."""
    start, end = at[cell.col - 1], at[cell.col - 1 + cell.col_span]
    return replace(cell, col=start + 1, col_span=end - start)


def _same_columns(last: Piece, piece: Piece) -> bool:
    one, other = last.grid.column_edges, piece.grid.column_edges
    if len(one) != len(other):
        return False
    shift = other[0] - one[0]
    return all(abs(a - b) < _EDGE for a, b in zip(one, other, strict=True)) or all(
        abs(b - a - shift) < _SHIFTED for a, b in zip(one, other, strict=True)
    )


def _was_full(last: Piece, piece: Piece, row: int) -> bool:
    """Whether the page before had no room left for the piece's first row."""
    height = last.page.height or 0.0
    left = height - last.grid.row_edges[-1]
    taken = piece.height(row) if row < len(piece.rows) else 0.0
    return left <= height * _MARGIN + taken


def _starts_over(table: Before, row: Row) -> bool:
    """Whether a row below a repeated header begins another table: a grand total, its first row."""
    totals = {fold_label(word) for word in vocabulary().rows.grand_total}
    if table.key is None or not row or not row[0].said:
        return False
    if row[0].said in totals:
        return True
    labels = table.columns.labels.get(1)
    known = labels[row[0].said] if labels else 0
    is_first = row[0].said == table.key.said and row[0].col == table.key.col
    still = table.bottom.get(1)
    goes_on = still is not None and still.cell_id == table.key.cell_id
    return is_first and known < 2 and not goes_on  # noqa: PLR2004 - a label that stands once


def _are_rows(table: Before, piece: Piece) -> bool:
    """Whether a piece without a header begins with a row of the table rather than a header."""
    first = piece.rows[0]
    if len(first) < 2 < piece.width:  # noqa: PLR2004 - a title over the whole width
        return False
    is_open = table.last.is_open("bottom") or piece.is_open("top")
    numeric = table.columns.numeric()
    if numeric:
        said = {cell.col: cell.said for cell in first if cell.said}
        here = [said[col] for col in numeric if col in said]
        is_rest = is_open or not first[0].said
        return all(map(_may_be_number, here)) and (is_rest or has_numbers(piece.rows))
    if table.key is None:
        return has_numbers([first])
    if is_open:
        return True
    return _same_edges(table.last, piece) and not _may_be_header(first)


def _may_be_number(text: str) -> bool:
    return all(char in "0123456789,.%+-—" for char in text)


def _same_edges(last: Piece, piece: Piece) -> bool:
    edges = zip(last.grid.column_edges, piece.grid.column_edges, strict=True)
    return all(abs(a - b) < _SAME for a, b in edges)


def _may_be_header(row: Row) -> bool:
    """Whether a row is short words throughout, or has merged cells as headers do."""
    if any(cell.row_span > 1 < cell.col_span or cell.col_span > 1 for cell in row):
        return True
    return all(
        cell.said
        and len(cell.said) <= _SHORT
        and not any(char.isdigit() or char in "。；;≥≤%" for char in cell.said)
        for cell in row
    )


def _right_half(table: Before, piece: Piece) -> Fit | None:
    """A piece that holds further columns of the table: the same rows, another header."""
    if table.key is None or not (table.is_wide or table.last is table.first):
        return None
    height = len(read_header(piece.rows, piece.width).rows)
    edges = _aligned(table.last.grid.row_edges, piece.grid.row_edges, height)
    header = piece.rows[:height]
    if (
        edges is None
        or not (_has_heights(piece) or _has_no_labels(piece.rows[height:]))
        or repeats(piece.rows, table.head) is not None
        or shares(piece.rows, table.head)
        or has_numbers(header)
        or not any(cell.said for row in header for cell in row)
        or not has_numbers(piece.rows)
    ):
        return None
    return Fit("columns_appended", edges=edges)


def _aligned(one: Sequence[float], other: Sequence[float], height: int) -> tuple[int, ...] | None:
    """Which edge of a table's rows each edge of a piece's is; its header's rows may be fewer."""
    if len(other) <= _ROWS:
        return None
    shift = other[0] - one[0]
    found = [
        next((n for n, edge in enumerate(one) if abs(y - edge - shift) < _SAME), -1) for y in other
    ]
    body = found[height:]
    is_whole = found[0] == 0 and found[-1] == len(one) - 1 and -1 not in found
    is_even = body == list(range(body[0], body[0] + len(body)))
    return tuple(found) if is_whole and is_even else None


def _has_heights(piece: Piece) -> bool:
    """Whether its rows are of several heights, so that they are known by them."""
    return len({round(b - a) for a, b in pairwise(piece.grid.row_edges[1:])}) >= _HEIGHTS


def _has_no_labels(body: Sequence[Row]) -> bool:
    """Whether nothing but numbers stands below a header: no table by itself says so little."""
    said = [cell.said for row in body for cell in row if cell.said]
    return bool(said) and all(NUMBER.fullmatch(text) for text in said)
