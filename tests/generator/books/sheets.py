"""A table of a book: its rows, its rounded figures, and where on both axes each figure stands.

Every figure is rounded from exact yuan by itself, so printed totals drift from the sums of printed
parts, and always stay within the rounding envelope.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.generator.books.axes import HEADED, MEMO_NODES, ROOT, sums
from tests.generator.books.headers import columns, header_rows, numbers_row, title
from tests.generator.books.lines import NOTHING, found, listed, parent, purchase_sums
from tests.generator.tables import Figure, figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from schemas.layout import Layout, LayoutColumn
    from tests.generator.books.axes import Sums
    from tests.generator.books.budget import Budget
    from tests.generator.books.headers import Cell, Printed
    from tests.generator.books.lines import Line
    from tests.generator.tables import Style


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount as it stands in a table.

    Attributes:
        block: Which of the tables side by side, from 1.
        row: Its row in the body, from 0.
        at: Its printed column, from 0.
        line: Its row.
        column: Its column, as the layout has it.
        row_parent: The nearest printed node above its row's.
        column_parent: The nearest printed node above its column's.
        is_memo: It is a part of another amount and of no sum.
        is_row_leaf, is_column_leaf: Nothing that is printed stands below it.
        figure: What is printed.
        yuan: What is true.
    """

    block: int
    row: int
    at: int
    line: Line
    column: LayoutColumn
    row_parent: str | None
    column_parent: str | None
    is_memo: bool
    is_row_leaf: bool
    is_column_leaf: bool
    figure: Figure
    yuan: int

    @property
    def node(self) -> str:
        """Its row's node."""
        return self.line.node or ROOT

    @property
    def is_own(self) -> bool:
        """Whether it is of the statement's own year and phase."""
        return self.column.period == "this_year" and self.column.phase is None

    @property
    def is_leaf(self) -> bool:
        """Whether it is a fact, if its table feeds any."""
        return self.is_row_leaf and self.is_column_leaf and self.is_own and not self.is_memo


@dataclass(frozen=True)
class Sheet:
    """A printed table of a budget.

    Attributes:
        layout: How it is printed.
        budget: What is true.
        spec: What ``places.toml`` says of it.
        style: How its figures look.
        title: Its title, without number.
        printed: Its columns.
        lines: Rows of each block, from the first on; the same number in each.
        entries: Its amounts, blank ones too, row by row.
    """

    layout: Layout
    budget: Budget
    spec: dict[str, Any]
    style: Style
    title: str
    printed: tuple[Printed, ...]
    lines: tuple[tuple[Line, ...], ...]
    entries: tuple[Entry, ...]

    @property
    def kind(self) -> str:
        """The kind of table."""
        return self.layout.kind

    @cached_property
    def header(self) -> list[list[Cell | None]]:
        """Its header rows."""
        numbers = [numbers_row(self.printed)] if self.spec.get("numbers_columns") else []
        return [*header_rows(self.printed), *numbers]

    @property
    def height(self) -> int:
        """How many rows it has below the header."""
        return len(self.lines[0])

    @cached_property
    def is_empty(self) -> bool:
        """Whether it states no figure but zeros."""
        return all(not entry.figure.fen for entry in self.entries)

    def with_figure(self, entry: Entry, figure: Figure) -> Sheet:
        """The same table with another figure at one place."""
        entries = tuple(
            replace(one, figure=figure) if one is entry else one for one in self.entries
        )
        return replace(self, entries=entries)


def sheet(layout: Layout, budget: Budget, spec: dict[str, Any], style: Style, rng: Random) -> Sheet:
    """A budget as a table of a layout."""
    printed = tuple(columns(layout, rng))
    said = spec["title"] if "title" in spec else title(rng.choice(layout.titles), rng)
    blocks = [_lines(layout, number, budget, spec) for number in range(1, len(layout.blocks) + 1)]
    if layout.kind == "key_projects":
        blocks = [(sorted(rng.sample(body, min(len(body), 3)), key=body.index), totals)
                  for body, totals in blocks]  # fmt: skip
    height = max(len(body) + len(totals) for body, totals in blocks)
    rows = tuple(_of_height(body, totals, height) for body, totals in blocks)
    entries = [
        entry
        for number, lines in enumerate(rows, 1)
        for entry in _entries(layout, number, lines, printed, budget, style, rng)
    ]
    entries.sort(key=lambda entry: (entry.row, entry.at))
    return Sheet(layout, budget, spec, style, said, printed, rows, tuple(entries))


