"""Two books that tell one amount, on made-up ones: a part is never held against a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.load.made_up import APPROPRIATION, BODY, ECONOMIC, FUNCTION, OTHER, PUBLIC, Books

if TYPE_CHECKING:
    from tests.conftest import Installation


@pytest.fixture
def books(seeded: Installation) -> Books:
    return Books(seeded.settings.published)


def test_a_figure_told_again_is_the_same_within_rounding_or_differs(books: Books) -> None:
    own, later = books.book(2023, place="0.01"), books.book(2024, place="100")
    for code, was, now in (
        ("2010501", "1234.00", "1234.00"),
        ("2010505", "1234.00", "1200.00"),  # half a unit of the later book's last place
        ("2010506", "1234.00", "1100.00"),
    ):
        books.tell(own, FUNCTION, was, function=code, type="basic")
        books.retell(later, FUNCTION, 2023, now, function=code, type="unsplit")
    assert books.retold() == [
        ("2010501", "1234.00", "1234.00", "same"),
        ("2010505", "1234.00", "1200.00", "within_rounding"),
        ("2010506", "1234.00", "1100.00", "differs"),
    ]


def test_a_blank_is_no_zero_and_a_book_that_is_not_there_is_said(books: Books) -> None:
    own, later = books.book(2023), books.book(2024)
    books.tell(own, FUNCTION, "5.00", function="2010501", type="basic")
    books.tell(own, FUNCTION, "0.00", function="2010505", type="basic")
    books.retell(later, FUNCTION, 2023, "5.00", function="2010501", type="basic")
    books.retell(later, FUNCTION, 2023, "0.00", function="2010506", type="basic")
    books.retell(later, PUBLIC, 2023, "7.00", public="reception", fund="fiscal_appropriation")
    assert books.retold("coalesce(function_class_id, three_public_id)") == [
        ("2010501", "5.00", "5.00", "same"),
        ("2010505", "0.00", None, "only_own"),
        ("2010506", None, "0.00", "only_later"),
        ("reception", None, "7.00", "own_book_missing"),
    ]


def test_both_are_brought_to_the_line_that_they_share(books: Books) -> None:
    """Own 项 by type, later 款 as a whole: 款; what one prints finer alone stays finest."""
    own, later = books.book(2023), books.book(2024)
    books.tell(own, FUNCTION, "1.00", function="2010501", type="basic")
    books.tell(own, FUNCTION, "2.00", function="2010505", type="project")
    books.tell(own, FUNCTION, "4.00", function="2080505", type="basic")
    books.retell(later, FUNCTION, 2023, "3.00", function="20105", type="unsplit")
    books.retell(later, FUNCTION, 2023, "4.00", function="2080505", type="basic")
    told = books.retold("function_class_id, expenditure_type_id")
    assert told == [
        ("20105", "unsplit", "3.00", "3.00", "same"),
        ("2080505", "basic", "4.00", "4.00", "same"),
    ]


def test_a_later_book_may_print_finer_than_last_years_own(books: Books) -> None:
    own, later = books.book(2023), books.book(2024)
    books.tell(own, FUNCTION, "3.00", function="201", type="unsplit")
    books.retell(later, FUNCTION, 2023, "1.00", function="2010501", type="basic")
    books.retell(later, FUNCTION, 2023, "2.00", function="2010601", type="project")
    assert books.retold() == [("201", "3.00", "3.00", "same")]


def test_what_moved_is_held_against_what_it_is_today(books: Books) -> None:
    """信访事务 was 2010308 until 2023 and is 20140 since; both books are right."""
    own, later = books.book(2023), books.book(2024)
    books.tell(own, FUNCTION, "9.00", function="2010308", type="project")
    books.retell(later, FUNCTION, 2023, "4.00", function="2014001", type="project")
    books.retell(later, FUNCTION, 2023, "5.00", function="2014004", type="project")
    assert books.retold() == [("20140", "9.00", "9.00", "same")]


def test_a_class_that_was_split_is_not_read_on(books: Books) -> None:
    own, later = books.book(2018), books.book(2019)
    books.tell(own, FUNCTION, "9.00", function="20704", type="project")
    books.retell(later, FUNCTION, 2018, "9.00", function="20706", type="project")
    assert books.retold() == [
        ("20704", "9.00", None, "only_own"),
        ("20706", None, "9.00", "only_later"),
    ]


def test_lines_that_the_later_statement_is_not_about_are_not_missed(books: Books) -> None:
    """It is about basic expenditure of the general budget: funds and projects are not missing."""
    own = books.book(2023, kind="general_budget_by_economic")
    later = books.book(2024, kind="basic_expenditure_by_economic",
                       fund_scope="general_public_budget")  # fmt: skip
    general = {"fund": "general_public_budget", "economic": "30201"}
    books.tell(own, ECONOMIC, "1.00", type="personnel", **general)
    books.tell(own, ECONOMIC, "2.00", type="public_use", **general)
    books.tell(own, ECONOMIC, "4.00", type="project", **general)
    books.tell(own, ECONOMIC, "8.00", type="basic", fund="government_fund", economic="30201")
    books.retell(later, ECONOMIC, 2023, "3.00", type="basic", **general)
    assert books.retold("expenditure_type_id") == [("basic", "3.00", "3.00", "same")]


def test_a_units_book_is_not_held_against_its_departments(books: Books) -> None:
    own = books.book(2023, consolidation="unit")
    later = books.book(2024, consolidation="department")
    books.tell(own, FUNCTION, "1.00", function="2010501", type="basic")
    books.retell(later, FUNCTION, 2023, "3.00", function="2010501", type="basic")
    assert books.retold() == [("2010501", None, "3.00", "own_book_missing")]


def test_units_are_told_apart_where_both_books_tell_them(books: Books) -> None:
    own, later = books.book(2023, kind="three_public"), books.book(2024, kind="three_public")
    of = {"public": "reception", "fund": "fiscal_appropriation"}
    books.tell(own, PUBLIC, "1.00", unit=BODY, **of)
    books.tell(own, PUBLIC, "2.00", unit=OTHER, **of)
    books.retell(later, PUBLIC, 2023, "1.00", unit=BODY, **of)
    books.retell(later, PUBLIC, 2023, "5.00", unit=OTHER, **of)
    assert books.retold("spending_unit_id") == [
        (BODY, "1.00", "1.00", "same"),
        (OTHER, "2.00", "5.00", "differs"),
    ]


def test_accounts_are_held_against_each_budget_apart(books: Books) -> None:
    """The budget's own book by 项 and type; the budget that accounts print, as coarse as it is."""
    budget, accounts = books.book(2023), books.book(2023, "final_accounts")
    summary = books.book(2023, "final_accounts", "revenue_expenditure_summary")
    for book, basic, project in ((budget, "100.00", "40.00"), (accounts, "90.00", "50.00")):
        books.tell(book, FUNCTION, basic, function="2010501", type="basic")
        books.tell(book, FUNCTION, project, function="2010505", type="project")
    for book in (accounts, summary):  # both print it: it counts once, where it feeds
        books.retell(book, FUNCTION, 2023, "160.00", function="201", type="unsplit")
    books.retell(accounts, FUNCTION, 2023, "150.00", "adjusted_budget", function="201",
                 type="unsplit")  # fmt: skip
    books.rows["fact_feed"].append({"fact": FUNCTION, "statement_id": accounts})
    assert books.executed("function_class_id") == [
        ("adjusted_in_accounts", "201", "150.00", "140.00", pytest.approx(140 / 150), "compared"),
        ("budget", "2010501", "100.00", "90.00", pytest.approx(0.9), "compared"),
        ("budget", "2010505", "40.00", "50.00", pytest.approx(1.25), "compared"),
        ("budget_in_accounts", "201", "160.00", "140.00", pytest.approx(0.875), "compared"),
    ]
    assert ("201", "140.00", "160.00", "differs") in books.retold()


