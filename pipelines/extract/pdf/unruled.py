"""Tables without rules: columns told by the gaps between words. Always doubtful, and said so."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipelines.extract.pdf.lattice import Lattice

if TYPE_CHECKING:
    from pipelines.extract.pdf.shapes import Characters, Floats, Ints

#: A table has at least so many lines of at least so many words, and numbers in half of them.
_LINES, _WORDS = 4, 3
#: Words of a line are parted by this, in parts of their size.
_GAP = 0.8
#: Lines of one table follow one another within so many times their size.
_PITCH = 4.0
_DIGITS = np.array([ord(char) for char in "0123456789"], np.uint32)
_LINE = 0.5


def unruled(characters: Characters) -> list[Lattice]:
    """Tables that characters outside of ruled ones seem to form."""
    upright = characters.take(characters.angle == 0)
    if len(upright) < _LINES * _WORDS:
        return []
    words, baselines = _words(upright)
    blocks = _blocks(words, baselines)
    found = [_lattice(words, block) for block in blocks]
    return [each for each in found if each is not None]


def _words(characters: Characters) -> tuple[Floats, Floats]:
    """Words as ``line, x0, y0, x1, y1, has digits``, and the baseline of each line."""
    order = np.argsort(characters.line, kind="stable")
    these = characters.take(order)
    is_new = np.diff(these.line) > _LINE * np.maximum(these.size[1:], these.size[:-1])
    line = np.concatenate([[0], np.cumsum(is_new)])
    order = np.lexsort((these.start, line))
    these, line = these.take(order), line[order]
    begins = np.ones(len(these), bool)
    begins[1:] = (np.diff(line) > 0) | (these.start[1:] - these.end[:-1] > _GAP * these.size[1:])
    first = np.flatnonzero(begins)
    digits = np.add.reduceat(np.isin(these.code, _DIGITS).astype(float), first)
    words = np.column_stack(
        [line[first], np.minimum.reduceat(these.box[:, :2], first),
         np.maximum.reduceat(these.box[:, 2:], first), digits > 0]
    )  # fmt: skip
    count = np.bincount(line)
    return words, np.bincount(line, these.line) / count


def _blocks(words: Floats, baselines: Floats) -> list[Ints]:
    """Runs of lines of several words each; one line between them may have fewer."""
    line = words[:, 0].astype(int)
    many = np.flatnonzero(np.bincount(line, minlength=len(baselines)) >= _WORDS)
    if len(many) < _LINES:
        return []
    pitch = float(np.median(words[:, 4] - words[:, 2])) * _PITCH
    apart = (np.diff(many) > 2) | (np.diff(baselines[many]) > pitch)
    runs = np.split(many, np.flatnonzero(apart) + 1)
    return [np.arange(run[0], run[-1] + 1) for run in runs if len(run) >= _LINES]


def _lattice(words: Floats, block: Ints) -> Lattice | None:
    mine = words[np.isin(words[:, 0].astype(int), block)]
    line = mine[:, 0].astype(int)
    counts = np.bincount(line, minlength=int(block[-1]) + 1)[block]
    of_many = np.isin(line, block[counts >= _WORDS])
    columns: list[list[float]] = []
    for x0, x1 in sorted(zip(mine[of_many, 1].tolist(), mine[of_many, 3].tolist(), strict=True)):
        if columns and x0 <= columns[-1][1] + 1:
            columns[-1][1] = max(columns[-1][1], x1)
        else:
            columns.append([x0, x1])
    numbers = len(np.unique(line[mine[:, 5] > 0]))
    if len(columns) < _WORDS or numbers * 2 < len(block):
        return None
    inner = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    x = np.array([float(mine[:, 1].min()) - 2, *inner, float(mine[:, 3].max()) + 2])
    top = np.array([mine[line == number, 2].min() for number in block])
    bottom = np.array([mine[line == number, 4].max() for number in block])
    y = np.array([top[0], *((bottom[:-1] + top[1:]) / 2), bottom[-1]])
    height, width = len(y) - 1, len(x) - 1
    slot = np.arange(height * width)
    one = np.ones_like(slot)
    cells = np.column_stack([slot // width, slot % width, one, one])
    return Lattice(x, y, cells, slot.reshape(height, width), method="unruled")
