"""What of a document's pages is doubtful or missing, and which statements that blocks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.items import Item, Place
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.extract.grids import Extraction

#: The flag of a page most of whose numbers are not taken in.
_ASKEW = "numbers_askew"
#: Statement → page → its grids there.
_Places = dict[int, dict[int, set[int]]]


def page_items(extraction: Extraction, cells: pl.DataFrame) -> Iterable[Item]:
    """An item for each page, and each statement there, that cannot be trusted.

    Args:
        extraction: The document as it was read.
        cells: Its cells with ``statement_no``.
    """
    places = _places(cells)
    if extraction.refusal is None:
        yield from _refused(extraction, places)
    yield from _flagged(extraction, places)
    yield from _unaccounted(extraction, places)
    yield from _unruled(extraction, places)


def _places(cells: pl.DataFrame) -> _Places:
    mine = cells.filter((pl.col("grid_no") > 0) & pl.col("statement_no").is_not_null())
    found: _Places = {}
    for number, page_no, grid_no in (
        mine.select("statement_no", "page_no", "grid_no").unique(maintain_order=True).iter_rows()
    ):
        found.setdefault(number, {}).setdefault(page_no, set()).add(grid_no)
    return found


def _refused(extraction: Extraction, places: _Places) -> Iterable[Item]:
    """Pages that were not read; a statement around one, or right before it, may lack its rows."""
    for page in extraction.pages:
        if page.refusal is None:
            continue
        said = page.refusal
        item = Item("document", Place(page.page_no), said.rule_id, said.found, said.expected,
                    "partial")  # fmt: skip
        yield from _for_each(item, _around(page.page_no, places))


def _around(page_no: int, places: _Places) -> list[int]:
    """Statements that a page stands amid or right behind."""
    return [n for n, pages in places.items() if min(pages) < page_no <= max(pages) + 1]


def _flagged(extraction: Extraction, places: _Places) -> Iterable[Item]:
    """Pages that the reader doubts, and whether a statement there is not believed.

    Nor is one that such a page stands amid, whatever was found there; nor one right before a page
    whose numbers stand askew: its rows may be there. What blocks nothing is noted likewise: where
    it is, a broken sum is not confirmed.
    """
    for page in extraction.pages:
        here = [number for number, pages in places.items() if page.page_no in pages]
        around = [] if here else _around(page.page_no, places)
        amid = [number for number in around if page.page_no < max(places[number])]
        where = dict(page.places)
        for flag in page.flags:
            blocks, said = _page_flags()[flag]
            said = f"{said}: {where[flag]}" if flag in where else said
            item = Item("document", Place(page.page_no), "page_doubtful", said,
                        "无疑点 / no doubt", blocks, subject=f"{flag} ")  # fmt: skip
            may_be_rest = blocks == "none" or flag == _ASKEW
            yield from _for_each(item, here or (around if may_be_rest else amid))


@cache
def _page_flags() -> dict[str, tuple[str, str]]:
    """Flag → what it does to statements on the page, and what it says."""
    flags = code_list("page_flags").select("flag", "blocks", "zh", "en").iter_rows()
    return {flag: (blocks, f"{zh} / {en} ({flag})") for flag, blocks, zh, en in flags}


def _unaccounted(extraction: Extraction, places: _Places) -> Iterable[Item]:
    """Pages of which characters were lost or doubled: no statement of the document is believed."""
    for page in extraction.pages:
        if page.char_count != page.cell_char_count:
            found, expected = str(page.cell_char_count), str(page.char_count)
            item = Item("document", Place(page.page_no), "characters_unaccounted", found,
                        expected, "withheld")  # fmt: skip
            yield from _for_each(item, places)


def _for_each(item: Item, statements: Iterable[int]) -> Iterable[Item]:
    """An item for each statement, or one that blocks none."""
    numbers = list(statements)
    for number in numbers:
        yield replace(item, statement_no=number, subject=f"{item.subject}{number}")
    if not numbers:
        yield replace(item, blocks="none")


def _unruled(extraction: Extraction, places: _Places) -> Iterable[Item]:
    """Statements with a grid that is told by gaps between words alone."""
    unruled = {grid.grid_no for grid in extraction.grids if grid.method == "unruled"}
    for number, pages in places.items():
        for page_no, grids in pages.items():
            for grid_no in sorted(grids & unruled):
                yield Item(
                    "grid", Place(page_no, grid_no), "grid_unruled", "无表线 / no rules",
                    "印刷的表线 / printed rules", "withheld", number, str(number),
                )  # fmt: skip
