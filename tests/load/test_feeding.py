"""What feeds facts: each spending unit's money of a year exactly once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from pipelines.load.feeding import differing, feeding
from tests.printing import BODY, document, page, project, unit

if TYPE_CHECKING:
    from tests.conftest import Installation

FUNDING, TARGET = "fact_project_funding", "fact_performance_target"
KIND = "project_performance_targets"
SUM_AND_TIES = "SELECT sum(amount_yuan)::BIGINT FROM fact_project_funding"


def current(*rows: tuple[str, str, int]) -> pl.DataFrame:
    """Current statements of (key, consolidation, event of their version)."""
    return pl.DataFrame(
        {
            "statement_id": [key for key, _, _ in rows],
            "kind": KIND,
            "consolidation": [consolidation for _, consolidation, _ in rows],
            "fiscal_year": 2024,
            "phase": "budget",
            "fund_scope": "all",
            "event_id": [event_id for *_, event_id in rows],
        }
    )


def lines(**units: str) -> pl.DataFrame:
    """Project lines: statement → its spending units, a letter each."""
    pairs = [(key, letter) for key, letters in units.items() for letter in letters]
    return pl.DataFrame(pairs, schema=["statement_id", "spending_unit_id"], orient="row")


def fed(feeds: pl.DataFrame, fact: str = FUNDING) -> dict[str, str]:
    mine = feeds.filter(pl.col("fact") == fact)
    return dict(mine.select("spending_unit_id", "statement_id").rows())


def test_a_units_own_book_goes_before_its_departments_rows() -> None:
    feeds, ties, _ = feeding(
        current(("dept", "department", 0), ("own", "unit", 5), ("other", "unknown", 1)),
        lines(dept="ABC", own="A", other="AC"),
        None,
    )
    assert fed(feeds) == fed(feeds, TARGET) == {"A": "own", "B": "dept", "C": "dept"}
    assert ties.is_empty()


def test_of_two_that_rank_equally_the_one_known_longer_feeds_and_the_other_waits() -> None:
    feeds, ties, _ = feeding(
        current(("late", "unit", 2), ("early", "unit", 1)), lines(late="AB", early="A"), None
    )
    assert fed(feeds) == {"A": "early", "B": "late"}
    assert ties.select(
        "statement_id", "spending_unit_id", "feeds_statement_id"
    ).unique().rows() == [("late", "A", "early")]


def test_ties_of_one_night_break_by_the_ledger_not_by_keys_that_code_changes() -> None:
    for first, second in (("x", "y"), ("y", "x")):
        statements = current((first, "unit", 7), (second, "unit", 8))
        feeds, _, _ = feeding(statements, lines(x="A", y="A"), None)
        assert fed(feeds) == {"A": first}


def test_sums_below_what_feeds_that_differ() -> None:
    _, ties, below = feeding(
        current(("dept", "department", 1), ("far", "unknown", 2)),
        lines(dept="ABC", far="ABC"),
        None,
    )
    assert ties.is_empty()
    money = pl.DataFrame(
        [("dept", "A", 45), ("far", "A", 20), ("far", "A", 10), ("dept", "B", 7), ("far", "B", 7),
         ("far", "C", 1)],
        schema={"statement_id": pl.String, "spending_unit_id": pl.String,
                "amount_yuan": pl.Decimal(18, 2)}, orient="row",
    )  # fmt: skip
    found = differing(below, money).sort("spending_unit_id")
    assert found.select(
        "statement_id", "spending_unit_id", "feeds_statement_id", "amount_yuan", "feeds_amount_yuan"
    ).rows() == [
        ("far", "A", "dept", Decimal(30), Decimal(45)),
        ("far", "C", "dept", Decimal(1), Decimal(0)),
    ]


def test_other_years_are_not_in_the_way() -> None:
    statements = current(("one", "unit", 0), ("two", "unit", 1)).with_columns(
        fiscal_year=pl.Series([2023, 2024])
    )
    feeds, ties, _ = feeding(statements, lines(one="A", two="A"), None)
    assert feeds.height == 4
    assert ties.is_empty()


def department_book(amount_of_a: str = "10.00") -> str:
    total = f"{float(amount_of_a) + 20:.2f}"
    return document(
        page(
            unit("合计", total, total),
            unit("示例市苗圃", amount_of_a, amount_of_a),
            project("育苗", amount_of_a, amount_of_a),
            unit(BODY, "20.00", "20.00"),
            project("修剪", "20.00", "20.00"),
        )
    )


def own_book(body: str = "示例市苗圃（本级）", amount: str = "10.00") -> str:
    rows = (unit("合计", amount, amount), unit("示例市苗圃", amount, amount),
            project("育苗", amount, amount))  # fmt: skip
    return document(page(*rows, body=body))


def test_a_sum_over_facts_never_counts_a_unit_twice(installation: Installation) -> None:
    installation.put_with_sidecar("department.txt", department_book().encode())
    installation.run()
    assert installation.value(SUM_AND_TIES) == 300_000
    own = installation.put_with_sidecar("own.txt", own_book(amount="12.00").encode())
    installation.run()
    assert installation.value(SUM_AND_TIES) == 320_000
    fed_by = installation.rows(
        "SELECT u.name, s.consolidation, sum(amount_yuan)::BIGINT FROM fact_project_funding "
        "JOIN statement_version USING (statement_version_id) JOIN statement s USING (statement_id) "
        "JOIN dim_body u ON u.body_id = spending_unit_id GROUP BY ALL ORDER BY ALL"
    )
    assert fed_by == [(BODY, "department", 200_000), ("示例市苗圃", "unit", 120_000)]
    assert installation.value("SELECT count(*) FROM statement_version WHERE is_current") == 2
    assert installation.value("SELECT count(*) FROM performance_value") == 6  # in three rows …
    counted = "SELECT sum(value_count)::BIGINT FROM mart_target_quality"
    assert installation.value(counted) == 4  # … of two projects
    nursery = installation.value("SELECT body_id FROM dim_body WHERE name = '示例市苗圃'")
    assert installation.rows("SELECT rule_id, found, expected FROM quarantine_item") == [
        ("feeding_differs", f"100000.00 元 yuan ({nursery})",
         f"120000.00 元 yuan; feeds: {own[:12]}"),
    ]  # fmt: skip


def test_equal_sums_of_a_book_and_its_department_open_nothing(installation: Installation) -> None:
    installation.put_with_sidecar("department.txt", department_book().encode())
    installation.put_with_sidecar("own.txt", own_book().encode())
    installation.run()
    assert installation.value(SUM_AND_TIES) == 300_000
    assert installation.rows("SELECT rule_id FROM quarantine_item") == []


def test_two_books_of_one_level_conflict_and_one_of_them_feeds(installation: Installation) -> None:
    installation.put_with_sidecar("a.txt", own_book().encode())
    installation.run()
    other = own_book("示例市园林局（本级）", "11.00")
    installation.put_with_sidecar("b.txt", other.encode())
    installation.run()
    assert installation.value(SUM_AND_TIES) == 100_000
    rules = installation.rows("SELECT DISTINCT rule_id FROM quarantine_item")
    assert rules == [("feeding_conflict",)]
