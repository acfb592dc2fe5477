"""Recognise documents: statements with context and joins, and what each cell is to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.announced import announced_items
from pipelines.recognise.book import read_book
from pipelines.recognise.columns import column_rows
from pipelines.recognise.contents import said_blank
from pipelines.recognise.dispositions import classify
from pipelines.recognise.doubts import page_items
from pipelines.recognise.fields import field_rows
from pipelines.recognise.frames import (
    CLUE_SCHEMA,
    COLUMN_SCHEMA,
    FIELD_SCHEMA,
    JOIN_SCHEMA,
    PAGE_SCHEMA,
    READING_SCHEMA,
    STATEMENT_SCHEMA,
)
from pipelines.recognise.items import ITEM_SCHEMA, Item
from pipelines.recognise.lines import Lines
from pipelines.recognise.notes import of_blank_tables, read_notes
from pipelines.recognise.sheets import read_sheets
from pipelines.recognise.statements import Around, Recognised, recognise_statement, year_rows
from pipelines.recognise.tables import each_grid_a_table, named_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipelines.documents.context import DocumentContext
    from pipelines.documents.readings import ReadingKey
    from pipelines.extract.grids import Extraction
    from pipelines.recognise.book import Book
    from schemas.layout import Layout


@dataclass
class _Rows:
    """Rows collected over the documents of a batch."""

    reading: list[dict[str, Any]] = field(default_factory=list)
    page: list[dict[str, Any]] = field(default_factory=list)
    statement: list[dict[str, Any]] = field(default_factory=list)
    clue: list[dict[str, Any]] = field(default_factory=list)
    join: list[dict[str, Any]] = field(default_factory=list)
    item: list[dict[str, Any]] = field(default_factory=list)
    column: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    cells: list[pl.DataFrame] = field(default_factory=list)

    def add(self, reading_id: str, found: _Found) -> None:
        """Take in what one document gave."""
        self.column += [{"reading_id": reading_id, **row} for row in found.columns]
        self.fields += [{"reading_id": reading_id, **row} for row in found.fields]
        for statement in found.statements:
            self.statement.append(statement.row(found.empty.get(statement.statement_no)))
            self.clue += statement.clue_rows()
            self.join += statement.join_rows()
        self.cells.append(found.cells)


@dataclass
class _Found:
    """What one document gave: what each cell is, what waits, statements and their columns.

    ``empty``: statement → the note that says that it has no figures.
    """

    cells: pl.DataFrame
    waiting: list[Item]
    statements: list[Recognised] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    empty: dict[int, str] = field(default_factory=dict)


def recognise(
    readings: Iterable[tuple[ReadingKey, Extraction, DocumentContext]],
    layouts: Sequence[Layout],
    failed: Mapping[str, Exception] | None = None,
    config: Path | None = None,
) -> dict[str, pl.DataFrame]:
    """Recognise a batch.

    Args:
        readings: What is to be read, with its grids and its sidecar.
        layouts: How publishers print their tables.
        failed: Readings on which this or a later room failed before: all of them waits.
        config: The operator's own code lists.

    Returns:
        ``reading`` (one per document), ``page``, ``statement``, ``clue``, ``join``, ``cell``
        (every cell and line, with what it is to its statement), ``column`` (every printed column of
        a recognised table that its layout explains), ``field`` (every value of a form), ``item``
        (what waits).
    """
    rows = _Rows()
    for key, extraction, context in readings:
        rows.reading.append(_reading_row(key, extraction, context))
        rows.page += [
            {"reading_id": key.reading_id, "page_no": p.page_no, "cell_count": p.cell_count}
            for p in extraction.pages
        ]
        cells = named_cells(extraction).with_columns(
            reading_id=pl.lit(key.reading_id), document_id=pl.lit(key.document_id)
        )
        known = (failed or {}).get(key.reading_id)
        try:
            if known:
                found = _refused(cells, known)
            else:
                book = read_book(extraction, cells, layouts)
                found = _document(key, extraction, book, context, config)
        except Exception as error:  # noqa: BLE001 - one wrong document never stops a night
            found = _refused(cells, error)
        rows.add(key.reading_id, found)
        items = [
            *_refusals(extraction, context),
            *page_items(extraction, found.cells),
            *found.waiting,
        ]
        sheets = read_sheets(extraction)
        rows.item += [item.row(key.reading_id, key.document_id, sheets) for item in items]
    return {
        "reading": pl.DataFrame(rows.reading, schema=READING_SCHEMA),
        "page": pl.DataFrame(rows.page, schema=PAGE_SCHEMA),
        "statement": pl.DataFrame(rows.statement, schema=STATEMENT_SCHEMA),
        "clue": pl.DataFrame(rows.clue, schema=CLUE_SCHEMA),
        "join": pl.DataFrame(rows.join, schema=JOIN_SCHEMA),
        "column": pl.DataFrame(rows.column, schema=COLUMN_SCHEMA),
        "field": pl.DataFrame(rows.fields, schema=FIELD_SCHEMA),
        "cell": pl.concat(rows.cells) if rows.cells else pl.DataFrame(),
        "item": pl.DataFrame(rows.item, schema=ITEM_SCHEMA),
    }


def _reading_row(
    key: ReadingKey, extraction: Extraction, context: DocumentContext
) -> dict[str, Any]:
    sidecar = context.sidecar
    return {
        "reading_id": key.reading_id,
        "document_id": key.document_id,
        "media_type": extraction.media_type,
        "encoding": extraction.encoding,
        "source_url": sidecar.source_url if sidecar else None,
        "published_on": sidecar.published_on if sidecar else None,
        "supersedes": sidecar.supersedes if sidecar else None,
        "source_errors": [e.model_dump() for e in sidecar.source_errors] if sidecar else [],
    }


def _refusals(extraction: Extraction, context: DocumentContext) -> Iterable[Item]:
    everywhere = "全文 / whole document"
    for rule_id, found, expected in context.problems:
        yield Item("document", everywhere, rule_id, found, expected, "none", subject=found)
    refusal = extraction.refusal
    if refusal is not None:
        yield Item("document", everywhere, refusal.rule_id, refusal.found, refusal.expected, "none")
    elif not extraction.is_archive and extraction.cells.filter(pl.col("grid_no") > 0).is_empty():
        yield Item("document", everywhere, "no_grid", "0 表 / 0 grids", "≥ 1 表 / grid", "none")


def _document(
    key: ReadingKey,
    extraction: Extraction,
    book: Book,
    context: DocumentContext,
    config: Path | None,
) -> _Found:
    around = Around(book.joins, book.headings, config, read_sheets(extraction))
    statements = [
        recognise_statement(key, number, group, context, around)
        for number, group in enumerate(book.groups, 1)
    ]
    years = year_rows(book.cells)
    waiting = [item for statement in statements for item in statement.items(years)]
    lines = Lines(read_notes(extraction, book.cells, book.furniture), book.groups)
    waiting += lines.place(book.cells, book.fragments, book.headings)
    waiting += announced_items(book)
    columns = list(column_rows(book.groups))
    fields = list(field_rows(book.groups))
    classified = classify(book.cells, lines)
    empty = said_blank(book.cells, book.groups, classified) | of_blank_tables(
        lines.empty, classified
    )
    return _Found(classified, waiting, statements, columns, fields, empty)


def _refused(cells: pl.DataFrame, error: Exception) -> _Found:
    """A document on which recognition or a later room failed: all of it waits."""
    found = f"{type(error).__name__}: {error}"
    item = Item("document", "全文 / whole document", "unreadable_document", found,
                "可识别的表格 / tables that can be recognised", "none")  # fmt: skip
    outside = cells.filter(pl.col("grid_no") == 0)["cell_id"]
    nothing = Lines(placed=dict.fromkeys(outside, ("quarantined", None)))
    return _Found(classify(each_grid_a_table(cells), nothing), [item])
