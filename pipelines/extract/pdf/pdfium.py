"""PDFium: the characters and the printed rules of a page, as columns of numbers.

The only module that speaks to PDFium. Its functions are called through prototypes that take plain
addresses, mapped over ranges: a call a character, but no Python between them.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from pipelines.extract.pdf.shapes import Characters, Floats, Mask, Primitives, Rules, Transform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_POINTER, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
#: A filled or stroked shape thinner than this, in points, is a rule.
THIN = 2.6
#: Text rendering modes of text that is not shown, as under a scan.
_INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
#: Edges within so many points of an axis are straight.
_STRAIGHT = 0.8
#: Text within so many degrees of an axis is read along it.
_SKEW = 2.0
#: What of a character's height is above its baseline; fonts' own figures cannot be trusted.
_ABOVE = 0.88
#: A font's size and the height that PDFium gives may differ by this factor: then PDFium is right.
_STRANGE = 4.0
#: How deep forms may stand within forms.
_DEPTH = 8
#: PDFium's marks for a hyphen at the end of a line.
_HYPHENS = (0x2, 0xFFFE)
_UNKNOWN = 0xFFFD
#: White space is no character that is printed.
_SPACES = [*range(0x9, 0xE), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200E),
           0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF]  # fmt: skip
#: Segments of a path that is a line or a rectangle at most.
_RECTANGLE = 5


def _prototype(function: Any, *arguments: Any, result: Any = _INT) -> Callable[..., Any]:
    """A function of the library that takes plain addresses."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None  # noqa: S101 - a bound function has an address
    return ctypes.CFUNCTYPE(result, *arguments)(address)


_unicode = _prototype(pdfium.FPDFText_GetUnicode, _POINTER, _INT, result=ctypes.c_uint)
_box = _prototype(pdfium.FPDFText_GetLooseCharBox, _POINTER, _INT, _POINTER)
_origin = _prototype(pdfium.FPDFText_GetCharOrigin, _POINTER, _INT, _POINTER, _POINTER)
_text_matrix = _prototype(pdfium.FPDFText_GetMatrix, _POINTER, _INT, _POINTER)
_font_size = _prototype(pdfium.FPDFText_GetFontSize, _POINTER, _INT, result=ctypes.c_double)
_unmapped = _prototype(pdfium.FPDFText_HasUnicodeMapError, _POINTER, _INT)
_text_object = _prototype(pdfium.FPDFText_GetTextObject, _POINTER, _INT, result=_POINTER)
_page_object = _prototype(pdfium.FPDFPage_GetObject, _POINTER, _INT, result=_POINTER)
_form_object = _prototype(pdfium.FPDFFormObj_GetObject, _POINTER, ctypes.c_ulong, result=_POINTER)
_form_count = _prototype(pdfium.FPDFFormObj_CountObjects, _POINTER)
_type = _prototype(pdfium.FPDFPageObj_GetType, _POINTER)
_bounds = _prototype(pdfium.FPDFPageObj_GetBounds, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER)
_matrix = _prototype(pdfium.FPDFPageObj_GetMatrix, _POINTER, _POINTER)
_render_mode = _prototype(pdfium.FPDFTextObj_GetTextRenderMode, _POINTER)
_draw_mode = _prototype(pdfium.FPDFPath_GetDrawMode, _POINTER, _POINTER, _POINTER)
_segments = _prototype(pdfium.FPDFPath_CountSegments, _POINTER)
_segment = _prototype(pdfium.FPDFPath_GetPathSegment, _POINTER, _INT, result=_POINTER)
_point = _prototype(pdfium.FPDFPathSegment_GetPoint, _POINTER, _POINTER, _POINTER)
_segment_type = _prototype(pdfium.FPDFPathSegment_GetType, _POINTER)
_closes = _prototype(pdfium.FPDFPathSegment_GetClose, _POINTER)


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
    """What stands on a page."""
    width, height = page.get_size()
    shown = _transform(page, width, height)
    found = _Objects()
    handle = _address(page.raw)
    found.walk(pdfium.FPDFPage_CountObjects(page.raw), _page_object, handle, shown)
    text = page.get_textpage()
    try:
        characters, unmapped, invisible = _characters(text, shown, found.invisible)
    finally:
        text.close()
    horizontal, vertical = found.rules()
    return Primitives(
        width, height, page.get_rotation(), characters, horizontal, vertical,
        min(1.0, found.image_area / (width * height)), found.drawings, unmapped, invisible,
    )  # fmt: skip


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


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


