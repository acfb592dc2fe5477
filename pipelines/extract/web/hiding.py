"""What of a web page is not shown: by attributes, by style, by the page's own style sheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE
)
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
#: Rules that hold on some screens or in print alone.
_CONDITION = re.compile(r"@[^{;]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][\w-]+)", re.IGNORECASE)


class Hiding:
    """Which elements a page hides. Style sheets elsewhere are not known."""

    def __init__(self, sheets: Iterable[str]) -> None:
        """``sheets``: style sheets that the page holds."""
        self._names = {name for sheet in sheets for name in _hidden_names(sheet)}

    def hides(self, node: LexborNode) -> bool:
        """Whether an element is not shown, with all that is in it."""
        said = node.attributes
        if not said:
            return False
        if "hidden" in said or _HIDDEN.search(said.get("style") or ""):
            return True
        if not self._names:
            return False
        names = {f".{name}" for name in (said.get("class") or "").split()}
        return not self._names.isdisjoint({*names, f"#{said.get('id')}"})


def _hidden_names(sheet: str) -> Iterable[str]:
    """Classes and ids that simple rules of a style sheet hide."""
    plain = _CONDITION.sub("", _COMMENT.sub("", sheet))
    for selectors, said in _RULE.findall(plain):
        if _HIDDEN.search(said):
            for selector in selectors.split(","):
                if match := _SIMPLE.fullmatch(selector.strip()):
                    yield match[1]
