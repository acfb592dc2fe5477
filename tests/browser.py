"""A real browser, as people look at pages with one."""

from __future__ import annotations

from shutil import which
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def launched(playwright: Playwright) -> Browser:
    """The machine's own Chromium; a test that wants it fails without it."""
    program = next(filter(None, map(which, _BROWSERS)), None)
    if program is None:
        pytest.fail("no browser: install Debian's chromium and fonts-noto-cjk")
    return playwright.chromium.launch(executable_path=program, args=_FLAGS)
