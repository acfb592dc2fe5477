"""What stands on a page: characters and printed rules, as columns, in points of the shown page."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Characters:
    """Printed characters, in the order of the file; a row each.

    Attributes:
        code: Unicode.
        box: ``x0, y0, x1, y1`` from advance and size, not the ink; from the upper left corner.
        start: Where it begins in reading direction …
        end: … and ends; for text that reads to the right these are ``x0`` and ``x1``.
        line: Its baseline across the reading direction; grows from line to line.
        size: Of its font.
        angle: Direction of reading, in degrees counter-clockwise: 0, 90, 180, 270; -1 is none.
    """

    code: NDArray[np.uint32]
    box: Floats
    start: Floats
    end: Floats
    line: Floats
    size: Floats
    angle: NDArray[np.int16]

    def __len__(self) -> int:
        """How many."""
        return len(self.code)

    def take(self, chosen: Mask | Ints) -> Characters:
        """Some of them, by mask or by index."""
        return Characters(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    @property
    def centre(self) -> tuple[Floats, Floats]:
        """The middles of their boxes."""
        return (self.box[:, 0] + self.box[:, 2]) / 2, (self.box[:, 1] + self.box[:, 3]) / 2


@dataclass(frozen=True)
class Rules:
    """Printed rules of one direction: ``at`` across it, ``start`` to ``end`` along it."""

    at: Floats
    start: Floats
    end: Floats

    def __len__(self) -> int:
        """How many."""
        return len(self.at)


@dataclass(frozen=True)
class Transform:
    """From user space of a PDF page to the page as shown: points from its upper left corner.

    ``x' = a·x + c·y + e``, ``y' = b·x + d·y + f``.
    """

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def boxes(self, box: Floats) -> Floats:
        """Boxes of any two corners ``x, y, x, y`` → ``x0, y0, x1, y1``."""
        x, y = box[:, 0::2], box[:, 1::2]
        shown_x = self.a * x + self.c * y + self.e
        shown_y = self.b * x + self.d * y + self.f
        return np.column_stack(
            [shown_x.min(axis=1), shown_y.min(axis=1), shown_x.max(axis=1), shown_y.max(axis=1)]
        )

    def points(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Points as shown."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def inverse(self) -> Transform:
        """The way back."""
        det = self.a * self.d - self.b * self.c
        a, b, c, d = self.d / det, -self.b / det, -self.c / det, self.a / det
        return Transform(a, b, c, d, -(a * self.e + c * self.f), -(b * self.e + d * self.f))

    def after(self, first: Transform) -> Transform:
        """``first``, then this one."""
        return Transform(
            self.a * first.a + self.c * first.b,
            self.b * first.a + self.d * first.b,
            self.a * first.c + self.c * first.d,
            self.b * first.c + self.d * first.d,
            self.a * first.e + self.c * first.f + self.e,
            self.b * first.e + self.d * first.f + self.f,
        )


@dataclass(frozen=True)
class Primitives:
    """A page as PDFium gives it.

    Attributes:
        width: Of the page as shown, in points.
        height: Likewise.
        rotation: Degrees by which the file has it turned for showing.
        turn: The angle along which most text reads: all places are those of the page turned by it.
        characters: Those with a shape; white space is none.
        horizontal: Rules from left to right.
        vertical: Rules from top to bottom.
        image_share: Part of the page that its images cover.
        drawings: Paths that are no rules: text drawn as curves is many of them.
        unmapped: Characters of which the file does not say what they are.
        invisible: Which characters are not shown, as under a scan.
        clipped: Which characters are cut away, since their text is cut to a box.
        pictures: The box of each image, and of each path that is no rule.
        has_annotations: Whether text stands on it that is not its own: in a form field, a note.
    """

    width: float
    height: float
    rotation: int
    turn: int
    characters: Characters
    horizontal: Rules
    vertical: Rules
    image_share: float
    drawings: int
    unmapped: int
    invisible: Mask
    clipped: Mask
    pictures: Floats = field(default_factory=lambda: np.empty((0, 4)))
    has_annotations: bool = False
