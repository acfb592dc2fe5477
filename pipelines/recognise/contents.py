"""Lists of a book's tables: they are none of a budget, and some say which tables are blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.tables import logical_cells
from pipelines.recognise.titles import titled
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.recognise.groups import Group
    from pipelines.recognise.pieces import Printed

_FIGURE = r"^\s*-?\d[\d,]*(?:\.\d+)?\s*$"


def lists_tables(row: Iterable[Printed]) -> bool:
    """Whether a header is that of a list of tables."""
    said = {cell.said for cell in row}
    return bool(said & _words("name")) and bool(said & _words("blank"))


def said_blank(
    cells: pl.DataFrame, groups: Sequence[Group], classified: pl.DataFrame
) -> dict[int, str]:
    """Statement → the cell of a list of tables that says it is blank; none that has a figure.

    Args:
        cells: The document's cells, with the columns of ``tables.TABLE_SCHEMA``.
        groups: The statements, from number 1 on.
        classified: All cells, with what they are to their statements.
    """
    layouts = list({group.layout.id: group.layout for group in groups}.values())
    filled = classified.filter(pl.col("is_body") & pl.col("text").str.contains(_FIGURE))
    stated = set(filled["statement_no"])
    found: dict[int, str] = {}
    for name, cell_id in _blank(cells):
        of_name = titled(name, layouts)
        mine = [no for no, group in enumerate(groups, 1) if group.layout.id in of_name]
        if len(mine) == 1 and mine[0] not in stated:
            found[mine[0]] = cell_id
    return found


def _blank(cells: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """Names that a list of tables says are blank, each with the cell that says it."""
    inside = logical_cells(cells.filter(pl.col("table_no") > 0)).sort("table_row", "table_col")
    for _, table in inside.group_by("table_no", maintain_order=True):
        rows: dict[int, dict[int, tuple[str, str]]] = {}
        for row, col, cell_id, text in table.select(
            "table_row", "table_col", "cell_id", "text"
        ).iter_rows():
            rows.setdefault(row, {})[col] = (cell_id, text)
        if rows:
            yield from _of_table(rows)


def _of_table(rows: Mapping[int, Mapping[int, tuple[str, str]]]) -> Iterable[tuple[str, str]]:
    first, *others = (rows[no] for no in sorted(rows))
    names = [col for col, (_, text) in first.items() if fold_label(text) in _words("name")]
    blanks = [col for col, (_, text) in first.items() if fold_label(text) in _words("blank")]
    if len(names) != 1 or len(blanks) != 1:
        return
    for row in others:
        name, said = row.get(names[0]), row.get(blanks[0])
        if name and said and fold_label(said[1]) in _words("yes"):
            yield name[1], said[0]


def _words(of: str) -> set[str]:
    return {fold_label(word) for word in getattr(vocabulary().contents, of)}
