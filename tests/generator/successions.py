"""Consecutive books of a body whose projects go on, are renamed, exchanged, split, and end.

What is true of each project over years is kept beside its printed line: a *self* that stays the
same whatever it is called. Cases are drawn so that names, codes and prose mislead:

=================  ===============================================================================
kept               the same name; amounts and values differ, prose mostly stays
reworded           the same project under other words for one thing, prose mostly stays
rebranded          another name altogether, prose word for word
year_in_name       the name carries the fiscal year and counts on with it
one_of_year        as well, but each year's is another project: other prose
filler             经费 becomes 专项经费, 项目 is left out
swapped            two projects of a unit exchange their names, with their prose
phase              一期 ends, 二期 begins, with the same prose: two projects
ended, new         nothing in common with one another, but words that every budget has
lookalike          one ends and another begins under a similar name, with other prose
boilerplate        综合业务费 in every unit, each unit's own
code_kept          printed with its code, renamed
code_reused        another project under a code that ended
split, merged      one becomes two, two become one: no link, but a suggestion
=================  ===============================================================================
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.generator import printer
from tests.generator.model import FIRST_YEAR, Book, Indicator, Project, Unit, draw_indicator
from tests.generator.tables import draw_style, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PHASE = "budget"
#: What becomes of a project next year, with how often of a hundred.
COURSES = {
    "kept": 48, "reworded": 10, "rebranded": 4, "filler": 6, "ended": 12, "lookalike": 5,
    "swapped": 3, "phase": 3, "split": 4, "code_reused": 2, "one_of_year": 3,
}  # fmt: skip
#: New projects a unit takes up in a year, at most.
_NEW = 2


@dataclass(frozen=True)
class Line:
    """A printed project: who it is, what it is called, what it promises."""

    self_id: int
    course: str
    name: str
    goal: str
    indicators: tuple[Indicator, ...]
    amount: int
    code: str | None = None
    rolls: bool = False

    def printed_name(self, year: int) -> str:
        """The name as printed in a year's book, its code before it."""
        name = f"{year}年{self.name}" if self.rolls else self.name
        return f"{self.code}-{name}" if self.code else name

    def name_in(self, year: int) -> str:
        """The name without its code."""
        return f"{year}年{self.name}" if self.rolls else self.name


@dataclass(frozen=True)
class Reform:
    """A unit that has another name from a year on, or went over into another unit."""

    before: str
    after: str
    kind: str
    first_year: int


@dataclass
class Succession:
    """The books of one body, and who each of their lines is.

    Attributes:
        body: Its name.
        books: Fiscal year → unit → its lines.
        parts: ``(unit, year before, name before, year, name, kind)`` of splits and mergers.
        reforms: What became of units, if anything did (``tests.generator.reforms``).
    """

    body: str
    books: dict[int, dict[str, list[Line]]]
    parts: list[tuple[str, int, str, int, str, str]] = field(default_factory=list)
    reforms: list[Reform] = field(default_factory=list)

    def body_in(self, year: int) -> str:
        """What the body is called in a year."""
        names = [r.after for r in self.reforms if r.before == self.body and r.first_year <= year]
        return names[0] if names else self.body

    def heir(self, unit: str, year: int) -> str:
        """Whose list goes on from that of a unit the year after."""
        after = [r.after for r in self.reforms if (r.before, r.first_year) == (unit, year + 1)]
        return after[0] if after else unit

    def truth(self) -> Iterator[tuple[str, int, str, int, str]]:
        """``(unit, fiscal year, name, self, course)`` of every line."""
        for year, units in self.books.items():
            for unit, lines in units.items():
                for line in lines:
                    yield unit, year, line.name_in(year), line.self_id, line.course


