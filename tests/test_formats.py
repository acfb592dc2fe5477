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
    from collections.abc import Collection

    from tests.generator.books.documents import Document

#: What every other format is held against.
PLAIN = "utf-8"
#: One of each kind of file, and what a book looks like in it.
WRITTEN = ("pdf", "docx", "html-plain")
#: The other ways to write the same kinds.
DIALECTS = tuple(name for name in FORMATS if name not in {PLAIN, *WRITTEN})
#: Books in which nothing waits, in which a control is broken, and with targets of their own.
SCHEDULE = ("plain", "wrong_total", "year_in_sidecar", "contradicting")
MORE = {"guangzhou": ("with_targets",), "shili": ("final_accounts",)}
#: Tables that say where things stand, or how the file is made, and nothing of a budget.
PLACES = {"source_cell", "fact_source", "control_source", "cell_accounting", "reading",
          "statement_join", "statement_context"}  # fmt: skip
#: Columns that name a document or a place in it, and count rows: text cannot show blank ones.
NAMES = {"reading_id", "document_id", "statement_id", "statement_no", "fact_id", "cell_id",
         "printed_amount_id", "project_line_id", "indicator_id", "value_id", "control_id",
         "finding_id", "item_id", "place", "line_no", "found", "evidence",
         "row_count"}  # fmt: skip
#: Tables that all of this is about.
TOLD = ("fact_project_funding", "fact_performance_target", "control_total", "printed_amount")

Rows = Counter[tuple[Any, ...]]


def books(written: str, place: str, seed: int, bodies: int, years: int) -> list[Document]:
    """The documents of some bodies in one format."""
    schedule = (*MORE.get(place, ()), *SCHEDULE)
    return list(documents(seed, place, bodies, years, written=written, schedule=schedule))


@cache
def said(  # noqa: PLR0913, PLR0917 - a world and how it is written
    written: str, place: str, seed: int, bodies: int, years: int, *, is_drawn: bool = False
) -> dict[str, Rows]:
    """What the rooms make of books: table → its rows, each with its document's number.

    ``is_drawn``: without goals, whose spaces are gaps on paper, and the hash of all that is said.
    """
    made = books(written, place, seed, bodies, years)
    asides = [_sidecar(document) for document in made]
    rooms = through_validate([document.data for document in made], asides, CONFIG)
    numbers = {reading_id: number for number, reading_id in enumerate(rooms.reading_ids)}
    of_statement = dict(
        rooms.accepted["statement"].select("statement_id", "reading_id").iter_rows()
    )
    aside = ("content_hash", "goal") if is_drawn else ()
    return {
        name: Counter(_rows(frame, numbers, of_statement, aside))
        for name, frame in rooms.accepted.items()
        if name not in PLACES
    }


def _sidecar(document: Document) -> Any:
    claims = {name: {"value": value, "why": "for the test"}
              for name, value in document.claims.items()
              if name not in {"fiscal_year", "phase"}}  # fmt: skip
    return sidecar(document.fiscal_year, document.phase, **claims) if document.claims else None


def _rows(
    frame: pl.DataFrame,
    numbers: dict[str, int],
    of_statement: dict[str, str],
    aside: Collection[str] = (),
) -> list[tuple[Any, ...]]:
    kept = [name for name in frame.columns if name not in {*NAMES, *aside}]
    if "reading_id" in frame.columns:
        readings = frame["reading_id"].to_list()
    else:
        readings = [of_statement[key] for key in frame["statement_id"]]
    plain = frame.select(pl.col(kept).cast(pl.String, strict=False))
    return [(numbers[key], *row) for key, row in zip(readings, plain.iter_rows(), strict=True)]


def assert_says_the_same(written: str, *world: Any) -> None:
    is_drawn = written == "pdf"
    plain, other = (said(one, *world, is_drawn=is_drawn) for one in (PLAIN, written))
    assert plain.keys() == other.keys()
    for name, rows in plain.items():
        assert rows - other[name] == Counter(), f"{name}: in {PLAIN} alone"
        assert other[name] - rows == Counter(), f"{name}: in {written} alone"
    assert plain["statement"]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("place", ["guangzhou"])
def test_every_format_says_the_same(written: str, place: str) -> None:
    assert_says_the_same(written, place, 3, 1, 1)
    assert all(said(written, place, 3, 1, 1)[name] for name in TOLD)


@pytest.mark.slow
@pytest.mark.parametrize("written", [*WRITTEN, *DIALECTS])
@pytest.mark.parametrize("place", ["guangzhou", "jiangsu", "shili"])
def test_every_format_says_the_same_of_many_books(written: str, place: str) -> None:
    assert_says_the_same(written, place, 5, 4, 3)


@pytest.mark.parametrize("written", [*WRITTEN, *DIALECTS])
def test_every_character_of_every_format_is_accounted_for(written: str) -> None:
    for document in books(written, "jiangsu", 7, 1, 1):
        read = extract(document.sha256, document.data)
        assert read.refusal is None
        assert [(p.page_no, p.char_count) for p in read.pages] == [
            (p.page_no, p.cell_char_count) for p in read.pages
        ]
