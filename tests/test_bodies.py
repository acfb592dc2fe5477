"""Bodies over documents, years and reforms; what a person accepts counts from the next night on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.fingerprints import fingerprints
from pipelines.serve.review import accept, reject, review
from schemas.code_lists import code_list
from tests.printing import document, page, project, unit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation

BEFORE, AFTER = "广州市黄埔区环境保护局", "广州市黄埔区生态环境局"
STATION = "广州市黄埔区环境监测站"
SIDECAR = """
sha256 = ""

[fiscal_year]
value = {year}
why = "for the test"

[phase]
value = "budget"
why = "for the test"
"""
_LINES = """
SELECT n.name, p.name, s.name, l.name FROM dim_body n
LEFT JOIN dim_body p ON p.body_id = n.parent_body_id
LEFT JOIN dim_body s ON s.body_id = n.successor_body_id
JOIN dim_body l ON l.body_id = n.latest_body_id
ORDER BY n.name
"""


def book(department: str, *units: str) -> str:
    """A department's table: each unit with a project of 10 万元."""
    total = f"{10 * len(units)}.00"
    rows = [unit("合计", total, total)]
    for name in units:
        rows += [unit(name, "10.00", "10.00"), project("监测", "10.00", "10.00")]
    return document(page(*rows, body=f"{department}（部门）"))


def put(installation: Installation, year: int, text: str) -> None:
    installation.put_with_sidecar(f"{year}.txt", text.encode(), SIDECAR.format(year=year))


def lines(installation: Installation) -> dict[str, list[Any]]:
    """Name → parent, successor, body of today."""
    return {name: rest for name, *rest in installation.rows(_LINES)}


@pytest.fixture
def reformed(installation: Installation, tmp_path: Path) -> Installation:
    """A department before and after a reform, its station printed in two ways."""
    put(installation, 2018, book("黄埔区环境保护局", "黄埔区环境保护局", "黄埔区环境监测站"))
    put(installation, 2019, book(AFTER, AFTER, STATION))
    config = tmp_path / "config"
    config.mkdir()
    installation.settings = replace(installation.settings, config=config)
    assert installation.run().published
    return installation


def test_one_body_over_spellings_with_its_region_and_departments(reformed: Installation) -> None:
    assert lines(reformed) == {
        BEFORE: [None, None, BEFORE],
        AFTER: [None, None, AFTER],
        STATION: [AFTER, None, STATION],
    }
    assert reformed.rows("SELECT DISTINCT region_id FROM dim_body") == [("440112",)]
    assert reformed.rows(
        "SELECT p.name, first_year, last_year, statements FROM body_parent b "
        "JOIN dim_body p ON p.body_id = b.parent_body_id ORDER BY first_year"
    ) == [(BEFORE, 2018, 2018, 1), (AFTER, 2019, 2019, 1)]
    assert reformed.rows(
        "SELECT spelling, name, method, statements FROM body_alias JOIN dim_body USING (body_id) "
        "ORDER BY spelling"
    ) == [
        (STATION, STATION, "printed", 1),
        (AFTER, AFTER, "printed", 1),
        ("黄埔区环境保护局", BEFORE, "region_rule", 1),
        ("黄埔区环境监测站", STATION, "region_rule", 1),
    ]
    assert reformed.value("SELECT count(DISTINCT project_id) FROM dim_project") == 3


def test_a_reform_is_suggested_and_followed_once_accepted(reformed: Installation) -> None:
    (found,) = review(reformed.settings, sort="body_succession")
    assert (found.left, found.right, found.score) == (BEFORE, AFTER, 0.95)
    assert found.row == {
        "predecessor": BEFORE, "successor": AFTER, "kind": "renamed", "effective_on": None,
    }  # fmt: skip
    assert "环境保护局 → 生态环境局" in found.evidence
    assert "(2018–2018)" in found.evidence
    prints = fingerprints(reformed.settings.config)
    ((_, path),) = accept(reformed.settings, [found.suggestion_id], "挂牌公告")
    now = fingerprints(reformed.settings.config)
    assert {stage for stage in prints if prints[stage] != now[stage]} == {"build"}
    path.write_text(path.read_text("utf-8").replace(",renamed,,", ",renamed,2019-01-10,"), "utf-8")
    assert lines(reformed)[BEFORE] == [None, None, BEFORE], "not before the next night"
    assert reformed.run().published
    assert lines(reformed)[BEFORE] == [None, AFTER, AFTER]
    assert reformed.rows(
        "SELECT name, valid_from::VARCHAR, valid_to::VARCHAR FROM dim_body "
        "WHERE coalesce(valid_from, valid_to) IS NOT NULL ORDER BY name"
    ) == [(BEFORE, None, "2019-01-09"), (AFTER, "2019-01-10", None)]
    assert reformed.rows(
        "SELECT l.name, sum(amount_yuan)::INTEGER FROM fact_project_funding f "
        "JOIN dim_body b ON b.body_id = f.reporting_body_id "
        "JOIN dim_body l ON l.body_id = b.latest_body_id GROUP BY ALL"
    ) == [(AFTER, 400_000)]
    assert "挂牌公告" in reformed.value("SELECT source FROM body_succession")
    assert review(reformed.settings, sort="body_succession") == []


