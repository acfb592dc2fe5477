"""Characters that are no part of what a page says; each is dropped with a reason, and counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pipelines.extract.pdf.runs import are_digits, are_numerals, runs, touches

if TYPE_CHECKING:
    from pipelines.extract.pdf.shapes import Characters, Mask, Primitives

#: A glyph printed again so near, in parts of its size, is bold by hand.
_AGAIN_ALONG, _AGAIN_ACROSS = 0.16, 0.3
#: … and in parts of its advance: narrow digits side by side are two.
_AGAIN_ADVANCE = 0.5
#: Reasons to drop text that is shown.
_SET_ASIDE = ("off_axis", "watermark")
#: Text that lies over other text and is so much larger is a watermark.
_LARGER = 1.2


def cleaned(page: Primitives) -> tuple[Characters, dict[str, Characters]]:
    """The characters that count, and the others by reason.

    Reasons: ``invisible`` (as under a scan), ``clipped`` (cut away), ``off_page``, ``off_axis``
    (text at an angle: a watermark or a stamp), ``doubled`` (a glyph printed twice to look bold),
    ``watermark`` (large text that lies over other text, and the same words elsewhere).
    """
    every = page.characters
    reasons = np.full(len(every), "", dtype="U9")
    reasons[every.angle < 0] = "off_axis"
    reasons[_off_page(page)] = "off_page"
    reasons[page.clipped] = "clipped"
    reasons[page.invisible] = "invisible"
    for reason, found in (("doubled", _doubled), ("watermark", _watermark)):
        left = np.flatnonzero(reasons == "")
        reasons[left[found(every.take(left))]] = reason
    dropped = {
        str(reason): every.take(reasons == reason) for reason in np.unique(reasons) if reason
    }
    return every.take(reasons == ""), dropped


def cuts_numbers(page: Primitives) -> bool:
    """Whether a number is cut in two, so that what is left is another number.

    By the box that its text is cut to, or by the page's edge.
    """
    is_hidden = page.clipped | _off_page(page)
    if not is_hidden.any():
        return False
    is_digit = are_digits(page.characters.code)
    parted = is_hidden[1:] != is_hidden[:-1]
    return bool((parted & touches(page.characters) & is_digit[1:] & is_digit[:-1]).any())


def drops_numbers(dropped: dict[str, Characters]) -> bool:
    """Whether any digit is askew, or in a watermark: it may be a row's that was printed askew.

    The second reader does not see it either, and would confirm a sum that lacks it.
    """
    return any(
        are_numerals(dropped[reason].code).any() for reason in _SET_ASIDE if reason in dropped
    )


def drops_most_numbers(kept: Characters, dropped: dict[str, Characters]) -> bool:
    """Whether more digits are askew, or in a watermark, than are read: they may be the table's."""
    lost = sum(
        int(are_numerals(dropped[reason].code).sum()) for reason in _SET_ASIDE if reason in dropped
    )
    return lost > int(are_numerals(kept.code).sum())


def hidden_words(page: Primitives, dropped: dict[str, Characters]) -> list[str]:
    """Words of which nothing is shown: cut away, or beyond the page's edge."""
    if not {"clipped", "off_page"} & set(dropped):
        return []
    is_hidden = page.clipped | _off_page(page)
    run = runs(page.characters)
    is_whole = np.bincount(run, is_hidden) == np.bincount(run)
    wholly = is_whole[run] & ~page.invisible
    words: dict[int, str] = {}
    for number, code in zip(run[wholly].tolist(), page.characters.code[wholly], strict=True):
        words[number] = words.get(number, "") + chr(code)
    return list(words.values())


def pages_beyond(page: Primitives) -> int:
    """How many pages high is what lies beyond the upper or lower edge; 0 if nothing does."""
    height = page.height if page.turn % 180 == 0 else page.width
    _, y = page.characters.centre
    beyond = float(np.maximum(-y, y - height).max(initial=0.0))
    return math.ceil(beyond / height) if height else 0


def _off_page(page: Primitives) -> Mask:
    sides = (page.width, page.height)
    width, height = sides if page.turn % 180 == 0 else sides[::-1]
    x, y = page.characters.centre
    inside: Mask = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
    return ~inside


def _doubled(characters: Characters) -> Mask:
    """Glyphs that stand on the same one printed before; two sortings, since one has borders."""
    mask = np.zeros(len(characters), bool)
    size = np.maximum(characters.size, 1.0)
    along = np.minimum(_AGAIN_ALONG * size, _AGAIN_ADVANCE * (characters.end - characters.start))
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
               < along[other])
            & (np.abs(characters.line[one] - characters.line[other])
               < _AGAIN_ACROSS * size[other])
        )  # fmt: skip
        mask[np.maximum(one[same], other[same])] = True
    return mask


def _watermark(characters: Characters) -> Mask:
    """Runs of larger text that lie over other text, and runs of the same words."""
    mask = np.zeros(len(characters), bool)
    if not len(characters):
        return mask
    large = np.flatnonzero(characters.size > _LARGER * np.median(characters.size))
    if not len(large) or len(large) == len(characters):
        return mask
    is_small = np.ones(len(characters), bool)
    is_small[large] = False
    x, y = (values[is_small] for values in characters.centre)
    these = characters.take(large)
    is_over = np.array(
        [((x > x0) & (x < x1) & (y > y0) & (y < y1)).any() for x0, y0, x1, y1 in these.box.tolist()]
    )
    if not is_over.any():
        return mask
    run = runs(these)
    words = {number: these.code[run == number].tobytes() for number in np.unique(run).tolist()}
    over = {words[number] for number in np.unique(run[is_over]).tolist()}
    mask[large] = [words[number] in over for number in run.tolist()]
    return mask
