"""Foreign tables: what is printed in a grid and is no table of a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.recognise.contents import lists_tables
from pipelines.recognise.headers import NUMBER
from pipelines.recognise.match import NoMatch
from pipelines.recognise.paths import MOST_HEADER_ROWS
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.recognise.paths import Rows

#: Headers are short; longer texts are prose, and prose of any table may speak of a budget.
_SHORT = 24
_SHOWN = 200


def foreign(rows: Rows, above: Iterable[str]) -> NoMatch | None:
    """Why a table that no layout knows is none of a budget; none if it may be one.

    It is foreign if its grid only frames text, or if no word of budgets stands in its header or
    in a title above it. A price list or a staff list has neither.

    Args:
        rows: The first rows of the table.
        above: Lines above it that read as titles.
    """
    said = [cell.said for row in rows.values() for cell in row if cell.said]
    shown = " | ".join(said)[:_SHOWN]
    if _frames_text(rows):
        expected = "有表头和数字的表 / a table with a header and numbers"
        return NoMatch("not_a_budget_table", shown, expected)
    if lists_tables(rows.get(1, ())):
        return NoMatch("not_a_budget_table", shown, "各表的金额 / amounts; it lists tables")
    if any(NUMBER.fullmatch(cell.said) for cell in rows.get(1, ())):
        return None  # it has no header: the rest of a table, of what kind nobody knows
    titles = [fold_label(line) for line in above]
    top = [row for no, row in sorted(rows.items()) if no <= MOST_HEADER_ROWS]
    headers = [cell.said for row in top for cell in row if len(cell.said) <= _SHORT]
    words = vocabulary().budget.words
    if any(fold_label(word) in text for word in words for text in (*titles, *headers)):
        return None
    return NoMatch(
        "not_a_budget_table", shown,
        f"标题或表头含有 a title or header with one of: {'、'.join(words)}",
    )  # fmt: skip


def _frames_text(rows: Rows) -> bool:
    """Whether rows hold one text each and no number: prose in a frame."""
    filled = [[cell for cell in row if cell.said] for row in rows.values()]
    has_numbers = any(NUMBER.fullmatch(cell.said) for row in filled for cell in row)
    return not has_numbers and all(len(row) <= 1 for row in filled)
