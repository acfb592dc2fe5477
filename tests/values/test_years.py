"""Years are clues: every one that a text mentions, and no other number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.values.years import YearClue, year_clues
from tests.conftest import SEED


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023年部门预算", [2023]),
        ("2022-2024年", [2022, 2024]),
        ("粤财〔2021〕101号", [2021]),
        ("1999年至2001年", [1999, 2001]),
        ("20231231", []),
        ("12023", []),
        ("2123年", []),
        ("1823年", []),
        ("202", []),
        ("", []),
        ("金额2023.50万元", [2023]),
    ],
)
def test_years_of_a_text(text: str, years: list[int]) -> None:
    assert [clue.year for clue in year_clues(text)] == years


def test_words_around_are_at_most_fourteen_characters_on_either_side() -> None:
    text = "前" * 20 + "2023" + "后" * 20
    assert year_clues(text) == [YearClue(2023, 20, "前" * 14 + "2023" + "后" * 14)]
    assert year_clues("甲2023乙") == [YearClue(2023, 1, "甲2023乙")]


def test_the_seed_mentions_several_years_and_decides_none() -> None:
    years = {clue.year for clue in year_clues(SEED.read_text(encoding="utf-8"))}
    assert years == {2022, 2023, 2024, 2025}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="年度202319 -甲", max_size=40))
def test_places_are_where_the_years_stand(text: str) -> None:
    clues = year_clues(text)
    for clue in clues:
        assert text[clue.start : clue.start + 4] == str(clue.year)
        assert str(clue.year) in clue.around
        assert clue.around in text
    assert [clue.start for clue in clues] == sorted({clue.start for clue in clues})
