"""A page to draw on: places in points from its upper left corner, rules and texts in many ways."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.pdf.make.model import PORTRAIT

if TYPE_CHECKING:
    from pathlib import Path

EMBEDDED, NOT_EMBEDDED = "ZenHei", "STSong-Light"
#: Points from dot to dot.
DOTS = 1.8
ZENHEI = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
#: A number and a word of Latin letters stay together where they fit.
_TOKEN = re.compile(r"[0-9A-Za-z.,%]+|.")
#: Punctuation that no line begins with.
_CLOSING = "。，、；：）》”’！？】,.;:)"


@dataclass
class Paper:
    """A PDF that is drawn by hand.

    Attributes:
        rules: How rules are drawn: ``lines``, ``rectangles``, ``dots``, ``dashes`` or, by the cell,
            ``boxes``.
        weight: How thick they are.
        strokes: How often each text is printed, a little aside: more than once is a fake bold.
        printed: Characters that stand for others in print.
    """

    path: Path
    font: str = NOT_EMBEDDED
    size: tuple[float, float] = PORTRAIT
    rules: str = "lines"
    weight: float = 0.7
    strokes: int = 1
    printed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fonts()
        from reportlab import rl_config
        from reportlab.pdfgen.canvas import Canvas

        rl_config.useA85 = 0  # bytes, not letters: a fifth smaller
        self.canvas: Any = Canvas(
            str(self.path), pagesize=self.size, pageCompression=1, invariant=1
        )
        self.canvas.setTitle(self.path.stem)
        self.canvas.setAuthor("示例")
        self.page_no = 1

    def page(self, size: tuple[float, float] | None = None) -> None:
        """The next page."""
        self.canvas.showPage()
        self.page_no += 1
        if size:
            self.resize(size)

    def resize(self, size: tuple[float, float]) -> None:
        """Another size for this page and the next."""
        self.size = size
        self.canvas.setPageSize(size)

    def save(self) -> int:
        """Write the file; return its number of pages."""
        self.canvas.showPage()
        self.canvas.save()
        return self.page_no

    def turn(self, angle: int) -> None:
        """Show this page turned by an angle, and draw it so that it is shown upright."""
        wide, high = self.size
        # The canvas takes the size as shown, and exchanges the sides of the page itself.
        self.canvas.setPageRotation(angle)
        self.canvas.translate(*{90: (high, 0), 180: (wide, high), 270: (0, wide)}[angle])
        self.canvas.rotate(angle)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A rectangle that is stroked."""
        self.canvas.setLineWidth(self.weight)
        self.canvas.rect(x0, self.size[1] - y1, x1 - x0, y1 - y0)

    def rule(self, x0: float, y0: float, x1: float, y1: float, weight: float | None = None) -> None:
        """A rule along an axis."""
        weight = weight or self.weight
        top, half = self.size[1], weight / 2
        if self.rules == "rectangles":
            wide, high = x1 - x0 + weight, y1 - y0 + weight
            self.canvas.rect(x0 - half, top - y1 - half, wide, high, stroke=0, fill=1)
        elif self.rules == "dots":
            for step in range(int(max(x1 - x0, y1 - y0) / DOTS) + 1):
                x, y = (x0 + step * DOTS, y0) if x1 > x0 else (x0, y0 + step * DOTS)
                self.canvas.rect(x - half, top - y - half, weight, weight, stroke=0, fill=1)
        else:
            self.canvas.setLineWidth(weight)
            self.canvas.setDash(*((2, 2) if self.rules == "dashes" else ()))
            self.canvas.line(x0, top - y0, x1, top - y1)

    def text(self, x: float, y: float, text: str, size: float = 9, align: str = "left") -> None:
        """A line of text with its baseline at ``y``; ``x`` is its left, middle or right.

        What follows ``^`` is one small raised character.
        """
        shift = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width(text, self.font, size)
        at = x - shift
        for place, part in enumerate(text.split("^")):
            raised, rest = (part[:1], part[1:]) if place else ("", part)
            at = self._run(at, y - size * 0.35, raised, size * 0.55)
            at = self._run(at, y, rest, size)

    def _run(self, x: float, y: float, text: str, size: float) -> float:
        if text:
            self.canvas.setFont(self.font, size)
            for stroke in range(self.strokes):
                aside = 0.25 * stroke
                shown = "".join(self.printed.get(ch, ch) for ch in text)
                self.canvas.drawString(x + aside, self.size[1] - y, shown)
        return x + width(text, self.font, size)

    def turned(self, x: float, y: float, angle: float, text: str, size: float = 9) -> None:
        """A line of text that runs at an angle, counter-clockwise."""
        self.canvas.saveState()
        self.canvas.translate(x, self.size[1] - y)
        self.canvas.rotate(angle)
        self.canvas.setFont(self.font, size)
        self.canvas.drawString(0, 0, text)
        self.canvas.restoreState()


@cache
def fonts() -> None:
    """Make both fonts known, once."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(UnicodeCIDFont(NOT_EMBEDDED))
    pdfmetrics.registerFont(TTFont(EMBEDDED, ZENHEI, subfontIndex=0))


def width(text: str, font: str, size: float) -> float:
    """Of a text, in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, font, size))


def wrapped(text: str, font: str, size: float, room: float, *, hang: bool = False) -> list[str]:
    """Lines of a text; ``hang`` lets closing punctuation stand beyond the room."""
    lines = [""]
    for token in _TOKEN.findall(text):
        pieces = [token] if width(token, font, size) <= room else list(token)
        for piece in pieces:
            fits = width(lines[-1] + piece, font, size) <= room
            if fits or not lines[-1] or (hang and piece in _CLOSING):
                lines[-1] += piece
            elif piece in _CLOSING and len(lines[-1]) > 1:
                lines.append(lines[-1][-1] + piece)
                lines[-2] = lines[-2][:-1]
            else:
                lines.append(piece)
    return lines
