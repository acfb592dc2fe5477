"""Characters of a page, as columns, each with the page object that printed it."""

from __future__ import annotations

import ctypes
import sys
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from pipelines.extract.pdf import library
from pipelines.extract.pdf.shapes import Characters

if TYPE_CHECKING:
    import pypdfium2
    from numpy.typing import NDArray

    from pipelines.extract.pdf.shapes import Floats, Ints, Mask, Transform

#: Text within so many degrees of an axis is read along it.
_SKEW = 2.0
#: PDFium's marks for a hyphen at the end of a line.
_HYPHENS = (0x2, 0xFFFE)
_UNKNOWN = 0xFFFD
#: White space is no character that is printed.
_SPACES = [*range(0x9, 0xE), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200E),
           0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF]  # fmt: skip
#: By code, since it is asked of every character; the last is for all codes beyond.
_IS_SPACE = np.zeros(1 << 16, bool)
_IS_SPACE[_SPACES] = True
#: What of a character's height is above its baseline; fonts' own figures cannot be trusted.
_ABOVE = 0.88
#: A font's size and the height that PDFium gives may differ by this factor: then PDFium is right.
_STRANGE = 4.0


class Glyphs:
    """The printed characters of a page: white space is none.

    Attributes:
        code: Unicode of each; U+FFFD where the file does not say what it is.
        is_unknown: Which are not known.
    """

    def __init__(self, text: pypdfium2.PdfTextPage) -> None:
        """Ask PDFium for all that does not depend on how the page is shown."""
        self._handle = handle = library.address(text.raw)
        count = max(text.count_chars(), 0)
        codes = map(library.character_code, repeat(handle), range(count))
        code = _joined_surrogates(np.fromiter(codes, np.uint32, count))
        code[(code == _HYPHENS[0]) | (code == _HYPHENS[1])] = ord("-")
        is_space = _IS_SPACE[np.minimum(code, len(_IS_SPACE) - 1)]
        code[(code < ord(" ")) & ~is_space] = _UNKNOWN
        code[((code >= 0xD800) & (code < 0xE000)) | (code > sys.maxunicode)] = _UNKNOWN  # half
        index = np.flatnonzero(~is_space).tolist()
        kept = len(index)
        self._index = index
        self.code = code[index]
        self._box, boxes = library.buffer(ctypes.c_float, kept, 4)
        list(map(library.character_box, repeat(handle), index, *library.addresses(boxes, kept, 16)))
        self._origin, at = library.buffer(ctypes.c_double, kept, 2)
        list(
            map(library.character_origin, repeat(handle), index,
                *library.addresses(at, kept, 16, 8))
        )  # fmt: skip
        self._matrix, at = library.buffer(ctypes.c_float, kept, 6)
        list(map(library.text_matrix, repeat(handle), index, *library.addresses(at, kept, 24)))
        self._em = np.fromiter(map(library.font_size, repeat(handle), index), np.float64, kept)
        self._em *= np.hypot(self._matrix[:, 2], self._matrix[:, 3])
        is_private = (self.code >= 0xE000) & (self.code <= 0xF8FF)
        unmapped = np.fromiter(map(library.unmapped, repeat(handle), index), np.int8, kept) == 1
        self.is_unknown: Mask = unmapped | is_private | (self.code == _UNKNOWN)

    def objects(self) -> Ints:
        """Address of the page object that printed each."""
        return np.fromiter(
            map(library.text_object, repeat(self._handle), self._index), np.int64, len(self._index)
        )

    def shown(self, shown: Transform) -> Characters:
        """The characters, where they stand on the page as shown."""
        # FS_RECTF is left, top, right, bottom
        x, y = shown.points(*self._origin.T)
        em = self._em * np.hypot(shown.c, shown.d)
        return _placed(self.code, shown.boxes(self._box), x, y, self._matrix, shown, em)


def _placed(
    code: NDArray[np.uint32],
    box: Floats,
    x: Floats,
    y: Floats,
    matrix: Floats,
    shown: Transform,
    em: Floats,
) -> Characters:
    """Characters with the direction in which they are read, and their place along and across it.

    Along it they are as wide as their advance. Across it they stand on the baseline, as high as
    their font's size.
    """
    right, up = matrix[:, 0], matrix[:, 1]
    turned = np.degrees(
        np.arctan2(-(shown.b * right + shown.d * up), shown.a * right + shown.c * up)
    )
    quarter = np.round(turned / 90)
    is_straight = np.abs(turned - quarter * 90) <= _SKEW
    angle = np.where(is_straight, quarter * 90 % 360, -1).astype(np.int16)
    turns = [angle == 90, angle == 180, angle == 270]
    x0, y0, x1, y1 = box.T
    height = np.where(turns[0] | turns[2], x1 - x0, y1 - y0)
    is_strange = (em < height / _STRANGE) | (em > height * _STRANGE) | ~np.isfinite(em)
    size = np.where(is_strange, height, em)
    start = np.select(turns, [-y1, -x1, y0], x0)
    end = np.select(turns, [-y0, -x0, y1], x1)
    line = np.select(turns, [x, -y, -x], y)
    high, low = line - _ABOVE * size, line + (1 - _ABOVE) * size
    return Characters(
        code,
        np.column_stack(
            [
                np.select(turns, [high, -end, -low], start),
                np.select(turns, [-end, -low, start], high),
                np.select(turns, [low, -start, -high], end),
                np.select(turns, [-start, -high, end], low),
            ]
        ),
        start,
        end,
        line,
        size,
        angle,
    )


def _joined_surrogates(code: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Halves of characters beyond the first plane, joined into the first of the two."""
    high = (code[:-1] & 0xFFFFFC00) == 0xD800
    low = (code[1:] & 0xFFFFFC00) == 0xDC00
    at = np.flatnonzero(high & low)
    code[at] = 0x10000 + ((code[at] - 0xD800) << 10) + (code[at + 1] - 0xDC00)
    code[at + 1] = ord(" ")
    return code
