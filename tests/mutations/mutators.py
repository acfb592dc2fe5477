"""Ways to damage a printed document in one place. Each gives another text, or none if it cannot."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.generator import printer

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.generator.printer import Page
    from tests.generator.tables import Style

_LABEL, _TOTAL, _FIRST_FUND, _PROSE = 0, 1, 2, 5
_WIDTH = 7
_UNITS = ("元", "千元", "万元")
_STRANGE = (*"0123456789", ".", ",", "-", "O", "l", " ", "　", "元", "①")


@dataclass
class Draft:
    """A document to be damaged: pages of lines and cells, in a style."""

    rng: Random
    style: Style
    pages: list[Page] = field(default_factory=list)

    @property
    def rows(self) -> list[list[str]]:
        """Rows below the headers, page by page; to be changed in place."""
        return [row for page in self.pages for row in page.grid[1:]]

    @property
    def headers(self) -> list[list[str]]:
        """Header rows."""
        return [page.grid[0] for page in self.pages]

    @property
    def text(self) -> str:
        """What is printed now."""
        return printer.text(self.pages, self.style)

    def some_pages(self) -> list[Page]:
        """All pages, or one of them."""
        return self.rng.choice((self.pages, [self.rng.choice(self.pages)]))

    def some_amount(self) -> tuple[list[str], int]:
        """Row and column of a printed amount."""
        cells = [
            (row, column)
            for row in self.rows
            for column in range(_TOTAL, _PROSE)
            if any(map(str.isdigit, row[column]))
        ]
        return self.rng.choice(cells)


def drop_row(draft: Draft) -> str:
    """A row is lost."""
    page = draft.rng.choice(draft.pages)
    del page.grid[draft.rng.randrange(1, len(page.grid))]
    return draft.text


def double_row(draft: Draft) -> str:
    """A row is printed twice."""
    page = draft.rng.choice(draft.pages)
    at = draft.rng.randrange(1, len(page.grid))
    page.grid.insert(at, list(page.grid[at]))
    return draft.text


def swap_rows(draft: Draft) -> str:
    """Two rows stand in each other's place."""
    rows = draft.rows
    one, other = draft.rng.sample(rows, 2)
    one[:], other[:] = list(other), list(one)
    return draft.text


def swap_cells_of_column(draft: Draft) -> str:
    """Two cells of one column stand in each other's place."""
    one, other = draft.rng.sample(draft.rows, 2)
    column = draft.rng.randrange(_WIDTH)
    one[column], other[column] = other[column], one[column]
    return draft.text


def swap_cells(draft: Draft) -> str:
    """Any two cells stand in each other's place."""
    row, other = (draft.rng.choice(draft.rows) for _ in range(2))
    column, there = (draft.rng.randrange(_WIDTH) for _ in range(2))
    row[column], other[there] = other[there], row[column]
    return draft.text


def swap_amounts(draft: Draft) -> str:
    """All amounts of two rows stand in each other's place."""
    one, other = draft.rng.sample(draft.rows, 2)
    amounts = slice(_TOTAL, _PROSE)
    one[amounts], other[amounts] = other[amounts], one[amounts]
    return draft.text


def swap_headers(draft: Draft) -> str:
    """The headers of two columns are exchanged, on one page or on all."""
    one, other = draft.rng.sample(range(_WIDTH), 2)
    for page in draft.some_pages():
        header = page.grid[0]
        header[one], header[other] = header[other], header[one]
    return draft.text


def change_header(draft: Draft) -> str:
    """A header loses its last character, its text, or its row, on one page or on all."""
    column, how = draft.rng.randrange(_WIDTH), draft.rng.randrange(3)
    for page in draft.some_pages():
        if how == 0:
            page.grid[0][column] = page.grid[0][column][:-1]
        elif how == 1:
            page.grid[0][column] = ""
        else:
            del page.grid[0]
    return draft.text


def truncate(draft: Draft) -> str:
    """The end of the file is missing."""
    text = draft.text
    return text[: draft.rng.randrange(len(text))]


def truncate_at_row(draft: Draft) -> str:
    """The end of the file is missing from a row on: no row is broken."""
    lines = draft.text.split("\n")
    return "\n".join(lines[: draft.rng.randrange(len(lines))])


def change_digit_of_amount(draft: Draft) -> str:
    """A digit of an amount is another."""
    row, column = draft.some_amount()
    row[column] = _with_other_digit(draft.rng, row[column])
    return draft.text


def change_digit(draft: Draft) -> str:
    """Any digit of the document is another."""
    return _with_other_digit(draft.rng, draft.text)


