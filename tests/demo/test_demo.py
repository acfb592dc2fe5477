"""``make demo`` from documents to answers, held against what is true of the made-up city."""

from __future__ import annotations

import os
import subprocess
from collections import Counter, defaultdict
from contextlib import redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from polars.testing import assert_frame_equal

from pipelines.serve.places import fact_picture
from pipelines.serve.query import query_table
from pipelines.serve.trace import trace
from pipelines.settings import Settings
from schemas.code_lists import code_list
from tests.demo.__main__ import ASKED, ENVIRONMENT, main
from tests.demo.city import bodies, city, marked, years
from tests.demo.corpus import (
    CONTRADICTING,
    REVISED,
    WITHOUT_YEAR,
    WRONG_IN_WORD,
    WRONG_ON_PAPER,
    corpus,
)
from tests.generator.answers import expected
from tests.generator.books.answers import answer
from tests.generator.books.truth import COLUMNS, truth
from tests.questions.answers import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.generator.model import Indicator
    from tests.generator.truth import Rows

pytestmark = pytest.mark.slow

SPENDING, COURSES, TARGETS = ASKED
_QUANTITATIVE = ("number", "frequency", "date", "ratio", "several")


@dataclass(frozen=True)
class Demo:
    """A demo that was made, and what it printed itself."""

    directory: Path
    settings: Settings
    said: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on its published build."""
        with duckdb.connect(str(self.settings.published), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def bodies(self, sql: str) -> set[tuple[Any, ...]]:
        """Rows of a query that begin with a document, with the name of its folder in its place."""
        folder = {document.sha256: document.path.split("/")[0] for document in corpus().documents}
        return {(folder[sha256], *said) for sha256, *said in self.rows(sql)}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo, made as ``make demo`` does."""
    directory = tmp_path_factory.mktemp("made") / "demo"
    with redirect_stdout(StringIO()) as said:
        main([str(directory)])
    settings = Settings(raw=directory / "raw", warehouse=directory / "warehouse")
    return Demo(directory, settings, said.getvalue())


@pytest.fixture(scope="module")
def said() -> dict[str, Rows]:
    """What the warehouse must say of the books."""
    return truth(corpus().books)


def test_eight_bodies_have_budgets_of_five_years_and_final_accounts_of_four(demo: Demo) -> None:
    found = demo.rows("""
        SELECT DISTINCT b.name, fiscal_year, phase
        FROM statement JOIN dim_body b ON b.body_id = reporting_body_id
        WHERE status = 'complete'""")
    names = {body.name for body in bodies()}
    budgets = {(name, year, "budget") for name in names for year in years()}
    accounts = {(name, year, "final_accounts") for name in names for year in years()[:-1]}
    assert (len(names), len(years())) == (8, 5)
    assert set(found) == budgets | accounts


def test_every_body_and_unit_is_published_with_the_mark(demo: Demo) -> None:
    units = {unit.name for body in bodies() for b in body.budgets.values() for unit in b.units}
    assert set(demo.rows("SELECT name FROM dim_body")) == {(name,) for name in units}
    assert all(name.endswith(city()["mark"]) for name in units)
    listed = demo.rows("SELECT DISTINCT region_name FROM mart_fact_coverage")
    assert set(listed) == {("示例市",), ("北区",), ("南区",)}


def test_every_kind_that_feeds_a_fact_is_there_in_three_formats(demo: Demo) -> None:
    kinds = {kind for (kind,) in demo.rows("SELECT DISTINCT kind FROM statement")}
    assert set(code_list("feeding_rules")["kind"]) <= kinds
    facts = {fact for (fact,) in demo.rows("SELECT DISTINCT fact FROM fact_feed")}
    fed = set(code_list("feeding_rules")["fact"])
    assert {fact for fact in fed if fact.startswith("fact_")} == facts
    formats = demo.rows("SELECT DISTINCT media_type FROM dim_document")
    assert len(formats) == 3