def test_a_spelling_is_suggested_and_one_body_once_accepted(reformed: Installation) -> None:
    typo = "广州市黄埔区生态和环境局"
    put(reformed, 2020, book(typo, typo, STATION))
    put(reformed, 2021, book(AFTER, AFTER, STATION, "黄埔区环境宣教中心"))
    reformed.run()
    (found,) = review(reformed.settings, sort="body_name")
    assert (found.left, found.right) == (typo, AFTER)
    assert typo in lines(reformed)
    accept(reformed.settings, [found.suggestion_id], "笔误")
    assert reformed.run().published
    assert typo not in lines(reformed)
    assert reformed.rows(
        "SELECT fiscal_year, b.name, count(*) FROM fact_project_funding f "
        "JOIN dim_body b ON b.body_id = f.reporting_body_id GROUP BY ALL ORDER BY 1"
    ) == [(2018, BEFORE, 2), (2019, AFTER, 2), (2020, AFTER, 2), (2021, AFTER, 3)]
    assert reformed.rows(
        "SELECT closed_reason, count(*) FROM statement_version GROUP BY ALL ORDER BY ALL"
    ) == [("reread", 1), (None, 4)]
    ((method, source),) = reformed.rows(
        f"SELECT method, source FROM body_alias WHERE spelling = '{typo}'"
    )
    assert (method, source.split(" ")[0]) == ("accepted", "笔误")


def test_a_rejected_suggestion_is_no_news(reformed: Installation) -> None:
    (found,) = review(reformed.settings, sort="body_succession")
    prints = fingerprints(reformed.settings.config)
    reject(reformed.settings, [found.suggestion_id], "两个机构")
    assert review(reformed.settings, sort="body_succession") == []
    assert fingerprints(reformed.settings.config) == prints
    assert not reformed.run().published


@pytest.mark.slow
def test_reforms_split_and_merge_over_bodies_that_print_nothing(
    reformed: Installation, tmp_path: Path
) -> None:
    codes = tmp_path / "config" / "codes"
    codes.mkdir()
    (codes / "body_succession.csv").write_text(
        "predecessor,successor,kind,effective_on,source\n"
        f"{BEFORE},黄埔区甲局,merged,2019-01-01,one\n"
        "黄埔区乙局,黄埔区甲局,merged,2019-01-01,two\n"
        f"黄埔区甲局,{AFTER},renamed,2019-06-01,three\n"
        f"{AFTER},黄埔区丙局,split,2024-01-01,four\n"
        f"{AFTER},黄埔区丁局,split,2024-01-01,five\n"
        "示例市戊局,示例市己局,renamed,2024-01-01,no book names these\n",
        "utf-8",
    )
    code_list.cache_clear()  # a night is a process of its own
    assert reformed.run().published
    first, second = "广州市黄埔区甲局", "广州市黄埔区乙局"
    third, fourth = "广州市黄埔区丙局", "广州市黄埔区丁局"
    assert lines(reformed) == {
        BEFORE: [None, first, AFTER],
        second: [None, first, AFTER],
        first: [None, AFTER, AFTER],
        AFTER: [None, None, AFTER],
        STATION: [AFTER, None, STATION],
        third: [None, None, third],
        fourth: [None, None, fourth],
    }
    assert reformed.value("SELECT count(*) FROM body_succession") == 5


def test_a_former_name_in_print_tells_what_a_body_was(installation: Installation) -> None:
    printed = f"{AFTER}（原黄埔区环境保护局）"
    put(installation, 2019, book(printed, printed))
    installation.run()
    assert lines(installation) == {BEFORE: [None, AFTER, AFTER], AFTER: [None, None, AFTER]}
    assert installation.rows("SELECT kind, effective_on, source FROM body_succession") == [
        ("renamed", None, f"表中印作 / printed as: {printed}")
    ]


@pytest.mark.slow
def test_units_named_as_the_office_are_the_department_and_a_circle_leads_nowhere(
    installation: Installation, tmp_path: Path
) -> None:
    codes = tmp_path / "config" / "codes"
    codes.mkdir(parents=True)
    (codes / "body_succession.csv").write_text(
        "predecessor,successor,kind,effective_on,source\n"
        f"{BEFORE},{AFTER},renamed,,one\n{AFTER},{BEFORE},renamed,,two\n",
        "utf-8",
    )
    installation.settings = replace(installation.settings, config=tmp_path / "config")
    put(installation, 2019, book(AFTER, "局机关", STATION))
    assert installation.run().published
    assert lines(installation) == {
        AFTER: [None, BEFORE, AFTER],
        BEFORE: [None, AFTER, BEFORE],
        STATION: [AFTER, None, STATION],
    }
