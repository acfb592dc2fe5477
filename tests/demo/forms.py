"""Forms of the made-up city, as 西安 prints them: a body's targets, and those of a special fund."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from schemas.axes import ancestors
from tests.demo.city import city, indicator, marked
from tests.generator.books.headers import Cell
from tests.generator.books.word import package, paragraph, table
from tests.generator.tables import Style, figure
from tests.recognise.paged import cells_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.generator.books.budget import Budget
    from tests.generator.books.cells import Row
    from tests.generator.model import Indicator

_STYLE = Style(unit="万元", decimals=2)
#: The first task of a body: what it spends on itself.
_RUNNING = "保障机构正常运转"


@dataclass(frozen=True)
class Form:
    """A form as a document.

    Attributes:
        path: Below ``raw/``.
        kind: Of table.
        body, fiscal_year: Whose, of when.
        project: Whose targets they are; none if they are the body's own.
        indicators: What it promises.
        data: The Word document.
    """

    path: str
    kind: str
    body: str
    fiscal_year: int
    project: str | None
    indicators: tuple[Indicator, ...]
    data: bytes
    sidecar: str | None = None

    @cached_property
    def sha256(self) -> str:
        """Its key."""
        return sha256(self.data).hexdigest()


def of_body(path: str, budget: Budget) -> Form:
    """部门整体支出绩效目标表: all its money by tasks, and what its units promise first."""
    promised = tuple(one for unit in budget.units for project in unit.projects[:1]
                     for one in project.indicators)  # fmt: skip
    tasks = _tasks(budget)
    whole = tuple(sum(yuan) for yuan in zip(*tasks.values(), strict=True))
    rows = [
        f"部门（单位）名称 | < | < | {budget.body} | < | < | < | <",
        "年度主要任务 | 任务名称 | < | 主要内容 | 预算金额（万元） | < | < | 执行率分值（10分）",
        "^ | ^ | ^ | ^ | 总额 | 财政拨款 | 其他资金 | ^",
        *(f"^ | {name} | < | {name} | {_amounts(yuan)} | ^" for name, yuan in tasks.items()),
        f"^ | 金额合计 | < | < | {_amounts(whole)} | ^",
        f"年度总体目标 | {_goal(budget)} | < | < | < | < | < | <",
        "年度绩效指标 | 一级指标 | 二级指标 | 三级指标 | < | 指标值 | < | 分值权重（90分）",
        *(f"^ | {one.level_1} | {one.level_2} | {one.name} | < | {_text(one)} | < | 10"
          for one in promised),
    ]  # fmt: skip
    lines = [*_cover(budget), "表15", "部门整体支出绩效目标表", f"（{budget.fiscal_year}年度）"]
    return Form(path, "department_performance_targets", budget.body, budget.fiscal_year, None,
                promised, _document(lines, rows))  # fmt: skip


def of_special_fund(path: str, budget: Budget) -> Form:
    """专项资金总体绩效目标表: money that a body gives out for others."""
    said, year = city()["special_fund"], budget.fiscal_year
    kind = city()["kinds"][said["kind"]]
    promised = tuple(indicator(one, said["thing"], year) for one in kind["indicators"])
    yuan = said["wan"] * 10_000 + (year - city()["first_year"]) * 1_500_000
    rows = [
        f"项目名称 | < | < | {said['name']} | < | < | <",
        f"主管部门 | < | < | {budget.body} | < | 实施期限 | {year}年1月至12月",
        f"资金金额（万元） | < | < | 实施期资金总额： |  | 年度资金总额： | {_wan(yuan)}",
        f"^ | ^ | ^ | 其中：财政拨款 |  | 其中：财政拨款 | {_wan(yuan)}",
        "^ | ^ | ^ | 其他资金 |  | 其他资金 | ",
        "总体目标 | 实施期总目标 | < | < | < | 年度目标 | <",
        f"^ |  | < | < | < | {kind['goal'].format(thing=said['thing'])} | <",
        "绩效指标 | 一级指标 | 二级指标 | 指标内容 | < | 指标值 | 备注",
        *(f"^ | {one.level_1} | {one.level_2} | {one.name} | < | {_text(one)} | "
          for one in promised),
    ]  # fmt: skip
    lines = [*_cover(budget), "表16", f"{year}年专项资金总体绩效目标表"]
    return Form(path, "special_fund_targets", budget.body, year, said["name"], promised,
                _document(lines, rows))  # fmt: skip


def gives_special_fund(budget: Budget) -> bool:
    """Whether a body is the one that gives out the special fund."""
    return budget.body == marked(city()["special_fund"]["body"])


def _tasks(budget: Budget) -> dict[str, tuple[int, int]]:
    """What a body spends, on itself and on each project: of the appropriation, of other funds."""
    found: dict[str, tuple[int, int]] = {}
    for money in budget.money:
        unit = budget.units[money.unit]
        name = _RUNNING if money.project is None else unit.projects[money.project].name
        is_other = "fiscal_appropriation" not in ancestors("fund_source", money.fund)
        before = found.get(name, (0, 0))
        own = (0, money.yuan) if is_other else (money.yuan, 0)
        found[name] = (before[0] + own[0], before[1] + own[1])
    return found


def _amounts(yuan: tuple[int, ...]) -> str:
    """Sum, appropriation and other funds as printed; nothing where there is none."""
    return " | ".join(_wan(one) if one else "" for one in (sum(yuan), *yuan))


def _goal(budget: Budget) -> str:
    return "".join(project.goal for project in budget.units[0].projects[:2])


def _text(one: Indicator) -> str:
    if one.annual is None:
        raise ValueError(f"{one.name}: an indicator of a form has a value for its year")
    return one.annual.text


def _wan(yuan: int) -> str:
    return figure(yuan, _STYLE).text


def _cover(budget: Budget) -> list[str]:
    return [f"{budget.fiscal_year}年", f"{budget.body}部门预算"]


def _document(lines: Sequence[str], rows: Sequence[str]) -> bytes:
    words = "".join(paragraph(line) for line in lines)
    return package(words + table(_cells(rows), header=0))


def _cells(rows: Sequence[str]) -> list[Row]:
    """Drawn rows as cells: none where one is covered by another."""
    width = rows[0].count("|") + 1
    made: list[Row] = [[None] * width for _ in rows]
    for row, col, down, right, text in cells_of(rows):
        made[row - 1][col - 1] = Cell(text, down, right)
    return made
