"""Reforms in consecutive books: a department renamed, a unit renamed, two units merged into one.

Books are those of ``tests.generator.successions`` under other names. What two merged units called
by one name is one line afterwards, and another project than either: its parts are said.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.generator.model import FIRST_YEAR
from tests.generator.successions import Reform, successions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.generator.successions import Line, Succession

#: Two units of a body under one name.
_MERGED = "综合服务中心"
#: Further than any number that a world gives to a project.
_OTHERS = 1_000_000


def reformed(seed: int, bodies: int, years: int, projects: int = 8) -> list[Succession]:
    """Successions of bodies that are reformed in some year after the first, one a kind in turn.

    The department renamed; a unit renamed; two units merged.
    """
    made = successions(seed, bodies, years, projects)
    for number, one in enumerate(made):
        year = FIRST_YEAR + 1 + number // 3 % (years - 1)
        _, first, second = one.books[FIRST_YEAR]
        match number % 3:
            case 0:
                _rename(one, one.body, one.body.removesuffix("局") + "委员会", year)
            case 1:
                _rename(one, first, first.replace(one.body, f"{one.body}数字"), year)
            case _:
                _merge(one, (first, second), f"{one.body}{_MERGED}", year)
    return made


def _rename(one: Succession, before: str, after: str, year: int) -> None:
    _put(one, {before: after}, year)
    one.parts = [(after if p[0] == before and p[3] >= year else p[0], *p[1:]) for p in one.parts]
    one.reforms.append(Reform(before, after, "renamed", year))


def _merge(one: Succession, units: tuple[str, str], into: str, year: int) -> None:
    last = [{_key(line): line for line in one.books[year - 1][unit]} for unit in units]
    both = {key: _OTHERS + first.self_id for key, first in last[0].items() if key in last[1]}
    goes_on = {line.self_id for lines in last for line in lines.values()}
    _put(one, dict.fromkeys(units, into), year)
    for of_year in range(year, max(one.books) + 1):
        books = one.books[of_year]
        books[into] = _joined(books[into], both, goes_on)
    there = {_key(line): line for line in one.books[year][into]}
    one.parts = [(into if p[0] in units and p[1] >= year else p[0], *p[1:]) for p in one.parts]
    one.parts += [
        (unit, year - 1, lines[key].name_in(year - 1), year, there[key].name_in(year), "merged")
        for unit, lines in zip(units, last, strict=True) for key in both if key in there
    ]  # fmt: skip
    one.reforms += [Reform(unit, into, "merged", year) for unit in units]


def _key(line: Line) -> tuple[str, bool]:
    """What a line is called, whatever the year."""
    return line.name, line.rolls


def _joined(lines: list[Line], both: dict[tuple[str, bool], int], goes_on: set[int]) -> list[Line]:
    """Lines of both units, those of one name as one line.

    It is a project of its own if both had it, else that which goes on.
    """
    found: dict[tuple[str, bool], Line] = {}
    for line in lines:
        key = _key(line)
        other = found.setdefault(key, line)
        if key in both:
            amount = line.amount + (0 if other is line else other.amount)
            found[key] = replace(other, amount=amount, self_id=both[key])
        elif line.self_id in goes_on:
            found[key] = line
    return list(found.values())


def _put(one: Succession, names: dict[str, str], year: int) -> None:
    """Other names of units from a year on."""
    for of_year, units in one.books.items():
        if of_year < year:
            continue
        renamed: dict[str, list[Line]] = {}
        for unit, lines in units.items():
            renamed.setdefault(names.get(unit, unit), []).extend(lines)
        one.books[of_year] = renamed


def write_reforms(made: list[Succession], config: Path) -> None:
    """The reforms, as rows of an operator's ``body_succession.csv``."""
    codes = config / "codes"
    codes.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{r.before},{r.after},{r.kind},{r.first_year - 1}-11-01,生成的改革 / generated"
        for one in made for r in one.reforms
    ]  # fmt: skip
    header = "predecessor,successor,kind,effective_on,source"
    (codes / "body_succession.csv").write_text("\n".join([header, *rows, ""]), "utf-8")
