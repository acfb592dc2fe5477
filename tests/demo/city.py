"""What is true of the made-up city: its bodies' budgets and final accounts, year by year.

Amounts follow from ``city.toml`` and from names alone: the same city always.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.generator.books.budget import Budget, Money, Project, Unit, place, purchases
from tests.generator.model import Indicator, words
from tests.generator.values import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a person costs in a year, in yuan, with all that a body spends on itself.
_A_PERSON = 240_000
#: Wages and the like grow by so much a year.
_GROWTH = 0.03
#: Out of what most is spent, by place.
_OWN_FUND = {"jiangsu": "general_appropriation"}


@cache
def city() -> dict[str, Any]:
    """What is said of the city (``city.toml``)."""
    text = Path(__file__).with_name("city.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def years() -> range:
    """The fiscal years of which books are published."""
    return range(city()["first_year"], city()["last_year"] + 1)


@dataclass(frozen=True)
class Body:
    """A body of the city, and what it says of each year.

    Attributes:
        name: As it is printed everywhere, with the mark.
        written: The format of its books.
        budgets: Fiscal year → budget; each with the one before it.
    """

    name: str
    written: str
    budgets: dict[int, Budget]


@cache
def bodies() -> tuple[Body, ...]:
    """All bodies, in the order in which they are listed."""
    return tuple(_body(said) for said in city()["bodies"])


def marked(name: str) -> str:
    """A name of a body or unit, marked as made up."""
    return name + str(city()["mark"])


def executed(budget: Budget) -> Budget:
    """What was spent in the end, as the final accounts say it beside the budget."""
    rng = _rng(budget.body, budget.fiscal_year, "accounts")
    money = tuple(
        replace(m, yuan=max(1, round(m.yuan * rng.uniform(0.88, 1.01)))) for m in budget.money
    )
    return replace(budget, money=money, before=None, phases={"budget": budget})


def _body(said: dict[str, Any]) -> Body:
    found: dict[int, Budget] = {}
    for year in range(years().start - 1, years().stop):
        found[year] = _budget(said, year, found.get(year - 1))
    return Body(marked(said["name"]), said["written"], {year: found[year] for year in years()})


def _budget(said: dict[str, Any], year: int, before: Budget | None) -> Budget:
    units: list[Unit] = []
    money: list[Money] = []
    for number, (added, staff) in enumerate(said["units"].items()):
        mine = [
            one for one in said["projects"] if one.get("unit", "") == added and _goes(one, year)
        ]
        projects = tuple(_project(one, year) for one in mine)
        units.append(Unit(marked(said["name"] + added), "" if added else "（本级）", projects))
        money += _running(said, number, added, staff * _A_PERSON, year)
        money += [m for at, one in enumerate(mine) for m in _spent(said, number, at, one, year)]
    made = Budget(said["place"], marked(said["name"]), year, tuple(units), tuple(money),
                  before=before)  # fmt: skip
    if "purchases" not in place(said["place"]):
        return made
    bought = purchases(_rng(made.body, year, "purchases"), made)
    return replace(made, purchases=tuple(bought))


def _goes(project: dict[str, Any], year: int) -> bool:
    """Whether a project has money in a year; of one that always goes on no years are said."""
    first, last = project.get("years", (0, 9999))
    return bool(first <= year <= last)


def _running(
    said: dict[str, Any], number: int, added: str, yuan: float, year: int
) -> Iterator[Money]:
    """What a unit spends on itself."""
    own = said["unit_runs" if added else "runs"]
    for group in city()["running"]:
        if said["place"] not in group.get("places", [said["place"]]):
            continue
        for function, economic, share in group["of"]:
            trend = city()["trends"].get(economic, _GROWTH)
            key = (said["name"], added, function, economic)
            amount = _in_year(yuan * share / 100, trend, year - city()["first_year"], key)
            yield Money(number, None, "basic", function or own, economic, _own_fund(said), amount)


def _spent(
    said: dict[str, Any], number: int, at: int, project: dict[str, Any], year: int
) -> Iterator[Money]:
    """What a project costs, by economic classes: the first of them the most."""
    first = project.get("years", (city()["first_year"],))[0]
    whole = project["wan"] * 10_000
    classes = project["economics"]
    weights = [len(classes) - n for n in range(len(classes))]
    fund = project.get("fund", _own_fund(said))
    for economic, weight in zip(classes, weights, strict=True):
        part = whole * weight / sum(weights)
        key = (said["name"], project["name"], economic)
        amount = _in_year(part, project["growth"], year - first, key)
        yield Money(number, at, "project", project["function"], economic, fund, amount)


def _own_fund(said: dict[str, Any]) -> str:
    return _OWN_FUND.get(said["place"], "general_public_budget")


def _in_year(yuan: float, growth: float, passed: int, key: tuple[object, ...]) -> int:
    """What something costs so many years after the first, a little more or less than planned."""
    return max(1, round(yuan * (1 + growth) ** passed * _rng(*key, passed).uniform(0.96, 1.05)))


def _rng(*key: object) -> Random:
    """Chance that follows from a name."""
    return Random("/".join(map(str, key)))  # noqa: S311 - the same city always


def _project(said: dict[str, Any], year: int) -> Project:
    """What a project is called in a year, aims at and promises."""
    names = [name for since, name in said.get("renamed", {}).items() if int(since) <= year]
    kind, thing = city()["kinds"][said["kind"]], said["thing"]
    found = tuple(indicator(one, thing, year) for one in kind["indicators"])
    return Project(names[-1] if names else said["name"], kind["goal"].format(thing=thing), found)


def indicator(said: dict[str, Any], thing: str, year: int) -> Indicator:
    """An indicator with its value for a year; what counts on does so year by year."""
    levels = next(one for one in words()["classes"] if one["code"] == said["class"])
    number = said.get("n", 0) + said.get("step", 0) * (year - city()["first_year"])
    value = value_of({"kind": "number", **said}, {"{n}": str(number), "{thing}": thing})
    return Indicator(said["class"], levels["level_1"], levels["level_2"][0],
                     said["name"].format(thing=thing), None, value)  # fmt: skip
