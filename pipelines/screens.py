"""What the command line shows: answers as tables and lines, in Chinese and English."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.serve.compare import Comparison
    from pipelines.serve.doctor import Finding
    from pipelines.serve.query import Answer
    from pipelines.serve.trace import Trace
    from pipelines.serve.waiting import WaitingItem

#: Off a terminal nothing is cut to 80 columns: what is piped is whole.
_WIDE = 10_000
_MONEY_DECIMALS = 2
console = Console()
errors = Console(stderr=True)
if not console.is_terminal:
    console = Console(width=_WIDE)


def as_json(value: Any) -> str:
    """JSON with exact decimals and ISO times, as text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def money(amount: Decimal) -> str:
    """Yuan with thousands separators and both decimals."""
    return f"{amount:,.2f}"


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return _number(value)
    return "" if value is None else escape(str(value))


def _number(value: Decimal) -> str:
    """Money as it is; a quantity without the zeros that only its type brings."""
    whole, _, decimals = f"{value:f}".partition(".")
    kept = decimals if len(decimals) <= _MONEY_DECIMALS else decimals.rstrip("0")
    return f"{whole}.{kept}" if kept else whole


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str | None = None) -> None:
    """A table; numbers stand on the right."""
    if title is not None:
        console.print(f"\n[bold]{escape(title)}[/]", soft_wrap=True)
    table = Table(header_style="bold")
    for position, name in enumerate(columns):
        numeric = all(isinstance(row[position], int | float | Decimal | None) for row in rows)
        table.add_column(escape(name), justify="right" if numeric and rows else "left",
                         overflow="fold")  # fmt: skip
    for row in rows:
        table.add_row(*(_text(value) for value in row))
    console.print(table)


def answer(found: Answer) -> None:
    """An answer to a query, for people."""
    grid(found.columns, found.rows)
    if found.is_cut:
        errors.print(
            f"仅显示前 {len(found.rows)} 行；完整结果请用 --format csv|json|parquet / "
            f"only the first {len(found.rows)} rows are shown; for all: --format csv|json|parquet"
        )


def ingest_summary(counts: dict[str, Any], totals: dict[str, Any], published: str) -> None:
    """What a night did and what the warehouse now holds."""
    looked = "  ".join(
        f"{zh} {en} [bold]{counts.get(name, 0)}[/]"
        for name, zh, en in (
            ("new", "新增", "new"),
            ("changed", "变更", "changed"),
            ("unchanged", "未变", "unchanged"),
            ("absent", "消失", "absent"),
            ("unreadable", "不可读", "unreadable"),
        )
        if counts.get(name) or name in ("new", "changed", "unchanged")
    )
    console.print(
        f"文件 documents    {looked}  等待 waiting [bold]{totals['documents_waiting']}[/]"
    )
    console.print(
        f"报表 statements   现行 current [bold]{totals['statements_current']}[/]  "
        f"等待 waiting [bold]{totals['statements_waiting']}[/]"
    )
    console.print(
        f"记录 records      项目 projects [bold]{totals['project_lines']}[/]  指标 indicators "
        f"[bold]{totals['indicators']}[/]  指标值 values [bold]{totals['values']}[/]  资金事实 "
        f"funding facts [bold]{totals['funding_facts']}[/]  目标事实 target facts "
        f"[bold]{totals['target_facts']}[/]"
    )
    for zh, en, name in (
        ("无主附注", "sidecars of no document", "orphan_sidecars"),
        ("无法读取", "could not be read", "unreadable_files"),
    ):
        for path in counts.get(name, []):
            console.print(f"[yellow]注意 note[/]        {zh} {en}: {escape(path)}", soft_wrap=True)
    held = totals["identities_exact"] + totals["identities_within_rounding"]
    console.print(
        f"核对 controls     [bold]{totals['controls']}[/]  成立 held [bold]{held}[/]"
        f" (精确 exact {totals['identities_exact']}, 舍入内 within rounding "
        f"{totals['identities_within_rounding']})  存疑 suspect "
        f"[bold]{totals['identities_suspect']}[/]  破裂 broken "
        f"[bold]{totals['identities_broken']}[/]"
    )
    console.print(f"版本 build        {totals['build_id']}")
    console.print(f"仓库 warehouse    {published}", soft_wrap=True)


def next_steps(waiting: int) -> None:
    """What to try after a night."""
    yusuan = _program()
    lines = [
        f"{yusuan} compare  # 部门 × 年度 / bodies × years",
        f'{yusuan} query "select project_name, amount_yuan from mart_project_year order by 2 desc"',  # noqa: S608
    ]
    if waiting:
        lines.insert(0, f"{yusuan} quarantine  # {waiting} 项等待处理 / items wait for you")
    console.print("\n下一步 next:")
    for line in lines:
        console.print(f"  {line}", markup=False, soft_wrap=True)


