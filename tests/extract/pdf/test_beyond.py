"""Where a page ends: labels that touch a table, tables written whole onto each page they fill."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.documents.archive import sha256_of
from pipelines.extract.readers import extract
from tests.pdfs import PdfPage, pdf, ruled, words

ROWS = tuple(range(20, 281, 20))


def read(y: float) -> list[str]:
    """What is read of a page with a label at a height, above or in a table from 100 to 200."""
    drawn = ruled((50, 150, 250), (100, 150, 200)) + words(60, 110, "one") + words(60, y, "label")
    data = pdf(PdfPage(drawn))
    cells = extract(sha256_of(data), data).cells.sort("seq")
    return cells.filter(pl.col("text") != "")["text"].to_list()


@pytest.mark.parametrize("y", [205, 200, 198])
def test_a_label_whose_foot_touches_a_table_stands_above_it(y: float) -> None:
    assert read(y) == ["label", "one"]


def test_a_label_below_a_table_stands_below_it() -> None:
    assert read(80) == ["one", "label"]


def written_whole(shown: int) -> tuple[tuple[str, ...], ...]:
    """Flags of pages: the first holds a table that goes on below it, of which ``shown`` pages are.

    Each page is 300 high and shows 13 numbers; the first holds those of five pages.
    """
    numbers = [f"{page}{row:02}.00" for page in range(5) for row in range(len(ROWS))]
    whole = "".join(words(60, 280 - 20 * at - 15, said) for at, said in enumerate(numbers))
    pages = [PdfPage(ruled((50, 250), ROWS) + whole)]
    for page in range(1, shown):
        own = numbers[page * len(ROWS) : (page + 1) * len(ROWS)]
        text = "".join(words(60, 280 - 20 * at - 15, said) for at, said in enumerate(own))
        pages.append(PdfPage(ruled((50, 250), ROWS) + text))
    data = pdf(*pages)
    return tuple(page.flags for page in extract(sha256_of(data), data).pages)


def test_what_a_page_hides_is_looked_for_on_as_many_pages_as_it_is_long() -> None:
    assert written_whole(shown=5) == ((),) * 5


def test_what_no_page_shows_is_flagged() -> None:
    assert written_whole(shown=4) == (("text_hidden",), (), (), ())
