"""Layouts: all that are known, and why a file's tables have the ones they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.archive import sha256_of
from pipelines.recognise.book import read_book
from pipelines.recognise.forms import Form, form_readings
from pipelines.recognise.items import Place
from pipelines.recognise.lines import Lines
from pipelines.recognise.match import NoMatch, likenesses
from pipelines.recognise.notes import read_notes
from pipelines.recognise.tables import logical_cells, named_cells
from pipelines.serve.grids import refusal_text
from pipelines.serve.guarded import read_guarded
from schemas.code_lists import code_list
from schemas.layout import layouts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.recognise.book import Book
    from pipelines.recognise.form_rows import FormReading
    from pipelines.recognise.fragments import Fragment
    from pipelines.recognise.items import Item
    from pipelines.settings import Settings
    from schemas.layout import Layout

#: So many of the likest layouts are shown of each table, if they are half as like as the likest.
_SHOWN = 3
#: Labels of forms, such as 项目支出, stand in other tables too.
_BY_CHANCE = 0.3


@dataclass(frozen=True)
class KnownLayout:
    """A layout, as it is listed."""

    id: str
    kind: str
    kind_name: str
    era: str
    shape: str
    titles: list[str]


@dataclass(frozen=True)
class LikeLayout:
    """How like a layout a table is: of the headers, and whether its title is the layout's."""

    id: str
    era: str
    score: float
    has_title: bool
    matched: list[str]
    missing: list[str]
    unmapped: list[str]
    twice: list[str]


@dataclass(frozen=True)
class ExplainedTable:
    """A table of a file: what is printed above it, the likest layouts, and the decision.

    Attributes:
        layout: The layout it has; none if none fits.
        statement_no: The statement it is a part of.
        reason: Why it has that layout, or none.
        rule_id, found, expected: What waits for a person, if none fits.
    """

    table_no: int
    page_no: int
    grid_nos: list[int]
    title: str | None
    likest: list[LikeLayout]
    layout: str | None
    statement_no: int | None
    reason: str
    rule_id: str | None = None
    found: str | None = None
    expected: str | None = None


@dataclass(frozen=True)
class ExplainedFile:
    """A file's tables, explained; ``refusal`` says why it could not be read, if so."""

    path: str
    sha256: str
    refusal: str | None
    tables: list[ExplainedTable]


def known_layouts(settings: Settings) -> list[KnownLayout]:
    """All layouts, shipped and the operator's own, by id."""
    kinds = code_list("kinds", settings.config)
    names = dict(kinds.select("kind", "name_zh").rows())
    return [
        KnownLayout(x.id, x.kind, names.get(x.kind, ""), x.era.text, x.shape, list(x.titles))
        for x in layouts(settings.config)
    ]


def explain(settings: Settings, path: Path) -> ExplainedFile:
    """Tell for each table of a file which layouts are likest, and why it has the one it has.

    Raises:
        OSError: it cannot be opened.
    """
    known = layouts(settings.config)
    document = read_document(settings, path)
    if document.book is None:
        return ExplainedFile(str(path), document.sha256, document.refusal, [])
    explained = _Explained(document.book, document.items, known)
    return ExplainedFile(str(path), document.sha256, document.refusal, explained.tables())


@dataclass(frozen=True)
class ReadDocument:
    """A file as a night would read it, up to its layouts."""

    sha256: str
    refusal: str | None
    book: Book | None
    items: list[Item]


def read_document(settings: Settings, path: Path) -> ReadDocument:
    """Read a file and find the layouts of its tables; nothing is written.

    Raises:
        OSError: it cannot be opened.
    """
    data = path.read_bytes()
    sha256 = sha256_of(data)
    extraction = read_guarded(settings, sha256, data)
    refusal = refusal_text(extraction.refusal)
    cells = named_cells(extraction).with_columns(
        reading_id=pl.lit(sha256), document_id=pl.lit(sha256)
    )
    if cells.is_empty():
        return ReadDocument(sha256, refusal, None, [])
    book = read_book(extraction, cells, layouts(settings.config))
    lines = Lines(read_notes(extraction, book.cells, book.furniture), book.groups)
    items = list(lines.place(book.cells, book.fragments, book.headings))
    return ReadDocument(sha256, refusal, book, items)


