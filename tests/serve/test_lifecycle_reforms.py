"""What became of projects where their units were reformed between two years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.serve.compare import compare
from tests.conftest import Installation
from tests.printing import PROMISE, SIDECAR, document, page, row, unit

if TYPE_CHECKING:
    from pathlib import Path

#: Name, amount in 万元, what is promised.
Project = tuple[str, int, str]
STATES = """
SELECT spending_unit_name, coalesce(project_name, project_name_before), state, reason,
    (amount_before_yuan / 10000)::INTEGER, b.name
FROM mart_project_lifecycle l JOIN dim_body b ON b.body_id = l.reporting_body_id
WHERE fiscal_year = 2025 ORDER BY ALL
"""


class Books:
    """Books of departments, and reforms between them."""

    def __init__(self, root: Path) -> None:
        (root / "own" / "codes").mkdir(parents=True)
        self.installation = Installation(root, root / "own")

    def book(self, year: int, department: str, **units: list[Project]) -> None:
        """A department's book of a year; amounts are in 万元."""
        total = sum(amount for projects in units.values() for _, amount, _ in projects)
        rows = [unit("合计", f"{total}.00", f"{total}.00")]
        for name, projects in units.items():
            of_unit = f"{sum(amount for _, amount, _ in projects)}.00"
            rows.append(unit(name, of_unit, of_unit))
            rows += [
                row(project, f"{amount}.00", f"{amount}.00", goal=f"完成{what}的全部任务。",
                    indicators=PROMISE.format(name=f"{what}次数"))
                for project, amount, what in projects
            ]  # fmt: skip
        text = document(page(*rows, body=f"{department}（部门）"))
        self.installation.put_with_sidecar(
            f"{year}/{department}.txt", text.encode(), SIDECAR.format(year=year)
        )

    def reformed(self, *rows: str) -> list[tuple[object, ...]]:
        """Publish with these rows of ``body_succession``; what became of projects in 2025."""
        config = self.installation.settings.config
        assert config is not None
        text = "predecessor,successor,kind,effective_on,source\n" + "".join(
            f"{told},测试\n" for told in rows
        )
        (config / "codes" / "body_succession.csv").write_text(text, "utf-8")
        assert self.installation.run().published
        return self.installation.rows(STATES)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Nothing yet."""
    return Books(tmp_path)


OLD, NEW = "示例市林业局", "示例市园林局"


def test_a_renamed_department_goes_on_with_its_projects(books: Books) -> None:
    before: list[Project] = [("植树", 10, "植树"), ("治沙", 20, "治沙"), ("防火", 5, "防火")]
    after: list[Project] = [("植树", 11, "植树"), ("荒漠整治", 22, "治沙"), ("育苗", 1, "育苗")]
    books.book(2024, OLD, **{OLD: before, "示例市林场": [("护林", 3, "护林")]})
    books.book(2025, NEW, **{NEW: after, "示例市林场": [("护林", 4, "护林")]})
    assert books.reformed(f"{OLD},{NEW},renamed,2024-12-01") == [
        (NEW, "植树", "continuing", None, 10, NEW),
        (NEW, "育苗", "new", None, None, NEW),
        (NEW, "荒漠整治", "renamed", None, 20, NEW),
        (NEW, "防火", "ended", None, 5, NEW),
        ("示例市林场", "护林", "continuing", None, 3, NEW),
    ]
    installation = books.installation
    assert installation.rows(
        "SELECT method, count(*) FROM bridge_project_identity GROUP BY ALL ORDER BY ALL"
    ) == [("content_over_years", 1), ("renamed_unit_and_name", 1), ("unit_and_name", 6)]
    assert installation.rows(
        "SELECT b.name, p.name, g.kind, g.steps, g.is_first FROM body_lineage g "
        "JOIN dim_body b USING (body_id) JOIN dim_body p ON p.body_id = g.predecessor_body_id"
    ) == [(NEW, OLD, "renamed", 1, True)]
    for by, name in (("project", "植树"), ("indicator", "植树次数")):
        found = compare(installation.settings, by=by)
        (line,) = [line for line in found.lines if name in line[2]]
        there = found.cells if by == "project" else found.texts
        assert {place[2][0] for place in there if place[:2] == line[:2]} == {2024, 2025}


def test_without_the_reform_all_of_it_is_unknown(books: Books) -> None:
    books.book(2024, OLD, **{OLD: [("植树", 10, "植树")]})
    books.book(2025, NEW, **{NEW: [("植树", 11, "植树")]})
    unknown = [(NEW, "植树", "unknown", "no_list_before", None, NEW)]
    assert books.reformed() == unknown


def test_a_reform_of_another_year_says_nothing(books: Books) -> None:
    books.book(2024, OLD, **{OLD: [("植树", 10, "植树")]})
    books.book(2025, NEW, **{NEW: [("植树", 11, "植树")]})
    unknown = [(NEW, "植树", "unknown", "no_list_before", None, NEW)]
    assert books.reformed(f"{OLD},{NEW},renamed,2020-01-01") == unknown


DEPARTMENT, FIRST, SECOND, BOTH = "示例市农业局", "示例市农机站", "示例市种子站", "示例市农技中心"
MERGED = [f"{FIRST},{BOTH},merged,2024-12-01", f"{SECOND},{BOTH},merged,2024-12-01"]
OF_FIRST: list[Project] = [("农机推广", 10, "农机"), ("综合业务费", 6, "运转"), ("年检", 2, "年检")]
OF_SECOND: list[Project] = [("良种繁育", 20, "良种"), ("综合业务费", 4, "日常")]
OF_BOTH: list[Project] = [
    ("农机推广", 11, "农机"), ("育种", 21, "良种"), ("综合业务费", 9, "保障"), ("培训", 1, "培训"),
]  # fmt: skip


def test_what_two_merged_units_had_is_the_list_before(books: Books) -> None:
    books.book(2024, DEPARTMENT, **{FIRST: OF_FIRST, SECOND: OF_SECOND})
    books.book(2025, DEPARTMENT, **{BOTH: OF_BOTH})
    same = (None, "same_name_over_merger")
    assert books.reformed(*MERGED) == [
        (BOTH, "农机推广", "continuing", None, 10, DEPARTMENT),
        (BOTH, "培训", "new", None, None, DEPARTMENT),
        (BOTH, "年检", "ended", None, 2, DEPARTMENT),
        (BOTH, "综合业务费", "unknown", same[1], 4, DEPARTMENT),
        (BOTH, "综合业务费", "unknown", same[1], 6, DEPARTMENT),
        (BOTH, "综合业务费", "unknown", same[1], None, DEPARTMENT),
        (BOTH, "育种", "renamed", None, 20, DEPARTMENT),
    ]
    assert books.installation.rows(
        "SELECT spending_unit_name, name_before, name, kind, score FROM project_suggestion "
        "ORDER BY ALL"
    ) == [
        (FIRST, "综合业务费", "综合业务费", "merged", 0.889),
        (SECOND, "综合业务费", "综合业务费", "merged", 0.889),
    ]


def test_if_one_of_their_lists_is_missing_nothing_is_new_or_ended(books: Books) -> None:
    books.book(2024, DEPARTMENT, **{FIRST: OF_FIRST})
    books.book(2025, DEPARTMENT, **{BOTH: OF_BOTH})
    found = books.reformed(*MERGED)
    assert {(state, reason) for _, _, state, reason, _, _ in found} == {
        ("unknown", "predecessors_unclear")
    }
    assert len(found) == len(OF_FIRST) + len(OF_BOTH)


def test_a_unit_that_took_over_another_has_two_lists_before(books: Books) -> None:
    books.book(2024, DEPARTMENT, **{FIRST: OF_FIRST, BOTH: [("良种繁育", 20, "良种")]})
    books.book(2025, DEPARTMENT, **{BOTH: [("农机推广", 11, "农机"), ("良种繁育", 21, "良种")]})
    absorbed = f"{FIRST},{BOTH},absorbed,2024-12-01"
    assert books.reformed(absorbed) == [
        (BOTH, "农机推广", "continuing", None, 10, DEPARTMENT),
        (BOTH, "年检", "ended", None, 2, DEPARTMENT),
        (BOTH, "综合业务费", "ended", None, 6, DEPARTMENT),
        (BOTH, "良种繁育", "continuing", None, 20, DEPARTMENT),
    ]


def test_a_unit_of_another_department_is_the_same_unit(books: Books) -> None:
    books.book(2024, DEPARTMENT, **{FIRST: [("农机推广", 10, "农机"), ("年检", 2, "年检")]})
    books.book(2025, OLD, **{FIRST: [("农机推广", 12, "农机")]})
    assert books.reformed() == [
        (FIRST, "农机推广", "continuing", None, 10, OLD),
        (FIRST, "年检", "ended", None, 2, OLD),
    ]
