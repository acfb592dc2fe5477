"""Forms among a document's tables: told by their labels, over the pages they are cut into.

A form fits a layout if one of the layout's titles is printed above it, or above the form before
it, all labels that must be printed are there, as often as the layout says, and nothing else is.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recognise.context import Line, body_clues, header_units, read_line
from pipelines.recognise.form_rows import FormReading
from pipelines.recognise.match import NoMatch
from pipelines.recognise.pieces import Printed
from pipelines.recognise.titles import bare, find_title, is_number
from pipelines.values.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipelines.recognise.context import Clue
    from pipelines.recognise.fragments import Fragment
    from pipelines.recognise.titles import Title
    from schemas.layout import Layout


@dataclass(frozen=True)
class Form:
    """A form: its layout, what was read of it, and its tables.

    ``alike``: what it is by the layouts of other years that print the same.
    """

    layout: Layout
    reading: FormReading
    tables: Sequence[FormTable]
    alike: Sequence[Form] = ()

    def top_of(self, table_no: int) -> int:
        """How many rows of a table are titles at its top."""
        return next(len(t.top) for t in self.tables if t.fragment.table_no == table_no)


@dataclass
class FormTable:
    """A logical table as forms see it.

    Attributes:
        fragment: The table with the lines around it.
        cells: Its logical cells.
        furniture: Lines that belong to the page.
        title: The title above it, or at its top, of one of the layouts of forms.
    """

    fragment: Fragment
    cells: Sequence[Printed]
    furniture: Collection[str]
    title: Title | None = None
    top: list[Printed] = field(default_factory=list)

    def look(self, layouts: Sequence[Layout]) -> None:
        """Find its title: titles may stand within a table, as rows of one cell at its top.

        Blank rows above and between them are none of the form either.
        """
        width = max((cell.columns[-1] for cell in self.cells), default=1)
        ordered = sorted(self.cells, key=lambda c: (c.row, c.col))
        for _, of_row in groupby(ordered, key=lambda c: c.row):
            row = list(of_row)
            is_line = row[0].columns == range(1, width + 1) and row[0].row_span == 1
            is_blank = not any(cell.said or cell.row_span > 1 for cell in row)
            if width == 1 or not (is_line or is_blank):
                break
            self.top.append(row[0])
        self.title = find_title(self._above(), layouts)
        self.top = self.top[: self._last_line()]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Printed lines above it, furniture left out."""
        return [line for line in self.fragment.lines if line[0] not in self.furniture]

    @property
    def is_headed(self) -> bool:
        """Whether a line stands above it that is no title of a form."""
        titles = self.title.cell_ids if self.title and self.title.layouts else ()
        return any(cell_id not in titles for cell_id, _ in self.lines)

    def read(self) -> list[Line]:
        """What the lines above it and the rows of titles at its top say."""
        title = self.title if self.title and self.title.layouts else None
        titles = title.cell_ids if title else ()
        again = {c for c, t in self._above() if title and bare(t) == bare(title.text)}
        return [
            read_line(c, text, is_title=c in titles or c in again or is_number(text))
            for c, text in self._above()
        ]

    def _above(self) -> list[tuple[str, str]]:
        inside = {cell.cell_id for cell in self.cells}
        lines = [line for line in self.fragment.lines if line[0] not in inside]
        return [*lines, *((cell.cell_id, cell.text) for cell in self.top if cell.said)]

    def _last_line(self) -> int:
        """How many rows at its top are lines: down to the last that is a title or has a clue."""
        said = {line.cell_id for line in self.read() if line.is_title or line.clues}
        return max((n for n, cell in enumerate(self.top, 1) if cell.cell_id in said), default=0)


def claim_forms(
    fragments: Sequence[Fragment],
    cells: pl.DataFrame,
    layouts: Sequence[Layout],
    furniture: Collection[str] = (),
) -> None:
    """Give the tables that are forms their match, and those below a form's title that are none.

    Args:
        fragments: The logical tables of a document in reading order; those that a layout of
            another shape fits are left alone.
        cells: Their logical cells (``tables.logical_cells``).
        layouts: All layouts.
        furniture: Lines that belong to the page.
    """
    of_forms = [layout for layout in layouts if layout.shape == "form"]
    tables = _tables(fragments, cells, furniture)
    for table in tables:
        table.look(of_forms)
    before: Form | None = None
    at = 0
    while at < len(tables):
        fits, misfits = _try(tables[at:], _titled(tables[at], of_forms, before))
        before = _only(fits)
        if before is not None:
            _claim(before)
        elif fits:
            names = ", ".join(form.layout.id for form in fits)
            tables[at].fragment.match = NoMatch("layout_ambiguous", names, "恰好一个版式 / one")
        elif misfits:
            tables[at].fragment.match = _difference(misfits)
        at += len(before.tables) if before else 1


