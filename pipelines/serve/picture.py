"""Pictures of pages with places framed, for a person's eye. Bytes in, PNG out; no warehouse.

Whatever has a page and a box can be shown: the cell of a fact, what waits, what was found wrong.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import TYPE_CHECKING

from pipelines.documents.media import PDF, media_type
from pipelines.serve.fonts import legend_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image, ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont
    from pypdfium2 import PdfPage

    from pipelines.serve.marks import Box

#: Dots an inch at which ten-point characters are read with ease.
READABLE_DPI = 150
#: Resolutions that make sense: below it nothing is legible, above it nothing is gained.
LEAST_DPI, MOST_DPI = 36, 600
#: Pixels of a page: a poster is shown at a lower resolution than was asked for.
_MOST_PIXELS = 50_000_000
_POINTS_PER_INCH = 72
_WHITE = (255, 255, 255)
_GREY = (110, 110, 110)
#: A strip of a page: points above and below the main frame, how far off frames are that it takes
#: in, and points left around these.
_STRIP, _STRIP_REACH, _STRIP_EDGE = 40.0, 150.0, 6
#: Of its colours: levels of grey, and of red, green and blue each. Frames keep theirs.
_GREYS, _LEVELS = 32, 5
#: How much of a mark's colour lies on the white of the paper.
_TINT = 0.3


class PictureError(ValueError):
    """There is nothing to draw, and why: no pages, no such page, pages that cannot be opened."""


class Colour(Enum):
    """Colours of frames, told apart by most eyes, and their names in Chinese and English."""

    RED = ((214, 24, 24), "红", "red")
    BLUE = ((0, 90, 200), "蓝", "blue")
    GREEN = ((0, 130, 60), "绿", "green")
    PURPLE = ((135, 40, 160), "紫", "purple")
    ORANGE = ((225, 120, 0), "橙", "orange")

    def __init__(self, rgb: tuple[int, int, int], zh: str, en: str) -> None:
        """``rgb``: as drawn."""
        self.rgb = rgb
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Frame:
    """A place on a page.

    Attributes:
        box: In points of the page as shown, from its upper left corner.
        colour: Of the frame, and of the marks.
        zh: What it is, for the legend, in Chinese.
        en: In English.
        is_main: Drawn thick; the others thin.
        text: What is printed there.
        cited: Characters of the text to be marked: the first, and the one after the last. They
            are marked where the page prints just this text in this box.
    """

    box: Box
    colour: Colour
    zh: str
    en: str
    is_main: bool = False
    text: str = ""
    cited: tuple[int, int] | None = None


@dataclass(frozen=True)
class FramedPage:
    """A page, from 1, and the places on it that are to be framed."""

    page_no: int
    frames: tuple[Frame, ...] = ()


def picture(data: bytes, pages: Sequence[FramedPage], dpi: int = READABLE_DPI) -> bytes:
    """A PNG of the pages, one below the other, each with its legend.

    Args:
        data: A PDF.
        pages: What to show, in this order.
        dpi: Pixels an inch; fewer where a page is as large as a poster.

    Raises:
        PictureError: the document has no pages that can be drawn, or not this one.
    """
    from PIL import Image

    kind = media_type(data)
    if kind != PDF:
        raise PictureError(
            f"{kind}: 此类文件没有可画的页面 / documents of this kind have no pages to be drawn"
        )
    shown = _draw_all(data, pages, dpi)
    whole = Image.new("RGB", (max(s.width for s in shown), sum(s.height for s in shown)), _WHITE)
    top = 0
    for page in shown:
        whole.paste(page, (0, top))
        top += page.height
    out = io.BytesIO()
    whole.save(out, format="PNG", dpi=(dpi, dpi))
    return out.getvalue()


def cuttings(data: bytes, pages: Sequence[FramedPage], dpi: int = READABLE_DPI) -> list[bytes]:
    """Small PNGs, one for each page asked for: the strip of it around its main frame.

    A strip is as wide as what is printed on the page, holds the frames near the main one, and has
    no legend. A page that is asked for several times is rendered once.

    Args:
        data: A PDF.
        pages: Where to cut; each has a main frame.
        dpi: Pixels an inch.

    Raises:
        PictureError: the document has no pages that can be drawn, or not these.
    """
    from pypdfium2 import PdfiumError

    from pipelines.extract.pdf.pdfium import PdfError, opened

    sheets: dict[int, _Sheet] = {}
    strips = []
    try:
        with opened(data) as document:
            for page in pages:
                if page.page_no not in sheets:
                    rendered = _Sheet.render(document[page.page_no - 1], dpi)
                    sheets = {page.page_no: rendered}  # one at a time: a page takes megabytes
                strips.append(sheets[page.page_no].strip(page))
    except (PdfError, PdfiumError, IndexError) as error:
        raise PictureError(f"无法显示此页 / the page cannot be drawn: {error}") from error
    return strips


def _palette() -> Image.Image:
    """Few colours do for print, and make a small picture; those of frames are among them."""
    from PIL import Image

    greys = [(round(255 * n / (_GREYS - 1)),) * 3 for n in range(_GREYS)]
    levels = [round(255 * n / (_LEVELS - 1)) for n in range(_LEVELS)]
    colours = [colour.rgb for colour in Colour]
    all_of = [*colours, *greys, *product(levels, repeat=3)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for rgb in all_of for part in rgb])
    return palette


def _draw_all(data: bytes, pages: Sequence[FramedPage], dpi: int) -> list[Image.Image]:
    from pypdfium2 import PdfiumError

    from pipelines.extract.pdf.pdfium import PdfError, opened

    try:
        with opened(data) as document:
            for page in pages:
                if not 1 <= page.page_no <= len(document):
                    raise PictureError(
                        f"第{page.page_no}页不存在，共 {len(document)} 页 / there is no page "
                        f"{page.page_no}, the document has {len(document)}"
                    )
            return [_draw(document[page.page_no - 1], page, dpi) for page in pages]
    except PdfError as error:
        raise PictureError(f"无法打开此 PDF / this PDF cannot be opened: {error}") from error
    except PdfiumError as error:
        raise PictureError(f"无法显示此页 / the page cannot be drawn: {error}") from error


def _draw(page: PdfPage, said: FramedPage, dpi: int) -> Image.Image:
    """One page with its frames and its legend."""
    from PIL import ImageDraw

    from pipelines.serve.marks import cited_boxes, printed_characters

    sheet = _Sheet.render(page, dpi)
    order = sorted(said.frames, key=lambda frame: frame.is_main)
    marked = [(frame, frame.cited) for frame in order if frame.cited is not None]
    if marked:
        characters = printed_characters(page)
        for frame, cited in marked:
            for box in cited_boxes(characters, frame.box, frame.text, cited):
                sheet.mark(box, frame.colour)
    pen = ImageDraw.Draw(sheet.image)
    within = {frame.box: 0 for frame in said.frames if frame.is_main}
    for frame in order:  # thin frames of one cell stand one within the other
        depth = within.get(frame.box, -1)
        sheet.frame(pen, frame, depth)
        within[frame.box] = depth + 1
    return sheet.with_legend(said)


@dataclass
class _Sheet:
    """A rendered page, and pixels per point of it in both directions."""

    image: Image.Image
    across: float
    down: float

    @classmethod
    def render(cls, page: PdfPage, dpi: int) -> _Sheet:
        width, height = page.get_size()
        scale = dpi / _POINTS_PER_INCH
        scale *= min(1.0, (_MOST_PIXELS / (width * height * scale**2)) ** 0.5)
        image = page.render(scale=scale).to_pil().convert("RGB")
        return cls(image, image.width / width, image.height / height)

    @property
    def unit(self) -> int:
        """The thinnest line, in pixels: a point, or one pixel."""
        return max(1, round(self.down))

    def pixels(self, box: Box) -> tuple[int, int, int, int]:
        """A box in whole pixels of the picture, within it."""
        x0, y0, x1, y1 = box
        across, down = self.image.width - 1, self.image.height - 1
        left, right = (min(max(round(x * self.across), 0), across) for x in (x0, x1))
        upper, lower = (min(max(round(y * self.down), 0), down) for y in (y0, y1))
        return left, upper, right, lower

    def frame(self, pen: ImageDraw.ImageDraw, frame: Frame, depth: int) -> None:
        """A rectangle around its box, so that it hides nothing of it; if others are, within it.

        ``depth``: how many thin frames it is within; -1 is around the box.
        """
        thick = 2 * self.unit if frame.is_main else self.unit
        out = thick if frame.is_main else self.unit * (-2 * depth if depth >= 0 else 1)
        left, upper, right, lower = self.pixels(frame.box)
        corners = (left - out, upper - out, max(right + out, left), max(lower + out, upper))
        if corners[0] < corners[2] and corners[1] < corners[3]:
            pen.rectangle(corners, outline=frame.colour.rgb, width=thick)

    def strip(self, said: FramedPage) -> bytes:
        """The part of the page around the main frame, with all frames, as a small PNG."""
        from PIL import Image, ImageDraw

        whole = _Sheet(self.image.copy(), self.across, self.down)
        pen = ImageDraw.Draw(whole.image)
        for frame in sorted(said.frames, key=lambda frame: frame.is_main):
            whole.frame(pen, frame, -1)
        out = io.BytesIO()
        cut = whole.image.crop(whole._around(said))
        cut.quantize(palette=_palette(), dither=Image.Dither.NONE).save(
            out, format="PNG", optimize=True
        )
        return out.getvalue()

    def _around(self, said: FramedPage) -> tuple[int, int, int, int]:
        """Pixels of the main frame and of what is near it, over all that the page prints there."""
        from PIL import ImageOps

        main = next(frame.box for frame in said.frames if frame.is_main)
        upper, lower = main[1] - _STRIP, main[3] + _STRIP
        for _, y0, _, y1 in (frame.box for frame in said.frames):
            if main[1] - _STRIP_REACH <= y0 and y1 <= main[3] + _STRIP_REACH:
                upper, lower = min(upper, y0 - _STRIP_EDGE), max(lower, y1 + _STRIP_EDGE)
        _, top, _, bottom = self.pixels((0.0, upper, 0.0, lower))
        band = self.image.crop((0, top, self.image.width, bottom))
        printed = ImageOps.invert(band.convert("L")).getbbox() or (0, 0, *band.size)
        edge = _STRIP_EDGE * self.unit
        return max(printed[0] - edge, 0), top, min(printed[2] + edge, band.width), bottom

    def mark(self, box: Box, colour: Colour) -> None:
        """Tint what lies behind characters, as with a text marker."""
        from PIL import Image, ImageChops

        left, upper, right, lower = self.pixels(box)
        place = (left, upper, right + 1, lower + 1)
        tint = tuple(round(255 - _TINT * (255 - part)) for part in colour.rgb)
        part = self.image.crop(place)
        self.image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, tint)), place)

    def with_legend(self, said: FramedPage) -> Image.Image:
        """The page and, below it, which page it is and what each colour means."""
        from PIL import Image, ImageDraw

        size = max(12, round(9 * self.down))
        font, has_chinese = legend_font(size)
        gap = size // 2
        legend = _Legend(self.image.width, size, font)
        page = f"第{said.page_no}页 p{said.page_no}" if has_chinese else f"page {said.page_no}"
        legend.add(page, _WHITE)
        for key in dict.fromkeys((f.colour.rgb, f.zh, f.en) for f in said.frames):
            rgb, zh, en = key
            legend.add(f"{zh} {en}" if has_chinese else en, rgb)
        height = legend.height + 2 * gap
        whole = Image.new("RGB", (self.image.width, self.image.height + height), _WHITE)
        whole.paste(self.image)
        pen = ImageDraw.Draw(whole)
        pen.line((0, self.image.height, whole.width, self.image.height), fill=_GREY)
        legend.draw(pen, self.image.height + gap)
        return whole


class _Legend:
    """Words with their colours in as many lines as they need."""

    def __init__(self, width: int, size: int, font: FreeTypeFont | ImageFont) -> None:
        self._width = width
        self._size = size
        self._font = font
        self._line = 0
        self._right = size
        self._words: list[tuple[int, int, str, tuple[int, int, int]]] = []

    def add(self, words: str, rgb: tuple[int, int, int]) -> None:
        """Put words after those before, or into the next line."""
        size = self._size
        wide = round(self._font.getlength(words)) + size + size // 2
        if self._right > size and self._right + wide > self._width:
            self._line, self._right = self._line + 1, size
        self._words.append((self._line, self._right, words, rgb))
        self._right += wide + 2 * size

    @property
    def height(self) -> int:
        return (self._line + 1) * self._size * 3 // 2

    def draw(self, pen: ImageDraw.ImageDraw, top: int) -> None:
        size = self._size
        for line, left, words, rgb in self._words:
            upper = top + line * size * 3 // 2
            pen.rectangle((left, upper + size // 4, left + size - 1, upper + size), fill=rgb)
            pen.text((left + size + size // 2, upper), words, fill=(0, 0, 0), font=self._font)
