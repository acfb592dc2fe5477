"""Which cell each character belongs to: by place, and by the run that it is a part of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from pipelines.extract.pdf.runs import are_digits, runs, touches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.extract.pdf.lattice import Lattice
    from pipelines.extract.pdf.shapes import Characters, Floats, Ints, Mask

#: Outside of all tables.
OUTSIDE = -1
#: Text may stand on a table's outer rule.
_MARGIN = 1.0
#: How far a rule must go into a character to cut it.
_INTO = 0.08
#: Closing punctuation may hang over the rule at the end of a line.
_HANGING = np.array([ord(char) for char in "。，、；：）》”’！？】％,.;:)%"], np.uint32)
_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?%?")


def homes(characters: Characters, tables: Sequence[Lattice]) -> Ints:
    """The cell of each character, cells counted over all tables in order; ``OUTSIDE`` for none.

    A character is in the cell that its middle is in; of tables within tables, the innermost. Then
    runs of characters that touch are looked at where a rule parts them: hanging punctuation, a
    number wider than its cell, and text that runs on over an empty neighbour stay in one piece.
    """
    x, y = characters.centre
    home = np.full(len(characters), OUTSIDE)
    first = np.cumsum([0, *(len(table.cells) for table in tables)])
    for number in sorted(range(len(tables)), key=lambda n: (tables[n].area, n)):
        table = tables[number]
        inside = (
            (home == OUTSIDE)
            & (x >= table.columns[0] - _MARGIN)
            & (x <= table.columns[-1] + _MARGIN)
            & (y >= table.rows[0] - _MARGIN)
            & (y <= table.rows[-1] + _MARGIN)
        )
        home[inside] = first[number] + table.slots(x[inside], y[inside])
    if len(tables) and len(characters):
        _keep_runs(characters, home, np.vstack([table.boxes() for table in tables]))
    return home


def _keep_runs(characters: Characters, home: Ints, boxes: Floats) -> None:
    """Undo cuts through runs, in place."""
    is_cut = touches(characters) & (home[1:] != home[:-1])
    if not is_cut.any():
        return
    run = runs(characters)
    is_digit, hangs = are_digits(characters.code), np.isin(characters.code, _HANGING)
    for number in np.unique(run[1:][is_cut]).tolist():
        members = np.flatnonzero(run == number)
        _keep_numbers(characters, home, members, is_digit)
        _keep_hanging(home, members, hangs)
        _keep_overflow(characters, home, members, boxes)


def _keep_numbers(characters: Characters, home: Ints, members: Ints, is_digit: Mask) -> None:
    """A number in one piece goes to the cell that holds most of it."""
    breaks = np.flatnonzero(np.diff(is_digit[members].astype(np.int8)) != 0) + 1
    for part in np.split(members, breaks):
        if not is_digit[part[0]] or (home[part] == home[part[0]]).all():
            continue
        text = "".join(map(chr, characters.code[part]))
        if _NUMBER.fullmatch(text) is None:
            continue
        cells, counts = np.unique(home[part][home[part] != OUTSIDE], return_counts=True)
        home[part] = cells[counts.argmax()]


def _keep_hanging(home: Ints, members: Ints, hangs: Mask) -> None:
    """Closing punctuation stays with what it closes, but for a line that begins with it."""
    for before, at in zip(members[:-1].tolist(), members[1:].tolist(), strict=True):
        if hangs[at] and home[before] != OUTSIDE and home[at] != home[before]:
            home[at] = home[before]


def _keep_overflow(characters: Characters, home: Ints, members: Ints, boxes: Floats) -> None:
    """Text that runs on into a cell of which nothing else is, goes back to where it began.

    The rule must go through a character: neighbours that fill their cells leave a gap at it.
    """
    cells = home[members]
    cuts = np.flatnonzero(cells[1:] != cells[:-1]) + 1
    if not len(cuts) or cells[0] == OUTSIDE:
        return
    for part in np.split(members, cuts)[1:]:
        cell = home[part[0]]
        is_alone = cell == OUTSIDE or int((home == cell).sum()) == len(part)
        if not is_alone or not _is_straddled(characters, int(part[0]), boxes[cells[0]]):
            return
        home[part] = cells[0]
        boxes = boxes if cell == OUTSIDE else _widened(boxes, int(cells[0]), int(cell))


def _is_straddled(characters: Characters, at: int, box: Floats) -> bool:
    """Whether the end of a cell's box goes through a character, not between ``at`` and before."""
    edge = {0: box[2], 90: -box[1], 180: -box[0], 270: box[3]}[int(characters.angle[at])]
    slack = _INTO * characters.size[at]
    return bool(characters.end[at - 1] > edge + slack or characters.start[at] < edge - slack)


def _widened(boxes: Floats, cell: int, by: int) -> Floats:
    """Boxes, a cell's grown by another's: text may run on over several."""
    grown = boxes.copy()
    grown[cell, :2] = np.minimum(boxes[cell, :2], boxes[by, :2])
    grown[cell, 2:] = np.maximum(boxes[cell, 2:], boxes[by, 2:])
    return grown
