"""Read a workbook: each sheet is a page, what is shown in its cells is what is printed."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from pipelines.documents.limits import CELLS
from pipelines.extract.grids import GIVEN, Extraction, Grid, Page, cell_frame
from pipelines.extract.package import too_large
from pipelines.extract.sheets.biff import survey_xls
from pipelines.extract.sheets.blocks import Merged, in_order, read_blocks, within
from pipelines.extract.sheets.formats import general, shown_number, shown_text
from pipelines.extract.sheets.ooxml import survey_xlsx
from pipelines.extract.sheets.survey import address, letters
from pipelines.extract.sheets.values import read_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl

    from pipelines.extract.grids import PageFlag
    from pipelines.extract.sheets.blocks import Block
    from pipelines.extract.sheets.survey import Position, Stored, Survey

#: What a workbook says of a cell.
_COLUMNS = ("page_no", "grid_no", "row_no", "col_no", "row_span", "col_span", "seq", "text",
            "sheet", "address", "stored")  # fmt: skip
_TEXT = _COLUMNS.index("text")
#: Cells that a doubt names; it says how many there are.
_NAMED = 5


@dataclass
class _Shown:
    """What is shown of a sheet.

    Attributes:
        texts: Positions that are not blank.
        stored: What is stored of those that show something else.
        covered: Texts under merged cells, which nobody sees.
        doubts: What makes the sheet doubtful, and where.
    """

    texts: dict[Position, str] = field(default_factory=dict)
    stored: dict[Position, str] = field(default_factory=dict)
    covered: list[str] = field(default_factory=list)
    doubts: dict[PageFlag, list[Position]] = field(default_factory=dict)

    def doubt(self, flag: PageFlag, place: Position) -> None:
        """Note a doubt."""
        self.doubts.setdefault(flag, []).append(place)

    def cover(self, places: Iterable[Position]) -> None:
        """Take away what stands under merged cells."""
        for place in places:
            if place in self.texts:
                self.covered.append(self.texts.pop(place))
                self.doubt("cells_hidden", place)


def read_workbook(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read .xlsx, .xls, .et and what else WPS saves like them.

    A sheet is a page, hidden ones too. Text is what a spreadsheet program shows, number formats
    applied; what is stored is kept beside where it differs. Nothing is computed: a formula without
    a value, an error, and what is hidden are told.

    Raises:
        RefusedError: it is no whole workbook, needs a password, or holds more than any does.
    """
    with _no_collection():
        return _read(document_id, media_type, data)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage in cycles, of which none is made here: it takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(document_id: str, media_type: str, data: bytes) -> Extraction:
    surveys = survey_xlsx(data) if data.startswith(b"PK") else survey_xls(data)
    texts, differing = read_texts(data, surveys)
    taker = _Taker()
    for survey, said, places in zip(surveys, texts, differing, strict=True):
        shown = _shown(survey, said)
        for place in places:
            shown.doubt("values_disagree", place)
        taker.take(survey, shown)
    return Extraction(document_id, media_type, None, None, taker.pages, taker.grids, taker.cells())


def _shown(survey: Survey, texts: Mapping[Position, str]) -> _Shown:
    shown = _Shown()
    may_be_hidden = bool(survey.hidden_rows or survey.hidden_columns)
    for place, stored in survey.cells.items():
        said = _said(survey, place, stored, texts, shown).strip()
        if said:
            shown.texts[place] = said
            if stored.kind == "number" and said != stored.text:
                shown.stored[place] = stored.text
            if may_be_hidden and survey.is_out_of_sight(place):
                shown.doubt("cells_hidden", place)
        elif _is_something(stored, texts.get(place, "")):
            shown.doubt("cells_hidden", place)
    return shown


def _is_something(stored: Stored, text: str) -> bool:
    """Whether a cell that shows nothing holds something: a zero and blanks are nothing."""
    if stored.kind == "number":
        return Decimal(stored.text) != 0
    return bool((text if stored.kind == "text" else stored.text).strip())


def _said(
    survey: Survey, place: Position, stored: Stored, texts: Mapping[Position, str], shown: _Shown
) -> str:
    """What is shown of a cell; what is doubtful about it is noted."""
    said: str | None
    if stored.kind == "unknown":
        shown.doubt("formula_without_value", place)
        said = ""
    elif stored.kind == "error":
        shown.doubt("error_values", place)
        said = stored.text
    elif stored.kind == "moment":
        shown.doubt("format_unknown", place)
        said = stored.text
    elif stored.kind == "boolean":
        said = "TRUE" if stored.text == "1" else "FALSE"
    elif stored.kind == "text":
        said = shown_text(texts.get(place, ""), stored.code)
    elif not survey.shows_zeros and not Decimal(stored.text):
        said = ""
    else:
        said = shown_number(stored.text, stored.code, is_1904=survey.is_1904)
    if said is None:
        shown.doubt("format_unknown", place)
        said = general(Decimal(stored.text))
    return said


