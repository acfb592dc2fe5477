"""Conformed codes on real books: staff costs are what the paper prints, codes are as printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.documents.archive import sha256_of
from pipelines.extract.readers import extract
from schemas.code_lists import code_list
from tests.corpus import CORPUS
from tests.corpus.outcome import documents, take_in

if TYPE_CHECKING:
    from tests.conftest import Installation

#: Both codes of a line that no rule knows: bonuses of those who retired, in two tables of one book.
PRINTED_OTHERWISE = {("30103", "50905")}
#: 款 of staff costs as a table of all expenditure prints them, rounded as it is; and the mart.
STAFF = """
WITH printed AS (
    SELECT s.reporting_body_id, s.fiscal_year, s.phase, a.row_node AS code,
        max(a.amount_yuan) AS yuan, max(a.last_place_yuan) AS place
    FROM printed_amount a
    JOIN statement s USING (statement_id)
    JOIN statement_version v ON v.statement_id = s.statement_id AND v.is_current
    WHERE s.kind = 'expenditure_summary' AND a.row_axis = 'function'
      AND a.row_node IN ('20805', '21011', '22102') AND a.period = 'this_year'
      AND a.column_node IN ('current_expenditure', 'total_expenditure')
    GROUP BY ALL
),
told AS (
    SELECT reporting_body_id, fiscal_year, phase,
        CASE staff_cost WHEN 'pensions' THEN '20805' WHEN 'medical' THEN '21011' ELSE '22102' END
            AS code,
        sum(amount_yuan) AS yuan
    FROM mart_cofog_year
    WHERE staff_cost IN ('pensions', 'medical', 'housing') AND scope = 'all_expenditure'
    GROUP BY ALL
)
SELECT p.yuan, t.yuan, p.place
FROM printed p LEFT JOIN told t USING (reporting_body_id, fiscal_year, phase, code)
"""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    if not documents():
        pytest.skip(f"no corpus at {CORPUS}: conformed codes of real books are not looked at")
    return take_in(tmp_path_factory.mktemp("conformed"), documents().values())


def test_codes_that_stand_beside_one_another_in_print_are_in_the_crosswalk() -> None:
    """西安 prints both economic codes of each line: 34 pairs of the list stand in its books."""
    paths = sorted((CORPUS / "xian").glob("*.pdf"))
    if not paths:
        pytest.skip(f"no corpus at {CORPUS}: pairs of economic codes are not looked for")
    printed: set[tuple[str, str]] = set()
    for path in paths:
        data = path.read_bytes()
        cells = extract(sha256_of(data), data).cells.select(
            "page_no", "grid_no", "row_no", code=pl.col("text").str.strip_chars()
        ).filter(pl.col("code").str.contains(r"^\d{5}$"))  # fmt: skip
        department, government = (
            cells.filter(pl.col("code").str.starts_with(digit)) for digit in "35"
        )
        beside = department.join(government, on=["page_no", "grid_no", "row_no"])
        printed |= set(beside.select("code", "code_right").rows())
    listed = code_list("economic_crosswalk").filter(pl.col("basis") == "print")
    pairs = set(listed.select("economic_code", "government_code").rows())
    assert printed - PRINTED_OTHERWISE == pairs
    assert printed >= PRINTED_OTHERWISE
    assert len(pairs) == 34


@pytest.mark.slow
def test_staff_costs_are_what_the_paper_prints(night: Installation) -> None:
    """Each is a sum of a few 项, all printed to the same place; where 项 are missing, none is."""
    found = night.rows(STAFF)
    assert len(found) == 54
    exact = [printed == told for printed, told, _ in found]
    assert sum(exact) == 45
    assert all(abs(printed - told) <= place for printed, told, place in found)


@pytest.mark.slow
def test_no_money_is_lost_on_the_way_to_conformed_codes(night: Installation) -> None:
    for mart, scope, fact in (
        ("mart_cofog_year", "all_expenditure", "fact_expenditure_by_function"),
        ("mart_cofog_year", "appropriation", "fact_appropriation_by_function"),
        ("mart_function_over_years", "all_expenditure", "fact_expenditure_by_function"),
        ("mart_function_over_years", "appropriation", "fact_appropriation_by_function"),
    ):
        held = night.value(f"SELECT sum(amount_yuan) FROM {mart} WHERE scope = '{scope}'")
        assert held == night.value(f"SELECT sum(amount_yuan) FROM {fact}") > 0
    held = night.value("SELECT sum(amount_yuan) FROM mart_fund_mix_year")
    assert held == night.value("SELECT sum(amount_yuan) FROM fact_revenue") > 0


@pytest.mark.slow
def test_prosecution_is_one_class_over_the_years_though_its_codes_are_not(
    night: Installation,
) -> None:
    """江苏省人民检察院 2017 to 2019: 查办和预防职务犯罪 and 侦查监督 are 检察监督 since."""
    assert night.rows(
        "SELECT fiscal_year, f.function_class_id, conformed_function_class_id "
        "FROM fact_appropriation_by_function f JOIN dim_body b ON b.body_id = f.reporting_body_id "
        "JOIN function_class_read_on r ON r.function_class_id = f.function_class_id "
        "AND f.fiscal_year BETWEEN r.first_year AND r.last_year "
        "WHERE b.name = '江苏省人民检察院' AND f.function_class_id LIKE '20404%' ORDER BY ALL"
    ) == [
        (2017, "2040404", "2040410"), (2017, "2040405", "2040410"),
        (2017, "2040406", "2040410"), (2018, "2040405", "2040410"),
    ]  # fmt: skip


@pytest.mark.slow
def test_where_the_other_book_is_not_there_it_is_said(night: Installation) -> None:
    """The corpus has no two books of a body of which the later prints the earlier's year."""
    told = "SELECT retold_as, status, count(*) FROM mart_figure_retold GROUP BY ALL ORDER BY ALL"
    assert night.rows(told) == [
        ("budget_in_accounts", "own_book_missing", 1), ("last_year", "own_book_missing", 15),
    ]  # fmt: skip
    executed = night.rows(
        "SELECT budget_basis, status, count(*), count(execution_rate) FROM mart_budget_execution "
        "GROUP BY ALL ORDER BY ALL"
    )
    assert executed == [
        ("budget_in_accounts", "only_budget", 1, 0), ("none", "budget_missing", 49, 0),
    ]  # fmt: skip


