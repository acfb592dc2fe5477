"""Layouts: how a publisher prints a kind of table, as TOML data under schemas/layouts.

A layout says which header cells a grid must have and what each column is. The vocabulary holds
the words that all layouts share. An operator's ``<config>/layouts`` adds to the shipped ones.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

SHIPPED = Path(__file__).parent / "layouts"
M = TypeVar("M", bound=BaseModel)
Role = Literal["label", "total", "fund", "goal", "packed_indicators"]


class LayoutError(ValueError):
    """A layout file is not valid; the message names the file and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayoutColumn(_Strict):
    """A column of a layout: its printed header and what stands below it."""

    header: str
    role: Role
    fund_source_id: str | None = None

    @model_validator(mode="after")
    def _fund_has_source(self) -> LayoutColumn:
        if (self.role == "fund") != (self.fund_source_id is not None):
            raise ValueError(f"column {self.header}: role fund and fund_source_id go together")
        return self


class Layout(_Strict):
    """How one publisher prints one kind of table."""

    id: str
    kind: str
    shape: Literal["row_per_project"]
    fund_scope: Literal["all"]
    titles: tuple[str, ...] = Field(min_length=1)
    has_grand_total: bool
    columns: tuple[LayoutColumn, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _headers_are_distinct(self) -> Layout:
        headers = [column.header for column in self.columns]
        if len(set(headers)) != len(headers):
            raise ValueError(f"layout {self.id}: a header stands twice")
        if [c.role for c in self.columns].count("label") != 1:
            raise ValueError(f"layout {self.id}: exactly one column has the role label")
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
    """Labels of rows that are no projects."""

    grand_total: tuple[str, ...]


class Notes(_Strict):
    """How a note to a table begins."""

    starts: tuple[str, ...]


class Continued(_Strict):
    """What marks a title of a table that goes on."""

    marks: tuple[str, ...]


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
    notes: Notes
    continued: Continued
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
        LayoutError: a file is not valid, or two layouts share an id.
    """
    roots = [SHIPPED] + ([config / "layouts"] if config else [])
    paths = [path for root in roots for path in sorted(root.glob("*/*.toml"))]
    loaded = [_load(path, Layout) for path in paths]
    ids = [layout.id for layout in loaded]
    for layout_id in ids:
        if ids.count(layout_id) > 1:
            raise LayoutError(f"{layout_id}: two layout files have this id; rename one of them")
    return tuple(sorted(loaded, key=lambda layout: layout.id))


def _load(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutError(f"{path}: {error}") from error
