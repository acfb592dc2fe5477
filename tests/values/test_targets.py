"""Targets: cases as data, and what must hold of any text."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.values.indicators import read_packed_cell
from pipelines.values.numerals import numeral_characters, read_numeral
from pipelines.values.target_clauses import Clause
from pipelines.values.target_rendering import render_clause
from pipelines.values.targets import read_target
from pipelines.values.text import fold
from schemas.code_lists import code_list
from schemas.tables.vocabulary import (
    BASES,
    CLAUSE_KINDS,
    COMPARATORS,
    DIRECTIONS,
    PERIODS,
    STATES,
    SUSPECTS,
    VALUE_KINDS,
)
from tests.conftest import SEED

if TYPE_CHECKING:
    from pipelines.values.targets import TargetValue

CASES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "targets.toml").read_text(encoding="utf-8")
)
SPELLINGS = code_list("comparators").select("spelling", "comparator", "position").rows()
UNITS = code_list("quantity_units").filter(pl.col("position") == "after")["spelling"].to_list()
MEANT = {
    spelling: (unit, int(exponent))
    for spelling, unit, exponent in code_list("quantity_units")
    .select("spelling", "unit", "exponent")
    .rows()
}
SCALES = code_list("target_scales").select("spelling", "exponent").rows()
PERIOD_SPELLINGS = code_list("target_periods").select("spelling", "period", "position").rows()
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


#: Fields of a clause that cases state; places and printed bounds follow from these.
STATED = (
    "kind", "comparator", "low", "high", "scale", "unit", "printed_unit", "per_unit", "per_period",
    "denominator", "period_from", "period_to", "grade", "reference", "base", "direction",
    "subject", "boolean",
)  # fmt: skip


def expected_clauses(case: dict[str, Any]) -> list[dict[str, Any]]:
    absent = dict.fromkeys(STATED)
    return [
        absent
        | {"kind": case["kind"], "scale": 0 if "low" in clause or "high" in clause else None}
        | {"printed_unit": clause.get("unit")}
        | clause
        for clause in case.get("clauses", [])
    ]


def found_clauses(value: TargetValue) -> list[dict[str, Any]]:
    def shown(found: object) -> object:
        return f"{found:f}" if isinstance(found, Decimal) else found

    return [{name: shown(getattr(c, name)) for name in STATED} for c in value.clauses]


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


@pytest.mark.parametrize("group", CASES)
def test_cases(group: str) -> None:
    """All cases of a group at once: a test each would take longer than the reading."""
    wrong = {}
    for case in CASES[group]:
        value = read_target(case["raw"], case.get("name"))
        says: tuple[object, ...] = (value.kind, value.suspect, found_clauses(value))
        wanted: tuple[object, ...] = (case["kind"], case.get("suspect"), expected_clauses(case))
        if not value.clauses:
            says += (value.direction, value.state)
            wanted += (case.get("direction"), case.get("state"))
        if says != wanted:
            wrong[case["raw"]] = (says, wanted)
    assert wrong == {}


def test_the_seeds_values_are_all_among_the_cases() -> None:
    assert {case["raw"]: case["times"] for case in CASES["seed"]} == dict(seed_values())
    assert sum(case["times"] for case in CASES["seed"]) == 50


def test_no_case_stands_twice_and_every_kind_has_one() -> None:
    for group in CASES.values():
        times = Counter((case.get("name"), case["raw"]) for case in group)
        assert max(times.values()) == 1, times.most_common(1)
    assert {case["kind"] for case in CASES["case"]} == set(VALUE_KINDS)
    assert {case["suspect"] for case in CASES["case"] if "suspect" in case} == set(SUSPECTS)
    assert {case["state"] for case in CASES["case"] if "state" in case} <= set(STATES)


def test_code_lists_say_what_columns_may_hold() -> None:
    def said(name: str, column: str) -> set[str]:
        return set(code_list(name)[column].drop_nulls())

    assert said("comparators", "comparator") == set(COMPARATORS)
    assert said("suspects", "suspect") == set(SUSPECTS)
    assert said("target_states", "state") == set(STATES)
    assert said("target_directions", "direction") == set(DIRECTIONS)
    assert said("target_bases", "base") == set(BASES)
    assert said("target_references", "base") <= set(BASES)
    assert said("target_periods", "period") == set(PERIODS)


def test_every_spelling_of_a_comparator() -> None:
    for spelling, comparator, position in SPELLINGS:
        if position in ("before", "after"):
            assert_compares(spelling, comparator, position)


def assert_compares(spelling: str, comparator: str, position: str) -> None:
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


def test_every_unit_is_read_whole() -> None:
    for spelling in UNITS:
        for text in (f"4{spelling}", f"不少于4{spelling}", f"4{spelling}以上", f"4({spelling})"):
            clause = only_clause(text)
            assert (clause.unit, clause.scale) == MEANT[spelling]
            assert clause.printed_unit == spelling


@pytest.mark.parametrize(("scale", "exponent"), SCALES)
def test_every_scale_is_applied_exactly(scale: str, exponent: str) -> None:
    clause = only_clause(f"≥1.25{scale}人次")
    assert (clause.printed_low, clause.scale, clause.unit) == (
        Decimal("1.25"),
        int(exponent),
        "人次",
    )
    assert clause.low == Decimal("1.25") * 10 ** int(exponent)


def test_every_period() -> None:
    for spelling, period, position in PERIOD_SPELLINGS:
        text = f"{spelling}≥4次" if position == "before" else f"≥4次{spelling}"
        (clause,) = read_target(text).clauses
        assert (clause.kind, clause.per_period, clause.unit) == ("frequency", period, "次")


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
    """By the square of its length, each of these would take minutes."""
    assert read_target("推进" * 5000).kind == "qualitative"
    assert read_target("数量" * 5000 + "≥3家").kind == "number"
    assert read_target("1、" * 5000).kind == "unparsed"
    assert read_target("每年" * 5000 + "≥3家").kind in ("frequency", "unparsed")
    assert read_target("一" * 5000).kind == "unparsed"
    assert read_target("≥3家；" * 2000).kind == "several"
    assert read_target("较上年" * 5000 + "提高").kind == "qualitative"


@EXAMPLES
@given(TEXTS)
@example("①3家")
@example("5㏠")
@example("1" * 40)
@example("\ud800≥3")
@example("¨4场¨")
@example("⩴2023.12%")
@example(" 3 - 5 ( 万 人次 ) / 年 ")
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
@example("数十场")
@example("二三次")
def test_nothing_becomes_a_number_that_is_not_printed(text: str) -> None:
    """Every bound is a printed number of its clause × 10^scale; only 零, 无, 不发生 say a 0."""
    for clause in read_target(text).clauses:
        assert clause.comparator in COMPARATORS
        assert clause.kind in CLAUSE_KINDS
        printed = printed_numbers(text[clause.start : clause.end])
        for bound, number in (
            (clause.low, clause.printed_low),
            (clause.high, clause.printed_high),
        ):
            assert (bound is None) == (number is None)
            if bound is not None and number is not None:
                assert clause.scale is not None
                assert bound == number * Decimal(10) ** clause.scale
                assert number in printed, (text, number)
        if clause.denominator is not None:
            assert clause.denominator in printed
        for date in (clause.period_from, clause.period_to):
            parts = re.findall(r"\d+", date or "")
            assert all(Decimal(part) in printed or part in text for part in parts), (text, date)


@EXAMPLES
@given(TEXTS)
def test_kind_and_clauses_agree(text: str) -> None:
    value = read_target(text)
    if value.kind == "several":
        assert len(value.clauses) > 1
        assert all(c.comparator != "none" or c.unit is not None for c in value.clauses)
    elif value.kind in CLAUSE_KINDS:
        assert [clause.kind for clause in value.clauses] == [value.kind]
    else:
        assert value.clauses == ()
    for clause in value.clauses:
        has = {
            "number": (clause.low, clause.high) != (None, None),
            "frequency": clause.per_period is not None,
            "ratio": clause.denominator is not None,
            "date": (clause.period_from, clause.period_to) != (None, None),
            "ordinal": clause.grade is not None,
            "reference": clause.reference is not None and clause.comparator != "none",
            "boolean": clause.boolean is not None,
        }
        assert has[clause.kind]
        assert (clause.kind == "frequency") == (clause.per_period is not None)


@EXAMPLES
@given(TEXTS)
def test_full_width_forms_and_white_space_change_nothing(text: str) -> None:
    plain = read_target(text)
    wide = "".join(WIDE.get(char, char) for char in text)
    assert without_places(read_target(wide)) == without_places(plain)
    spaced = " " + "\u3000".join(text[s.start : s.end] for s in plain.spans) + "\n"
    if plain.clauses and not re.search(r"\d\s+[\d.,]", spaced):  # it may be of the number
        assert without_places(read_target(spaced)) == without_places(plain)


@EXAMPLES
@given(
    st.sampled_from([row for row in SPELLINGS if row[2] == "before"]),
    st.decimals(min_value=0, max_value=10**7, places=2),
    st.sampled_from(["", *(scale for scale, _ in SCALES)]),
    st.sampled_from(UNITS),
)
def test_what_is_printed_reads_back(
    spelling: tuple[str, str, str], number: Decimal, scale: str, unit: str
) -> None:
    unit, number = "人次" if scale else unit, abs(number)
    for printed in (f"{number:f}", f"{number:,f}"):
        clause = only_clause(f"{spelling[0]}{printed}{scale}{unit}")
        assert (clause.comparator, clause.unit) == (spelling[1], MEANT[unit][0])
        assert {clause.printed_low, clause.printed_high} - {None} == {number}
        assert clause.printed_unit == scale + unit


@EXAMPLES
@given(st.integers(min_value=1, max_value=10**9))
def test_spelled_numbers_read_back(number: int) -> None:
    clause = only_clause(f"{spell(number)}次")
    assert (clause.low, clause.unit) == (Decimal(number), "次")


def test_a_rendered_target_reads_as_the_same() -> None:
    for case in CASES["case"]:
        value = read_target(case["raw"])
        if value.clauses:
            again = read_target("；".join(map(render_clause, value.clauses)))
            assert meaning(again) == meaning(value), case["raw"]


#: Half-width characters and their full-width forms.
WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
DROPPED = ("start", "end", "subject", "printed_unit", "reference")


def without_places(value: TargetValue) -> tuple[object, ...]:
    """What a value says, apart from where and in which width it is printed."""
    kept = [f for f in Clause.__slots__ if f not in DROPPED]
    said = [tuple(getattr(clause, name) for name in kept) for clause in value.clauses]
    return (value.kind, said, value.direction, value.state, value.suspect)


def meaning(value: TargetValue) -> list[dict[str, Any]]:
    """What clauses promise, however it was spelled."""
    kept = [f for f in Clause.__slots__ if f not in (*DROPPED, "printed_low", "printed_high")]
    kept.remove("scale")
    return [{name: getattr(clause, name) for name in kept} for clause in value.clauses]


def printed_numbers(text: str) -> set[Decimal]:
    """Every number that a text prints in digits or in Chinese numerals, and the zeros of words."""
    plain = fold(text).text
    digits = re.findall(r"[0-9][0-9,]*(?:\.[0-9]+)?", plain)
    runs = re.findall(f"[{numeral_characters()}]+", plain)
    parts = {r[i:j] for r in runs for i in range(len(r)) for j in range(i + 1, len(r) + 1)}
    numbers = {Decimal(run.replace(",", "")) for run in digits}
    numbers |= {n for n in map(read_numeral, parts) if n is not None}
    return numbers | ({Decimal(0)} if re.search("零|无|不发生|未|不出现|0", plain) else set())


def spell(number: int) -> str:
    """A number in Chinese numerals, by the textbook."""
    digits, powers, groups = (
        "零一二三四五六七八九",
        ("", "十", "百", "千"),
        ("", "万", "亿", "万亿"),
    )
    spelled = ""
    for place, digit in enumerate(reversed(str(number))):
        group, power = divmod(place, 4)
        if power == 0:
            spelled = (groups[group] if number // 10**place % 10**4 else "") + spelled
        spelled = (digits[int(digit)] + powers[power] if digit != "0" else "零") + spelled
    spelled = re.sub("零+", "零", spelled).rstrip("零")
    spelled = re.sub("零([万亿])", r"\1", spelled)
    return re.sub("零+", "零", spelled).removeprefix("零")