class _Explained:
    """What is said of each table of a document."""

    def __init__(self, book: Book, items: Sequence[Item], known: Sequence[Layout]) -> None:
        self._book, self._known = book, known
        self._items = {item.place: item for item in items if item.rule_id != "text_outside_grids"}
        self._statement = {
            fragment.table_no: number
            for number, group in enumerate(book.groups, 1)
            for fragment in group.fragments
        }
        inside = book.cells.filter(pl.col("table_no") > 0).sort("seq")
        grids = inside.group_by("table_no", maintain_order=True).agg(
            pl.col("grid_no").unique(maintain_order=True)
        )
        self._grids = dict(grids.iter_rows())
        self._logical = logical_cells(inside)
        self._headed = [layout for layout in known if layout.shape != "form"]

    def tables(self) -> list[ExplainedTable]:
        """All of them, in reading order."""
        return [self._table(fragment) for fragment in self._book.fragments]

    def _table(self, fragment: Fragment) -> ExplainedTable:
        likest = self._likest(fragment)
        likest.sort(key=lambda like: (-like.score, not like.has_title))
        likest = [like for like in likest[:_SHOWN] if 2 * like.score >= likest[0].score]
        number = self._statement.get(fragment.table_no)
        match = fragment.match
        item = self._items.get(Place(fragment.page_no, fragment.grid_no))
        return ExplainedTable(
            fragment.table_no,
            fragment.page_no,
            self._grids[fragment.table_no],
            fragment.title.text if fragment.title else None,
            likest,
            None if isinstance(match, NoMatch) else match.layout.id,
            number,
            _waits(item) if isinstance(match, NoMatch) else self._chosen(fragment, number),
            item.rule_id if item else None,
            item.found if item else None,
            item.expected if item else None,
        )

    def _likest(self, fragment: Fragment) -> list[LikeLayout]:
        titled = fragment.title.layouts if fragment.title else ()
        by_header = [
            LikeLayout(
                found.layout.id, found.layout.era.text, round(found.score, 2),
                found.layout.id in titled, list(found.matched), list(found.missing),
                list(found.unmapped), list(found.twice),
            )
            for found in likenesses(fragment.rows, self._headed)
            if found.matched or found.layout.id in titled
        ]  # fmt: skip
        by_labels = [
            _like_form(reading, has_title=reading.layout.id in titled)
            for reading in form_readings(fragment, self._book.fragments, self._logical, self._known)
            if reading.found
        ]
        return by_labels + by_header

    def _chosen(self, fragment: Fragment, number: int | None) -> str:
        """Why a table has its layout."""
        first = self._book.groups[number - 1].fragments[0] if number else fragment
        if first is not fragment:
            return f"续报表{number} / goes on with statement {number}"
        if isinstance(fragment.match, Form):
            return "标题与标签均相符 / its title and its labels"
        eras = ", ".join(f"{m.layout.id} ({m.layout.era.text})" for m in fragment.left)
        if len(fragment.left) > 1:
            return f"由年度选择 / the statement's year chooses between: {eras}"
        if fragment.title_text:
            return "表头与标题均相符 / its header and its title"
        return "无标题，只有此版式有此表头 / no title, and no other layout has this header"


def _like_form(reading: FormReading, *, has_title: bool) -> LikeLayout:
    """How like a form a table is, with those that it may go on in."""
    strays, again = ([cell.said for cell in cells] for cells in (reading.strays, reading.again))
    found, missing = reading.found, reading.missing
    score = len(found) / (len(found) + len(missing) + len(strays) + len(again))
    layout = reading.layout
    return LikeLayout(layout.id, layout.era.text, round(score, 2), has_title, found, missing,
                      strays, again)  # fmt: skip


def _waits(item: Item | None) -> str:
    """What it is that waits, and what to do, in both languages."""
    rules = code_list("rules")
    rule = rules.filter(rule_id=item.rule_id if item else "layout_unknown").row(0, named=True)
    return f"{rule['zh']}；{rule['remedy_zh']} / {rule['en']}; {rule['remedy_en']}"
