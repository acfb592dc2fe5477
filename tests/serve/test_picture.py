"""Pictures: the frame stands where the page shows the cell, however the page is turned and cut."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from pipelines.serve import fonts
from pipelines.serve.picture import Colour, Frame, FramedPage, PictureError, picture
from tests.pdfs import PdfPage, fill, pdf, words

if TYPE_CHECKING:
    from tests.pdfs import Box

#: Wholly within the smallest page below, and nowhere symmetric.
CELL = (120.0, 90.0, 210.0, 115.0)
GREY = (153, 153, 153)


def drawn(data: bytes, *pages: FramedPage, dpi: int = 144) -> np.ndarray:
    """Pixels: row, column, colour."""
    return np.asarray(Image.open(io.BytesIO(picture(data, pages, dpi))).convert("RGB")).astype(int)


def extent(pixels: np.ndarray, rgb: tuple[int, int, int]) -> Box:
    """Left, upper, right and lower end of the pixels of a colour, in pixels."""
    down, across = np.nonzero((abs(pixels - np.array(rgb)) <= 2).all(axis=2))
    return across.min(), down.min(), across.max() + 1, down.max() + 1


def red(page: PdfPage, box: Box = CELL, **said: object) -> Frame:
    return Frame(page.shown(box), Colour.RED, "金额", "amount", is_main=True, **said)  # type: ignore[arg-type]


def on_page(pixels: np.ndarray, page: PdfPage, dpi: int = 144) -> np.ndarray:
    """Without the legend, which has the colours too."""
    left, low, right, high = page.crop or page.media
    height = right - left if page.rotate in (90, 270) else high - low
    return pixels[: int(height * dpi / 72)]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (40.0, 60.0, 371.5, 250.0)])
@pytest.mark.parametrize("dpi", [72, 150, 300])
def test_the_frame_surrounds_the_cell(rotate: int, crop: Box | None, dpi: int) -> None:
    page = PdfPage(fill(CELL), media=(20, 30, 420, 330), crop=crop, rotate=rotate)
    pixels = on_page(drawn(pdf(page), FramedPage(1, (red(page),)), dpi=dpi), page, dpi)
    thick = 2 * max(1, round(dpi / 72))
    cell = extent(on_page(drawn(pdf(page), FramedPage(1), dpi=dpi), page, dpi), GREY)
    frame = extent(pixels, Colour.RED.rgb)
    around = (cell[0] - thick, cell[1] - thick, cell[2] + thick, cell[3] + thick)
    assert frame == pytest.approx(around, abs=2)
    inside = pixels[cell[1] + 2 : cell[3] - 2, cell[0] + 2 : cell[2] - 2]
    assert (abs(inside - np.array(GREY)) <= 2).all()  # the frame hides nothing of its cell


def test_thin_frames_of_one_cell_stand_one_within_the_other() -> None:
    page = PdfPage("")
    box = page.shown(CELL)
    frames = (
        red(page),
        Frame(box, Colour.BLUE, "指标", "indicator"),
        Frame(box, Colour.GREEN, "项目", "project"),
    )
    pixels = on_page(drawn(pdf(page), FramedPage(1, frames)), page)
    extents = [extent(pixels, colour.rgb) for colour in (Colour.RED, Colour.BLUE, Colour.GREEN)]
    lefts, rights = [e[0] for e in extents], [e[2] for e in extents]
    assert lefts == sorted(set(lefts))
    assert rights == sorted(set(rights), reverse=True)


def test_a_thin_frame_hides_nothing_of_a_line() -> None:
    page = PdfPage(fill(CELL))
    frame = Frame(page.shown(CELL), Colour.ORANGE, "计量单位", "unit of measure")
    pixels = on_page(drawn(pdf(page), FramedPage(1, (frame,))), page)
    cell, around = extent(pixels, GREY), extent(pixels, Colour.ORANGE.rgb)
    assert around == pytest.approx((cell[0] - 2, cell[1] - 2, cell[2] + 2, cell[3] + 2), abs=1)
    assert cell == pytest.approx((240, 370, 420, 420), abs=1)


def test_pages_stand_one_below_the_other_with_their_legends() -> None:
    first, second = PdfPage("", media=(0, 0, 200, 100)), PdfPage("", media=(0, 0, 300, 150))
    data = pdf(first, second)
    box = (10.0, 10.0, 50.0, 20.0)
    one = drawn(data, FramedPage(1, (red(first, box),)))
    other = drawn(data, FramedPage(2, (red(second, box),)))
    both = drawn(data, FramedPage(1, (red(first, box),)), FramedPage(2, (red(second, box),)))
    assert both.shape == (len(one) + len(other), 600, 3)
    assert (both[: len(one), :400] == one).all()
    assert (both[len(one) :] == other).all()
    legend = both[200 : len(one)]
    assert (legend == np.array(Colour.RED.rgb)).all(axis=2).any()


def marked(content: str, text: str, cited: tuple[int, int], box: Box = CELL) -> Box | None:
    """Extent of the mark in points of the page's own space, none if nothing is marked."""
    page = PdfPage(content)
    pixels = on_page(drawn(pdf(page), FramedPage(1, (red(page, box, text=text, cited=cited),))),
                     page)  # fmt: skip
    plain = on_page(drawn(pdf(page), FramedPage(1, (red(page, box),))), page)
    down, across = np.nonzero((pixels != plain).any(axis=2))
    if not len(down):
        return None
    height = page.media[3]
    return (across.min() / 2, height - (down.max() + 1) / 2, (across.max() + 1) / 2,
            height - down.min() / 2)  # fmt: skip


