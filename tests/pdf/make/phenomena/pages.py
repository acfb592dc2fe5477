"""Tables over pages."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pypdfium2

from tests.pdf.cases import Case
from tests.pdf.make import office, tables
from tests.pdf.make.layout import Strip, Style, lines_of, print_table
from tests.pdf.make.model import LANDSCAPE, Cell, Table, head, row
from tests.pdf.make.paper import EMBEDDED
from tests.pdf.make.phenomena.sketch import Sketch

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

#: Half a sheet: a cut needs no long table.
SHORT, LOW = (595.0, 400.0), (842.0, 335.0)


def row_cut_open(folder: Path) -> Case:
    sketch = Sketch(folder, "row-cut-open", size=SHORT)
    sketch.table(tables.performance(sketch.rng, 5), Style(cut_rows=True, closing=False))
    return sketch.case("row_cut_open")


def row_cut_closed(folder: Path) -> Case:
    sketch = Sketch(folder, "row-cut-closed", size=SHORT)
    sketch.table(tables.performance(sketch.rng, 5), Style(cut_rows=True))
    return sketch.case("row_cut_closed")


def header_repeated(folder: Path) -> Case:
    sketch = Sketch(folder, "header-repeated", size=SHORT)
    sketch.table(tables.expenditure(sketch.rng, 1))
    return sketch.case("header_repeated")


def header_glued(folder: Path) -> Case:
    sketch = Sketch(folder, "header-glued", size=SHORT)
    style = Style(cut_rows=True, closing=False, glue_header=True)
    sketch.table(tables.performance(sketch.rng, 5), style)
    return sketch.case("header_glued")


def header_first_page_only(folder: Path) -> Case:
    sketch = Sketch(folder, "header-first-page-only", size=SHORT)
    table = replace(tables.expenditure(sketch.rng, 1), repeat_header=False)
    sketch.table(table)
    return sketch.case("header_first_page_only")


def number_cut(folder: Path) -> Case:
    """Narrow columns divide the numbers into two lines; the page ends between them."""
    return _number_cut(folder, "number-cut", is_open=False)


def number_cut_open(folder: Path) -> Case:
    return _number_cut(folder, "number-cut-open", is_open=True)


def _number_cut(folder: Path, name: str, *, is_open: bool) -> Case:
    # Title and line above take 27 points, the header two lines, each row two: 21 lines end in one.
    sketch = Sketch(folder, name, size=(595.0, 60 + 27 + 21 * 12 + 1 + 50.0))
    header = row(*map(head, ("科目编码", "科目名称", "合计", "基本支出")))
    rows = [row(code, title, *(f"{sketch.rng.randint(10**8, 10**9 - 1) / 100:,.2f}" for _ in "ab"))
            for code, title in tables.words()["functions"][:14]]  # fmt: skip
    table = Table("一般公共预算支出表", tables.above(sketch.rng), (60.0, 190.0, 38.0, 38.0),
                  (header, *rows), repeat_header=False)  # fmt: skip
    style = Style(cut_rows=True, closing=not is_open, air=0, middle=False, least=1)
    sketch.table(table, style)
    logical = sketch.tables[0]
    joins = tuple(sorted({*(logical.joins or ()), "number_cut"} - {"row_continued"}))
    sketch.tables[0] = replace(logical, joins=joins)
    return sketch.case("number_cut")


def span_text_first(folder: Path) -> Case:
    sketch = Sketch(folder, "span-text-first", size=LOW)
    sketch.table(tables.indicators(sketch.rng, 4, (1, 1)), Style(middle=False))
    return sketch.case("span_text_first")


def span_text_repeated(folder: Path) -> Case:
    """No page's end leaves one row of a merged cell: two cells of the same text look the same."""
    sketch = Sketch(folder, "span-text-repeated", size=(842.0, 444.0))
    sketch.table(tables.indicators(sketch.rng, 4, (1, 1)), Style(repeat_spans=True))
    return sketch.case("span_text_repeated")


def span_text_split(folder: Path) -> Case:
    """The text of the merged cell begins on one page and ends on the next."""
    sketch = Sketch(folder, "span-text-split", EMBEDDED, SHORT)
    sketch.table(_spanning(sketch.rng))
    return sketch.case("span_text_split")


