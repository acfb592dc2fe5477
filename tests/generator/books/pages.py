"""A book as pages: cover, contents, headings, tables with what stands above and below, prose.

A page is pieces: lines of text, or rows of a grid. Text and PDF print the same pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.generator.books.budget import place
from tests.generator.books.cells import body
from tests.generator.books.headers import Cell
from tests.generator.books.lines import chinese
from tests.generator.controls import yuan as as_yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from tests.generator.books.budget import Budget
    from tests.generator.books.cells import Row
    from tests.generator.books.sheets import Sheet

#: Rows left free in a table that holds nothing but its total.
_FREE_ROWS = 2
#: Characters of a name, and of a title, that may be broken.
_LONG, _LONG_TITLE = 8, 20
#: On paper no table begins lower on a page: where only merged rows stand below a header on its
#: first page, nothing shows how many columns the next page goes on with, and it waits.
_ROOM = 4


@dataclass(frozen=True)
class Look:
    """How a book looks: one way of each that its place has.

    Attributes:
        cover: Lines of the first page.
        heading: Above the first table.
        above: Lines above a table.
        note: Below a table.
        empty: What a table without figures says of it: a ``note`` below, a ``row`` in it.
        rows: So many rows a page holds, at least and at most.
        repeats_title: A table that goes on has its title again, marked.
        breaks_names: Long names of classes go on in a row of their own.
        breaks_titles: Long titles go on in a line of their own.
    """

    cover: tuple[str, ...]
    heading: str
    above: tuple[str, ...]
    note: str
    empty: dict[str, str]
    rows: tuple[int, int]
    form_feed: bool
    page_numbers: bool
    repeats_title: bool
    breaks_names: bool = False
    breaks_titles: bool = False


def draw_look(rng: Random, place_name: str) -> Look:
    """A way to print a book of a place."""
    said = place(place_name)["look"]
    return Look(
        cover=tuple(rng.choice(said["cover"])),
        heading=rng.choice(said["heading"]),
        above=tuple(rng.choice(said["above"])),
        note=rng.choice(said["note"]),
        empty=rng.choice(said["empty"]),
        rows=rng.choice(((8, 20), (20, 40), (500, 500))),
        form_feed=rng.random() < 0.7,
        page_numbers=rng.random() < 0.6,
        repeats_title=rng.random() < 0.2,
        breaks_names=rng.random() < 0.2,
        breaks_titles=rng.random() < 0.3,
    )


@dataclass
class Grid:
    """Rows of a table on a page.

    Attributes:
        sheet: Number of the table in its book, from 0.
        header: How many of the rows are its header.
        numbers: Of the table's rows that the others are; none of those that are no rows of it.
    """

    sheet: int
    header: int
    rows: list[Row]
    numbers: list[int | None]


@dataclass
class Page:
    """What stands on a page, from above; its number stands at its foot, where pages are paper."""

    pieces: list[list[str] | Grid] = field(default_factory=list)
    number: str = ""

    @property
    def grids(self) -> list[Grid]:
        """Its tables, or parts of them."""
        return [piece for piece in self.pieces if isinstance(piece, Grid)]


@dataclass(frozen=True)
class Book:
    """Tables of a budget as one document.

    Attributes:
        budget: What is true.
        look: How it looks.
        sheets: Its tables.
        is_apart: A table published by itself, without cover and headings.
        is_headed: It has the lines of a cover above it all the same.
        phase_word: What the cover calls the book's phase, in place of 预算.
        whose: What the cover calls it the book of: a department, 部门, or a unit, 单位.
        says_year: The year is printed: on the cover, in headings, in prose.
    """

    budget: Budget
    look: Look
    sheets: tuple[Sheet, ...]
    is_apart: bool = False
    is_headed: bool = False
    phase_word: str = "预算"
    whose: str = "部门"
    says_year: bool = True

    @property
    def has_cover(self) -> bool:
        """Whether the lines of a cover stand above its tables."""
        return self.is_headed or not self.is_apart

    @property
    def unit(self) -> str:
        """The unit of most of its amounts."""
        return self.sheets[0].style.unit

    def says(self, template: str, **more: str) -> str:
        """A line of words with year, body and such filled in."""
        total = sum(money.yuan for money in self.budget.money) * 100
        if not self.says_year:
            template = template.replace("{year}年度", "").replace("{year}年", "")
        return template.replace("部门预算", f"{self.whose}{self.phase_word}").format(
            year=self.budget.fiscal_year, before=self.budget.fiscal_year - 1,
            body=self.budget.body, total=as_yuan(total // 10_000), **more,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row of a table stands: page, grid of the document, row of the grid, all from 1.

    ``line_no`` counts the printed rows of the table below its header.
    """

    page_no: int
    grid_no: int
    row_no: int
    line_no: int