@cache
def words() -> dict[str, Any]:
    """Words that names and prose are made of (``successions.toml``)."""
    text = Path(__file__).with_name("successions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class _World:
    """Draws projects and what becomes of them; every project has a number of its own."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311 - the same seed shall give the same books
        self.selves = 0
        self.codes = 0

    def next_self(self) -> int:
        self.selves += 1
        return self.selves

    def code(self, year: int) -> str:
        """A code as 北京 prints it: place, year, sort, running number."""
        self.codes += 1
        return f"990000{year % 100:02d}T{self.codes:012d}"

    def goal(self) -> str:
        """Prose of one to three sentences; every third is what all budgets say."""
        rng = self.rng
        if rng.random() < 0.3:
            return str(rng.choice(words()["common_goals"]))
        things = [rng.choice(words()["things"]) for _ in range(rng.randint(1, 3))]
        return "".join(
            rng.choice(words()["goals"]).format(thing=thing, n=rng.randint(2, 60))
            for thing in things
        )

    def indicators(self) -> tuple[Indicator, ...]:
        rng = self.rng
        found = [draw_indicator(rng) for _ in range(rng.randint(1, 4))]
        return tuple(
            replace(one, name=rng.choice(words()["things"]) + one.name)
            if rng.random() < 0.6 else one
            for one in found
        )  # fmt: skip

    def name(self) -> str:
        rng = self.rng
        thing, work = rng.choice(words()["things"]), rng.choice(words()["works"])[0]
        return f"{thing}{work}{rng.choice(words()['tails'])}"

    def project(self, course: str, year: int, *, coded: bool = False) -> Line:
        """A project that is new."""
        rng = self.rng
        rolls = rng.random() < 0.08
        name = self.name()
        if course == "boilerplate":
            name, rolls = rng.choice(words()["boilerplate"]), False
        return Line(
            self.next_self(), course, name, self.goal(), self.indicators(),
            rng.randint(2, 900) * 10_000, self.code(year) if coded else None, rolls,
        )  # fmt: skip

    def goes_on(self, line: Line, course: str) -> Line:
        """The same project a year later: other amounts and values, prose that mostly stays."""
        rng = self.rng
        amount = line.amount if rng.random() < 0.2 else max(
            1, int(line.amount * rng.uniform(0.5, 1.6) / 10_000)
        ) * 10_000  # fmt: skip
        goal, indicators = line.goal, line.indicators
        if course not in {"rebranded", "swapped"} and rng.random() < 0.35:
            goal = self.edited(goal)
        if course not in {"rebranded", "swapped"} and rng.random() < 0.3:
            kept = list(indicators)
            kept[rng.randrange(len(kept))] = self.indicators()[0]
            indicators = tuple(kept)
        return replace(line, course=course, amount=amount, goal=goal, indicators=indicators)

    def edited(self, goal: str) -> str:
        """A sentence more, a sentence less, or words put before it."""
        rng = self.rng
        return rng.choice((
            goal + rng.choice(words()["common_goals"]),
            "进一步" + goal,
            goal.replace("。", "，确保实效。", 1),
        ))  # fmt: skip

    def reworded(self, name: str) -> str:
        """Another word for the same work, or one put in."""
        for forms in words()["works"]:
            for form in forms:
                if form in name:
                    other = [f for f in forms if f != form]
                    return name.replace(form, self.rng.choice(other), 1)
        return name + "保障"

    def filler(self, name: str) -> str:
        """The same name with other words that say nothing at its end."""
        for tail in sorted(words()["tails"], key=len, reverse=True):
            if tail and name.endswith(tail):
                other = [t for t in words()["tails"] if t != tail]
                return f"{name.removesuffix(tail)}{self.rng.choice(other)}"
        return name + "项目"


def successions(seed: int, bodies: int, years: int, projects: int = 8) -> list[Succession]:
    """Bodies with their books over years; a fourth of the bodies print codes."""
    world = _World(seed)
    made = []
    for number in range(bodies):
        body = f"示例第{number + 1}局"
        units = [body, *(f"{body}{u}" for u in world.rng.sample(words()["units"], 2))]
        coded = number % 4 == 3
        first = {unit: _first(world, projects, coded=coded) for unit in units}
        succession = Succession(body, {FIRST_YEAR: first})
        for year in range(FIRST_YEAR + 1, FIRST_YEAR + years):
            succession.books[year] = {
                unit: _next(_Place(world, succession, unit, year, coded)) for unit in units
            }
        made.append(succession)
    return made


def _first(world: _World, projects: int, *, coded: bool) -> list[Line]:
    lines = [world.project("boilerplate", FIRST_YEAR, coded=coded)]
    lines += [world.project("new", FIRST_YEAR, coded=coded) for _ in range(projects)]
    return _of_different_names(lines)


def _of_different_names(lines: list[Line]) -> list[Line]:
    """Of lines of one name the first: that a name stands twice is tested elsewhere."""
    return list({line.name: line for line in reversed(lines)}.values())[::-1]


def _next(place: _Place) -> list[Line]:
    """What becomes of a unit's projects in a year."""
    rng = place.world.rng
    left = list(place.succession.books[place.year - 1][place.unit])
    rng.shuffle(left)
    found = _merged(place, left)
    while left:
        line = left.pop()
        course = rng.choices(list(COURSES), list(COURSES.values()))[0]
        course = "kept" if line.course == "boilerplate" and course != "ended" else course
        other = left.pop() if course == "swapped" and left else None
        found += _course(place, course, line, other)
    found += [place.begun("new") for _ in range(rng.randint(0, _NEW))]
    return _of_different_names(found)


def _merged(place: _Place, left: list[Line]) -> list[Line]:
    """What was split the year before, half of it put together again; taken from what is left."""
    year = place.year
    first, second = words()["parts"]
    of_name = {(line.name, line.rolls): line for line in left}
    wholes = []
    for (name, rolls), line in of_name.items():
        other = of_name.get((name.removesuffix(first) + second, rolls))
        if not name.endswith(first) or other is None or place.world.rng.random() < 0.5:
            continue
        left.remove(line)
        left.remove(other)
        whole = replace(place.begun("merged"), name=name.removesuffix(first), rolls=rolls,
                        amount=line.amount + other.amount)  # fmt: skip
        place.succession.parts += [
            (place.unit, year - 1, part.name_in(year - 1), year, whole.name_in(year), "merged")
            for part in (line, other)
        ]
        wholes.append(whole)
    return wholes


@dataclass(frozen=True)
class _Place:
    """Where something becomes of a project: a unit's book of a year."""

    world: _World
    succession: Succession
    unit: str
    year: int
    coded: bool

    def begun(self, course: str) -> Line:
        return self.world.project(course, self.year, coded=self.coded)


def _course(place: _Place, course: str, line: Line, other: Line | None) -> list[Line]:
    """The lines of next year's book that come of a line, or of two."""
    made = _BECOMES[course](place, line, other) if course in _BECOMES else []
    if made or course == "ended":
        return made
    return [place.world.goes_on(one, "kept") for one in (line, other) if one is not None]


def _reworded(place: _Place, line: Line, _: Line | None) -> list[Line]:
    world = place.world
    return [replace(world.goes_on(line, "reworded"), name=world.reworded(line.name))]


def _filler(place: _Place, line: Line, _: Line | None) -> list[Line]:
    world = place.world
    return [replace(world.goes_on(line, "filler"), name=world.filler(line.name))]


def _rebranded(place: _Place, line: Line, _: Line | None) -> list[Line]:
    world = place.world
    return [replace(world.goes_on(line, "rebranded"), name=world.name())]


def _swapped(place: _Place, line: Line, other: Line | None) -> list[Line]:
    if other is None or line.rolls or other.rolls:
        return []
    one, two = (place.world.goes_on(each, "swapped") for each in (line, other))
    return [replace(one, name=other.name), replace(two, name=line.name)]


def _phase(place: _Place, line: Line, _: Line | None) -> list[Line]:
    """Another project under the same prose; a code of its own where codes are printed."""
    if line.rolls:
        return []
    base = line.name.removesuffix("（二期）")
    world = place.world
    code = world.code(place.year) if place.coded else None
    again = replace(world.goes_on(line, "phase"), self_id=world.next_self(), code=code)
    return [replace(again, name=f"{base}（二期）" if base == line.name else f"{base}（三期）")]


def _lookalike(place: _Place, line: Line, _: Line | None) -> list[Line]:
    name = place.world.reworded(line.name)
    return [replace(place.begun("lookalike"), name=name, rolls=line.rolls)]


def _one_of_year(place: _Place, line: Line, _: Line | None) -> list[Line]:
    return [replace(place.begun("one_of_year"), name=line.name, rolls=True)] if line.rolls else []


def _code_reused(place: _Place, line: Line, _: Line | None) -> list[Line]:
    return [replace(place.begun("code_reused"), code=line.code)] if line.code else []


def _split(place: _Place, line: Line, _: Line | None) -> list[Line]:
    share = place.world.rng.uniform(0.3, 0.7)
    parts = []
    for word, part_of in zip(words()["parts"], (share, 1 - share), strict=True):
        part = replace(place.begun("split"), name=line.name + word,
                       amount=max(1, round(line.amount * part_of)), rolls=line.rolls)  # fmt: skip
        before = line.name_in(place.year - 1)
        place.succession.parts.append(
            (place.unit, place.year - 1, before, place.year, part.name_in(place.year), "split")
        )
        parts.append(part)
    return parts


#: Course → what comes of a line by it; nothing if it cannot take that course.
_BECOMES: dict[str, Callable[[_Place, Line, Line | None], list[Line]]] = {
    "reworded": _reworded, "filler": _filler, "rebranded": _rebranded, "swapped": _swapped,
    "phase": _phase, "lookalike": _lookalike, "one_of_year": _one_of_year,
    "code_reused": _code_reused, "split": _split,
}  # fmt: skip


@dataclass(frozen=True)
class Issued:
    """A book as it is put into ``raw/``."""

    path: str
    data: bytes
    sidecar: str


def documents(made: list[Succession], seed: int) -> Iterator[Issued]:
    """Each book as a document of the seed's kind, with its year in a sidecar."""
    rng = Random(seed)  # noqa: S311 - the same seed shall give the same bytes
    for succession in made:
        style = replace(draw_style(rng), unit="元", decimals=2)
        for year, units in succession.books.items():
            printed = tuple(
                Unit(unit, "", tuple(
                    Project(line.printed_name(year), line.goal, (line.amount, 0, 0),
                            line.indicators)
                    for line in lines))
                for unit, lines in units.items() if lines
            )  # fmt: skip
            book = Book(succession.body_in(year), "（部门）", year, printed)
            text = printer.text(printer.pages(table(book, style, rng)), style).encode()
            claims = {"fiscal_year": year, "phase": PHASE}
            said = printer.sidecar(sha256(text).hexdigest(), claims)
            yield Issued(f"{year}/{succession.body}.txt", text, said)
