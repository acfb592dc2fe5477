"""Conformed marts over generated books, against sums worked out of the books' truth by hand.

Nothing of the marts' own ways is used here: what two books tell is added up code by code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from schemas.code_lists import code_list
from tests.conftest import Installation
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG, Document, documents
from tests.generator.books.truth import Rows, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow  # whole nights, many of them

WORLD = {"guangzhou": 2, "jiangsu": 2, "shili": 4}
YEARS = 3
#: Columns of the truth's ``amount``.
FACT, SHA, KIND, BODY, UNIT, FUNCTION, ECONOMIC, TYPE, FUND, PUBLIC, YEAR, PHASE, YUAN = range(13)
ALL = "fact_expenditure_by_function"
SCOPES = {ALL: "all_expenditure", "fact_appropriation_by_function": "appropriation"}


@pytest.fixture(scope="module")
def world() -> list[Document]:
    return [d for place, bodies in WORLD.items() for d in documents(3, place, bodies, YEARS)]


@pytest.fixture(scope="module")
def said(world: list[Document]) -> Rows:
    """Amounts that are facts, or stand beside them."""
    return truth(world)["amount"]


@pytest.fixture(scope="module")
def published(
    world: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    installation = Installation(tmp_path_factory.mktemp("conformed"), config=CONFIG)
    write(world, installation.settings.raw)
    assert installation.run().published
    with duckdb.connect(str(installation.settings.published), read_only=True) as connection:
        yield connection


def money(rows: Rows, *by: int) -> dict[tuple[Any, ...], Decimal]:
    """Sums of amounts by columns of the truth."""
    found: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        found[tuple(row[at] for at in by)] += Decimal(row[YUAN])
    return dict(found)


def told(published: duckdb.DuckDBPyConnection, sql: str) -> dict[tuple[Any, ...], Any]:
    """Rows of a query: all but the last column → the last."""
    rows = published.execute(sql).fetchall()
    found = {row[:-1]: row[-1] for row in rows}
    assert len(found) == len(rows)
    return found


def longest(code: str, listed: dict[str, str | None]) -> str | None:
    """The value of the longest listed code that begins a code."""
    return next(listed[code[:n]] for n in (7, 5, 3) if code[:n] in listed)


def test_functions_of_government_hold_all_the_money(
    said: Rows, published: duckdb.DuckDBPyConnection
) -> None:
    listed = dict(code_list("function_cofog").select("function_code", "cofog_code").rows())
    staff = dict(code_list("staff_costs").select("function_code", "staff_cost").rows())
    expected: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in (row for row in said if row[FACT] in SCOPES):
        code = row[FUNCTION]
        if code == "unsplit":
            cofog, cost = "unclassified", "not_separable"
        else:
            cofog = longest(code, listed) or "unclassified"
            above = any(start.startswith(code) and start != code for start in staff)
            cost = "not_separable" if above else staff.get(code[:5], "none")
        expected[row[BODY], row[YEAR], row[PHASE], SCOPES[row[FACT]], cofog, cost] += Decimal(
            row[YUAN]
        )
    assert told(
        published,
        "SELECT body_name, fiscal_year, phase, scope, cofog_id, staff_cost, sum(amount_yuan) "
        "FROM mart_cofog_year GROUP BY ALL",
    ) == dict(expected)
    assert {cost for *_, cost in expected} >= {"pensions", "housing", "not_separable", "none"}


def test_functions_over_years_hold_all_the_money(
    said: Rows, published: duckdb.DuckDBPyConnection
) -> None:
    expected: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in (row for row in said if row[FACT] in SCOPES):
        code = row[FUNCTION] if row[FUNCTION] == "unsplit" else row[FUNCTION][:5]
        expected[row[BODY], row[YEAR], row[PHASE], SCOPES[row[FACT]], code] += Decimal(row[YUAN])
    assert told(
        published,
        "SELECT body_name, fiscal_year, phase, scope, function_class_id, sum(amount_yuan) "
        "FROM mart_function_over_years GROUP BY ALL",
    ) == dict(expected)


def test_revenue_is_told_in_groups_of_funds(
    said: Rows, published: duckdb.DuckDBPyConnection
) -> None:
    groups = dict(published.execute("SELECT fund_source_id, fund_group_id FROM fund_source_group")
                  .fetchall())  # fmt: skip
    revenue = [row for row in said if row[FACT] == "fact_revenue"]
    expected: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in revenue:
        expected[row[BODY], row[YEAR], row[PHASE], groups[row[FUND]]] += Decimal(row[YUAN])
    assert told(
        published,
        "SELECT body_name, fiscal_year, phase, fund_group_id, sum(amount_yuan) "
        "FROM mart_fund_mix_year GROUP BY ALL",
    ) == dict(expected)
    shares = published.execute(
        "SELECT sum(share) FROM mart_fund_mix_year WHERE share IS NOT NULL "
        "GROUP BY reporting_body_id, fiscal_year, phase"
    ).fetchall()
    assert all(share == pytest.approx(1.0) for (share,) in shares)
    assert len({fund for *_, fund in expected}) > 4


def test_last_years_figures_are_held_against_last_years_own_line_by_line(
    said: Rows, world: list[Document], published: duckdb.DuckDBPyConnection
) -> None:
    """Of 示例庚市's books, which print a last year: by 项, not by type."""
    books = {d.sha256: d for d in world}
    later = [row for row in said if row[FACT] == "comparative_figure" and row[PHASE] == "budget"
             and row[KIND] == "expenditure_summary"
             and row[YEAR] != books[row[SHA]].fiscal_year]  # fmt: skip
    retold = money(later, BODY, YEAR, FUNCTION)
    asked = {key[:2] for key in retold}
    own_rows = [row for row in said if row[FACT] == ALL and row[PHASE] == "budget"
                and (row[BODY], row[YEAR]) in asked]  # fmt: skip
    own = money(own_rows, BODY, YEAR, FUNCTION)
    expected = {key: (own.get(key), retold.get(key)) for key in {*own, *retold}}
    found = {
        tuple(row[:3]): tuple(row[3:5])
        for row in published.execute(
            "SELECT body_name, fiscal_year, function_class_id, own_yuan, later_yuan "
            f"FROM mart_figure_retold WHERE fact = '{ALL}' AND retold_as = 'last_year'"
        ).fetchall()
    }
    assert found == expected
    statuses = Counter(
        published.execute(
            f"SELECT status FROM mart_figure_retold WHERE fact = '{ALL}' "
            "AND retold_as = 'last_year'"
        ).fetchall()
    )
    there = {key[:2] for key in own}
    assert statuses[("own_book_missing",)] == sum(key[:2] not in there for key in retold) > 0
    both = [pair for pair in expected.values() if None not in pair]
    assert statuses[("same",)] == sum(a == b for a, b in both) > 0
    assert statuses[("within_rounding",)] + statuses[("differs",)] == sum(a != b for a, b in both)