class _Printer:
    """Pages in the making."""

    def __init__(self, book: Book, rng: Random, *, is_paged: bool) -> None:
        self.book, self.rng, self.is_paged = book, rng, is_paged
        self.pages = [Page()]
        self.room = rng.randint(*book.look.rows)
        self.places: dict[tuple[int, int], Place] = {}
        self.grids = 0

    def turn(self) -> None:
        """The next page."""
        number = place(self.book.budget.place)["look"]["page_number"]
        self.pages.append(Page(number=number.format(n=len(self.pages) + 1)))
        self.room = self.rng.randint(*self.book.look.rows)

    def lines(self, lines: Sequence[str]) -> None:
        """Lines of text; blank ones are left out."""
        if said := [line for line in lines if line]:
            self.pages[-1].pieces.append(said)

    def sheet(self, number: int, sheet: Sheet) -> None:
        """A table with what stands above and below; it goes on where a page ends."""
        if self.is_paged and self.room < _ROOM:
            self.turn()
        self.lines(above(self.book, sheet))
        rows = list(_broken(self.book, sheet, self.rng))
        rows += [(None, row) for row in _free(self.book, sheet)]
        if not self.is_paged:
            rows = [(n, row) for n, row in rows if any(cell and cell.text for cell in row)]
        at = 0
        while True:
            part = rows[at : at + max(1, self.room)]
            self._grid(number, sheet.header, part, at)
            at += len(part)
            self.room -= len(part)
            if at >= len(rows):
                break
            self.turn()
            if self.book.look.repeats_title:
                self.lines([f"{sheet.title}（续）", *above(self.book, sheet)[-1:]])
        self.lines([below(self.book, sheet)])

    def _grid(
        self, number: int, header: list[Row], part: Sequence[tuple[int | None, Row]], at: int
    ) -> None:
        self.grids += 1
        page_no = len(self.pages) if self.book.look.form_feed else 1
        rows = [row for _, row in part]
        numbers = [row for row, _ in part]
        self.pages[-1].pieces.append(Grid(number, len(header), [*header, *rows], numbers))
        for below, (row, _) in enumerate(part, 1):
            if row is not None:
                here = Place(page_no, self.grids, len(header) + below, at + below)
                self.places[number, row] = here


def above(book: Book, sheet: Sheet) -> list[str]:
    """Title and labels of a table: the title first, in print as the place has it."""
    templates = sheet.spec.get("above", book.look.above)
    number = sheet.spec.get("number", "")
    cn = chinese(int(number)) if number.isdigit() else ""
    title, cut = sheet.title, len(sheet.title) - 2
    if book.look.breaks_titles and len(title) > _LONG_TITLE:
        title = f"{title[:cut]}\n{title[cut:]}"
    lines = [
        book.says(line, number=number, toc=sheet.spec.get("toc", ""), title=title, cn=cn,
                  unit=sheet.style.unit)
        for line in templates
    ]  # fmt: skip
    return [part for line in lines for part in line.split("\n")]


def below(book: Book, sheet: Sheet) -> str:
    """The note below a table."""
    if sheet.is_empty:
        return book.look.empty.get("note", "")
    return str(sheet.spec.get("note", book.look.note))


def _broken(book: Book, sheet: Sheet, rng: Random) -> Iterator[tuple[int | None, Row]]:
    """Rows with their numbers; a long name may go on in a row of its own, which has none."""
    at = next((n for n, one in enumerate(sheet.printed) if one.column.role == "label"), None)
    may_break = book.look.breaks_names and sheet.layout.shape == "row_per_code"
    for number, row in enumerate(body(sheet)):
        cell, name = (row[at] if at is not None else None), sheet.lines[0][number].label
        if not may_break or cell is None or len(name) < _LONG or rng.random() < 0.5:
            yield number, row
            continue
        cut = len(cell.text) - len(name) // 3
        first, second = cell.text[:cut], cell.text[cut:]
        yield number, [Cell(first) if n == at else one for n, one in enumerate(row)]
        yield None, [Cell(second if n == at else "") for n in range(len(row))]


def _free(book: Book, sheet: Sheet) -> Iterator[Row]:
    """Rows without figures, in a table that holds nothing but its total."""
    if not sheet.is_empty or "row" not in book.look.empty:
        return
    width = len(sheet.printed)
    yield [Cell(book.look.empty["row"]), *(Cell("") for _ in range(width - 1))]
    for _ in range(_FREE_ROWS):
        yield [Cell("") for _ in range(width)]


def printed(
    book: Book, rng: Random, *, is_paged: bool = False
) -> tuple[list[Page], dict[tuple[int, int], Place]]:
    """Pages of a book, and where each row of each table stands: (table, row) from 0.

    Paper shows rows in which nothing stands; in text they would end their table, and are left out.
    """
    said = place(book.budget.place)["look"]
    paper = _Printer(book, rng, is_paged=is_paged)
    if not book.is_apart:
        paper.lines([book.says(line) for line in book.look.cover])
        paper.turn()
        paper.lines([book.says(line) for line in said["contents"]])
        paper.lines([f"{sheet.spec['toc']}{sheet.title}" for sheet in book.sheets
                     if sheet.spec.get("toc")])  # fmt: skip
        paper.turn()
        paper.lines([book.says(book.look.heading)])
    elif book.is_headed:
        paper.lines([book.says(line) for line in book.look.cover])
    is_first, in_narrative = True, False
    for number, sheet in enumerate(book.sheets):
        tells = sheet.spec.get("section") == "narrative"
        if said["starts_pages"] and not is_first and not in_narrative:
            paper.turn()
        if tells and not in_narrative:
            in_narrative = True
            paper.lines([book.says(line) for line in said["narrative"]])
        paper.sheet(number, sheet)
        is_first = False
    if not in_narrative and not book.is_apart:
        paper.turn()
        paper.lines([book.says(line) for line in said["narrative"]])
    return paper.pages, paper.places


def text(pages: Sequence[Page], look: Look) -> str:
    """The text of a document: rows with tabs, covered cells left blank, blank lines between."""
    between = "\f\n" if look.form_feed else "\n\n"
    return between.join("\n\n".join(map(_piece, page.pieces)) for page in pages) + "\n"


def _piece(piece: list[str] | Grid) -> str:
    if isinstance(piece, list):
        return "\n".join(piece)
    return "\n".join("\t".join(cell.text if cell else "" for cell in row) for row in piece.rows)
