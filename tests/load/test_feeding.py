"""What feeds facts: each spending unit's money of a year exactly once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.load.feeding import Feeding, claims_of, differing, feeding
from tests.printing import BODY, document, page, project, unit

if TYPE_CHECKING:
    from tests.conftest import Installation

FUNDING, TARGET = "fact_project_funding", "fact_performance_target"
REVENUE, FUNCTION = "fact_revenue", "fact_expenditure_by_function"
KIND = "project_performance_targets"
SUM_AND_TIES = "SELECT sum(amount_yuan)::BIGINT FROM fact_project_funding"


def current(*rows: tuple[str, str, int], kind: str = KIND, body: str = "D") -> pl.DataFrame:
    """Current statements of (key, consolidation, event of their version)."""
    return pl.DataFrame(
        {
            "statement_id": [key for key, _, _ in rows],
            "kind": kind,
            "reporting_body_id": body,
            "consolidation": [consolidation for _, consolidation, _ in rows],
            "fiscal_year": 2024,
            "phase": "budget",
            "event_id": [event_id for *_, event_id in rows],
        }
    )


def units(**printed: str) -> pl.DataFrame:
    """Units that statements print: statement → its spending units, a letter each."""
    pairs = [(key, letter) for key, letters in printed.items() for letter in letters]
    schema = {"statement_id": pl.String, "spending_unit_id": pl.String}
    return pl.DataFrame(pairs, schema=schema, orient="row")


def wholes(statements: pl.DataFrame, *facts: str) -> pl.DataFrame:
    """Facts of statements that print no units."""
    return statements.select(
        "statement_id", spending_unit_id="reporting_body_id", is_whole=pl.lit(value=True)
    ).join(pl.DataFrame({"fact": facts}), how="cross")


def feed(
    statements: pl.DataFrame, printed: pl.DataFrame, facts: pl.DataFrame | None = None
) -> Feeding:
    sums = facts if facts is not None else wholes(statements.clear(), FUNDING)
    return feeding(statements, claims_of(statements, printed, sums, None), None, printed)


def fed(found: Feeding, fact: str = FUNDING) -> dict[str, str]:
    """Whose → the statement that feeds it; of several the last."""
    mine = found.feeds.filter(pl.col("fact") == fact)
    return dict(mine.select("spending_unit_id", "statement_id").rows())


def test_a_units_own_book_goes_before_its_departments_rows() -> None:
    statements = current(("dept", "department", 0), ("own", "unit", 5), ("other", "unknown", 1))
    found = feed(statements, units(dept="ABC", own="A", other="AC"))
    assert fed(found) == fed(found, TARGET) == {"A": "own", "B": "dept", "C": "dept"}
    assert found.ties.is_empty()


def test_of_two_that_rank_equally_the_one_known_longer_feeds_and_the_other_waits() -> None:
    found = feed(current(("late", "unit", 2), ("early", "unit", 1)), units(late="AB", early="A"))
    assert fed(found) == {"A": "early", "B": "late"}
    assert found.ties.select(
        "statement_id", "spending_unit_id", "feeds_statement_id"
    ).unique().rows() == [("late", "A", "early")]


def test_forms_of_a_project_each_feed_side_by_side() -> None:
    statements = current(("one", "unit", 1), ("two", "unit", 2), ("again", "unit", 3))
    printed = units(one="A", two="A", again="A")
    parts = statements.with_columns(part=pl.Series(["甲", "乙", "乙"]))
    found = feed(parts, printed)
    assert set(found.feeds["statement_id"]) == {"one", "two"}
    assert set(found.ties["statement_id"]) == {"again"}
    table = statements.with_columns(part=pl.Series(["", "乙", "丙"]))
    assert set(feed(table, printed).feeds["statement_id"]) == {"one"}


def test_ties_of_one_night_break_by_the_ledger_not_by_keys_that_code_changes() -> None:
    for first, second in (("x", "y"), ("y", "x")):
        statements = current((first, "unit", 7), (second, "unit", 8))
        assert fed(feed(statements, units(x="A", y="A"))) == {"A": first}


def test_sums_below_what_feeds_that_differ_by_more_than_rounding() -> None:
    found = feed(
        current(("dept", "department", 1), ("far", "unknown", 2)), units(dept="ABC", far="ABC")
    )
    assert found.ties.is_empty()
    money = pl.DataFrame(
        [("dept", "A", 45), ("far", "A", 30), ("dept", "B", 7), ("far", "B", 8), ("far", "C", 2)],
        schema={"statement_id": pl.String, "spending_unit_id": pl.String,
                "amount_yuan": pl.Decimal(18, 2)}, orient="row",
    ).with_columns(fact=pl.lit(FUNDING), is_whole=pl.lit(value=False),
                   rounding_yuan=pl.lit("0.50").cast(pl.Decimal(18, 2)))  # fmt: skip
    differ = differing(found.below, money).sort("spending_unit_id")
    assert differ.select(
        "statement_id", "spending_unit_id", "feeds_statement_id", "amount_yuan", "feeds_amount_yuan"
    ).rows() == [
        ("far", "A", "dept", Decimal(30), Decimal(45)),
        ("far", "C", "dept", Decimal(2), Decimal(0)),
    ]


class TestKinds:
    """Several kinds of table restate one spending: what ranks first feeds, once."""

    def test_the_kind_that_ranks_first_feeds_and_another_kind_is_never_held_against_it(
        self,
    ) -> None:
        table = current(("table", "department", 9), kind="project_expenditure")
        found = feed(
            pl.concat([current(("targets", "department", 0)), table]),
            units(targets="AB", table="A"),
        )
        assert fed(found) == {"A": "table", "B": "targets"}
        assert fed(found, TARGET) == {"A": "targets", "B": "targets"}
        assert found.ties.is_empty()
        assert found.below.is_empty()

    def test_budgets_side_by_side_all_feed_and_never_beside_the_table_of_all_of_them(
        self,
    ) -> None:
        fact = "fact_appropriation_by_function"
        kinds = ("general_budget_by_function", "government_fund", "state_capital")
        several = pl.concat([current((kind, "unknown", 0), kind=kind) for kind in kinds])
        whole = current(("all", "unknown", 0), kind="appropriation_by_function")
        both = pl.concat([several, whole])
        found = feed(both, units(), wholes(both, fact))
        assert sorted(found.feeds["statement_id"]) == sorted(kinds)
        found = feed(whole, units(), wholes(whole, fact))
        assert found.feeds["statement_id"].to_list() == ["all"]
        # a budget beside what is not there is not the appropriation
        some = pl.concat([several.filter(pl.col("kind") == "government_fund"), whole])
        found = feed(some, units(), wholes(some, fact))
        assert found.feeds["statement_id"].to_list() == ["all"]
        alone = several.filter(pl.col("kind") != "general_budget_by_function")
        found = feed(alone, units(), wholes(alone, fact))
        assert found.feeds.is_empty()
        assert set(found.alone["statement_id"]) == {"government_fund", "state_capital"}
        assert feed(both, units(), wholes(both, fact)).alone.is_empty()

    def test_a_rank_that_lacks_a_budget_yields_to_a_table_of_all_that_holds_more(self) -> None:
        fact = "fact_appropriation_by_function"
        general = current(("general", "unknown", 0), kind="general_budget_by_function")
        fund = current(("fund", "unknown", 0), kind="government_fund")
        capital = current(("capital", "unknown", 0), kind="state_capital")
        whole = current(("all", "unknown", 0), kind="appropriation_by_function")

        def fed_by(statements: pl.DataFrame, **yuan: int) -> list[str]:
            money = wholes(statements, fact).with_columns(
                amount_yuan=pl.col("statement_id").replace_strict(yuan).cast(pl.Decimal(18, 2)),
                rounding_yuan=pl.lit("0.50").cast(pl.Decimal(18, 2)),
            )
            return sorted(feed(statements, units(), money).feeds["statement_id"])

        short = pl.concat([general, whole])
        assert fed_by(short, general=8, all=10) == ["all"]
        assert fed_by(short, general=8, all=8) == ["general"]
        assert fed_by(short, general=8, all=9) == ["general"]  # no more than rounding tells
        every = pl.concat([general, fund, capital, whole])
        assert fed_by(every, general=8, fund=1, capital=0, all=10) == ["capital", "fund", "general"]
        own = short.with_columns(consolidation=pl.Series(["department", "unit"]))
        assert fed_by(own, general=8, all=10) == ["general"]  # another book is no table of it

    def test_targets_of_a_body_itself_feed_beside_those_of_its_projects(self) -> None:
        form = current(("form", "unknown", 0), kind="department_performance_targets")
        both = pl.concat([current(("targets", "department", 0)), form])
        found = feed(both, units(targets="AD"), wholes(form, TARGET))
        mine = found.feeds.filter(pl.col("fact") == TARGET)
        assert sorted(mine["statement_id"]) == ["form", "targets", "targets"]


class TestWholes:
    """Where a table prints no units its money is the reporting body's as a whole."""

    def test_a_departments_book_goes_before_the_book_of_the_body_itself(self) -> None:
        kind = "expenditure_summary"
        books = current(("own", "unit", 0), ("all", "department", 5), kind=kind)
        assert fed(feed(books, units(), wholes(books, FUNCTION)), FUNCTION) == {"D": "all"}

    @pytest.mark.parametrize("book", ["unit", "unknown"])
    def test_a_units_own_figures_do_not_feed_beside_its_departments(self, book: str) -> None:
        kind = "expenditure_summary"
        own = current(("own", book, 0), kind=kind, body="A")
        both = pl.concat([current(("all", "unknown", 5), kind=kind), own])
        named = current(("projects", "department", 7))
        statements, facts = pl.concat([both, named]), wholes(both, FUNCTION)
        found = feed(statements, units(projects="DA"), facts)
        assert fed(found, FUNCTION) == {"D": "all"}
        # a department that does not name it, or says nothing of this fact, is not in the way
        assert fed(feed(statements, units(projects="D"), facts), FUNCTION) == {
            "A": "own",
            "D": "all",
        }
        found = feed(statements, units(projects="DA"), wholes(own, FUNCTION))
        assert fed(found, FUNCTION) == {"A": "own"}

    def test_a_department_names_its_units_in_a_statement_that_waits_too(self) -> None:
        kind = "expenditure_summary"
        both = pl.concat([current(("all", "department", 5), kind=kind),
                          current(("own", "unit", 0), kind=kind, body="A")])  # fmt: skip
        waits = current(("waits", "department", 7))
        facts, named = wholes(both, FUNCTION), units(waits="DA")
        claims = claims_of(both, named, facts, None)
        found = feeding(both, claims, None, named, naming=pl.concat([both, waits]))
        assert fed(found, FUNCTION) == {"D": "all"}

    def test_a_body_named_by_a_department_of_another_year_feeds(self) -> None:
        kind = "expenditure_summary"
        both = pl.concat([current(("all", "unknown", 5), kind=kind),
                          current(("own", "unit", 0), kind=kind, body="A")])  # fmt: skip
        named = current(("projects", "department", 7)).with_columns(
            fiscal_year=pl.lit(2023, dtype=both.schema["fiscal_year"])
        )
        found = feed(pl.concat([both, named]), units(projects="DA"), wholes(both, FUNCTION))
        assert fed(found, FUNCTION) == {"A": "own", "D": "all"}

    def test_two_bodies_that_name_one_another_do_not_silence_both(self) -> None:
        kind = "expenditure_summary"
        both = pl.concat([current(("d", "unknown", 5), kind=kind),
                          current(("a", "unknown", 0), kind=kind, body="A")])  # fmt: skip
        named = pl.concat([current(("of_d", "department", 7)),
                           current(("of_a", "department", 8), body="A")])  # fmt: skip
        found = feed(
            pl.concat([both, named]), units(of_d="DABC", of_a="AD"), wholes(both, FUNCTION)
        )
        assert fed(found, FUNCTION) == {"D": "d"}

    def test_revenue_is_told_by_unit_or_as_a_whole_never_both(self) -> None:
        whole = current(("whole", "unknown", 0), kind="revenue_expenditure_summary")
        rows = current(("rows", "department", 5), kind="revenue_summary")
        both = pl.concat([whole, rows])
        found = feed(both, units(rows="AB"), wholes(whole, REVENUE))
        assert fed(found, REVENUE) == {"A": "rows", "B": "rows"}
        assert fed(feed(whole, units(), wholes(whole, REVENUE)), REVENUE) == {"D": "whole"}

    def test_a_unit_that_tells_its_revenue_as_a_whole_stands_in_its_departments_rows(self) -> None:
        whole = current(("own", "unit", 0), kind="revenue_expenditure_summary", body="A")
        rows = current(("rows", "department", 5), kind="revenue_summary")
        found = feed(pl.concat([whole, rows]), units(rows="AB"), wholes(whole, REVENUE))
        assert fed(found, REVENUE) == {"A": "rows", "B": "rows"}

    def test_rows_of_a_part_of_a_department_do_not_stand_for_all_of_it(self) -> None:
        whole = current(("whole", "department", 0), kind="revenue_expenditure_summary")
        own = current(("own", "unit", 5), kind="revenue_summary")
        part = current(("part", "unit", 5), kind="revenue_summary", body="A")
        named = current(("projects", "department", 7))
        statements = pl.concat([whole, own, part, named])
        found = feed(statements, units(own="D", part="A", projects="DA"), wholes(whole, REVENUE))
        assert fed(found, REVENUE) == {"D": "whole"}


