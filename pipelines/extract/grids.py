"""Grids: what a reader saw on the pages of a document, never edited afterwards."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Grain: one row per printed cell, blank ones too, and per line of text outside of grids.
#: ``grid_no`` counts over the document, 0 is outside of grids; there ``row_no`` is the line of
#: the page. ``seq`` is the reading order. A merged cell stands at its first row and column and
#: spans ``row_span`` × ``col_span``; the positions it covers are no cells.
#: Where it stands: in text documents ``char_from``/``char_to`` in the decoded text; in paged ones
#: a box in points of the page as it is shown, from its upper left corner; in workbooks the sheet's
#: name and the cell's ``address``. ``stored``: what a workbook stores of a number that shows
#: otherwise: 12.345678 for 12.35, 201 for 0201.
CELL_SCHEMA: dict[str, Any] = {
    "page_no": pl.Int32,
    "grid_no": pl.Int32,
    "row_no": pl.Int32,
    "col_no": pl.Int32,
    "row_span": pl.Int32,
    "col_span": pl.Int32,
    "seq": pl.Int32,
    "text": pl.String,
    "char_from": pl.Int32,
    "char_to": pl.Int32,
    "x0": pl.Float64,
    "y0": pl.Float64,
    "x1": pl.Float64,
    "y1": pl.Float64,
    "sheet": pl.String,
    "address": pl.String,
    "stored": pl.String,
}
#: What makes a page doubtful; ``schemas/codes/page_flags.csv`` says what each means and blocks.
PageFlag = Literal[
    "blank_page", "large_image", "text_hidden", "number_clipped", "numbers_askew",
    "number_dropped", "number_marked", "number_overprinted", "many_drawings",
    "text_in_annotations", "image_in_table",
    "tables_hidden", "tracked_changes", "embedded_object", "conversion_differs",
    "unknown_characters", "irregular_cells", "too_many_rules", "damaged_file", "huge_streams",
    "sheet_hidden", "cells_hidden", "error_values", "formula_without_value", "format_unknown",
    "values_disagree", "text_in_drawings", "no_worksheet",
]  # fmt: skip
#: As ``pipelines.documents.media`` tells it; named anew, since later rooms depend on this module.
_ARCHIVE = "application/zip"
#: How a grid is told whose rows and columns the file itself has.
GIVEN = "given"
#: The columns of a box.
BOX = ("x0", "y0", "x1", "y1")


@dataclass(frozen=True)
class Refusal:
    """Why a document or a page was not read: rule (schemas/codes/rules.csv), found, expected."""

    rule_id: str
    found: str
    expected: str


class RefusedError(Exception):
    """What a reader raises to refuse its document."""

    def __init__(self, refusal: Refusal) -> None:
        """``refusal``: what the extraction will say."""
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True)
class Page:
    """A page and the reader's own count of it: non-blank cells and lines, printed characters.

    ``char_count`` is counted on the page before it is cut into cells, ``cell_char_count`` on the
    cells and on what was dropped; a difference means that characters were lost or doubled.

    Attributes:
        dropped: Characters in no cell and no line, and why: (reason, how many), by reason.
        width: In points, as shown; none for documents without pages of a size.
        height: Likewise.
        rotation: Degrees by which the page is turned for showing.
        refusal: Why the page's text cannot be used; it then has no cells.
        flags: What makes the page doubtful.
        places: Where on the page, by flag, as far as it is known.
        sheet: The name on the tab of a workbook's sheet.
    """

    page_no: int
    cell_count: int
    char_count: int
    cell_char_count: int
    dropped: tuple[tuple[str, int], ...] = ()
    width: float | None = None
    height: float | None = None
    rotation: int = 0
    refusal: Refusal | None = None
    flags: tuple[PageFlag, ...] = ()
    places: tuple[tuple[PageFlag, str], ...] = ()
    sheet: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table as it is printed on one page, where it has a place there.

    Attributes:
        method: ``ruled`` by printed lines; ``unruled`` by gaps between words: always doubtful;
            ``given`` by the file itself, which has rows and columns: never cut by a page's end.
        column_edges: Edges of the columns from left to right, in points: one more than columns;
            none where they are given.
        row_edges: Edges of the rows from top to bottom; likewise.
        open_sides: Sides without a rule of their own, of ``top``, ``bottom``, ``left``, ``right``:
            a row may go on there.
    """

    grid_no: int
    page_no: int
    method: str
    column_edges: tuple[float, ...]
    row_edges: tuple[float, ...]
    open_sides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extraction:
    """One document as a reader saw it, or why it was refused."""

    document_id: str
    media_type: str
    encoding: str | None = None
    refusal: Refusal | None = None
    pages: list[Page] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    cells: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CELL_SCHEMA))

    @property
    def is_damaged(self) -> bool:
        """Whether the archive could not give its bytes: to be tried again, it may be restored."""
        return self.refusal is not None and self.refusal.rule_id == "archive_damaged"

    @property
    def is_archive(self) -> bool:
        """Whether it holds documents and no tables: it waits for nothing but what it refuses."""
        return self.media_type == _ARCHIVE

    def header(self) -> dict[str, Any]:
        """Everything but the cells, as plain data."""
        return {
            "document_id": self.document_id,
            "media_type": self.media_type,
            "encoding": self.encoding,
            "refusal": asdict(self.refusal) if self.refusal else None,
            "pages": [asdict(page) for page in self.pages],
            "grids": [asdict(grid) for grid in self.grids],
        }

    @classmethod
    def from_header(cls, header: dict[str, Any], cells: pl.DataFrame) -> Extraction:
        """The opposite of ``header``."""
        return cls(
            document_id=header["document_id"],
            media_type=header["media_type"],
            encoding=header["encoding"],
            refusal=_refusal(header["refusal"]),
            pages=[_page(page) for page in header["pages"]],
            grids=[_grid(grid) for grid in header["grids"]],
            cells=cells,
        )


def cell_frame(columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """Cells in CELL_SCHEMA; what a format does not say of them is null."""
    said = pl.DataFrame(columns, schema={name: CELL_SCHEMA[name] for name in columns})
    unsaid = [pl.lit(None, dtype=of).alias(n) for n, of in CELL_SCHEMA.items() if n not in columns]
    return said.with_columns(unsaid).select(list(CELL_SCHEMA))


def _refusal(said: dict[str, Any] | None) -> Refusal | None:
    return Refusal(**said) if said else None


def _page(said: dict[str, Any]) -> Page:
    dropped = tuple((reason, count) for reason, count in said["dropped"])
    refusal = _refusal(said["refusal"])
    flags, places = tuple(said["flags"]), tuple((flag, place) for flag, place in said["places"])
    lists = {"dropped": dropped, "flags": flags, "places": places}
    return Page(**{**said, "refusal": refusal, **lists})


def _grid(said: dict[str, Any]) -> Grid:
    lists = ("column_edges", "row_edges", "open_sides")
    return Grid(**{**said, **{name: tuple(said[name]) for name in lists}})