def _characters(
    text: pypdfium2.PdfTextPage, shown: Transform, hidden: set[int]
) -> tuple[Characters, int, Mask]:
    """Printed characters, how many of them are unknown, and which are not shown."""
    handle = _address(text.raw)
    count = max(pdfium.FPDFText_CountChars(text.raw), 0)
    code = np.fromiter(map(_unicode, repeat(handle), range(count)), np.uint32, count)
    code = _joined_surrogates(code)
    code[np.isin(code, _HYPHENS)] = ord("-")
    code[(code < ord(" ")) & ~np.isin(code, _SPACES)] = _UNKNOWN
    index = np.flatnonzero(~np.isin(code, _SPACES)).tolist()
    kept = len(index)
    box, boxes = _buffer(ctypes.c_float, kept, 4)
    list(map(_box, repeat(handle), index, *_addresses(boxes, kept, 16)))
    origin, origins = _buffer(ctypes.c_double, kept, 2)
    list(map(_origin, repeat(handle), index, *_addresses(origins, kept, 16, 8)))
    matrix, matrices = _buffer(ctypes.c_float, kept, 6)
    list(map(_text_matrix, repeat(handle), index, *_addresses(matrices, kept, 24)))
    unmapped = np.fromiter(map(_unmapped, repeat(handle), index), np.int8, kept) == 1
    code = code[index]
    code[unmapped & (code < ord(" "))] = _UNKNOWN
    invisible = np.zeros(kept, bool)
    if hidden:
        of = np.fromiter(map(_text_object, repeat(handle), index), object, kept)
        invisible = np.array([each in hidden for each in of], bool)
    em = np.fromiter(map(_font_size, repeat(handle), index), np.float64, kept)
    em *= np.hypot(matrix[:, 2], matrix[:, 3]) * np.hypot(shown.c, shown.d)
    # FS_RECTF is left, top, right, bottom
    characters = _placed(code, shown.boxes(box), *shown.points(*origin.T), matrix, shown, em)
    unknown = unmapped | (code == _UNKNOWN) | ((code >= 0xE000) & (code <= 0xF8FF))
    return characters, int((unknown & ~invisible).sum()), invisible


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


def _buffer(kind: Any, rows: int, columns: int) -> tuple[Floats, int]:
    """Room that PDFium writes to, as a column a row, and its address."""
    room = (kind * (rows * columns))()
    return np.frombuffer(room, dtype=kind).reshape(rows, columns), ctypes.addressof(room)


def _addresses(base: int, rows: int, stride: int, step: int | None = None) -> list[range]:
    """Addresses of the rows of a buffer; with ``step``, one list for each value of a row."""
    offsets = range(0, stride, step) if step else (0,)
    return [range(base + offset, base + offset + rows * stride, stride) for offset in offsets]


