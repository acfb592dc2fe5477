"""The same books in every format: the same facts, targets and verdicts of controls, row by row.

What differs is where a thing stands, and so all that is named by document and place.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.extract.readers import extract
from tests.generator.books.documents import CONFIG, documents
from tests.generator.books.formats import FORMATS
from tests.printing import sidecar, through_validate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pipelines.documents.sidecars import Sidecar
    from tests.generator.books.documents import Document

#: What every other format is held against.
PLAIN = "utf-8"
#: One of each kind of file, and what a book looks like in it.
WRITTEN = ("csv", "xlsx", "xls", "docx", "html-plain", "pdf")
#: The other ways to write the same kinds.
DIALECTS = tuple(name for name in FORMATS if name not in {PLAIN, *WRITTEN})
#: On paper spaces are gaps, and a narrow one is none: goals, and the hash of all, differ by that.
DRAWN = {"pdf": {"goal", "content_hash"}}
#: Books in which nothing waits, in which a control is broken, and with targets of their own.
SCHEDULE = ("plain", "wrong_total", "year_in_sidecar", "contradicting", "note_contradicted")
MORE = {"guangzhou": ("with_targets",), "shili": ("final_accounts",)}
#: Tables that say where things stand, or how the file is made, and nothing of a budget.
PLACES = {"source_cell", "fact_source", "control_source", "cell_accounting", "reading",
          "statement_join", "statement_context"}  # fmt: skip
#: Columns that name a document or a place in it, or count rows: text cannot show blank ones.
NAMES = {"reading_id", "document_id", "statement_id", "statement_no", "fact_id", "cell_id",
         "printed_amount_id", "project_line_id", "indicator_id", "value_id", "control_id",
         "finding_id", "item_id", "place", "line_no", "found", "evidence",
         "row_count"}  # fmt: skip
#: Tables that all of this is about.
TOLD = ("fact_project_funding", "fact_performance_target", "control_total", "printed_amount")

#: Table → its rows, each with the number of its document.
Said = dict[str, Counter[tuple[Any, ...]]]


def books(written: str, place: str, bodies: int, years: int) -> list[Document]:
    """The documents of some bodies in one format."""
    schedule = (*MORE.get(place, ()), *SCHEDULE)
    return list(documents(3, place, bodies, years, written=written, schedule=schedule))


@cache
def accepted(
    formats: Sequence[str], place: str, bodies: int, years: int
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """What the rooms make of the same books in some formats, and the readings in order."""
    made = [document for one in formats for document in books(one, place, bodies, years)]
    asides = [_sidecar(document) for document in made]
    rooms = through_validate([document.data for document in made], asides, CONFIG)
    return rooms.accepted, rooms.reading_ids


def _sidecar(document: Document) -> Sidecar | None:
    claims = {name: {"value": value, "why": "for the test"}
              for name, value in document.claims.items()
              if name not in {"fiscal_year", "phase"}}  # fmt: skip
    return sidecar(document.fiscal_year, document.phase, **claims) if document.claims else None


def said(formats: Sequence[str], written: str, aside: Collection[str], *world: Any) -> Said:
    """What one of the formats says; ``aside``: columns that are left out."""
    frames, readings = accepted(formats, *world)
    each = len(readings) // len(formats)
    first = formats.index(written) * each
    numbers = {key: at for at, key in enumerate(readings[first : first + each])}
    statements = frames["statement"].select("statement_id", "reading_id")
    found: Said = {}
    for name in frames.keys() - PLACES:
        frame = frames[name]
        if "reading_id" not in frame.columns:
            frame = frame.join(statements, on="statement_id", maintain_order="left")
        mine = frame.filter(pl.col("reading_id").is_in(list(numbers)))
        kept = [column for column in mine.columns if column not in {*NAMES, *aside}]
        number = pl.col("reading_id").replace_strict(numbers, return_dtype=pl.Int64)
        plain = mine.select(number.alias("document"), pl.col(kept).cast(pl.String, strict=False))
        found[name] = Counter(plain.iter_rows())
    return found


def assert_says_the_same(written: str, formats: Sequence[str], *world: Any) -> None:
    aside = DRAWN.get(written, set())
    plain, other = (said(formats, one, aside, *world) for one in (PLAIN, written))
    for name, rows in plain.items():
        assert rows - other[name] == Counter(), f"{name}: in {PLAIN} alone"
        assert other[name] - rows == Counter(), f"{name}: in {written} alone"
    assert plain["statement"]


@pytest.mark.parametrize("written", WRITTEN)
def test_every_format_says_the_same(written: str) -> None:
    formats = (PLAIN, *WRITTEN)
    assert_says_the_same(written, formats, "guangzhou", 1, 1)
    assert all(said(formats, PLAIN, (), "guangzhou", 1, 1)[name] for name in TOLD)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["guangzhou", "jiangsu", "shili"])
@pytest.mark.parametrize("written", [*WRITTEN, *DIALECTS])
def test_every_format_says_the_same_of_many_books(written: str, place: str) -> None:
    assert_says_the_same(written, (PLAIN, *WRITTEN, *DIALECTS), place, 2, 2)


@pytest.mark.parametrize("written", [*WRITTEN, *DIALECTS])
def test_every_character_of_every_format_is_accounted_for(written: str) -> None:
    for document in books(written, "jiangsu", 1, 1):
        read = extract(document.sha256, document.data)
        assert read.refusal is None
        assert [(p.page_no, p.char_count) for p in read.pages] == [
            (p.page_no, p.cell_char_count) for p in read.pages
        ]
