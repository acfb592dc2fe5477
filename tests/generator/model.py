"""What is true: bodies, their books year by year, what each project costs, to the yuan."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.generator.values import Value, draw_value

if TYPE_CHECKING:
    from random import Random

FUNDS = ("fiscal_appropriation", "special_fiscal_account", "other_funds")
FIRST_YEAR = 2021
#: Suffix of a printed body → whose book it is.
CONSOLIDATION = {
    "（部门）": "department",
    "(部门)": "department",
    "（本级）": "unit",
    "": "unknown",
}
_SUFFIXES = ("（部门）", "（部门）", "（部门）", "(部门)", "（本级）", "")
#: A project without any prose is told from a unit row by sums: it must weigh more than rounding.
_LEAST_BARE_YUAN = 200_000


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator; ``level_2`` is one of the printed names of its class."""

    class_code: str
    level_1: str
    level_2: str
    name: str
    cycle: Value | None
    annual: Value | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project of a unit; ``amounts`` in whole yuan, by FUNDS."""

    name: str
    goal: str
    amounts: tuple[int, ...]
    indicators: tuple[Indicator, ...]

    @property
    def is_bare(self) -> bool:
        """Whether it is printed as units are: a name and amounts, no prose."""
        return not self.goal and not self.indicators


@dataclass(frozen=True, slots=True)
class Unit:
    """A spending unit; ``suffix`` is printed and no part of its name."""

    name: str
    suffix: str
    projects: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The budget of a body for a year."""

    body: str
    suffix: str
    fiscal_year: int
    units: tuple[Unit, ...]

    @property
    def consolidation(self) -> str:
        """Whose book it is: a suffix says so, or several units in one table."""
        said = CONSOLIDATION[self.suffix]
        return "department" if said == "unknown" and len(self.units) > 1 else said


def books(rng: Random, bodies: int, years: int, projects: int) -> list[Book]:
    """A book for each body and year; a unit has up to so many projects.

    A unit keeps its projects over the years, less some, with other amounts. Some bodies are
    renamed in the middle of the years, and their units with them.
    """
    made = []
    for number in range(bodies):
        names = body_names(number)
        suffix = rng.choice(_SUFFIXES)
        renamed_from = rng.choice((years, max(1, years // 2)))
        units = _unit_plan(rng, projects)
        for year in range(years):
            body = names[year >= renamed_from]
            of_year = tuple(_unit(rng, body, plan) for plan in units)
            made.append(Book(body, suffix, FIRST_YEAR + year, of_year))
    return made


def body_names(number: int) -> list[str]:
    """The n-th body's name before and after a reform."""
    at, bureau = divmod(number, len(words()["bureaus"]))
    places = words()["places"]
    place = places[at] if at < len(places) else f"示例{at}号市"
    return [place + name for name in words()["bureaus"][bureau]]


_Plan = tuple[str, str, list[str]]


def _unit_plan(rng: Random, projects: int) -> list[_Plan]:
    """Units of a body: what is added to its name, what is printed after it, names of projects."""
    others = rng.sample(words()["other_units"], rng.choice((0, 0, 1, 1, 2, 3)))
    units = [("", rng.choice(words()["own_unit"])), *((other, "") for other in others)]
    plans = []
    for added, suffix in units:
        names = [rng.choice(words()["projects"]) for _ in range(rng.randint(1, projects))]
        plans.append((added, suffix, names))
    return plans


def _unit(rng: Random, body: str, plan: _Plan) -> Unit:
    added, suffix, names = plan
    kept = [name for name in names if rng.random() < 0.85] or names[:1]
    is_round = rng.random() < 0.4
    return Unit(body + added, suffix, tuple(_project(rng, name, is_round) for name in kept))


def _project(rng: Random, name: str, is_round: bool) -> Project:
    amounts = _amounts(rng, is_round)
    if rng.random() < 0.04:
        bare = (max(amounts[0], _LEAST_BARE_YUAN + amounts[0] % 999), *amounts[1:])
        return Project(name, "", bare, ())
    goal = "".join(rng.choices(words()["goals"], k=rng.randint(0, 3)))
    indicators = tuple(draw_indicator(rng) for _ in range(rng.randint(1, 5)))
    return Project(name, goal, amounts, indicators)


def _amounts(rng: Random, is_round: bool) -> tuple[int, ...]:
    """Whole yuan by fund, most of it 财政拨款, now and then nothing.

    Round amounts print exactly in any unit.
    """
    if rng.random() < 0.03:
        return (0, 0, 0)
    step = 1_000 if is_round else 1
    size = 10 ** rng.randint(4, 7)
    amounts = [0, 0, 0]
    shares = rng.choice(((0,), (0,), (0,), (0, 1), (0, 2), (1,), (2,), (0, 1, 2)))
    for fund in shares:
        amounts[fund] = rng.randint(1, size // step) * step
    return tuple(amounts)


def draw_indicator(rng: Random) -> Indicator:
    """An indicator with values for the cycle, the year, or both."""
    kind = rng.choice(words()["classes"])
    horizons = rng.choice(((1, 1), (1, 1), (1, 1), (1, 1), (1, 0), (0, 1)))
    cycle, annual = (draw_value(rng) if printed else None for printed in horizons)
    return Indicator(kind["code"], kind["level_1"], rng.choice(kind["level_2"]),
                     rng.choice(kind["names"]), cycle, annual)  # fmt: skip


@cache
def words() -> dict[str, Any]:
    """Words of documents (``words.toml``)."""
    text = Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
