"""Official blank workbooks of 上海: every table is known, nothing is stated, nothing published.

Both were looked at sheet by sheet: a cover and contents, prose, nine tables with their headers,
some codes as examples, rules out to column IV, and not one amount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.corpus import CORPUS
from tests.corpus.outcome import take_in

if TYPE_CHECKING:
    from tests.conftest import Installation

DEPARTMENT, UNIT = "excel__department_budget_template.xlsx", "budget_template.xls"
#: The kind of each table, in the order of the sheets; the layouts that print it so.
KINDS = [
    "revenue_expenditure_summary", "revenue_summary", "expenditure_summary",
    "fiscal_appropriation_summary", "general_budget_by_function", "government_fund",
    "state_capital", "basic_expenditure_by_economic", "three_public",
]  # fmt: skip
#: The table of the three public expenses has a header and no row.
WITHOUT_ROWS = "three_public"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    paths = [CORPUS / "shanghai" / name for name in (DEPARTMENT, UNIT)]
    if not all(path.exists() for path in paths):
        pytest.skip(f"no corpus at {CORPUS}")
    return take_in(tmp_path_factory.mktemp("templates"), paths)


@pytest.mark.parametrize("name", [DEPARTMENT, UNIT])
def test_every_table_is_known_and_waits_because_nothing_is_stated(
    night: Installation, name: str
) -> None:
    found = night.rows(
        "SELECT kind, layout_id, status, list(DISTINCT rule_id ORDER BY rule_id) "
        "FROM statement JOIN dim_document d USING (document_id) "
        f"JOIN quarantine_item USING (statement_id) WHERE d.path = '{name}' "
        "GROUP BY kind, layout_id, status, statement_no ORDER BY statement_no"
    )
    assert [kind for kind, *_ in found] == KINDS
    assert all(layout.startswith("shanghai/") for _, layout, _, _ in found)
    assert {status for _, _, status, _ in found} == {"withheld"}
    for kind, _, _, rules in found:
        assert ("parts_missing" if kind == WITHOUT_ROWS else "nothing_stated") in rules


@pytest.mark.parametrize(("name", "body"), [(DEPARTMENT, "XX局"), (UNIT, "XX单位")])
def test_the_cover_names_no_body(night: Installation, name: str, body: str) -> None:
    found = night.rows(
        "SELECT place, found FROM quarantine_item JOIN dim_document d USING (document_id) "
        f"WHERE d.path = '{name}' AND rule_id = 'heading_unfilled'"
    )
    assert [place for place, _ in found] == ["工作表 封面 / sheet 封面"]
    assert found[0][1].endswith(body)


def test_nothing_else_is_wrong_with_the_files(night: Installation) -> None:
    """The names of what is left open, 二、…, and classes that the list of the year lacks."""
    rules = night.rows("SELECT DISTINCT rule_id FROM quarantine_item ORDER BY rule_id")
    assert [rule for (rule,) in rules] == [
        "code_unknown", "heading_unfilled", "line_unknown", "nothing_stated", "parts_missing"
    ]  # fmt: skip


def test_nothing_of_them_is_published(night: Installation) -> None:
    assert night.value("SELECT count(*) FROM statement_version") == 0
    assert night.value("SELECT count(*) FROM printed_amount") == 0
