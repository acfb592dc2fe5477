"""Lines after a table: notes and prose, or what may be the rest of its last row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.extract.grids import Extraction

#: How sentences end.
_ENDS = ("。", "！", "!")


@dataclass(frozen=True)
class Notes:
    """What tells notes of a document from the rest of a table.

    Attributes:
        furniture: Lines (``cell_id``) that belong to the page.
        pages: Line (``cell_id``) → its page, of a paged document; else nothing.
        ends: Table → the page it ends on, if rules close it there.
    """

    furniture: set[str] = field(default_factory=set)
    pages: dict[str, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    def after(
        self, lines: Iterable[tuple[str, str]], table_no: int
    ) -> Iterator[tuple[str, str, bool]]:
        """Lines after a table, each with whether it is a note.

        A note, or the heading of a section, ends the table: what follows it is none of its rows.
        Where nothing says that it ended, a line may be the rest of a broken cell; but a sentence
        right below the rule that closes the table is none. In a text without pages and rules
        only what begins as a note is one.
        """
        is_over = False
        for cell_id, text in lines:
            is_heading = heads_section(text)
            is_over = is_over or is_heading or (cell_id in self.pages and self._ends(
                cell_id, text, table_no
            ))  # fmt: skip
            yield cell_id, text, is_over or is_note(text) or cell_id in self.furniture

    def _ends(self, cell_id: str, text: str, table_no: int) -> bool:
        is_below = self.ends.get(table_no) == self.pages[cell_id]
        return is_note(text) or (is_below and text.rstrip().endswith(_ENDS))


def read_notes(extraction: Extraction, cells: pl.DataFrame, furniture: set[str]) -> Notes:
    """What is known of a document's lines and of where its tables end.

    Args:
        extraction: With ``grids`` if it has pages and rules.
        cells: Its cells, with the columns of ``tables.TABLE_SCHEMA``.
        furniture: Lines that belong to the page.
    """
    if not extraction.grids:
        return Notes(furniture)
    lines = cells.filter((pl.col("grid_no") == 0) & (pl.col("text") != ""))
    closed = {
        grid.grid_no: grid.page_no
        for grid in extraction.grids
        if grid.method == "ruled" and "bottom" not in grid.open_sides
    }
    last = cells.filter(pl.col("table_no") > 0).group_by("table_no").agg(pl.col("grid_no").max())
    ends = {no: closed[grid_no] for no, grid_no in last.iter_rows() if grid_no in closed}
    return Notes(furniture, dict(lines.select("cell_id", "page_no").iter_rows()), ends)


def is_note(text: str) -> bool:
    """Whether a line says of itself that it is a note."""
    return text.startswith(vocabulary().notes.starts)


def heads_section(text: str) -> bool:
    """Whether a line heads a section of the book: what follows is no row of a table before it."""
    said = fold_label(text)
    return any(re.fullmatch(pattern, said) for pattern in vocabulary().titles.sections)
