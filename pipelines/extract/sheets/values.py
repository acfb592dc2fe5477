"""Texts of a workbook's cells: by calamine; where it cannot be trusted, by another reader.

Calamine is fast and exact, but turns errors into blanks, and one cell far away from the others
ends its process. What it gives is held against the survey, cell by cell.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from pipelines.documents.limits import CELLS
from pipelines.extract.package import damaged, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.extract.sheets.survey import Position, Stored, Survey

#: openpyxl makes an object for each position that a merged cell covers.
_MOST_MERGED = 1_000_000
_MOMENTS = (date, datetime, time, timedelta)


def read_texts(
    data: bytes, surveys: Sequence[Survey]
) -> tuple[list[dict[Position, str]], list[list[Position]]]:
    """The texts of each sheet, and cells of which the readers say different things.

    Raises:
        RefusedError: the workbook cannot be opened.
    """
    texts: list[dict[Position, str]] = []
    differing: list[list[Position]] = []
    again: list[int] = []
    workbook: CalamineWorkbook | None = None
    for number, survey in enumerate(surveys):
        differs: list[Position] = []
        found = _texts(survey)
        if survey.cells and _is_dense(survey):
            workbook = workbook or _opened(data)
            given = dict(_given(workbook, survey.name))
            differs = [place for place, stored in survey.cells.items()
                       if not _agrees(survey, stored, given.get(place))]  # fmt: skip
            differs += given.keys() - survey.cells.keys()
            found |= {place: said for place, said in given.items() if isinstance(said, str)}
        if survey.is_package and survey.cells and (differs or not _is_dense(survey)):
            again.append(number)
        texts.append(found)
        differing.append(sorted(differs))
    if again:
        _reread(data, surveys, again, texts, differing)
    return texts, differing


def _texts(survey: Survey) -> dict[Position, str]:
    """Texts that the survey itself has: of .xlsx these are numbers of texts."""
    if survey.is_package:
        return {}
    return {place: said.text for place, said in survey.cells.items() if said.kind == "text"}


def _is_dense(survey: Survey) -> bool:
    rows = [row for row, _ in survey.cells]
    columns = [col for _, col in survey.cells]
    # Calamine takes memory for all of the rectangle around its cells, and hands it over by rows.
    return max(rows) * max(columns) <= CELLS


def _opened(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(data))
    except CalamineError as error:
        raise damaged(f"{type(error).__name__}: {error}") from error


def _given(workbook: CalamineWorkbook, name: str) -> Iterator[tuple[Position, Any]]:
    """What calamine has of a sheet: cells that are not blank."""
    kinds = {sheet.name: sheet.typ for sheet in workbook.sheets_metadata}
    if kinds.get(name) != SheetTypeEnum.WorkSheet:
        return
    try:
        sheet = workbook.get_sheet_by_name(name)
    except CalamineError:  # all of its cells differ then, and are read again
        return
    for row, values in enumerate(sheet.iter_rows(), 1):
        for col, value in enumerate(values, 1):
            if not isinstance(value, str) or value.strip():
                yield (row, col), value


def _agrees(survey: Survey, stored: Stored, given: Any) -> bool:
    """Whether calamine says of a cell what is stored; of errors and dates in words it need not."""
    if stored.kind == "text":
        return isinstance(given, str) and (survey.is_package or given == stored.text)
    if stored.kind == "number":
        if isinstance(given, _MOMENTS):
            return True
        return isinstance(given, int | float) and float(given) == float(stored.text)
    return stored.kind != "boolean" or isinstance(given, bool)


def _is_same(stored: Stored, value: Any) -> bool:
    """Whether a number is read as it is stored; dates are read as dates."""
    is_number = stored.kind == "number" and isinstance(value, int | float)
    return not is_number or float(value) == float(stored.text)


def _reread(
    data: bytes,
    surveys: Sequence[Survey],
    numbers: Sequence[int],
    texts: list[dict[Position, str]],
    differing: list[list[Position]],
) -> None:
    """Texts of some sheets by openpyxl, which keeps no position between far cells."""
    import openpyxl

    for survey in surveys:
        if any((b - t + 1) * (r - le + 1) > _MOST_MERGED for t, le, b, r in survey.merges):
            raise too_large(f"{survey.name}: 合并单元格过大 / a merged cell", _MOST_MERGED)
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    for number in numbers:
        survey, sheet = surveys[number], book[surveys[number].name]
        found: dict[Position, str] = {}
        differs: list[Position] = []
        for place, stored in survey.cells.items():
            value = sheet.cell(*place).value
            if stored.kind == "text" and isinstance(value, str):
                found[place] = value
            elif (stored.kind == "text" and value is not None) or not _is_same(stored, value):
                differs.append(place)
        texts[number], differing[number] = found, sorted(differs)
