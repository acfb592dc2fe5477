"""The rows of a table, block by block: what each is called, and on which node it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.generator.books.axes import ROOT, above, child_node, unit_node
from tests.generator.books.budget import classes, top_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.generator.books.axes import Sums
    from tests.generator.books.budget import Budget, Project

_DIGITS = "〇一二三四五六七八九"
GRAND_TOTAL = "合计"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a block.

    Attributes:
        node: Where it stands on the axis of the block's rows; none where it holds no amounts.
        label: Its name as printed; a path where it runs over two columns.
        code: Its code, where the axis has any.
        project: What is said of a project.
        unit: Number of the unit it is, or stands below.
        texts: What stands in columns of text.
    """

    node: str | None
    label: str
    code: str = ""
    project: Project | None = None
    unit: int | None = None
    texts: tuple[str, ...] = ()


NOTHING = Line(None, "")


def listed(spec: Iterable[tuple[str, str]], budget: Budget) -> Iterator[Line]:
    """Rows of an axis whose nodes are listed: labels and nodes as ``places.toml`` has them."""
    number = 0
    for label, node in spec:
        said = [(label, node)]
        if node == "classes":
            of_year = sorted(top_classes(budget.classes_of).items())
            said = [(label.replace("{class}", name), code) for code, name in of_year]
        for shown, its_node in said:
            number += "{n}" in shown
            yield Line(its_node, shown.replace("{n}", chinese(number))) if its_node else NOTHING


def found(axis: str, budget: Budget, known: Sums) -> Iterator[Line]:
    """Rows of any other axis: printed where there is money."""
    if axis in {"function", "economic"}:
        return _codes(axis, budget, known)
    if axis == "procurement":
        return _purchases(budget)
    if axis == "none":
        return iter([Line(ROOT, "")])
    return _units(axis, budget, known)


def _codes(axis: str, budget: Budget, known: Sums) -> Iterator[Line]:
    names = classes(axis, budget.classes_of)
    yield Line(ROOT, GRAND_TOTAL)
    for code in sorted({row for row, _ in known} - {ROOT}):
        yield Line(code, names[code], code)


def _units(axis: str, budget: Budget, known: Sums) -> Iterator[Line]:
    names = classes("economic", budget.classes_of)
    printed = {row for row, _ in known}
    if axis != "project":
        yield Line(ROOT, GRAND_TOTAL)
    for number, unit in enumerate(budget.units):
        node = unit_node(number)
        if node in printed:
            yield Line(node, unit.name, unit=number)
        for at, project in enumerate(unit.projects):
            if child_node(number, at) in printed:
                yield Line(child_node(number, at), project.name, project=project, unit=number)
        if axis == "unit_economic":
            for child in sorted(row for row in printed if row.startswith(f"{node}/")):
                yield Line(child, names[child.partition("/")[2]], unit=number)


def _purchases(budget: Budget) -> Iterator[Line]:
    """Each category, below it projects with an economic class, below these the items."""
    yield Line(ROOT, GRAND_TOTAL)
    category, group = "", ""
    for number, one in enumerate(budget.purchases):
        if one.category != category:
            category = one.category
            yield Line(category, category)
        if one.group != group:
            group = one.group
            yield Line(group, "", texts=(one.project, one.economic, "", ""))
        yield Line(f"{group}/{number}", "", texts=("", "", one.item, one.method))


def purchase_sums(budget: Budget) -> Sums:
    """(row node, column node) → yuan, of what is bought."""
    sums: Sums = {}
    for number, one in enumerate(budget.purchases):
        for node in (ROOT, one.category, one.group, f"{one.group}/{number}"):
            sums[node, ROOT] = sums.get((node, ROOT), 0) + one.yuan
    return sums


def parent(axis: str, node: str, printed: set[str]) -> str | None:
    """The nearest node above that is printed; none above a root."""
    if axis == "procurement":
        parts = node.split("/") if node else []
        return {0: None, 1: ROOT, 3: parts[0] if parts else "", 4: "/".join(parts[:3])}[len(parts)]
    return next((one for one in above(axis, node) if one in printed), None)


def chinese(number: int) -> str:
    """A number below a hundred as 一、 counts."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones or not tens else "")
