"""What leads away from a page: menus and lists of links, which are of the site, not of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.extract.flow import NUMBER, weight

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

#: So many links, that are so much of all the text, are a menu.
_FEWEST, _SHARE = 3, 0.8
#: Parts of a site around its pages, as HTML names them.
_AROUND = frozenset({"nav", "footer", "aside"})
#: Never a menu by itself: a row of links may be one of a table of figures.
_INSIDE = frozenset({"body", "thead", "tbody", "tfoot", "tr", "td", "th", "li"})


class Links:
    """Knows of each element how much of its text leads to other pages."""

    def __init__(self, root: LexborNode) -> None:
        """Look at every link of a page once."""
        self._count: dict[int, int] = {}
        self._weight: dict[int, int] = {}
        for link in root.css("a[href]"):
            if (link.attributes.get("href") or "").startswith("#"):
                continue  # to a place on the page itself
            said = weight(link.text(deep=True))
            node: LexborNode | None = link
            while node is not None and said:
                self._count[node.mem_id] = self._count.get(node.mem_id, 0) + 1
                self._weight[node.mem_id] = self._weight.get(node.mem_id, 0) + said
                node = node.parent

    def leads_away(self, node: LexborNode) -> bool:
        """Whether an element is a menu, or a part of the site around the page.

        What holds a table within, and a table with a number, is none.
        """
        if node.tag in _AROUND:
            return node.css_first("table") is None
        if node.tag in _INSIDE or self._count.get(node.mem_id, 0) < _FEWEST:
            return False
        if self._weight[node.mem_id] < _SHARE * weight(node.text(deep=True)):
            return False
        if node.tag == "table":
            texts = ("".join(cell.text(deep=True).split()) for cell in node.css("td, th"))
            return len(node.css("table")) <= 1 and not any(map(NUMBER.fullmatch, texts))
        return node.css_first("table") is None
