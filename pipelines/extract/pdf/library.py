"""The functions of PDFium that are called once a character or an object, and room for answers.

They are prototypes that take plain addresses, so that they can be mapped over ranges: a call an
object, but no Python between the calls.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.extract.pdf.shapes import Floats

_POINTER, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float


def _prototype(function: Any, *arguments: Any, result: Any = _INT) -> Callable[..., Any]:
    """A function of the library that takes plain addresses."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None  # noqa: S101 - a bound function has an address
    return ctypes.CFUNCTYPE(result, *arguments)(address)


character_code = _prototype(pdfium.FPDFText_GetUnicode, _POINTER, _INT, result=ctypes.c_uint)
character_box = _prototype(pdfium.FPDFText_GetLooseCharBox, _POINTER, _INT, _POINTER)
character_origin = _prototype(pdfium.FPDFText_GetCharOrigin, _POINTER, _INT, _POINTER, _POINTER)
text_matrix = _prototype(pdfium.FPDFText_GetMatrix, _POINTER, _INT, _POINTER)
font_size = _prototype(pdfium.FPDFText_GetFontSize, _POINTER, _INT, result=ctypes.c_double)
unmapped = _prototype(pdfium.FPDFText_HasUnicodeMapError, _POINTER, _INT)
text_object = _prototype(pdfium.FPDFText_GetTextObject, _POINTER, _INT, result=_POINTER)
page_object = _prototype(pdfium.FPDFPage_GetObject, _POINTER, _INT, result=_POINTER)
clip_path = _prototype(pdfium.FPDFPageObj_GetClipPath, _POINTER, result=_POINTER)
clip_parts = _prototype(pdfium.FPDFClipPath_CountPaths, _POINTER)
clip_segments = _prototype(pdfium.FPDFClipPath_CountPathSegments, _POINTER, _INT)
clip_segment = _prototype(pdfium.FPDFClipPath_GetPathSegment, _POINTER, _INT, _INT, result=_POINTER)
form_object = _prototype(pdfium.FPDFFormObj_GetObject, _POINTER, ctypes.c_ulong, result=_POINTER)
form_count = _prototype(pdfium.FPDFFormObj_CountObjects, _POINTER)
object_type = _prototype(pdfium.FPDFPageObj_GetType, _POINTER)
object_bounds = _prototype(
    pdfium.FPDFPageObj_GetBounds, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER
)
object_matrix = _prototype(pdfium.FPDFPageObj_GetMatrix, _POINTER, _POINTER)
text_render_mode = _prototype(pdfium.FPDFTextObj_GetTextRenderMode, _POINTER)
draw_mode = _prototype(pdfium.FPDFPath_GetDrawMode, _POINTER, _POINTER, _POINTER)
path_segments = _prototype(pdfium.FPDFPath_CountSegments, _POINTER)
path_segment = _prototype(pdfium.FPDFPath_GetPathSegment, _POINTER, _INT, result=_POINTER)
segment_point = _prototype(pdfium.FPDFPathSegment_GetPoint, _POINTER, _POINTER, _POINTER)
segment_type = _prototype(pdfium.FPDFPathSegment_GetType, _POINTER)
segment_closes = _prototype(pdfium.FPDFPathSegment_GetClose, _POINTER)


def buffer(kind: Any, rows: int, columns: int) -> tuple[Floats, int]:
    """Room that PDFium writes to, as a column a row, and its address."""
    room = (kind * (rows * columns))()
    return np.frombuffer(room, dtype=kind).reshape(rows, columns), ctypes.addressof(room)


def addresses(base: int, rows: int, stride: int, step: int | None = None) -> list[range]:
    """Addresses of the rows of a buffer; with ``step``, one list for each value of a row."""
    offsets = range(0, stride, step) if step else (0,)
    return [range(base + offset, base + offset + rows * stride, stride) for offset in offsets]


def address(pointer: Any) -> int:
    """Of what a handle of the library stands for."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0
