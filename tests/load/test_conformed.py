"""Bridges of conformed codes as a build has them: no code is left without a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.load.made_up import FUNCTION, Books

if TYPE_CHECKING:
    from tests.conftest import Installation

COFOG = """
SELECT rule_code, cofog_id, division_id, is_judgement, staff_cost FROM function_class_cofog
WHERE function_class_id = '{}'
"""


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("2010501", ("20105", "01.3", "01", False, "none")),
        ("2010101", ("20101", "01.1", "01", False, "none")),
        ("2011301", ("20113", "04.1", "04", True, "none")),  # another division than its 类
        ("2050205", ("2050205", "09.4", "09", False, "none")),
        ("2050701", ("205", "09", "09", False, "none")),  # the level is not told: the division
        ("2080505", ("20805", "10.2", "10", True, "pensions")),
        ("20805", ("20805", "10.2", "10", True, "pensions")),
        ("2101101", ("21011", "07", "07", True, "medical")),
        ("2210201", ("22102", "10.6", "10", True, "housing")),
        ("2210399", ("221", "06.1", "06", True, "none")),
        ("208", ("208", "10", "10", False, "not_separable")),
        ("221", ("221", "06.1", "06", True, "not_separable")),
        ("2080201", ("20802", "10.9", "10", True, "none")),
        ("2310303", ("231", None, None, False, "none")),  # repayment is no expense
        ("unsplit", (None, None, None, False, "not_separable")),
    ],
)
def test_a_class_is_mapped_by_the_longest_code_that_is_listed(
    seeded: Installation, code: str, told: tuple[object, ...]
) -> None:
    assert seeded.rows(COFOG.format(code)) == [told]


def test_every_code_of_a_dimension_has_its_row(seeded: Installation) -> None:
    for dimension, bridge, key in (
        ("dim_function_class", "function_class_cofog", "function_class_id"),
        ("dim_fund_source", "fund_source_group", "fund_source_id"),
        ("dim_indicator_class", "indicator_class_group", "indicator_class_id"),
    ):
        assert seeded.value(f"SELECT count(*) FROM {dimension}") > 10
        missing = seeded.rows(f"SELECT {key} FROM {dimension} ANTI JOIN {bridge} USING ({key})")
        assert missing == []


def test_what_has_no_function_says_why(seeded: Installation) -> None:
    silent = (
        "SELECT function_class_id FROM function_class_cofog WHERE cofog_id IS NULL AND why = ''"
    )
    assert seeded.rows(silent.replace("why = ''", "why IS NULL")) == []
    unclassed = seeded.rows(
        "SELECT DISTINCT rule_code FROM function_class_cofog WHERE cofog_id IS NULL ORDER BY ALL"
    )
    assert unclassed == [("227",), ("229",), ("231",), ("234",), (None,)]


def test_codes_that_moved_are_read_on_in_the_years_before(seeded: Installation) -> None:
    assert seeded.rows(
        "SELECT first_year, last_year, conformed_function_class_id FROM function_class_read_on "
        "WHERE function_class_id = '2010308' ORDER BY ALL"
    ) == [(1949, 2023, "20140")]
    assert seeded.rows(
        "SELECT DISTINCT function_class_id FROM function_class_read_on "
        "WHERE function_class_id = conformed_function_class_id"
    ) == []  # fmt: skip


def test_personnel_and_public_use_are_told_within_basic(seeded: Installation) -> None:
    assert seeded.rows(
        "SELECT expenditure_type_id FROM dim_expenditure_type "
        "WHERE main_expenditure_type_id = 'basic' ORDER BY ALL"
    ) == [("basic",), ("personnel",), ("public_use",)]


def test_a_department_class_may_be_two_of_governments(seeded: Installation) -> None:
    """Goods of an office are 502, of an institution 505; which a body is no table says."""
    assert seeded.rows(
        "SELECT government_economic_class_id, body_kind FROM economic_class_government "
        "WHERE economic_class_id IN ('30201', '302') ORDER BY ALL"
    ) == [("50201", "administrative"), ("50502", "institution")]
    assert seeded.rows(
        "SELECT economic_class_id FROM economic_class_government "
        "GROUP BY ALL HAVING count(*) <> count(DISTINCT body_kind)"
    ) == []  # fmt: skip


def test_a_class_has_its_name_of_the_year_and_the_class_it_is_today(seeded: Installation) -> None:
    books = Books(seeded.settings.published)
    for year, code, amount in (
        (2018, "2080504", "1.00"), (2018, "2080505", "2.00"), (2018, "2040404", "4.00"),
        (2023, "2010308", "8.00"), (2026, "2080505", "16.00"),
    ):  # fmt: skip
        books.tell(books.book(year), FUNCTION, amount, function=code, type="basic")
    columns = ("fiscal_year, function_class_id, function_class_name, conformed_function_class_id, "
               "conformed_function_class_name, amount_yuan::VARCHAR")  # fmt: skip
    pensions = ("行政事业单位离退休", "行政事业单位养老支出")
    office = "政府办公厅（室）及相关机构事务"
    assert books.ask("mart_function_over_years", columns) == [
        (2018, "20404", "检察", "20404", "检察", "4.00"),
        (2018, "20805", pensions[0], "20805", pensions[1], "3.00"),
        (2023, "20103", office, "20140", "信访事务", "8.00"),
        (2026, "20805", pensions[1], "20805", pensions[1], "16.00"),
    ]


def test_a_class_that_moved_has_the_function_of_what_it_is_today(seeded: Installation) -> None:
    books = Books(seeded.settings.published)
    for code, amount in (("21010", "1.00"), ("21506", "2.00"), ("2089999", "4.00")):
        books.tell(books.book(2018), FUNCTION, amount, function=code, type="basic")
    found = books.ask("mart_cofog_year", "division_id, cofog_id, amount_yuan::VARCHAR")
    assert found == [("03", "03.6", "2.00"), ("04", "04.1", "1.00"), ("10", "10.9", "4.00")]
