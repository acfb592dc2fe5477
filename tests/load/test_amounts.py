"""Facts of every kind of table through whole nights: fed once, kept in history, compared."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines.serve.compare import compare
from pipelines.serve.diff import diff
from pipelines.serve.history import history
from pipelines.serve.trace import trace
from tests.conftest import Installation

if TYPE_CHECKING:
    from collections.abc import Sequence

BODY = "示例省示例厅"
FUNCTION = "功能科目代码\t功能科目名称\t金额"
ECONOMIC = "科目编码\t科目名称\t金额"
TYPES = "合计\t基本支出\t项目支出\t单位预留机动经费\t结转下年资金"


def table(title: str, header: str, rows: Sequence[str], body: str = BODY) -> str:
    """A printed table with its title, whose it is, and its unit."""
    return "\n\n".join([title, f"部门：{body}", "单位：万元", "\n".join([header, *rows])])


def classes(*amounts: str) -> list[str]:
    """Rows of two classes of two levels; the amounts of the lowest."""
    first, second = (Decimal(amount) for amount in amounts)
    total = first + second
    return [f"\t合计\t{total}", f"201\t一般公共服务支出\t{total}", f"20101\t人大事务\t{total}",
            f"2010101\t行政运行\t{first}", f"2010108\t代表工作\t{second}"]  # fmt: skip


def economic(*amounts: str) -> list[str]:
    first, second = (Decimal(amount) for amount in amounts)
    total = first + second
    return [f"\t合计\t{total}", f"301\t工资福利支出\t{total}", f"30101\t基本工资\t{first}",
            f"30102\t津贴补贴\t{second}"]  # fmt: skip


def book(
    first: str = "10.00", second: str = "20.00", *, body: str = BODY, general: bool = True
) -> bytes:
    """A book: the appropriation, the general budget, its basic expenditure, expenditure by type."""
    total = Decimal(first) + Decimal(second)
    tables = [
        table("财政拨款支出预算表", FUNCTION, classes(first, second), body),
        table("财政拨款基本支出预算表", ECONOMIC, economic("6.00", "4.00"), body),
        table("支出预算总表", TYPES, [f"{total}\t10.00\t{total - 10}\t\t"], body),
    ]
    if general:
        tables.insert(1, table("一般公共预算支出预算表", FUNCTION, classes(first, second), body))
        tables.insert(
            3, table("一般公共预算基本支出预算表", ECONOMIC, economic("6.00", "4.00"), body)
        )
    return ("\n\n".join(tables) + "\n").encode()


SIDECAR = """
sha256 = "?"
[fiscal_year]
value = {year}
why = "for the test"
[phase]
value = "budget"
why = "for the test"
"""


def put(
    installation: Installation, name: str, data: bytes, year: int = 2018, more: str = ""
) -> str:
    return installation.put_with_sidecar(name, data, more + SIDECAR.format(year=year))


SUM = "SELECT coalesce(sum(amount_yuan), 0)::BIGINT FROM {}"
APPROPRIATION, BY_ECONOMIC = "fact_appropriation_by_function", "fact_expenditure_by_economic"


def fed_by(installation: Installation, fact: str) -> list[tuple[str, int]]:
    """Kinds whose facts are loaded, each with its sum."""
    return installation.rows(
        f"SELECT s.kind, sum(f.amount_yuan)::BIGINT FROM {fact} f "
        "JOIN statement_version v USING (statement_version_id) "
        "JOIN statement s ON s.statement_id = v.statement_id GROUP BY ALL ORDER BY ALL"
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A book published twice, in two encodings."""
    installation = Installation(tmp_path_factory.mktemp("book"))
    put(installation, "a.txt", book())
    put(installation, "copy.txt", book().decode().encode("gb18030"))
    assert installation.run().published
    return installation


def test_of_tables_that_restate_one_spending_one_feeds(published: Installation) -> None:
    assert published.rows("SELECT rule_id FROM quarantine_item") == []
    assert fed_by(published, APPROPRIATION) == [("general_budget_by_function", 300_000)]
    assert fed_by(published, BY_ECONOMIC) == [("basic_expenditure_by_economic", 100_000)]
    assert fed_by(published, "fact_expenditure_by_type") == [("expenditure_summary", 300_000)]
    assert fed_by(published, "fact_project_funding") == []


