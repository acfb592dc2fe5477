"""The report in a real browser: two widths, both themes, both languages, print, and its speed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pipelines.publish.flip import publish
from pipelines.serve.published import published, rows
from pipelines.serve.report.page import write_report
from tests.bench.rebuild import built, installed, staged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.serve.report.conftest import Told

pytestmark = pytest.mark.bi

WIDTHS, THEMES = (1280, 375), ("light", "dark")
#: What a reader waits for at most, and what a mail takes.
SECONDS, BYTES = 3.0, 10_000_000
#: Copies of what the bench reads once, so that there are more statements than these.
COPIES, STATEMENTS = 24, 10_000


class Looked(NamedTuple):
    """A page, and what it said on the console."""

    page: Page
    said: list[str]


@pytest.fixture(scope="module")
def path(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the two nights, as a file."""
    return write_report(told.installation.settings, tmp_path_factory.mktemp("page") / "报告.html")


@pytest.fixture(params=[(width, theme) for width in WIDTHS for theme in THEMES],
                ids=lambda one: f"{one[0]}-{one[1]}")  # fmt: skip
def looked(browser: Browser, path: Path, request: pytest.FixtureRequest) -> Iterator[Looked]:
    width, theme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, locale="zh-CN"
    )
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url) if asked.url != path.as_uri()
            and not asked.url.startswith("data:") else None)  # fmt: skip
    page.goto(path.as_uri())
    yield Looked(page, said)
    context.close()


def shown(page: Page, text: str) -> bool:
    """Whether a text is to be seen."""
    return any(one.is_visible() for one in page.get_by_text(text, exact=False).all())


def test_it_opens_without_a_word_and_fits(looked: Looked) -> None:
    page, said = looked
    assert said == []  # no message, no error, nothing asked of anybody
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room
    images = page.evaluate("[...document.images].map(i => [i.complete, i.naturalWidth > 0])")
    assert images
    assert all(done and drawn for done, drawn in images)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert paper == ("rgb(20, 23, 28)" if is_dark else "rgb(255, 255, 255)")
    bars = page.evaluate(
        "[...document.querySelectorAll('figure svg .mark-rect path, figure svg path[fill^=var]')]"
        ".map(one => getComputedStyle(one).fill)"
    )
    assert bars
    assert "none" not in bars
    assert all(fill.startswith("rgb") for fill in bars)  # colours of the page resolve in charts


def test_the_language_is_switched_and_kept(looked: Looked) -> None:
    page, said = looked
    assert shown(page, "预算仓库报告")
    assert not shown(page, "The budget warehouse: report")
    page.locator("label:has(#lang-en)").click()
    assert shown(page, "The budget warehouse: report")
    assert not shown(page, "预算仓库报告")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    assert shown(page, "The budget warehouse: report")
    page.locator("label:has(#theme-dark)").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
    page.locator("label:has(#theme-light)").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert said == []


def test_all_of_it_can_be_read_without_eyes_and_without_a_mouse(looked: Looked) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, _ = looked
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_it_is_printed_whole_on_white(browser: Browser, path: Path, tmp_path: Path) -> None:
    import pypdfium2

    page = browser.new_page(color_scheme="dark")
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(22, 24, 29)"
    printed = tmp_path / "report.pdf"
    page.pdf(path=printed, format="A4")
    page.close()
    with pypdfium2.PdfDocument(printed) as document:
        text = "".join(one.get_textpage().get_text_bounded() for one in document)
    assert "逐个机构" in text
    assert "basic_is_public_and_personnel" in text or "_is_sum_of_" in text  # what is folded away
    assert "深色" not in text  # switches are for screens


def test_ten_thousand_statements_open_at_once(browser: Browser, tmp_path: Path) -> None:
    """Of each list the page shows the first; its size grows with bodies, up to a limit."""
    staged(tmp_path, COPIES)
    settings = installed(tmp_path)
    publish(settings, built(tmp_path), {})
    path = write_report(settings)
    with published(settings) as connection:
        assert rows(connection, "SELECT count(*) AS n FROM statement")[0]["n"] >= STATEMENTS
    assert path.stat().st_size < BYTES
    page = browser.new_page(viewport={"width": 375, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    started = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.strip').length > 0")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")  # painted
    assert time.perf_counter() - started < SECONDS
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert said == []
    page.close()
