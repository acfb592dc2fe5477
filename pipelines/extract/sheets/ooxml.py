"""Survey of .xlsx: the XML of each sheet, streamed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.documents.limits import CELLS
from pipelines.extract.package import Package, too_large
from pipelines.extract.sheets.formats import BUILTIN
from pipelines.extract.sheets.survey import Stored, Style, Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree import ElementTree as ET

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_KINDS = {"n": "number", "d": "moment", "b": "boolean", "e": "error",
          "s": "text", "str": "text", "inlineStr": "text"}  # fmt: skip
_SHARED = "sharedStrings"
_YES = ("1", "true", "on")
_PLAIN = Style("General", is_ruled=False)


def survey_xlsx(data: bytes) -> list[Survey]:
    """What a workbook stores, sheet by sheet in its order.

    Raises:
        RefusedError: it is no whole workbook, or larger than any that is published.
    """
    package = Package(data)
    roots = [name for kind, name in package.related("").values() if kind == "officeDocument"]
    workbook_part = roots[0] if roots else "xl/workbook.xml"
    workbook = package.tree(workbook_part)
    related = package.related(workbook_part)
    styles = list(_styles(package, [n for kind, n in related.values() if kind == "styles"]))
    blank = set(_blank_texts(package, [n for kind, n in related.values() if kind == _SHARED]))
    settings = workbook.find("workbookPr")
    is_1904 = settings is not None and settings.get("date1904") in _YES
    surveys = []
    left = CELLS
    for sheet in workbook.iterfind("sheets/sheet"):
        kind, part = related.get(sheet.get("id", ""), ("", ""))
        survey = Survey(
            sheet.get("name", ""),
            is_hidden=sheet.get("state", "visible") != "visible",
            is_worksheet=kind == "worksheet",
            is_1904=is_1904,
            is_package=True,
        )
        if survey.is_worksheet:
            scanner = _Scanner(survey, styles, blank, left)
            package.scan(part, scanner.handlers)
            left = scanner.left
            survey.has_drawn_text = any(_drawn(package, part))
        surveys.append(survey)
    return surveys


def _styles(package: Package, parts: list[str]) -> Iterator[Style]:
    if not parts or parts[0] not in package:
        return
    root = package.tree(parts[0])
    codes = dict(BUILTIN)
    codes |= {_number(one, "numFmtId"): one.get("formatCode", "")
              for one in root.iterfind("numFmts/numFmt")}  # fmt: skip
    borders = [_is_ruled(border) for border in root.iterfind("borders/border")]
    for style in root.iterfind("cellXfs/xf"):
        border = _number(style, "borderId")
        is_ruled = border < len(borders) and borders[border]
        yield Style(codes.get(_number(style, "numFmtId"), "General") or "General", is_ruled)


def _blank_texts(package: Package, parts: list[str]) -> Iterator[str]:
    """Numbers of the shared texts that are blank; readings of characters (rPh) are no text."""
    if not parts or parts[0] not in package:
        return
    for number, text in enumerate(package.tree(parts[0]).iterfind("si")):
        runs = [text.findtext("t"), *(run.findtext("t") for run in text.iterfind("r"))]
        if not "".join(filter(None, runs)).strip():
            yield str(number)


def _number(element: ET.Element, name: str) -> int:
    said = element.get(name, "0")
    return int(said) if said.isdecimal() else 0


def _is_ruled(border: ET.Element) -> bool:
    sides = [border.find(side) for side in ("left", "right", "start", "end")]
    return any(side is not None and side.get("style", "none") != "none" for side in sides)


def _drawn(package: Package, part: str) -> Iterator[bool]:
    """For each drawing on a sheet, whether text stands in it."""
    for kind, name in package.related(part).values():
        if kind == "drawing" and name in package:
            yield any((text.text or "").strip() for text in package.tree(name).iter("t"))


class _Scanner:
    """Takes in the XML of one sheet, element by element."""

    def __init__(self, survey: Survey, styles: list[Style], blank: set[str], most: int) -> None:
        self.left = most
        self._survey, self._styles, self._blank = survey, styles, blank
        self._row = self._col = 0
        self._style, self._type = _PLAIN, "n"
        self._text: list[str] | None = None
        self._value: str | None = None
        self._is_formula = False
        self._columns: dict[str, int] = {}
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "c": self._cell, "v": self._begin, "t": self._begin, "f": self._formula,
            "row": self._new_row, "col": self._column, "mergeCell": self._merge,
            "sheetView": self._view,
        }  # fmt: skip
        self.handlers: dict[str, Callable[..., None]] = {
            "StartElementHandler": self._start,
            "EndElementHandler": self._end,
            "CharacterDataHandler": self._characters,
        }

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        take = self._starts.get(name)
        if take is None and ":" in name:
            take = self._starts.get(name.rpartition(":")[2])
        if take is not None:
            take(attributes)

    def _end(self, name: str) -> None:
        plain = name if ":" not in name else name.rpartition(":")[2]
        if plain in {"v", "t"} and self._text is not None:
            self._value = (self._value or "") + "".join(self._text)
            self._text = None
        elif plain == "c":
            self._take()

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _new_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r", "")
        self._row, self._col = int(said) if said.isdecimal() else self._row + 1, 0
        if attributes.get("hidden") in _YES or attributes.get("ht") == "0":
            self._survey.hidden_rows.add(self._row)

    def _cell(self, attributes: dict[str, str]) -> None:
        self.left -= 1
        if self.left < 0:
            raise too_large(f"单元格 cells > {CELLS:,}", CELLS)
        reference = attributes.get("r", "")
        letters = reference.rstrip("0123456789")
        if letters in self._columns and letters != reference:  # as all but the first of a column
            self._row, self._col = int(reference[len(letters) :]), self._columns[letters]
        elif found := _REFERENCE.fullmatch(reference):
            self._row, self._col = int(found[2]), self._column_number(found[1])
        else:
            self._col += 1
        style = attributes.get("s", "")
        number = int(style) if style.isdecimal() else 0
        self._style = self._styles[number] if number < len(self._styles) else _PLAIN
        self._type = attributes.get("t", "n")
        self._value, self._is_formula = None, False

    def _column_number(self, letters: str) -> int:
        known = self._columns.get(letters)
        if known is None:
            known = 0
            for letter in letters.upper():
                known = 26 * known + ord(letter) - 64
            self._columns[letters] = known
        return known

    def _begin(self, _: dict[str, str]) -> None:
        self._text = []

    def _formula(self, _: dict[str, str]) -> None:
        self._is_formula = True

    def _take(self) -> None:
        place = (self._row, self._col)
        if self._style.is_ruled:
            self._survey.ruled.add(place)
        kind = _KINDS.get(self._type, "text")
        if self._is_said():
            stored = Stored(kind, self._value or "", self._style.code)
        elif self._is_formula and self._type != "str":
            stored = Stored("unknown", "", self._style.code)
        else:
            return
        self._survey.cells[place] = stored

    def _is_said(self) -> bool:
        """Whether a cell holds more than white space; a shared text is told by its number."""
        value = (self._value or "").strip()
        return bool(value) and not (self._type == "s" and value in self._blank)

    def _column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _YES or attributes.get("width") == "0":
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                self._survey.hidden_columns.append(range(int(first), int(last) + 1))

    def _merge(self, attributes: dict[str, str]) -> None:
        found = [_REFERENCE.fullmatch(end) for end in attributes.get("ref", "").split(":")]
        if len(found) == 2 and found[0] and found[1]:  # noqa: PLR2004 - two corners
            first, last = found[0], found[1]
            self._survey.merges.append(
                (int(first[2]), self._column_number(first[1]),
                 int(last[2]), self._column_number(last[1]))
            )  # fmt: skip

    def _view(self, attributes: dict[str, str]) -> None:
        if attributes.get("showZeros", "1") not in _YES:
            self._survey.shows_zeros = False
