"""Answers of the question book on real documents, against what was read off their pages by eye."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.serve.published import published, rows
from pipelines.serve.questions import question
from tests.conftest import ROOT
from tests.corpus import CORPUS
from tests.corpus.outcome import documents, take_in
from tests.questions.book import book
from tests.questions.world import World

if TYPE_CHECKING:
    from tests.conftest import Installation

BY_EYE: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("answers_by_eye.toml").read_text("utf-8")
)["answer"]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    if not documents():
        pytest.skip(f"no corpus at {CORPUS}: real answers are not held against their pages")
    return take_in(tmp_path_factory.mktemp("answers"), documents().values())


def test_a_dozen_questions_are_answered_by_hand() -> None:
    assert len({one["question"] for one in BY_EYE}) >= 12


@pytest.mark.parametrize("one", BY_EYE, ids=lambda one: one["question"])
def test_an_answer_is_what_the_pages_print(one: dict[str, Any], night: Installation) -> None:
    years = [one["year"]] if "year" in one else []
    sql = question(one["question"]).asked_of([one["body"]], years, limit=one.get("limit"))
    with published(night.settings) as connection:
        found = rows(connection, sql)
    told = [
        ["" if row[column] is None else str(row[column]) for column in one["columns"]]
        for row in found
        if all(row[column] == value for column, value in one.get("where", {}).items())
    ]
    assert sorted(told) == sorted(one["rows"])


def test_the_page_of_the_book_is_what_the_questions_answer(
    night: Installation, tmp_path: Path
) -> None:
    generated = World.drawn().installed(tmp_path).settings
    page = (ROOT / "docs" / "questions.md").read_text("utf-8")
    assert page == book(night.settings, generated), "python -m tests.questions.book …"
