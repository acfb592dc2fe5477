"""Lines: characters of a cell, or outside of all cells, put into reading order → text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.extract.pdf.runs import are_numerals

if TYPE_CHECKING:
    from pipelines.extract.grids import PageFlag
    from pipelines.extract.pdf.shapes import Characters, Floats, Ints, Mask

#: Baselines that differ by less than this, in parts of the larger size, are one line: a raised
#: figure stays in its line.
_LINE = 0.5
#: A gap as wide as this parts words of letters; of other characters it must be wider.
_WORD, _WIDE = 0.28, 1.0
#: Characters of a line that lie over one another by half, in such a share, are printed over.
_OVER, _OVER_SHARE = 0.5, 0.3
_SPACE = ord(" ")
#: A digit beside one so much larger, and off its line by so much, in parts of the larger one's
#: size, is a mark.
_SMALLER, _OFF_LINE = 0.8, 0.1
#: A number goes on in a cell's next line only if its line is full, but for the cell's margins, in
#: points, and for one more digit, in parts of its size.
_MARGINS, _DIGIT = 12.0, 0.6
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_CJK = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))


@dataclass(frozen=True)
class Lines:
    """Lines of text in reading order, those of one owner together.

    Attributes:
        owner: Cell that each line is in, or ``homes.OUTSIDE``.
        text: As printed; a wide gap is a space.
        box: ``x0, y0, x1, y1`` of each.
    """

    owner: Ints
    text: list[str]
    box: Floats


def lines(characters: Characters, home: Ints) -> Lines:
    """The lines of each cell, and those outside of cells."""
    if not len(characters):
        return Lines(np.empty(0, int), [], np.empty((0, 4)))
    order, line = in_reading_order(characters, home)
    characters, home = characters.take(order), home[order]
    is_first = np.concatenate([[True], line[1:] != line[:-1]])
    has_space = ~is_first & _gaps(characters)
    code = np.insert(characters.code, np.flatnonzero(has_space), _SPACE)
    text = code.astype("<u4").tobytes().decode("utf-32-le")
    first = np.flatnonzero(is_first)
    begin = (first + np.cumsum(has_space)[first]).tolist()
    box = np.column_stack(
        [np.minimum.reduceat(characters.box[:, :2], first),
         np.maximum.reduceat(characters.box[:, 2:], first)]
    )  # fmt: skip
    ends = [*begin[1:], len(text)]
    return Lines(home[first], [text[a:b] for a, b in zip(begin, ends, strict=True)], box)


def texts(found: Lines, cells: Floats) -> list[str]:
    """The text of each cell: its lines joined, with a space where a word of letters may end.

    One number below another is no longer number, unless there was no room left for it: where the
    rule between two rows is not seen, ``10`` and ``20`` are not 1020.

    Args:
        found: Lines of all cells, in reading order.
        cells: The box of each cell.
    """
    text = [""] * len(cells)
    width = cells[:, 2] - cells[:, 0]
    above: tuple[int, str, float] = (-1, "", 0.0)
    for owner, line, (x0, y0, x1, y1) in zip(
        found.owner.tolist(), found.text, found.box.tolist(), strict=True
    ):
        if owner < 0:
            continue
        before, last, room = above
        are_two = (
            owner == before
            and room > _MARGINS + _DIGIT * (y1 - y0)
            and _NUMBER.fullmatch(last) is not None
            and _NUMBER.fullmatch(line) is not None
        )
        text[owner] = f"{text[owner]} {line}" if are_two else _joined(text[owner], line)
        above = (owner, line, float(width[owner]) - (x1 - x0))
    return text


def doubtful_digits(characters: Characters, home: Ints) -> list[PageFlag]:
    """What may make another number of a cell's digits, as flags.

    ``number_marked``: a small digit beside another and off its line is a note's or a power:
    ``30`` with a small ``1`` is not 301. ``number_overprinted``: two digits at one place.
    """
    digits = characters.take(is_digit := are_numerals(characters.code))
    if len(digits) < 2:
        return []
    order, line = in_reading_order(digits, home[is_digit])
    these = digits.take(order)
    one, other = these.size[:-1], these.size[1:]
    larger = np.maximum(one, other)
    gap = these.start[1:] - these.end[:-1]
    is_near = (line[1:] == line[:-1]) & (np.abs(gap) < _WORD * larger)
    is_mark = (np.minimum(one, other) < _SMALLER * larger) & (
        np.abs(np.diff(these.line)) > _OFF_LINE * larger
    )
    is_over = (line[1:] == line[:-1]) & (-gap > _OVER * (these.end - these.start)[1:])
    flags: dict[PageFlag, Mask] = {
        "number_marked": is_near & is_mark,
        "number_overprinted": is_over,
    }
    return [flag for flag, pairs in flags.items() if pairs.any()]


def _joined(before: str, line: str) -> str:
    """Two lines of a cell; words of Latin letters do not go on over a line's end."""
    if before and before[-1].isascii() and line[0].isascii():
        are_letters = before[-1].isalpha() and line[0].isalpha()
        return f"{before} {line}" if are_letters and " " in before + line else before + line
    return before + line


def in_reading_order(characters: Characters, home: Ints) -> tuple[Ints, Ints]:
    """Reading order, and the number of the line that each character is in, in that order."""
    order = np.lexsort((characters.line, characters.angle, home))
    baseline, size = characters.line[order], characters.size[order]
    angle, owner = characters.angle[order], home[order]
    higher = np.maximum(size[1:], size[:-1])
    is_new = np.concatenate(
        [[True], (owner[1:] != owner[:-1]) | (angle[1:] != angle[:-1])
         | (np.diff(baseline) > _LINE * higher)]
    )  # fmt: skip
    line = np.cumsum(is_new) - 1
    by_place = np.lexsort((order, characters.start[order], line))
    order, line = order[by_place], line[by_place]
    if (over := _overprinted(characters, order, line)).any():
        along = np.where(over[line], 0.0, characters.start[order])
        again = np.lexsort((order, along, line))
        order, line = order[again], line[again]
    return order, line


def _overprinted(characters: Characters, order: Ints, line: Ints) -> Mask:
    """Lines of two texts printed over one another: they are read in the order of the file."""
    start, end = characters.start[order], characters.end[order]
    lies_over = (line[1:] == line[:-1]) & (
        end[:-1] - start[1:] > _OVER * np.minimum(end - start, characters.size[order])[1:]
    )
    count = int(line[-1]) + 1
    share = np.bincount(line[1:], lies_over, count) / np.bincount(line, minlength=count)
    mask: Mask = share > _OVER_SHARE
    return mask


def _gaps(characters: Characters) -> Mask:
    """Whether there is white space before each character, given the one before in its line."""
    gap = characters.start[1:] - characters.end[:-1]
    is_cjk = np.zeros(len(characters), bool)
    for first, last in _CJK:
        is_cjk |= (characters.code >= first) & (characters.code <= last)
    least = np.where(is_cjk[1:] | is_cjk[:-1], _WIDE, _WORD)
    is_wide = gap > least * characters.size[1:]
    return np.concatenate([[False], is_wide])
