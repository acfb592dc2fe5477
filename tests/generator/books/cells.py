"""The body of a table as cells, merged where a place merges them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.generator.books.axes import ROOT
from tests.generator.books.headers import Cell
from tests.generator.tables import indicator_text

if TYPE_CHECKING:
    from tests.generator.books.lines import Line
    from tests.generator.books.pages import Grid
    from tests.generator.books.sheets import Sheet

Row = list[Cell | None]
#: Roles of columns that say what is bought.
PROCURED = ("project", "economic", "item", "method")


def body(sheet: Sheet) -> list[Row]:
    """Rows of cells; none where one is covered by another."""
    figures = {(entry.row, entry.at): entry.figure.text for entry in sheet.entries}
    return [
        [Cell(_text(sheet, number, at, figures)) for at in range(len(sheet.printed))]
        for number in range(sheet.height)
    ]


def _text(sheet: Sheet, number: int, at: int, figures: dict[tuple[int, int], str]) -> str:
    column = sheet.printed[at].column
    line = sheet.lines[column.block - 1][number]
    if column.role == "label":
        return _label(sheet, line, at)
    if column.role in PROCURED:
        return line.texts[PROCURED.index(column.role)] if line.texts else ""
    if column.role == "text":
        before = sum(one.column.role == "text" for one in sheet.printed[:at])
        return line.texts[before] if line.texts else ""
    if column.role in {"goal", "packed_indicators"}:
        return _prose(sheet, line, column.role)
    if column.role == "code":
        return _code(sheet, line.code, at)
    return figures.get((number, at), "") if column.role == "amount" else str(number + 1)


def _code(sheet: Sheet, code: str, at: int) -> str:
    """A code, or its part where it is split over columns: 类, 款, 项."""
    if sum(one.column.role == "code" for one in sheet.printed) == 1:
        return code
    before = sum(one.column.role == "code" for one in sheet.printed[:at])
    start = 1 + 2 * before if before else 0
    return code[start : 3 + 2 * before]


def _prose(sheet: Sheet, line: Line, role: str) -> str:
    if line.project is None:
        return sheet.style.no_prose if line.node != ROOT else ""
    if role == "goal":
        return line.project.goal
    return indicator_text(line.project.indicators, sheet.style)


def _label(sheet: Sheet, line: Line, at: int) -> str:
    column = sheet.printed[at].column
    if column.is_spread:
        first, _, second = line.label.partition("/")
        is_second = at > 0 and sheet.printed[at - 1].column is column
        return second if is_second else first
    if line.code and not any(one.column.role == "code" for one in sheet.printed):
        style = str(sheet.spec.get("code_style", "{code}{name}"))
        return style.format(code=line.code, name=line.label)
    suffix = ""
    if line.unit is not None and line.project is None and sheet.spec.get("says_own"):
        unit = sheet.budget.units[line.unit]
        suffix = unit.suffix if line.label == unit.name else ""
    return line.label + suffix


def merged_rows(sheet: Sheet) -> set[int]:
    """Rows whose name stands over the amounts of other blocks: one amount is that of each."""
    if not sheet.spec.get("merges_blocks"):
        return set()
    blocks = range(1, len(sheet.lines))
    return {row for row in range(sheet.height)
            if len({sheet.lines[block][row].label for block in blocks}) == 1
            and sheet.lines[1][row].label}  # fmt: skip


def grid_rows(sheet: Sheet, grid: Grid) -> list[Row]:
    """All rows of a grid, header and body, with cells merged."""
    header, rows = grid.rows[: grid.header], grid.rows[grid.header :]
    return [*header, *merged(sheet, rows, grid.numbers)]


def merged(sheet: Sheet, rows: list[Row], numbers: list[int | None]) -> list[Row]:
    """The same rows with cells merged, as paged documents have them.

    ``numbers``: of the table's rows, where they are some.
    """
    roles = [one.column.role for one in sheet.printed]
    made = [list(row) for row in rows]
    if roles[:2] == ["code", "label"] and sheet.spec.get("merges_totals"):
        for row in made:
            first, second = row[0], row[1]
            if first is not None and second is not None and second.text and not first.text:
                row[:2] = [replace(second, cols=2), None]
    whole = merged_rows(sheet)
    start = next((n for n, one in enumerate(sheet.printed) if one.column.block > 1), 0)
    for number, row in zip(numbers, made, strict=True):
        first = row[start]
        if number in whole and first is not None:
            width = len(row) - 1 - start
            row[start:-1] = [replace(first, cols=width), *[None] * (width - 1)]
    for at, one in enumerate(sheet.printed):
        if one.column.is_spread and at + 1 < len(roles) and sheet.printed[at + 1] is one:
            _merge_spread(made, at)
    return made


def _merge_spread(rows: list[Row], at: int) -> None:
    """A name over two columns where the second is free, over rows where it is the same."""
    start = 0
    texts = [cell.text if (cell := row[at]) else "" for row in rows]
    for number, row in enumerate(rows):
        cell, second = row[at], row[at + 1]
        if cell is None or second is None:
            continue
        if not second.text:
            row[at : at + 2] = [replace(cell, cols=2), None]
        if number and texts[number] == texts[number - 1]:
            first = rows[start][at]
            row[at] = None
            if first is not None:
                rows[start][at] = replace(first, rows=number - start + 1)
        else:
            start = number
