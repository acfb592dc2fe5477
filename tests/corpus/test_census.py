"""The whole corpus through one night, held against what its pages print.

The census (``tests/corpus_tables.csv``), what each document is about (``contexts.toml``), sums that
miss in print (``broken_in_print.toml``) and figures (``facts_by_eye.toml``) were read from rendered
pages by eye; ``python -m tests.corpus.census`` prints the shares.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.serve.compare import compare
from pipelines.serve.review import review
from tests.corpus import CORPUS
from tests.corpus.outcome import (
    CONTEXTS,
    EXPLAINED,
    NOT_BUDGET,
    YUAN,
    Outcome,
    budget_tables,
    census,
    documents,
    other_contexts,
    outcome,
    take_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Installation

FINDINGS = Path(__file__).resolve().parents[2] / "docs" / "findings.md"
_EYE = tomllib.loads(Path(__file__).with_name("facts_by_eye.toml").read_text("utf-8"))
FIGURES: list[dict[str, Any]] = _EYE["figures"]
#: Fact and columns that tell one figure, by what a comparison asks for.
ASKED = {
    "function": ("fact_expenditure_by_function", {"type": "expenditure_type_id"}),
    "type": ("fact_expenditure_by_type", {"type": "expenditure_type_id"}),
    "appropriation": ("fact_appropriation_by_function", {"fund": "fund_source_id"}),
    "economic": (
        "fact_expenditure_by_economic",
        {"type": "expenditure_type_id", "fund": "fund_source_id"},
    ),
    "three_public": ("fact_three_public", {"item": "three_public_id", "fund": "fund_source_id"}),
    "project": ("fact_project_funding", {"fund": "fund_source_id"}),
}


#: Names are published in brackets of full width.
_WIDE = str.maketrans("()", "（）")
#: What a comparison is by, and its line of a figure.
COMPARED: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {
    "function": ("function", lambda f: f["code"]),
    "type": ("type", lambda f: f["type"]),
    "economic": ("economic", lambda f: " ".join((f["code"], f["type"], f["fund"]))),
    "three_public": ("three-public", lambda f: f["item"]),
    "project": (
        "project",
        lambda f: " · ".join((f["unit"].translate(_WIDE), f["row"].translate(_WIDE))),
    ),
}
#: By classes a comparison is of whole 类: sums of rounded figures; in yuan.
ROUNDED = dict.fromkeys(COMPARED, 0) | {"function": 1_000, "economic": 1_500}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    if not documents():
        pytest.skip(f"no corpus at {CORPUS}: its tables are not held against the census")
    return take_in(tmp_path_factory.mktemp("census"), documents().values())


@pytest.fixture(scope="module")
def found(night: Installation) -> Outcome:
    return outcome(night)


def test_the_census_is_of_the_whole_corpus() -> None:
    if not documents():
        pytest.skip(f"no corpus at {CORPUS}: the census is held against none of its files")
    of_tables = set(census()["document_id"])
    assert of_tables <= set(documents())
    traps = set(census().filter(place="traps")["document_id"])
    assert set(documents()) - traps == set(CONTEXTS)
    assert of_tables - traps <= set(CONTEXTS)


def test_the_census_has_every_place() -> None:
    places = Counter(budget_tables()["place"])
    assert places == {
        "guangzhou": 93, "jiangsu": 84, "shanghai": 58, "xian": 52, "yantai": 32, "shenzhen": 24,
        "fuzhou": 18, "beijing": 13, "chongqing": 13, "changchun": 11, "hangzhou": 11,
        "changsha": 10,
    }  # fmt: skip


@pytest.mark.slow
def test_every_table_is_recognised_or_waits_by_a_rule(found: Outcome) -> None:
    assert found.recognised.height >= 0.95 * found.tables.height
    missed = found.tables.filter(
        pl.col("statement_id").is_null() & (pl.col("rules").list.len() == 0)
    )
    assert missed.select("document_id", "first_page", "title").rows() == []
    silent = found.recognised.filter(~pl.col("is_complete") & (pl.col("rules").list.len() == 0))
    assert silent.select("document_id", "first_page", "title").rows() == []


@pytest.mark.slow
def test_nothing_else_is_taken_for_a_budget_table(found: Outcome) -> None:
    assert census().filter(pl.col("kind") == NOT_BUDGET).height == 20
    assert found.beside.select("document_id", "first_page", "kind").rows() == []


@pytest.mark.slow
def test_a_table_ends_where_its_print_ends(found: Outcome) -> None:
    short = found.recognised.filter(
        (pl.col("seen_last_page") != pl.col("last_page")) & pl.col("is_complete")
    )
    assert short.select("document_id", "first_page", "last_page", "seen_last_page").rows() == []


@pytest.mark.slow
def test_what_a_table_is_about_is_what_it_prints(found: Outcome) -> None:
    """Body, year, phase, whose book, unit of money: not one is another."""
    assert other_contexts(found).rows() == []


@pytest.mark.slow
def test_totals_hold_within_the_envelope(found: Outcome) -> None:
    """All but those that the paper itself misses, in tables that docs/findings.md shows."""
    told = found.recognised.filter(pl.col("total").is_not_null())
    assert told.height >= 350
    tables_missed = {
        row["statement_id"]
        for row in found.doubted.filter(statement_count=1).to_dicts()
        if (row["document_id"][:4], row["identity_id"], row["place"]) in EXPLAINED
    }
    rest = told.filter(~pl.col("statement_id").is_in(tables_missed))
    assert told.height - rest.height <= 0.02 * told.height
    assert rest.filter("holds").height >= 0.99 * rest.height


@pytest.mark.slow
def test_what_does_not_hold_is_explained(found: Outcome) -> None:
    """Within tables and across them: exactly what docs/findings.md shows."""
    doubted = found.doubted.select(pl.col("document_id").str.slice(0, 4), "identity_id", "place")
    assert set(doubted.rows()) == set(EXPLAINED)


def test_what_is_explained_stands_in_the_findings() -> None:
    sections = re.findall(r"^## (\d+)\. ", FINDINGS.read_text("utf-8"), re.MULTILINE)
    assert sections == [str(number + 1) for number in range(len(sections))]
    assert {str(section) for section in EXPLAINED.values()} <= set(sections)


@pytest.mark.slow
def test_the_printed_total_is_the_root_of_both_axes(night: Installation, found: Outcome) -> None:
    roots = night.rows(
        "SELECT statement_id, amount_yuan FROM printed_amount WHERE row_parent IS NULL "
        "AND column_parent IS NULL AND period IS DISTINCT FROM 'last_year'"
    )
    told = found.recognised.filter(pl.col("total").is_not_null())
    lacking = [
        (document, page, kind, total)
        for document, page, kind, total, unit, statement in told.select(
            "document_id", "first_page", "kind", "total", "unit", "statement_id"
        ).iter_rows()
        if (statement, Decimal(total.replace(",", "")) * YUAN[unit]) not in set(roots)
    ]
    assert lacking == []


@pytest.mark.slow
def test_one_content_in_two_files_is_one_statement_with_two_documents(
    found: Outcome, night: Installation
) -> None:
    twice = found.recognised.filter(
        (pl.col("body") == "江苏省人民检察院") & (pl.col("fiscal_year") == "2018")
    )
    assert twice.height == 24
    by_key = twice.group_by("statement_key_id").agg(pl.col("document_id").n_unique())
    assert by_key["document_id"].to_list() == [2] * 12
    versions = night.rows(
        "SELECT statement_key_id, count(*), count(*) FILTER (is_current) FROM statement_version "
        "GROUP BY 1"
    )
    of_both = [row for row in versions if row[0] in set(by_key["statement_key_id"])]
    assert len(of_both) == 12
    assert {row[1:] for row in of_both} == {(1, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("by", ASKED)
def test_figures_read_by_eye_are_published(by: str, night: Installation) -> None:
    """The sum of a figure's facts: exactly, or of a whole class within the rounding envelope."""
    asked = [figure for figure in FIGURES if figure["by"] == by]
    assert len(asked) >= 6
    other = []
    for figure in asked:
        ((count, total),) = night.rows(_facts_of(figure))
        slack = 0 if count == 1 else (count + 1) * 10_000 // 200
        if not count or abs(total - Decimal(figure["yuan"])) > slack:
            other.append((figure["document"], figure["page"], figure["row"], count, total))
    assert other == []


