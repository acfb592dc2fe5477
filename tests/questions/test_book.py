"""The book itself: its files, what every answer has, and how it is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.load.feeding import money_facts
from pipelines.serve.published import published
from pipelines.serve.questions import ALWAYS, questions
from pipelines.validate.sums import fact_names
from schemas.registry import tables
from tests.commands import asked as command
from tests.conftest import ROOT, Installation
from tests.questions.book import section_without_sample

if TYPE_CHECKING:
    from pipelines.serve.questions import Question
    from tests.questions.conftest import Asked

EVERY = [one.name for one in questions()]


def test_questions_are_numbered_without_a_gap() -> None:
    assert [one.number for one in questions()] == list(range(1, 26))
    assert len(set(EVERY)) == len(EVERY)


@pytest.mark.parametrize("one", questions(), ids=lambda one: one.name)
def test_the_page_has_each_question_as_its_file_has_it(one: Question) -> None:
    page = (ROOT / "docs" / "questions.md").read_text("utf-8")
    assert section_without_sample(one) in page


@pytest.mark.parametrize("name", EVERY)
def test_a_question_says_in_both_languages_what_it_rests_on(name: str) -> None:
    one = next(q for q in questions() if q.name == name)
    assert set(one.rests_on) <= set(fact_names()) & set(tables())
    assert one.needs in {"any", "all"}
    for said in (one.question_zh, one.read_zh):
        assert any("\u4e00" <= char <= "\u9fff" for char in said)
    for said in (one.question_en, one.read_en):
        assert said.isascii() or "三公" in said or "是" in said


@pytest.mark.parametrize("name", EVERY)
def test_an_answer_is_told_by_body_and_year_in_a_total_order(name: str, asked: Asked) -> None:
    """As it stands, with nothing to be filled in; and money is exact."""
    one = next(q for q in questions() if q.name == name)
    with published(asked.settings) as connection:
        found = connection.sql(one.whole_sql()).pl()
        ordered = connection.sql(
            f"SELECT count(*) FROM (SELECT DISTINCT {_keys(one.order)} FROM ({one.sql}))"
        ).fetchall()
        whole = connection.sql(f"SELECT count(*) FROM ({one.sql})").fetchall()
    assert found.height
    assert set(ALWAYS) <= set(found.columns)
    assert found.columns[-1] == "document_count"
    assert found.filter(pl.col("document_count") < 1).is_empty() or name == "coverage"
    assert ordered == whole
    for column, dtype in found.schema.items():
        assert not column.endswith("_yuan") or isinstance(dtype, pl.Decimal), column


def _keys(order: str) -> str:
    """The expressions of an ``ORDER BY``."""
    words = (" DESC", " ASC", " NULLS LAST", " NULLS FIRST")
    for word in words:
        order = order.replace(word, "")
    return order


def test_a_question_is_asked_of_some_bodies_and_years(asked: Asked) -> None:
    here = Installation.of(asked.settings)
    every = [row for row in asked("spending") if row["fiscal_year"] == 2022]
    some = [row for row in every if "第1局" in row["body_name"]]
    assert 0 < len(some) < len(every)
    told = command(here, "ask", "1", "--year", "2022", "--body", "第1局", "--format", "json")
    assert [row["amount_yuan"] for row in json.loads(told.stdout)] == [
        float(row["amount_yuan"]) for row in some
    ]
    assert "依据 rests on  1 份文件 documents, 1 个部门年度" in told.stderr
    first = command(here, "ask", "spending", "--limit", "1", "--format", "csv")
    assert len(first.stdout.splitlines()) == 2
    assert "至多 1 行" in first.stderr
    assert "至多" not in told.stderr


def test_a_file_that_holds_the_first_rows_only_says_so(asked: Asked) -> None:
    told = command(Installation.of(asked.settings), "ask", "largest_projects", "--format", "csv")
    assert len(told.stdout.splitlines()) == 101
    assert "至多 100 行，次序 / at most 100 rows" in told.stderr


def test_what_is_missing_is_said_beside_the_answer(asked: Asked) -> None:
    told = command(Installation.of(asked.settings), "ask", "1", "--year", "2022")
    assert told.exit_code == 0
    assert "scope 为 projects 者只有项目支出" in told.stdout
    basis = asked.basis("spending")
    assert {one.state for one in basis.lacking} >= {"waiting", "no_document"}
    assert "缺 missing" in told.stderr


def test_the_sql_of_a_question_can_be_asked_as_any_other(asked: Asked) -> None:
    here = Installation.of(asked.settings)
    sql = command(here, "ask", "1", "--year", "2022", "--sql").stdout
    told = command(here, "query", sql, "--format", "csv").stdout
    assert told == command(here, "ask", "1", "--year", "2022", "--format", "csv").stdout


def test_a_question_that_is_not_there(asked: Asked) -> None:
    told = command(Installation.of(asked.settings), "ask", "999")
    assert told.exit_code == 1
    assert "999" in str(told.exception)
    listed = command(Installation.of(asked.settings), "ask")
    assert all(one.question_zh in listed.stdout for one in questions())


def test_coverage_is_told_of_every_fact(asked: Asked) -> None:
    with published(asked.settings) as connection:
        told = connection.sql("SELECT DISTINCT fact FROM mart_fact_coverage").fetchall()
    facts = {name for name in (*fact_names(), *money_facts()) if name.startswith("fact_")}
    assert {fact for (fact,) in told} == facts
