"""Questions of targets on made-up projects: what the generated world does not print."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.questions.made_targets import EXPENDITURE, TARGETS, Projects

if TYPE_CHECKING:
    from pathlib import Path

FULL = {"low_value": "100", "unit": "%"}
Case = dict[str, Any]


@pytest.fixture
def made() -> Projects:
    """One body, of which nothing is told yet."""
    projects = Projects()
    projects.of_body("甲局")
    return projects


def test_doubtful_and_unread_values_are_counted_apart(made: Projects, tmp_path: Path) -> None:
    line = made.line("业务")
    made.promise(line, "v1/31", "满意度", "292%", {"low_value": "292", "unit": "%"},
                 suspect="ge_read_as_2")  # fmt: skip
    made.promise(line, "v1/12", "合格率", "2023.12", kind="unparsed")
    made.promise(line, "v1/12", "次数", "按需", kind="qualitative", horizon="unstated")
    columns = ("horizon", "value_count", "quantitative_count", "unparsed_count", "suspect_count",
               "unparsed_share")  # fmt: skip
    assert _told(made.asked(tmp_path, "target_quality")["甲局"], *columns) == [
        ("annual", 2, 1, 1, 1, 0.5), ("unstated", 1, 0, 0, 0, 0.0),
    ]  # fmt: skip


LACKS: list[tuple[list[str | None], str | None]] = [
    (["v2/41", "v1/3"], None),  # the other framework, and a class of the first level
    (["v1/14", "v1/31"], None),  # cost among outputs
    (["v2/41"], "satisfaction"),
    (["v1/31", "v1/11"], "cost"),
    (["v1/11"], "cost, satisfaction"),
    (["v1/11", None], "unclassified"),
    (["v1/31", "v1/1"], "unclassified"),  # 产出 alone: until 2021 that may be cost
    (["v2/41", "v1/31", None], None),  # nothing can lack, whatever the third is
    ([], "no_indicators"),
]


def test_what_lacks_is_said_only_where_classes_are_printed(made: Projects, tmp_path: Path) -> None:
    for case, (classes, _) in enumerate(LACKS):
        made.of_body(case)
        line = made.line("业务", yuan="10")
        for number, of in enumerate(classes):
            made.promise(line, of, f"指标{number}", "好", kind="qualitative")
    found = made.asked(tmp_path, "no_cost_or_satisfaction")
    for case, (classes, lacks) in enumerate(LACKS):
        told = _told(found[str(case)], "lacks", "amount_yuan")
        assert told == ([(lacks, Decimal(10))] if lacks else []), classes


def test_two_lines_of_a_project_are_one_and_its_money_counts_once(
    made: Projects, tmp_path: Path
) -> None:
    """And money that another table tells is of the project."""
    for _ in range(2):
        line = made.line("业务", project="a")
        made.promise(line, "v1/31", "满意度", "好", kind="qualitative")
    made.line("业务费", project="a", kind=EXPENDITURE, yuan="70")
    found = made.asked(tmp_path, "no_cost_or_satisfaction")["甲局"]
    assert _told(found, "lacks", "amount_yuan", "indicator_count") == [("cost", Decimal(70), 2)]


#: Clause, what else is said of its value, and values of outputs, 100 % and yes that it adds.
LOWEST: list[tuple[Case | None, Case, tuple[int, int, int]]] = [
    (FULL, {}, (1, 1, 0)),
    ({**FULL, "comparator": "ge"}, {}, (1, 1, 0)),
    ({**FULL, "comparator": "eq"}, {"horizon": "unstated"}, (1, 1, 0)),
    (FULL, {"of": "v1/11"}, (1, 1, 0)),
    (FULL, {"suspect": "not_a_share"}, (1, 1, 0)),
    ({"clause_kind": "boolean", "boolean_value": True}, {"kind": "boolean"}, (1, 0, 1)),
    ({"clause_kind": "boolean", "boolean_value": False}, {"kind": "boolean"}, (1, 0, 0)),
    ({**FULL, "comparator": "gt"}, {}, (1, 0, 0)),
    ({"comparator": "le", "high_value": "100", "unit": "%"}, {}, (1, 0, 0)),
    ({**FULL, "low_value": "99.9"}, {}, (1, 0, 0)),
    ({**FULL, "unit": None}, {}, (1, 0, 0)),
    ({**FULL, "base": "previous_year"}, {}, (1, 0, 0)),
    ({**FULL, "direction": "increase"}, {}, (1, 0, 0)),
    ({**FULL, "per_period": "month"}, {}, (1, 0, 0)),
    (None, {"kind": "unparsed"}, (1, 0, 0)),
    (None, {"kind": "unset"}, (0, 0, 0)),
    (FULL, {"horizon": "cycle"}, (0, 0, 0)),
    (FULL, {"of": "v1/31"}, (0, 0, 0)),
    (FULL, {"of": "v1/1"}, (0, 0, 0)),
    (FULL, {"of": None}, (0, 0, 0)),
]


def test_what_a_target_can_hardly_miss(made: Projects, tmp_path: Path) -> None:
    for case, (clause, more, _) in enumerate(LOWEST):
        made.of_body(case)
        line = made.line("业务")
        said = {"of": "v1/12", "name": "合格率", "text": "……", **more}
        made.promise(line, said.pop("of"), said.pop("name"), said.pop("text"),
                     *([clause] if clause else []), **said)  # fmt: skip
        made.promise(line, "v1/12", "及时率", "九成", {"low_value": "90", "unit": "%"})
    found = made.asked(tmp_path, "unambitious")
    columns = ("output_value_count", "full_percent_count", "yes_count", "lowest_share")
    for case, (clause, more, (outputs, full, yes)) in enumerate(LOWEST):
        share = (full + yes) / (outputs + 1)
        told = _told(found[str(case)], *columns)
        assert told == [(outputs + 1, full, yes, share)], (clause, more)


def test_several_targets_in_one_value_are_not_the_lowest(made: Projects, tmp_path: Path) -> None:
    line = made.line("业务")
    made.promise(line, "v1/12", "合格率", "100%；100%", FULL, FULL, kind="several")
    found = made.asked(tmp_path, "unambitious")["甲局"]
    columns = ("output_value_count", "full_percent_count", "all_lowest_project_count")
    assert _told(found, *columns) == [(1, 0, 0)]


GOAL, TEXTS = "办好 一件事", (("次数", "5次"), ("比率", "90%"))


#: What is said otherwise of the year before and of the year, and whether that is a copy.
COPIES: list[tuple[Case, Case, bool]] = [
    ({}, {}, True),
    ({}, {"goal": "办好一件\n事"}, True),  # white space
    ({}, {"texts": TEXTS[::-1]}, True),  # another order
    ({}, {"name": "业务费", "cycle": "三年"}, True),  # renamed; what the whole term promises
    ({"goal": None}, {"goal": None}, True),
    ({"texts": TEXTS[:1]}, {"texts": TEXTS[:1]}, True),
    ({"yuan": "0"}, {}, True),
    ({}, {"yuan": "110.00"}, True),
    ({}, {"yuan": "90.00"}, True),
    ({}, {"yuan": "109.99"}, False),
    ({}, {"yuan": "90.01"}, False),
    ({}, {"yuan": "100.00"}, False),
    ({}, {"yuan": None}, False),
    ({"yuan": None}, {}, False),
    ({"yuan": "0"}, {"yuan": "0"}, False),
    ({}, {"goal": "办好两件事"}, False),
    ({}, {"goal": None}, False),
    ({}, {"texts": (("次数", "5次"), ("比率", "91%"))}, False),
    ({}, {"texts": (("次数", "5次"), ("比例", "90%"))}, False),
    ({}, {"texts": TEXTS[:1]}, False),
    ({}, {"texts": (*TEXTS, TEXTS[0])}, False),
    ({"texts": (*TEXTS, TEXTS[0])}, {"texts": (*TEXTS, TEXTS[1])}, False),
    ({"texts": ()}, {"texts": ()}, False),
    ({"year": 2024}, {}, False),
    ({"phase": "adjusted_budget"}, {}, False),
    ({"project": "b"}, {}, False),
    ({"kind": EXPENDITURE}, {}, False),
]


def test_copied_word_for_word(made: Projects, tmp_path: Path) -> None:
    """A tenth of the money or more, in consecutive years of one phase, by one kind of table."""
    for case, (then, now, _) in enumerate(COPIES):
        made.of_body(case)
        _promised(made, {"year": 2025, "yuan": "100.00", **then})
        _promised(made, {"year": 2026, "yuan": "150.00", **now})
    found = made.asked(tmp_path, "copied_targets")
    for case, (then, now, is_copied) in enumerate(COPIES):
        assert len(found[str(case)]) == is_copied, (then, now)
    shares = {_told(of, "change_yuan", "change_share")[0] for of in found.values() if of}
    assert {(Decimal(150), None), (Decimal(10), 0.1), (Decimal(50), 0.5)} <= shares


def _promised(made: Projects, told: Case) -> None:
    said = {"project": "a", "name": "业务", "goal": GOAL, "texts": TEXTS, "cycle": "两年", **told}
    texts, cycle = said.pop("texts"), said.pop("cycle")
    line = made.line(**said)
    if said.get("kind") == EXPENDITURE:  # the money is of this table, the targets of another
        line = made.line(**{**said, "kind": TARGETS, "yuan": None})
    for name, text in texts:
        made.promise(line, "v1/11", name, text)
    made.promise(line, "v1/11", "年限", cycle, horizon="cycle")


COUNTED = {"low_value": "10", "unit": "次"}


#: Clause, what else is said, and why the money cannot be told by it.
OUTPUTS: list[tuple[Case | None, Case, str | None]] = [
    (COUNTED, {}, None),
    ({**COUNTED, "comparator": "ge"}, {}, None),
    ({**COUNTED, "comparator": "gt"}, {"horizon": "unstated"}, None),
    (COUNTED, {"suspect": "may_be_year"}, "doubtful_print"),
    ({**COUNTED, "comparator": "between", "high_value": "12"}, {}, "bound_or_range"),
    ({"comparator": "le", "high_value": "12", "unit": "次"}, {}, "bound_or_range"),
    ({**COUNTED, "per_unit": "家"}, {}, "per_or_relative"),
    ({**COUNTED, "direction": "increase"}, {}, "per_or_relative"),
    (COUNTED, {"name": "每期印数"}, "per_or_relative"),
    (COUNTED, {"name": "每年印数"}, None),
    ({**COUNTED, "unit": "%"}, {}, "not_counted"),
    ({**COUNTED, "unit": "元"}, {}, "not_counted"),
    ({**COUNTED, "unit": None}, {}, "no_unit"),
    ({**COUNTED, "low_value": "0"}, {}, "zero"),
    (None, {"kind": "qualitative"}, "no_number"),
    (COUNTED, {"horizon": "cycle"}, "no_quantity"),
    (COUNTED, {"of": "v1/12"}, "no_quantity"),
    (COUNTED, {"yuan": "0"}, "no_money"),
    (COUNTED, {"beside": "v1/11"}, "several_outputs"),
    (COUNTED, {"beside": None}, "unclassified"),
    (COUNTED, {"beside": "v1/1"}, "unclassified"),
    (COUNTED, {"beside": "v1/31"}, None),
]


def test_money_is_told_by_one_output_or_why_not(made: Projects, tmp_path: Path) -> None:
    for case, (clause, more, _) in enumerate(OUTPUTS):
        made.of_body(case)
        said = {"yuan": "100.05", "of": "v1/11", "name": "次数", "text": "……", **more}
        line = made.line("业务", yuan=said.pop("yuan"))
        if "beside" in said:
            made.promise(line, said.pop("beside"), "其他", "好", kind="qualitative")
        made.promise(line, said.pop("of"), said.pop("name"), said.pop("text"),
                     *([clause] if clause else []), **said)  # fmt: skip
    found = made.asked(tmp_path, "unit_cost")
    for case, (clause, more, reason) in enumerate(OUTPUTS):
        told = (reason, None) if reason else (None, Decimal("10.01"))  # 10.005, half up
        assert _told(found[str(case)], "reason", "unit_cost_yuan") == [told], (clause, more)


PEERS: list[tuple[list[int], list[str]]] = [
    ([100, 110, 120, 130, 140, 1000], ["high", *["usual"] * 5]),
    ([900, 910, 920, 930, 940, 10], ["low", *["usual"] * 5]),
    ([100, 110, 120, 130, 1000], ["few_peers"] * 5),
    ([100, 100, 100, 100, 130, 1000], ["no_spread"] * 6),
]


def test_an_outlier_is_called_so_only_among_five_peers(made: Projects, tmp_path: Path) -> None:
    """Of the same name and unit, of one year and phase, whoever's they are."""
    for case, (costs, _) in enumerate(PEERS):
        for number, cost in enumerate(costs):
            made.of_body(f"{case}/{number}")
            _counts(made, f"次数 {case}" if number else f"次数{case}", str(10 * cost))
        made.of_body("others")
        _counts(made, f"次数{case}", "5", year=2025)
        _counts(made, f"次数{case}", "5", phase="adjusted_budget")
        _counts(made, f"次数{case}", "5", unit="场")
        _counts(made, f"会议次数{case}", "5")
    found = made.asked(tmp_path, "unit_cost")
    assert {row["peer_state"] for row in found.pop("others")} == {"few_peers"}
    told = [row for of in found.values() for row in of]
    for case, (costs, states) in enumerate(PEERS):
        of = [row for row in told if row["body_name"].startswith(f"{case}/")]
        assert sorted(row["peer_state"] for row in of) == sorted(states)
        assert {row["peer_count"] for row in of} == {len(costs) - 1}
    (high,) = (row for row in told if row["peer_state"] == "high")
    assert (high["unit_cost_yuan"], high["peer_median_yuan"]) == (1000, 125)
    assert high["robust_z"] == pytest.approx((1000 - 125) / (1.4826 * 15))


