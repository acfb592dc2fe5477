"""Header paths: what stands above each column, over all rows of a header, merged cells counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.recognise.context import has_label
from pipelines.recognise.headers import numbers_columns
from pipelines.recognise.titles import is_number, reads_as_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.recognise.pieces import Printed

    #: Row (from 1) → the cells that begin in it, from left to right.
    Rows = Mapping[int, Sequence[Printed]]

#: How many rows of a table are looked at: titles inside it, header, numbers of columns, a row.
TOP_ROWS = 10
#: No layout has more header rows.
MOST_HEADER_ROWS = 4
_MOST_TITLES = 4


def above_rows(rows: Rows, width: int) -> int:
    """How many rows a table begins with that are lines above its header: titles, labels, blank."""
    count = 0
    for row_no in sorted(rows)[:_MOST_TITLES]:
        if row_no != count + 1 or not _is_line(rows[row_no], width):
            break
        count += 1
    return count


def header_paths(rows: Rows, first: int, last: int) -> dict[int, str] | None:
    """Column → header path of the rows ``first`` to ``last``; none if a cell reaches below.

    A merged cell counts for each column it covers. A blank cell right of a filled one in an upper
    row is covered by it where something stands below; a blank below a filled one adds nothing.
    A column without a header has no path.
    """
    if any(cell.bottom > last for row in range(first, last + 1) for cell in rows.get(row, ())):
        return None
    paths: dict[int, list[str]] = {}
    for row_no in range(last, first - 1, -1):
        left, beside = "", 0
        taken: dict[int, str] = {}
        for cell in rows.get(row_no, ()):
            left = left if cell.col == beside else ""
            beside = cell.col + cell.col_span
            if cell.said:
                left = cell.said if cell.row_span == 1 else ""
                taken.update(dict.fromkeys(cell.columns, cell.said))
            elif row_no < last and left:
                taken.update((col, left) for col in cell.columns if col in paths)
        for col, said in taken.items():
            paths.setdefault(col, []).insert(0, said)
    return {col: "/".join(said) for col, said in sorted(paths.items())}


def realigned(rows: Rows, last: int, paths: Mapping[int, str], width: int) -> dict[range, str]:
    """Body columns with their headers where these are merged otherwise than the body's cells.

    A header may run over one edge too many, and the next over one too few. If the body's rows
    begin cells in as many columns as there are headers, and each of these stands over its own,
    it is clear which is whose; else nothing.
    """
    starts = sorted({cell.col for no, row in rows.items() if no > last for cell in row})
    heads: list[list[int]] = []
    for col, path in paths.items():
        if heads and heads[-1][-1] == col - 1 and paths[col - 1] == path:
            heads[-1].append(col)
        else:
            heads.append([col])
    ends = [*starts[1:], width + 1]
    columns = [range(start, end) for start, end in zip(starts, ends, strict=False)]
    if len(columns) != len(heads) or len(heads) == len(paths):
        return {}
    pairs = list(zip(columns, heads, strict=True))
    if not all(set(column) & set(head) for column, head in pairs):
        return {}
    return {column: paths[head[0]] for column, head in pairs}


def number_rows(rows: Rows, last: int) -> int:
    """How many rows below a header do nothing but number lines and columns."""
    count = 0
    while (row := rows.get(last + 1 + count)) and numbers_columns(row):
        count += 1
    return count


def _is_line(row: Sequence[Printed], width: int) -> bool:
    if any(cell.row_span > 1 for cell in row):
        return False
    filled = [cell for cell in row if cell.said]
    if len(row) == 1 and row[0].col_span == width > 1:
        return True
    return all(
        reads_as_title(cell.text) or is_number(cell.text) or has_label(cell.text) for cell in filled
    )