def test_money_whose_table_beside_is_missing_waits_for_it(installation: Installation) -> None:
    fund = table("政府性基金支出预算表", FUNCTION, classes("5.00", "2.00")) + "\n"
    put(installation, "fund.txt", fund.encode())
    assert installation.run().published
    assert fed_by(installation, APPROPRIATION) == []
    ((rule, found, expected),) = installation.rows(
        "SELECT rule_id, found, expected FROM quarantine_item"
    )
    assert (rule, found.split(" ")[0]) == ("feeding_incomplete", "70000.00")
    assert "general_budget_by_function" in expected
    put(installation, "book.txt", book())
    assert installation.run().published
    assert installation.rows("SELECT rule_id FROM quarantine_item") == []
    assert fed_by(installation, APPROPRIATION) == [
        ("general_budget_by_function", 300_000), ("government_fund", 70_000),
    ]  # fmt: skip


def test_equal_tables_of_two_documents_are_one_statement_with_two_documents(
    published: Installation,
) -> None:
    versions = published.rows(
        "SELECT s.kind, version_no, count(DISTINCT t.document_id) FROM statement_version v "
        "JOIN statement s USING (statement_id) JOIN statement t "
        "ON t.statement_key_id = v.statement_key_id AND t.content_hash = v.content_hash "
        "GROUP BY ALL"
    )
    assert len(versions) == 5
    assert {(number, documents) for _, number, documents in versions} == {(1, 2)}


def test_without_the_first_kind_the_next_one_feeds(installation: Installation) -> None:
    put(installation, "a.txt", book(general=False))
    installation.run()
    assert fed_by(installation, APPROPRIATION) == [("appropriation_by_function", 300_000)]
    funds = f"SELECT DISTINCT fund_source_id FROM {APPROPRIATION}"
    assert installation.rows(funds) == [("fiscal_appropriation",)]


def test_a_table_that_waits_has_its_amounts_in_pending(installation: Installation) -> None:
    wrong = book().decode().replace("一般公共预算支出预算表", "?", 1)
    text = wrong.replace("行政运行\t10.00", "行政运行\t11.00", 1).replace(
        "?", "一般公共预算支出预算表"
    )
    put(installation, "a.txt", text.encode())
    installation.run()
    assert ("identity_broken",) in installation.rows("SELECT rule_id FROM quarantine_item")
    waits = installation.rows(
        "SELECT fact, label, function_class_id, amount_yuan::BIGINT FROM pending_amount ORDER BY 3"
    )
    assert waits == [
        (APPROPRIATION, "行政运行", "2010101", 110_000),
        (APPROPRIATION, "代表工作", "2010108", 200_000),
    ]
    assert fed_by(installation, APPROPRIATION) == [("general_budget_by_function", 300_000)]


def test_a_code_that_no_list_knows_is_in_its_dimension_and_marked(
    installation: Installation,
) -> None:
    unknown = book().replace("2010108\t代表工作".encode(), "2019777\t新设事务".encode()).replace(
        "20101\t人大事务".encode(), "20197\t新设款".encode()).replace(
        b"2010101\t", b"2019701\t")  # fmt: skip
    put(installation, "a.txt", unknown)
    assert installation.run().published
    assert installation.rows(
        "SELECT function_class_id, name_zh, class_level, parent_function_class_id, "
        "top_function_class_id FROM dim_function_class WHERE NOT is_listed ORDER BY 1"
    ) == [("20197", "新设款", 2, "201", "201"), ("2019701", "行政运行", 3, "20197", "201"),
          ("2019777", "新设事务", 3, "20197", "201")]  # fmt: skip
    assert installation.rows(
        "SELECT name_zh, first_year, last_year FROM function_class_name "
        "WHERE function_class_id = '2019777'"
    ) == [("新设事务", 2018, 2018)]


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, list[datetime]]:
    """A book, and the night after a revision of it that says so."""
    installation = Installation(tmp_path_factory.mktemp("revised"))
    first = put(installation, "a.txt", book())
    installation.run()
    moments = [datetime.now(UTC).replace(tzinfo=None)]
    revision = book("12.50", "20.00")
    put(installation, "b.txt", revision, more=f'supersedes = "{first}"\n')
    installation.run()
    moments.append(datetime.now(UTC).replace(tzinfo=None))
    return installation, moments