class _Objects:
    """What a page's objects are: rules, images, drawings, text that is not shown."""

    def __init__(self) -> None:
        self.image_area = 0.0
        self.drawings = 0
        self.invisible: set[int] = set()
        self._horizontal: list[Floats] = []
        self._vertical: list[Floats] = []

    def walk(
        self, count: int, get: Callable[..., Any], parent: int, shown: Transform, depth: int = 0
    ) -> None:
        """All objects of a page or a form, those of forms within it too."""
        objects = list(map(get, repeat(parent), range(max(count, 0))))
        types = np.fromiter(map(_type, objects), np.int8, len(objects))

        def of(kind: int) -> list[int]:
            return [objects[at] for at in np.flatnonzero(types == kind)]

        texts = of(pdfium.FPDF_PAGEOBJ_TEXT)
        self.invisible.update(
            text
            for text, mode in zip(texts, map(_render_mode, texts), strict=True)
            if mode in _INVISIBLE
        )
        for x0, y0, x1, y1 in _boxes(of(pdfium.FPDF_PAGEOBJ_IMAGE), shown).tolist():
            self.image_area += (x1 - x0) * (y1 - y0)
        self._paths(of(pdfium.FPDF_PAGEOBJ_PATH), shown)
        if depth < _DEPTH:
            for form in of(pdfium.FPDF_PAGEOBJ_FORM):
                inner = shown.after(_own_matrix(form))
                self.walk(_form_count(form), _form_object, form, inner, depth + 1)

    def rules(self) -> tuple[Rules, Rules]:
        """Horizontal and vertical rules."""
        return _rules(self._horizontal), _rules(self._vertical)

    def _paths(self, paths: list[int], shown: Transform) -> None:
        """Thin shapes are rules, whatever they are drawn by; of others the straight edges are."""
        modes, address = _buffer(ctypes.c_int, len(paths), 2)
        list(map(_draw_mode, paths, *_addresses(address, len(paths), 8, 4)))
        segments = np.fromiter(map(_segments, paths), np.int64, len(paths))
        is_filled, is_stroked = modes[:, 0] != 0, modes[:, 1] != 0
        box = _boxes(paths, shown)
        width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
        is_seen = is_filled | is_stroked
        is_flat, is_narrow = height <= THIN, width <= THIN
        self._horizontal.append(_flat(box[is_seen & is_flat]))
        self._vertical.append(_narrow(box[is_seen & is_narrow]))
        is_large = is_seen & ~is_flat & ~is_narrow
        self.drawings += int((is_large & is_filled & (segments > _RECTANGLE)).sum())
        for at in np.flatnonzero(is_large & (is_stroked | (segments > _RECTANGLE))).tolist():
            self._edges(paths[at], bool(is_stroked[at]), shown)

    def _edges(self, path: int, is_stroked: bool, shown: Transform) -> None:
        """Straight edges of a larger shape; of one that is only filled, its thin parts."""
        parts = _parts(path, shown.after(_own_matrix(path)))
        if is_stroked:
            edges = [np.hstack([part[:-1], part[1:]]) for part in parts if len(part) > 1]
            box = _sorted(np.vstack(edges)) if edges else np.empty((0, 4))
        else:
            box = np.array([[*part.min(axis=0), *part.max(axis=0)] for part in parts])
            box = box.reshape(-1, 4)
        width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
        limit = _STRAIGHT if is_stroked else THIN
        self._horizontal.append(_flat(box[(height <= limit) & (width > limit)]))
        self._vertical.append(_narrow(box[(width <= limit) & (height > limit)]))


def _boxes(objects: list[int], shown: Transform) -> Floats:
    """Boxes of page objects, as shown."""
    box, address = _buffer(ctypes.c_float, len(objects), 4)
    list(map(_bounds, objects, *_addresses(address, len(objects), 16, 4)))
    return shown.boxes(box)  # GetBounds gives left, bottom, right, top


def _own_matrix(thing: int) -> Transform:
    """The matrix of a path or a form."""
    matrix, address = _buffer(ctypes.c_float, 1, 6)
    _matrix(thing, address)
    return Transform(*matrix[0].tolist())


def _parts(path: int, shown: Transform) -> list[Floats]:
    """The separate lines of a path, each as points; a closed one ends where it began."""
    point, address = _buffer(ctypes.c_float, 1, 2)
    parts: list[list[tuple[float, float]]] = []
    for at in range(_segments(path)):
        segment = _segment(path, at)
        _point(segment, address, address + 4)
        if _segment_type(segment) == pdfium.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([])
        parts[-1].append((float(point[0, 0]), float(point[0, 1])))
        if _closes(segment):
            parts[-1].append(parts[-1][0])
    arrays = [np.array(part) for part in parts]
    return [np.column_stack(shown.points(part[:, 0], part[:, 1])) for part in arrays]


def _sorted(box: Floats) -> Floats:
    """Boxes with their corners in order."""
    return np.hstack([np.minimum(box[:, :2], box[:, 2:]), np.maximum(box[:, :2], box[:, 2:])])


def _flat(box: Floats) -> Floats:
    """Flat boxes as rules: at, start, end."""
    return np.column_stack([(box[:, 1] + box[:, 3]) / 2, box[:, 0], box[:, 2]])


def _narrow(box: Floats) -> Floats:
    return np.column_stack([(box[:, 0] + box[:, 2]) / 2, box[:, 1], box[:, 3]])


def _rules(found: list[Floats]) -> Rules:
    every = np.vstack([np.empty((0, 3)), *found])
    every = every[np.isfinite(every).all(axis=1)]
    return Rules(every[:, 0], every[:, 1], every[:, 2])
