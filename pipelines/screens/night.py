"""What a night did, and what to try next."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from pipelines.screens.console import console

if TYPE_CHECKING:
    from collections.abc import Sequence

#: So many documents are named.
_FIRST = 10


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
        f"[bold]{totals['indicators']}[/]  指标值 values [bold]{totals['values']}[/]"
    )
    console.print(
        f"事实 facts        项目资金 project funding [bold]{totals['funding_facts']}[/]  "
        f"其他金额 other amounts [bold]{totals['amount_facts']}[/]  "
        f"绩效目标 targets [bold]{totals['target_facts']}[/]"
    )
    for zh, en, name in (
        ("无主附注", "sidecars of no document", "orphan_sidecars"),
        ("无法读取", "could not be read", "unreadable_files"),
    ):
        for path in counts.get(name, []):
            console.print(f"[yellow]注意 note[/]        {zh} {en}: {escape(path)}", soft_wrap=True)
    verdicts = ("exact", "within_rounding", "included")
    held = sum(totals[f"identities_{verdict}"] for verdict in verdicts)
    console.print(
        f"核对 controls     [bold]{totals['controls']}[/]  成立 held [bold]{held}[/]"
        f" (精确 exact {totals['identities_exact']}, 舍入内 within rounding "
        f"{totals['identities_within_rounding']}, 包含 included {totals['identities_included']})  "
        f"存疑 suspect [bold]{totals['identities_suspect']}[/]  "
        f"破裂 broken [bold]{totals['identities_broken']}[/]"
    )
    console.print(f"版本 build        {totals['build_id']}")
    console.print(f"仓库 warehouse    {published}", soft_wrap=True)


def extraction_summary(read: dict[str, Any]) -> None:
    """What a night read of documents, and what was refused, by reason."""
    refused = sum(read["refused_documents"].values())
    console.print(
        f"读取 read         文件 documents [bold]{read['documents_read']}[/]  页 pages "
        f"[bold]{read['pages']}[/]  表格 grids [bold]{read['grids']}[/]  页/秒 pages/s "
        f"[bold]{read['pages_per_second']:.1f}[/]  拒绝 refused [bold]{refused}[/]"
    )
    for unit, by_rule in (
        ("文件 documents", read["refused_documents"]),
        ("页 pages", read["refused_pages"]),
    ):
        for rule_id, many in by_rule.items():
            console.print(
                f"[yellow]拒绝 refused[/]     {unit} [bold]{many}[/]  {_rule(rule_id)} ({rule_id})"
            )


def _rule(rule_id: str) -> str:
    """What a rule says, in both languages."""
    import polars as pl

    from schemas.code_lists import code_list

    rules = code_list("rules").filter(pl.col("rule_id") == rule_id)
    return " / ".join(rules.select("zh", "en").row(0)) if rules.height else rule_id


def to_be_read_again(paths: Sequence[str]) -> None:
    """Documents that the next night reads again: how many, and the first of them."""
    console.print(f"重新读取 to be read again: {len(paths)} 份文件 documents")
    for path in paths[:_FIRST]:
        console.print(f"  {path}", markup=False, soft_wrap=True)
    if len(paths) > _FIRST:
        console.print("  …")


def publishing_is_held() -> None:
    """That a person rolled back, and that nothing is published until they say so."""
    console.print(
        "[yellow]发布暂停 held[/]    已人工回退，新版本不会发布 a person rolled back, nothing new "
        "is published; 恢复 to resume: yusuan rollback --resume",
        soft_wrap=True,
    )


def report(path: Path) -> None:
    """Where the report of the published build is."""
    console.print(f"报告 report       {path}", markup=False, highlight=False, soft_wrap=True)


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
