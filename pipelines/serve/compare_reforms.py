"""Which bodies of a comparison are one line over reforms, and which years of it are not whole.

A body that was renamed is one line under the name it has last; bodies that were merged, or that one
took over, are one line under that of today, the sum of all of them. So a year of which one of them
published nothing is marked: it is no drop. Where figures contradict a reform, or it is not known
when it was, bodies stay lines of their own, and that is said.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    import duckdb

#: Year and phase.
Column = tuple[int, str]
#: Bodies, and the years with their phases that they publish something of.
Told = dict[str, set[Column]]
_RENAMED, _ABSORBED = "renamed", "absorbed"
_STEPS = """
SELECT p.name, b.name, g.kind, g.first_on
FROM body_lineage g
JOIN dim_body b USING (body_id)
JOIN dim_body p ON p.body_id = g.predecessor_body_id
WHERE g.steps = 1
ORDER BY ALL
"""
#: What bodies that were reformed publish, whatever years are asked for; ``source`` has a row a
#: body, year and phase, or more.
_TOLD = """
SELECT DISTINCT b.name, t.fiscal_year, t.phase
FROM {source} t
JOIN dim_body b ON b.body_id = t.reporting_body_id
WHERE t.reporting_body_id IN (
    SELECT body_id FROM body_lineage UNION SELECT predecessor_body_id FROM body_lineage
)
"""


@dataclass(frozen=True)
class Step:
    """A body that went over whole into another.

    Attributes:
        after: The other.
        kind: ``renamed`` one to one, ``merged`` or ``absorbed``.
        on: When it took effect, if that is known.
    """

    after: str
    kind: str
    on: date | None


@dataclass(frozen=True)
class Lines:
    """Lines of a comparison over reforms.

    Attributes:
        today: Name of a body → the name that its line is shown under, if that is another.
        former: Name of a line → other bodies in it, and whether they are that same body renamed.
        missing: Name of a line and a year with its phase → bodies in it that published nothing of
            it: the figure is not whole.
        apart: Bodies that stand as lines of their own beside one that they went over into.
    """

    today: dict[str, str] = field(default_factory=dict)
    former: dict[str, dict[str, bool]] = field(default_factory=dict)
    missing: dict[tuple[str, Column], list[str]] = field(default_factory=dict)
    apart: list[tuple[str, str]] = field(default_factory=list)


class _Reforms:
    """Steps by the name of who went over; circles are not among them (``body_lineage``)."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        self.steps = steps
        self.into: dict[str, list[str]] = defaultdict(list)
        for before, step in steps.items():
            self.into[step.after].append(before)

    def way(self, body: str) -> Iterator[Step]:
        """What a body went through, one after another."""
        while (step := self.steps.get(body)) is not None:
            yield step
            body = step.after

    def last(self, body: str) -> str:
        """What it is today."""
        return [body, *(step.after for step in self.way(body))][-1]

    def firsts(self, last: str) -> list[str]:
        """All that began by themselves and went over into a body; who took over others is one."""
        found, names = [], [last]
        while names:
            name = names.pop()
            names += self.into[name]
            if all(self.steps[before].kind == _ABSORBED for before in self.into[name]):
                found.append(name)
        return sorted(found)

    def is_told(self, first: str, there: set[str], year: int) -> bool:
        """Whether a body, or one that it had gone over into by then, is among those there.

        Of the year in which it was taken over only its own figures are surely its own.
        """
        name = first
        while name not in there:
            step = self.steps.get(name)
            if step is None or (step.kind == _ABSORBED and step.on and step.on.year >= year):
                return False
            name = step.after
        return True

    def agree(self, body: str, told: Told) -> bool:
        """Whether years of a body agree with what it went through.

        It ends before its successor begins, or, where it was taken over by one that was there, by a
        day that is known; and none of the years is on the wrong side of a day.
        """
        years, until = told[body], None
        for step in self.way(body):
            after = told.get(step.after, set())
            if step.on is not None and any(year > step.on.year for year, _ in years):
                return False
            if step.kind == _ABSORBED:
                if step.on is None:
                    return False
                until = step.on.year
            elif step.on is not None and any(year < step.on.year - 1 for year, _ in after):
                return False
            if until is None and any(
                phase == other and year >= began
                for year, phase in years for began, other in after
            ):  # fmt: skip
                return False
        return True


def lines_over_reforms(connection: duckdb.DuckDBPyConnection, source: str) -> Lines:
    """Which bodies are one line, by what they publish.

    Args:
        connection: The published build.
        source: A relation with ``reporting_body_id, fiscal_year, phase``.
    """
    steps = {
        before: Step(after, kind, on)
        for before, after, kind, on in connection.execute(_STEPS).fetchall()
    }
    told: Told = defaultdict(set)
    for body, year, phase in connection.execute(_TOLD.format(source=source)).fetchall():
        told[body].add((year, phase))
    return joined(steps, told)


def joined(steps: Mapping[str, Step], told: Told) -> Lines:
    """Lines of bodies that went over whole into one another.

    Args:
        steps: By the name of who went over.
        told: What bodies publish something of.
    """
    whole = _Reforms(steps)
    renamed = _Reforms({name: step for name, step in steps.items() if step.kind == _RENAMED})
    found = Lines()
    for last, family in _by_last(set(told), whole):
        if len(family) > 1 and all(whole.agree(body, told) for body in family):
            _join(found, last, family, whole, told)
            continue
        for end, chain in _by_last(family, renamed):
            if all(renamed.agree(body, told) for body in chain):
                _join(found, end, chain, renamed, told)
        for body in sorted(family):
            later = [step.after for step in whole.way(body) if step.after in family]
            shown = [found.today.get(name, name) for name in (body, *later[:1])]
            if len(set(shown)) > 1:
                found.apart.append((shown[0], shown[1]))
    return found


def _by_last(bodies: set[str], reforms: _Reforms) -> list[tuple[str, set[str]]]:
    of: dict[str, set[str]] = defaultdict(set)
    for body in bodies:
        of[reforms.last(body)].add(body)
    return sorted(of.items())


def _join(found: Lines, last: str, bodies: set[str], reforms: _Reforms, told: Told) -> None:
    """Bodies as one line, and the years in which not all of them are told."""
    if bodies == {last}:
        return
    found.today.update(dict.fromkeys(bodies, last))
    found.former[last] = {
        body: all(step.kind == _RENAMED for step in reforms.way(body))
        for body in sorted(bodies - {last})
    }
    firsts = reforms.firsts(last)
    for column in sorted({column for body in bodies for column in told[body]}):
        there = {body for body in bodies if column in told[body]}
        missing = [first for first in firsts if not reforms.is_told(first, there, column[0])]
        if missing:
            found.missing[last, column] = missing
