"""From a suggestion about two projects to the next night that follows what a person said."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from pipelines.serve.review import accept, reject, review
from schemas.code_lists import code_list
from tests.commands import asked
from tests.conftest import Installation
from tests.printing import BODY, PROMISE, SIDECAR, document, page, row, unit

if TYPE_CHECKING:
    from pathlib import Path

#: Name, amount in 万元, goal, indicator.
Project = tuple[str, int, str, str]
BEFORE: list[Project] = [
    ("污水处理设施运行维护经费", 100, "保障城区污水处理设施稳定运行。", "设施完好率"),
    ("河道清淤", 60, "完成河道清淤二十公里。", "清淤长度"),
    ("植树", 40, "绿化城区。", "植树棵数"),
]
AFTER: list[Project] = [
    ("污水处理设施运营维护", 110, "采购第三方运营服务，达标排放。", "达标率"),
    ("河道清淤（市级）", 35, "市级河道清淤。", "市级长度"),
    ("河道清淤（区级）", 26, "区级河道清淤。", "区级长度"),
    ("植树", 45, "绿化城区。", "植树棵数"),
]


def _book(projects: list[Project]) -> bytes:
    total = sum(amount for _, amount, _, _ in projects)
    rows = [
        row(name, f"{amount}.00", f"{amount}.00", goal=goal,
            indicators=PROMISE.format(name=indicator))
        for name, amount, goal, indicator in projects
    ]  # fmt: skip
    sums = (f"{total}.00", f"{total}.00")
    return document(page(unit("合计", *sums), unit(BODY, *sums), *rows)).encode()


@pytest.fixture
def books(tmp_path: Path) -> Installation:
    """Two years of a body, published, with a directory for answers."""
    (tmp_path / "own").mkdir()
    installation = Installation(tmp_path, tmp_path / "own")
    for year, projects in ((2024, BEFORE), (2025, AFTER)):
        installation.put_with_sidecar(f"{year}.txt", _book(projects), SIDECAR.format(year=year))
    assert installation.run().published
    return installation


STATES = (
    "SELECT coalesce(project_name, project_name_before), state, succession "
    "FROM mart_project_lifecycle WHERE fiscal_year = 2025 ORDER BY ALL"
)


def test_a_suggestion_accepted_counts_from_the_next_night_on(books: Installation) -> None:
    assert sorted(books.rows(STATES)) == [
        ("植树", "continuing", None),
        ("污水处理设施运营维护", "new", None),
        ("污水处理设施运行维护经费", "ended", None),
        ("河道清淤", "ended", None),
        ("河道清淤（区级）", "new", None),
        ("河道清淤（市级）", "new", None),
    ]
    listed = books.rows(
        "SELECT suggestion_id, name_before, name, kind FROM project_suggestion ORDER BY 4, 3"
    )
    assert [told[1:] for told in listed] == [
        ("污水处理设施运行维护经费", "污水处理设施运营维护", "renamed"),
        ("河道清淤", "河道清淤（区级）", "split"),
        ("河道清淤", "河道清淤（市级）", "split"),
    ]
    assert books.rows(
        "SELECT amount_yuan::VARCHAR, amount_before_yuan::VARCHAR, kinds, method "
        "FROM mart_project_lifecycle WHERE project_name = '植树' AND fiscal_year = 2025"
    ) == [("450000.00", "400000.00", "project_performance_targets", "unit_and_name")]
    assert "河道清淤" in asked(books, "review", "--sort", "project").stdout
    shown = review(books.settings, sort="project")
    assert {one.left for one in shown} == {
        f"{BODY} 2024 污水处理设施运行维护经费", f"{BODY} 2024 河道清淤",
    }  # fmt: skip
    accept(books.settings, [one.suggestion_id for one in shown], "对照两年预算文本")
    assert books.settings.config is not None
    with (books.settings.config / "codes" / "project_identities.csv").open(encoding="utf-8") as f:
        assert sorted(r["kind"] for r in csv.DictReader(f)) == ["renamed", "split", "split"]
    assert review(books.settings, sort="project") == []

    assert books.run().published
    assert sorted(books.rows(STATES)) == [
        ("植树", "continuing", None),
        ("污水处理设施运营维护", "renamed", None),
        ("河道清淤", "ended", "split"),
        ("河道清淤（区级）", "new", "split"),
        ("河道清淤（市级）", "new", "split"),
    ]
    (method,) = books.rows("SELECT method FROM project_succession WHERE kind = 'renamed'")
    assert method == ("person",)
    assert books.rows("SELECT count(*) FROM project_suggestion") == [(0,)]


def test_rejecting_leaves_them_two_and_the_list_empty(books: Installation) -> None:
    shown = review(books.settings, sort="project")
    reject(books.settings, [one.suggestion_id for one in shown], "两个项目")
    assert review(books.settings, sort="project") == []
    before = books.rows(STATES)
    books.run()
    assert books.rows(STATES) == before


def test_without_the_list_of_the_year_before_nothing_is_new_or_ended(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    for year, projects in ((2022, BEFORE), (2024, AFTER)):
        installation.put_with_sidecar(f"{year}.txt", _book(projects), SIDECAR.format(year=year))
    installation.run()
    assert installation.rows(
        "SELECT fiscal_year, state, reason, count(*), count(amount_yuan), min(first_fiscal_year) "
        "FROM mart_project_lifecycle GROUP BY ALL ORDER BY ALL"
    ) == [
        (2022, "unknown", "no_list_before", 3, 3, 2022),
        (2024, "unknown", "no_list_before", 4, 4, 2022),
    ]


def test_an_answer_that_matches_nothing_is_said_and_fails_nothing(books: Installation) -> None:
    assert books.settings.config is not None
    path = books.settings.config / "codes" / "project_identities.csv"
    path.parent.mkdir()
    path.write_text(
        "unit,fiscal_year_before,project_before,fiscal_year,project,kind,source\n"
        f"{BODY},2024,植树,2025,植数,different,笔误\n",
        "utf-8",
    )
    code_list.cache_clear()  # a night is a process of its own
    assert books.run().published
    said = f"{path}:2: {BODY} 2024 植树 → 2025 植数 (different): {BODY} 2025 年的项目表中没有此项目"
    assert books.rows("SELECT file_line, waits_for_year, reason FROM project_answer_waiting") == [
        (2, 2025, "project_not_found")
    ]
    for command in (["review"], ["review", "--json"]):
        shown = asked(books, *command)
        assert shown.exit_code == 0
        assert said in shown.stderr.replace("\n", "")
    assert "植数" not in asked(books, "review", "--json").stdout
