"""One form, read row by row: which of its cells each label, header and heading explains.

A form has no one header row. A row says what it is by the labels in it: a field beside or above
its value, the headers of a table within the form, or a row of that table. What nothing explains
is kept as the difference from the layout.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.values.text import fold_label
from schemas.layout import vocabulary
from schemas.layout_parts import FormField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.recognise.pieces import Printed
    from schemas.layout import Layout
    from schemas.layout_parts import FormSection, LayoutColumn


@dataclass(frozen=True)
class Value:
    """What a cell is: the value of a field, or of a column in one row of a section.

    A cell that is merged over rows of a section is a value in each of them.

    Attributes:
        line_no: Counts fields and rows of sections over the form.
        section: The section, from 1; 0 for a field.
        column_no: Index of the field, or of the section's column, in the layout.
        part: What the layout says of it.
        label: Its label or header as printed.
        label_cell: The cell of the label or header.
        cell_id: The cell.
    """

    line_no: int
    section: int
    column_no: int
    part: FormField | LayoutColumn
    label: str
    label_cell: str
    cell_id: str


@dataclass(frozen=True)
class _Column:
    """A header of a section, and the table that prints it."""

    table: int
    cell: Printed
    number: int
    part: LayoutColumn


@dataclass
class FormReading:
    """What was read of a form so far.

    Attributes:
        values: Cells that the layout explains.
        headers: Labels, captions, headers and headings.
        strays: Cells with text that nothing explains.
        again: Labels that stand more often than the layout says: another form has begun.
    """

    layout: Layout
    values: list[Value] = field(default_factory=list)
    headers: set[str] = field(default_factory=set)
    strays: list[Printed] = field(default_factory=list)
    again: list[Printed] = field(default_factory=list)
    _table: int = 0
    _line: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    _headers: dict[int, list[_Column]] = field(default_factory=dict)
    _section: int = 0
    _below: dict[tuple[int, int], Value] = field(default_factory=dict)
    _fields: dict[str, list[int]] = field(default_factory=dict)
    _captions: set[str] = field(default_factory=set)
    _headings: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Labels by the words they are compared by."""
        for number, each in enumerate(self.fields):
            self._fields.setdefault(fold_label(each.path[-1]), []).append(number)
        self._captions = {fold_label(word) for word in self.layout.captions}
        self._captions |= {fold_label(w) for each in self.layout.fields for w in each.path[:-1]}
        self._headings = {
            fold_label(section.heading): number
            for number, section in enumerate(self.layout.sections, 1)
            if section.heading
        }

    @cached_property
    def fields(self) -> list[FormField]:
        """The layout's fields, and those that any form may have."""
        declared = {fold_label(each.path[-1]) for each in self.layout.fields}
        return [
            *self.layout.fields,
            *(
                private_field(word)
                for word in vocabulary().labels.private
                if fold_label(word) not in declared
            ),
        ]

    @property
    def missing(self) -> list[str]:
        """Labels that must be printed and are not."""
        lacking = [each.label for each in self._lacking() if not each.is_optional]
        lacking += [word for word in self.layout.captions if not self._seen[fold_label(word)]]
        lacking += [
            section.heading or section.columns[0].name
            for number, section in enumerate(self.layout.sections, 1)
            if number not in self._headers and not section.is_optional
        ]
        return lacking

    @property
    def found(self) -> list[str]:
        """Labels and headers that it found, as they are compared."""
        headers = (column.cell.said for columns in self._headers.values() for column in columns)
        return [label for label, times in self._seen.items() if times] + list(headers)

    @property
    def fits(self) -> bool:
        """Whether all that must be printed is there, and nothing else."""
        return not (self.missing or self.strays or self.again)

    def _lacking(self) -> Iterable[FormField]:
        for label, declared in self._fields.items():
            yield from (self.fields[number] for number in declared[self._seen[label] :])

    def read_table(self, cells: Sequence[Printed], first_row: int = 1) -> None:
        """Read the rows of a logical table, from one on."""
        self._below = {}
        self._table += 1
        last = max((cell.bottom for cell in cells), default=0)
        for row in range(first_row, last + 1):
            on_row = sorted(
                (cell for cell in cells if cell.row <= row <= cell.bottom), key=lambda c: c.col
            )
            self._read_row(row, on_row)

    def _read_row(self, row: int, cells: Sequence[Printed]) -> None:
        heading, rest = self._split_heading(cells)
        rest = self._without_labels_from_above(row, rest) if heading is not None else rest
        header = self._header(heading, rest)
        if heading is not None and self._is_upper_header(row, heading, rest):
            self._read_upper_header(rest)
        elif header is not None:
            self._section, columns = header
            self._headers[self._section] = columns
            self.headers |= {column.cell.cell_id for column in columns}
        elif heading is not None and self._headings[heading.said] in self._headers:
            self._section = self._headings[heading.said]
            self._read_line(rest)
        elif heading is None and self._is_labelled(row, cells):
            self._section = 0
            self._read_labels(row, cells)
        elif heading is None and self._section:
            self._read_line(cells)
        else:
            self._read_labels(row, cells)
        if heading is not None:
            self.headers.add(heading.cell_id)

    def _split_heading(self, cells: Sequence[Printed]) -> tuple[Printed | None, Sequence[Printed]]:
        """The heading of a section at the left of a row, and the rest of the row."""
        if cells and cells[0].said in self._headings:
            return cells[0], cells[1:]
        return None, cells

    def _header(
        self, heading: Printed | None, rest: Sequence[Printed]
    ) -> tuple[int, list[_Column]] | None:
        """The section whose headers are all that a row says."""
        filled = [cell for cell in rest if cell.said]
        for number, section in enumerate(self.layout.sections, 1):
            if heading is not None and self._headings[heading.said] != number:
                continue
            named = _named(section)
            needed = {n for n, column in enumerate(section.columns) if not column.is_optional}
            found = [named[cell.said] for cell in filled if cell.said in named]
            if len(set(found)) == len(filled) and needed <= set(found) and filled:
                columns = zip(filled, found, strict=True)
                return number, [
                    _Column(self._table, cell, n, section.columns[n]) for cell, n in columns
                ]
        return None

    def _without_labels_from_above(self, row: int, rest: Sequence[Printed]) -> Sequence[Printed]:
        """Cells of a section's row without a label that is merged down beside it."""
        return [
            cell
            for cell in rest
            if cell.row == row or cell.said not in self._fields or cell.cell_id not in self.headers
        ]

    def _is_upper_header(self, row: int, heading: Printed, rest: Sequence[Printed]) -> bool:
        """Whether a row is the upper one of a section's two rows of headers.

        Its headers reach into the row below, where the others stand below a caption.
        """
        named = _named(self.layout.sections[self._headings[heading.said] - 1])
        filled = [cell for cell in rest if cell.said]
        headers = [cell for cell in filled if cell.said in named]
        others = [cell for cell in filled if cell.said not in named]
        return (
            bool(headers)
            and all(cell.row == row < cell.bottom for cell in headers)
            and any(cell.said in self._captions for cell in others)
            and all(cell.said in self._captions or cell.said in self._fields for cell in others)
        )

    def _read_upper_header(self, rest: Sequence[Printed]) -> None:
        """Note the captions of an upper row of headers, and labels that stand beside it."""
        for cell in rest:
            if cell.said in self._captions or cell.said in self._fields:
                self._label(cell, (cell.said,))

    def _is_labelled(self, row: int, cells: Sequence[Printed]) -> bool:
        """Whether a row begins with a label: of it, or merged down from above."""
        first = next((cell for cell in cells if cell.said), None)
        if any((row, cell.col) in self._below for cell in cells):
            return True
        return first is not None and (first.said in self._fields or first.said in self._captions)

    def _read_labels(self, row: int, cells: Sequence[Printed]) -> None:
        """Fields, captions and headings of a row; the rest of it is stray."""
        trail: tuple[str, ...] = ()
        rest = list(cells)
        while rest:
            cell = rest.pop(0)
            beside = rest[0] if rest and rest[0].col == cell.col + cell.col_span else None
            above = self._below.pop((row, cell.col), None) if cell.row == row else None
            if above is None and self._is_label(cell, trail):
                trail = (*trail, cell.said)
                found = self._label(cell, trail) if cell.row == row else None
                if found is not None and (beside is None or self._is_label(beside, trail)):
                    self.strays.append(cell)
                elif found is not None and beside is not None:
                    self.values.append(replace(found, cell_id=rest.pop(0).cell_id))
                    trail = ()
                elif beside is None:
                    trail = ()
                continue
            if above is not None:
                self.values.append(replace(above, cell_id=cell.cell_id))
            elif cell.row == row and cell.said:
                self.strays.append(cell)
            trail = ()

    def _is_label(self, cell: Printed, trail: tuple[str, ...]) -> bool:
        return cell.said in self._captions or self._field(cell.said, trail) is not None

    def _field(self, said: str, trail: tuple[str, ...]) -> int | None:
        """The next field of a label, if the headings left of it are those it is declared with."""
        fitting = [
            number
            for number in self._fields.get(said, ())
            if _ends_with(trail, self.fields[number].path[:-1])
        ]
        at = min(self._seen[said], len(fitting) - 1)
        return fitting[at] if fitting else None

    def _label(self, cell: Printed, trail: tuple[str, ...]) -> Value | None:
        """Note a label; return the value that is expected right of it, its cell still open."""
        self.headers.add(cell.cell_id)
        number = self._field(cell.said, trail[:-1])
        times = self._seen[cell.said]
        if number is None and cell.said in self._fields:
            return None  # a heading of the words of a label below it
        self._seen[cell.said] += 1
        if number is None:
            return None
        part = self.fields[number]
        if part.role != "private" and times >= len(self._fields[cell.said]):
            self.again.append(cell)
        self._line += 1
        value = Value(self._line, 0, number, part, cell.text, cell.cell_id, "")
        if part.at == "right":
            return value
        self._below[cell.bottom + 1, cell.col] = value
        return None

    def _read_line(self, cells: Sequence[Printed]) -> None:
        """A row of the present section: each cell stands below a header, or in its place."""
        columns = self._headers[self._section]
        is_headed = self.layout.sections[self._section - 1].heading is not None
        if is_headed and cells and not cells[0].said and len(cells) == len(columns) + 1:
            cells = cells[1:]
        if not cells:
            return
        self._line += 1
        places = _placed(cells, columns, self._table)
        for cell, column in zip(cells, places, strict=True):
            if column is not None:
                head = column.cell
                self.values.append(
                    Value(self._line, self._section, column.number, column.part, head.text,
                          head.cell_id, cell.cell_id)
                )  # fmt: skip
            elif cell.said:
                self.strays.append(cell)


