"""What the projects of the generated world promise, line by line, beside their money."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from tests.generator import successions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Sheet
    from tests.generator.model import Indicator
    from tests.generator.values import Value
    from tests.questions.world import World

OUTPUTS = {"11", "12", "13"}
QUANTITY, COST, SATISFACTION = "11", "14", "31"


@dataclass(frozen=True)
class Promise:
    """A line whose targets feed; ``true_id`` is the same whatever the project is called."""

    body: str
    unit: str
    project: str
    fiscal_year: int
    phase: str
    goal: str
    indicators: tuple[Indicator, ...]
    yuan: Decimal | None
    true_id: str

    @property
    def of(self) -> tuple[str, int, str]:
        """Body, year and phase."""
        return self.body, self.fiscal_year, self.phase

    def classes(self, code: str) -> int:
        """How many indicators are of a class."""
        return sum(one.class_code == code for one in self.indicators)

    def values(self, *codes: str) -> list[Value]:
        """Values of the year, of some classes or of all."""
        return [
            one.annual for one in self.indicators
            if one.annual is not None and (not codes or one.class_code in codes)
        ]  # fmt: skip

    def texts(self) -> tuple[str, list[tuple[str, str]]]:
        """The goal, and indicators with their values of the year, word for word."""
        told = [(one.name, one.annual.text) for one in self.indicators if one.annual is not None]
        return self.goal, sorted(told)


def promises(world: World) -> list[Promise]:
    """All of them."""
    return [*_of_lists(world), *_of_successions(world), *_of_books(world)]


def year_before(made: list[Promise]) -> dict[tuple[str, int, str], Promise]:
    """Promises by project and the year after theirs."""
    return {(one.true_id, one.fiscal_year + 1, one.phase): one for one in made}


def _of_lists(world: World) -> Iterator[Promise]:
    of = {d.sha256: d for d in world.lists}
    lines = world.of_lists["project_line"]
    times = Counter((sha, unit, name) for sha, _, _, unit, name, *_ in lines)
    yuan: dict[tuple[str, int], Decimal] = {}
    for sha, ordinal, *_, amount in world.of_lists["funding"]:
        yuan[sha, ordinal] = yuan.get((sha, ordinal), Decimal(0)) + Decimal(amount)
    for sha, ordinal, body, unit, name, *_ in lines:
        document = of[sha]
        if unit in document.fed_elsewhere:
            continue
        rows = [row.project for row in document.table.rows if row.role == "project"]
        project = rows[ordinal - 1]
        assert project is not None
        assert document.fiscal_year is not None
        assert document.phase is not None
        alone = f"{sha}{ordinal}" if times[sha, unit, name] > 1 else ""
        yield Promise(
            body, unit, name, document.fiscal_year, document.phase, project.goal,
            project.indicators, yuan.get((sha, ordinal)), f"{unit}/{name}/{alone}",
        )  # fmt: skip


def _of_successions(world: World) -> Iterator[Promise]:
    for each in world.successions:
        for year, units in each.books.items():
            for unit, lines in units.items():
                for line in lines:
                    yield Promise(
                        each.body, unit, line.name_in(year), year, successions.PHASE, line.goal,
                        line.indicators, Decimal(f"{line.amount}.00"),
                        f"{each.body}/{line.self_id}",
                    )  # fmt: skip


def _of_books(world: World) -> Iterator[Promise]:
    for document in world.books:
        for sheet, fate in zip(document.book.sheets, document.fates, strict=True):
            if sheet.kind == "project_performance_targets" and fate.version is not None:
                assert fate.version[2], "no generated book restates its targets"
                yield from _of_sheet(world, document, sheet)


def _of_sheet(world: World, document: Document, sheet: Sheet) -> Iterator[Promise]:
    """Lines of a book, whose money another table has: joined where one name is one project."""
    year, phase = document.fiscal_year, document.phase
    assert year is not None
    assert phase is not None
    lines = [(sheet.budget.units[line.unit].name, line) for line in sheet.lines[0]
             if line.project is not None and line.unit is not None]  # fmt: skip
    times = Counter((unit, line.label) for unit, line in lines)
    for number, (unit, line) in enumerate(lines):
        assert line.project is not None
        name = line.label
        funded = world.projects.filter(
            pl.col("yuan").is_not_null(), unit=unit, project=name, fiscal_year=year, phase=phase
        )
        is_one = times[unit, name] == 1
        yield Promise(
            document.book.budget.body, unit, name, year, phase, line.project.goal,
            line.project.indicators,
            funded["yuan"][0] if is_one and funded.height == 1 else None,
            f"{unit}/{name}/{'' if is_one else f'{document.sha256}{number}'}",
        )  # fmt: skip