def _with_other_digit(rng: Random, text: str) -> str:
    at = rng.choice([n for n, char in enumerate(text) if char in "0123456789"])
    other = rng.choice([digit for digit in "0123456789" if digit != text[at]])
    return text[:at] + other + text[at + 1 :]


def insert_into_amount(draft: Draft) -> str:
    """A character more stands in an amount."""
    row, column = draft.some_amount()
    at = draft.rng.randint(0, len(row[column]))
    row[column] = row[column][:at] + draft.rng.choice(_STRANGE) + row[column][at:]
    return draft.text


def remove_from_amount(draft: Draft) -> str:
    """A character of an amount is missing."""
    row, column = draft.some_amount()
    at = draft.rng.randrange(len(row[column]))
    row[column] = row[column][:at] + row[column][at + 1 :]
    return draft.text


def blank_amount(draft: Draft) -> str:
    """An amount is missing."""
    row, column = draft.some_amount()
    row[column] = draft.rng.choice(("", "-", "0.00"))
    return draft.text


def change_unit(draft: Draft) -> str:
    """Another unit of money is printed, on one page or on all."""
    other = draft.rng.choice([unit for unit in _UNITS if unit != draft.style.unit])
    for page in draft.some_pages():
        page.lines = [_with_unit(line, draft.style.unit, other) for line in page.lines]
    return draft.text


def _with_unit(line: str, unit: str, other: str) -> str:
    return line.removesuffix(unit) + other if "单位" in line and line.endswith(unit) else line


def change_year(draft: Draft) -> str | None:
    """Another year is printed in the title, on one page or on all."""
    year = draft.pages[0].lines[0][:4]
    if not year.isdigit():
        return None
    other = str(int(year) + draft.rng.choice((-1, 1)))
    for page in draft.some_pages():
        page.lines[0] = page.lines[0].replace(year, other)
    return draft.text


def shift_row(draft: Draft) -> str:
    """A blank cell too many stands in a row, or one is missing."""
    row = draft.rng.choice(draft.rows)
    if draft.rng.random() < 0.5 or "" not in row:
        row.insert(draft.rng.randrange(len(row) + 1), "")
    else:
        row.remove("")
    return draft.text


def shift_amount(draft: Draft) -> str:
    """An amount stands in the column beside its own."""
    row, column = draft.some_amount()
    there = column + draft.rng.choice((-1, 1))
    row[column], row[there] = row[there], row[column]
    return draft.text


def shift_funds_everywhere(draft: Draft) -> str:
    """All fund columns stand one column further, the last of them first."""
    for row in draft.rows:
        row[_FIRST_FUND:_PROSE] = [row[_PROSE - 1], *row[_FIRST_FUND : _PROSE - 1]]
    return draft.text


def move_page(draft: Draft) -> str | None:
    """A page stands in another's place."""
    if len(draft.pages) < 2:
        return None
    page = draft.pages.pop(draft.rng.randrange(len(draft.pages)))
    draft.pages.insert(draft.rng.randint(0, len(draft.pages)), page)
    return draft.text


def double_page(draft: Draft) -> str:
    """A page is printed twice."""
    at = draft.rng.randrange(len(draft.pages))
    draft.pages.insert(at, deepcopy(draft.pages[at]))
    return draft.text


def remove_page(draft: Draft) -> str | None:
    """A page is lost."""
    if len(draft.pages) < 2:
        return None
    del draft.pages[draft.rng.randrange(len(draft.pages))]
    return draft.text


def drop_line(draft: Draft) -> str:
    """A title or a label is lost on a page."""
    lines = draft.rng.choice(draft.pages).lines
    del lines[draft.rng.randrange(len(lines))]
    return draft.text


def double_line(draft: Draft) -> str:
    """A title or a label is printed twice on a page."""
    lines = draft.rng.choice(draft.pages).lines
    lines.append(draft.rng.choice(lines))
    return draft.text


def swap_prose(draft: Draft) -> str:
    """Goals, or indicators, of two rows stand in each other's place."""
    one, other = draft.rng.sample(draft.rows, 2)
    column = draft.rng.randrange(_PROSE, _WIDTH)
    one[column], other[column] = other[column], one[column]
    return draft.text


MUTATORS: tuple[Callable[[Draft], str | None], ...] = (
    drop_row, double_row, swap_rows, swap_cells_of_column, swap_cells, swap_amounts, swap_headers,
    change_header, truncate, truncate_at_row, change_digit_of_amount, change_digit,
    insert_into_amount, remove_from_amount, blank_amount, change_unit, change_year, shift_row,
    shift_amount, shift_funds_everywhere, move_page, double_page, remove_page, drop_line,
    double_line, swap_prose,
)  # fmt: skip
