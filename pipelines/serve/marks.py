"""Where on a page certain characters of a cell stand: exactly, or not at all."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from pipelines.extract.pdf.cleaning import cleaned
from pipelines.extract.pdf.lines import in_reading_order
from pipelines.extract.pdf.pdfium import primitives

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pypdfium2

    from pipelines.extract.pdf.shapes import Characters

#: x0, y0, x1, y1 in points of the page as shown, from its upper left corner.
Box = tuple[float, float, float, float]


def printed_characters(page: pypdfium2.PdfPage) -> Characters:
    """The characters of a page, as the reader sees them."""
    return cleaned(primitives(page))[0]


def cited_boxes(page: Characters, cell: Box, text: str, cited: tuple[int, int]) -> list[Box]:
    """Boxes, one a line, of the cited characters of a cell; none if there is any doubt.

    They are found if what is printed within the cell's box, in reading order, is the cell's text,
    white space apart. A number that runs over its cell is not.

    Args:
        page: The characters of its page.
        cell: The cell's box.
        text: The cell's text.
        cited: First character of the text, and the one after the last.
    """
    x, y = page.centre
    inside = page.take((x >= cell[0]) & (x <= cell[2]) & (y >= cell[1]) & (y <= cell[3]))
    if not len(inside):
        return []
    order, line = in_reading_order(inside, np.zeros(len(inside), np.int64))
    wanted = _folded(text)
    printed = _folded(map(chr, inside.code[order].tolist()))
    if [char for char, _ in wanted] != [char for char, _ in printed]:
        return []
    start, end = cited
    chosen = sorted(
        {
            place
            for (_, position), (_, place) in zip(wanted, printed, strict=True)
            if start <= position < end
        }
    )
    box, of = inside.box[order][chosen], line[chosen]
    return [_around(box[of == number].T.tolist()) for number in np.unique(of).tolist()]


def _folded(texts: Iterable[str]) -> list[tuple[str, int]]:
    """Characters as they are compared, with the position of the text that each is from."""
    return [
        (char, position)
        for position, text in enumerate(texts)
        for char in unicodedata.normalize("NFKC", text)
        if not char.isspace()
    ]


def _around(edges: list[list[float]]) -> Box:
    x0, y0, x1, y1 = edges
    return min(x0), min(y0), max(x1), max(y1)
