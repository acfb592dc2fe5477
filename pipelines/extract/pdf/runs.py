"""Runs: characters that touch one another along a line, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.extract.pdf.shapes import Characters, Ints, Mask

#: Characters of one run touch, in parts of their size; kerning lets them overlap.
_GAP, _KERN = 0.1, 0.6
_LEVEL = 0.25
#: By code, the last for all codes beyond.
_IS_DIGIT = np.zeros(1 << 7, bool)
_IS_DIGIT[[ord(char) for char in "0123456789.,-%"]] = True


def touches(characters: Characters) -> Mask:
    """Whether each character but the first goes on with the one before it."""
    size = np.maximum(characters.size, 1.0)
    gap = (characters.start[1:] - characters.end[:-1]) / size[1:]
    level = np.abs(np.diff(characters.line)) / size[1:]
    same = characters.angle[1:] == characters.angle[:-1]
    touching: Mask = same & (level < _LEVEL) & (gap < _GAP) & (gap > -_KERN)
    return touching


def runs(characters: Characters) -> Ints:
    """The number of the run that each character is in."""
    return np.concatenate([[0], np.cumsum(~touches(characters))])[: len(characters)]


def are_digits(code: NDArray[np.uint32]) -> Mask:
    """Which characters numbers are printed with."""
    mask: Mask = _IS_DIGIT[np.minimum(code, len(_IS_DIGIT) - 1)]
    return mask


def are_numerals(code: NDArray[np.uint32]) -> Mask:
    """Which characters are 0 to 9."""
    mask: Mask = (code >= ord("0")) & (code <= ord("9"))
    return mask
