"""Where money stands on the axes of tables: every node whose figure it is a part of."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from schemas.axes import ancestors
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.generator.books.budget import Budget, Money

#: 款 of the economic classes that three public expenses, meetings and training are spent on.
THREE_PUBLIC = {
    "30212": "overseas", "30217": "reception", "30231": "vehicle_running",
    "31013": "vehicle_purchase", "30215": "meetings", "30216": "training",
}  # fmt: skip
#: Groups of economic classes that are running cost, where basic expenditure pays for them.
RUNNING_COST = ("302", "310")
#: And those that are spent on persons.
PERSONS = ("301", "303")
#: What was carried over and is spent this year; printed as 其中 and part of no sum.
CARRIED_OVER_USED = "carried_over_used"
#: Rows that are a part of others, or overlap with them, and belong to no sum.
MEMO_NODES = (CARRIED_OVER_USED, "operating_cost")
ROOT = ""
#: Axes whose root is printed as 合计: it stands above everything, even where nothing is below.
HEADED = ("function", "economic", "unit", "unit_project", "unit_economic", "procurement")


def nodes(axis: str, money: Money) -> tuple[str, ...]:
    """Nodes of an axis that money is counted for; none where it does not stand on the axis."""
    if axis in {"function", "economic"}:
        return _code_nodes(money.function if axis == "function" else money.economic)
    if axis == "fund_source":
        used = money.fund == "carried_over" and money.type != "carried_forward"
        return (*_listed(axis, money.fund), *((CARRIED_OVER_USED,) if used else ()))
    if axis == "expenditure_type":
        return (*_basic_parts(money), *_listed(axis, money.type))
    if axis == "expenditure_line":
        own = _listed("expenditure_type", money.type)
        return own if money.function is None else (money.function[:3], *own)
    if axis == "three_public":
        return _three_public(money)
    return _UNIT_AXES[axis](money)


def _listed(axis: str, node: str) -> tuple[str, ...]:
    return (node, *ancestors(axis, node))


def _basic_parts(money: Money) -> tuple[str, ...]:
    """Basic expenditure is that on persons, or for running a body."""
    if money.type != "basic" or money.economic is None:
        return ()
    return ("personnel" if money.economic.startswith(PERSONS) else "public_use",)


def _code_nodes(code: str | None) -> tuple[str, ...]:
    """A code and all that stand above it: 类, 款, 项."""
    if code is None:
        return ()
    return (ROOT, *(code[:n] for n in range(3, len(code) + 1, 2)))


def _three_public(money: Money) -> tuple[str, ...]:
    code = money.economic or ""
    cost = money.type == "basic" and code.startswith(RUNNING_COST)
    found = _listed("three_public", THREE_PUBLIC[code]) if code in THREE_PUBLIC else ()
    return (*found, *(("operating_cost",) if cost else ()))


def unit_node(unit: int) -> str:
    """A unit among the rows of a table."""
    return f"unit {unit}"


def child_node(unit: int, child: object) -> str:
    """A project, by its number, or an economic class, by its code, below a unit."""
    return f"unit {unit}/{child}"


def _of_project(money: Money) -> tuple[str, ...]:
    if money.project is None:
        return ()
    return (ROOT, unit_node(money.unit), child_node(money.unit, money.project))


def _of_class(money: Money) -> tuple[str, ...]:
    if money.economic is None:
        return ()
    return (ROOT, unit_node(money.unit), child_node(money.unit, money.economic[:3]))


_UNIT_AXES: dict[str, Callable[[Money], tuple[str, ...]]] = {
    "none": lambda _: (ROOT,),
    "unit": lambda money: (ROOT, unit_node(money.unit)),
    "unit_project": _of_project,
    "unit_economic": _of_class,
    "project": lambda money: _of_project(money)[-1:],
}


def above(axis: str, node: str) -> list[str]:
    """The nodes above a node, the nearest first, whether printed or not."""
    if axis in {"function", "economic"}:
        return [node[:n] for n in range(len(node) - 2, 2, -2)] + [ROOT] if node else []
    if axis in {"unit", "unit_project", "unit_economic"}:
        unit, slash, _ = node.partition("/")
        return [*([unit] if slash else []), *([ROOT] if node else [])]
    if axis in {"project", "none"} or node in MEMO_NODES:
        return []
    if axis == "expenditure_line":
        if node.isdigit():
            return ["current_expenditure", "total_expenditure"]
        axis = "expenditure_type"
    return ancestors(axis, node)


def in_scope(kind: str, money: Money) -> bool:
    """Whether the tables of a kind are about some money at all."""
    scope, expenditure_type = _scopes()[kind]
    if scope != "all" and scope not in _listed("fund_source", money.fund):
        return False
    if kind == "operating_cost":
        return "operating_cost" in _three_public(money)
    return expenditure_type in {None, money.type}


@cache
def _scopes() -> dict[str, tuple[str, str | None]]:
    """Kind → its fund scope and type of expenditure, as ``kinds.csv`` has them."""
    kinds = code_list("kinds").select("kind", "fund_scope", "expenditure_type")
    return {kind: (scope, said) for kind, scope, said in kinds.rows()}


Sums = dict[tuple[str, str], int]


def sums(budget: Budget, kind: str, rows: str, columns: str) -> Sums:
    """(row node, column node) → yuan, of all money a kind is about; exact."""
    found: Sums = {}
    for money in budget.money:
        if not in_scope(kind, money):
            continue
        for row in nodes(rows, money):
            for column in nodes(columns, money):
                found[row, column] = found.get((row, column), 0) + money.yuan
    return found
