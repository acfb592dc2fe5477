"""Rows as Dagster shows them: Markdown on an asset's page, a table on a check's page.

A check's page hides Markdown behind a link, and an asset's page has no room for tables.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Characters of a cell of a preview; what is longer ends with an ellipsis.
_LONGEST = 60


def preview(rows: Sequence[Mapping[str, Any]]) -> dg.MetadataValue[Any]:
    """Rows of the same columns as Markdown; numbers to the right."""
    if not rows:
        return dg.MetadataValue.md("—")
    names = list(rows[0])
    numeric = [all(_is_number(row[name]) for row in rows) for name in names]
    lines = [names, ["---:" if is_number else "---" for is_number in numeric]]
    lines += [[_short(text(row[name])) for name in names] for row in rows]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return dg.MetadataValue.md("\n".join(f"| {' | '.join(line)} |" for line in escaped))


def table(rows: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> dg.MetadataValue[Any]:
    """Rows as a table, whole; ``labels``: column → what it is called, for those that are shown."""
    records = [
        dg.TableRecord({said: text(row.get(name)) for name, said in labels.items()}) for row in rows
    ]
    columns = [dg.TableColumn(said, "string") for said in labels.values()]
    return dg.MetadataValue.table(records, dg.TableSchema(columns))


def text(value: object) -> str:
    """A value as people read it: figures with separators, nothing for what is not there."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    return " ".join(str(value).split())


def _is_number(value: object) -> bool:
    return value is None or (
        isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    )


def _short(said: str) -> str:
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def described(what: str, when_red: str, look_further: str) -> str:
    """The description of an asset: what it is for, what to do when it is red, where to look."""
    return (
        f"{what}\n\n**红了怎么办 When it is red:** {when_red}\n\n"
        f"**再看 Look further:** {look_further}"
    )
