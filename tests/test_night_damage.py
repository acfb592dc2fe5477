"""The seed damaged in every way: noticed, or by an entry that says why nothing can show it."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.conftest import SEED_TOTAL
from tests.printing import seed_text, sidecar
from tests.printing import through_validate as through

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Of the damage below, what nothing in the document can show, and why.
UNDETECTABLE = {
    "line printed twice": "a title, label or unit says the same twice; facts are the same",
    "line lost on page 2": "page 2 still repeats the header and goes on; facts are the same",
    "last place off by one": "within the rounding envelope of its row: (n + 1) halves, n = 1",
    "amounts of two projects swapped": "every sum stays as it is",
    "headers of equal columns swapped": "both columns print the same; facts are the same",
    "headers of fund columns swapped": "every sum stays; only the name of the fund moves",
    "cut in the last cell": "the last cell has no end mark (some cuts leave a broken indicator)",
}
_AMOUNT = re.compile(r"\d+\.\d\d")
_PROJECTS = 11  # the first line of a project


class Damage:
    """The seed damaged in one place: texts, each with its entry of UNDETECTABLE or nothing."""

    def __init__(self) -> None:
        self.text = seed_text()
        self.lines = self.text.split("\n")
        self.rows = {n: line.split("\t") for n, line in enumerate(self.lines) if "\t" in line}
        self.headers = [n for n, row in self.rows.items() if row[0].startswith("项目名称")]
        self.amounts = [
            (n, c, cell)
            for n, row in self.rows.items()
            for c, cell in enumerate(row)
            if _AMOUNT.fullmatch(cell)
        ]

    def with_cells(self, *changes: tuple[int, int, str]) -> str:
        lines = list(self.lines)
        for n, c, cell in changes:
            row = lines[n].split("\t")
            row[c] = cell
            lines[n] = "\t".join(row)
        return "\n".join(lines)

    def lines_dropped(self) -> Iterator[tuple[str, str]]:
        for n, line in enumerate(self.lines):
            if line.strip():
                on_page_2 = n not in self.rows and n > self.headers[0]
                reason = "line lost on page 2" if on_page_2 else ""
                yield "\n".join(self.lines[:n] + self.lines[n + 1 :]), reason

    def lines_doubled(self) -> Iterator[tuple[str, str]]:
        for n, line in enumerate(self.lines):
            if line.strip():
                reason = "" if n in self.rows else "line printed twice"
                yield "\n".join(self.lines[: n + 1] + self.lines[n:]), reason

    def digits_changed(self) -> Iterator[tuple[str, str]]:
        for n, c, cell in self.amounts:
            for (place, digit), other in itertools.product(enumerate(cell), "0123456789"):
                if digit in {".", other}:
                    continue
                new = cell[:place] + other + cell[place + 1 :]
                near = abs(Decimal(new) - Decimal(cell)) == Decimal("0.01")
                yield self.with_cells((n, c, new)), "last place off by one" if near else ""

    def amounts_blanked(self) -> Iterator[tuple[str, str]]:
        for n, c, _ in self.amounts:
            yield self.with_cells((n, c, "")), ""

    def amounts_swapped(self) -> Iterator[tuple[str, str]]:
        for (n, c, cell), (m, d, other) in itertools.combinations(self.amounts, 2):
            if cell != other:
                yield self.with_cells((n, c, other), (m, d, cell)), ""

    def rows_of_amounts_swapped(self) -> Iterator[tuple[str, str]]:
        totals = [(n, cell) for n, c, cell in self.amounts if c == 1]
        for (n, cell), (m, other) in itertools.combinations(totals, 2):
            if cell != other:
                changes = [(n, 1, other), (n, 2, other), (m, 1, cell), (m, 2, cell)]
                reason = "amounts of two projects swapped" if n >= _PROJECTS else ""
                yield self.with_cells(*changes), reason

    def headers_swapped(self) -> Iterator[tuple[str, str]]:
        reasons = {
            (1, 2): "headers of equal columns swapped",
            (3, 4): "headers of equal columns swapped",
            (2, 3): "headers of fund columns swapped",
            (2, 4): "headers of fund columns swapped",
        }
        names = self.rows[self.headers[0]]
        for c, d in itertools.combinations(range(7), 2):
            for where in (self.headers, self.headers[:1], self.headers[1:]):
                changes = [x for n in where for x in ((n, c, names[d]), (n, d, names[c]))]
                reason = reasons.get((c, d), "") if where == self.headers else ""
                yield self.with_cells(*changes), reason

    def truncations(self) -> Iterator[tuple[str, str]]:
        last_cell = self.text.rindex("\t")
        for end in range(0, len(self.text), 19):
            yield self.text[:end], "cut in the last cell" if end > last_cell else ""


@pytest.mark.slow
def test_every_damage_is_noticed_but_what_nothing_can_show() -> None:
    damage = Damage()
    sweeps: list[Callable[[], Iterator[tuple[str, str]]]] = [
        damage.lines_dropped, damage.lines_doubled, damage.digits_changed, damage.amounts_blanked,
        damage.amounts_swapped, damage.rows_of_amounts_swapped, damage.headers_swapped,
        damage.truncations,
    ]  # fmt: skip
    damaged = [(sweep.__name__, *found) for sweep in sweeps for found in sweep()]
    rooms = through([text for _, text, _ in damaged], sidecar())
    statements = rooms.accepted["statement"]
    noticed = set(rooms.accepted["quarantine_item"]["reading_id"])
    assert set(statements.filter(pl.col("status") != "complete")["reading_id"]) <= noticed
    passed = [
        (sweep, reason)
        for (sweep, _, reason), reading_id in zip(damaged, rooms.reading_ids, strict=True)
        if reading_id not in noticed
    ]
    counted = {key: passed.count(key) for key in dict.fromkeys(passed)}
    print(len(damaged), "damaged, passed unnoticed:", counted)  # noqa: T201 - shown by pytest -s
    expected = [(sweep, reason) for sweep, _, reason in damaged if reason]
    cuts = ("truncations", "cut in the last cell")
    assert 0 < counted.pop(cuts) <= expected.count(cuts)
    assert counted == {key: expected.count(key) for key in dict.fromkeys(expected) if key != cuts}
    assert {reason for _, reason in passed} == set(UNDETECTABLE)
    assert len(damaged) > 1000

    sums = rooms.accepted["fact_project_funding"].group_by("statement_id").agg(
        pl.col("amount_yuan").sum()
    )  # fmt: skip
    assert sums.height >= len(passed)
    assert set(sums["amount_yuan"]) == {SEED_TOTAL, SEED_TOTAL - 100, SEED_TOTAL + 100}
