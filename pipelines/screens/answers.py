"""Answers to questions, as tables and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from pipelines.screens.console import console, errors, grid, grid_or_records, money, text

if TYPE_CHECKING:
    from pipelines.serve.diff import BuildDiff
    from pipelines.serve.doctor import Finding
    from pipelines.serve.history import StatementHistory
    from pipelines.serve.query import Answer
    from pipelines.serve.target import DescribedTarget
    from pipelines.serve.trace import Trace
    from pipelines.serve.waiting import WaitingItem
    from pipelines.verify import Difference


def answer(found: Answer) -> None:
    """An answer to a query, for people."""
    grid_or_records(found.columns, found.rows)
    if found.is_cut:
        errors.print(
            f"仅显示前 {len(found.rows)} 行；完整结果请用 --format csv|json|parquet / "
            f"only the first {len(found.rows)} rows are shown; for all: --format csv|json|parquet"
        )


#: So many documents and statements are listed if not all are asked for: a screen of each.
_LISTED = 20


def status(
    totals: dict[str, Any],
    documents: list[dict[str, Any]],
    statements: list[dict[str, Any]],
    *,
    everything: bool = False,
) -> None:
    """What the warehouse holds; of documents and statements first what needs a look."""
    grid(["项 item", "数 count"], [[name, value] for name, value in totals.items()])
    columns = ["文件 document", "报表\nstatements", "完整\ncomplete", "不成立\nbroken",
               "发现\nfindings", "待处理\nwaiting"]  # fmt: skip
    counts = ("statements", "complete", "broken", "findings", "items_waiting")
    _listed("文件 documents", columns, [
        (d["items_waiting"] + d["broken"] + d["findings"] > 0,
         [d["path"], *(d[name] for name in counts)])
        for d in documents
    ], everything=everything)  # fmt: skip
    columns = ["键\nkey", "文件 document", "表种\nkind", "机构 body", "年度\nyear", "状态\nstatus",
               "版本\nversion", "不成立\nbroken"]  # fmt: skip
    _listed("报表 statements", columns, [
        (s["status"] != "complete" or s["broken"] > 0,
         [(s["statement_key_id"] or "")[:8], s["path"], s["kind"], s["body"],
          f"{s['fiscal_year'] or ''} {s['phase'] or ''}".strip(), s["status"],
          f"{s['version_no'] or ''}{' ✓' if s['is_current'] else ''}", s["broken"]])
        for s in statements
    ], everything=everything)  # fmt: skip


def _listed(
    title: str, columns: list[str], rows: list[tuple[bool, list[Any]]], *, everything: bool
) -> None:
    """Rows, those that need a look first, and how many are left out."""
    shown = sorted(rows, key=lambda row: not row[0])[: None if everything else _LISTED]
    grid(columns, [row for _, row in shown], title=title)
    if left := len(rows) - len(shown):
        console.print(f"另有 and {left} more: yusuan status --all")


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
        console.print(f"[bold]{name}[/]  {text(value)}", soft_wrap=True)
    if found.clues:
        rows = [[clue.get("value"), clue.get("place") or clue.get("source"), clue.get("around")]
                for clue in found.clues]  # fmt: skip
        grid(["线索 clue", "位置 place", "上下文 words around"], rows, title="线索 clues")
        console.print(
            "路径仅供佐证 / paths only corroborate: " + text(", ".join(found.paths)),
            soft_wrap=True,
        )
    if found.sidecar_path is not None:
        console.print(f"\n写入 write into  {text(found.sidecar_path)}", soft_wrap=True)
        console.print(found.sidecar_lines, markup=False, highlight=False, soft_wrap=True)


def trace(found: Trace) -> None:
    """A fact and the printed characters it rests on."""
    grid(["字段 field", "值 value"], [[k, v] for k, v in found.fact.items()], title=found.table)
    for source in found.sources:
        printed, start, end = source["text"], source["char_from"], source["char_to"]
        where = "p{page_no} t{grid_no} r{row_no} c{col_no}"
        if source["address"] is not None:
            where = "工作表 sheet {sheet} {address}"
        place = f"{source['path']} · {where.format_map(source)}"
        if source["stored"] is not None:
            place += f" · 所存 stored {source['stored']}"
        if source["text_from"] is not None:
            place += f" · 字符 characters {source['text_from']}–{source['text_to']}"
        if source["x0"] is not None:
            place += " · 框 box {x0:.1f},{y0:.1f}–{x1:.1f},{y1:.1f} pt".format_map(source)
        console.print(f"[bold]{source['role']}[/]  {text(place)}  rule {text(source['rule_id'])}",
                      soft_wrap=True)  # fmt: skip
        before, after = printed[max(0, start - 40) : start], printed[end : end + 40]
        shown = f"{escape(before)}[reverse]{escape(printed[start:end])}[/]{escape(after)}"
        console.print(f"    {shown}", soft_wrap=True, highlight=False)
    context = [[c["field"], c["value"], c["source"], "✓" if c["is_chosen"] else "", c["evidence"]]
               for c in found.context]  # fmt: skip
    grid(["背景 field", "值 value", "来源 source", "采用 chosen", "依据 evidence"], context,
         title="背景 context")  # fmt: skip
    for join in found.joins:
        console.print(f"拼接 join  {text(join['rule_id'])}: {text(join['detail'])}", soft_wrap=True)


def findings(found: list[Finding]) -> None:
    """What doctor looked at."""
    grid(
        ["项 item", "结果 found", ""], [[f.name, f.found, "✓" if f.is_good else "✗"] for f in found]
    )


def verified(found: list[Difference]) -> None:
    """What a build from nothing has otherwise than the published one."""
    if not found:
        console.print("逐行一致 every row of every table is the same ✓")
        return
    columns = ["表 table", "仅已发布 only published", "仅从零 only from nothing"]
    grid(columns, [[d.table, str(d.only_published), str(d.only_from_nothing)] for d in found])
    for difference in found:
        for row in difference.examples:
            console.print(f"{difference.table}: {text(str(row))}", soft_wrap=True)
    console.print(
        "下一个版本将从零构建；请报告此错误 / the next build is made from nothing; please report "
        "this error of the program with what is printed above"
    )


def history(found: StatementHistory) -> None:
    """The versions of a statement, and the money that changed between them."""
    columns = ["版本 version", "原因 reason", "获知 known from (UTC)", "至 to", "止因 closed",
               "文件 document", "金额 amount (CNY)", "资金 facts", "目标 targets"]  # fmt: skip
    rows = [
        [v["version_no"], v["reason"], v["known_from_utc"], v["known_to_utc"], v["closed_reason"],
         v["path"], v["amount_yuan"], v["funding_facts"], v["target_facts"]]
        for v in found.versions
    ]  # fmt: skip
    last = found.versions[-1]
    title = f"{last['body']} {last['fiscal_year']} {last['phase']} · {found.statement_key_id}"
    grid(columns, rows, title=title)
    for version in found.versions:
        others = [path for path in version["sources"] if path != version["path"]]
        if others:
            console.print(
                f"第{version['version_no']}版 version {version['version_no']}: 同样内容亦见 "
                f"equal content also in {text(', '.join(others))}",
                soft_wrap=True,
            )
    if found.changes:
        columns = ["版本 version", "事实 fact", "单位 unit", "项目 project", "行 line",
                   "类型 type", "资金 fund", "之前 before", "之后 after",
                   "变化 change"]  # fmt: skip
        grid(columns, [list(change.values()) for change in found.changes], title="变化 changes")


def only_build(build_id: str) -> None:
    """That there is no build before this one: no mistake of anybody's."""
    console.print(
        f"{build_id}: 仅保留这一版本，尚无可比 / no other build is kept to compare this one with",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


def build_diff(found: BuildDiff) -> None:
    """What changed from one build to another."""
    console.print(f"{found.before} → {found.after}", highlight=False)
    change = found.amount_after_yuan - found.amount_before_yuan
    console.print(
        f"项目资金 funding  {money(found.amount_before_yuan)} → {money(found.amount_after_yuan)}  "
        f"({change:+,.2f})",
        highlight=False,
    )
    if not found.statements and not found.items:
        console.print("没有变化 / nothing changed")
    if found.statements:
        columns = ["变化 change", "原因 reason", "机构 body", "年度 year", "阶段 phase",
                   "文件 document", "之前 before", "之后 after", "差额 difference",
                   "资金 facts +/-/~", "目标 targets +/-/~"]  # fmt: skip
        rows = [
            [s["change"], s["reason"], s["body"], s["fiscal_year"], s["phase"], s["path"],
             s["amount_before_yuan"], s["amount_after_yuan"], s["change_yuan"],
             *("/".join(str(s[f"{kind}_{n}"]) for n in ("new", "gone", "changed"))
               for kind in ("funding", "target"))]
            for s in found.statements
        ]  # fmt: skip
        grid(columns, rows, title="报表 statements")
    if found.items:
        rows = [[i["change"], i["item_id"][:8], i["rule_id"], i["path"], i["place"], i["found"]]
                for i in found.items]  # fmt: skip
        columns = ["变化 change", "项 item", "规则 rule", "文件 document", "位置 place",
                   "发现 found"]  # fmt: skip
        grid(columns, rows, title="待处理 waiting")


def target(found: DescribedTarget) -> None:
    """How a printed value reads: what each run of characters is, and the clauses."""
    grid(["原文 text", "角色 role", "自 from", "至 to"],
         [[c["text"], c["role"], c["from"], c["to"]] for c in found.characters],
         title=found.raw)  # fmt: skip
    said = {
        "类型 kind": found.kind,
        "方向 direction": found.direction,
        "状态 state": found.state,
        "存疑 suspect": found.suspect and f"{found.suspect}: {found.suspect_says}",
    }
    for name, value in said.items():
        if value:
            console.print(f"[bold]{name}[/]  {text(value)}", soft_wrap=True)
    for clause in found.clauses:
        rows = [[name, value] for name, value in clause.items() if value is not None]
        grid(["字段 field", "值 value"], rows, title=f"目标 clause: {clause['rendered']}")
