"""What was read of a file: an account of each page, each table as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table

from pipelines.screens.console import console, grid, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.serve.grids import PageAccount, ReadFile, ReadTable

#: What stands for a blank cell, and for positions that a merged cell covers.
_BLANK, _FROM_LEFT, _FROM_ABOVE = "·", "←", "↑"
#: On a terminal a column is so wide at most and at least; longer text goes on in the next line.
_WIDEST, _NARROWEST = 36, 4
#: A first column of at most this width is shown again beside the columns that found no room.
_LABEL = 20
#: Frame and padding of a column.
_BORDER = 3


def grids(found: ReadFile) -> None:
    """All of what was read."""
    facts = [
        ("文件 file", found.path),
        ("sha256", found.sha256),
        ("类型 type", " ".join(filter(None, (found.media_type, found.encoding)))),
    ]
    for name, value in facts:
        console.print(f"[bold]{name}[/]  {text(value)}", soft_wrap=True, highlight=False)
    if found.pages:
        _pages(found.pages)
    for table in found.tables:
        _table(table)
    for line in found.lines_after:
        console.print(f"  {text(line)}", style="dim", soft_wrap=True, highlight=False)
    if found.tables:
        console.print(
            f"\n{_BLANK} 空格 blank   {_FROM_LEFT} {_FROM_ABOVE} 被合并单元格覆盖 covered by a "
            "merged cell, ⟦行×列 rows×columns⟧",
            highlight=False,
        )


def _pages(pages: Sequence[PageAccount]) -> None:
    """An account of each page; what is said of no page has no column."""
    columns: dict[str, list[Any]] = {
        "页\npage": [page.page_no for page in pages],
        "工作表\nsheet": [page.sheet for page in pages],
        "大小\nsize (pt)": [
            f"{page.width:g}×{page.height:g}" if page.width and page.height else None
            for page in pages
        ],
        "旋转\nturned": [page.rotation or None for page in pages],
        "字符\nprinted": [page.characters for page in pages],
        "格内\nin cells": [page.in_cells for page in pages],
        "表外\nin lines": [page.in_lines for page in pages],
        "舍弃\ndropped": [
            ", ".join(f"{reason} {count}" for reason, count in page.dropped.items()) or None
            for page in pages
        ],
        "未说明\nunexplained": [page.unexplained for page in pages],
        "标记\nflags": [", ".join(page.flags) or None for page in pages],
        "拒绝\nrefused": [page.refusal for page in pages],
    }
    said = {name: values for name, values in columns.items() if set(values) != {None}}
    grid(list(said), list(zip(*said.values(), strict=True)), title="页 pages")


def _table(table: ReadTable) -> None:
    """The lines above a table, and its cells at their places."""
    console.print()
    for line in table.lines_above:
        console.print(f"  {text(line)}", style="dim", soft_wrap=True, highlight=False)
    columns = table.width
    numbers = ", ".join(map(str, table.grid_nos))
    pages = ", ".join(map(str, table.page_nos))
    said = [f"表 grid {numbers}", f"第{pages}页 p{pages}",
            f"{len(table.rows)} 行 rows × {columns} 列 columns", *table.methods]  # fmt: skip
    said += [f"开口 open: {', '.join(table.open_sides)}"] if table.open_sides else []
    console.print(f"[bold]{text(' · '.join(said))}[/]", soft_wrap=True, highlight=False)
    printed = positions(table)
    widths = [max(cell_len(row[at]) for row in printed.values()) for at in range(columns)]
    headers = {cell.row_no for cell in table.cells if cell.is_header}
    room = console.width if console.is_terminal else None
    for block in blocks(widths, room):
        is_wrapped = room is not None and any(widths[at] > _WIDEST for at in block)
        shown = Table(header_style="bold", show_lines=is_wrapped)
        shown.add_column("", style="dim", justify="right")
        for at in block:
            shown.add_column(str(at + 1), overflow="fold", max_width=_WIDEST if room else None)
        for number, row in printed.items():
            style = "bold" if number in headers else None
            shown.add_row(str(number), *(text(row[at]) for at in block), style=style)
        console.print(shown, highlight=False)
    for join in table.joins:
        console.print(
            f"拼接 join  {join.rule_id}: p{join.page_no} t{join.grid_no} {text(join.detail)}",
            soft_wrap=True,
            highlight=False,
        )


def positions(table: ReadTable) -> dict[int, list[str]]:
    """What is shown in each column of each row of a table."""
    printed = {row: [""] * table.width for row in table.rows}
    for cell in table.cells:
        left = cell.col_no - 1
        for row in range(cell.row_no, cell.row_no + cell.row_span):
            for at in range(left, left + cell.col_span):
                printed[row][at] = _FROM_ABOVE if at == left else _FROM_LEFT
        spans = f"⟦{cell.row_span}×{cell.col_span}⟧"
        is_merged = (cell.row_span, cell.col_span) != (1, 1)
        words = cell.text or _BLANK
        printed[cell.row_no][left] = f"{words} {spans}" if is_merged else words
    return printed


def blocks(widths: Sequence[int], room: int | None) -> list[list[int]]:
    """Columns that fit beside one another, block by block, the first again where it is a label.

    Args:
        widths: Width of the text of each column.
        room: Width of the terminal; none if there is no limit.
    """
    every = list(range(len(widths)))
    if room is None:
        return [every]
    shown = [min(max(width, _NARROWEST), _WIDEST) + _BORDER for width in widths]
    label = [0] if widths[0] <= _LABEL else []
    left = room - _NARROWEST - _BORDER
    found: list[list[int]] = [[]]
    for at in every:
        taken = sum(shown[column] for column in found[-1])
        if found[-1] not in ([], label) and taken + shown[at] > left:
            found.append(list(label))
        found[-1].append(at)
    return found