def form_readings(
    at: Fragment, fragments: Sequence[Fragment], cells: pl.DataFrame, layouts: Sequence[Layout]
) -> list[FormReading]:
    """What a table, with those it may go on in, is by each layout of forms: the likest first.

    Args:
        at: The table; of one that is a form, as it was read.
        fragments: All logical tables of its document.
        cells: Their logical cells.
        layouts: All layouts.
    """
    if isinstance(at.match, Form):
        return [at.match.reading]
    if not isinstance(at.match, NoMatch):
        return []
    tables = _tables(fragments[fragments.index(at) :], cells, ())
    of_forms = [layout for layout in layouts if layout.shape == "form"]
    for table in tables:
        table.look(of_forms)
    readings = [_read(tables, layout).reading for layout in of_forms]
    return sorted(readings, key=lambda reading: -len(reading.found))


def _tables(
    fragments: Sequence[Fragment], cells: pl.DataFrame, furniture: Collection[str]
) -> list[FormTable]:
    mine: dict[int, list[Printed]] = {fragment.table_no: [] for fragment in fragments}
    names = ("cell_id", "table_row", "table_col", "table_row_span", "col_span", "text")
    for table_no, *values in (
        cells.filter(pl.col("table_no").is_in(list(mine))).select("table_no", *names).iter_rows()
    ):
        mine[table_no].append(Printed(*values))
    return [FormTable(f, mine[f.table_no], furniture) for f in fragments]


def _titled(table: FormTable, layouts: Iterable[Layout], before: Form | None) -> list[Layout]:
    """Layouts whose form may begin here: below its title, or right after another one."""
    if not isinstance(table.fragment.match, NoMatch):
        return []
    if table.title is not None:
        return [layout for layout in layouts if layout.id in table.title.layouts]
    return [before.layout] if before is not None and not table.lines else []


def _try(
    tables: Sequence[FormTable], layouts: Iterable[Layout]
) -> tuple[list[Form], list[FormReading]]:
    fits: list[Form] = []
    misfits: list[FormReading] = []
    for layout in layouts:
        form = _read(tables, layout)
        if form.reading.fits:
            fits.append(form)
        else:
            misfits.append(form.reading)
    return fits, misfits


def _read(tables: Sequence[FormTable], layout: Layout) -> Form:
    """A form from its first table on, as far as it goes on."""
    reading = FormReading(layout)
    reading.read_table(tables[0].cells, 1 + len(tables[0].top))
    last = 1
    for table in tables[1:]:
        if not isinstance(table.fragment.match, NoMatch) or table.is_headed:
            break
        trial = copy.deepcopy(reading)
        trial.read_table(table.cells, 1 + len(table.top))
        if trial.strays or trial.again:
            break
        reading = trial
        last += 1
    return Form(layout, reading, tables[:last])


def _only(fits: Sequence[Form]) -> Form | None:
    """The form that fits, if it is one, or the same in layouts of several years."""
    if not fits:
        return None
    first, *others = fits
    if all(first.layout.prints_like(other.layout) for other in others):
        return replace(first, alike=others)
    return None


def _claim(form: Form) -> None:
    """Make the form's tables its own: lines, titles, what they say, and what its fields say."""
    for table in form.tables:
        table.fragment.match = form
        table.fragment.title = table.title
        table.fragment.read = table.read()
        table.fragment.lines = [(line.cell_id, line.text) for line in table.fragment.read]
    form.tables[0].fragment.read += _said(form)


def _said(form: Form) -> list[Line]:
    """Clues that stand in the form itself: its body beside a label, its unit in the labels."""
    texts = {cell.cell_id: cell.text for table in form.tables for cell in table.cells}
    clues = {
        value.cell_id: tuple(_body_of(value.cell_id, texts[value.cell_id]))
        for value in form.reading.values
        if value.part.role == "body"
    }
    if form.layout.unit == "header":
        labels = {cell_id: texts[cell_id] for cell_id in texts if cell_id in form.reading.headers}
        clues |= {c: tuple(header_units(c, text)) for c, text in labels.items()}
    return [
        Line(cell_id, texts[cell_id], is_title=False, clues=said)
        for cell_id, said in clues.items()
        if said
    ]


def _body_of(cell_id: str, text: str) -> Iterable[Clue]:
    name = "".join(fold(text).text.split())
    return body_clues(name, text, cell_id, "printed") if name else ()


def _difference(misfits: Sequence[FormReading]) -> NoMatch:
    """The layout of which most labels are there, and what it says otherwise."""
    nearest = max(misfits, key=lambda reading: len(reading.found))
    strays = [cell.text for cell in nearest.strays]
    again = [cell.text for cell in nearest.again]
    return NoMatch(
        "layout_unknown",
        f"表格 form: {' | '.join([*strays, *again]) or '—'}",
        f"最近版式 nearest layout {nearest.layout.id}: 缺 missing {nearest.missing}, "
        f"多 unmapped {strays}, 重 again {again}",
    )