def test_accounts_are_held_against_the_budgets_own_book(
    said: Rows, published: duckdb.DuckDBPyConnection
) -> None:
    rows = [row for row in said if row[FACT] == ALL]
    accounts = money([r for r in rows if r[PHASE] == "final_accounts"],
                     BODY, YEAR, FUNCTION, TYPE)  # fmt: skip
    asked = {key[:2] for key in accounts}
    budget = money([r for r in rows if r[PHASE] == "budget" and (r[BODY], r[YEAR]) in asked],
                   BODY, YEAR, FUNCTION, TYPE)  # fmt: skip
    expected = {key: (budget.get(key), accounts.get(key)) for key in {*budget, *accounts}
                if key[:2] in {other[:2] for other in budget}}  # fmt: skip
    found = published.execute(
        "SELECT body_name, fiscal_year, function_class_id, expenditure_type_id, budget_yuan, "
        "final_yuan, execution_rate, status FROM mart_budget_execution "
        f"WHERE fact = '{ALL}' AND budget_basis = 'budget'"
    ).fetchall()
    assert {tuple(row[:4]): tuple(row[4:6]) for row in found} == expected
    for *_, planned, spent, rate, status in found:
        assert (rate is None) == (planned is None or spent is None or planned <= 0)
        assert status == ("only_final" if planned is None else "only_budget" if spent is None
                          else "compared")  # fmt: skip
        if rate is not None:
            assert rate == pytest.approx(float(spent / planned))
    assert len(expected) > 20


def test_accounts_are_held_against_the_budget_that_they_print(
    said: Rows, published: duckdb.DuckDBPyConnection
) -> None:
    """By 类, as their summary prints it; the accounts' own 项 are added up."""
    printed = money([r for r in said if r[FACT] == "comparative_figure" and r[FUNCTION]
                     and r[KIND] == "revenue_expenditure_summary" and r[FUNCTION] != "unsplit"],
                    BODY, YEAR, FUNCTION)  # fmt: skip
    asked = {key[:2] for key in printed}
    spent: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in said:
        if row[FACT] == ALL and row[PHASE] == "final_accounts" and row[FUNCTION] != "unsplit":
            spent[row[BODY], row[YEAR], row[FUNCTION][:3]] += Decimal(row[YUAN])
    expected = {key: (printed.get(key), spent.get(key)) for key in {*printed, *spent}
                if key[:2] in asked}  # fmt: skip
    found = published.execute(
        "SELECT body_name, fiscal_year, function_class_id, budget_yuan, final_yuan "
        f"FROM mart_budget_execution WHERE fact = '{ALL}' AND function_class_id <> 'unsplit' "
        "AND budget_basis = 'budget_in_accounts'"
    ).fetchall()
    assert {tuple(row[:3]): tuple(row[3:5]) for row in found} == expected
    assert any(None not in pair for pair in expected.values())
