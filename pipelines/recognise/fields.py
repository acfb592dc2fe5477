"""Fields: what each cell of a recognised form is, as far as its layout explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.recognise.forms import Form
from schemas.layout_parts import LayoutColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.recognise.groups import Group


def field_rows(groups: Iterable[Group]) -> Iterator[dict[str, Any]]:
    """Rows of FIELD_SCHEMA, ``reading_id`` left out, of a document's statements."""
    for number, form in _forms(groups):
        yield from ({"statement_no": number} | row for row in _fields(form))


def form_cells(groups: Iterable[Group]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Cells of forms that are none of their bodies: what each is, and its statement."""
    for number, form in _forms(groups):
        yield from ((cell_id, ("header", number)) for cell_id in form.reading.headers)
        for value in form.reading.values:
            if value.part.role == "private":
                yield value.cell_id, ("private", number)


def _forms(groups: Iterable[Group]) -> Iterator[tuple[int, Form]]:
    for number, group in enumerate(groups, 1):
        match = group.fragments[0].match
        if isinstance(match, Form):
            yield number, match


def _fields(form: Form) -> Iterator[dict[str, Any]]:
    for value in form.reading.values:
        part = value.part
        block = form.layout.blocks[part.block - 1]
        yield {
            "line_no": value.line_no,
            "section": value.section,
            "column_no": value.column_no,
            "block": part.block,
            "role": part.role,
            "row_axis": block.rows,
            "column_axis": block.columns,
            "node": part.node,
            "period": part.period,
            "phase": part.phase,
            "is_memo": part.is_memo,
            "is_carried": isinstance(part, LayoutColumn) and part.is_carried,
            "is_recurring": isinstance(part, LayoutColumn) and part.is_recurring,
            "label": value.label,
            "label_cell": value.label_cell,
            "cell_id": value.cell_id,
        }
