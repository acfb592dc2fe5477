"""Columns: what each printed column of a recognised table is, as far as its layout explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.recognise.match import Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.recognise.groups import Group


def column_rows(groups: Iterable[Group]) -> Iterator[dict[str, Any]]:
    """Rows of COLUMN_SCHEMA, ``reading_id`` left out, of a document's statements."""
    for number, group in enumerate(groups, 1):
        for fragment in group.fragments:
            if isinstance(fragment.match, Match):  # no other is in a group
                place = {"statement_no": number, "table_no": fragment.table_no}
                yield from (place | row for row in _columns(fragment.match))


def _columns(match: Match) -> Iterator[dict[str, Any]]:
    for col, index in sorted(match.columns.items()):
        column = match.layout.columns[index]
        block = match.layout.blocks[column.block - 1]
        yield {
            "table_col": col,
            "column_no": index,
            "block": column.block,
            "role": column.role,
            "row_axis": block.rows,
            "column_axis": block.columns,
            "node": column.node,
            "period": column.period,
            "phase": column.phase,
            "is_memo": column.is_memo,
            "is_spread": column.is_spread,
            "is_carried": column.is_carried,
            "is_recurring": column.is_recurring,
        }