def _counts(made: Projects, name: str, yuan: str, unit: str = "次", **when: Any) -> None:
    line = made.line("业务", yuan=yuan, **when)
    made.promise(line, "v1/11", name, "10次", {**COUNTED, "unit": unit})


def test_names_are_the_same_but_for_words_that_say_nothing(made: Projects, tmp_path: Path) -> None:
    """The fiscal year is a sign; another year, a number and another word tell names apart."""
    first, second = made.unit("一处"), made.unit("二处")
    for name, unit, project, yuan in (
        ("信访 专项经费", first, "a", "10"), ("信访费", first, "b", "5"),
        ("“信访”项目", second, "c", "30"), ("2026年度维修费", first, "a", "1"),
        ("２０２６年维修", None, None, "3"), ("2025年维修", second, "c", "9"),
        ("维修一期", second, "d", "9"), ("会议费", first, "a", "7"),
    ):  # fmt: skip
        made.line(name, unit=unit, project=project, yuan=yuan, kind=EXPENDITURE)
    columns = ("name_core", "spending_unit_name", "project_count", "amount_yuan", "unit_count",
               "all_units_yuan", "least_yuan", "median_yuan", "most_yuan")  # fmt: skip
    of = [Decimal(n) for n in ("45", "15", "22.5", "30", "4", "1", "2", "3")]
    assert _told(made.asked(tmp_path, "same_name")["甲局"], *columns) == [
        ("§维修", None, 1, Decimal(3), 2, *of[4:]),
        ("§维修", "一处", 1, Decimal(1), 2, *of[4:]),
        ("信访", "二处", 1, Decimal(30), 2, *of[:4]),
        ("信访", "一处", 2, Decimal(15), 2, *of[:4]),
    ]


def _told(found: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in found]
