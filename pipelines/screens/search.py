"""What was found, a line each: whose, when, how much, where it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from pipelines.screens.console import console, money, text

if TYPE_CHECKING:
    from pipelines.serve.search import Found, Hit, Result

_FIELDS = {"name": "名称 name", "goal": "目标 goal", "indicator": "指标 indicator",
           "value": "指标值 value"}  # fmt: skip
_COLUMNS = ("机构 body", "年度 year", "项目 project", "金额（元） yuan", "命中 found in",
            "位置 place")  # fmt: skip
_WHOLE = "（机构整体 the body as a whole）"


def search(found: Found) -> None:
    """Results, then how many there are and what was searched."""
    said = " ".join(found.words)
    if found.results:
        table = Table(header_style="bold", show_lines=True)
        for name in _COLUMNS:
            table.add_column(name, overflow="fold", justify="right" if "yuan" in name else "left")
        for result in found.results:
            table.add_row(*_row(result))
        console.print(table)
        shown = f"显示前 {len(found.results)} 项 the first {len(found.results)}"
        rest = f"；{shown}" if found.count > len(found.results) else ""
        console.print(f"共 {found.count} 项 results{rest}", highlight=False)
    else:
        console.print(f"没有找到 nothing found: {escape(said)}", highlight=False)
    if any(not result.is_whole for result in found.results):
        console.print("≈ 各字词分开出现 / its pieces stand apart", highlight=False)
    if any(result.amount_yuan is None for result in found.results):
        console.print(
            "· 未公布金额；（）为印刷总计，不入事实 / · no money published; "
            "(…) a printed total, which feeds no fact",
            highlight=False,
        )
    searched = found.searched
    console.print(
        f"范围 searched: {searched['documents']} 份文件 documents, {searched['project_lines']} "
        f"个项目行 project lines, {searched['indicators']} 个指标 indicators; 待处理的 "
        f"{searched['items_waiting']} 项不在内 / {searched['items_waiting']} items wait and are "
        "not searched",
        highlight=False,
        soft_wrap=True,
    )


def _row(result: Result) -> list[str]:
    body = escape(result.body)
    if result.spending_unit not in {None, result.body}:
        body += f"\n{text(result.spending_unit)}"
    project = text(result.project) if result.project is not None else _WHOLE
    whole = "" if result.is_whole else "≈ "
    hits = "\n".join(_hit(hit) for hit in result.hits)
    year = f"{result.fiscal_year} {result.phase}"
    return [body, year, project, _money(result), f"{whole}{hits}", _place(result)]


def _money(result: Result) -> str:
    if result.amount_yuan is not None:
        return money(result.amount_yuan)
    printed = result.printed_total_yuan
    return "·" if printed is None else f"（{money(printed)}）"


def _hit(hit: Hit) -> str:
    """The text around what was found, which is marked."""
    around, marks = hit.around()
    shown, last = "", 0
    for start, end in marks:
        shown += f"{escape(around[last:start])}[bold reverse]{escape(around[start:end])}[/]"
        last = end
    return f"[dim]{_FIELDS[hit.field]}[/] {shown}{escape(around[last:])}"


def _place(result: Result) -> str:
    """The document, the cell, and what ``yusuan trace`` is asked with."""
    where = text(result.path)
    if result.place is None:
        return f"{where}\n{text(result.title)}"
    cell = "p{page_no} t{grid_no} r{row_no} c{col_no}".format_map(result.place)
    if result.place["address"] is not None:
        cell = "工作表 sheet {sheet} {address}".format_map(result.place)
    project = "" if result.prints_hit else "（项目所在 of its project）"
    return f"{where}\n{escape(cell)}{project}\ntrace {text(result.fact_id)}"
