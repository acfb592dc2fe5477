"""Pictures of facts and of what waits, on a published warehouse whose cells are given a page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest
from PIL import Image

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.extract.workers import LimitReachedError
from pipelines.serve.picture import Colour, PictureError
from pipelines.serve.places import ROLES, fact_picture, item_picture
from pipelines.serve.trace import trace
from schemas.tables.vocabulary import SOURCE_ROLES
from tests.commands import asked
from tests.pdfs import PdfPage, pdf, ruled, words

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation
    from tests.pdfs import Box

FUNDING = "SELECT fact_id FROM fact_project_funding ORDER BY fact_id LIMIT 1"
TARGET = "SELECT fact_id FROM fact_performance_target ORDER BY fact_id LIMIT 1"


@pytest.fixture
def paged(seeded: Installation) -> Installation:
    """The seed's warehouse as if its cells stood on the pages of a PDF.

    Cells of tables stand on the first page, 20 points a row; lines outside of them on the second.
    """
    sha256 = Archive(seeded.settings.archive).put(pdf(PdfPage(words(20, 20, "1")), PdfPage("")))
    with duckdb.connect(str(seeded.settings.published.resolve())) as connection:
        connection.execute(
            "INSERT INTO dim_document SELECT * REPLACE (? AS document_id, 'a.pdf' AS path, "
            "'application/pdf' AS media_type, NULL AS encoding) FROM dim_document LIMIT 1",
            [sha256],
        )
        connection.execute(
            "UPDATE source_cell SET document_id = ?, page_no = if(grid_no = 0, 2, 1), "
            "char_from = NULL, char_to = NULL, x0 = col_no * 30, x1 = col_no * 30 + 30, "
            "y0 = row_no % 10 * 20, y1 = row_no % 10 * 20 + 20",
            [sha256],
        )
    return seeded


def test_a_fact_is_shown_on_its_page(paged: Installation, tmp_path: Path) -> None:
    fact_id = paged.value(FUNDING)
    file = tmp_path / "fact.png"
    done = asked(paged, "trace", fact_id[:12], "--image", str(file), "--dpi", "72")
    assert done.exit_code == 0, done.output
    cell = paged.rows(
        "SELECT x0, y0, x1, y1 FROM source_cell JOIN fact_source USING (cell_id) "
        f"WHERE fact_id = '{fact_id}' AND role = 'amount'"
    )[0]
    left, upper, right, lower = (round(part) for part in cell)
    assert f"框 box {left}.0,{upper}.0–{right}.0,{lower}.0 pt" in done.stdout
    assert "第1页 p1 红 red: 金额 amount" not in done.stdout  # what is piped is the answer
    assert "红 red: 金额 amount" in done.stderr
    assert "p2，不在图上 not on the picture: 计量单位 unit of measure" in done.stderr
    corners = ((left - 1, upper - 1), (right + 1, upper - 1), (left - 1, lower + 1))
    with Image.open(file) as image:
        assert image.width == 400
        assert {image.getpixel(corner) for corner in corners} == {Colour.RED.rgb}


def test_json_is_not_disturbed(paged: Installation, tmp_path: Path) -> None:
    file = tmp_path / "fact.PNG"
    done = asked(paged, "trace", paged.value(TARGET), "--json", "--image", str(file))
    found = json.loads(done.stdout)
    source = next(s for s in found["sources"] if s["role"] == "target")
    assert (source["page_no"], source["x1"] - source["x0"]) == (1, 30)
    with Image.open(file) as image:
        assert image.width == pytest.approx(400 * 150 / 72, abs=1)


def test_every_cited_cell_of_the_page_is_framed(paged: Installation) -> None:
    settings = paged.settings
    found = fact_picture(settings, trace(settings, paged.value(TARGET)), 72)
    (page,) = found.pages
    assert [(f.colour, f.en, f.is_main) for f in page.frames] == [
        (Colour.RED, "target", True),
        (Colour.BLUE, "indicator", False),
        (Colour.GREEN, "project", False),
    ]
    target, _, project = page.frames
    assert target.cited is not None
    assert target.cited[1] <= len(target.text)
    assert project.cited is None  # the whole cell


def test_whatever_a_cell_is_to_a_fact_has_a_colour() -> None:
    assert set(ROLES) == set(SOURCE_ROLES)


def test_a_cell_over_two_pages_shows_both(paged: Installation) -> None:
    found = trace(paged.settings, paged.value(FUNDING))
    amount = next(s for s in found.sources if s["role"] == "amount")
    found.sources.insert(1, {**amount, "page_no": 2})
    shown = fact_picture(paged.settings, found, 72)
    assert [page.page_no for page in shown.pages] == [1, 2]
    assert shown.elsewhere == []
    assert "unit of measure" in {frame.en for frame in shown.pages[1].frames}


def test_a_damaged_archive_is_said(paged: Installation, tmp_path: Path) -> None:
    ((sha256,),) = paged.rows("SELECT DISTINCT document_id FROM source_cell")
    kept = paged.settings.archive / sha256
    kept.chmod(0o644)
    kept.write_bytes(b"%PDF-1.7 something else")
    done = asked(paged, "trace", paged.value(FUNDING), "--image", str(tmp_path / "a.png"))
    assert (done.exit_code, type(done.exception)) == (1, ArchiveError)
    assert not (tmp_path / "a.png").exists()


def test_a_text_document_has_no_picture(seeded: Installation, tmp_path: Path) -> None:
    done = asked(seeded, "trace", seeded.value(FUNDING), "--image", str(tmp_path / "a.png"))
    assert (done.exit_code, type(done.exception)) == (1, PictureError)
    assert "text/tab-separated-values" in str(done.exception)


def test_a_page_that_takes_too_much_is_given_up(paged: Installation) -> None:
    settings = replace(paged.settings, worker_wall_seconds=0)
    with pytest.raises(LimitReachedError):
        fact_picture(settings, trace(settings, paged.value(FUNDING)), 72)


def test_wrong_usage_ends_with_two(seeded: Installation) -> None:
    assert asked(seeded, "trace", "ab", "--image", "a.jpg").exit_code == 2
    assert asked(seeded, "trace", "ab", "--image", "a.png", "--dpi", "1").exit_code == 2
    assert asked(seeded, "quarantine", "--image", "a.png").exit_code == 2


def test_what_waits_is_shown_on_its_page(paged: Installation) -> None:
    ((sha256,),) = paged.rows("SELECT DISTINCT document_id FROM source_cell")
    item = {"document_id": sha256, "path": "a.pdf", "place": "第2页 / p2"}
    found = item_picture(paged.settings, item, 72)
    assert [(page.page_no, page.frames) for page in found.pages] == [(2, ())]
    with pytest.raises(PictureError, match="no page 9"):  # out of the worker, as it was raised
        item_picture(paged.settings, {**item, "place": "第9页 / p9"}, 72)
    with pytest.raises(PictureError, match="no one page"):
        item_picture(paged.settings, {**item, "place": "全文 / whole document"}, 72)


@pytest.mark.parametrize(
    ("rotate", "place", "box"),
    [
        (0, "第1页 表1 / p1 t1", (50, 100, 250, 160)),
        (0, "第1页 表1 行2 / p1 t1 r2", (50, 100, 250, 130)),
        (0, "第1页 表1 行1 列2 / p1 t1 r1 c2", (150, 130, 250, 160)),
        (90, "第1页 表1 / p1 t1", (50, 100, 250, 160)),
        (90, "第1页 表1 行2 / p1 t1 r2", (150, 100, 250, 160)),  # what is shown as its second row
        (90, "第1页 表1 行1 列2 / p1 t1 r1 c2", (50, 130, 150, 160)),
        (0, "第1页 表2 / p1 t2", None),
        (0, "第1页 / p1", None),
    ],
)
def test_what_waits_is_framed_where_its_place_names_it(
    installation: Installation, rotate: int, place: str, box: Box | None
) -> None:
    content = ruled((50, 150, 250), (100, 130, 160)) + words(60, 140, "left") + words(160, 110, "1")
    page = PdfPage(content, crop=(20, 30, 380, 290), rotate=rotate)
    sha256 = Archive(installation.settings.archive).put(pdf(page))
    item = {"document_id": sha256, "path": "a.pdf", "place": place}
    (shown,) = item_picture(installation.settings, item, 72).pages
    found = [frame.box for frame in shown.frames]
    assert len(found) == (box is not None)
    if box is not None:
        assert found[0] == pytest.approx(page.shown(box), abs=0.6)
