"""Ways to damage a book in one place. Each gives another text, or none if it cannot."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from tests.mutations.books.drafts import Draft, Part, is_figure

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_UNITS = ("元", "千元", "万元")
_STRANGE = (*"0123456789", ".", ",", "-", "O", "l", " ", "元")


def drop_row(draft: Draft) -> str:
    """A row is lost."""
    part = draft.some_part()
    del part.rows[draft.rng.randrange(part.header, len(part.rows))]
    return draft.text


def drop_leaf(draft: Draft) -> str | None:
    """A row that states an amount is lost."""
    part = draft.some_part()
    rows = [row for row, _ in part.amounts]
    part.rows.remove(draft.rng.choice(rows))
    return draft.text


def double_row(draft: Draft) -> str:
    """A row is printed twice."""
    part = draft.some_part()
    at = draft.rng.randrange(part.header, len(part.rows))
    part.rows.insert(at, list(part.rows[at]))
    return draft.text


def swap_rows(draft: Draft) -> str | None:
    """Two rows of a table stand in each other's place."""
    part = draft.some_part()
    if len(part.body) < 2:
        return None
    one, other = draft.rng.sample(part.body, 2)
    one[:], other[:] = list(other), list(one)
    return draft.text


def swap_amounts(draft: Draft) -> str | None:
    """All amounts of two rows of a table stand in each other's place."""
    part = draft.some_part()
    if len(part.body) < 2:
        return None
    one, other = draft.rng.sample(part.body, 2)
    for at in part.columns("amount"):
        one[at], other[at] = other[at], one[at]
    return draft.text


def swap_columns(draft: Draft) -> str | None:
    """The figures of two columns are exchanged in every row."""
    part = draft.some_part()
    columns = part.columns("amount")
    if len(columns) < 2:
        return None
    one, other = draft.rng.sample(columns, 2)
    for each in draft.parts_of(part):
        for row in each.body:
            row[one], row[other] = row[other], row[one]
    return draft.text


def swap_headers(draft: Draft) -> str | None:
    """Two headers of a table's last header row are exchanged, on one page or on all."""
    part = draft.some_part()
    last = part.header - 1
    named = [at for at, text in enumerate(part.rows[last]) if text]
    if len(named) < 2:
        return None
    one, other = draft.rng.sample(named, 2)
    for each in draft.rng.choice((draft.parts_of(part), [part])):
        row = each.rows[last]
        row[one], row[other] = row[other], row[one]
    return draft.text


def change_header(draft: Draft) -> str:
    """A header loses its last character or its text, or a header row is lost."""
    part = draft.some_part()
    at, how = draft.rng.randrange(part.header), draft.rng.randrange(3)
    for each in draft.parts_of(part):
        named = [n for n, text in enumerate(each.rows[at]) if text]
        if how == 2:
            del each.rows[at]
        elif named:
            each.rows[at][named[-1]] = each.rows[at][named[-1]][:-1] if how else ""
    return draft.text