@pytest.mark.slow
def test_basic_expenditure_is_what_its_table_prints_whether_split_or_not(
    night: Installation,
) -> None:
    """人员 and 公用 are told within 基本; totals side by side are of a part each."""
    found = night.rows("""
        WITH block AS (
            SELECT s.reporting_body_id, s.fiscal_year, s.phase, a.block,
                max(a.amount_yuan) AS yuan, max(a.last_place_yuan) AS place
            FROM printed_amount a
            JOIN statement s USING (statement_id)
            JOIN statement_version v ON v.statement_id = s.statement_id AND v.is_current
            WHERE s.kind = 'basic_expenditure_by_economic' AND a.row_axis = 'economic'
              AND a.row_parent IS NULL AND a.column_parent IS NULL AND a.period = 'this_year'
              AND a.phase IS NULL
            GROUP BY ALL
        ),
        printed AS (
            SELECT reporting_body_id, fiscal_year, phase, sum(yuan) AS yuan, max(place) AS place
            FROM block GROUP BY ALL
        ),
        told AS (
            SELECT reporting_body_id, fiscal_year, phase, sum(amount_yuan) AS yuan,
                count(DISTINCT expenditure_type_id) AS types
            FROM mart_expenditure_by_economic_year WHERE main_expenditure_type_id = 'basic'
            GROUP BY ALL
        ),
        line AS (
            SELECT reporting_body_id, fiscal_year, phase, count(*) AS lines
            FROM fact_expenditure_by_economic JOIN dim_expenditure_type USING (expenditure_type_id)
            WHERE main_expenditure_type_id = 'basic' GROUP BY ALL
        )
        SELECT p.yuan, t.yuan, p.place, l.lines, t.types
        FROM printed p LEFT JOIN told t USING (reporting_body_id, fiscal_year, phase)
        LEFT JOIN line l USING (reporting_body_id, fiscal_year, phase)
    """)
    assert len(found) == 28
    assert sum(types == 2 for *_, types in found) == 13  # personnel and public use apart
    assert sum(printed == told for printed, told, *_ in found) == 19
    assert all(2 * abs(printed - told) <= (lines + 1) * place
               for printed, told, place, lines, _ in found)  # fmt: skip
