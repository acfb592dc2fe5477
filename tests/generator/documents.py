"""Which documents are issued of a book, with what sidecars, and what becomes of each.

The schedule is data: it goes over the books in turn, half of them are plain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

from tests.generator import printer
from tests.generator.model import Book, Unit, books
from tests.generator.tables import Figure, Style, Table, draw_style, figure, table

if TYPE_CHECKING:
    from collections.abc import Iterator

PHASE = "budget"
#: Added to a printed total, in yuan: far beyond any envelope.
_WRONG_BY = 1_230_000


@dataclass(frozen=True)
class Document:
    """A document and its fate.

    Attributes:
        path: Below raw/; documents are first seen in the order of their paths.
        table: What it prints.
        data: Its bytes.
        claims: What its sidecar says; no sidecar if it says nothing.
        stale: Its sidecar is bound to other bytes and holds nothing.
        fiscal_year, phase: What is known of it; none if it does not say, or conflicts.
        version: Number, reason, whether it is current; none if it makes no version.
        rules: What waits of the document besides broken identities: rule, and its subject.
        fed_elsewhere: Units whose facts come from a book of their own.
        treatment: Name of its entry in the schedule.
    """

    path: str
    table: Table
    data: bytes
    treatment: str
    claims: dict[str, object]
    fiscal_year: int | None
    phase: str | None
    version: tuple[int, str, bool] | None
    rules: tuple[tuple[str, str], ...] = ()
    stale: bool = False
    fed_elsewhere: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Its key."""
        return sha256(self.data).hexdigest()

    @property
    def sidecar(self) -> str | None:
        """The text of its sidecar."""
        if not self.claims:
            return None
        return printer.sidecar("0" * 64 if self.stale else self.sha256, self.claims)

    @property
    def pages(self) -> list[printer.Page]:
        """Its pages, to be changed at will."""
        return printer.pages(self.table)


def documents(seed: int, bodies: int, years: int, projects: int) -> Iterator[Document]:
    """Every document of a world, treatment by treatment over the books in random order."""
    rng = Random(seed)  # noqa: S311 - the same seed shall give the same bytes
    drawn = books(rng, bodies, years, projects)
    rng.shuffle(drawn)
    for number, book in enumerate(drawn):
        treat = SCHEDULE[number % len(SCHEDULE)]
        for letter, made in zip("ab", treat(_Desk(rng, book)), strict=False):
            name = f"{book.fiscal_year}/{number:04d}{letter}_{treat.__name__}.txt"
            yield replace(made, path=name, treatment=treat.__name__)


FIRST = (1, "first", True)
OLD = (1, "first", False)
REVISED = (2, "publisher_revision", True)


class _Desk:
    """Where the documents of one book are made: all in one style."""

    def __init__(self, rng: Random, book: Book) -> None:
        self.rng, self.book, self.style = rng, book, draw_style(rng)

    def print(self, book: Book | None = None, title_year: int | None = None) -> Table:
        return table(book or self.book, self.style, self.rng, title_year)

    def claims(self, **more: object) -> dict[str, object]:
        """The usual sidecar: year and phase."""
        region = {"region": "440112"} if self.rng.random() < 0.3 else {}
        return {**more, "fiscal_year": self.book.fiscal_year, "phase": PHASE, **region}

    def issue(
        self,
        printed: Table,
        claims: dict[str, object] | None = None,
        version: tuple[int, str, bool] | None = FIRST,
        encoding: str = "utf-8",
    ) -> Document:
        """A document about which everything is known."""
        data = printer.text(printer.pages(printed), printed.style).encode(encoding)
        said = self.claims() if claims is None else claims
        return Document("", printed, data, "", said, self.book.fiscal_year, PHASE, version)

    def revised(self) -> Book:
        """The book with other amounts and one project more in its first unit."""
        first = self.book.units[0]
        doubled = tuple(2 * yuan for yuan in first.projects[0].amounts)
        more = replace(first.projects[0], name="追加项目", amounts=doubled)
        unit = replace(first, projects=(*first.projects, more))
        return replace(self.book, units=(unit, *self.book.units[1:]))


def plain(desk: _Desk) -> list[Document]:
    """A sidecar says year and phase, as for the seed."""
    return [desk.issue(desk.print())]


def other_bytes(desk: _Desk) -> list[Document]:
    """The same table once more in another encoding: a source more, no version more."""
    printed = desk.print()
    encoding = desk.rng.choice(("gb18030", "utf-8-sig", "utf-16"))
    return [desk.issue(printed), desk.issue(printed, version=None, encoding=encoding)]


def year_in_title(desk: _Desk) -> list[Document]:
    """The year is printed, the sidecar says the phase only."""
    return [desk.issue(desk.print(title_year=desk.book.fiscal_year), {"phase": PHASE})]


def year_in_title_alone(desk: _Desk) -> list[Document]:
    """The year is printed; nothing says the phase."""
    made = desk.issue(desk.print(title_year=desk.book.fiscal_year), {}, None)
    return [replace(made, phase=None, rules=(("context_missing", "phase"),))]


