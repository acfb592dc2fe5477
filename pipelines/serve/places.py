"""Pictures of where things stand: the cells a fact rests on, the place of what waits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.documents.archive import Archive
from pipelines.documents.media import media_type
from pipelines.extract.grids import BOX
from pipelines.serve.guarded import call_guarded, read_guarded
from pipelines.serve.picture import Colour, Frame, FramedPage, PictureError, picture

if TYPE_CHECKING:
    from pipelines.serve.trace import Trace
    from pipelines.settings import Settings

#: What a cell is to a fact → colour, Chinese, English.
ROLES = {
    "amount": (Colour.RED, "金额", "amount"),
    "label": (Colour.BLUE, "名称", "label"),
    "code": (Colour.GREEN, "编码", "code"),
    "target": (Colour.RED, "目标", "target"),
    "indicator": (Colour.BLUE, "指标", "indicator"),
    "project": (Colour.GREEN, "项目", "project"),
    "spending_unit": (Colour.PURPLE, "单位", "spending unit"),
    "unit_of_measure": (Colour.ORANGE, "计量单位", "unit of measure"),
}
#: What a fact says itself; it decides which pages are shown.
_OWN = ("amount", "target")
#: The English half of a place, as `place_text` in recognise writes it: ``p1 t2 r3 c4``.
_PLACE = re.compile(r"/ p(?P<page>\d+)(?: t(?P<grid>\d+))?(?: r(?P<row>\d+))?(?: c(?P<col>\d+))?$")


@dataclass(frozen=True)
class Picture:
    """A PNG and what it shows: pages with their frames; ``elsewhere`` what stands on others."""

    png: bytes
    pages: list[FramedPage]
    elsewhere: list[FramedPage]


def fact_picture(settings: Settings, found: Trace, dpi: int) -> Picture:
    """The page of a fact's own cell, with every cell there that it rests on.

    A cell that is cut by the end of a page shows both pages, one below the other.

    Raises:
        PictureError: the document has no pages to be drawn, or they cannot be.
        ArchiveError: the archived file is missing or damaged.
        LimitReachedError, WorkerDiedError: drawing it takes more than a worker may take.
    """
    own = next(source for source in found.sources if source["role"] in _OWN)
    data = Archive(settings.archive).get(own["document_id"])
    if own["x0"] is None:
        raise PictureError(_no_pages(own["path"], media_type(data)))
    shown = {s["page_no"] for s in found.sources if s["role"] in _OWN}
    pages = _pages([(s["page_no"], _frame(s)) for s in found.sources if s["x0"] is not None])
    on = [page for page in pages if page.page_no in shown]
    elsewhere = [page for page in pages if page.page_no not in shown]
    return Picture(call_guarded(settings, picture, data, on, dpi), on, elsewhere)


def item_picture(settings: Settings, item: dict[str, Any], dpi: int) -> Picture:
    """The page of what waits, with its table, row or cell framed where its place names one.

    The document is read again for the boxes: what waits is not among the published cells.

    Args:
        settings: Where the archive is.
        item: A row of ``quarantine_item`` with the path of its document.
        dpi: Pixels an inch.

    Raises:
        PictureError: it has no page, or the page cannot be drawn.
        ArchiveError: the archived file is missing or damaged.
        LimitReachedError, WorkerDiedError: drawing it takes more than a worker may take.
    """
    place = _PLACE.search(item["place"])
    if place is None and item["place"].startswith("工作表 "):
        raise PictureError(_no_pages(item["path"], "工作簿 / a workbook"))
    if place is None:
        raise PictureError(
            f"{item['path']}: 此项不指某一页，无图可画 / this item is about no one page, there is "
            f"nothing to be drawn: {item['place']}"
        )
    page_no, grid_no, row_no, col_no = (int(part or 0) for part in place.groups())
    data = Archive(settings.archive).get(item["document_id"])
    wanted = {"page_no": page_no, "grid_no": grid_no}
    wanted |= {name: no for name, no in (("row_no", row_no), ("col_no", col_no)) if no}
    frames: list[Frame] = []
    if grid_no or row_no:
        frames = _around(read_guarded(settings, item["document_id"], data).cells, wanted)
    page = FramedPage(page_no, tuple(frames))
    return Picture(call_guarded(settings, picture, data, [page], dpi), [page], [])


def _around(cells: pl.DataFrame, wanted: dict[str, int]) -> list[Frame]:
    """One frame around all cells of a place, or none where they have no boxes."""
    mine = cells.filter(**wanted).drop_nulls(list(BOX))
    if mine.is_empty():
        return []
    x0, y0, x1, y1 = mine.select(
        pl.col("x0", "y0").min(), pl.col("x1", "y1").max()
    ).select(BOX).row(0)  # fmt: skip
    return [Frame((x0, y0, x1, y1), Colour.RED, "待处理", "waits", is_main=True)]


def _frame(source: dict[str, Any]) -> Frame:
    colour, zh, en = ROLES[source["role"]]
    x0, y0, x1, y1 = (source[name] for name in BOX)
    cited = (source["char_from"], source["char_to"])
    is_part = cited != (0, len(source["text"]))
    return Frame((x0, y0, x1, y1), colour, zh, en, is_main=source["role"] in _OWN,
                 text=source["text"], cited=cited if is_part else None)  # fmt: skip


def _pages(places: list[tuple[int, Frame]]) -> list[FramedPage]:
    """Frames by page, in the order of the pages."""
    return [
        FramedPage(number, tuple(frame for page_no, frame in places if page_no == number))
        for number in sorted({page_no for page_no, _ in places})
    ]


def _no_pages(path: str, kind: str) -> str:
    return (
        f"{path}: {kind} 没有页面，无图可画；位置见 yusuan trace / has no pages, there is nothing "
        "to be drawn; `yusuan trace` gives the characters"
    )
