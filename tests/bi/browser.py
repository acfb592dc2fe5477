"""A look at the dashboard in a real browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.bi.server import USER
from tests.browser import browser

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, ViewportSize

    from pipelines.bi.server import Superset

#: Room for all rows of charts at once: what is not in sight is not drawn.
_SIZE: ViewportSize = {"width": 1600, "height": 2800}
_CHART = ".chart-slice"
_WAIT = 90_000
#: A glyph that a font lacks is drawn as the same box as any other that it lacks.
_DRAWS = """() => {
  const font = getComputedStyle(document.body).fontFamily;
  const drawn = text => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 40;
    const context = canvas.getContext('2d');
    context.font = '32px ' + font;
    context.fillText(text, 2, 34);
    return canvas.toDataURL();
  };
  const seen = ['预', '算', '部', '\\uFFFE', ''].map(drawn);
  return new Set(seen).size === seen.length;
}"""
#: How many colours a canvas has: one that nothing is drawn on has one.
_COLOURS = """canvas => {
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4)
    seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  return seen.size;
}"""


@dataclass
class Seen:
    """What a person sees.

    Attributes:
        titles: Titles of charts, in reading order.
        empty: Titles of charts that say that there is nothing.
        errors: What the server answered with an error.
        draws_chinese: Whether the font has Chinese characters, each another picture.
        answers: Answers that charts got.
        painted: Title → whether its chart is more than a blank area.
    """

    titles: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    draws_chinese: bool = False
    answers: int = 0
    painted: dict[str, bool] = field(default_factory=dict)


def look(superset: Superset, picture: Path) -> Seen:
    """Log in, open the dashboard, wait until it is drawn, and take a picture of it."""
    with browser() as opened:
        page = opened.new_page(viewport=_SIZE, locale="zh-CN")
        seen = _watched(page)
        page.goto(f"{superset.address}/login/")
        page.fill("[name=username], #username", USER)
        page.fill("[name=password], #password", superset.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url, timeout=_WAIT)
        page.goto(superset.dashboard)
        _wait_until_drawn(page)
        page.screenshot(path=picture, full_page=True)
        _read(page, seen)
    return seen


def _watched(page: Page) -> Seen:
    seen = Seen()

    def answered(status: int, url: str) -> None:
        seen.answers += "/chart/data" in url
        if status >= 400:
            seen.errors.append(f"{status} {url}")

    page.on("response", lambda response: answered(response.status, response.url))
    return seen


def _wait_until_drawn(page: Page) -> None:
    page.wait_for_selector(_CHART, timeout=_WAIT)
    page.wait_for_load_state("networkidle", timeout=_WAIT)
    page.wait_for_function(
        """holder => [...document.querySelectorAll(holder)].every(
            chart => chart.querySelector('canvas, table') || chart.querySelector('.ant-empty'))""",
        arg=_CHART, timeout=_WAIT,
    )  # fmt: skip
    page.wait_for_timeout(2000)  # bars grow


def _read(page: Page, seen: Seen) -> None:
    for chart in page.query_selector_all(_CHART):
        title = chart.query_selector("[data-test=editable-title]")
        name = title.inner_text().strip() if title else ""
        seen.titles.append(name)
        canvas = chart.query_selector("canvas")
        if chart.query_selector(".ant-empty"):
            seen.empty.append(name)
        colours = canvas.evaluate(_COLOURS) if canvas else 0
        rows = len(chart.query_selector_all("tbody tr"))  # a table may have its header apart
        seen.painted[name] = colours > 2 or rows > 0
    seen.draws_chinese = page.evaluate(_DRAWS)
