"""Shapes of the frames that recognition hands on."""

from __future__ import annotations

from typing import Any

import polars as pl

READING_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "document_id": pl.String,
    "media_type": pl.String,
    "encoding": pl.String,
    "source_url": pl.String,
    "published_on": pl.Date,
    "supersedes": pl.String,
    "source_errors": pl.List(pl.Struct({"item": pl.String, "why": pl.String})),
}


PAGE_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "page_no": pl.Int32,
    "cell_count": pl.Int32,
}
STATEMENT_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "document_id": pl.String,
    "statement_no": pl.Int32,
    "kind": pl.String,
    "layout_id": pl.String,
    "shape": pl.String,
    "fund_scope": pl.String,
    "title": pl.String,
    "place": pl.String,
    "body": pl.String,
    "consolidation": pl.String,
    "fiscal_year": pl.Int32,
    "phase": pl.String,
    "region": pl.String,
    "unit": pl.String,
    "is_declared_empty": pl.Boolean,
    "note_cell_id": pl.String,
}
#: A printed column of a recognised table that its layout explains; ``column_no`` from 0.
COLUMN_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "statement_no": pl.Int32,
    "table_no": pl.Int32,
    "table_col": pl.Int32,
    "column_no": pl.Int32,
    "block": pl.Int32,
    "role": pl.String,
    "row_axis": pl.String,
    "column_axis": pl.String,
    "node": pl.String,
    "period": pl.String,
    "phase": pl.String,
    "is_memo": pl.Boolean,
    "is_spread": pl.Boolean,
    "is_carried": pl.Boolean,
    "is_recurring": pl.Boolean,
}
#: A value of a form: of a field (``section`` 0), or of a row of a table within it. A cell that is
#: merged over rows of such a table is there once for each. ``line_no`` counts fields and rows.
FIELD_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "statement_no": pl.Int32,
    "line_no": pl.Int32,
    "section": pl.Int32,
    "column_no": pl.Int32,
    "block": pl.Int32,
    "role": pl.String,
    "row_axis": pl.String,
    "column_axis": pl.String,
    "node": pl.String,
    "period": pl.String,
    "phase": pl.String,
    "is_memo": pl.Boolean,
    "is_carried": pl.Boolean,
    "is_recurring": pl.Boolean,
    "label": pl.String,
    "label_cell": pl.String,
    "cell_id": pl.String,
}
CLUE_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "statement_no": pl.Int32,
    "clue_no": pl.Int32,
    "field": pl.String,
    "value": pl.String,
    "source": pl.String,
    "evidence": pl.String,
    "cell_id": pl.String,
    "is_chosen": pl.Boolean,
}
JOIN_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "statement_no": pl.Int32,
    "join_no": pl.Int32,
    "rule_id": pl.String,
    "page_no": pl.Int32,
    "grid_no": pl.Int32,
    "row_no": pl.Int32,
    "detail": pl.String,
}
