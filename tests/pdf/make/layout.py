"""Prints tables onto paper, over as many pages as they need, in the ways that tables are printed.

A table is laid out once on an endless strip in steps of a line, and the strip is cut into pages:
between rows, or between the lines of a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from tests.pdf.make.paper import Paper, width, wrapped

if TYPE_CHECKING:
    from tests.pdf.cases import LogicalTable
    from tests.pdf.make.model import Cell, Table

SIZE, LINE, PAD = 9.0, 12.0, 2.0
MARGIN = 40.0


@dataclass(frozen=True)
class Style:
    """How a table is printed.

    Attributes:
        cut_rows: Whether a page may end within a row.
        closing: Whether a cut row is closed by a rule at the page end, and opened by one.
        glue_header: Whether the repeated header has no rule to the remnant below it.
        repeat_spans: Whether a merged cell over pages prints its text on each.
        air: Empty lines a row has beside its text.
        hang: Whether closing punctuation may hang over the right rule.
        sides: Whether there are rules at the left and right end.
        gap: What rules lack at both ends of each cell.
        bottom: What is kept free at the page end.
        middle: Whether texts stand in the middle of their cells' height, else at the top.
        wrap: Whether texts are divided into lines, else they are printed beyond their cells.
        least: How many lines of a cut row stand together at least.
        rules: Whether there are rules at all.
        left: Where the table begins.
        heights: How high rows are at least, in lines.
    """

    cut_rows: bool = False
    closing: bool = True
    glue_header: bool = False
    repeat_spans: bool = False
    air: int = 1
    hang: bool = False
    sides: bool = True
    gap: float = 0.0
    bottom: float = 50.0
    middle: bool = True
    wrap: bool = True
    least: int = 2
    rules: bool = True
    left: float = MARGIN
    heights: tuple[int, ...] = ()


@dataclass
class Strip:
    """A table on an endless strip: where its rows begin, in lines; texts cut into lines."""

    table: Table
    paper: Paper
    style: Style
    columns: list[float] = field(init=False)
    tops: list[int] = field(init=False)
    lines: dict[tuple[int, int], list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = list(accumulate(self.table.widths, initial=self.style.left))
        self.lines = {(r, c): self._wrapped(c, cell) for r, c, cell in self.cells()}
        least = (1 + self.style.air,) * len(self.table.grid)
        heights = list(self.style.heights or least)
        for r, c, cell in sorted(self.cells(), key=lambda found: found[2].rows):
            last = r + cell.rows - 1
            missing = len(self.lines[r, c]) + (self.style.air if cell.rows == 1 else 0)
            heights[last] += max(0, missing - sum(heights[r : last + 1]))
        self.tops = list(accumulate(heights, initial=0))

    def cells(self) -> list[tuple[int, int, Cell]]:
        """Row, column, cell."""
        return [(r, c, cell) for r, row in enumerate(self.table.grid)
                for c, cell in enumerate(row) if cell]  # fmt: skip

    def _wrapped(self, column: int, cell: Cell) -> list[str]:
        if cell.align == "turned" or not self.style.wrap:
            return [cell.text]
        room = self.columns[column + cell.cols] - self.columns[column] - 2 * PAD
        return wrapped(cell.text, self.paper.font, SIZE, room, hang=self.style.hang)

    def draw(self, begin: int, end: int, y: float, *, bottom_rule: bool = True) -> float:
        """Draw the lines from ``begin`` to ``end`` at ``y``; return where the drawing ends."""
        for r, c, cell in self.cells():
            top, bottom = self.tops[r], self.tops[r + cell.rows]
            if top < end and bottom > begin:
                if self.style.rules:
                    self._borders((top, bottom), (c, c + cell.cols), (begin, end, y), bottom_rule)
                self._texts((r, c, cell), (begin, end, y))
        return y + (end - begin) * LINE

    def _borders(self, rows: tuple[int, int], columns: tuple[int, int],
                 part: tuple[int, int, float], bottom_rule: bool) -> None:  # fmt: skip
        begin, end, y = part
        (top, bottom), gap = rows, self.style.gap
        y0 = y + (max(top, begin) - begin) * LINE
        y1 = y + (min(bottom, end) - begin) * LINE
        x0, x1 = (self.columns[column] for column in columns)
        if self.paper.rules == "boxes":
            self.paper.box(x0, y0, x1, y1)
            return
        for column, x in zip(columns, (x0, x1), strict=True):
            if self.style.sides or 0 < column < len(self.columns) - 1:
                self.paper.rule(x, y0 + gap, x, y1 - gap)
        if top >= begin or self.style.closing:
            self.paper.rule(x0 + gap, y0, x1 - gap, y0)
        is_end = bottom >= end and not bottom_rule
        if (bottom <= end or self.style.closing) and not is_end:
            self.paper.rule(x0 + gap, y1, x1 - gap, y1)

    def _texts(self, found: tuple[int, int, Cell], part: tuple[int, int, float]) -> None:
        (r, c, cell), (begin, end, y) = found, part
        lines, top, bottom = self.lines[r, c], self.tops[r], self.tops[r + cell.rows]
        if self.style.repeat_spans and cell.rows > 1:
            top, bottom = max(top, begin), min(bottom, end)
        first = top + ((bottom - top - len(lines)) // 2 if self.style.middle else 0)
        half = (
            (bottom - top - len(lines)) % 2 * LINE / 2 if self._is_whole(top, bottom, part) else 0
        )
        x0, x1 = self.columns[c] + PAD, self.columns[c + cell.cols] - PAD
        if cell.align == "turned":
            foot = (
                y
                + (first - begin + 0.5) * LINE
                + half
                + width(cell.text, self.paper.font, SIZE) / 2
            )
            self.paper.turned((x0 + x1) / 2 + 0.35 * SIZE, foot, 90, cell.text, SIZE)
            return
        x = {"left": x0, "center": (x0 + x1) / 2, "right": x1}[cell.align]
        for place, text in enumerate(lines, first):
            if begin <= place < end:
                at = y + (place - begin) * LINE + 0.8 * LINE + half
                self.paper.text(x, at, text, SIZE, cell.align)

    def _is_whole(self, top: int, bottom: int, part: tuple[int, int, float]) -> bool:
        return self.style.middle and part[0] <= top and bottom <= part[1]


def print_table(
    paper: Paper, table: Table, style: Style = Style(), y: float = 60.0
) -> tuple[LogicalTable, float]:
    """Print a table from ``y`` on, and return its truth and where it ends on its last page."""
    strip = Strip(table, paper, style)
    y = headline(paper, table, strip, y)
    header_end = strip.tops[table.header_rows]
    limit = paper.size[1] - style.bottom
    pages, joins, begin = [paper.page_no], set[str](), 0
    while True:
        end = _end(strip, begin, int((limit - y) // LINE))
        y = strip.draw(begin, end, y, bottom_rule=style.closing or end in strip.tops)
        if end == strip.tops[-1]:
            return table.logical(tuple(pages), tuple(sorted(joins))), y
        joins |= _joins(strip, end)
        paper.page()
        pages.append(paper.page_no)
        y, begin = MARGIN, end
        if table.repeat_header and table.header_rows:
            y = strip.draw(0, header_end, y, bottom_rule=not style.glue_header)


def headline(paper: Paper, table: Table, strip: Strip, y: float) -> float:
    """The title of a table and the line above it; returns where the table begins."""
    if table.title:
        paper.text((strip.columns[0] + strip.columns[-1]) / 2, y, table.title, 14, "center")
        y += 22
    if any(table.above):
        paper.text(strip.columns[0], y, table.above[0])
        paper.text(strip.columns[-1], y, table.above[1], align="right")
        y += 5
    return y


def corner(table: Table, style: Style, page: int, y: float) -> tuple[int, float, float]:
    """Where a table begins that is printed from ``y`` on: page, x, y."""
    return page, style.left, y + (22 if table.title else 0) + (5 if any(table.above) else 0)


def lines_of(table: Table, page: int) -> list[tuple[int, str]]:
    """The texts above a table, with their page."""
    return [(page, text) for text in (table.title, *table.above) if text]


def _end(strip: Strip, begin: int, room: int) -> int:
    """Where a page ends that begins at a line and has room for so many."""
    if strip.tops[-1] - begin <= room:
        return strip.tops[-1]
    limit = begin + room
    whole = max(top for top in strip.tops if top <= limit)
    if not strip.style.cut_rows and whole > begin:
        return whole
    for top, bottom in pairwise(strip.tops):
        if top < limit < bottom and min(limit - top, bottom - limit) < strip.style.least:
            return top if top > begin else limit
    return limit


def _joins(strip: Strip, end: int) -> set[str]:
    """What it takes to join the pages before and after a line of the strip."""
    table, style = strip.table, strip.style
    is_cut = end not in strip.tops
    joins = {"repeated_header" if table.repeat_header and table.header_rows else "rows_continued"}
    if is_cut and style.glue_header:
        joins = {"glued_header"}
    if is_cut:
        joins.add("row_continued")
    row = max(r for r, top in enumerate(strip.tops) if top <= end)
    if any(r < row < r + cell.rows or (r < row + 1 < r + cell.rows and is_cut)
           for r, _, cell in strip.cells()):  # fmt: skip
        joins.add("rowspan_continued")
    return joins