def test_a_line_of_one_side_has_no_rate_nor_has_a_budget_of_nothing(books: Books) -> None:
    budget, accounts = books.book(2023), books.book(2023, "final_accounts")
    books.tell(budget, FUNCTION, "0.00", function="2010501", type="basic")
    books.tell(accounts, FUNCTION, "3.00", function="2010501", type="basic")
    books.tell(budget, FUNCTION, "7.00", function="2010505", type="project")
    books.tell(accounts, FUNCTION, "4.00", function="2010506", type="project")
    books.tell(accounts, ECONOMIC, "4.00", economic="30201", type="basic",
               fund="general_public_budget")  # fmt: skip
    assert books.executed("coalesce(function_class_id, economic_class_id)") == [
        ("budget", "2010501", "0.00", "3.00", None, "compared"),
        ("budget", "2010505", "7.00", None, None, "only_budget"),
        ("budget", "2010506", None, "4.00", None, "only_final"),
        ("none", "30201", None, "4.00", None, "budget_missing"),
    ]


def test_accounts_that_spend_nothing_of_a_budget_that_they_print(books: Books) -> None:
    accounts = books.book(2024, "final_accounts", "three_public")
    of = {"public": "reception", "fund": "fiscal_appropriation"}
    books.retell(accounts, PUBLIC, 2024, "9500.00", **of)
    assert books.executed("three_public_id") == [
        ("budget_in_accounts", "reception", "9500.00", None, None, "only_budget"),
    ]
    assert books.retold("three_public_id") == [("reception", None, "9500.00", "own_book_missing")]


def test_a_year_without_accounts_is_not_executed(books: Books) -> None:
    budget = books.book(2023)
    books.tell(budget, FUNCTION, "7.00", function="2010505", type="project")
    assert books.executed("function_class_id") == []


def test_personnel_and_public_use_together_are_basic(books: Books) -> None:
    budget, accounts = books.book(2023), books.book(2023, "final_accounts")
    of = {"function": "2010501", "fund": "general_public_budget"}
    books.tell(budget, APPROPRIATION, "6.00", type="personnel", **of)
    books.tell(budget, APPROPRIATION, "4.00", type="public_use", **of)
    books.tell(budget, APPROPRIATION, "5.00", type="project", **of)
    books.tell(accounts, APPROPRIATION, "8.00", type="basic", **of)
    books.tell(accounts, APPROPRIATION, "5.00", type="project", **of)
    assert books.executed("expenditure_type_id") == [
        ("budget", "basic", "10.00", "8.00", pytest.approx(0.8), "compared"),
        ("budget", "project", "5.00", "5.00", pytest.approx(1.0), "compared"),
    ]


def test_of_funds_that_one_side_tells_apart_the_whole_is_compared(books: Books) -> None:
    budget, accounts = books.book(2023), books.book(2023, "final_accounts")
    books.tell(budget, "fact_revenue", "6.00", fund="general_public_budget")
    books.tell(budget, "fact_revenue", "4.00", fund="government_fund")
    books.tell(budget, "fact_revenue", "3.00", fund="carried_over")
    books.tell(accounts, "fact_revenue", "11.00", fund="fiscal_appropriation")
    books.tell(accounts, "fact_revenue", "3.00", fund="carried_over")
    assert books.executed("fund_source_id") == [
        ("budget", "carried_over", "3.00", "3.00", pytest.approx(1.0), "compared"),
        ("budget", "fiscal_appropriation", "10.00", "11.00", pytest.approx(1.1), "compared"),
    ]
