"""What an operator sees of a morning, in the real interface and a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pipelines.assets.groups import DOCUMENTS, FACTS, MARTS, PROOF, READINGS, REPORT
from pipelines.documents.ledger import Ledger
from pipelines.publish.flip import current_build_id
from tests.conftest import Installation
from tests.morning.home import BROKEN_CHECK, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.morning.pages import Operator

pytestmark = pytest.mark.bi


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation.of(prepared(tmp_path_factory.mktemp("operator")))


@pytest.fixture(scope="module")
def operator(home: Installation) -> Iterator[Operator]:
    from tests.browser import browser  # what it drives is installed by `make test-bi`
    from tests.morning.pages import Operator
    from tests.morning.ui import ui

    with ui(home.settings) as address, browser() as opened:
        yield Operator.at(opened, address)


@pytest.fixture(autouse=True)
def _nothing_is_wrong(operator: Operator) -> Iterator[None]:
    """After each page: no error of the console or the server, and no dialogue over it."""
    yield
    assert operator.errors == []
    assert operator.page.get_by_text("Join the Dagster community").count() == 0


def test_the_graph_tells_its_chapters_in_order(operator: Operator) -> None:
    said = operator.graph()
    chapters = [DOCUMENTS, READINGS, PROOF, FACTS, MARTS, REPORT]
    places = [said.index(chapter) for chapter in chapters]
    assert places == sorted(places)
    assert "accepted_readings" in said


def test_a_mart_shows_of_which_facts_it_is_made(operator: Operator) -> None:
    said = operator.lineage()
    for name in ("fact_project_funding", "fact_expenditure_by_function", "mart_year_before",
                 "candidate_build"):  # fmt: skip
        assert name in said, name


def test_runs_show_the_night_that_failed(operator: Operator) -> None:
    said = operator.runs()
    assert (said.count("Success"), said.count("Failure")) == (3, 1)
    assert "nothing_waits" in operator.night()


def test_a_failed_night_says_which_document_stopped_it(
    operator: Operator, home: Installation
) -> None:
    said = operator.failed_night()
    paths = [path for (path,) in home.rows("SELECT path FROM dim_document")]
    assert f"{BROKEN_CHECK}: " in said
    assert "yesterday's warehouse stays in place" in said
    assert any(f"× {path} 第" in said for path in paths), said
    assert any(f"× {path} 第" in operator.broken_build_check() for path in paths)


def test_a_table_says_what_it_is_for_and_shows_names_and_money(operator: Operator) -> None:
    said = operator.asset()
    for expected in ("红了怎么办 When it is red", "yusuan query", "金额 amount_yuan", "示例"):
        assert expected in said, expected
    preview = said.partition("金额 amount_yuan")[2].partition("build_id")[0]
    assert re.search(r"\d,\d{3},\d{3}\.\d\d", preview), preview
    assert not re.search("[0-9a-f]{20}", preview), preview


def test_numbers_are_plotted_over_the_nights(operator: Operator) -> None:
    operator.plots()
    for number in ("documents", "items_waiting", "identities_broken", "seconds"):
        assert operator.page.get_by_text(number, exact=True).count() == 1, number
    assert operator.page.locator("canvas").count() >= 4


def test_a_broken_identity_names_document_place_meaning_and_figures(
    operator: Operator, home: Installation
) -> None:
    said = operator.broken_identity()
    path, identity, printed, item = home.rows(
        "SELECT d.path, c.identity_id, c.printed_yuan, q.item_id FROM control_total c "
        "JOIN statement s USING (statement_id) JOIN dim_document d USING (document_id) "
        "JOIN quarantine_item q ON q.statement_id = c.statement_id AND q.place = c.place "
        "WHERE verdict = 'broken' AND strength = 'hard' ORDER BY ALL"
    )[0]
    for expected in (path, f"{printed:,.2f}", item[:8], "差 difference", "处理 what to do"):
        assert expected in said, expected
    assert home.value(f"SELECT count(*) FROM control_total WHERE identity_id = '{identity}'")
    assert " in all, one of them: " in said


def test_what_is_typed_into_the_launchpad_is_read_again_and_published(
    operator: Operator, home: Installation
) -> None:
    said = operator.launchpad()
    for expected in ("文件：", "地方：", "财政年度", "理由", "documents", "places", "years", "why",
                     "No errors"):  # fmt: skip
        assert expected in said, expected
    before = current_build_id(home.settings)
    assert "reingest" in operator.launch()
    (event,) = Ledger(home.settings.ledger).events("reprocessed")
    assert event.detail["places"] == ["guangzhou"]
    assert event.detail["years"] == [2025]
    assert event.detail["why"] == "新版式 / a new layout"
    assert event.detail["readings"] > 1
    assert current_build_id(home.settings) != before