def _facts_of(figure: dict[str, Any]) -> str:
    """The query of how many facts a figure has, and their sum."""
    fact, columns = ASKED[figure["by"]]
    context = _context(figure)
    tables = f"{fact} f JOIN dim_body b ON b.body_id = f.reporting_body_id"
    where = [
        f"b.name = '{context['body']}'",
        f"f.fiscal_year = {context['fiscal_year']}",
        f"f.phase = '{context['phase']}'",
    ]
    where += [f"{column} = '{figure[key]}'" for key, column in columns.items() if key in figure]
    if "code" in figure:
        axis = "economic_class_id" if figure["by"] == "economic" else "function_class_id"
        where.append(f"starts_with({axis}, '{figure['code']}')")
    if figure["by"] == "project":
        tables += (
            " JOIN dim_body u ON u.body_id = f.spending_unit_id"
            " JOIN project_line p ON p.project_line_id = f.project_line_id"
        )
        where += [_same("p.name", figure["row"]), _same("u.name", figure["unit"])]
    return f"SELECT count(*), sum(amount_yuan) FROM {tables} WHERE {' AND '.join(where)}"


def _same(column: str, printed: str) -> str:
    """Whether a name is the printed one, in brackets of either width."""
    return f"translate({column}, '()', '（）') = translate('{printed}', '()', '（）')"


