"""The documentation site: `make docs`. Why Sphinx, and why so: docs/adr/0027.

Sources are read where they stand, from the root of the repository, so a relative link leads to the
same file on a code host and here. What only the site needs (the order of its pages, targets) is
added while a page is read.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "预算 Yusuan"
version = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"][
    "version"
]
extensions = ["myst_parser", "chinese_search"]
root_doc = "docs/index"
include_patterns = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/**.md"]
#: Folders without pages are not walked through.
exclude_patterns = [
    ".*",
    "demo",
    "deploy",
    "dist",
    "pipelines",
    "raw",
    "schemas",
    "site",
    "tests",
    "warehouse",
]

myst_heading_anchors = 6  # every heading, under the name that code hosts give it

html_theme = "furo"
html_title = "预算 Yusuan"
html_static_path = ["static"]
html_css_files = ["wide.css"]
html_js_files = ["folder.js"]
html_extra_path = ["extra"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}
html_search_language = "chinese-and-english"

#: What stands in the menu, in order; an asterisk stands for all that are left in its folder.
MENU = {
    "开始 Start": ["从问题到页面 Where to look <self>", "../README", "demo"],
    "提问 Ask": [
        "questions",
        "report",
        "commands",
        "data-dictionary",
        "reading",
        "bi",
        "exports",
        "postgres",
    ],
    "运行 Run": ["operations", "container", "scale"],
    "订正 Mend": ["add-a-layout"],
    "求证 Prove": ["reliability", "findings", "benchmarks"],
    "改动 Change": ["architecture", "../CONTRIBUTING", "../CHANGELOG", "adr/README"],
}
_ANCHOR = re.compile(r'^<a id="([\w-]+)"></a>$', re.MULTILINE)


def _toctree(entries: list[str], caption: str = "", *, hidden: bool = True) -> str:
    options = [f":caption: {caption}"] * bool(caption) + [":hidden:"] * hidden + [":glob:"]
    return "\n".join(["", "```{toctree}", *options, "", *entries, "```", ""])


def _add_what_only_the_site_needs(_: Sphinx, name: str, source: list[str]) -> None:
    """The menu, the list of decisions, and targets where a page has anchors in HTML."""
    if name == root_doc:
        source[0] += "".join(_toctree(pages, caption) for caption, pages in MENU.items())
    if name == "docs/adr/README":
        source[0] += _toctree(["0*"], hidden=False)
    source[0] = _ANCHOR.sub(r"(\1)=", source[0])


def setup(app: Sphinx) -> None:
    """Hear of every page that is read; tables in text are shown as they are."""
    app.connect("source-read", _add_what_only_the_site_needs)
    for table in ("csv", "tsv"):
        app.add_lexer(table, TextLexer)