@dataclass(frozen=True)
class _Here:
    """The sheet that is taken in: its page, its name, what it shows, its merged cells."""

    page_no: int
    sheet: str
    shown: _Shown
    merged: Mapping[Position, Merged]
    covered: set[Position]

    def spans(self, place: Position, block: Block) -> Position:
        """Rows and columns that a merged cell covers of a grid."""
        one = self.merged[place]
        end = (min(one.bottom, block.bottom), min(one.right, block.right))
        return end[0] - place[0] + 1, end[1] - place[1] + 1


class _Taker:
    """Writes sheets, in reading order, into pages, grids and cells."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.grids: list[Grid] = []
        self._cells: list[tuple[Any, ...]] = []
        self._positions = 0
        self._seq = count(1)

    def take(self, survey: Survey, shown: _Shown) -> None:
        """All of a sheet."""
        merges = within(survey.merges, shown.texts)
        merged = {(one.row, one.col): one for one in merges}
        covered = {place for one in merges for place in one.positions()} - merged.keys()
        here = _Here(len(self.pages) + 1, survey.name, shown, merged, covered)
        printed = _characters(shown.texts.values())
        shown.cover(sorted(covered))
        blocks = read_blocks(shown.texts, survey.ruled, merges)
        before = len(self._cells)
        for block, place in in_order(shown.texts, blocks):
            if block is None:
                self._line(here, place)
            else:
                self._grid(here, block)
        filled = [cell[_TEXT] for cell in self._cells[before:] if cell[_TEXT]]
        self.pages.append(_page(here, survey, printed, filled))

    def _grid(self, here: _Here, block: Block) -> None:
        rows, columns = block.bottom - block.top + 1, block.right - block.left + 1
        self._positions += rows * columns
        if self._positions > CELLS:
            raise too_large(f"表格的格 cells of tables > {CELLS:,}", CELLS)
        grid_no = len(self.grids) + 1
        sides = () if block.is_ruled else ("bottom",)
        self.grids.append(Grid(grid_no, here.page_no, GIVEN, (), (), sides))
        texts, stored, covered = here.shown.texts, here.shown.stored, here.covered
        head, names = (here.page_no, grid_no), [letters(col) for col in range(block.right + 1)]
        # As few steps a cell as there can be: a sheet may have hundreds of thousands.
        for place in block.positions():
            if place in covered:
                continue
            row, col = place
            spans = here.spans(place, block) if place in here.merged else (1, 1)
            inside = (row - block.top + 1, col - block.left + 1)
            self._cells.append(
                (*head, *inside, *spans, next(self._seq), texts.get(place, ""), here.sheet,
                 f"{names[col]}{row}", stored.get(place))
            )  # fmt: skip

    def _line(self, here: _Here, place: Position) -> None:
        said = (here.page_no, 0, *place, 1, 1, next(self._seq), here.shown.texts[place], here.sheet,
                address(*place), here.shown.stored.get(place))  # fmt: skip
        self._cells.append(said)

    def cells(self) -> pl.DataFrame:
        """All cells, in CELL_SCHEMA."""
        columns = zip(*self._cells, strict=True) if self._cells else [()] * len(_COLUMNS)
        return cell_frame(dict(zip(_COLUMNS, columns, strict=True)))


def _page(here: _Here, survey: Survey, printed: int, filled: list[str]) -> Page:
    """The account of a sheet: what it shows, what is in its cells, and what is doubtful."""
    doubts, covered = dict(here.shown.doubts), _characters(here.shown.covered)
    flags: tuple[tuple[bool, PageFlag], ...] = (
        (survey.is_hidden, "sheet_hidden"),
        (survey.has_drawn_text, "text_in_drawings"),
        (not survey.is_worksheet, "no_worksheet"),
    )
    doubts |= {flag: [] for is_so, flag in flags if is_so}
    return Page(
        here.page_no, len(filled), printed, _characters(filled) + covered,
        dropped=(("covered", covered),) if covered else (),
        sheet=here.sheet,
        flags=tuple(sorted(doubts)),
        places=tuple((flag, _places(where)) for flag, where in sorted(doubts.items()) if where),
    )  # fmt: skip


def _characters(texts: Iterable[str]) -> int:
    return sum(len("".join(text.split())) for text in texts)


def _places(places: list[Position]) -> str:
    said = ", ".join(address(*place) for place in sorted(places)[:_NAMED])
    return said if len(places) <= _NAMED else f"{said} … ({len(places)})"
