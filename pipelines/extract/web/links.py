"""What leads away from a page: menus and lists of links, which are of the site, not of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.extract.flow import weight

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

#: So many links, that are so much of all the text, are a menu.
_FEWEST, _SHARE = 3, 0.8
#: Parts of a site around its pages, as HTML names them.
_AROUND = frozenset({"nav", "footer", "aside"})


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
        """Whether an element is a menu, or a part of the site around the page, without a table."""
        if node.tag in _AROUND:
            return node.css_first("table") is None
        if node.tag == "body" or self._count.get(node.mem_id, 0) < _FEWEST:
            return False
        is_menu = self._weight[node.mem_id] >= _SHARE * weight(node.text(deep=True))
        return is_menu and node.css_first("table") is None
