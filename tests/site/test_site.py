"""The documentation site as a reader has it: opened from a folder, in a browser, offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.bi

WIDE, PHONE = (1600, 900), (390, 800)
SPHINX = Path(sys.executable).with_name("sphinx-build")


def _build(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    options = ["-q", "--fail-on-warning", "--keep-going", "-c", str(root / "docs" / "site")]
    return subprocess.run(
        [SPHINX, *options, root, out], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built as `make docs` builds it."""
    out = tmp_path_factory.mktemp("site")
    done = _build(ROOT, out)
    assert (done.returncode, done.stderr) == (0, "")
    return out


def _opened(
    browser: Browser, path: Path, size: tuple[int, int], theme: Any
) -> tuple[Page, list[str]]:
    """A page; and what it asks the network for, and says of errors, from now on."""
    page = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme
    ).new_page()
    heard: list[str] = []
    page.on("request", lambda r: None if r.url.startswith("file:") else heard.append(r.url))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda m: heard.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(path.as_uri())
    return page, heard


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_no_page_needs_a_network_or_is_wider_than_the_screen(
    site: Path, browser: Browser, size: tuple[int, int], theme: str
) -> None:
    pages = sorted(p for p in site.rglob("*.html") if p.parent.name != "adr")
    assert len(pages) > 15
    page, heard = _opened(browser, site / "index.html", size, theme)
    page.wait_for_url("**/docs/index.html")
    pages.remove(site / "index.html")
    for path in pages:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(n) for n in background[4:-1].split(",")) < 300) == (theme == "dark")
    assert heard == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("三公", "The question book"),
        ("“三公”经费", "The question book"),
        ("coverage", "mart_coverage"),
        ("restoring a backup", "Operations"),
        ("鑫淼", None),
    ],
)
def test_search_finds_words_of_both_languages(
    site: Path, browser: Browser, asked: str, found: str | None
) -> None:
    page, heard = _opened(browser, site / "docs" / "index.html", WIDE, "light")
    page.fill("input[name=q]", asked)
    page.press("input[name=q]", "Enter")
    page.wait_for_selector("#search-results > p.search-summary:not(:empty)")
    page.wait_for_function(
        "!document.querySelector('#search-results').textContent.includes('Searching')"
    )
    titles = page.locator("#search-results li a").all_inner_texts()
    assert titles == [] if found is None else any(found in title for title in titles)
    assert heard == []


def test_each_broken_link_anchor_and_picture_is_named(tmp_path: Path) -> None:
    broken = {
        "nowhere.md": "[no page](nowhere.md)",
        "no-heading": "[no heading](operations.md#no-heading)",
        "no-picture": "![no picture](no-picture.png)",
        "no-file": "[no file](../schemas/no-file.csv)",
        "q99": "[no question](questions.md#q99)",
    }
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    with (tmp_path / "docs" / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n" + "\n\n".join(broken.values()) + "\n")
    done = _build(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    warnings = done.stderr.splitlines()
    assert len(warnings) == len(broken)
    for what in broken:
        assert [w for w in warnings if "docs/index.md" in w and what in w], what
