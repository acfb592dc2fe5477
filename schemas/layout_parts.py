"""What layouts say of printed cells: columns below headers, fields of forms, tables in them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

#: What stands below a header, or beside a label of a form. ``label``: the name of what a row is;
#: ``code``: its code; ``amount``: money; ``text``: kept and never counted; ``number``: numbers
#: rows; ``private``: people's names and telephones, kept in the archive and loaded nowhere.
#: Of indicators: their levels, name, and value by horizon, or by none (``value``); where
#: comparator and unit stand in columns of their own, ``comparator`` and ``measure_unit``.
#: Of what is procured, below its category (``label``): ``project``, ``economic``, ``item``,
#: ``method``. Of forms: ``body``, ``spending_unit``.
Role = Literal[
    "label", "code", "amount", "goal", "packed_indicators", "text", "number", "private",
    "level_1", "level_2", "indicator_name", "cycle_value", "annual_value", "value",
    "comparator", "measure_unit",
    "project", "economic", "item", "method",
    "body", "spending_unit",
]  # fmt: skip
#: What rows or columns run along: each is a tree of nodes (see docs/architecture.md, Axes).
Axis = Literal[
    "fund_source", "expenditure_type", "function", "economic", "three_public",
    "expenditure_line", "unit", "unit_project", "unit_economic", "project", "procurement",
    "budget_level", "task", "type_economic", "government_line", "none",
]  # fmt: skip


class Strict(BaseModel):
    """What is read of a layout file: no key that nobody knows, and nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LayoutPart(Strict):
    """What a layout says of a printed cell, whatever leads to it.

    Attributes:
        role: What it is.
        block: Which of the tables that stand side by side it belongs to; of a form, which axis.
        node: Of an amount: its node on that block's axis; none on a block without one.
        period: ``last_year``: the amount is of the year before; it is compared, never a fact.
            ``whole_term``: it is of all the years of a project; it is kept as printed, no fact.
        phase: Phase of the amount where it is not the statement's own; compared, never a fact.
        is_memo: The amount is part of another one (其中) and no part of a sum.
        is_optional: It may be missing.
    """

    role: Role
    block: int = Field(default=1, ge=1)
    node: str | None = None
    period: Literal["this_year", "last_year", "whole_term"] = "this_year"
    phase: str | None = None
    is_memo: bool = False
    is_optional: bool = False

    @property
    def name(self) -> str:
        """What it is printed as, for messages."""
        raise NotImplementedError


class LayoutColumn(LayoutPart):
    """A column of a layout: its printed header and what stands below it.

    Attributes:
        header: The header's path, rows joined by ``/``; several where it is printed several ways.
        is_spread: A label that runs over this column and those to its right without a header of
            their own; its texts are joined to a path.
        is_carried: A blank cell repeats the one above it.
        is_recurring: Of labels and codes: one name may stand in several rows, each a part of its
            own, told by more than is printed or by a column of text.
    """

    header: tuple[str, ...]
    is_spread: bool = False
    is_carried: bool = False
    is_recurring: bool = False

    @field_validator("header", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def name(self) -> str:
        """Its header."""
        return self.header[0]

    @property
    def depth(self) -> int:
        """How many header rows its path has."""
        return max(path.count("/") + 1 for path in self.header)


class Block(Strict):
    """One of the tables that stand side by side: the axes of its rows and of its columns."""

    rows: Axis
    columns: Axis = "none"


class FormField(LayoutPart):
    """A cell of a form that is found by its label.

    Attributes:
        label: The labels that lead to it, joined by ``/``: first the headings left of its own
            label, each right beside the next. A label that stands several times is declared as
            often, and matched in reading order.
        at: On which side of its label it stands.
    """

    label: str
    at: Literal["right", "below"] = "right"

    @property
    def name(self) -> str:
        """Its labels."""
        return self.label

    @property
    def path(self) -> tuple[str, ...]:
        """The headings left of its label, and the label."""
        return tuple(self.label.split("/"))


class FormSection(Strict):
    """A table within a form: it begins where a row holds all of its headers.

    Attributes:
        heading: What is printed left of its rows, merged over them or repeated; none if nothing is.
        columns: What stands below its headers.
        is_optional: It may be missing.
    """

    heading: str | None = None
    columns: tuple[LayoutColumn, ...] = Field(min_length=1)
    is_optional: bool = False
