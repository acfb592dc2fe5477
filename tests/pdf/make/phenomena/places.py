"""Turned pages, and what stands behind tables or beside the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.pdf.make import tables
from tests.pdf.make.model import LANDSCAPE, PORTRAIT
from tests.pdf.make.phenomena.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pdf.cases import Case

WATERMARK = "内部资料请勿外传"
HIDDEN = "草稿未经审定"


def _turned(angle: int) -> Callable[[Path], Case]:
    def draw(folder: Path) -> Case:
        size = LANDSCAPE if angle % 180 else PORTRAIT
        sketch = Sketch(folder, f"rotated-{angle}", size=size)
        sketch.paper.turn(angle)
        sketch.table(tables.sources(sketch.rng, 8) if angle % 180 else tables.plain(sketch.rng, 12))
        return sketch.case(f"rotated_{angle}")

    return draw


def cropped_page(folder: Path) -> Case:
    """The paper is larger than the page that is shown, and begins elsewhere."""
    sketch = Sketch(folder, "cropped-page")
    left, bottom, right, top = 20.0, 300.0, 580.0, 812.0
    sketch.paper.canvas.setCropBox((left, bottom, right, top))
    sketch.table(tables.plain(sketch.rng, 12))
    sketch.paper.text(100, 600, HIDDEN)
    above = sketch.size[1] - top
    corners = tuple((page, x - left, y - above) for page, x, y in sketch.corners)
    return sketch.case("cropped_page", absent=(HIDDEN,), corners=corners)


def small_print(folder: Path) -> Case:
    """Letters of 3.6 points, rows of 9.6."""
    sketch = Sketch(folder, "small-print", size=LANDSCAPE)
    scale = 0.4
    sketch.paper.canvas.scale(scale, scale)
    sketch.paper.size = (LANDSCAPE[0] / scale, LANDSCAPE[1] / scale)
    whole = tables.sources(sketch.rng, 38)
    sketch.table(replace(whole, widths=(110.0, 250.0, *[104.0] * 16)))
    corners = tuple((page, x * scale, y * scale) for page, x, y in sketch.corners)
    return sketch.case("small_print", corners=corners)


def content_turned(folder: Path) -> Case:
    """Shown as an upright page on which the reader must turn their head to the left."""
    sketch = Sketch(folder, "content-turned", size=LANDSCAPE)
    canvas = sketch.paper.canvas
    canvas.setPageSize(PORTRAIT)
    canvas.translate(PORTRAIT[0], 0)
    canvas.rotate(90)
    sketch.table(tables.sources(sketch.rng, 8))
    return sketch.case("content_turned", exact_or_flagged=(1,), corners=())


def watermark_angled(folder: Path) -> Case:
    sketch = Sketch(folder, "watermark-angled")
    _grey(sketch, 0.85)
    for y in (320, 560, 800):
        sketch.paper.turned(120, y, 40, WATERMARK, 44)
    _grey(sketch, 0)
    sketch.table(tables.expenditure(sketch.rng, 1))
    return sketch.case("watermark_angled", absent=(WATERMARK,))


def watermark_level(folder: Path) -> Case:
    sketch = Sketch(folder, "watermark-level")
    _grey(sketch, 0.88)
    for y in (250, 450):
        sketch.paper.turned(70, y, 0, WATERMARK, 56)
    _grey(sketch, 0)
    sketch.table(tables.expenditure(sketch.rng, 1))
    return sketch.case("watermark_level", absent=(WATERMARK,), exact_or_flagged=(1,))


def watermark_small(folder: Path) -> Case:
    sketch = Sketch(folder, "watermark-small")
    _grey(sketch, 0.8)
    for place in range(9):
        sketch.paper.turned(60 + place % 3 * 170, 200 + place * 40, 0, WATERMARK, 14)
    _grey(sketch, 0)
    sketch.table(tables.plain(sketch.rng, 18))
    return sketch.case("watermark_small", exact_or_flagged=(1,))


def invisible_text(folder: Path) -> Case:
    """Text that no one sees lies over a table: it must not be read into its cells."""
    sketch = Sketch(folder, "invisible-text")
    sketch.table(tables.plain(sketch.rng, 10))
    invisible(sketch, 120, 200, HIDDEN)
    return sketch.case("invisible_text", absent=(HIDDEN,))


def invisible(sketch: Sketch, x: float, y: float, text: str, size: float = 9) -> None:
    """Text that is not painted (render mode 3)."""
    drawn = sketch.paper.canvas.beginText(x, sketch.paper.size[1] - y)
    drawn.setFont(sketch.font, size)
    drawn.setTextRenderMode(3)
    drawn.textLine(text)
    drawn.setTextRenderMode(0)
    sketch.paper.canvas.drawText(drawn)


def off_page_text(folder: Path) -> Case:
    sketch = Sketch(folder, "off-page-text")
    sketch.table(tables.plain(sketch.rng, 10))
    for x, y in ((-300, 150), (700, 150), (100, -40), (100, 900)):
        sketch.paper.text(x, y, HIDDEN)
    return sketch.case("off_page_text", absent=(HIDDEN,))


def empty_page(folder: Path) -> Case:
    sketch = Sketch(folder, "empty-page")
    sketch.table(tables.plain(sketch.rng, 10))
    sketch.paper.page()
    sketch.paper.page()
    sketch.table(tables.balance(sketch.rng))
    return sketch.case("empty_page")


def _grey(sketch: Sketch, level: float) -> None:
    sketch.paper.canvas.setFillGray(level)


CASES = (_turned(90), _turned(180), _turned(270), cropped_page, small_print, content_turned,
         watermark_angled, watermark_level, watermark_small, invisible_text, off_page_text,
         empty_page)  # fmt: skip
