"""Characters that are no part of what a page says; each is dropped with a reason, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pipelines.extract.pdf.shapes import Characters, Mask, Primitives

#: A glyph printed again so near, in parts of its size, is bold by hand.
_AGAIN_ALONG, _AGAIN_ACROSS = 0.16, 0.3
#: Text that lies over other text and is so much larger is a watermark.
_LARGE = 2.0


def cleaned(page: Primitives) -> tuple[Characters, dict[str, Characters]]:
    """The characters that count, and the others by reason.

    Reasons: ``invisible`` (as under a scan), ``off_page``, ``off_axis`` (text at an angle: a
    watermark or a stamp), ``doubled`` (a glyph printed twice to look bold), ``watermark`` (large
    text that lies over other text).
    """
    characters = page.characters
    dropped: dict[str, Characters] = {}
    steps = (
        ("invisible", lambda _: page.invisible),
        ("off_page", lambda these: _off_page(these, page.width, page.height)),
        ("off_axis", lambda these: these.angle < 0),
        ("doubled", _doubled),
        ("watermark", _watermark),
    )
    for reason, found in steps:
        mask = found(characters)
        if mask.any():
            dropped[reason] = characters.take(mask)
            characters = characters.take(~mask)
    return characters, dropped


def _off_page(characters: Characters, width: float, height: float) -> Mask:
    x, y = characters.centre
    inside: Mask = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
    return ~inside


def _doubled(characters: Characters) -> Mask:
    """Glyphs that stand on the same one printed before; two sortings, since one has borders."""
    mask = np.zeros(len(characters), bool)
    size = np.maximum(characters.size, 1.0)
    for shift in (0.0, 0.5):
        band = np.floor(characters.line / 4 + shift)
        order = np.lexsort(
            (np.arange(len(characters)), characters.start, band, characters.angle, characters.code)
        )
        one, other = order[:-1], order[1:]
        same = (
            (characters.code[one] == characters.code[other])
            & (characters.angle[one] == characters.angle[other])
            & (np.abs(characters.start[one] - characters.start[other])
               < _AGAIN_ALONG * size[other])
            & (np.abs(characters.line[one] - characters.line[other])
               < _AGAIN_ACROSS * size[other])
        )  # fmt: skip
        mask[np.maximum(one[same], other[same])] = True
    return mask


def _watermark(characters: Characters) -> Mask:
    """Large text, all of its size, if any of it lies over other text."""
    mask = np.zeros(len(characters), bool)
    if not len(characters):
        return mask
    large = characters.size > _LARGE * np.median(characters.size)
    if not large.any() or large.all():
        return mask
    x, y = characters.centre
    x, y = x[~large], y[~large]
    over = []
    for at in np.flatnonzero(large).tolist():
        x0, y0, x1, y1 = characters.box[at]
        over.append(bool(((x > x0) & (x < x1) & (y > y0) & (y < y1)).any()))
    for size in np.unique(np.round(characters.size[large][np.array(over)], 1)).tolist():
        mask |= large & (np.abs(characters.size - size) < 0.1)
    return mask
