"""Targets: cases as data, and what must hold of any text."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.values.indicators import read_packed_cell
from pipelines.values.targets import Clause, read_target
from schemas.code_lists import code_list
from schemas.tables.vocabulary import CLAUSE_KINDS, COMPARATORS, VALUE_KINDS
from tests.conftest import SEED

if TYPE_CHECKING:
    from pipelines.values.targets import TargetValue

CASES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "targets.toml").read_text(encoding="utf-8")
)
SPELLINGS = code_list("comparators").select("spelling", "comparator", "position").rows()
UNITS = code_list("quantity_units")["unit"].to_list()
#: Pieces that the grammar is made of, in any order: texts near to the language.
PIECES = (
    *(spelling for spelling, _, _ in SPELLINGS), *UNITS,
    "1", "23", "4.50", "1,234", "１２", "。", "；", "，", "、", "是", "否", "无", "XX",
    "每年", "数量", "不", "不得", "《规划", "①", "²", "½", "㎡", "㏠", "⩴", "¨", "％",
    "近5年", "2023.12", "-", "至", "三", "万", "(", "）", "×", "٣", "年", " ", "\n",
)  # fmt: skip
NEAR = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
TEXTS = st.one_of(NEAR, st.text(max_size=30))
EXAMPLES = settings(max_examples=400, deadline=None)


def expected_clauses(case: dict[str, Any]) -> list[dict[str, Any]]:
    absent = dict.fromkeys(("low", "high", "unit", "subject", "boolean"))
    return [absent | clause for clause in case.get("clauses", [])]


def found_clauses(value: TargetValue) -> list[dict[str, Any]]:
    def exact(number: Decimal | None) -> str | None:
        return None if number is None else str(number)

    return [
        {
            "comparator": clause.comparator,
            "low": exact(clause.low),
            "high": exact(clause.high),
            "unit": clause.unit,
            "subject": clause.subject,
            "boolean": clause.boolean,
        }
        for clause in value.clauses
    ]


def only_clause(text: str) -> Clause:
    value = read_target(text)
    assert value.kind == "number", text
    (clause,) = value.clauses
    return clause


def seed_values() -> Counter[str]:
    found: Counter[str] = Counter()
    for line in SEED.read_text(encoding="utf-8").splitlines():
        cell = line.split("\t")[-1]
        for item in read_packed_cell(cell).items:
            found.update(cell[s.start : s.end] for s in (item.cycle, item.annual) if s is not None)
    return found


@pytest.mark.parametrize("case", CASES["seed"] + CASES["case"], ids=lambda c: c["raw"][:24])
def test_case(case: dict[str, Any]) -> None:
    value = read_target(case["raw"])
    assert value.kind == case["kind"]
    assert found_clauses(value) == expected_clauses(case)


def test_the_seeds_values_are_all_among_the_cases() -> None:
    assert {case["raw"]: case["times"] for case in CASES["seed"]} == dict(seed_values())
    assert sum(case["times"] for case in CASES["seed"]) == 50


def test_no_case_stands_twice_and_every_kind_has_one() -> None:
    for group in CASES.values():
        times = Counter(case["raw"] for case in group)
        assert max(times.values()) == 1, times.most_common(1)
    assert {case["kind"] for case in CASES["case"]} == set(VALUE_KINDS)


@pytest.mark.parametrize(("spelling", "comparator", "position"), SPELLINGS)
def test_every_spelling_of_a_comparator(spelling: str, comparator: str, position: str) -> None:
    texts = {
        "before": [f"{spelling}4场", f"{spelling} 4 场", f"数量{spelling}4场", f"{spelling}４场。"],
        "after": [f"4场{spelling}", f"4 场 {spelling}", f"4场{spelling}。"],
    }
    bounds = {
        "ge": (Decimal(4), None),
        "gt": (Decimal(4), None),
        "le": (None, Decimal(4)),
        "lt": (None, Decimal(4)),
        "eq": (Decimal(4), Decimal(4)),
    }
    for text in texts[position]:
        clause = only_clause(text)
        assert clause.comparator == comparator
        assert (clause.low, clause.high) == bounds[comparator]
        assert clause.unit == "场"


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_read_whole(unit: str) -> None:
    for text in (f"4{unit}", f"不少于4{unit}", f"4{unit}以上"):
        assert only_clause(text).unit == unit


def test_places_of_clauses_are_places_in_the_print() -> None:
    text = " 企业≥３ 家；展会不少于2场。"
    first, second = read_target(text).clauses
    assert text[first.start : first.end].strip() == "企业≥３ 家"
    assert text[second.start : second.end] == "展会不少于2场"
    assert (first.low, first.unit, second.subject) == (Decimal(3), "家", "展会")


def test_roles_of_characters() -> None:
    text = "数量≥ 4场。"
    spans = [(text[s.start : s.end], s.role) for s in read_target(text).spans]
    assert spans == [
        ("数量", "subject"),
        ("≥", "comparator"),
        (" ", "space"),
        ("4", "number"),
        ("场", "unit"),
        ("。", "separator"),
    ]


def test_long_text_is_read_in_time() -> None:
    assert read_target("推进" * 5000).kind == "qualitative"
    assert read_target("数量" * 5000 + "≥3家").kind == "number"
    assert read_target("1、" * 5000).kind == "unparsed"


@EXAMPLES
@given(TEXTS)
@example("①3家")
@example("5㏠")
@example("1" * 40)
@example("\ud800≥3")
@example("¨4场¨")
@example("⩴2023.12%")
def test_any_text_reads_without_error_and_every_character_has_one_role(text: str) -> None:
    value = read_target(text)
    assert value.kind in VALUE_KINDS
    ends = [span.end for span in value.spans]
    assert [span.start for span in value.spans] == [0, *ends][: len(ends)]
    assert "".join(text[s.start : s.end] for s in value.spans) == text
    assert all(s.start < s.end for s in value.spans)


@EXAMPLES
@given(TEXTS)
@example("≥10²")
@example("3家①")
@example("٣次")
def test_nothing_becomes_a_number_that_is_not_printed(text: str) -> None:
    for clause in read_target(text).clauses:
        assert clause.comparator in COMPARATORS
        assert clause.kind in CLAUSE_KINDS
        printed = text[clause.start : clause.end]
        runs = [plain(run) for run in re.findall(r"[\d,，.．]+", printed)]
        for bound in (clause.low, clause.high):
            if bound is not None:
                assert any(Decimal(run) == bound for run in runs if run), (text, bound)


@EXAMPLES
@given(TEXTS)
def test_kind_and_clauses_agree(text: str) -> None:
    value = read_target(text)
    fits = {
        "number": len(value.clauses) == 1,
        "boolean": len(value.clauses) == 1,
        "several": len(value.clauses) > 1,
    }
    assert fits.get(value.kind, value.clauses == ())
    for clause in value.clauses:
        if clause.kind == "boolean":
            assert clause.boolean is not None
        else:
            assert clause.boolean is None
            assert (clause.low, clause.high) != (None, None)
    if len(value.clauses) > 1:
        assert all(clause.comparator != "none" for clause in value.clauses)


@EXAMPLES
@given(
    st.sampled_from([row for row in SPELLINGS if row[2] == "before"]),
    st.decimals(min_value=0, max_value=10**12, places=2),
    st.sampled_from(UNITS),
)
def test_what_is_printed_reads_back(
    spelling: tuple[str, str, str], number: Decimal, unit: str
) -> None:
    for printed in (f"{abs(number):f}", f"{abs(number):,f}"):
        clause = only_clause(f"{spelling[0]}{printed}{unit}")
        assert (clause.comparator, clause.unit) == (spelling[1], unit)
        assert {clause.low, clause.high} - {None} == {number}


def plain(run: str) -> str:
    """A printed run of digits as a plain number; empty where it is none."""
    text = run.replace("，", "").replace(",", "").replace("．", ".")
    return text if re.fullmatch(r"\d+(\.\d+)?", text) else ""