class TestTablesWhoseOwnTotalIsMissed:
    """A misprint that stands in print is published, but not before a table that holds."""

    ECONOMIC = "fact_expenditure_by_economic"

    def found(self, missed: list[str], *, both: bool = True) -> dict[str, str]:
        basic = current(("basic", "department", 0), kind="basic_expenditure_by_economic")
        whole = current(("whole", "department", 1), kind="general_budget_by_economic")
        statements = pl.concat([basic, whole]) if both else whole
        facts = wholes(statements, self.ECONOMIC).with_columns(
            amount_yuan=pl.col("statement_id").replace_strict({"basic": 10, "whole": 30})
            .cast(pl.Decimal(38, 2)),
            rounding_yuan=pl.lit(0).cast(pl.Decimal(38, 2)),
        )  # fmt: skip
        claims = claims_of(statements, units(), facts, None)
        known = statements.with_columns(is_missed=pl.col("statement_id").is_in(missed))
        told = feeding(known, claims, None, units())
        return fed(told, self.ECONOMIC)

    def test_the_fuller_table_goes_first_where_it_holds(self) -> None:
        assert self.found([]) == {"D": "whole"}

    def test_more_money_is_none_where_its_sums_miss(self) -> None:
        assert self.found(["whole"]) == {"D": "basic"}

    def test_the_first_kind_too_gives_way(self) -> None:
        assert self.found(["basic"]) == {"D": "whole"}

    def test_it_is_published_where_there_is_no_other(self) -> None:
        assert self.found(["whole"], both=False) == {"D": "whole"}
        assert self.found(["basic", "whole"]) == {"D": "whole"}


def test_other_years_are_not_in_the_way() -> None:
    statements = current(("one", "unit", 0), ("two", "unit", 1)).with_columns(
        fiscal_year=pl.Series([2023, 2024])
    )
    found = feed(statements, units(one="A", two="A"))
    assert found.feeds.height == 4
    assert found.ties.is_empty()


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
