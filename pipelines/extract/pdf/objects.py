"""Objects of a page: what of its paths are rules, and how its text is shown."""

from __future__ import annotations

import ctypes
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

from pipelines.extract.pdf import library
from pipelines.extract.pdf.shapes import Rules, Transform

if TYPE_CHECKING:
    from collections.abc import Callable

    import pypdfium2

    from pipelines.extract.pdf.shapes import Floats, Ints, Mask

#: A filled or stroked shape thinner than this, in points, is a rule.
_THIN = 2.6
#: Text rendering modes of text that is not shown, as under a scan.
_INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
#: Flags of annotations that no one sees.
_NOT_SHOWN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
#: Edges within so many points of an axis are straight.
_STRAIGHT = 0.8
#: How deep forms may stand within forms.
_DEPTH = 8
#: Segments of a path that is a line or a rectangle at most.
_RECTANGLE = 5
#: Text is cut by several paths at most; of more, the first ones are looked at.
_CLIPS = 8


class Objects:
    """What a page's objects are: rules, images, drawings, and how its text is shown."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self._images: list[Floats] = []
        self._drawings: list[Floats] = []
        self._text: list[Ints] = []
        self._is_invisible: list[Mask] = []
        self._clips: list[Floats] = []
        self._horizontal: list[Floats] = []
        self._vertical: list[Floats] = []

    def walk(
        self, count: int, get: Callable[..., Any], parent: int, shown: Transform, depth: int = 0
    ) -> None:
        """All objects of a page or a form, those of forms within it too."""
        objects = list(map(get, repeat(parent), range(max(count, 0))))
        types = np.fromiter(map(library.object_type, objects), np.int8, len(objects))

        def of(kind: int) -> list[int]:
            return [objects[at] for at in np.flatnonzero(types == kind)]

        self._texts(of(pdfium.FPDF_PAGEOBJ_TEXT), shown)
        self._images.append(_boxes(of(pdfium.FPDF_PAGEOBJ_IMAGE), shown))
        self._paths(of(pdfium.FPDF_PAGEOBJ_PATH), shown)
        if depth < _DEPTH:
            for form in of(pdfium.FPDF_PAGEOBJ_FORM):
                inner = shown.after(_own_matrix(form))
                self.walk(library.form_count(form), library.form_object, form, inner, depth + 1)

    def images(self) -> Floats:
        """The box of each image."""
        return np.vstack([np.empty((0, 4)), *self._images])

    def drawings(self) -> Floats:
        """The box of each path that is no rule."""
        return np.vstack([np.empty((0, 4)), *self._drawings])

    def rules(self) -> tuple[Rules, Rules]:
        """Horizontal and vertical rules."""
        return _rules(self._horizontal), _rules(self._vertical)

    def text(self) -> tuple[Ints, Mask, Floats]:
        """Addresses of text objects, ordered; which are not shown; the box each is cut to."""
        text = np.concatenate([np.empty(0, np.int64), *self._text])
        order = np.argsort(text, kind="stable")
        is_invisible = np.concatenate([np.empty(0, bool), *self._is_invisible])
        return text[order], is_invisible[order], np.vstack([np.empty((0, 4)), *self._clips])[order]

    def _texts(self, texts: list[int], shown: Transform) -> None:
        modes = np.fromiter(map(library.text_render_mode, texts), np.int64, len(texts))
        self._text.append(np.array(texts, np.int64))
        self._is_invisible.append(np.isin(modes, _INVISIBLE))
        self._clips.append(_clip_boxes(texts, shown))

    def _paths(self, paths: list[int], shown: Transform) -> None:
        """Thin shapes are rules, whatever they are drawn by; of others the straight edges are."""
        modes, at = library.buffer(ctypes.c_int, len(paths), 2)
        list(map(library.draw_mode, paths, *library.addresses(at, len(paths), 8, 4)))
        segments = np.fromiter(map(library.path_segments, paths), np.int64, len(paths))
        is_filled, is_stroked = modes[:, 0] != 0, modes[:, 1] != 0
        box = _boxes(paths, shown)
        width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
        is_seen = is_filled | is_stroked
        is_flat, is_narrow = height <= _THIN, width <= _THIN
        self._horizontal.append(_flat(box[is_seen & is_flat]))
        self._vertical.append(_narrow(box[is_seen & is_narrow]))
        is_large = is_seen & ~is_flat & ~is_narrow
        self._drawings.append(box[is_large & is_filled & (segments > _RECTANGLE)])
        for number in np.flatnonzero(is_large & (is_stroked | (segments > _RECTANGLE))).tolist():
            self._edges(paths[number], bool(is_stroked[number]), shown)

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
        limit = _STRAIGHT if is_stroked else _THIN
        self._horizontal.append(_flat(box[(height <= limit) & (width > limit)]))
        self._vertical.append(_narrow(box[(width <= limit) & (height > limit)]))


def prints_annotations(page: pypdfium2.PdfPage) -> bool:
    """Whether a page shows text that is none of its own: filled into a form, or stuck on."""
    for number in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, number)
        if not annotation:
            continue
        try:
            is_hidden = pdfium.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN
            count = pdfium.FPDFAnnot_GetObjectCount(annotation)
            shown = [pdfium.FPDFAnnot_GetObject(annotation, at) for at in range(max(count, 0))]
            if not is_hidden and any(_holds_text(library.address(each)) for each in shown):
                return True
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return False


def _holds_text(thing: int, depth: int = 0) -> bool:
    """Whether an object is text, or a form with text in it."""
    kind = library.object_type(thing)
    if kind != pdfium.FPDF_PAGEOBJ_FORM or depth == _DEPTH:
        return bool(kind == pdfium.FPDF_PAGEOBJ_TEXT)
    inner = map(library.form_object, repeat(thing), range(max(library.form_count(thing), 0)))
    return any(_holds_text(each, depth + 1) for each in inner)


def _clip_boxes(objects: list[int], shown: Transform) -> Floats:
    """The box that each object is cut to, as shown; without bounds where it is not cut."""
    count = len(objects)
    boxes = np.tile([-np.inf, -np.inf, np.inf, np.inf], (count, 1))
    clips = list(map(library.clip_path, objects))
    parts = np.fromiter(map(library.clip_parts, clips), np.int64, count)
    for part in range(min(int(parts.max(initial=0)), _CLIPS)):
        cut = np.flatnonzero(parts > part)
        mine = [clips[at] for at in cut.tolist()]
        corners = _corners(mine, part)
        box = np.where(np.isnan(corners).any(axis=1, keepdims=True), boxes[cut],
                       shown.boxes(corners))  # fmt: skip
        boxes[cut, :2] = np.maximum(boxes[cut, :2], box[:, :2])
        boxes[cut, 2:] = np.minimum(boxes[cut, 2:], box[:, 2:])
    return boxes


def _corners(clips: list[int], part: int) -> Floats:
    """Opposite corners of one path of each clip; nan where it is no rectangle."""
    segments = np.fromiter(map(library.clip_segments, clips, repeat(part)), np.int64, len(clips))
    corners = np.full((len(clips), 4), np.nan)
    rectangles = np.flatnonzero((segments >= _RECTANGLE - 1) & (segments <= _RECTANGLE))
    mine = [clips[at] for at in rectangles.tolist()]
    for number, columns in ((0, slice(0, 2)), (2, slice(2, 4))):
        point, at = library.buffer(ctypes.c_float, len(mine), 2)
        segment = map(library.clip_segment, mine, repeat(part), repeat(number))
        list(map(library.segment_point, segment, *library.addresses(at, len(mine), 8, 4)))
        corners[rectangles, columns] = point
    return corners


def _boxes(objects: list[int], shown: Transform) -> Floats:
    """Boxes of page objects, as shown."""
    box, at = library.buffer(ctypes.c_float, len(objects), 4)
    list(map(library.object_bounds, objects, *library.addresses(at, len(objects), 16, 4)))
    return shown.boxes(box)  # GetBounds gives left, bottom, right, top


def _own_matrix(thing: int) -> Transform:
    """The matrix of a path or a form."""
    matrix, address = library.buffer(ctypes.c_float, 1, 6)
    library.object_matrix(thing, address)
    return Transform(*matrix[0].tolist())


def _parts(path: int, shown: Transform) -> list[Floats]:
    """The separate lines of a path, each as points; a closed one ends where it began."""
    point, address = library.buffer(ctypes.c_float, 1, 2)
    parts: list[list[tuple[float, float]]] = []
    for at in range(library.path_segments(path)):
        segment = library.path_segment(path, at)
        library.segment_point(segment, address, address + 4)
        if library.segment_type(segment) == pdfium.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([])
        parts[-1].append((float(point[0, 0]), float(point[0, 1])))
        if library.segment_closes(segment):
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