def private_field(label: str) -> FormField:
    """What stands beside a label of people or telephones, whether a layout says so or not."""
    return FormField(label=label, role="private", is_optional=True)


def _named(section: FormSection) -> Mapping[str, int]:
    return {
        fold_label(path): number
        for number, column in enumerate(section.columns)
        for path in column.header
    }


def _ends_with(trail: tuple[str, ...], path: tuple[str, ...]) -> bool:
    wanted = tuple(map(fold_label, path))
    return not wanted or trail[-len(wanted) :] == wanted


def _placed(
    cells: Sequence[Printed], columns: Sequence[_Column], table: int
) -> list[_Column | None]:
    """The column of each cell of a row.

    In the table that prints the header, by place; in one that goes on with it on another page,
    whose columns may be cut otherwise, by order, if there are as many.
    """
    if columns[0].table != table:
        return list(columns) if len(cells) == len(columns) else [None] * len(cells)
    return [
        next((c for c in columns if set(cell.columns) <= set(c.cell.columns)), None)
        or _first_label(cell, columns)
        for cell in cells
    ]


def _first_label(cell: Printed, columns: Sequence[_Column]) -> _Column | None:
    """The column of a label, that of a total above all, that is printed over the next ones too."""
    covered = [c for c in columns if set(c.cell.columns) <= set(cell.columns)]
    is_label = bool(covered) and covered[0].part.role == "label"
    is_amount = any(c.part.role == "amount" for c in covered)
    return covered[0] if is_label and not is_amount else None
