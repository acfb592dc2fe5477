"""PDFium: a document opened, and what stands on its pages.

Besides ``library``, ``glyphs`` and ``objects`` nothing speaks to PDFium.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from pipelines.extract.pdf import library
from pipelines.extract.pdf.glyphs import Glyphs
from pipelines.extract.pdf.objects import Objects, prints_annotations
from pipelines.extract.pdf.shapes import Primitives, Transform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.extract.pdf.shapes import Characters, Floats, Mask

#: If most of a page's text reads along another axis, it is turned so as to be read.
_MOST, _ENOUGH = 0.6, 20
#: A character is cut away if its middle lies beyond the box of its text by this.
_SLACK = 0.1


class PdfError(ValueError):
    """PDFium cannot open a document; ``rule_id`` says why (schemas/codes/rules.csv)."""

    def __init__(self, rule_id: str, found: str) -> None:
        """``found``: what PDFium said."""
        super().__init__(found)
        self.rule_id = rule_id


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A document, closed afterwards.

    Raises:
        PdfError: it needs a password, or is no whole PDF.
    """
    pdfium.FPDF_LoadMemDocument(b"", 0, None)  # or its last error might be of another document
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise PdfError("encrypted_document" if is_locked else "unreadable_document",
                       str(error)) from error  # fmt: skip
    try:
        yield document
    finally:
        document.close()


def primitives(page: pypdfium2.PdfPage) -> Primitives:
    """What stands on a page, turned so that most of its text reads to the right."""
    width, height = page.get_size()
    shown = _transform(page, width, height)
    text = page.get_textpage()
    try:
        glyphs = Glyphs(text)
        characters = glyphs.shown(shown)
        if turn := _turn(characters):
            shown = turned(turn, width, height).after(shown)
            characters = glyphs.shown(shown)
        found = Objects()
        handle = library.address(page.raw)
        found.walk(pdfium.FPDFPage_CountObjects(page.raw), library.page_object, handle, shown)
        invisible, clipped = _not_shown(glyphs, characters, found)
    finally:
        text.close()
    horizontal, vertical = found.rules()
    images, drawings = found.images(), found.drawings()
    image_area = float(((images[:, 2] - images[:, 0]) * (images[:, 3] - images[:, 1])).sum())
    return Primitives(
        width=width,
        height=height,
        rotation=page.get_rotation(),
        turn=turn,
        characters=characters,
        horizontal=horizontal,
        vertical=vertical,
        image_share=min(1.0, image_area / (width * height)),
        drawings=len(drawings),
        unmapped=int((glyphs.is_unknown & ~invisible).sum()),
        invisible=invisible,
        clipped=clipped,
        pictures=np.vstack([images, drawings]),
        has_annotations=prints_annotations(page),
    )


def _not_shown(glyphs: Glyphs, characters: Characters, found: Objects) -> tuple[Mask, Mask]:
    """Which characters are invisible, and which lie beyond the box that their text is cut to."""
    text, is_invisible, clips = found.text()
    nothing = np.zeros(len(characters), bool)
    x, y = characters.centre
    if not len(characters) or not len(text):
        return nothing, nothing
    inner = np.concatenate([clips[:, :2].max(axis=0), clips[:, 2:].min(axis=0)])
    if not is_invisible.any() and not _beyond(x, y, inner[None, :]).any():
        return nothing, nothing  # no need to ask which object each is of
    of = glyphs.objects()
    at = np.searchsorted(text, of).clip(0, len(text) - 1)
    is_known = text[at] == of
    clipped: Mask = is_known & _beyond(x, y, clips[at])
    return is_known & is_invisible[at], clipped


def _beyond(x: Floats, y: Floats, box: Floats) -> Mask:
    x0, y0, x1, y1 = box.T
    mask: Mask = (x < x0 - _SLACK) | (x > x1 + _SLACK) | (y < y0 - _SLACK) | (y > y1 + _SLACK)
    return mask


def _turn(characters: Characters) -> int:
    """The angle along which most text reads, if it is not upright."""
    straight = characters.angle[characters.angle >= 0]
    if len(straight) < _ENOUGH:
        return 0
    angles, counts = np.unique(straight, return_counts=True)
    return int(angles[counts.argmax()]) if counts.max() > _MOST * len(straight) else 0


def turned(angle: int, width: float, height: float) -> Transform:
    """Turns a page of this size so that text which reads along ``angle`` reads to the right."""
    turns = {
        0: Transform(1, 0, 0, 1, 0, 0),
        90: Transform(0, 1, -1, 0, height, 0),
        180: Transform(-1, 0, 0, -1, width, height),
        270: Transform(0, -1, 1, 0, 0, width),
    }
    return turns[angle]


def _transform(page: pypdfium2.PdfPage, width: float, height: float) -> Transform:
    """By asking PDFium where three corners are: it knows rotation, crop box and units."""
    corners = []
    x, y = ctypes.c_double(), ctypes.c_double()
    side = 1 << 16
    for device_x, device_y in ((0, 0), (side, 0), (0, side)):
        pdfium.FPDF_DeviceToPage(
            page.raw, 0, 0, side, side, 0, device_x, device_y, ctypes.byref(x), ctypes.byref(y)
        )
        corners.append((x.value, y.value))
    (ox, oy), (rx, ry), (dx, dy) = corners
    right = ((rx - ox) / width, (ry - oy) / width)
    down = ((dx - ox) / height, (dy - oy) / height)
    determinant = right[0] * down[1] - right[1] * down[0]
    a, c = down[1] / determinant, -down[0] / determinant
    b, d = -right[1] / determinant, right[0] / determinant
    return Transform(a, b, c, d, -(a * ox + c * oy), -(b * ox + d * oy))
