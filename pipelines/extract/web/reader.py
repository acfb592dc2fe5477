"""Read a web page: HTML, or the MIME file that Word, WPS and browsers save one in → one page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from pipelines.extract.flow import NUMBER, page_of
from pipelines.extract.grids import Extraction, Refusal, RefusedError
from pipelines.extract.web.content import Content, count_text
from pipelines.extract.web.decoding import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.extract.flow import Block
    from pipelines.extract.grids import PageFlag

_WHOLE = "完整可读的网页 / a whole, readable web page"
#: A page without tables that shows fewer characters than this is a shell: its content is elsewhere.
_SHELL = 300
_SHOWN = 60
_HEADS = ("/header.htm", "/header.html")


def read_html(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a web page as a browser shows it without running its scripts.

    Text is lines, tables are grids, all on one page. Tables that lay out the page are none; what is
    hidden, and menus, are dropped with a reason and counted.
    """
    text, encoding = _text(data)
    page = _Page()
    page.take(text)
    read = page.read(document_id, media_type, encoding)
    _refuse_without_content(page, read)
    return read


def read_mhtml(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a web page saved in one file: all parts of HTML, as of a workbook each sheet is one.

    Raises:
        RefusedError: it has none.
    """
    page = _Page()
    encoding = None
    for part, charset in _parts(data):
        text, encoding = _text(part, charset)
        page.take(text)
    if encoding is None:
        raise _refused("page_without_content", "没有 HTML 部分 / no part of HTML", _WHOLE)
    return page.read(document_id, media_type, encoding)


def _parts(data: bytes) -> Iterator[tuple[bytes, str | None]]:
    """The parts of HTML in a MIME file, with what it says of their encoding.

    Not the one in which Word keeps running heads and feet: pages show it, a web page does not.
    """
    message = BytesParser(policy=policy.compat32).parsebytes(data)
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() != "text/html" or not isinstance(content, bytes):
            continue
        if not str(part.get("Content-Location", "")).lower().endswith(_HEADS):
            yield content, part.get_content_charset()


def _text(data: bytes, named: str | None = None) -> tuple[str, str]:
    found = decoded(data, named)
    if found is None:
        raise _refused("undecodable_text", repr(data[:32]), "UTF-8, UTF-16 (BOM), GB18030, Big5")
    return found


@dataclass
class _Page:
    """What is shown of the parts of a page, one below the other."""

    blocks: list[Block] = field(default_factory=list)
    count: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    flags: set[PageFlag] = field(default_factory=set)
    pictures: int = 0
    scripts: int = 0
    frames: int = 0
    title: str = ""

    def take(self, text: str) -> None:
        """Take in a part.

        Raises:
            RefusedError: it has no body, or is nested too deep.
        """
        root = LexborHTMLParser(text).root
        body = None if root is None else root.css_first("body") or root.css_first("frameset")
        if root is None or body is None:
            raise _refused("page_without_content", "没有正文 / no body", _WHOLE)
        content = Content(root)
        try:
            self.blocks += content.blocks(body)
        except RecursionError:
            raise _refused("unreadable_document", "嵌套过深 / nested too deep", _WHOLE) from None
        if "\ufffd" in text:
            self.flags.add("unknown_characters")
        self.count += count_text(body)
        self.dropped += content.dropped
        self.flags |= content.flags
        self.pictures += content.pictures
        self.scripts += len(root.css("script"))
        self.frames += len(root.css("iframe, frame"))
        title = root.css_first("title")
        self.title = self.title or " ".join((title.text() if title else "").split())

    def read(self, document_id: str, media_type: str, encoding: str) -> Extraction:
        """All of it."""
        return page_of(
            document_id, media_type, self.blocks, char_count=self.count, dropped=self.dropped,
            flags=self.flags, encoding=encoding,
        )  # fmt: skip


def _refuse_without_content(page: _Page, read: Extraction) -> None:
    """Refuse a page whose content is elsewhere, or only in pictures."""
    in_tables = read.cells.filter(read.cells["grid_no"] > 0)["text"]
    if page.pictures and not any(map(NUMBER.fullmatch, in_tables)):
        found = (
            f"图像 {page.pictures} 幅，表中无数字 / {page.pictures} pictures, no number in a table"
        )
        raise _refused("page_is_image", found, "文字 / text")
    count = page.count - page.dropped.total()
    if not read.grids and count < _SHELL:
        shown = " | ".join(read.cells["text"].to_list())[:_SHOWN]
        zh = f"无表格，文字 {count} 个，脚本 {page.scripts} 段，框架 {page.frames} 个"
        en = f"no table, {count} characters, {page.scripts} scripts, {page.frames} frames"
        found = f"{zh} / {en}: {page.title[:_SHOWN]} | {shown}"
        raise _refused("page_without_content", found, "表格或正文 / tables or text")


def _refused(rule_id: str, found: str, expected: str) -> RefusedError:
    return RefusedError(Refusal(rule_id, found, expected))