def truncate(draft: Draft) -> str:
    """The end of the file is missing."""
    text = draft.text
    return text[: draft.rng.randrange(len(text) // 4, len(text))]


def truncate_table(draft: Draft) -> str:
    """The last rows of a table are missing."""
    part = draft.parts_of(draft.some_part())[-1]
    del part.rows[draft.rng.randrange(part.header, len(part.rows)) :]
    return draft.text


def change_digit_of_amount(draft: Draft) -> str:
    """A digit of an amount is another."""
    row, at = draft.rng.choice(draft.some_part().amounts)
    row[at] = _with_other_digit(draft.rng, row[at])
    return draft.text


def change_digit(draft: Draft) -> str:
    """Any digit of the document is another."""
    return _with_other_digit(draft.rng, draft.text)


def change_code(draft: Draft) -> str | None:
    """A digit of a code is another."""
    parts = [
        part for part in draft.parts if part.sheet.layout.shape == "row_per_code" and part.body
    ]
    part = draft.rng.choice(parts)
    columns = part.columns("code") or part.columns("label")
    cells = [(row, at) for row in part.body for at in columns if any(map(str.isdigit, row[at]))]
    if not cells:
        return None
    row, at = draft.rng.choice(cells)
    row[at] = _with_other_digit(draft.rng, row[at])
    return draft.text


def _with_other_digit(rng: Random, text: str) -> str:
    at = rng.choice([n for n, char in enumerate(text) if char in "0123456789"])
    other = rng.choice([digit for digit in "0123456789" if digit != text[at]])
    return text[:at] + other + text[at + 1 :]


def swap_names(draft: Draft) -> str | None:
    """The names of two rows of a table stand in each other's place."""
    part = draft.some_part()
    at = draft.rng.choice(part.columns("label") or [0])
    if len(part.body) < 2:
        return None
    one, other = draft.rng.sample(part.body, 2)
    one[at], other[at] = other[at], one[at]
    return draft.text


def insert_into_amount(draft: Draft) -> str:
    """A character more stands in an amount."""
    row, at = draft.rng.choice(draft.some_part().amounts)
    where = draft.rng.randint(0, len(row[at]))
    row[at] = row[at][:where] + draft.rng.choice(_STRANGE) + row[at][where:]
    return draft.text


def remove_from_amount(draft: Draft) -> str:
    """A character of an amount is missing."""
    row, at = draft.rng.choice(draft.some_part().amounts)
    where = draft.rng.randrange(len(row[at]))
    row[at] = row[at][:where] + row[at][where + 1 :]
    return draft.text


def blank_amount(draft: Draft) -> str:
    """An amount is missing."""
    row, at = draft.rng.choice(draft.some_part().amounts)
    row[at] = draft.rng.choice(("", "-", "0.00"))
    return draft.text


def blank_total(draft: Draft) -> str:
    """A total is missing: the first amount of a table."""
    row, at = draft.some_part().amounts[0]
    row[at] = draft.rng.choice(("", "-", "0.00"))
    return draft.text


def shift_amount(draft: Draft) -> str | None:
    """An amount stands in the column beside its own."""
    row, at = draft.rng.choice(draft.some_part().amounts)
    there = at + draft.rng.choice((-1, 1))
    if not 0 <= there < len(row):
        return None
    row[at], row[there] = row[there], row[at]
    return draft.text


def shift_down(draft: Draft) -> str | None:
    """An amount stands in the row below its own."""
    part = draft.some_part()
    row, at = draft.rng.choice(part.amounts)
    below = next((n for n, other in enumerate(part.rows) if other is row), 0) + 1
    if below >= len(part.rows):
        return None
    other = part.rows[below]
    row[at], other[at] = other[at], row[at]
    return draft.text


def shift_row(draft: Draft) -> str:
    """A blank cell too many stands in a row, or one is missing."""
    row = draft.rng.choice(draft.some_part().body)
    if draft.rng.random() < 0.5 or "" not in row:
        row.insert(draft.rng.randrange(len(row) + 1), "")
    else:
        row.remove("")
    return draft.text


def move_row(draft: Draft) -> str | None:
    """A row stands in another table of as many columns."""
    part = draft.some_part()
    others = [other for other in draft.others(part) if len(other.rows[0]) == len(part.rows[0])]
    if not others:
        return None
    row = part.rows.pop(draft.rng.randrange(part.header, len(part.rows)))
    other = draft.rng.choice(others)
    other.rows.insert(draft.rng.randint(other.header, len(other.rows)), row)
    return draft.text


def lose_table(draft: Draft) -> str:
    """A table is lost, with what stands above it."""
    part = draft.some_part()
    for page in draft.pages:
        kept: list[list[str] | Part] = []
        for piece in page:
            if isinstance(piece, Part) and piece.sheet is part.sheet:
                if kept and isinstance(kept[-1], list):
                    kept.pop()
            else:
                kept.append(piece)
        page[:] = kept
    return draft.text


def double_table(draft: Draft) -> str:
    """A table is printed twice, with what stands above it."""
    part = draft.some_part()
    page = next(page for page in draft.pages if any(piece is part for piece in page))
    at = next(n for n, piece in enumerate(page) if piece is part)
    page[at + 1 : at + 1] = deepcopy(page[max(0, at - 1) : at + 1])
    return draft.text


def swap_titles(draft: Draft) -> str | None:
    """What stands above two tables is exchanged."""
    above = draft.above_tables
    if len(above) < 2:
        return None
    one, other = draft.rng.sample(above, 2)
    one[:], other[:] = list(other), list(one)
    return draft.text


def swap_figures(draft: Draft) -> str | None:
    """The bodies of two tables of the same columns are exchanged."""
    part = draft.some_part()
    mine = draft.parts_of(part)
    header = part.rows[: part.header]
    others = [other for other in draft.others(part) if other.rows[: other.header] == header]
    if len(mine) > 1 or not others:
        return None
    other = draft.rng.choice(others)
    if len(draft.parts_of(other)) > 1:
        return None
    part.rows[part.header :], other.rows[other.header :] = other.body, part.body
    return draft.text


def remove_page(draft: Draft) -> str | None:
    """A page is lost."""
    if len(draft.pages) < 4:
        return None
    del draft.pages[draft.rng.randrange(len(draft.pages))]
    return draft.text


def double_page(draft: Draft) -> str:
    """A page is printed twice."""
    at = draft.rng.randrange(len(draft.pages))
    draft.pages.insert(at, deepcopy(draft.pages[at]))
    return draft.text


def move_page(draft: Draft) -> str:
    """A page stands in another's place."""
    page = draft.pages.pop(draft.rng.randrange(len(draft.pages)))
    draft.pages.insert(draft.rng.randint(0, len(draft.pages)), page)
    return draft.text


def change_unit(draft: Draft) -> str | None:
    """Another unit of money is printed above a table, or above all of them."""
    own = draft.document.book.unit
    other = draft.rng.choice([unit for unit in _UNITS if unit != own])
    above = [
        lines
        for lines in draft.blocks
        if any("单位" in line and line.endswith(own) for line in lines)
    ]
    if not above:
        return None
    for lines in draft.rng.choice((above, [draft.rng.choice(above)])):
        lines[:] = [
            line.removesuffix(own) + other if "单位" in line and line.endswith(own) else line
            for line in lines
        ]
    return draft.text


def change_year(draft: Draft) -> str | None:
    """Another year is printed in one place, or in all."""
    year = str(draft.document.book.budget.fiscal_year)
    other = str(int(year) + draft.rng.choice((-1, 1)))
    said = [lines for lines in draft.blocks if any(year in line for line in lines)]
    if not said:
        return None
    for lines in draft.rng.choice((said, [draft.rng.choice(said)])):
        lines[:] = [line.replace(year, other) for line in lines]
    return draft.text


def change_body(draft: Draft) -> str | None:
    """Another body is named above a table."""
    body = draft.document.book.budget.body
    said = [(lines, at) for lines in draft.blocks for at, line in enumerate(lines)
            if body in line and "：" in line and "单位" in line]  # fmt: skip
    if not said:
        return None
    lines, at = draft.rng.choice(said)
    lines[at] = lines[at].replace(body, body[:-1] + "处")
    return draft.text


def contradict_note(draft: Draft) -> str:
    """A table with figures is said to be empty."""
    part = draft.parts_of(draft.some_part())[-1]
    page = next(page for page in draft.pages if any(piece is part for piece in page))
    at = next(n for n, piece in enumerate(page) if piece is part)
    page.insert(at + 1, ["注：本表本年无发生额。"])
    return draft.text


def drop_line(draft: Draft) -> str:
    """A title, a heading or a label is lost."""
    lines = draft.rng.choice([lines for lines in draft.blocks if lines])
    del lines[draft.rng.randrange(len(lines))]
    return draft.text


def double_line(draft: Draft) -> str:
    """A line is printed twice."""
    lines = draft.rng.choice([lines for lines in draft.blocks if lines])
    lines.append(draft.rng.choice(lines))
    return draft.text


MUTATORS: tuple[Callable[[Draft], str | None], ...] = (
    drop_row, drop_leaf, double_row, swap_rows, swap_amounts, swap_columns, swap_headers,
    change_header, truncate, truncate_table, change_digit_of_amount, change_digit, change_code,
    swap_names, insert_into_amount, remove_from_amount, blank_amount, blank_total, shift_amount,
    shift_down, shift_row, move_row, lose_table, double_table, swap_titles, swap_figures,
    remove_page, double_page, move_page, change_unit, change_year, change_body, contradict_note,
    drop_line, double_line,
)  # fmt: skip

__all__ = ["MUTATORS", "is_figure"]
