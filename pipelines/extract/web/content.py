"""What a web page shows: elements → lines and tables, the rest counted by reason."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pipelines.extract.flow import Table, lowered, raised, weight
from pipelines.extract.web.hiding import Hiding
from pipelines.extract.web.links import Links
from pipelines.extract.web.tables import children, laid_out, sections

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from pipelines.extract.flow import Block
    from pipelines.extract.grids import PageFlag

#: No text of the page: programs, styles, data.
SILENT = frozenset({"script", "style", "template", "head", "title"})
#: What browsers with scripts do not show, and data that Office leaves in a page.
_NOT_SHOWN = {"noscript": "noscript", "xml": "metadata", "datalist": "metadata"}
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
     "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "menu", "nav", "ol", "p",
     "pre", "section", "summary", "td", "th", "tr", "ul"}
)  # fmt: skip
#: What may be a part of the site and not of the page.
_PARTS = _BLOCKS | {"table"}
_ELSEWHERE = frozenset({"iframe", "frame", "object", "embed"})
_NO_TEXT = frozenset({"hidden", "button", "submit", "reset", "image", "password", "file"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
#: Characters that are never seen.
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]")


def count_text(node: LexborNode) -> int:
    """Characters within an element, shown or not: each counted once, wherever it stands."""
    found = 0
    for one in node.traverse(include_text=True):
        if one.is_text_node:
            parent = one.parent
            if parent is None or parent.tag not in SILENT:
                found += weight(one.text_content or "")
        elif one.tag == "input":
            found += weight(_value(one))
    return found


def _value(node: LexborNode) -> str:
    """What a field to fill in shows."""
    said = node.attributes
    kind = (said.get("type") or "text").lower()
    if kind in {"checkbox", "radio"}:
        return "☑" if "checked" in said else "☐"
    return "" if kind in _NO_TEXT else said.get("value") or ""


class Content:
    """Reads a page; what is not shown and what is doubtful adds up."""

    def __init__(self, root: LexborNode) -> None:
        """``root``: of the whole page, with its style sheets."""
        self.dropped: Counter[str] = Counter()
        self.flags: set[PageFlag] = set()
        self.pictures = 0  # that are paragraphs of their own: not icons, not beside text
        sheets = [one.text(deep=True) for one in root.css("style")]
        self._hiding = Hiding(sheets)
        self._links = Links(root)
        self._tables: list[Table] = []

    def blocks(self, node: LexborNode) -> list[Block]:
        """Lines and tables within an element, in reading order."""
        writer = _Writer()
        self._walk(node, writer)
        writer.end_line()
        return writer.blocks

    def _walk(self, node: LexborNode, writer: _Writer) -> None:
        for child in children(node):
            if child.is_text_node:
                writer.text(self._visible(child.text_content or ""))
            elif child.is_element_node and not self._is_dropped(child):
                self._element(child, writer)

    def _element(self, node: LexborNode, writer: _Writer) -> None:
        tag = node.tag or ""
        if tag == "br":
            writer.end_line()
        elif tag == "input":
            writer.text(_value(node))
        elif tag == "select":
            self._choice(node, writer)
        elif tag == "table":
            writer.end_line()
            self._table(node, writer.blocks)
        elif tag in {"sup", "sub"}:
            inner = _Writer()
            self._walk(node, inner)
            inner.end_line()
            change = raised if tag == "sup" else lowered
            writer.text("".join(change(one) for one in inner.blocks if isinstance(one, str)))
            writer.blocks += [one for one in inner.blocks if isinstance(one, Table)]
        elif tag in _BLOCKS:
            writer.end_line()
            if tag == "p" and node.css_first("img") and not node.text(deep=True).strip():
                self.pictures += 1
            before, writer.is_pre = writer.is_pre, writer.is_pre or tag == "pre"
            self._walk(node, writer)
            writer.end_line()
            writer.is_pre = before
        else:
            self._walk(node, writer)

    def _visible(self, text: str) -> str:
        """A text without the characters that are never seen."""
        seen = _INVISIBLE.sub("", text)
        if seen != text:
            self.dropped["invisible"] += weight(text) - weight(seen)
        return seen

    def _choice(self, node: LexborNode, writer: _Writer) -> None:
        """A list to choose from shows what is chosen, or its first entry."""
        entries = node.css("option")
        chosen = next((one for one in entries if "selected" in one.attributes), None)
        chosen = chosen or (entries[0] if entries else None)
        for one in entries:
            if chosen is not None and one.mem_id == chosen.mem_id:
                self._walk(one, writer)
            else:
                self._drop(one, "not_chosen")

    def _is_dropped(self, node: LexborNode) -> bool:
        """Whether an element is not shown, or belongs to the site; it is counted then."""
        tag = node.tag or ""
        if tag in SILENT:
            return True
        if tag in _ELSEWHERE:
            self.flags.add("embedded_object")
        reason = _NOT_SHOWN.get(tag)
        if reason is None and self._hiding.hides(node):
            reason = "hidden"
        if reason is None and tag in _PARTS and self._links.leads_away(node):
            reason = "navigation"
        if reason is not None:
            self._drop(node, reason)
        return reason is not None

    def _drop(self, node: LexborNode, reason: str) -> None:
        self.dropped[reason] += count_text(node)
        if reason != "hidden" or not any(map(str.isdigit, node.text(deep=True))):
            return
        if node.tag == "table" or node.css_first("table") is not None:
            self.flags.add("tables_hidden")
        elif self._tables:
            self._tables[-1].flags.add("cells_hidden")

    def _table(self, node: LexborNode, blocks: list[Block]) -> None:
        """A table, below its caption."""
        table = Table([])
        self._tables.append(table)
        for child in children(node):
            if child.tag == "caption" and not self._is_dropped(child):
                blocks += self.blocks(child)
        groups = [
            [row for row in children(group) if row.tag == "tr" and not self._is_dropped(row)]
            for group in sections(node)
            if not self._is_dropped(group)
        ]
        cells = [cell for rows in groups for row in rows for cell in children(row)
                 if cell.tag in {"td", "th"} and not self._is_dropped(cell)]  # fmt: skip
        laid = laid_out(groups, cells)
        if laid.overlaps:
            table.flags.add("irregular_cells")
        for cell, element in laid.cells:
            cell.blocks = self.blocks(element)
            if not any(cell.blocks) and element.css_first("img") is not None:
                table.flags.add("image_in_table")
            table.cells.append(cell)
        self._tables.pop()
        if table.cells:
            blocks.append(table)


class _Writer:
    """Puts text into lines as browsers do."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.is_pre = False
        self._line: list[str] = []

    def text(self, text: str) -> None:
        """Text within a line."""
        if self.is_pre:
            *whole, text = text.replace("\r\n", "\n").split("\n")
            for one in whole:
                self._line.append(one)
                self.end_line()
        self._line.append(text)

    def end_line(self) -> None:
        """What follows stands below."""
        said = _SPACES.sub(" ", "".join(self._line)).replace("\xa0", " ").strip()
        self._line = []
        if said:
            self.blocks.append(said)
