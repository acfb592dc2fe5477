"""A real browser for tests that look at pages as people see them."""

from __future__ import annotations

from contextlib import contextmanager
from shutil import which
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser of this machine, headless; a test without one fails and says what to install."""
    from playwright.sync_api import sync_playwright  # of a group of its own: not all tests want it

    program = next(filter(None, map(which, _BROWSERS)), None)
    if program is None:
        pytest.fail("no browser: install Debian's chromium and fonts-noto-cjk")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield opened
        finally:
            opened.close()
