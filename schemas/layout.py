"""Layouts: how a publisher prints a kind of table, as TOML data under schemas/layouts.

A layout says which headers a table must have, what each column is, and along which axis rows and
columns run. The vocabulary holds the words that all layouts share. An operator's
``<config>/layouts`` adds to the shipped ones.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from schemas.eras import Era, contradiction

SHIPPED = Path(__file__).parent / "layouts"
M = TypeVar("M", bound=BaseModel)
#: What stands below a header. ``label``: the name of what a row is; ``code``: its code;
#: ``amount``: money; ``text``: a field that is kept and never counted; ``number``: numbers rows.
Role = Literal[
    "label", "code", "amount", "goal", "packed_indicators", "text", "number",
    "level_1", "level_2", "indicator_name", "cycle_value", "annual_value",
]  # fmt: skip
#: What rows or columns run along: each is a tree of nodes (see docs/architecture.md, Axes).
Axis = Literal[
    "fund_source", "expenditure_type", "function", "economic", "three_public",
    "expenditure_line", "unit", "unit_project", "unit_economic", "project", "procurement", "none",
]  # fmt: skip
Shape = Literal[
    "row_per_project", "row_per_unit", "row_per_code", "row_per_line", "single_row",
    "side_by_side", "row_per_indicator", "row_per_item", "form",
]  # fmt: skip


class LayoutError(ValueError):
    """A layout file is not valid; the message names the file and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayoutColumn(_Strict):
    """A column of a layout: its printed header and what stands below it.

    Attributes:
        header: The header's path, rows joined by ``/``; several where it is printed several ways.
        role: What stands below it.
        block: Which of the tables that stand side by side it belongs to.
        node: Of an amount: its node on the block's column axis; none on a block without one.
        period: ``last_year``: the amount is of the year before; it is compared, never a fact.
        phase: Phase of the amount where it is not the statement's own; compared, never a fact.
        is_memo: The amount is part of another column (其中) and no part of a sum.
        is_spread: A label that runs over this column and those to its right without a header of
            their own; its texts are joined to a path.
        is_carried: A blank cell repeats the one above it.
        is_optional: The column may be missing.
    """

    header: tuple[str, ...]
    role: Role
    block: int = Field(default=1, ge=1)
    node: str | None = None
    period: Literal["this_year", "last_year"] = "this_year"
    phase: str | None = None
    is_memo: bool = False
    is_spread: bool = False
    is_carried: bool = False
    is_optional: bool = False

    @field_validator("header", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def depth(self) -> int:
        """How many header rows its path has."""
        return max(path.count("/") + 1 for path in self.header)


class Block(_Strict):
    """One of the tables that stand side by side: the axes of its rows and of its columns."""

    rows: Axis
    columns: Axis = "none"


class Layout(_Strict):
    """How one publisher prints one kind of table.

    Attributes:
        id: ``<place>/<name>``, as its file is named.
        kind: A kind of ``schemas/codes/kinds.csv``.
        titles: Regular expressions of whole titles, folded, without number and year.
        blocks: One for each table that stands side by side.
        has_grand_total: Whether a statement without a grand total has lost a row.
        era: Fiscal years it holds for.
        unit: Where the unit of amounts is printed: a label above (``label``), or in a header.
        absent: Context that this layout is known not to print; the book's headings must say it.
    """

    id: str
    kind: str
    shape: Shape
    titles: tuple[str, ...] = Field(min_length=1)
    has_grand_total: bool
    columns: tuple[LayoutColumn, ...] = ()
    blocks: tuple[Block, ...] = Field(min_length=1)
    era: Era = Era()
    unit: Literal["label", "header"] = "label"
    absent: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The directory it stands in."""
        return self.id.partition("/")[0]

    @property
    def depth(self) -> int:
        """How many header rows it has."""
        return max((column.depth for column in self.columns), default=1)

    def prints_like(self, other: Layout) -> bool:
        """Whether both may be the layout of one table: a title, and a header for each column."""
        if not set(self.titles) & set(other.titles):
            return False

        def has_all(one: Layout, two: Layout) -> bool:
            return all(
                column.is_optional or any(set(column.header) & set(x.header) for x in two.columns)
                for column in one.columns
            )

        return has_all(self, other) and has_all(other, self)

    @model_validator(mode="after")
    def _columns_are_whole(self) -> Layout:
        printed = Counter((c.block, path) for c in self.columns for path in c.header)
        if twice := [path for (_, path), times in printed.items() if times > 1]:
            raise ValueError(f"layout {self.id}: a header stands twice in a block: {twice}")
        if wrong := {c.block for c in self.columns} - set(range(1, len(self.blocks) + 1)):
            raise ValueError(f"layout {self.id}: no such block: {sorted(wrong)}")
        for column in self.columns:
            axis = self.blocks[column.block - 1].columns
            if column.role == "amount" and (axis == "none") != (column.node is None):
                raise ValueError(
                    f"layout {self.id}, column {column.header[0]}: an amount has a node if, and "
                    f"only if, its block has a column axis; the axis is {axis}"
                )
            if column.role != "amount" and column.node is not None:
                raise ValueError(f"layout {self.id}, {column.header[0]}: a node of no amount")
        has_amounts = any(column.role == "amount" for column in self.columns)
        if not has_amounts and self.shape not in {"row_per_indicator", "form"}:
            raise ValueError(f"layout {self.id}: no column holds amounts")
        return self


class Labels(_Strict):
    """Words that introduce a body or a unit of money."""

    body: tuple[str, ...]
    unit: tuple[str, ...]


class Consolidation(_Strict):
    """Suffixes of body names that say whose book a table belongs to."""

    department: tuple[str, ...]
    unit: tuple[str, ...]


class Rows(_Strict):
    """Labels of rows that are totals: of a table, and of the label that they stand beside."""

    grand_total: tuple[str, ...]
    subtotal: tuple[str, ...]


class Lines(_Strict):
    """What may stand before the name of a line and is no part of it: regular expressions."""

    before: tuple[str, ...]


class Notes(_Strict):
    """How a note to a table begins, and how it says that the table has no figures.

    ``empty``: regular expressions of whole notes, folded, closed up, without the beginning and
    brackets around; what the group ``what`` holds must be named by the table's title.
    """

    starts: tuple[str, ...]
    empty: tuple[str, ...]


class Continued(_Strict):
    """What marks a title of a table that goes on."""

    marks: tuple[str, ...]


class HeaderWords(_Strict):
    """Words of headers by which a draft guesses what stands below them.

    ``part_of`` are regular expressions of what stands before a name; ``codes`` of the codes of an
    axis.
    """

    number: tuple[str, ...]
    code: tuple[str, ...]
    goal: tuple[str, ...]
    money: tuple[str, ...]
    subtotal: tuple[str, ...]
    last_year: tuple[str, ...]
    part_of: tuple[str, ...]
    codes: dict[str, str]


class Titles(_Strict):
    """How titles of tables are printed: regular expressions of folded, closed-up text.

    Attributes:
        numbers: The number of a table, before its title or alone.
        before: What else may stand before a title and is none of it.
        like: Whole lines that read as the title of a table, if nothing else is known of them.
        headings: Whole lines that read so and head a section of the book.
        sections: Whole lines that head a section: no table goes on below one.
    """

    numbers: tuple[str, ...]
    before: tuple[str, ...]
    like: tuple[str, ...]
    headings: tuple[str, ...]
    sections: tuple[str, ...]


class Books(_Strict):
    """Words of a heading that say whose book it is."""

    department: tuple[str, ...]
    unit: tuple[str, ...]


class Headings(_Strict):
    """How books and their parts are headed: regular expressions of folded, closed-up text.

    Attributes:
        cover: Of a cover; the groups ``year`` and ``body`` are what it says.
        part: Of the heading of a part; the group ``year``.
        books: Words that say whose book it is.
    """

    cover: tuple[str, ...]
    part: tuple[str, ...]
    books: Books


class Budget(_Strict):
    """Words of titles and headers by which a table is one of a budget."""

    words: tuple[str, ...]


class Numbers(_Strict):
    """Words that begin a row which numbers lines or columns."""

    words: tuple[str, ...]


class Furniture(_Strict):
    """Lines that belong to the page: patterns (regular expressions) of whole lines."""

    page_numbers: tuple[str, ...]


class Blank(_Strict):
    """What is printed where nothing is stated."""

    dash: tuple[str, ...]
    words: tuple[str, ...]


class Vocabulary(_Strict):
    """Words shared by all layouts."""

    labels: Labels
    consolidation: Consolidation
    rows: Rows
    lines: Lines
    notes: Notes
    continued: Continued
    titles: Titles
    headers: HeaderWords
    headings: Headings
    budget: Budget
    numbers: Numbers
    furniture: Furniture
    blank: Blank
    phases: dict[str, tuple[str, ...]]


@cache
def vocabulary() -> Vocabulary:
    """The shared words."""
    return _load(SHIPPED / "vocabulary.toml", Vocabulary)


@cache
def layouts(config: Path | None = None) -> tuple[Layout, ...]:
    """All layouts, in the order of their ids.

    Raises:
        LayoutError: a file is not valid, two layouts share an id, or of layouts of one place that
            print the same the eras overlap, or leave out years between them.
    """
    roots = [SHIPPED] + ([config / "layouts"] if config else [])
    paths = [path for root in roots for path in sorted(root.glob("*/*.toml"))]
    loaded = [_load(path, Layout) for path in paths]
    ids = [layout.id for layout in loaded]
    for layout_id in ids:
        if ids.count(layout_id) > 1:
            raise LayoutError(f"{layout_id}: two layout files have this id; rename one of them")
    known = tuple(sorted(loaded, key=lambda layout: layout.id))
    if wrong := contradiction(known):
        raise LayoutError(wrong)
    return known


def _load(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutError(f"{path}: {error}") from error