@pytest.mark.parametrize("name", ["statement", "version", "item", "finding"])
def test_what_became_of_every_table_of_books(
    name: str, said: dict[str, Rows], demo: Demo
) -> None:  # fmt: skip
    with duckdb.connect(str(demo.settings.published), read_only=True) as connection:
        found = answer(connection, name)
    forms = [form.sha256 for form in corpus().forms]
    of_books = found.filter(~found["sha256"].is_in(forms))
    assert_frame_equal(of_books, expected(said[name], of_books))
    if name == "statement":
        assert len(found) - len(of_books) == len(forms)


def test_only_the_faults_made_on_purpose_wait_are_found_or_have_versions(demo: Demo) -> None:
    assert demo.bodies("SELECT DISTINCT document_id, rule_id FROM quarantine_item") == {
        (WRONG_IN_WORD.body, "identity_broken"),
        (WITHOUT_YEAR.body, "context_missing"),
    }
    found = (
        "SELECT document_id, rule_id, fiscal_year FROM finding JOIN statement USING (statement_id)"
    )
    assert demo.bodies(found) == {
        (WRONG_ON_PAPER.body, "identity_broken", WRONG_ON_PAPER.fiscal_year),
        (CONTRADICTING.body, "tables_disagree", CONTRADICTING.fiscal_year),
    }
    revised = """
        SELECT document_id, fiscal_year, reason
        FROM statement_version JOIN statement USING (document_id, statement_key_id)
        WHERE version_no > 1"""
    assert demo.bodies(revised) == {(REVISED.body, REVISED.fiscal_year, "publisher_revision")}


@pytest.mark.parametrize("name", ["amount", "funding", "procurement"])
def test_the_money_of_facts_is_what_is_printed(
    name: str, said: dict[str, Rows], demo: Demo
) -> None:
    with duckdb.connect(str(demo.settings.published), read_only=True) as connection:
        found = answer(connection, name)
    assert said[name]
    assert_frame_equal(found, expected(said[name], found))


def test_the_values_of_targets_are_what_is_printed(demo: Demo) -> None:
    found = demo.rows("""
        SELECT s.document_id, l.name, i.name, p.raw_text, p.kind, p.clause_count
        FROM performance_value p JOIN performance_indicator i USING (indicator_id)
        JOIN statement s ON s.statement_id = p.statement_id
        LEFT JOIN project_line l ON l.project_line_id = i.project_line_id""")
    promised = [
        (sha256, project, one.name, value.text, value.kind, len(value.clauses))
        for sha256, *_, project, one in _promised()
        if (value := one.annual) is not None
    ]
    assert Counter(found) == Counter(promised)
    (clauses,) = demo.rows("SELECT count(*) FROM fact_performance_target")
    assert clauses == (sum(count for *_, count in promised),)


def test_the_answer_about_spending_is_exact(demo: Demo, said: dict[str, Rows]) -> None:
    columns = COLUMNS["amount"]
    spent: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for row in said["amount"]:
        told = dict(zip(columns, row, strict=True))
        if told["fact"] == "fact_expenditure_by_function":
            spent[told["body"], told["fiscal_year"], told["phase"]] += Decimal(told["yuan"])
    in_city = [body.name for body in bodies() if "区" not in body.name]
    (asked,) = SPENDING.bodies
    body = marked(asked)
    rows = []
    for (name, year, phase), yuan in spent.items():
        if name == body:
            before = spent.get((body, year - 1, phase))
            whole = sum(spent[one, year, phase] for one in in_city)
            change = yuan - before if before is not None else None
            rows.append((year, phase, yuan, before, change, float(yuan / whole)))
    assert _answered(demo, SPENDING.sql()) == in_order(rows)
    assert len(rows) == 2 * len(years()) - 1


