"""Kinds of tables that departments publish, filled with invented words and numbers."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.pdf.make.model import Cell, Table, head, row
from tests.printing import HEADERS

if TYPE_CHECKING:
    from random import Random

YEAR = 2026


def performance(rng: Random, projects: int = 12) -> Table:
    """One row a project, all its indicators packed into one cell; units and a total among them."""
    widths = (66.0, 50.0, 50.0, 34.0, 34.0, 120.0, 161.0)
    total = amount(rng)
    rows = [row(*map(head, HEADERS)), row("合计", total, total, "", "", "", "")]
    for number in range(projects):
        if number % 4 == 0:
            unit = amount(rng)
            rows.append(row(body(rng) + rng.choice(words()["units"]), unit, unit, "", "", "", ""))
        own, other = amount(rng), rng.choice(["", "", amount(rng)])
        rows.append(row("　" + rng.choice(words()["projects"]), own, own, "", other,
                        goal(rng, 1, 5), packed(rng, rng.randint(2, 7))))  # fmt: skip
    return Table(f"{YEAR}年项目支出绩效目标表（含转移支付项目）", above(rng), widths, tuple(rows))


def expenditure(rng: Random, times: int = 2) -> Table:
    """一般公共预算支出 by function code, with a header of two rows."""
    widths = (58.0, 140.0, 68.0, 62.0, 62.0, 58.0, 66.0)
    rows = [
        row(
            head("科目编码", 2),
            head("科目名称", 2),
            head("合计", 2),
            head("基本支出", cols=3),
            head("项目支出", 2),
        ),
        row(*map(head, ("小计", "人员经费", "公用经费"))),
        row("", head("合计"), *(amount(rng, 6) for _ in range(5))),
    ]
    for _ in range(times):
        for code, name in words()["functions"]:
            indent = "　" * (len(code) // 2 - 1)
            blank = rng.random() < 0.3
            numbers = [amount(rng, 5), *["" if blank else amount(rng) for _ in range(3)],
                       amount(rng) if blank or rng.random() < 0.6 else ""]  # fmt: skip
            rows.append(row(code, indent + name, *numbers))
    return Table("一般公共预算支出情况表", above(rng), widths, tuple(rows), header_rows=2)


def sources(rng: Random, units: int = 18) -> Table:
    """收入总表: eighteen columns below a header of three rows, on its side."""
    widths = (48.0, 86.0, *[39.0] * 16)
    funds = ("小计", "一般公共预算", "政府性基金", "国有资本经营", "财政专户", "单位资金")
    rows = [
        row(*(head(text, 3) for text in ("单位代码", "单位名称", "合计")),
            head("本年收入", cols=9), head("上年结转结余", cols=6)),
        row(*(head(text, 2) for text in funds[:4]), head("单位资金", cols=5),
            *(head(text, 2) for text in funds)),
        row(*map(head, ("事业收入", "经营收入", "上级补助", "附属上缴", "其他收入"))),
        row("", head("合计"), *(amount(rng) for _ in range(16))),
    ]  # fmt: skip
    rows += [_unit(rng, str(126000 + number)) for number in range(units)]
    return Table("部门收入总表", above(rng), widths, tuple(rows), header_rows=3, landscape=True)


def _unit(rng: Random, code: str) -> tuple[Cell, ...]:
    numbers = [amount(rng, 3) if rng.random() < 0.6 else "" for _ in range(16)]
    return row(code, body(rng) + rng.choice(words()["units"]), *numbers)


def balance(rng: Random) -> Table:
    """收支总表: income at the left, outlay at the right, of different lengths; one page."""
    incomes, outlays = words()["incomes"], words()["outlays"]
    rows = [row(head("收入", cols=2), head("支出", cols=2)),
            row(*map(head, ("项目", f"{YEAR}年预算", "项目", f"{YEAR}年预算")))]  # fmt: skip
    for number, outlay in enumerate(outlays):
        income = incomes[number] if number < len(incomes) else ""
        rows.append(row(income, amount(rng, 6) if income and rng.random() < 0.5 else "",
                        outlay, amount(rng, 5) if rng.random() < 0.7 else ""))  # fmt: skip
    rows += [
        row(head(label), amount(rng, 7), head(label.replace("收入", "支出")), amount(rng, 7))
        for label in ("本年收入合计", "上年结转结余", "收入总计")
    ]
    return Table("收支总表", above(rng), (170.0, 90.0, 165.0, 90.0), tuple(rows), header_rows=2)


def indicators(rng: Random, projects: int = 6, sentences: tuple[int, int] = (2, 5)) -> Table:
    """A row an indicator: project, goal and levels are merged over their indicators."""
    widths = (44.0, 96.0, 56.0, 120.0, 48.0, 56.0, 92.0, 50.0, 100.0, 50.0, 50.0)
    first = ("单位编码", "单位（项目）名称", "资金总额", "绩效目标")
    second = (
        "一级指标",
        "二级指标",
        "三级指标",
        "指标值",
        "评（扣）分标准",
        "度量单位",
        "指标值类型",
    )
    rows = [row(*(head(text, 2) for text in first), head("绩效指标", cols=7)),
            row(*map(head, second))]  # fmt: skip
    for number in range(projects):
        groups = rng.sample(words()["indicators"], rng.randint(3, 5))
        groups.sort(key=words()["indicators"].index)
        chosen = [(g, rng.sample(g[2:], rng.randint(2, len(g) - 2))) for g in groups]
        rows += _project(rng, str(126001 + number), chosen, sentences)
    return Table(
        f"{YEAR}年项目支出绩效目标申报表",
        above(rng),
        widths,
        tuple(rows),
        header_rows=2,
        landscape=True,
    )


def _project(
    rng: Random, code: str, groups: list[tuple[list[str], list[str]]], sentences: tuple[int, int]
) -> list[tuple[Cell, ...]]:
    """Rows of one project: the first of each merged cell bears it."""
    height = sum(len(names) for _, names in groups)
    level_1: dict[str, int] = {}
    for group, names in groups:
        level_1[group[0]] = level_1.get(group[0], 0) + len(names)
    rows: list[tuple[Cell, ...]] = []
    for group, names in groups:
        for place, name in enumerate(names):
            cells: list[Cell | str] = []
            if not rows:
                cells += [Cell(code, height), Cell(rng.choice(words()["projects"]), height),
                          Cell(amount(rng), height, align="right"),
                          Cell(goal(rng, *sentences), height)]  # fmt: skip
            if group[0] in level_1:
                cells.append(Cell(group[0], level_1.pop(group[0])))
            if place == 0:
                cells.append(Cell(group[1], len(names)))
            standard = f"每少1{rng.choice('次项份')}，减{rng.choice(['0.1', '0.5'])}分。"
            cells += [name, str(rng.randint(1, 100)), standard,
                      rng.choice(["次", "%", "人次", "份"]),
                      rng.choice(["≥", "＝", "≤", "定性"])]  # fmt: skip
            rows.append(row(*cells))
    return rows


def form(rng: Random) -> Table:
    """A form: labels and values, merged in every way."""
    widths = (52.0, 62.0, 62.0, 92.0, 62.0, 62.0, 62.0, 61.0)
    groups = [(g, rng.sample(g[2:], 2)) for g in words()["indicators"]]
    height = sum(len(names) for _, names in groups) + 1
    rows = [
        row(head("项目名称", cols=2), Cell(rng.choice(words()["projects"]), cols=3),
            head("项目编码"), Cell(f"44{rng.randint(10**7, 10**8)}", cols=2)),
        row(head("主管部门", cols=2), Cell(body(rng), cols=3),
            head("实施单位"), Cell(body(rng) + "信息中心", cols=2)),
        row(head("项目资金（万元）", 3, 2), Cell("年度资金总额：", cols=2),
            Cell(amount(rng), cols=4, align="right")),
        row(Cell("其中：财政拨款", cols=2), Cell(amount(rng), cols=4, align="right")),
        row(Cell("其他资金", cols=2), Cell("0.00", cols=4, align="right")),
        row(head("年度目标"), Cell(goal(rng, 5, 8), cols=7)),
        row(head("绩效指标", height), *map(head, ("一级指标", "二级指标")),
            head("三级指标", cols=2), head("指标值", cols=2), head("备注")),
    ]  # fmt: skip
    left = {
        level: sum(len(n) for g, n in groups if g[0] == level)
        for level in dict.fromkeys(g[0] for g, _ in groups)
    }
    for group, names in groups:
        for place, name in enumerate(names):
            first = [Cell(group[0], left.pop(group[0]))] if group[0] in left else []
            second = [Cell(group[1], len(names))] if place == 0 else []
            rows.append(
                row(
                    *first,
                    *second,
                    Cell(name, cols=2),
                    Cell(rng.choice(words()["values"]), cols=2),
                    "",
                )
            )
    return Table(
        f"项目支出绩效目标表（{YEAR}年度）",
        ("", ""),
        widths,
        tuple(rows),
        header_rows=0,
        repeat_header=False,
    )


def plain(rng: Random, n_rows: int, title: str = "一般公共预算支出表") -> Table:
    """A small table for one phenomenon: code, name, three amounts."""
    header = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")
    chosen = (words()["functions"] * 3)[:n_rows]
    rows = [row(code, name, *(amount(rng) for _ in range(3))) for code, name in chosen]
    return Table(
        title, above(rng), (70.0, 200.0, 80.0, 80.0, 80.0), (row(*map(head, header)), *rows)
    )


def amount(rng: Random, digits: int = 4) -> str:
    """An amount with separators and two decimals."""
    return f"{rng.randint(1, 10 ** (rng.randint(2, digits) + 2) - 1) / 100:,.2f}"


def body(rng: Random) -> str:
    """An invented body."""
    return str(rng.choice(words()["bodies"]))


def above(rng: Random) -> tuple[str, str]:
    """What stands above a table: its body and the unit of its amounts."""
    return f"部门名称：{body(rng)}", "单位：万元"


def goal(rng: Random, least: int, most: int) -> str:
    """Some sentences."""
    return "".join(rng.choice(words()["goals"]) for _ in range(rng.randint(least, most)))


def packed(rng: Random, count: int) -> str:
    """Indicators in one cell, in the way of one city."""
    parts = []
    for number in range(1, count + 1):
        code = rng.randrange(len(words()["codes"]))
        name = rng.choice(words()["indicators"][code][2:])
        value = rng.choice(words()["values"])
        parts.append(
            f"{number}、{words()['codes'][code]}；{name}；实施周期指标值:{value}；年度指标值:{value}。"
        )
    return "".join(parts)


@cache
def words() -> dict[str, Any]:
    """The words of ``words.toml``."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
