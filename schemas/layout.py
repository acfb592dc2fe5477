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

from pydantic import BaseModel, Field, ValidationError, model_validator

from schemas.eras import Era, contradiction
from schemas.layout_parts import (
    Axis,
    Block,
    FormField,
    FormSection,
    LayoutColumn,
    LayoutPart,
    Strict,
)

SHIPPED = Path(__file__).parent / "layouts"
M = TypeVar("M", bound=BaseModel)
Shape = Literal[
    "row_per_project", "row_per_unit", "row_per_code", "row_per_line", "single_row",
    "side_by_side", "row_per_indicator", "row_per_item", "form",
]  # fmt: skip


class LayoutError(ValueError):
    """A layout file is not valid; the message names the file and the field."""


class Layout(Strict):
    """How one publisher prints one kind of table.

    Attributes:
        id: ``<place>/<name>``, as its file is named.
        kind: A kind of ``schemas/codes/kinds.csv``.
        titles: Regular expressions of whole titles, folded, without number and year.
        blocks: One for each table that stands side by side; of a form, one for each axis along
            which some of its amounts stand.
        fields: Of a form: its cells beside labels.
        captions: Of a form: words above or beside labels that introduce no cell of their own.
        sections: Of a form: the tables within it.
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
    fields: tuple[FormField, ...] = ()
    captions: tuple[str, ...] = ()
    sections: tuple[FormSection, ...] = ()
    era: Era = Era()
    unit: Literal["label", "header"] = "label"
    absent: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """By its name: what is worked out of a layout is kept by it, and asked of each table."""
        return hash(self.id)

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
        if not set(self.titles) & set(other.titles) or (self.shape == "form") != (
            other.shape == "form"
        ):
            return False
        if self.shape == "form":
            return self._labels(required=True) <= other._labels() and (
                other._labels(required=True) <= self._labels()
            )

        def has_all(one: Layout, two: Layout) -> bool:
            return all(
                column.is_optional or any(set(column.header) & set(x.header) for x in two.columns)
                for column in one.columns
            )

        return has_all(self, other) and has_all(other, self)

    def _labels(self, *, required: bool = False) -> set[str]:
        """Labels of a form, or those that must be printed."""
        return {
            field.path[-1] for field in self.fields if not (required and field.is_optional)
        } | set(self.captions)

    @property
    def all_columns(self) -> tuple[LayoutColumn, ...]:
        """Its columns and those of the tables within a form."""
        return (*self.columns, *(c for section in self.sections for c in section.columns))

    @property
    def has_money(self) -> bool:
        """Whether any of it is an amount."""
        return any(part.role == "amount" for part in (*self.all_columns, *self.fields))

    def axis_of(self, part: LayoutPart) -> Axis:
        """The axis on which the node of an amount stands.

        Of a form whose amounts are one row (a project's) it is that of the columns; of other
        forms each amount is a row of its own.
        """
        block = self.blocks[part.block - 1]
        return (
            block.rows
            if isinstance(part, FormField) and block.columns == "none"
            else (block.columns)
        )

    @model_validator(mode="after")
    def _columns_are_whole(self) -> Layout:
        for columns in (self.columns, *(section.columns for section in self.sections)):
            printed = Counter((c.block, path) for c in columns for path in c.header)
            if twice := [path for (_, path), times in printed.items() if times > 1]:
                raise ValueError(f"layout {self.id}: a header stands twice in a block: {twice}")
        parts: tuple[LayoutPart, ...] = (*self.all_columns, *self.fields)
        if wrong := {part.block for part in parts} - set(range(1, len(self.blocks) + 1)):
            raise ValueError(f"layout {self.id}: no such block: {sorted(wrong)}")
        for part in parts:
            name, axis = part.name, self.axis_of(part)
            if part.role == "amount" and (axis == "none") != (part.node is None):
                raise ValueError(
                    f"layout {self.id}, {name}: an amount has a node if, and only if, its block "
                    f"has an axis for it; the axis is {axis}"
                )
            if part.role != "amount" and part.node is not None:
                raise ValueError(f"layout {self.id}, {name}: a node of no amount")
        self._form_is_whole()
        has_amounts = any(column.role == "amount" for column in self.columns)
        if not has_amounts and self.shape not in {"row_per_indicator", "form"}:
            raise ValueError(f"layout {self.id}: no column holds amounts")
        return self

    def _form_is_whole(self) -> None:
        if self.shape != "form":
            if self.fields or self.captions or self.sections:
                raise ValueError(f"layout {self.id}: only a form has fields, captions, sections")
            return
        if self.columns or not any(not field.is_optional for field in self.fields):
            raise ValueError(
                f"layout {self.id}: a form has no columns of its own, and one field at least that "
                "must be printed"
            )
        headings = [section.heading for section in self.sections if section.heading]
        if twice := [name for name, times in Counter(headings).items() if times > 1]:
            raise ValueError(f"layout {self.id}: a heading of two sections: {twice}")


class Labels(Strict):
    """Words that introduce a body, a unit of money, or people and their telephones."""

    body: tuple[str, ...]
    unit: tuple[str, ...]
    private: tuple[str, ...]


class Consolidation(Strict):
    """Suffixes of body names that say whose book a table belongs to."""

    department: tuple[str, ...]
    unit: tuple[str, ...]


class Rows(Strict):
    """Labels of rows that are totals: of a table, and of the label that they stand beside."""

    grand_total: tuple[str, ...]
    subtotal: tuple[str, ...]


class Lines(Strict):
    """What may stand before the name of a line and is no part of it: regular expressions."""

    before: tuple[str, ...]


class Notes(Strict):
    """How a note to a table begins, and how it says that the table has no figures.

    ``empty``: regular expressions of whole notes, folded, closed up, without the beginning and
    brackets around; what the group ``what`` holds must be named by the table's title.
    ``empty_if_blank``: of notes that say it of a table without figures, and nothing of others.
    """

    starts: tuple[str, ...]
    empty: tuple[str, ...]
    empty_if_blank: tuple[str, ...]


class Contents(Strict):
    """Headers of a list of a book's tables, which says which of them are blank, and how."""

    name: tuple[str, ...]
    blank: tuple[str, ...]
    yes: tuple[str, ...]


class Continued(Strict):
    """What marks a title of a table that goes on."""

    marks: tuple[str, ...]


class HeaderWords(Strict):
    """Words of headers by which a draft guesses what stands below them.

    ``part_of`` are regular expressions of what stands before a name; ``codes`` of the codes of an
    axis, ``code_parts`` the heads of the columns that codes are split over.
    """

    number: tuple[str, ...]
    code: tuple[str, ...]
    goal: tuple[str, ...]
    money: tuple[str, ...]
    subtotal: tuple[str, ...]
    last_year: tuple[str, ...]
    part_of: tuple[str, ...]
    code_parts: tuple[str, ...]
    codes: dict[str, str]


class Titles(Strict):
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


class Books(Strict):
    """Words of a heading that say whose book it is."""

    department: tuple[str, ...]
    unit: tuple[str, ...]


class Headings(Strict):
    """How books and their parts are headed: regular expressions of folded, closed-up text.

    Attributes:
        cover: Of a cover; the groups ``year`` and ``body`` are what it says.
        part: Of the heading of a part; the group ``year``.
        books: Words that say whose book it is.
        contents: What heads the contents of a book.
        unfilled: What stands where a template leaves a name to be filled in.
    """

    cover: tuple[str, ...]
    part: tuple[str, ...]
    contents: tuple[str, ...]
    unfilled: str
    books: Books


class Budget(Strict):
    """Words of titles and headers by which a table is one of a budget."""

    words: tuple[str, ...]


class Numbers(Strict):
    """Words that begin a row which numbers lines or columns."""

    words: tuple[str, ...]


class Furniture(Strict):
    """Lines that belong to the page: patterns (regular expressions) of whole lines."""

    page_numbers: tuple[str, ...]


class Blank(Strict):
    """What is printed where nothing is stated; instead of a comparator, that words follow."""

    dash: tuple[str, ...]
    words: tuple[str, ...]
    comparators: tuple[str, ...]


class Vocabulary(Strict):
    """Words shared by all layouts."""

    labels: Labels
    consolidation: Consolidation
    rows: Rows
    lines: Lines
    notes: Notes
    contents: Contents
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