def _lines(
    layout: Layout, number: int, budget: Budget, spec: dict[str, Any]
) -> tuple[list[Line], list[Line]]:
    """Rows of a block, and the totals that stand at the table's foot."""
    axis = layout.blocks[number - 1].rows
    body = spec.get("rows", {}).get(str(number))
    totals = spec.get("totals", {}).get(str(number), ())
    if body is None:
        amounts = [c for c in layout.columns if c.role == "amount" and c.block == number]
        known = {place: 1 for c in amounts for place in _known(layout, number, budget, c)}
        return list(found(axis, budget, known)), []
    lines = list(listed([*body, *totals], budget))
    cut = len(lines) - len(totals)
    return lines[:cut], lines[cut:]


def _of_height(body: Sequence[Line], totals: Sequence[Line], height: int) -> tuple[Line, ...]:
    free = height - len(body) - len(totals)
    return (*body, *[NOTHING] * free, *totals)


def _known(layout: Layout, number: int, budget: Budget, column: LayoutColumn) -> Sums:
    """What is true of a column: of this year, of the year before, or of another phase."""
    block = layout.blocks[number - 1]
    if block.rows == "procurement":
        return purchase_sums(budget)
    said = budget.before if column.period == "last_year" else budget
    if said is None:
        raise ValueError(f"{budget.body} {budget.fiscal_year}: nothing is known of the year before")
    if column.phase is not None:
        said = said.in_phase(column.phase)
    return sums(said, layout.kind, block.rows, block.columns)


def _entries(  # noqa: PLR0913, PLR0917 - all that a block is
    layout: Layout, number: int, lines: Sequence[Line], printed: Sequence[Printed],
    budget: Budget, style: Style, rng: Random,
) -> Iterator[Entry]:  # fmt: skip
    block = layout.blocks[number - 1]
    nodes = {line.node for line in lines if line.node is not None}
    row_parents = {node: parent(block.rows, node, nodes - {node}) for node in nodes}
    row_leaves = nodes - set(row_parents.values())
    if block.rows in HEADED:
        row_leaves -= {ROOT}
    places = [(at, one.column) for at, one in enumerate(printed)
              if one.column.role == "amount" and one.column.block == number]  # fmt: skip
    known = {at: _known(layout, number, budget, column) for at, column in places}
    parents = {at: _column_parent(block.columns, column, places) for at, column in places}
    above = {(*_group(column), parents[at]) for at, column in places if parents[at] is not None}
    for row, line in enumerate(lines):
        if line.node is None:
            continue
        for at, column in places:
            yuan = known[at].get((line.node, column.node or ROOT), 0)
            yield Entry(
                number, row, at, line, column, row_parents[line.node], parents[at],
                is_memo=column.is_memo or line.node in MEMO_NODES,
                is_row_leaf=line.node in row_leaves,
                is_column_leaf=(*_group(column), column.node) not in above,
                figure=printed_figure(yuan, style, rng), yuan=yuan,
            )  # fmt: skip


def _group(column: LayoutColumn) -> tuple[str, str | None]:
    return column.period, column.phase


def _column_parent(
    axis: str, column: LayoutColumn, places: Sequence[tuple[int, LayoutColumn]]
) -> str | None:
    """The nearest node above that a column of the same year and phase has."""
    if column.node is None or column.is_memo:
        return None
    others = {c.node for _, c in places if c.node and _group(c) == _group(column) and not c.is_memo}
    return parent(axis, column.node, others - {column.node})


def printed_figure(yuan: int, style: Style, rng: Random) -> Figure:
    """A figure, or what stands for nothing."""
    mark = rng.choice(style.blanks) if not yuan else ""
    return figure(yuan, style) if yuan or mark == "0.00" else Figure(mark)
