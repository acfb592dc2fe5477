"""Dispositions: what each cell and line of a document is to its statements; nothing is left out.

Cells of the body of a statement get theirs when normalisation knows the roles of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.context import read_line
from pipelines.recognise.items import Item, place_text
from pipelines.recognise.match import Match
from pipelines.values.text import fold_label
from schemas.axes import root
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.recognise.fragments import Fragment, Group

#: What a matched grid's columns are.
_ROLE_SCHEMA: dict[str, Any] = {
    "table_no": pl.Int32,
    "table_col": pl.Int32,
    "statement_no": pl.Int32,
    "header_row": pl.Int32,
    "width": pl.Int32,
    "header_disposition": pl.String,
    "role": pl.String,
    "fund_source_id": pl.String,
}


@dataclass
class Dispositions:
    """What the lines and the columns of one document's tables are.

    Attributes:
        furniture: Lines that belong to the page: notes, unless they say more.
        lines: Line → disposition and statement.
        roles: Rows of ``_ROLE_SCHEMA``.
    """

    furniture: set[str] = field(default_factory=set)
    lines: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    roles: list[dict[str, Any]] = field(default_factory=list)

    def place_statement(self, statement_no: int, group: Group) -> Iterable[Item]:
        """Lines above a statement's grids, and what its columns are."""
        for fragment in group.fragments:
            is_first = fragment is group.fragments[0]
            is_after_another = is_first and statement_no > 1
            for line in fragment.read:
                if line.is_title or line.clues:
                    is_after_another = False
                    said = "title" if line.is_title else "context"
                    self.lines[line.cell_id] = (said if is_first else "repeat", statement_no)
                elif line.cell_id in self.furniture:
                    self.lines[line.cell_id] = ("note", statement_no)
                elif is_after_another and not _is_note(line.text):
                    # Before a title or label of its own: the rest of the statement before, perhaps.
                    self.lines[line.cell_id] = ("quarantined", statement_no - 1)
                    yield _stray(line.text, fragment.page_no, statement_no - 1, line.cell_id)
                elif is_first or _is_note(line.text):
                    self.lines[line.cell_id] = ("note", statement_no)
                else:
                    self.lines[line.cell_id] = ("quarantined", statement_no)
                    yield _stray(line.text, fragment.page_no, statement_no, line.cell_id)
            above = {fold_label(text) for _, text in fragment.lines}
            for cell_id, text in fragment.inner:
                is_note = cell_id in self.furniture and fold_label(text) not in above
                self.lines[cell_id] = ("note" if is_note else "repeat", statement_no)
            self.roles += _column_roles(statement_no, fragment, "header" if is_first else "repeat")

    def place_unmatched(
        self, fragments: Sequence[Fragment], groups: Sequence[Group]
    ) -> Iterable[Item]:
        """Grids that nothing fits; what may be the rest of a statement makes it partial."""
        statement_of = {
            id(f): number for number, group in enumerate(groups, 1) for f in group.fragments
        }
        before: int | None = None
        for fragment in fragments:
            before = statement_of.get(id(fragment), before)
            if isinstance(fragment.match, Match):
                continue
            for cell_id, _ in (*fragment.lines, *fragment.inner):
                said = "note" if cell_id in self.furniture else "quarantined"
                self.lines[cell_id] = (said, None)
            is_rest = before is not None and self._is_rest(fragment, groups[before - 1])
            yield Item(
                "grid", place_text(fragment.page_no, fragment.grid_no), fragment.match.rule_id,
                fragment.match.found, fragment.match.expected, "partial" if is_rest else "none",
                before if is_rest else None,
            )  # fmt: skip

    def _is_rest(self, fragment: Fragment, group: Group) -> bool:
        """Whether a table goes on after a statement: no line between, or text of a broken cell.

        Or one that begins with figures, whatever its columns are: it has no header of its own.
        """
        lines = [line for line in fragment.lines if line[0] not in self.furniture]
        read = [read_line(cell_id, text, group.layout) for cell_id, text in lines]
        is_headed = any(line.is_title or line.clues for line in read)
        same_width = fragment.width == group.fragments[0].width
        return not read or ((same_width or fragment.is_headless) and not is_headed)

    def place_rest(self, cells: pl.DataFrame, statements: int) -> Iterable[Item]:
        """Lines after the last grid: notes, or text that may be the rest of a broken cell."""
        rest = cells.filter((pl.col("grid_no") == 0) & (pl.col("text") != "")).sort("seq")
        for cell_id, text, page_no in rest.select("cell_id", "text", "page_no").iter_rows():
            if cell_id in self.lines:
                continue
            if statements and not _is_note(text) and cell_id not in self.furniture:
                self.lines[cell_id] = ("quarantined", statements)
                yield _stray(text, page_no, statements, cell_id)
            else:
                self.lines[cell_id] = ("note", None)

    def classify(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Cells with what they are.

        Adds ``disposition`` (null for blank cells and those of bodies), ``is_body``,
        ``statement_no``, ``width``, ``role`` and ``fund_source_id``.
        """
        line_frame = pl.DataFrame(
            [(cell_id, said, number) for cell_id, (said, number) in self.lines.items()],
            schema={
                "cell_id": pl.String,
                "line_disposition": pl.String,
                "line_statement": pl.Int32,
            },
            orient="row",
        )
        role_frame = pl.DataFrame(self.roles, schema=_ROLE_SCHEMA)
        of_table = role_frame.group_by("table_no").agg(
            pl.col("statement_no", "header_row", "width", "header_disposition").first()
        )
        of_column = role_frame.select("table_no", "table_col", "role", "fund_source_id")
        filled = pl.col("text") != ""
        is_repeat = (pl.col("role_in_table") == "repeat").fill_null(value=False)
        above = pl.col("table_row") < pl.col("header_row")
        below = pl.col("table_row") > pl.col("header_row")
        return (
            cells.join(line_frame, on="cell_id", how="left", maintain_order="left")
            .join(of_table, on="table_no", how="left", maintain_order="left")
            .join(of_column, on=["table_no", "table_col"], how="left", maintain_order="left")
            .with_columns(
                disposition=pl.when(~filled)
                .then(None)
                .when(pl.col("grid_no") == 0)
                .then(pl.col("line_disposition"))
                .when(pl.col("statement_no").is_null())
                .then(pl.lit("quarantined"))
                .when(is_repeat)
                .then(pl.lit("repeat"))
                .when(pl.col("table_row") == pl.col("header_row"))
                .then(pl.col("header_disposition"))
                .when(above)
                .then(pl.lit("note")),
                is_body=(below & ~is_repeat).fill_null(value=False),
                statement_no=pl.coalesce("statement_no", "line_statement"),
            )
            .drop("line_disposition", "line_statement", "header_row", "header_disposition")
        )


def _column_roles(
    statement_no: int, fragment: Fragment, header_disposition: str
) -> Iterable[dict[str, Any]]:
    match = fragment.match
    if not isinstance(match, Match):  # join_fragments groups no other
        return
    for col_no, column in match.columns.items():
        is_total = column.node == root("fund_source")
        yield {
            "table_no": fragment.table_no,
            "table_col": col_no,
            "statement_no": statement_no,
            "header_row": match.header_row,
            "width": fragment.width,
            "header_disposition": header_disposition,
            "role": column.role if column.role != "amount" else "total" if is_total else "fund",
            "fund_source_id": None if is_total else column.node,
        }


def _stray(text: str, page_no: int, statement_no: int, cell_id: str) -> Item:
    expected = "标题、标签、注 / a title, a label, a note"
    return Item("grid", place_text(page_no), "text_outside_grids", text, expected, "partial",
                statement_no, cell_id)  # fmt: skip


def _is_note(text: str) -> bool:
    return text.startswith(vocabulary().notes.starts)