class TestHistory:
    def test_the_revision_is_current_and_what_was_said_can_be_asked_for(
        self, revised: tuple[Installation, list[datetime]]
    ) -> None:
        installation, (before, after) = revised
        assert installation.value(SUM.format(APPROPRIATION)) == 325_000
        for moment, amount in ((before, 300_000), (after, 325_000)):
            asked = f"as_of_amount('{APPROPRIATION}', '{moment}')"
            assert installation.value(SUM.format(asked)) == amount
        # what is the same in both is no version of the second
        economic_versions = (
            "SELECT count(*) FROM statement_version v JOIN statement s USING (statement_id) "
            "WHERE s.kind = 'basic_expenditure_by_economic'"
        )
        assert installation.value(economic_versions) == 1

    def test_what_was_restated_is_told_amount_by_amount(
        self, revised: tuple[Installation, list[datetime]]
    ) -> None:
        installation, _ = revised
        assert installation.rows(
            "SELECT fact, label, coalesce(function_class_id, expenditure_type_id), "
            "amount_before_yuan::BIGINT, amount_after_yuan::BIGINT, change_yuan::BIGINT "
            "FROM mart_restatement r JOIN statement_version v USING (statement_version_id) "
            "JOIN statement s USING (statement_id) "
            "WHERE s.kind <> 'appropriation_by_function' ORDER BY 1"
        ) == [
            (APPROPRIATION, "行政运行", "2010101", 100_000, 125_000, 25_000),
            ("fact_expenditure_by_type", "", "project", 200_000, 225_000, 25_000),
        ]

    def test_history_and_diff_tell_it_too(
        self, revised: tuple[Installation, list[datetime]]
    ) -> None:
        installation, _ = revised
        key = installation.value(
            "SELECT any_value(statement_key_id) FROM statement "
            "WHERE kind = 'general_budget_by_function'"
        )
        found = history(installation.settings, key)
        assert [int(v["amount_yuan"]) for v in found.versions] == [300_000, 325_000]
        assert [(c["label"], int(c["change_yuan"])) for c in found.changes] == [
            ("行政运行", 25_000)
        ]
        changed = {s["kind"]: s for s in diff(installation.settings).statements}
        mine = changed["general_budget_by_function"]
        assert (mine["change"], int(mine["change_yuan"]), mine["funding_changed"]) == (
            "changed", 25_000, 1,
        )  # fmt: skip


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two bodies; the first of them in two years."""
    installation = Installation(tmp_path_factory.mktemp("years"))
    put(installation, "2018.txt", book(), 2018)
    put(installation, "2019.txt", book("15.00", "20.00"), 2019)
    put(installation, "other.txt", book("10.00", "0.00", body="示例省另一厅"), 2018)
    installation.run()
    return installation


class TestCompare:
    def test_bodies_and_years_by_type(self, years: Installation) -> None:
        found = compare(years.settings, by="type")
        assert found.columns == [(2018, "budget"), (2019, "budget")]
        lines = [(body, line_id) for body, line_id, _ in found.lines]
        assert lines == [(b, t) for b in ("示例省另一厅", BODY) for t in ("basic", "project")]
        assert found.cells[BODY, "project", (2019, "budget")] == 250_000
        assert found.totals()[BODY, (2019, "budget")] == 350_000
        assert found.rests_on[BODY, (2018, "budget")] == ["expenditure_summary"]

    def test_a_blank_is_not_in_it_and_a_zero_is(self, years: Installation) -> None:
        found = compare(years.settings, by="type", bodies=["另一"])
        assert found.columns == [(2018, "budget")]
        assert found.cells["示例省另一厅", "project", (2018, "budget")] == 0
        assert ("示例省另一厅", "carried_forward", (2018, "budget")) not in found.cells

    def test_some_bodies_and_years_only(self, years: Installation) -> None:
        found = compare(years.settings, by="economic", bodies=["示例厅", "另一"], years=[2018])
        names = [line for _, _, line in found.lines]
        assert names == ["301 工资福利支出 · 基本支出 · 一般公共预算"] * 2
        assert compare(years.settings, by="economic", years=[1999]).lines == []

    def test_the_year_in_a_files_name_is_shown_and_decides_nothing(
        self, years: Installation
    ) -> None:
        fact, path = years.rows(
            f"SELECT fact_id, path FROM {BY_ECONOMIC} JOIN statement_version "
            "USING (statement_version_id) JOIN statement USING (statement_id) JOIN document_path "
            "ON document_path.document_id = statement.document_id ORDER BY 1 LIMIT 1"
        )[0]
        known = [clue for clue in trace(years.settings, fact).context if clue["is_chosen"]]
        raw = years.settings.raw
        (raw / path).rename(raw / f"2031年预算 {path}")
        try:
            years.run()
            context = trace(years.settings, fact).context
        finally:
            (raw / f"2031年预算 {path}").rename(raw / path)
            years.run()
        assert [clue for clue in context if clue["is_chosen"]] == known
        named = [(c["value"], c["evidence"]) for c in context if c["source"] == "file_name"]
        assert ("2031", f"2031年预算 {path}") in named

    def test_a_figure_leads_to_its_cell(self, years: Installation) -> None:
        fact = years.value(f"SELECT fact_id FROM {BY_ECONOMIC} ORDER BY 1 LIMIT 1")
        found = trace(years.settings, fact)
        assert found.table == BY_ECONOMIC
        assert found.fact["economic_class"] in {"基本工资", "津贴补贴"}
        assert [s["role"] for s in found.sources][:3] == ["amount", "label", "code"]
