"""PDF test documents and what is true of them: ``documents/<name>.pdf`` beside ``<name>.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DOCUMENTS = Path(__file__).with_name("documents")

#: How fragments on pages become one table; a table's truth names those it needs.
JOINS = {
    "rows_continued": "the next page goes on without a header",
    "repeated_header": "the header is printed again and is no row",
    "glued_header": "the header is printed again, in the same cells as the rest of a cut row",
    "row_continued": "a row begins on one page and ends on the next",
    "number_cut": "a row is cut, and a number in it between two digits",
    "rowspan_continued": "a merged cell goes on over the page, its text printed again or not",
    "columns_appended": "the right half of a wide table is on a page of its own",
}

#: What breaks readers: each has at least one case.
PHENOMENA = {
    "row_cut_open": "a row cut at the page end without a closing rule",
    "row_cut_closed": "a row cut at the page end between rules",
    "header_repeated": "a header that every page prints again",
    "header_glued": "a header glued to the remnant of a cut row",
    "header_first_page_only": "pages that go on without a header",
    "number_cut": "a number cut between two digits by the page end",
    "span_text_first": "a merged cell over pages, its text on the first only",
    "span_text_repeated": "a merged cell over pages, its text on each",
    "span_text_split": "a merged cell over pages, its text divided among them",
    "identical_adjacent": "two adjacent tables with the same header, each its own",
    "span_text_clipped": "a merged cell over pages, written whole on each and cut off by its edge",
    "hanging_punctuation": "punctuation that hangs over the right rule",
    "digits_overflow": "digits that are longer than their cell",
    "code_over_rule": "a code that stands over a rule",
    "fake_bold": "glyphs printed twice for boldness",
    "dotted_rules": "rules made of dots",
    "dashed_rules": "rules drawn with dashes",
    "thin_rectangles": "rules made of thin filled rectangles",
    "double_rules": "double and thick rules",
    "boxed_cells": "every cell a rectangle of its own",
    "shaded_cells": "filled backgrounds between rules",
    "open_sides": "tables without rules at the left and right",
    "corner_gaps": "rules that do not meet in the corners",
    "rotated_90": "a page turned by 90°",
    "rotated_180": "a page turned by 180°",
    "rotated_270": "a page turned by 270°",
    "cropped_page": "a page that shows a part of its paper",
    "small_print": "a wide table shrunk to the page",
    "content_turned": "a page that is not turned, with a table printed upwards",
    "watermark_angled": "a watermark off the axes",
    "watermark_level": "a large grey watermark on the axes, behind the table",
    "watermark_small": "a grey watermark on the axes, hardly larger than the text",
    "vertical_stacked": "labels with one character a line",
    "vertical_turned": "labels turned by 90°",
    "stacked_tables": "different tables one below the other",
    "side_by_side": "tables side by side",
    "left_right_pages": "a wide table as left page, right page",
    "not_embedded": "a font that is not embedded",
    "superscripts": "m², and a raised small 2",
    "cjk_radicals": "radicals printed for characters",
    "no_tounicode": "a font whose characters nobody can know",
    "partly_unknown": "one of two fonts whose characters nobody can know",
    "scanned": "a page that is a picture",
    "scanned_with_ocr": "a page that is a picture, with invisible text of an OCR",
    "unruled": "a table without rules",
    "invisible_text": "text that is not painted",
    "off_page_text": "text outside of the page",
    "title_in_grid": "a title within the rules of its table",
    "empty_page": "a page with nothing",
    "framed_prose": "prose in two columns with a frame around the page: no table",
}


@dataclass(frozen=True, slots=True)
class LogicalTable:
    """A table as its author meant it, whatever pages it is printed on.

    Attributes:
        pages: The pages it is printed on, from 1.
        header_rows: How many of the rows are header.
        rows: Texts; none where a merged cell covers the position.
        spans: Merged cells: row, column (from 0), rows, columns.
        joins: Which of ``JOINS`` it needs; none where the producer decided on the pages.
    """

    pages: tuple[int, ...]
    header_rows: int
    rows: tuple[tuple[str | None, ...], ...]
    spans: tuple[tuple[int, int, int, int], ...] = ()
    joins: tuple[str, ...] | None = ()

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> LogicalTable:
        """The opposite of ``as_json``."""
        return cls(
            pages=tuple(said["pages"]),
            header_rows=said["header_rows"],
            rows=tuple(tuple(row) for row in said["rows"]),
            spans=tuple((r, c, rows, cols) for r, c, rows, cols in said["spans"]),
            joins=None if said["joins"] is None else tuple(said["joins"]),
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A document with its truth.

    Attributes:
        phenomena: Which of ``PHENOMENA`` it shows; none for the realistic documents.
        lines: Texts outside of tables that must be read: page, text.
        absent: Texts that are in the file but must stand in no cell.
        corners: Upper left corners of tables, in points of the page as shown: page, x, y.
        refused: Pages without usable text.
        flagged: Pages that may be read, but only with a flag or a doubtful method.
        exact_or_flagged: Pages that are read exactly, or else flagged.
        note: Why a phenomenon is flagged or refused rather than read.
    """

    name: str
    producer: str
    page_count: int
    tables: tuple[LogicalTable, ...]
    phenomena: tuple[str, ...] = ()
    lines: tuple[tuple[int, str], ...] = ()
    absent: tuple[str, ...] = ()
    corners: tuple[tuple[int, float, float], ...] = ()
    refused: tuple[int, ...] = ()
    flagged: tuple[int, ...] = ()
    exact_or_flagged: tuple[int, ...] = ()
    note: str = ""

    @property
    def is_realistic(self) -> bool:
        """Whether it is a whole document, not the example of a phenomenon."""
        return not self.phenomena

    @property
    def pdf(self) -> bytes:
        """The document itself."""
        return (DOCUMENTS / f"{self.name}.pdf").read_bytes()

    def as_json(self) -> dict[str, Any]:
        """Plain data, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in ((), "")}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Case:
        """The opposite of ``as_json``."""
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in said.items()
            if name not in {"tables", "lines", "corners"}
        }
        return cls(
            tables=tuple(LogicalTable.from_json(table) for table in said.get("tables", ())),
            lines=tuple((page, text) for page, text in said.get("lines", ())),
            corners=tuple((page, x, y) for page, x, y in said.get("corners", ())),
            **plain,
        )


def cases(directory: Path = DOCUMENTS) -> list[Case]:
    """Every document, by name."""
    found = sorted(directory.glob("*.json"))
    return [Case.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in found]
