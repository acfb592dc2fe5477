"""Folding keeps the way back to the printed characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.values.text import fold, fold_label

#: Full-width, compatibility and combining characters, and plain ones between them.
MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from("ＡＢ１２％（）：；，．　㎡㏠①²½⩴…‥¨ﬁ㈱℃⻔⻋部门１ab1;"),
        st.characters(min_codepoint=0xFE30, max_codepoint=0xFFEF),
        st.characters(min_codepoint=0x2000, max_codepoint=0x33FF),
        st.characters(),
    ),
    max_size=25,
)
EXAMPLES = settings(max_examples=400, deadline=None)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("１２３．４５", "123.45"),
        ("（部门）：", "(部门):"),
        ("≥９５％", "≥95%"),
        ("ａ　ｂ", "a b"),
        ("㈱", "(株)"),
        ("①3家", "①3家"),  # a mark, not the number 13
        ("10²", "10²"),
        ("½", "½"),
        ("⒈", "⒈"),
        ("㎡", "㎡"),
        ("𝟏𝟐", "12"),  # digits in another face are digits
        ("部门", "部门"),
        ("部⻔⻋辆⼒", "部门车辆力"),  # radicals that fonts print for characters
        ("", ""),
    ],
)
def test_folding(raw: str, folded: str) -> None:
    assert fold(raw).text == folded


@EXAMPLES
@given(MIXED)
@example("⩴")
@example("ﬁ1ﬁ")
def test_every_folded_character_leads_back_to_the_one_it_was_printed_as(text: str) -> None:
    folded = fold(text)
    assert folded.raw == text
    assert len(folded.at) == len(folded.text)
    assert list(folded.at) == sorted(folded.at)
    for place, char in enumerate(folded.text):
        left, right = folded.raw_span(place, place + 1)
        assert right == left + 1
        assert char in fold(text[left:right]).text


@EXAMPLES
@given(MIXED, st.data())
def test_spans_lead_back(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    left, right = folded.raw_span(start, end)
    assert 0 <= left <= right <= len(text)
    assert folded.text[start:end] in fold(text[left:right]).text
    if start == end:
        assert left == right
    if (start, end) == (0, len(folded.text)):
        assert text[left:right] == text


@EXAMPLES
@given(MIXED)
def test_folding_makes_no_digits(text: str) -> None:
    def digits(value: str) -> list[int]:
        return [unicodedata.decimal(char) for char in value if unicodedata.category(char) == "Nd"]

    assert digits(fold(text).text) == digits(text)


@EXAMPLES
@given(MIXED)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("项目名称（资金使用单位）", "项目名称(资金使用单位)"),
        ("项 目　名\n称", "项目名称"),
        (" 总 计 ", "总计"),
        ("", ""),
    ],
)
def test_labels_are_compared_without_white_space(raw: str, label: str) -> None:
    assert fold_label(raw) == label