def year_in_conflict(desk: _Desk) -> list[Document]:
    """The sidecar says another year than the title, and does not say that it overrides it."""
    made = desk.issue(desk.print(title_year=desk.book.fiscal_year + 1), None, None)
    return [replace(made, fiscal_year=None, rules=(("context_conflict", "fiscal_year"),))]


_NOTHING_SAID = (("context_missing", "fiscal_year"), ("context_missing", "phase"))


def without_sidecar(desk: _Desk) -> list[Document]:
    """Nothing says the year."""
    made = desk.issue(desk.print(), {}, None)
    return [replace(made, fiscal_year=None, phase=None, rules=_NOTHING_SAID)]


def stale_sidecar(desk: _Desk) -> list[Document]:
    """The sidecar is bound to other bytes."""
    made = desk.issue(desk.print(), None, None)
    said = f'sha256 = "{made.sha256}"'
    rules = (("sidecar_stale", said), *_NOTHING_SAID)
    return [replace(made, fiscal_year=None, phase=None, rules=rules, stale=True)]


def superseded(desk: _Desk) -> list[Document]:
    """A restated document whose sidecar names the one it takes the place of."""
    old = desk.issue(desk.print(), version=OLD)
    new = desk.print(desk.revised())
    return [old, desk.issue(new, desk.claims(supersedes=old.sha256), REVISED)]


def dated(desk: _Desk) -> list[Document]:
    """A restated document of a later date."""
    year = desk.book.fiscal_year
    old = desk.issue(desk.print(), desk.claims(published_on=date(year, 2, 10)), OLD)
    new = desk.print(desk.revised())
    return [old, desk.issue(new, desk.claims(published_on=date(year, 6, 30)), REVISED)]


def dated_and_seen_first(desk: _Desk) -> list[Document]:
    """A restated document that is seen before the one it restates: that one changes nothing."""
    year = desk.book.fiscal_year
    new = desk.issue(desk.print(desk.revised()), desk.claims(published_on=date(year, 6, 30)))
    return [new, desk.issue(desk.print(), desk.claims(published_on=date(year, 2, 10)), None)]


def unordered(desk: _Desk) -> list[Document]:
    """Two that differ, and nothing says which is newer: the one seen first stays."""
    other = desk.issue(desk.print(desk.revised()), version=None)
    return [desk.issue(desk.print()), replace(other, rules=(("version_conflict", ""),))]


def with_own_book(desk: _Desk) -> list[Document]:
    """A unit of a department publishes its own book too: only that one feeds the unit's facts."""
    unit = desk.book.units[-1]
    other = replace(unit, name=f"{desk.book.body}直属站", suffix="")
    department = replace(desk.book, suffix="（部门）", units=(*desk.book.units, other))
    own = Book(other.name, "（本级）", desk.book.fiscal_year, (other,))
    first = desk.issue(desk.print(department))
    return [replace(first, fed_elsewhere=(other.name,)), desk.issue(desk.print(own))]


def restated_wrongly(desk: _Desk) -> list[Document]:
    """A restated document with a wrong total is withheld; what it restates stays current."""
    first = desk.issue(desk.print())
    wrong = _with_wrong_total(desk, desk.revised(), "unit")
    return [first, desk.issue(wrong, desk.claims(supersedes=first.sha256), None)]


def wrong_grand_total(desk: _Desk) -> list[Document]:
    """合计 is neither the sum of units nor of projects."""
    return [desk.issue(_with_wrong_total(desk, desk.book, "grand_total"), None, None)]


def wrong_unit_total(desk: _Desk) -> list[Document]:
    """A unit row is not the sum of its projects."""
    return [desk.issue(_with_wrong_total(desk, desk.book, "unit"), None, None)]


def wrong_row_total(desk: _Desk) -> list[Document]:
    """The 总计 of a project is not the sum of its funds."""
    return [desk.issue(_with_wrong_total(desk, desk.book, "project"), None, None)]


def _with_wrong_total(desk: _Desk, book: Book, role: str) -> Table:
    """A table in which the 总计 of one row of a role is too high.

    Rows without prose are told by sums, so a book with a wrong sum has none.
    """
    printed = desk.print(replace(book, units=tuple(_without_bare(unit) for unit in book.units)))
    at = desk.rng.choice([n for n, row in enumerate(printed.rows) if row.role == role])
    row = printed.rows[at]
    wrong = _raised(row.figures[0], printed.style)
    rows = list(printed.rows)
    rows[at] = replace(row, figures=(wrong, *row.figures[1:]))
    return replace(printed, rows=tuple(rows))


def _raised(printed: Figure, style: Style) -> Figure:
    return figure((printed.fen or 0) // 100 + _WRONG_BY, style)


def _without_bare(unit: Unit) -> Unit:
    named = [replace(p, goal="按计划完成。") if p.is_bare else p for p in unit.projects]
    return replace(unit, projects=tuple(named))


SCHEDULE = (
    without_sidecar, plain, wrong_grand_total, plain, superseded, plain, year_in_title, plain,
    wrong_unit_total, plain, dated, plain, unordered, plain, wrong_row_total, plain, other_bytes,
    plain, restated_wrongly, plain, dated_and_seen_first, plain, year_in_conflict, plain,
    stale_sidecar, plain, year_in_title_alone, plain, with_own_book, plain,
)  # fmt: skip
