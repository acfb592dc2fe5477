"""Read a web page: HTML, or the MIME file that Word, WPS and browsers save one in → one page."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from pipelines.extract.flow import page_of
from pipelines.extract.grids import Extraction, Refusal, RefusedError
from pipelines.extract.web.content import Content, count_text
from pipelines.extract.web.decoding import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from pipelines.extract.grids import Page

_WHOLE = "完整可读的网页 / a whole, readable web page"
#: A page without tables that shows fewer characters than this is a shell: its content is elsewhere.
_SHELL = 300
_SHOWN = 60
_NUMBER = r"^[-+]?\d[\d,]*(?:\.\d+)?%?$"


def read_html(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a web page as a browser shows it without running its scripts.

    Text is lines, tables are grids, all on one page. Tables that lay out the page are none; what is
    hidden, and menus, are dropped with a reason and counted.
    """
    text, encoding = _text(data)
    return _read(document_id, media_type, text, encoding)


def read_mhtml(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a web page saved in one file: its first part of HTML.

    Raises:
        RefusedError: it has none.
    """
    for part, charset in _parts(data):
        text, encoding = _text(part, charset)
        read = _read(document_id, media_type, text, encoding, is_part=True)
        if not read.cells.is_empty():
            return read
    raise _refused("page_without_content", "没有 HTML 部分 / no part of HTML", _WHOLE)


def _parts(data: bytes) -> Iterator[tuple[bytes, str | None]]:
    """The parts of HTML in a MIME file, with what it says of their encoding."""
    message = BytesParser(policy=policy.compat32).parsebytes(data)
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(content, bytes):
            yield content, part.get_content_charset()


def _text(data: bytes, named: str | None = None) -> tuple[str, str]:
    found = decoded(data, named)
    if found is None:
        raise _refused("undecodable_text", repr(data[:32]), "UTF-8, UTF-16 (BOM), GB18030, Big5")
    return found


def _read(
    document_id: str, media_type: str, text: str, encoding: str, *, is_part: bool = False
) -> Extraction:
    root = LexborHTMLParser(text).root
    body = None if root is None else root.css_first("body") or root.css_first("frameset")
    if root is None or body is None:
        raise _refused("page_without_content", "没有正文 / no body", _WHOLE)
    content = Content(root)
    try:
        blocks = content.blocks(body)
    except RecursionError:
        raise _refused("unreadable_document", "嵌套过深 / nested too deep", _WHOLE) from None
    if "\ufffd" in text:
        content.flags.add("unknown_characters")
    read = page_of(
        document_id, media_type, blocks, char_count=count_text(body), dropped=content.dropped,
        flags=content.flags, encoding=encoding,
    )  # fmt: skip
    if not is_part:
        _refuse_without_content(root, content, read)
    return read


def _refuse_without_content(root: LexborNode, content: Content, read: Extraction) -> None:
    """Refuse a page whose content is elsewhere, or only in pictures."""
    in_tables = read.cells.filter(read.cells["grid_no"] > 0)["text"]
    if content.pictures and not in_tables.str.contains(_NUMBER).any():
        count = content.pictures
        found = f"图像 {count} 幅，表中无数字 / {count} pictures, no number in a table"
        raise _refused("page_is_image", found, "文字 / text")
    if not read.grids and _shown(read.pages[0]) < _SHELL:
        raise _refused("page_without_content", _said(root, read), "表格或正文 / tables or text")


def _shown(page: Page) -> int:
    return page.cell_char_count - sum(count for _, count in page.dropped)


def _said(root: LexborNode, read: Extraction) -> str:
    """What a shell shows, and what it is made of."""
    title = root.css_first("title")
    scripts, frames = len(root.css("script")), len(root.css("iframe, frame"))
    shown = " | ".join(read.cells["text"].to_list())[:_SHOWN]
    count = _shown(read.pages[0])
    name = " ".join((title.text() if title else "").split())[:_SHOWN]
    zh = f"无表格，文字 {count} 个，脚本 {scripts} 段，框架 {frames} 个"
    en = f"no table, {count} characters, {scripts} scripts, {frames} frames"
    return f"{zh} / {en}: {name} | {shown}"


def _refused(rule_id: str, found: str, expected: str) -> RefusedError:
    return RefusedError(Refusal(rule_id, found, expected))
