"""Layouts, and why the tables of a file have the ones they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.screens.console import console, errors, grid, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.serve.draft import Draft
    from pipelines.serve.layouts import ExplainedFile, ExplainedTable, KnownLayout


def layouts(known: Sequence[KnownLayout]) -> None:
    """All layouts, a line each."""
    columns = ["版式 layout", "表类 kind", "名称 name", "年份 era", "形状 shape", "标题 titles"]
    rows = [[x.id, x.kind, x.kind_name, x.era, x.shape, "\n".join(x.titles)] for x in known]
    grid(columns, rows)


def explained(found: ExplainedFile) -> None:
    """Each table: its title, the decision and why, the likest layouts with their differences."""
    for table in found.tables:
        _table(table)
    decided = sum(table.layout is not None for table in found.tables)
    console.print(
        f"\n{len(found.tables)} 表 tables，{decided} 有版式 with a layout", highlight=False
    )


def _table(table: ExplainedTable) -> None:
    grids = ", ".join(map(str, table.grid_nos[:1]))
    more = f"–{table.grid_nos[-1]}" if len(table.grid_nos) > 1 else ""
    place = (
        f"表 table {table.table_no} · 第{table.page_no}页 p{table.page_no} · 格 grid {grids}{more}"
    )
    console.print(f"\n[bold]{text(place)}[/]  {text(table.title)}", soft_wrap=True, highlight=False)
    chosen = f"→ {table.layout}" if table.layout else f"→ {table.rule_id}"
    number = f" · 报表 statement {table.statement_no}" if table.statement_no else ""
    console.print(f"{text(chosen + number)}", soft_wrap=True, highlight=False)
    console.print(f"  {text(table.reason)}", soft_wrap=True, highlight=False)
    if table.layout is None:
        console.print(f"  发现 found {text(table.found)}", soft_wrap=True, highlight=False)
        console.print(f"  应为 expected {text(table.expected)}", soft_wrap=True, highlight=False)
    rows = [
        [x.id, x.era, x.score, "✓" if x.has_title else "", len(x.matched), "\n".join(x.missing),
         "\n".join(x.unmapped), "\n".join(x.twice)]
        for x in table.likest
        if not (table.layout and x.score < 1)
    ]  # fmt: skip
    if rows:
        columns = ["版式 layout", "年份 era", "相似 score", "标题 title", "相符 matched",
                   "缺 missing", "多 unmapped", "重复 twice"]  # fmt: skip
        grid(columns, rows)


def drafted(found: Draft) -> None:
    """Beside the layout on standard output: which table it is of, and whether it fits."""
    said = "即可匹配此表 / fits the table" if found.fits else "尚不匹配此表 / does not fit it yet"
    errors.print(f"表 table {found.table_no} (p{found.page_no}): {said}", highlight=False)