def _program() -> str:
    """How to call this program from here: its name if the shell finds it, else its path."""
    path = Path(sys.argv[0])
    if shutil.which("yusuan") or path.name != "yusuan":
        return "yusuan"
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def status(totals: dict[str, Any], statements: list[dict[str, Any]]) -> None:
    """What the warehouse holds, statement by statement."""
    grid(["项 item", "数 count"], [[name, value] for name, value in totals.items()])
    columns = ["文件 document", "机构 body", "年度 year", "阶段 phase", "状态 status",
               "版本 version", "现行 current", "核对 controls", "破裂 broken"]  # fmt: skip
    rows = [
        [s["path"], s["body"], s["fiscal_year"], s["phase"], s["status"], s["version_no"],
         "✓" if s["is_current"] else "", s["controls"], s["broken"]]
        for s in statements
    ]  # fmt: skip
    grid(columns, rows, title="报表 statements")


def waiting_list(items: list[dict[str, Any]]) -> None:
    """Everything that waits, a line each."""
    if not items:
        console.print("没有待处理项 / nothing waits")
        return
    columns = ["项 item", "层级 level", "文件 document", "位置 place", "规则 rule", "发现 found",
               "应为 expected"]  # fmt: skip
    rows = [
        [i["item_id"][:8], i["level"], i["path"], i["place"], i["rule_id"], i["found"],
         i["expected"]]
        for i in items
    ]  # fmt: skip
    grid(columns, rows)
    console.print("yusuan quarantine ITEM: 线索与处理办法 / clues and what to do")


def waiting_item(found: WaitingItem) -> None:
    """One item: what, where, the clues, and what to write into which file."""
    item = found.item
    facts = [
        ("项 item", item["item_id"]),
        ("规则 rule", f"{item['rule_id']} ({item['level']})"),
        ("文件 document", f"{item['path']}  sha256 {item['document_id'][:12]}…"),
        ("位置 place", item["place"]),
        ("发现 found", item["found"]),
        ("应为 expected", item["expected"]),
        ("处理 remedy", item["remedy"]),
        ("等待自 since", f"{item['opened_utc']} UTC"),
    ]
    for name, value in facts:
        console.print(f"[bold]{name}[/]  {_text(value)}", soft_wrap=True)
    if found.clues:
        rows = [[clue.get("value"), clue.get("place") or clue.get("source"), clue.get("around")]
                for clue in found.clues]  # fmt: skip
        grid(["线索 clue", "位置 place", "上下文 words around"], rows, title="线索 clues")
        console.print(
            "路径仅供佐证 / paths only corroborate: " + _text(", ".join(found.paths)),
            soft_wrap=True,
        )
    if found.sidecar_path is not None:
        console.print(f"\n写入 write into  {_text(found.sidecar_path)}", soft_wrap=True)
        console.print(found.sidecar_lines, markup=False, highlight=False, soft_wrap=True)


def comparison(found: Comparison, *, by_fund: bool) -> None:
    """Bodies × years."""
    if not found.bodies:
        console.print("没有符合的资金事实 / no funding facts match")
        return
    names = ["机构 body", *(["资金来源 fund"] if by_fund else [])]
    columns = [*names, *(f"{year} {phase}" for year, phase in found.columns)]
    rows = [
        [
            name,
            *([fund] if by_fund else []),
            *(
                money(cell) if (cell := found.cells.get((name, fund, column))) is not None else "·"
                for column in found.columns
            ),
        ]
        for name, fund in found.bodies
    ]
    grid(columns, rows, title="项目资金（元）/ project funding (CNY); · = 未公布 not published")


def trace(found: Trace) -> None:
    """A fact and the printed characters it rests on."""
    grid(["字段 field", "值 value"], [[k, v] for k, v in found.fact.items()], title=found.table)
    for source in found.sources:
        text, start, end = source["text"], source["char_from"], source["char_to"]
        place = (
            f"{source['path']} · p{source['page_no']} t{source['grid_no']} r{source['row_no']} "
            f"c{source['col_no']}"
        )
        if source["text_from"] is not None:
            place += f" · 字符 characters {source['text_from']}–{source['text_to']}"
        console.print(f"[bold]{source['role']}[/]  {_text(place)}  rule {_text(source['rule_id'])}",
                      soft_wrap=True)  # fmt: skip
        before, after = text[max(0, start - 40) : start], text[end : end + 40]
        console.print(f"    {escape(before)}[reverse]{escape(text[start:end])}[/]{escape(after)}",
                      soft_wrap=True, highlight=False)  # fmt: skip
    context = [[c["field"], c["value"], c["source"], "✓" if c["is_chosen"] else "", c["evidence"]]
               for c in found.context]  # fmt: skip
    grid(["背景 field", "值 value", "来源 source", "采用 chosen", "依据 evidence"], context,
         title="背景 context")  # fmt: skip
    for join in found.joins:
        console.print(
            f"拼接 join  {_text(join['rule_id'])}: {_text(join['detail'])}", soft_wrap=True
        )


def findings(found: list[Finding]) -> None:
    """What doctor looked at."""
    grid(
        ["项 item", "结果 found", ""], [[f.name, f.found, "✓" if f.is_good else "✗"] for f in found]
    )


def error(message: str) -> None:
    """An error, on standard error."""
    errors.print(f"[bold red]错误 error[/]  {escape(message)}", soft_wrap=True)
