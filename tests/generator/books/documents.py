"""Which documents are issued of a budget, with what sidecars, and what becomes of each table.

The schedule is data: it goes over the budgets in turn; most of them are plain.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from schemas.layout import layouts
from tests.generator import printer
from tests.generator.books.budget import Budget, budgets, place
from tests.generator.books.cells import merged_rows
from tests.generator.books.formats import FORMATS
from tests.generator.books.pages import Book, Look, Page, Place, draw_look, printed
from tests.generator.books.sheets import Entry, Sheet, sheet
from tests.generator.tables import Style, draw_style, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from schemas.layout import Layout

PHASE = "budget"
#: Sections of a place's tables that are published as documents of their own.
APART = ("apart", "final")
#: Layouts of an operator: an invented place's.
CONFIG = Path(__file__).with_name("config")
#: Added to a printed total, in yuan: far beyond any envelope.
WRONG_BY = 12_340_000
#: A note that a table is empty.
NOTHING_HERE = "注：本表本年无发生额。"
_MONEY = (*[("万元", 2)] * 7, *[("元", 2)] * 2, ("千元", 2))

Version = tuple[int, str, bool]
FIRST: Version = (1, "first", True)
OLD: Version = (1, "first", False)
REVISED: Version = (2, "publisher_revision", True)


@dataclass(frozen=True)
class Fate:
    """What becomes of a table.

    Attributes:
        version: Number, reason, whether it is current; none if it makes no version.
        rules: What waits of it, besides identities that are broken within it.
        is_withheld: Whether it waits.
    """

    version: Version | None = FIRST
    rules: tuple[str, ...] = ()
    is_withheld: bool = False


@dataclass(frozen=True)
class Document:
    """A document of a book and the fate of each of its tables.

    Attributes:
        path: Below raw/; documents are first seen in the order of their paths.
        book: What it prints.
        pages: Its pages.
        places: Where each row of each table stands: (table, row) from 0.
        data: Its bytes.
        claims: What its sidecar says; no sidecar if it says nothing.
        fiscal_year, phase: What is known of it; none if it does not say.
        fates: Of each table.
        treatment: Name of its entry in the schedule.
        written: In which of ``FORMATS``.
        findings: Rules of what is said of it and published all the same.
    """

    path: str
    book: Book
    pages: tuple[Page, ...]
    places: dict[tuple[int, int], Place] = field(repr=False)
    data: bytes = field(repr=False)
    claims: dict[str, object]
    fiscal_year: int | None
    phase: str | None
    fates: tuple[Fate, ...]
    treatment: str = ""
    written: str = "utf-8"
    findings: tuple[str, ...] = ()

    @property
    def is_paged(self) -> bool:
        """Whether its tables show blank rows and merged cells."""
        return FORMATS[self.written].is_paged

    @cached_property
    def sha256(self) -> str:
        """Its key."""
        return sha256(self.data).hexdigest()

    @property
    def sidecar(self) -> str | None:
        """The text of its sidecar."""
        return printer.sidecar(self.sha256, self.claims) if self.claims else None

    def phase_of(self, sheet: Sheet) -> str | None:
        """The phase of a table: what is known of the book, or what its own title says."""
        return self.phase or (PHASE if "部门预算" in sheet.title else None)

    def body_of(self, sheet: Sheet) -> str | None:
        """The body of a table: as printed above it, or as the cover has it beside a year."""
        is_known = self.book.says_year or "body" in self.claims
        return self.book.budget.body if is_known or "body" not in sheet.layout.absent else None

    def line_numbers(self, number: int) -> dict[int, int]:
        """Row of a table, from 0 → the number of its printed line, from 1."""
        return {row: place.line_no for (of, row), place in self.places.items() if of == number}

    def column_of(self, sheet: Sheet, entry: Entry) -> int:
        """The printed column, from 1, that an amount stands in: perhaps one of another block."""
        if self.is_paged and entry.block > 1 and entry.row in merged_rows(sheet):
            return max(e.at for e in sheet.entries if e.row == entry.row and e.block > 1) + 1
        return entry.at + 1

    def with_fates(self, choose: Callable[[int, Sheet], Fate]) -> Document:
        """The same document, another fate of each table."""
        sheets = enumerate(self.book.sheets)
        return replace(self, fates=tuple(choose(number, sheet) for number, sheet in sheets))


def documents(  # noqa: PLR0913 - a world and how it is written
    seed: int, place_name: str, bodies: int, years: int, *, written: str | None = None,
    schedule: Sequence[str] = (),
) -> Iterator[Document]:  # fmt: skip
    """Every document of a world of books, treatment by treatment over the budgets.

    Args:
        seed: The same seed gives the same world.
        place_name: Whose books.
        bodies: How many bodies issue some.
        years: In how many years each.
        written: The format of all of them, one of ``FORMATS``; each its own if none is named.
        schedule: Names of treatments; the place's own if none is named.
    """
    rng = Random(seed)  # noqa: S311 - the same seed shall give the same bytes
    drawn = [
        budget for number in range(bodies) for budget in budgets(rng, place_name, number, years)
    ]
    rng.shuffle(drawn)
    treatments = [TREATMENTS[name] for name in schedule or place(place_name)["schedule"]]
    for number, budget in enumerate(drawn):
        treat = treatments[number % len(treatments)]
        desk = Desk(rng, budget, written)
        for letter, made in zip("abc", treat(desk), strict=False):
            suffix = FORMATS[made.written].suffix
            name = (
                f"{budget.fiscal_year}/{place_name}{number:03d}{letter}_{treat.__name__}.{suffix}"
            )
            yield replace(made, path=name, treatment=treat.__name__)


def first_of_each(made: Iterable[Document]) -> list[Document]:
    """The documents that are seen before those that restate them, as they stand until then."""
    first = [document for document in made if document.path.split("_")[0].endswith("a")]
    return [
        replace(document, fates=tuple(
            replace(fate, version=FIRST) if fate.version == OLD else fate
            for fate in document.fates))
        for document in first
    ]  # fmt: skip


class Desk:
    """Where the documents of one budget are made: all in one look."""

    def __init__(self, rng: Random, budget: Budget, written: str | None = None) -> None:
        """``written``: the format of everything that is made here, if it is to be one."""
        self.rng, self.budget, self._written = rng, budget, written
        self.look = draw_look(rng, budget.place)
        zeros = tuple(rng.choice(place(budget.place)["look"]["zeros"]))
        unit, decimals = rng.choice(_MONEY)
        self.style = replace(
            draw_style(rng), unit=unit, decimals=decimals, blanks=zeros, padding="", no_prose="",
            trims_zeros=rng.random() < 0.1, groups_digits=rng.random() < 0.6,
        )  # fmt: skip

    def sheets(self, budget: Budget | None = None, section: str | None = None) -> tuple[Sheet, ...]:
        """Tables of a section of the book; those of the book itself if none is named."""
        budget = budget or self.budget
        specs = place(budget.place)["tables"]
        apart = [spec.get("section") if spec.get("section") in APART else None for spec in specs]
        return tuple(
            self.sheet(spec, budget)
            for spec, own in zip(specs, apart, strict=True)
            if own == section
        )

    def sheet(self, spec: dict[str, Any], budget: Budget | None = None) -> Sheet:
        """A table as ``places.toml`` has them; ``layout`` may be that of another place."""
        budget, name = budget or self.budget, spec["layout"]
        layout = _layouts()[name if "/" in name else f"{budget.place}/{name}"]
        style = self.style
        if layout.unit == "header":
            style = replace(style, unit="万元", decimals=2, trims_zeros=True, groups_digits=False)
        # A choice of its own, so that the same budget twice is printed the same way twice.
        rng = Random(f"{budget.body}{budget.fiscal_year}{layout.id}")  # noqa: S311
        return sheet(layout, budget, spec, style, rng)

    def book(self, sheets: Iterable[Sheet] | None = None, **changes: Any) -> Book:
        """Tables as a document."""
        made = tuple(sheets) if sheets is not None else self.sheets()
        return replace(Book(made[0].budget, self.look, made), **changes)

    def issue(
        self, book: Book, claims: dict[str, object] | None = None, *, written: str = "utf-8"
    ) -> Document:
        """A document about which everything is known."""
        written = self._written or written
        form = FORMATS[written]
        if form.is_paged:
            book = replace(book, look=replace(book.look, form_feed=True))
        rng = Random(f"{book.budget.body}{book.budget.fiscal_year}")  # noqa: S311
        pages, places = printed(book, rng, is_paged=form.is_paged)
        fates = tuple(Fate() for _ in book.sheets)
        return Document("", book, tuple(pages), places, form.write(book, pages), claims or {},
                        self.budget.fiscal_year, PHASE, fates, written=written)  # fmt: skip

    def claims(self, **more: object) -> dict[str, object]:
        """A sidecar that says year and phase."""
        return {**more, "fiscal_year": self.budget.fiscal_year, "phase": PHASE}

    def revised(self) -> Budget:
        """The budget with more money for its first project or, without one, its first line."""
        money = list(self.budget.money)
        at = next((n for n, m in enumerate(money) if m.project is not None), 0)
        money[at] = replace(money[at], yuan=money[at].yuan * 2 + 5_000_000)
        return replace(self.budget, money=tuple(money))


def _layouts() -> dict[str, Layout]:
    return {layout.id: layout for layout in layouts(CONFIG)}


def plain(desk: Desk) -> list[Document]:
    """The cover says year and phase: no sidecar is needed."""
    return [desk.issue(desk.book())]


def on_paper(desk: Desk) -> list[Document]:
    """The same as a PDF, cells merged."""
    return [desk.issue(desk.book(), written="pdf")]


def with_targets(desk: Desk) -> list[Document]:
    """The book, and the performance targets of its projects, published apart without a year."""
    book = desk.issue(desk.book())
    apart = desk.book(desk.sheets(section="apart"), is_apart=True)
    return [book, desk.issue(apart, desk.claims())]


def year_in_sidecar(desk: Desk) -> list[Document]:
    """The year is printed nowhere, and so no cover names a body for tables that do not."""
    return [desk.issue(desk.book(says_year=False), desk.claims(body=desk.budget.body))]


def without_year(desk: Desk) -> list[Document]:
    """The year is printed nowhere, and no sidecar says it: every table waits.

    On a cover 部门预算 without a year says no phase either: it is what every such book is called.
    """
    made = replace(desk.issue(desk.book(says_year=False)), fiscal_year=None, phase=None)

    def waits(_: int, sheet: Sheet) -> Fate:
        lacks = 1 if made.phase_of(sheet) else 2
        lacks += "body" in sheet.layout.absent
        return Fate(None, ("context_missing",) * lacks, is_withheld=True)

    return [made.with_fates(waits)]


def other_bytes(desk: Desk) -> list[Document]:
    """The same book once more in another encoding: a source more, no version more."""
    book = desk.book()
    encoding = desk.rng.choice(("gb18030", "utf-8-sig", "utf-16"))
    again = desk.issue(book, written=encoding)
    return [desk.issue(book), again.with_fates(lambda *_: Fate(None))]


def superseded(desk: Desk) -> list[Document]:
    """A restated book whose sidecar names the one it takes the place of."""
    old = desk.issue(desk.book())
    new = desk.issue(desk.book(desk.sheets(desk.revised())), {"supersedes": old.sha256})
    return restated(old, new)


def dated(desk: Desk) -> list[Document]:
    """A restated book of a later date."""
    year = desk.budget.fiscal_year
    old = desk.issue(desk.book(), {"published_on": date(year, 2, 10)})
    later: dict[str, object] = {"published_on": date(year, 6, 30)}
    return restated(old, desk.issue(desk.book(desk.sheets(desk.revised())), later))


def unordered(desk: Desk) -> list[Document]:
    """Two books that differ, and nothing says which is newer: what was seen first stays."""
    old, new = desk.issue(desk.book()), desk.issue(desk.book(desk.sheets(desk.revised())))
    changed = _changed(old.book, new.book)
    conflict = Fate(None, ("version_conflict",))
    return [old, new.with_fates(lambda number, _: conflict if number in changed else Fate(None))]


def restated(old: Document, new: Document) -> list[Document]:
    """Tables that changed have a second version; the others have a source more."""
    changed = _changed(old.book, new.book)
    return [
        old.with_fates(lambda number, _: Fate(OLD if number in changed else FIRST)),
        new.with_fates(lambda number, _: Fate(REVISED if number in changed else None)),
    ]


def _changed(old: Book, new: Book) -> set[int]:
    """Tables whose rows or figures differ."""
    return {
        number
        for number, (one, other) in enumerate(zip(old.sheets, new.sheets, strict=True))
        if _content(one) != _content(other)
    }


def _content(sheet: Sheet) -> list[tuple[object, ...]]:
    return [(e.row, e.at, e.line, e.figure.fen) for e in sheet.entries]


def final_accounts(desk: Desk) -> list[Document]:
    """The budget, and the final accounts of the same year."""
    accounts = desk.issue(desk.book(desk.sheets(section="final"), phase_word="决算"))
    return [desk.issue(desk.book()), replace(accounts, phase="final_accounts")]


def with_own_book(desk: Desk) -> list[Document]:
    """A unit publishes a book of its own beside its department's; covers say whose is whose.

    What is told by unit is the unit's own book's; of what is not, the department's alone counts.
    """
    department = desk.issue(desk.book())
    if len(desk.budget.units) == 1:
        return [department]
    of_unit = desk.budget.of_unit(len(desk.budget.units) - 1)
    return [department, desk.issue(desk.book(desk.sheets(of_unit), whose="单位"))]


def contradicting(desk: Desk) -> list[Document]:
    """One table holds in itself and says otherwise than the others: published, and said."""
    other = {sheet.kind: sheet for sheet in desk.sheets(desk.revised())}
    sheets = [other[one.kind] if one.kind == "expenditure_summary" else one
              for one in desk.sheets()]  # fmt: skip
    return [replace(desk.issue(desk.book(sheets)), findings=("tables_disagree",))]


def note_contradicted(desk: Desk) -> list[Document]:
    """A note says that a table is empty, and its figures stand."""
    sheets = list(desk.sheets())
    number = next(n for n, one in enumerate(sheets) if one.kind == "revenue_summary")
    spec = {**sheets[number].spec, "note": NOTHING_HERE}
    sheets[number] = replace(sheets[number], spec=spec)
    return [replace(desk.issue(desk.book(sheets)), findings=("note_contradicted",))]


def wrong_total(desk: Desk) -> list[Document]:
    """One table has a wrong total: it waits, the others do not."""
    sheets = list(desk.sheets())
    number = desk.rng.choice([n for n, one in enumerate(sheets) if _totals(one)])
    sheets[number] = with_wrong_total(sheets[number], desk.rng)
    made = desk.issue(desk.book(sheets))
    waits = Fate(None, is_withheld=True)
    return [made.with_fates(lambda at, _: waits if at == number else Fate())]


def _totals(sheet: Sheet) -> list[int]:
    """Amounts that others of the same column add up to."""
    above = {(e.block, e.row_parent, e.at) for e in sheet.entries if not e.is_memo and e.is_own}
    return [number for number, e in enumerate(sheet.entries)
            if e.figure.fen and (e.block, e.node, e.at) in above]  # fmt: skip


def with_wrong_total(sheet: Sheet, rng: Random) -> Sheet:
    """The same table with a total that is too high."""
    entry = sheet.entries[rng.choice(_totals(sheet))]
    return sheet.with_figure(entry, figure(entry.yuan + WRONG_BY, sheet.style))


TREATMENTS: dict[str, Callable[[Desk], list[Document]]] = {
    treat.__name__: treat
    for treat in (plain, on_paper, with_targets, year_in_sidecar, without_year, other_bytes,
                  superseded, dated, unordered, wrong_total, final_accounts, with_own_book,
                  contradicting, note_contradicted)
}  # fmt: skip

__all__ = ["Document", "Fate", "Look", "Style", "documents"]
