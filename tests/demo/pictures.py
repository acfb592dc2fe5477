"""Pictures of the demo's report for the docs: ``python -m tests.demo.pictures REPORT DIR``.

Of what ``make demo`` wrote; wants Chromium and a Chinese font. Look at what it took.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

WIDE: ViewportSize = {"width": 1120, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def main() -> None:
    """Take them all."""
    report, directory = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    with browser() as opened:
        page = _opened(opened, report, WIDE, "light")
        page.locator("nav").evaluate("one => one.style.position = 'static'")
        page.screenshot(path=directory / "demo-report.png")
        page.locator("#coverage").screenshot(path=directory / "report-coverage.png")
        page.locator(".finding").nth(1).screenshot(path=directory / "report-finding.png")
        page.locator("#changes .beside").screenshot(path=directory / "report-changes.png")
        phone = _opened(opened, report, PHONE, "dark")
        phone.locator("label:has(#lang-en)").click()
        phone.screenshot(path=directory / "report-phone.png")


def _opened(browser: Browser, report: Path, size: ViewportSize, theme: str) -> Page:
    context = browser.new_context(
        viewport=size, color_scheme="dark" if theme == "dark" else "light", locale="zh-CN"
    )
    page = context.new_page()
    page.goto(report.as_uri())
    return page


if __name__ == "__main__":
    main()