def test_the_answer_about_what_became_of_projects_is_exact(
    demo: Demo, said: dict[str, Rows]
) -> None:
    (asked,) = COURSES.bodies
    body = next(one for one in city()["bodies"] if one["name"] == asked)
    printed: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in said["funding"]:
        told = dict(zip(COLUMNS["funding"], row, strict=True))
        if told["body"] == marked(asked):
            printed[told["project"], told["fiscal_year"]] += Decimal(told["yuan"])
    courses: dict[tuple[int, str], list[Any]] = {}
    for year in COURSES.years:
        for project in body["projects"]:
            before, now = _name(project, year - 1), _name(project, year)
            if before is None and now is None:
                continue
            state = _state(before, now)
            course = courses.setdefault((year, state), [0, None, None])
            course[0] += 1
            for at, name, of_year in ((1, now, year), (2, before, year - 1)):
                if name is not None:
                    course[at] = (course[at] or 0) + printed[name, of_year]
    found = [(*key, *course) for key, course in courses.items()]
    assert _answered(demo, COURSES.sql()) == in_order(found)
    assert {state for _, state in courses} == {"continuing", "renamed", "new", "ended"}


def _name(project: dict[str, Any], year: int) -> str | None:
    """What a project is called in a year; nothing if it has no money."""
    first, last = project.get("years", (0, 9999))
    names = [name for since, name in project.get("renamed", {}).items() if int(since) <= year]
    return [project["name"], *names][-1] if first <= year <= last else None


def _state(before: str | None, now: str | None) -> str:
    if before is None or now is None:
        return "new" if before is None else "ended"
    return "continuing" if before == now else "renamed"


def test_the_answer_about_targets_is_exact(demo: Demo) -> None:
    counted: dict[tuple[str, str], list[int]] = {}
    for _, body, year, horizon, _, one in _promised():
        if year not in TARGETS.years or not any(name in body for name in TARGETS.bodies):
            continue
        assert one.annual is not None
        row = counted.setdefault((body, horizon), [0, 0])
        row[0] += one.annual.kind in _QUANTITATIVE
        row[1] += one.annual.kind == "qualitative"
    rows = [(*key, *row) for key, row in counted.items()]
    assert _answered(demo, TARGETS.sql()) == in_order(rows)
    assert len(rows) == 4


def _promised() -> Iterator[tuple[str, str, int, str, str | None, Indicator]]:
    """Document, body, year, horizon and project of each published indicator, and it itself."""
    for book in corpus().books:
        for sheet, fate in zip(book.book.sheets, book.fates, strict=True):
            if sheet.kind == "project_performance_targets" and not fate.is_withheld:
                of = (book.sha256, sheet.budget.body, sheet.budget.fiscal_year, "annual")
                for line in sheet.lines[0]:
                    if line.project is not None:
                        yield from ((*of, line.label, one) for one in line.project.indicators)
    for form in corpus().forms:
        promised = (form.sha256, form.body, form.fiscal_year, "unstated", form.project)
        yield from ((*promised, one) for one in form.indicators)


def _answered(demo: Demo, sql: str) -> list[tuple[Any, ...]]:
    return in_order(tuple(row) for row in query_table(demo.settings, sql).rows)


def test_a_figure_of_a_pdf_is_shown_on_its_page(demo: Demo) -> None:
    """With all that it rests on: what it is called, and in what it is measured."""
    fact_id = demo.rows(f"""
        SELECT fact_id FROM fact_three_public JOIN dim_body ON body_id = reporting_body_id
        WHERE name = '{WRONG_ON_PAPER.body}' AND fiscal_year = {WRONG_ON_PAPER.fiscal_year}
            AND three_public_id = 'reception'""")[0][0]
    shown = fact_picture(demo.settings, trace(demo.settings, fact_id), dpi=72)
    assert shown.png.startswith(b"\x89PNG")
    assert [frame.en for frame in shown.pages[0].frames] == ["amount", "label", "unit of measure"]


def test_it_says_what_it_asked_where_the_report_is_and_how_to_go_on(demo: Demo) -> None:
    for asked in ASKED:
        assert f"$ {asked.command()}\n" in demo.said
    assert demo.settings.report.is_file()
    assert str(demo.settings.report) in demo.said
    here = {name: value for name, value in os.environ.items() if not name.startswith("YUSUAN_")}
    sql = "SELECT count(DISTINCT reporting_body_id) AS n FROM statement"
    command = f". ./{ENVIRONMENT} && yusuan query --format csv '{sql}'"
    counted = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=demo.directory, env=here, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert counted.stdout == "n\n8\n"
