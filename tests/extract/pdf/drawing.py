"""Pages drawn by hand: characters and rules, as PDFium would give them."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from pipelines.extract.pdf.shapes import Characters, Primitives, Rules

ABOVE = 0.88


def text(words: str, x: float, y: float, size: float = 10, angle: int = 0) -> Characters:
    """Words from a point on their baseline on: Chinese characters are square, others half."""
    width = np.array([size if ord(char) > 0x2000 else size / 2 for char in words])
    end = np.cumsum(width)
    start = end - width
    along, across = {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[angle]
    start, end = along + start, along + end
    line = np.full(len(words), float(across))
    high, low = line - ABOVE * size, line + (1 - ABOVE) * size
    box = {
        0: [start, high, end, low],
        90: [high, -end, low, -start],
        180: [-end, -low, -start, -high],
        270: [-low, start, -high, end],
    }[angle]
    keep = np.array([not char.isspace() for char in words], bool)
    characters = Characters(
        np.array([ord(char) for char in words], np.uint32),
        np.column_stack(box),
        start,
        end,
        line,
        np.full(len(words), float(size)),
        np.full(len(words), angle, np.int16),
    )
    return characters.take(keep)


def together(*parts: Characters) -> Characters:
    """Several texts, one after the other in the file."""
    return Characters(
        **{f.name: np.concatenate([getattr(part, f.name) for part in parts])
           for f in fields(Characters)}
    )  # fmt: skip


def rules(*drawn: tuple[float, float, float]) -> Rules:
    """Rules as ``at, start, end``."""
    every = np.array(drawn, float).reshape(-1, 3)
    return Rules(every[:, 0], every[:, 1], every[:, 2])


def ruled(columns: list[float], rows: list[float]) -> tuple[Rules, Rules]:
    """Horizontal and vertical rules of a table without merged cells."""
    return (
        rules(*((y, columns[0], columns[-1]) for y in rows)),
        rules(*((x, rows[0], rows[-1]) for x in columns)),
    )


def page(
    characters: Characters,
    horizontal: Rules | None = None,
    vertical: Rules | None = None,
    invisible: list[int] | None = None,
    clipped: list[int] | None = None,
) -> Primitives:
    """A page of 600 × 800 points; some characters, by number, are not shown or cut away."""
    hidden, cut = np.zeros(len(characters), bool), np.zeros(len(characters), bool)
    hidden[invisible or []] = True
    cut[clipped or []] = True
    none = rules()
    return Primitives(
        600,
        800,
        0,
        0,
        characters,
        horizontal or none,
        vertical or none,
        0.0,
        0,
        0,
        hidden,
        cut,
    )
