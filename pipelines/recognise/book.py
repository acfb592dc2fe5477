"""A document as a book of tables: joined over pages, each with its title, layouts and headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.recognise.forms import claim_forms
from pipelines.recognise.fragments import read_fragments
from pipelines.recognise.furniture import furniture
from pipelines.recognise.groups import join_fragments
from pipelines.recognise.headings import read_headings
from pipelines.recognise.names import join_names
from pipelines.recognise.private import (
    private_cells,
    with_cells_covered,
    with_lines_covered,
    without_people,
)
from pipelines.recognise.tables import logical_cells, read_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from pipelines.extract.grids import Extraction
    from pipelines.recognise.fragments import Fragment
    from pipelines.recognise.groups import Group
    from pipelines.recognise.headings import Heading
    from pipelines.recognise.joins import Join
    from schemas.layout import Layout


@dataclass(frozen=True)
class Book:
    """What a document prints, before the context of its statements is decided.

    Attributes:
        cells: Its cells, with the columns of ``tables.TABLE_SCHEMA``.
        joins: Those that made its tables.
        furniture: Lines that belong to the page.
        headings: What heads it and its parts.
        fragments: Its tables.
        groups: Those of them that are statements.
        layouts: How publishers print their tables.
    """

    cells: pl.DataFrame
    joins: list[Join]
    furniture: set[str]
    headings: list[Heading]
    fragments: list[Fragment]
    groups: list[Group]
    layouts: Sequence[Layout]


def read_book(extraction: Extraction, cells: pl.DataFrame, layouts: Sequence[Layout]) -> Book:
    """Read a document; people's names and telephones in it are covered.

    Args:
        extraction: The document.
        cells: Its cells with ``cell_id``, ``reading_id`` and ``document_id``.
        layouts: How publishers print their tables.
    """
    of_pages = furniture(extraction, cells)
    tables = read_tables(extraction, with_lines_covered(cells), of_pages)
    fragments = read_fragments(tables.cells, layouts)
    claim_forms(fragments, logical_cells(tables.cells), layouts, of_pages)
    headings = read_headings(tables.cells, of_pages)
    join_names(fragments, [clue for heading in headings for clue in heading.clues])
    groups = join_fragments(fragments)
    for fragment in fragments:
        fragment.match = without_people(fragment) or fragment.match
    covered = with_cells_covered(tables.cells, private_cells(fragments, tables.cells))
    return Book(covered, tables.joins, of_pages, headings, fragments, groups, layouts)
