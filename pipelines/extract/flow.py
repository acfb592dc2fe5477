"""Documents that flow: paragraphs and tables as the file marks them up → one page of grids, lines.

Word and HTML say themselves what a table is, and what a cell. But tables are also laid out with
tables: one that only places others, or words beside one another, is lines and no grid.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from pipelines.documents import limits
from pipelines.extract.grids import GIVEN, Extraction, Grid, Page, Refusal, RefusedError, cell_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipelines.extract.grids import PageFlag

#: What is known of a cell.
_COLUMNS = ("page_no", "grid_no", "row_no", "col_no", "row_span", "col_span", "seq", "text")
#: A printed number.
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
#: A raised or lowered digit at a number would become one of its digits wherever it is read plainly.
_MARKED = re.compile(r"\d\s?[⁰¹²³⁴-⁹₀-₉]|[⁰¹²³⁴-⁹₀-₉]\s?\d")
#: A row with so many filled cells sets words beside one another, as rows of tables do.
_BESIDE = 2
#: So many filled cells in a single such row, or rows of so many cells, are a header and a form.
_HEADER = 3
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


@dataclass
class Cell:
    """A cell of a table as marked up: its place, from 1, and what stands in it."""

    row: int
    col: int
    row_span: int
    col_span: int
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Table:
    """A table as marked up: its cells, in reading order, and what makes it doubtful."""

    cells: list[Cell]
    flags: set[PageFlag] = field(default_factory=set)


#: A table has more columns than any document: what says so is damaged or made to do harm.
TOO_WIDE = Refusal(
    "document_limits",
    f"列 columns > {limits.FLOWING_COLUMNS:,}",
    f"列 columns ≤ {limits.FLOWING_COLUMNS:,}",
)
#: What follows one another: paragraphs, which are lines, and tables.
Block: TypeAlias = str | Table


@dataclass(frozen=True)
class _Grid:
    """A table that holds data: its cells, each with its text, and what makes it doubtful."""

    cells: list[tuple[Cell, str]]
    flags: set[PageFlag]

    @property
    def filled(self) -> int:
        return sum(bool(text) for _, text in self.cells)

    @property
    def text(self) -> str:
        return joined(text for _, text in self.cells)


def page_of(  # noqa: PLR0913 - all that an extraction is
    document_id: str,
    media_type: str,
    blocks: Sequence[Block],
    *,
    char_count: int,
    dropped: Mapping[str, int],
    flags: Iterable[PageFlag] = (),
    encoding: str | None = None,
) -> Extraction:
    """A document of one page.

    Args:
        document_id: Its key.
        media_type: Its true media type.
        blocks: What is shown, in reading order.
        char_count: Characters counted in the file, before it was taken apart.
        dropped: Of these, those that are not shown, by reason.
        flags: What makes it doubtful.
        encoding: Of its text.

    Raises:
        RefusedError: it has more cells than any document.
    """
    rows: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    seq, line_no, grids = count(1), count(1), 0
    said = set(flags)
    for part in _resolved(blocks):
        if isinstance(part, str):
            _add(rows, 0, next(line_no), 1, 1, 1, next(seq), part)
            continue
        grids += 1
        said |= part.flags
        if len(rows["text"]) + len(part.cells) > limits.CELLS:
            most = f"单元格 cells ≤ {limits.CELLS:,}"
            raise RefusedError(Refusal("document_limits", f"> {limits.CELLS:,}", most))
        for cell, text in part.cells:
            place = (cell.row, cell.col, cell.row_span, cell.col_span)
            _add(rows, grids, *place, next(seq), text)
            if _MARKED.search(text):
                said.add("number_marked")
    filled = [text for text in rows["text"] if text]
    page = Page(
        1,
        len(filled),
        char_count,
        sum(map(weight, filled)) + sum(dropped.values()),
        dropped=tuple(sorted((reason, n) for reason, n in dropped.items() if n)),
        flags=tuple(sorted(said)),
    )
    given = [Grid(number, 1, GIVEN, (), ()) for number in range(1, grids + 1)]
    return Extraction(document_id, media_type, encoding, None, [page], given, cell_frame(rows))


def _add(rows: dict[str, list[Any]], *said: Any) -> None:
    """A cell or a line: page 1, and the values of the other columns in order."""
    for values, value in zip(rows.values(), (1, *said), strict=True):
        values.append(value)


def weight(text: str) -> int:
    """Printed characters of a text: white space is none."""
    return len("".join(text.split()))


def joined(lines: Iterable[str]) -> str:
    """Lines of a cell as one text, as a page prints them.

    Chinese goes on over a line's end without a space; words of letters do not, and one number
    below another is no longer number.
    """
    text = last = ""
    for line in lines:
        are_two = NUMBER.fullmatch(last) and NUMBER.fullmatch(line)
        is_word = text[-1:].isascii() and text[-1:].isalpha() and line[:1].isascii()
        text += (" " if are_two or (is_word and line[:1].isalpha()) else "") + line
        last = line
    return text


def raised(text: str) -> str:
    """Superscript text: ``2`` above the line is ``²``."""
    return text.translate(_RAISED)


def lowered(text: str) -> str:
    """Subscript text."""
    return text.translate(_LOWERED)


def _resolved(blocks: Iterable[Block]) -> Iterator[str | _Grid]:
    """Lines and grids in reading order: no blank lines, no tables that only lay out."""
    for block in blocks:
        if isinstance(block, Table):
            yield from _as_grid(block)
        elif said := block.strip():
            yield said


def _as_grid(table: Table) -> Iterator[str | _Grid]:
    """A table as a grid with what is nested in it as text, or else as what stands in it.

    Of a table and those within it, that is the grid which holds more.
    """
    parts = [(cell, list(_resolved(cell.blocks))) for cell in table.cells]
    nested = sum(p.filled for _, inside in parts for p in inside if isinstance(p, _Grid))
    own = sum(any(isinstance(p, str) for p in inside) for _, inside in parts)
    if own >= nested:
        texts = [
            (cell, joined(p if isinstance(p, str) else p.text for p in inside))
            for cell, inside in parts
        ]
        if _is_data(texts):
            inner = (p.flags for _, inside in parts for p in inside if isinstance(p, _Grid))
            yield _Grid(_compact(texts), table.flags.union(*inner))
            return
    for _, inside in parts:
        yield from inside


def _compact(cells: Sequence[tuple[Cell, str]]) -> list[tuple[Cell, str]]:
    """Cells in the rows and columns that are seen: in each of them a cell begins."""
    rows = sorted({cell.row for cell, _ in cells})
    cols = sorted({cell.col for cell, _ in cells})
    made = []
    for cell, text in cells:
        top, left = bisect_left(rows, cell.row), bisect_left(cols, cell.col)
        row_span = bisect_left(rows, cell.row + cell.row_span) - top
        col_span = bisect_left(cols, cell.col + cell.col_span) - left
        made.append((Cell(top + 1, left + 1, row_span, col_span), text))
    return made


def _is_data(cells: Sequence[tuple[Cell, str]]) -> bool:
    """Whether a table sets data in rows and columns, rather than lines in places."""
    filled: dict[int, int] = {}
    width: dict[int, int] = {}
    for cell, text in cells:
        filled[cell.row] = filled.get(cell.row, 0) + bool(text)
        width[cell.row] = width.get(cell.row, 0) + 1
    beside = [number for number in filled.values() if number >= _BESIDE]
    if len(beside) > 1:
        return True
    is_even = len(width) >= _HEADER and min(width.values()) >= _BESIDE
    is_header = len(filled) > 1 and (is_even or max(beside, default=0) >= _HEADER)
    has_number = any(NUMBER.fullmatch(text) for _, text in cells)
    return bool(beside) and (is_header or has_number)