def _spanning(rng: Random) -> Table:
    names = [name for group in tables.words()["indicators"] for name in group[2:]]
    rows = [row(*map(head, ("项目", "绩效目标", "指标", "指标值")))]
    for number in range(2):
        for place in range(16):
            first = [Cell(f"{number + 1}. {rng.choice(tables.words()['projects'])}", 16),
                     Cell(tables.goal(rng, 16, 18), 16)]  # fmt: skip
            name, value = rng.choice(names), rng.choice(tables.words()["values"])
            rows.append(row(*([] if place else first), f"{place + 1}. {name}", value))
    return Table("项目绩效目标表", tables.above(rng), (90.0, 130.0, 200.0, 90.0), tuple(rows))


def span_text_clipped(folder: Path) -> Case:
    """As Calc prints: what of the text lies beyond the page or over the header is not shown."""
    sketch = Sketch(folder, "span-text-clipped")
    path = folder / "span-text-clipped.pdf"
    table = tables.indicators(sketch.rng, 4)
    office.as_pdf(office.xlsx([table]), "xlsx", path)
    with pypdfium2.PdfDocument(path) as document:
        count = len(document)
    joins = ("repeated_header", "rowspan_continued")
    logical = table.logical(tuple(range(1, count + 1)), joins)
    return Case(
        path.stem, "calc", count, (logical,), ("span_text_clipped",), tuple(lines_of(table, 1))
    )


def identical_adjacent(folder: Path) -> Case:
    sketch = Sketch(folder, "identical-adjacent")
    table = tables.plain(sketch.rng, 7)
    end = sketch.table(table)
    sketch.table(replace(tables.plain(sketch.rng, 7), title="", above=("", "")), y=end + 14)
    return sketch.case("identical_adjacent")


def left_right_pages(folder: Path) -> Case:
    """The left columns on one page, the others on the next, row by row at the same height."""
    sketch = Sketch(folder, "left-right-pages", size=LANDSCAPE)
    names = ("单位代码", "单位名称", "合计", *tables.words()["incomes"])
    whole = tables.sources(sketch.rng, 9)
    rows = [row(*map(head, names)), *(cells[:12] for cells in whole.rows[3:])]
    table = replace(whole, rows=tuple(rows), widths=(60.0,) * 12, header_rows=1)
    return _halves(sketch, table, 7)


def left_right_headers(folder: Path) -> Case:
    """The header of the right page lacks a rule that the left one's has."""
    sketch = Sketch(folder, "left-right-headers", size=LANDSCAPE)
    table = replace(tables.sources(sketch.rng, 8), widths=(60.0, 60.0, *[62.0] * 16))
    return _halves(sketch, table, 12)


def _halves(sketch: Sketch, whole: Table, at: int) -> Case:
    """Print the columns before and from ``at`` on two pages."""
    left = replace(whole, rows=_columns(whole, 0, at), widths=whole.widths[:at])
    right = replace(whole, rows=_columns(whole, at, len(whole.widths)), title="", above=("", ""),
                    widths=whole.widths[at:])  # fmt: skip
    sketch.lines += lines_of(left, 1)
    strips = [Strip(half, sketch.paper, Style()).tops for half in (left, right)]
    heights = tuple(map(max, *([b - a for a, b in pairwise(tops)] for tops in strips)))
    style = Style(heights=heights)
    first, _ = print_table(sketch.paper, left, style)
    sketch.paper.page()
    second, _ = print_table(sketch.paper, right, style, y=87)
    sketch.tables.append(replace(
        first, pages=(1, 2), joins=("columns_appended",),
        rows=tuple(a + b for a, b in zip(first.rows, second.rows, strict=True)),
        spans=first.spans + tuple((r, c + at, n, m) for r, c, n, m in second.spans),
    ))  # fmt: skip
    return sketch.case("left_right_pages")


def _columns(table: Table, first: int, last: int) -> tuple[tuple[Cell, ...], ...]:
    """The rows of some columns; no merged cell may be cut."""
    return tuple(tuple(cell for cell in cells[first:last] if cell) for cells in table.grid)


CASES = (row_cut_open, row_cut_closed, header_repeated, header_glued, header_first_page_only,
         number_cut, number_cut_open, span_text_first, span_text_repeated, span_text_split,
         span_text_clipped, identical_adjacent, left_right_pages, left_right_headers)  # fmt: skip