@pytest.mark.slow
@pytest.mark.parametrize("by", COMPARED)
def test_a_comparison_gives_figures_read_by_eye(by: str, night: Installation) -> None:
    """Bodies of one place over the years: a line by what is asked for, over all of its funds."""
    asked: dict[tuple[str, str, int], Decimal] = {}
    for figure in FIGURES:
        if figure["by"] == by and len(figure.get("code", "")) <= 3:
            context = _context(figure)
            body, year = context["body"], context["fiscal_year"]
            line = COMPARED[by][1](figure)
            asked[body, line, year] = asked.get((body, line, year), Decimal(0)) + Decimal(
                figure["yuan"]
            )
    told = compare(night.settings, by=COMPARED[by][0], phase="budget")
    names = {(body, line): name for body, line, name in told.lines}
    cells = {
        (body, names[body, line] if by == "project" else line, year): amount
        for (body, line, (year, _)), amount in told.cells.items()
    }
    assert len(asked) >= 10
    assert {key[0] for key in asked} <= {body for body, _, _ in told.lines}
    assert [
        (key, amount, cells.get(key))
        for key, amount in asked.items()
        if key not in cells or abs(cells[key] - amount) > ROUNDED[by]
    ] == []


def _context(figure: dict[str, Any]) -> dict[str, Any]:
    """What the document of a figure is about."""
    return CONTEXTS[_EYE["documents"][figure["document"]]]


@pytest.mark.slow
def test_bodies_have_regions_and_departments(night: Installation) -> None:
    """Of all but a college that stands alone, whose name begins with no region in full.

    Departments have as many units as the prose of their books lists, themselves left out.
    """
    assert night.rows("SELECT name FROM dim_body WHERE region_id IS NULL") == [
        ("上海交通职业技术学院",)
    ]
    units = night.rows(
        "SELECT p.name, count(*) FROM dim_body b JOIN dim_body p ON p.body_id = b.parent_body_id "
        "WHERE p.region_id = '440100' GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 3"
    )
    assert units == [("广州市卫生健康委员会", 23), ("广州市民政局", 18), ("广州市司法局", 17)]


@pytest.mark.slow
def test_names_that_are_alike_are_asked_of_a_person(night: Installation) -> None:
    """A name that a table cuts off is one; hospitals and stations side by side are none."""
    asked = review(night.settings, sort="body_name")
    assert [(found.left, found.right) for found in asked] == [
        ("中共西安市委宣传", "中共西安市委宣传部")
    ]
