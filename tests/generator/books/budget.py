"""What is true: the budget of a body for a year, yuan by yuan, kept coherent over the years."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.code_lists import code_list
from tests.generator.model import Indicator, body_names, draw_indicator, words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

#: Of a budget without a last year: the plan changes by so much from year to year.
_KEPT = 0.88


@dataclass(frozen=True, slots=True)
class Money:
    """Some yuan: who spends them, as what, on what, out of what.

    ``function`` is a 项, ``economic`` a 款; what is carried forward has neither.
    """

    unit: int
    project: int | None
    type: str
    function: str | None
    economic: str | None
    fund: str
    yuan: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project of a unit, apart from its money."""

    name: str
    goal: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A spending unit; ``suffix`` is printed by some tables and is no part of its name."""

    name: str
    suffix: str
    projects: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line of the procurement table."""

    category: str
    project: str
    economic: str
    item: str
    method: str
    yuan: int

    @property
    def group(self) -> str:
        """The lines it is printed below: category, project and economic class."""
        return f"{self.category}/{self.project}/{self.economic}"


@dataclass(frozen=True)
class Budget:
    """The budget of a body for a year.

    ``before``: that of the year before. ``phases``: what other phases of the year say, where it is
    known.
    """

    place: str
    body: str
    fiscal_year: int
    units: tuple[Unit, ...]
    money: tuple[Money, ...]
    purchases: tuple[Purchase, ...] = ()
    before: Budget | None = field(default=None, repr=False)
    phases: Mapping[str, Budget] = field(default_factory=dict, repr=False)

    @property
    def classes_of(self) -> int:
        """The year whose list of classes holds: the nearest that is listed for the place."""
        first, last = place(self.place)["listed"]
        return int(max(first, min(last, self.fiscal_year)))

    def in_phase(self, phase: str) -> Budget:
        """What another phase of the same year says: the same lines, other amounts."""
        if phase in self.phases:
            return self.phases[phase]
        factor = 90 + len(phase)
        other = tuple(replace(m, yuan=max(1, m.yuan * (factor + at % 11) // 100))
                      for at, m in enumerate(self.money))  # fmt: skip
        return replace(self, money=other, before=None)

    def of_unit(self, number: int) -> Budget:
        """The book of one of its units, published by that unit."""
        unit = self.units[number]
        mine = tuple(replace(m, unit=0) for m in self.money if m.unit == number)
        before = self.before.of_unit(number) if self.before else None
        phases = {phase: told.of_unit(number) for phase, told in self.phases.items()}
        return replace(self, body=unit.name, units=(replace(unit, suffix=""),), money=mine,
                       before=before, phases=phases)  # fmt: skip


@cache
def places() -> dict[str, Any]:
    """Place → how its budgets and its books are (``places.toml``)."""
    text = Path(__file__).with_name("places.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def place(name: str) -> dict[str, Any]:
    """What is said of a place."""
    found: dict[str, Any] = places()[name]
    return found


@cache
def classes(kind: str, year: int) -> dict[str, str]:
    """Code → name, of ``function`` or ``economic`` classes: that of the year, or of the nearest."""
    nearest: dict[str, tuple[int, str]] = {}
    for code, name, first, last in _listed(kind):
        distance = max(first - year, year - last, 0)
        nearest[code] = min(nearest.get(code, (distance, name)), (distance, name))
    return {code: name for code, (_, name) in nearest.items()}


@cache
def listed(kind: str, year: int) -> set[str]:
    """Codes of the lowest level that a year has."""
    digits = {"function": 7, "economic": 5}[kind]
    return {code for code, _, first, last in _listed(kind)
            if len(code) == digits and first <= year <= last}  # fmt: skip


@cache
def top_classes(year: int) -> dict[str, str]:
    """Function classes of the first level that a year has: code → name."""
    return {code: name for code, name, first, last in _listed("function")
            if len(code) == 3 and first <= year <= last}  # fmt: skip


def _listed(kind: str) -> list[tuple[str, str, int, int]]:
    rows = code_list(f"{kind}_classes").select(f"{kind}_code", "name_zh", "first_year", "last_year")
    return [(code, name, int(first), int(last)) for code, name, first, last in rows.rows()]


@dataclass(frozen=True, slots=True)
class _Basic:
    """What a unit spends on itself every year."""

    function: str
    economic: str
    fund: str


@dataclass(frozen=True, slots=True)
class _Task:
    """A project as planned: its function, and economic classes with funds."""

    project: Project
    function: str
    shares: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A unit as planned for all years."""

    added: str
    suffix: str
    basic: tuple[_Basic, ...]
    tasks: tuple[_Task, ...]


def budgets(rng: Random, place_name: str, number: int, years: int) -> list[Budget]:
    """The budgets of the n-th body of a place over years, each with the one before it.

    Units, classes and projects are kept over the years, less some; amounts differ. Most bodies
    keep their name.
    """
    said = place(place_name)
    main = rng.choice(said["main"])
    has_units = said["has_units"]
    plans = [_plan(rng, place_name, main, added) for added in _units(rng, has_units)]
    names = body_names(number + said["bodies_from"])
    renamed_from = rng.choice((years, years, years, max(1, years // 2)))
    made: list[Budget] = []
    for at in range(-1, years):
        year = said["first_year"] + at
        body = names[at >= renamed_from]
        made.append(_budget(rng, Budget(place_name, body, year, (), ()), plans,
                            made[-1] if made else None))  # fmt: skip
    return made[1:]


def _units(rng: Random, has_units: bool) -> list[str]:
    """What is added to the body's name for each of its units; the body itself is the first."""
    if not has_units:
        return [""]
    return ["", *rng.sample(words()["other_units"], rng.choice((0, 1, 1, 2, 3)))]


def _plan(rng: Random, place_name: str, main: str, added: str) -> _Plan:
    said = place(place_name)
    suffix = rng.choice(words()["own_unit"]) if not added else ""
    own = sorted(code for code in _ever(said, "function") if code.startswith(main))
    funds = rng.choice(said["basic_funds"])
    basic = [
        _Basic(own[0], code, rng.choice(funds))
        for group, least, most in said["basic"]
        for code in _some(rng, _economics(said, group), least, most)
    ]
    basic += [_Basic(function, economic, funds[0]) for function, economic in said["welfare"]
              if rng.random() < 0.8]  # fmt: skip
    tasks = tuple(_task(rng, said, own) for _ in range(rng.randint(0 if added else 1, 5)))
    return _Plan(added, suffix, tuple(dict.fromkeys(basic)), tasks)


def _ever(said: dict[str, Any], kind: str) -> set[str]:
    """Codes that any of the years has for which classes are listed."""
    first, last = said["listed"]
    return {code for year in range(first, last + 1) for code in listed(kind, year)}


def _economics(said: dict[str, Any], group: str) -> list[str]:
    return sorted(code for code in _ever(said, "economic") if code.startswith(group))


def _some(rng: Random, codes: list[str], least: int, most: int) -> list[str]:
    return sorted(rng.sample(codes, min(len(codes), rng.randint(least, most))))


def _task(rng: Random, said: dict[str, Any], own: list[str]) -> _Task:
    """A project: most of it 一般公共预算, on one function, for up to three economic classes."""
    kind = rng.choice(said["project_kinds"])
    function = rng.choice(kind.get("functions") or own)
    groups = said["project_economics"]
    economics = _some(rng, [code for group in groups for code in _economics(said, group)], 1, 3)
    shares = [(code, fund) for code in economics for fund in kind["funds"]]
    goal = "".join(rng.choices(words()["goals"], k=rng.randint(1, 2)))
    indicators = tuple(draw_indicator(rng) for _ in range(rng.randint(1, 4)))
    name = rng.choice(words()["projects"])
    return _Task(Project(name, goal, indicators), function, tuple(shares))


def _budget(rng: Random, empty: Budget, plans: list[_Plan], before: Budget | None) -> Budget:
    """The budget of a year: plans less what the year's lists of classes do not have."""
    units, money = [], []
    for number, plan in enumerate(plans):
        tasks = [task for task in plan.tasks if rng.random() < _KEPT] or list(plan.tasks[:1])
        tasks = _named_apart(rng, tasks)
        projects = tuple(task.project for task in tasks)
        units.append(Unit(empty.body + plan.added, plan.suffix, projects))
        money += _of_unit(rng, number, plan, tasks)
    said = place(empty.place)
    for kind in said.get("others", ()):
        if rng.random() < kind["share"]:
            function = plans[0].basic[0].function if kind["has_function"] else None
            money.append(Money(0, None, kind["type"], function, None, kind["fund"], _yuan(rng)))
    functions, economics = (listed(kind, empty.classes_of) for kind in ("function", "economic"))
    kept = tuple(m for m in money if (m.function is None or m.function in functions)
                 and (m.economic is None or m.economic in economics))  # fmt: skip
    made = replace(empty, units=tuple(units), money=kept, before=before)
    return replace(made, purchases=tuple(purchases(rng, made))) if "purchases" in said else made


def _named_apart(rng: Random, tasks: list[_Task]) -> list[_Task]:
    """Most often a unit's projects have names of their own."""
    names = {task.project.name for task in tasks}
    if len(names) == len(tasks) or rng.random() < 0.1:
        return tasks
    return list({task.project.name: task for task in tasks}.values())


def _of_unit(rng: Random, number: int, plan: _Plan, tasks: list[_Task]) -> list[Money]:
    step = rng.choice((1, 1, 1, 100, 10_000))
    basic = [
        Money(number, None, "basic", one.function, one.economic, one.fund, _yuan(rng, step))
        for one in plan.basic
    ]
    return basic + [
        Money(number, at, "project", task.function, economic, fund, _yuan(rng, step))
        for at, task in enumerate(tasks)
        for economic, fund in task.shares
    ]


def _yuan(rng: Random, step: int = 1) -> int:
    """Whole yuan of any size; now and then too little to be printed in 万元."""
    if step == 1 and rng.random() < 0.01:
        return rng.randint(1, 99)
    return rng.randint(1, 10 ** rng.randint(4, 7) // step) * step


def purchases(rng: Random, budget: Budget) -> list[Purchase]:
    """What is bought for projects: never more than a project has of an economic class."""
    said = place(budget.place)["purchases"]
    names = classes("economic", budget.classes_of)
    made = []
    for m in budget.money:
        if m.project is None or m.economic is None or rng.random() < 0.4:
            continue
        kind = rng.choice(said["kinds"])
        project = budget.units[m.unit].projects[m.project].name
        items = rng.sample(kind["items"], rng.randint(1, min(3, len(kind["items"]))))
        made += [
            Purchase(kind["category"], project, names[m.economic], item,
                     rng.choice(said["methods"]), max(1, m.yuan // (len(items) + 1)))
            for item in items
        ]  # fmt: skip
    order = [kind["category"] for kind in said["kinds"]]
    groups = list(dict.fromkeys(purchase.group for purchase in made))
    return sorted(made, key=lambda p: (order.index(p.category), groups.index(p.group)))
