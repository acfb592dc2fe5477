"""What a part of a Word document shows: its XML → lines and tables, the rest counted by reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipelines.extract.flow import Table, lowered, raised, weight
from pipelines.extract.word.package import W
from pipelines.extract.word.symbols import symbol
from pipelines.extract.word.tables import goes_on, grown, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pipelines.extract.flow import Block
    from pipelines.extract.grids import PageFlag

_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CHOICE, _FALLBACK = f"{_MC}Choice", f"{_MC}Fallback"
_ALTERNATIVES = frozenset({f"{_MC}AlternateContent", _CHOICE, _FALLBACK})
_P, _R, _T, _TBL = (f"{W}{name}" for name in ("p", "r", "t", "tbl"))
_TEXT = frozenset({_T, f"{W}delText", _MATH_TEXT})
_SYM, _HYPHEN, _FIELD, _VALUE = f"{W}sym", f"{W}noBreakHyphen", f"{W}fldChar", f"{W}val"
_COUNTED = (*_TEXT, _SYM, _HYPHEN, _FIELD)
#: What stands for white space in a run.
_SPACE = {f"{W}tab": " ", f"{W}ptab": " ", f"{W}br": "\n", f"{W}cr": "\n"}
#: What is in the file and not shown, and why.
_NOT_SHOWN = {
    f"{W}del": "deleted", f"{W}moveFrom": "deleted", f"{W}delText": "deleted",
    f"{W}rt": "ruby",
}  # fmt: skip
#: How things look, and what fields are made of: no content.
_PROPERTIES = frozenset(
    f"{W}{name}"
    for name in ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "instrText",
                 "fldChar", "softHyphen")
)  # fmt: skip
PICTURES = ("{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
             "{urn:schemas-microsoft-com:vml}imagedata")  # fmt: skip
#: What is made by another program, or is a document of its own, and shown as a picture of it.
_EMBEDDED = frozenset({f"{W}object", f"{W}altChunk", f"{W}subDoc"})
_RUN_PROPERTIES, _PARAGRAPH_STYLE = f"{W}rPr", f"{W}pPr/{W}pStyle"
_VANISH, _STYLE, _RAISED = (f"{W}{name}" for name in ("vanish", "rStyle", "vertAlign"))
#: Properties of a run that change what is read of it.
_TELLING = frozenset({_VANISH, _STYLE, _RAISED})
_OFF = frozenset({"0", "false", "off", "none"})


def count_text(element: Any) -> int:
    """Characters within an element, shown or not: each is counted once, wherever it stands."""
    return sum(weight(_said(one)) for one in element.iter(*_COUNTED))


def is_on(properties: Any, name: str) -> bool | None:
    """Whether a property that may be on or off is on; none if nothing is said of it."""
    found = properties.find(f"{W}{name}") if properties is not None else None
    return None if found is None else found.get(_VALUE) not in _OFF


def _said(element: Any) -> str:
    """The text of an element that has some."""
    if element.tag in _TEXT:
        return element.text or ""
    if element.tag == _SYM:
        return symbol(element.get(f"{W}font"), element.get(f"{W}char"))
    if element.tag == _HYPHEN:
        return "-"
    return _field(element)


def _field(element: Any) -> str:
    """What a field of an old form shows, if that is no text of the document: a tick, a choice."""
    if (box := element.find(f"{W}ffData/{W}checkBox")) is not None:
        is_ticked = is_on(box, "checked")
        return "☑" if (is_on(box, "default") if is_ticked is None else is_ticked) else "☐"
    if (choice := element.find(f"{W}ffData/{W}ddList")) is not None:
        entries = [one.get(_VALUE, "") for one in choice.findall(f"{W}listEntry")]
        found = choice.find(f"{W}result")
        found = choice.find(f"{W}default") if found is None else found
        at = found.get(_VALUE, "0") if found is not None else "0"
        return entries[int(at)] if at.isdigit() and int(at) < len(entries) else ""
    return ""


class Content:
    """Reads parts of one document; what is not shown and what is doubtful adds up over them."""

    def __init__(self, hidden_styles: Collection[str] = ()) -> None:
        """``hidden_styles``: ids of styles whose text is hidden."""
        self.dropped: Counter[str] = Counter()
        self.flags: set[PageFlag] = set()
        self._hidden = frozenset(hidden_styles)
        self._tables: list[Table] = []

    def blocks(self, element: Any) -> list[Block]:
        """Lines and tables within an element, in reading order."""
        found: list[Block] = []
        before: Any = None
        for child in element:
            tag = child.tag
            if tag == _P:
                found += self._paragraph(child)
            elif tag == _TBL:
                self._table(child, found, before)
            elif tag not in _PROPERTIES and not self.is_dropped(child):
                found += self.blocks(child)
            if tag in {_P, _TBL}:
                before = child
        return found

    def drop(self, element: Any, reason: str) -> None:
        """Count what stands in an element that is not shown."""
        self.dropped[reason] += count_text(element)
        if reason in {"hidden", "merged"} and self._tables:
            digits = "".join(_said(one) for one in element.iter(*_COUNTED))
            if any(map(str.isdigit, digits)):
                self._tables[-1].flags.add("cells_hidden")

    def note_picture(self, element: Any) -> None:
        """Say that what stands in a cell without text is a picture, if it is one."""
        if next(element.iter(*PICTURES), None) is not None:
            self._tables[-1].flags.add("image_in_table")

    def is_dropped(self, element: Any) -> bool:
        """Whether an element is not shown; it is counted then."""
        reason = _NOT_SHOWN.get(element.tag)
        if element.tag in _EMBEDDED:
            self.flags.add("embedded_object")
        if element.tag in {_CHOICE, _FALLBACK} and element.getparent().find(_CHOICE) not in {
            None,
            element,
        }:
            reason = "alternative"  # the first choice is shown
        if reason == "deleted":
            self.flags.add("tracked_changes")
        if reason is not None:
            self.drop(element, reason)
        return reason is not None

    def _table(self, element: Any, found: list[Block], before: Any) -> None:
        """A table; one right behind another with the same columns goes on with it, as shown."""
        table = Table([])
        self._tables.append(table)
        table.cells = read_table(element, self)
        self._tables.pop()
        last = found[-1] if found else None
        if before is not None and isinstance(last, Table) and goes_on(before, element):
            grown(last, table)
        elif table.cells:
            found.append(table)

    def _paragraph(self, element: Any) -> list[Block]:
        """Lines of a paragraph, then what stands in boxes that hang on it."""
        text: list[str] = []
        boxes: list[Block] = []
        style = element.find(_PARAGRAPH_STYLE) if self._hidden else None
        is_hidden = style is not None and style.get(_VALUE) in self._hidden
        self._inline(element, text, boxes, is_hidden=is_hidden)
        return [*"".join(text).split("\n"), *boxes]

    def _inline(
        self, element: Any, text: list[str], boxes: list[Block], *, is_hidden: bool
    ) -> None:
        for child in element:
            tag = child.tag
            if tag == _R:
                self._run(child, text, boxes, is_hidden=is_hidden)
            elif tag == _MATH_TEXT:
                text.append(child.text or "")
            elif tag == _P:
                boxes += self._paragraph(child)
            elif tag == _TBL:
                self._table(child, boxes, None)
            elif tag not in _PROPERTIES and not self.is_dropped(child):
                self._inline(child, text, boxes, is_hidden=is_hidden)

    def _run(self, run: Any, text: list[str], boxes: list[Block], *, is_hidden: bool) -> None:
        properties = run.find(_RUN_PROPERTIES)
        said = [one for one in properties if one.tag in _TELLING] if properties is not None else ()
        if self._is_hidden(said, is_hidden=is_hidden):
            self.drop(run, "hidden")
            return
        self._pieces(run, text, boxes, _shift(said))

    def _pieces(
        self,
        element: Any,
        text: list[str],
        boxes: list[Block],
        change: Callable[[str], str] | None,
    ) -> None:
        """What stands in a run that is shown."""
        for child in element:
            tag = child.tag
            if tag == _T:
                said = child.text or ""
                text.append(change(said) if change else said)
            elif tag in _SPACE:
                text.append(_SPACE[tag])
            elif tag in {_SYM, _HYPHEN, _FIELD}:
                said = _said(child)
                text.append(said)
                if "\ufffd" in said:
                    self.flags.add("unknown_characters")
            elif tag in _PROPERTIES or self.is_dropped(child):
                continue
            elif tag in _ALTERNATIVES:
                self._pieces(child, text, boxes, change)
            else:
                self._inline(child, text, boxes, is_hidden=False)

    def _is_hidden(self, said: Sequence[Any], *, is_hidden: bool) -> bool:
        """By a run's own properties, else by its style, else by its paragraph's."""
        for one in said:
            if one.tag == _VANISH:
                return one.get(_VALUE) not in _OFF
        return is_hidden or any(
            one.tag == _STYLE and one.get(_VALUE) in self._hidden for one in said
        )


def _shift(said: Sequence[Any]) -> Callable[[str], str] | None:
    """How a run's digits change above or below the line."""
    for one in said:
        if one.tag == _RAISED:
            return {"superscript": raised, "subscript": lowered}.get(one.get(_VALUE))
    return None
