"""Search that finds Chinese and English words alike.

Sphinx parts Chinese with a dictionary, which decides what a word is: 三公 is none of its words.
Here each character and each pair of neighbours is one, so whatever is printed is found; English is
stemmed as usual.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sphinx.search import languages
from sphinx.search.en import SearchEnglish

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")


class SearchChineseAndEnglish(SearchEnglish):
    """Words of both languages; the browser parts what is asked for in the same way."""

    lang = "chinese-and-english"
    language_name = "English"  # names the stemmer in the browser
    # Pairs only: all pairs of a longer word must stand on the page.
    js_splitter_code = r"""
var splitQuery = function (query) {
  const words = [];
  for (const run of query.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{L}\p{N}_])+/gu) || []) {
    if (!/[\u3400-\u9fff]/.test(run) || run.length === 1) words.push(run);
    else for (let i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
  }
  return words;
};
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - the name is Sphinx's
        """Words, Chinese characters and pairs of these."""
        return [word for run in _RUNS.findall(input) for word in _words(run)]


def _words(run: str) -> list[str]:
    if not "\u3400" <= run[0] <= "\u9fff":
        return [run]
    return [*run, *(a + b for a, b in pairwise(run))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Make it known under its name."""
    del app
    languages[SearchChineseAndEnglish.lang] = SearchChineseAndEnglish
    return {"parallel_read_safe": True, "parallel_write_safe": True}
