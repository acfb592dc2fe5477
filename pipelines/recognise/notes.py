"""Lines after a table: notes and prose, or what may be the rest of its last row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from pipelines.extract.grids import GIVEN
from pipelines.recognise.private import begins_private
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.extract.grids import Extraction

#: What a line after a table is: a note, one that says that the table is empty, or perhaps its rest.
Said = Literal["note", "empty", "rest"]
#: How sentences end.
_ENDS = ("。", "！", "!")
_FIGURE = r"^\s*-?\d[\d,]*(?:\.\d+)?\s*$"
#: An amount or a target apart from words.
_AMOUNT = re.compile(r"[≥≤＞＜><]?-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?=%))%?")
_NOTE_ROWS: dict[str, Any] = {
    "table_no": pl.Int32,
    "table_row": pl.Int32,
    "statement_no": pl.Int32,
    "cell_id": pl.String,
    "is_empty": pl.Boolean,
}


@dataclass(frozen=True)
class Notes:
    """What tells notes of a document from the rest of a table.

    Attributes:
        furniture: Lines (``cell_id``) that belong to the page.
        pages: Line (``cell_id``) → its page, of a paged document; else nothing.
        ends: Table → the page it ends on, if rules close it there.
        given: Tables of which the file itself says where they end.
    """

    furniture: set[str] = field(default_factory=set)
    pages: dict[str, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    given: set[int] = field(default_factory=set)

    def after(
        self, lines: Iterable[tuple[str, str]], table_no: int, title: str | None
    ) -> Iterator[tuple[str, str, Said]]:
        """Lines after a table, each with what it is.

        A note, or the heading of a section, ends the table: what follows it is none of its rows.
        Where nothing says that it ended, a line may be the rest of a broken cell; but a sentence
        right below the rule that closes the table is none. Below one that the file itself ends only
        amounts apart from words may be a row that its author lost. In a text without pages and
        rules only what begins as a note is one, or says that the table is empty.
        """
        is_over = is_elsewhere = False
        for cell_id, text in lines:
            is_elsewhere = is_elsewhere or heads_section(text)
            if not is_elsewhere and says_empty(text, title):
                yield cell_id, text, "empty"
                continue
            is_over = is_over or is_elsewhere or self._ends(cell_id, text, table_no)
            is_plain = is_over or is_note(text) or cell_id in self.furniture
            if table_no in self.given:
                is_plain = not any(map(_AMOUNT.fullmatch, text.split()))
            yield cell_id, text, "note" if is_plain else "rest"

    def _ends(self, cell_id: str, text: str, table_no: int) -> bool:
        if cell_id not in self.pages:
            return False
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
        if grid.method != "unruled" and "bottom" not in grid.open_sides
    }
    last = cells.filter(pl.col("table_no") > 0).group_by("table_no").agg(pl.col("grid_no").max())
    ends = {no: closed[grid_no] for no, grid_no in last.iter_rows() if grid_no in closed}
    own = {grid.grid_no for grid in extraction.grids if grid.method == GIVEN}
    given = {no for no, grid_no in last.iter_rows() if grid_no in own & closed.keys()}
    return Notes(furniture, dict(lines.select("cell_id", "page_no").iter_rows()), ends, given)


def is_note(text: str) -> bool:
    """Whether a line says of itself that it is a note, or who filled the table in."""
    return text.startswith(vocabulary().notes.starts) or begins_private(text)


def says_empty(text: str, title: str | None) -> bool:
    """Whether a note says that its table has no figures.

    One that names a kind of money speaks of the table only if the table's title names it too: a
    table of three public expenses may note that no car is bought.
    """
    if is_of_blank(text):
        return True
    said = _told(text)
    for pattern in vocabulary().notes.empty:
        if match := re.fullmatch(pattern, said):
            what = match.groupdict().get("what")
            return not what or (title is not None and what in fold_label(title))
    return False


def is_of_blank(text: str) -> bool:
    """Whether a note says that its table is empty if no figure is printed in it."""
    said = _told(text)
    return any(re.fullmatch(pattern, said) for pattern in vocabulary().notes.empty_if_blank)


def of_blank_tables(empty: Mapping[int, str], cells: pl.DataFrame) -> dict[int, str]:
    """Statement → the note that says that it is empty; none that a figure in it makes void.

    Args:
        empty: What the notes say.
        cells: All cells, with what they are to their statements.
    """
    texts = dict(cells.filter(pl.col("cell_id").is_in(list(empty.values())))
                 .select("cell_id", "text").iter_rows())  # fmt: skip
    filled = cells.filter(pl.col("is_body") & pl.col("text").str.contains(_FIGURE))
    known = set(filled["statement_no"])
    return {
        number: cell_id
        for number, cell_id in empty.items()
        if number not in known or not is_of_blank(texts[cell_id])
    }


def _told(text: str) -> str:
    """A note, folded, without its beginning and the brackets around it."""
    said = fold_label(text)
    starts = tuple(fold_label(start) for start in vocabulary().notes.starts)
    said = next((said.removeprefix(s) for s in starts if said.startswith(s)), said)
    return said.strip("()。")


def note_rows(body: pl.DataFrame, titles: dict[int, str | None]) -> pl.DataFrame:
    """Rows of bodies that are notes: a single filled cell that says so.

    Args:
        body: Cells below headers, with ``statement_no`` and the columns of TABLE_SCHEMA.
        titles: Statement → its title.

    Returns:
        ``table_no``, ``table_row``, ``statement_no``, ``cell_id``, ``is_empty``: whether it says
        that the table has no figures.
    """
    filled = body.filter(pl.col("text") != "")
    alone = filled.filter(pl.len().over("table_no", "table_row") == 1)
    found = [
        (table_no, row, statement_no, cell_id, says_empty(text, titles.get(statement_no)))
        for table_no, row, statement_no, cell_id, text in alone.select(
            "table_no", "table_row", "statement_no", "cell_id", "text"
        ).iter_rows()
        if is_note(text) or says_empty(text, titles.get(statement_no))
    ]
    return pl.DataFrame(found, schema=_NOTE_ROWS, orient="row")


def heads_section(text: str) -> bool:
    """Whether a line heads a section of the book: what follows is no row of a table before it."""
    said = fold_label(text)
    return any(re.fullmatch(pattern, said) for pattern in vocabulary().titles.sections)
