"""Read a workbook: each sheet is a page, what is shown in its cells is what is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from pipelines.extract.grids import GIVEN, Extraction, Grid, Page, Refusal, cell_frame
from pipelines.extract.package import PackageError
from pipelines.extract.sheets.biff import survey_xls
from pipelines.extract.sheets.blocks import Merged, read_blocks, within
from pipelines.extract.sheets.formats import general, shown_number, shown_text
from pipelines.extract.sheets.ooxml import survey_xlsx
from pipelines.extract.sheets.survey import address
from pipelines.extract.sheets.values import read_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.extract.grids import PageFlag
    from pipelines.extract.sheets.blocks import Block
    from pipelines.extract.sheets.survey import Position, Stored, Survey

#: Positions of all grids of a workbook, blank ones too.
MOST_POSITIONS = 5_000_000
#: What a workbook says of a cell.
_COLUMNS = ("page_no", "grid_no", "row_no", "col_no", "row_span", "col_span", "seq", "text",
            "sheet", "address", "stored")  # fmt: skip
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
    """
    try:
        surveys = survey_xlsx(data) if data.startswith(b"PK") else survey_xls(data)
        texts, differing = read_texts(data, surveys)
        taker = _Taker()
        for survey, said, places in zip(surveys, texts, differing, strict=True):
            shown = _shown(survey, said)
            for place in places:
                shown.doubt("values_disagree", place)
            taker.take(survey, shown)
    except PackageError as error:
        whole = "完整的工作簿，无需密码 / a whole workbook that opens without a password"
        return Extraction(
            document_id, media_type, refusal=Refusal(error.rule_id, str(error), whole)
        )
    return Extraction(
        document_id, media_type, None, None, taker.pages, taker.grids, cell_frame(taker.columns)
    )


def _shown(survey: Survey, texts: Mapping[Position, str]) -> _Shown:
    shown = _Shown()
    for place, stored in survey.cells.items():
        said = _said(survey, place, stored, texts, shown).strip()
        kept = texts.get(place, "") if stored.kind == "text" else stored.text
        is_zero = stored.kind == "number" and Decimal(stored.text) == 0
        if not said and kept.strip() and not is_zero:
            shown.doubt("cells_hidden", place)
        if not said:
            continue
        shown.texts[place] = said
        if stored.kind == "number" and said != stored.text:
            shown.stored[place] = stored.text
        if survey.is_out_of_sight(place):
            shown.doubt("cells_hidden", place)
    return shown


def _said(
    survey: Survey, place: Position, stored: Stored, texts: Mapping[Position, str], shown: _Shown
) -> str:
    """What is shown of a cell; what is doubtful about it is noted."""
    if stored.kind == "unknown":
        shown.doubt("formula_without_value", place)
        return ""
    if stored.kind == "error":
        shown.doubt("error_values", place)
        return stored.text
    if stored.kind == "boolean":
        return "TRUE" if stored.text == "1" else "FALSE"
    if stored.kind == "text":
        return shown_text(texts.get(place, ""), stored.code)
    number = Decimal(stored.text)
    if not number and not survey.shows_zeros:
        return ""
    said = shown_number(stored.text, stored.code, is_1904=survey.is_1904)
    if said is None:
        shown.doubt("format_unknown", place)
        return general(number)
    return said


class _Taker:
    """Writes sheets, in reading order, into pages, grids and cells."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.grids: list[Grid] = []
        self.columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        self._positions = 0
        self._seq = count(1)

    def take(self, survey: Survey, shown: _Shown) -> None:
        """All of a sheet."""
        page_no = len(self.pages) + 1
        merges = within(survey.merges, shown.texts)
        merged = {(one.row, one.col): one for one in merges}
        covered = {place for one in merges for place in one.positions()} - merged.keys()
        printed = _characters(shown.texts.values())
        shown.cover(sorted(covered))
        blocks = read_blocks(shown.texts, survey.ruled, merges)
        lines = [p for p in sorted(shown.texts) if not any(p in block for block in blocks)]
        parts = [(block.top, block.left, 1, block) for block in blocks]
        order = sorted([*((*place, 0, None) for place in lines), *parts], key=lambda p: p[:3])
        before = len(self.columns["text"])
        for row, col, _, block in order:
            if block is None:
                self._line(page_no, survey.name, (row, col), shown)
            else:
                self._grid(page_no, survey.name, block, merged, covered, shown)
        filled = [text for text in self.columns["text"][before:] if text]
        if survey.is_hidden:
            shown.doubts["sheet_hidden"] = []
        if survey.has_drawn_text:
            shown.doubts["text_in_drawings"] = []
        if not survey.is_worksheet:
            shown.doubts["no_worksheet"] = []
        self.pages.append(
            Page(
                page_no, len(filled), printed, _characters([*filled, *shown.covered]),
                dropped=(("covered", _characters(shown.covered)),) if shown.covered else (),
                sheet=survey.name, flags=tuple(sorted(shown.doubts)),
                places=tuple((flag, _places(where)) for flag, where in sorted(shown.doubts.items())
                             if where),
            )
        )  # fmt: skip

    def _line(self, page_no: int, sheet: str, place: Position, shown: _Shown) -> None:
        self._add(page_no, 0, place, place, (1, 1), sheet, shown)

    def _grid(
        self,
        page_no: int,
        sheet: str,
        block: Block,
        merged: Mapping[Position, Merged],
        covered: set[Position],
        shown: _Shown,
    ) -> None:
        rows, columns = block.bottom - block.top + 1, block.right - block.left + 1
        self._positions += rows * columns
        if self._positions > MOST_POSITIONS:
            raise PackageError(
                "reader_limits",
                f"表格超过 {MOST_POSITIONS} 格 / tables of more than {MOST_POSITIONS} cells",
            )
        grid_no = len(self.grids) + 1
        sides = () if block.is_ruled else ("bottom",)
        self.grids.append(Grid(grid_no, page_no, GIVEN, (), (), sides))
        for row in range(block.top, block.bottom + 1):
            for col in range(block.left, block.right + 1):
                place = (row, col)
                one = merged.get(place)
                if place in covered:
                    continue
                spans = (1, 1)
                if one is not None:
                    spans = (min(one.bottom, block.bottom) - row + 1,
                             min(one.right, block.right) - col + 1)  # fmt: skip
                inside = (row - block.top + 1, col - block.left + 1)
                self._add(page_no, grid_no, inside, place, spans, sheet, shown)

    def _add(
        self,
        page_no: int,
        grid_no: int,
        inside: Position,
        place: Position,
        spans: tuple[int, int],
        sheet: str,
        shown: _Shown,
    ) -> None:
        said = (page_no, grid_no, *inside, *spans, next(self._seq), shown.texts.get(place, ""),
                sheet, address(*place), shown.stored.get(place))  # fmt: skip
        for column, value in zip(self.columns.values(), said, strict=True):
            column.append(value)


def _characters(texts: Iterable[str]) -> int:
    return sum(len("".join(text.split())) for text in texts)


def _places(places: list[Position]) -> str:
    said = ", ".join(address(*place) for place in sorted(places)[:_NAMED])
    return said if len(places) <= _NAMED else f"{said} … ({len(places)})"
