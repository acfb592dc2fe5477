"""The same book as text and as workbooks says the same, row by row."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from tests.generator.books.budget import budgets, places
from tests.generator.books.documents import CONFIG, Desk
from tests.generator.books.pages import printed
from tests.generator.books.pages import text as as_text
from tests.generator.books.workbooks import comma_separated, sheets, xls, xlsx
from tests.printing import through_validate

if TYPE_CHECKING:
    from tests.printing import Frames, Rooms

#: What differs between documents by their bytes, or by where things stand in them.
_OF_DOCUMENT = (
    "fact_id", "printed_amount_id", "statement_id", "reading_id", "document_id", "project_line_id",
    "place", "cell_id", "grid_no", "row_no", "col_no", "page_no", "control_id", "statement_no",
)  # fmt: skip


def said(rooms: Rooms) -> Frames:
    """What is accepted of a document, without what tells documents apart."""
    accepted = rooms.accepted
    statements = accepted["statement"].select("statement_id", "kind")
    frames: Frames = {}
    for name, frame in accepted.items():
        is_said = name.startswith(("fact_", "memo_", "comparative_")) or name in {
            "statement", "printed_amount", "control_total"
        }  # fmt: skip
        if is_said and name != "fact_source":
            named = frame if "kind" in frame.columns or "statement_id" not in frame.columns else (
                frame.join(statements, on="statement_id", how="left")
            )  # fmt: skip
            kept = named.drop(c for c in _OF_DOCUMENT if c in named.columns)
            frames[name] = kept.sort(kept.columns)
    return frames


#: Forms of one place in the fast tests; all forms of all places in the long ones.
FAST = ("xlsx, a sheet a table", "xls, one sheet", "csv")


def test_the_same_book_says_the_same() -> None:
    says_the_same("shili", FAST)


@pytest.mark.slow
@pytest.mark.parametrize("place_name", places())
def test_books_of_every_place_say_the_same(place_name: str) -> None:
    says_the_same(place_name)


def says_the_same(place_name: str, wanted_forms: tuple[str, ...] = ()) -> None:
    """Hold a book's forms against its text."""
    rng = Random(7)  # noqa: S311 - the same seed shall give the same bytes
    desk = Desk(rng, next(iter(budgets(rng, place_name, 0, 1))))
    look = replace(desk.look, rows=(500, 500), form_feed=True, breaks_names=False)
    book = replace(desk.book(), look=look)
    pages, _ = printed(book, Random(1))  # noqa: S311
    plain = sheets(book, pages, merges=False)
    apart, one = sheets(book, pages), sheets(book, pages, is_one=True)
    forms: dict[str, bytes] = {
        "text": as_text(pages, look).encode(),
        "xlsx, a sheet a table": xlsx(apart),
        "xlsx, one sheet": xlsx(one),
        "xlsx without rules": xlsx(apart, is_ruled=False),
        "xls": xls(apart),
        "xls, one sheet": xls(one),
        "csv": comma_separated(plain).encode("gb18030"),
        "csv, semicolons": comma_separated(plain, separator=";").encode("utf-8-sig"),
    }
    found = {
        name: said(through_validate([data], config=CONFIG))
        for name, data in forms.items()
        if not wanted_forms or name in {"text", *wanted_forms}
    }
    wanted = found.pop("text")
    assert set(wanted["statement"]["status"]) == {"complete"}
    assert wanted["printed_amount"].height > 0
    for name, frames in found.items():
        for table, frame in wanted.items():
            try:
                assert_frame_equal(frames[table], frame)
            except AssertionError as error:
                raise AssertionError(f"{name}: {table}: {error}") from error