def test_cited_characters_are_marked() -> None:
    content = words(124, 98, "rate >= 95%; a") + words(130, 140, "95%")
    found = marked(content, "rate >= 95%; a", (8, 11))
    assert found is not None
    assert (found[0], found[2]) == pytest.approx((124 + 8 * 6, 124 + 11 * 6), abs=1.5)
    assert 90 < found[1] < 98 < found[3] < 115


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (words(124, 98, "95%") + words(124.2, 98, "95%"), "95%"),  # printed twice, as bold
        (words(142, 98, "97%") + words(124, 98, "95%"), "95%97%"),  # the right one first
        (words(124, 94, "95%") + words(124, 104, "95%"), "95%95%"),  # from below upwards
        (words(124, 98, "95%") + words(130.5, 98, "97%"), "95%97%"),  # one over the other
    ],
)
def test_ways_of_printing_do_not_mislead(content: str, text: str) -> None:
    found = marked(content, text, (0, 3))
    assert found is not None
    assert (found[0], found[2]) == pytest.approx((124, 142), abs=1.5)
    assert found[1] > 94  # of two lines, the upper


def test_marks_go_over_lines_and_blanks_do_not_count() -> None:
    content = words(124, 106, "abc def") + words(124, 94, "95 % gh")
    found = marked(content, "abc\ndef95%gh", (4, 10))
    assert found is not None
    assert (found[0], found[2]) == pytest.approx((124, 124 + 7 * 6), abs=1.5)
    alone = marked(content, "abc\ndef95%gh", (7, 10))
    assert alone is not None
    assert (alone[0], alone[2]) == pytest.approx((124, 124 + 4 * 6), abs=1.5)
    assert alone[3] < 106


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (words(124, 98, "95% or so"), "95% and so"),  # another text than was read
        (words(124, 98, "95%") + words(205, 98, "%"), "95%"),  # more than was read
        ("", "95%"),
    ],
)
def test_in_doubt_nothing_is_marked(content: str, text: str) -> None:
    assert marked(content, text, (0, 3)) is None


def test_a_frame_beyond_the_page_is_cut_at_its_edge() -> None:
    page = PdfPage("")
    pixels = drawn(pdf(page), FramedPage(1, (red(page, (-50, 90, 500, 115)),)))
    assert pixels.shape[1] == 800
    left, _, right, _ = extent(on_page(pixels, page), Colour.RED.rgb)
    assert (left, right) == (0, 800)


def test_a_poster_is_drawn_at_a_lower_resolution() -> None:
    page = PdfPage("", media=(0, 0, 14400, 14400))
    png = picture(pdf(page), [FramedPage(1)], 600)
    assert Image.open(io.BytesIO(png)).width == pytest.approx(50_000_000**0.5, abs=2)


@pytest.mark.parametrize(
    ("data", "page_no", "said"),
    [
        ("项目\t金额\n".encode(), 1, "tab-separated"),
        (b"%PDF-1.4 and no more", 1, "opened"),
        (pdf(PdfPage("")), 2, "page 2"),
        (pdf(PdfPage("")), 0, "page 0"),
    ],
)
def test_what_cannot_be_drawn_is_said(data: bytes, page_no: int, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        picture(data, [FramedPage(page_no)])


def test_without_a_chinese_font_the_legend_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    page = PdfPage("")
    with monkeypatch.context() as patched:
        patched.setattr(fonts, "DIRECTORIES", ())
        fonts._chinese_font.cache_clear()  # noqa: SLF001
        assert fonts.legend_font(14)[1] is False
        english = drawn(pdf(page), FramedPage(1, (red(page),)))
    fonts._chinese_font.cache_clear()  # noqa: SLF001
    legend = english[600:]
    assert (legend.sum(axis=2) < 200).sum() > 50  # words
    if not fonts.legend_font(14)[1]:
        pytest.skip("this machine has no Chinese font")
    assert drawn(pdf(page), FramedPage(1, (red(page),))).tolist() != english.tolist()
