"""What a book says and does not keep: tables of its contents, a name still to be filled in.

Neither stops a statement: both are said, so that a book that lacks a table is not taken for whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.items import Item, Place
from pipelines.recognise.titles import bare, titled
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.recognise.book import Book

#: What leads from an entry of the contents to its page.
_LEADER = re.compile(r"[.…⋯·\-—]*\d*$")


def announced_items(book: Book) -> Iterable[Item]:
    """Tables that the contents list and nothing prints; headings with a blank for a name."""
    lines = book.cells.filter((pl.col("grid_no") == 0) & (pl.col("text") != "")).sort("seq")
    yield from _missing(book, lines)
    texts = dict(lines.select("cell_id", "text").rows())
    pages = dict(lines.select("cell_id", "page_no").rows())
    for heading in book.headings:
        for cell_id in heading.cell_ids:
            if re.search(vocabulary().headings.unfilled, fold_label(texts[cell_id])):
                yield Item(
                    "document", Place(pages[cell_id]), "heading_unfilled", texts[cell_id],
                    "机构名称 / the name of a body", "none", subject=cell_id,
                )  # fmt: skip


def _missing(book: Book, lines: pl.DataFrame) -> Iterable[Item]:
    """Only where some of the contents were found: of a book that is printed otherwise, nothing."""
    places = {group.layout.place for group in book.groups}
    kinds = {group.layout.kind for group in book.groups}
    mine = [layout for layout in book.layouts if layout.place in places]
    known = {layout.id: layout.kind for layout in mine}
    seen = {bare(fragment.title.text) for fragment in book.fragments if fragment.title}
    listed = [
        (page_no, text, entry, {known[layout_id] for layout_id in titled(entry, mine)})
        for page_no, text, entry in _contents(book, lines)
    ]
    for page_no, text, entry, of in listed:
        if of and not of & kinds and entry not in seen:
            yield Item(
                "document", Place(page_no), "table_not_printed", text,
                "目录所列的表 / a table that the contents list", "none", subject=entry,
            )  # fmt: skip


def _contents(book: Book, lines: pl.DataFrame) -> Iterable[tuple[int, str, str]]:
    """Page, text and title of each line between the heading of the contents and the first table."""
    first = min((fragment.seq for fragment in book.fragments), default=0)
    heads = {fold_label(word) for word in vocabulary().headings.contents}
    is_inside = False
    for page_no, text, seq in lines.select("page_no", "text", "seq").iter_rows():
        if seq >= first:
            return
        if is_inside:
            yield page_no, text, bare(_LEADER.sub("", fold_label(text)))
        is_inside = is_inside or fold_label(text) in heads
