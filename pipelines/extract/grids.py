"""Grids: what a reader saw on the pages of a document, never edited afterwards."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

#: Grain: one row per printed cell, blank ones too, and per line of text outside of grids.
#: ``grid_no`` counts over the document, 0 is outside of grids; there ``row_no`` is the line of
#: the page. ``seq`` is the reading order. ``char_from``/``char_to``: place in the decoded text.
CELL_SCHEMA: dict[str, Any] = {
    "page_no": pl.Int32,
    "grid_no": pl.Int32,
    "row_no": pl.Int32,
    "col_no": pl.Int32,
    "seq": pl.Int32,
    "text": pl.String,
    "char_from": pl.Int32,
    "char_to": pl.Int32,
}


@dataclass(frozen=True)
class Refusal:
    """Why a document was not read: rule (schemas/codes/rules.csv), found, expected."""

    rule_id: str
    found: str
    expected: str


@dataclass(frozen=True)
class Page:
    """A page and the reader's own count of it: non-blank cells and lines, printed characters.

    ``char_count`` is counted on the page before it is cut into cells, ``cell_char_count`` on the
    cells; a difference means that characters were lost or doubled.
    """

    page_no: int
    cell_count: int
    char_count: int
    cell_char_count: int


@dataclass(frozen=True)
class Extraction:
    """One document as a reader saw it, or why it was refused."""

    document_id: str
    media_type: str
    encoding: str | None = None
    refusal: Refusal | None = None
    pages: list[Page] = field(default_factory=list)
    cells: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CELL_SCHEMA))

    @property
    def is_damaged(self) -> bool:
        """Whether the archive could not give its bytes: to be tried again, it may be restored."""
        return self.refusal is not None and self.refusal.rule_id == "archive_damaged"

    def header(self) -> dict[str, Any]:
        """Everything but the cells, as plain data."""
        return {
            "document_id": self.document_id,
            "media_type": self.media_type,
            "encoding": self.encoding,
            "refusal": asdict(self.refusal) if self.refusal else None,
            "pages": [asdict(page) for page in self.pages],
        }

    @classmethod
    def from_header(cls, header: dict[str, Any], cells: pl.DataFrame) -> Extraction:
        """The opposite of ``header``."""
        refusal = header["refusal"]
        return cls(
            document_id=header["document_id"],
            media_type=header["media_type"],
            encoding=header["encoding"],
            refusal=Refusal(**refusal) if refusal else None,
            pages=[Page(**page) for page in header["pages"]],
            cells=cells,
        )
