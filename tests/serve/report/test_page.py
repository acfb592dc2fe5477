"""The page: one file, both languages, what sources print escaped, nothing fetched."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from lxml import html
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.news import has_news
from pipelines.night import Night
from pipelines.serve.report.page import said, write_report
from pipelines.settings import REPORT
from schemas.tables.marts_coverage import FACT_STATES
from schemas.tables.vocabulary import FINDING_KINDS
from tests.serve.report.conftest import NO_YEAR

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement

    from tests.conftest import Installation
    from tests.serve.report.conftest import Told


@pytest.fixture(scope="module")
def page(told: Told) -> str:
    return told.page


@pytest.fixture(scope="module")
def tree(page: str) -> HtmlElement:
    return html.fromstring(page)


def test_nothing_is_fetched(page: str) -> None:
    for link in re.findall(r"""(?:src|href|action)=["']?([^"' >]*)""", page):
        assert link.startswith(("#", "data:")), link
    addresses = re.findall(r"https?://[^\s\"'<]+", page)
    assert set(addresses) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "@import" not in page
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_names_of_files_are_never_markup(page: str) -> None:
    name = NO_YEAR.replace("/", "∕")
    assert name not in page
    assert "&lt;script&gt;alert(1)&lt;∕script&gt; &amp; 无年度.txt" in page


def test_all_words_are_there_in_both_languages(tree: HtmlElement) -> None:
    zh, en = tree.find_class("zh"), tree.find_class("en")
    assert len(zh) == len(en) > 100
    for one, other in zip(zh, en, strict=True):
        assert one.getnext() is other
        assert one.text_content().strip()
        assert other.text_content().strip()


def test_every_link_and_label_leads_somewhere(tree: HtmlElement) -> None:
    ids = [element.get("id") for element in tree.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    for name in ("href", "aria-labelledby"):
        for element in tree.xpath(f"//*[@{name}]"):
            target = element.get(name)
            assert target.startswith("data:") or target.lstrip("#") in ids
    assert [h.tag for h in tree.xpath("//h1")] == ["h1"]
    assert all(image.get("alt") for image in tree.xpath("//img"))


def test_charts_use_the_page_s_colours(page: str) -> None:
    style = page[page.index("<style>") : page.index("</style>")]
    declared = set(re.findall(r"(--[a-z0-9-]+):", style))
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) == 4
    for chart in charts:
        used = set(re.findall(r"var\((--[a-z0-9-]+)\)", chart))
        assert used
        assert used <= declared
    for state in FACT_STATES:
        assert f"i.{state} " in style


def test_every_kind_of_finding_has_its_words(page: str) -> None:
    template = (files("pipelines.serve.report") / "page" / "identities.html.j2").read_text("utf-8")
    assert all(f'"{kind}"' in template for kind in FINDING_KINDS)
    assert page.count('class="finding"') == 4


def test_the_same_build_the_same_bytes(told: Told, tmp_path: Path) -> None:
    first = write_report(told.installation.settings, tmp_path / "a.html").read_bytes()
    assert write_report(told.installation.settings, tmp_path / "b.html").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_what_was_there_stays_if_it_cannot_be_written(told: Told, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"nowhere"):
        write_report(told.installation.settings, tmp_path / "nowhere" / "a.html")


def test_the_command_writes_it_where_it_is_told(seeded: Installation, tmp_path: Path) -> None:
    warehouse = ["--warehouse", str(seeded.settings.warehouse)]
    wanted = tmp_path / "报告.html"
    done = CliRunner().invoke(app, ["report", *warehouse, "-o", str(wanted)])
    assert done.exit_code == 0, done.output
    assert "穗港科技合作园" in wanted.read_text("utf-8")
    assert not seeded.settings.report.exists()
    assert CliRunner().invoke(app, ["report", *warehouse]).exit_code == 0
    assert seeded.settings.report.read_bytes() == wanted.read_bytes()


def test_a_place_that_cannot_be_written_to_is_named(seeded: Installation, tmp_path: Path) -> None:
    wanted = tmp_path / "nowhere" / "报告.html"
    warehouse = ["--warehouse", str(seeded.settings.warehouse)]
    done = CliRunner().invoke(app, ["report", *warehouse, "-o", str(wanted)])
    assert isinstance(done.exception, OSError)
    assert str(wanted) in str(done.exception)
    assert "-o FILE.html" in str(done.exception)


def test_a_night_that_died_before_its_report_writes_it_the_next_time(seeded: Installation) -> None:
    assert not seeded.settings.report.exists()  # as if the run had died there
    assert has_news(seeded.settings)
    night = Night(seeded.settings)
    night.take_in()
    assert night.build() is None
    assert seeded.settings.report.name == REPORT
    assert "穗港科技合作园" in seeded.settings.report.read_text("utf-8")
    assert not has_news(seeded.settings)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("第1页 表2 / p1 t2", "第1页 表2", "p1 t2"),
        ("无行 / no row", "无行", "no row"),
        ("三、支出决算表", None, None),
        ("甲 / 乙", None, None),
        ("", None, None),
    ],
)
def test_texts_of_both_languages_are_parted(text: str, zh: str | None, en: str | None) -> None:
    parted = said(text)
    if zh is None:
        assert parted == text
    else:
        assert f'lang="zh-CN">{zh}</span>' in parted
        assert f'lang="en">{en}</span>' in parted
