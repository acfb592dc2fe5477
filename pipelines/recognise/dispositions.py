"""Dispositions: what each cell and line of a document is to its statements; nothing is left out.

Cells of the body of a statement get theirs when normalisation knows the roles of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.items import Item, place_text
from pipelines.recognise.match import Match
from pipelines.recognise.notes import Notes
from pipelines.values.text import fold_label
from schemas.axes import root

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.recognise.fragments import Fragment
    from pipelines.recognise.groups import Group
    from pipelines.recognise.headings import Heading

#: What a matched table's rows are.
_TABLE_SCHEMA: dict[str, Any] = {
    "table_no": pl.Int32,
    "statement_no": pl.Int32,
    "first_row": pl.Int32,
    "header_to": pl.Int32,
    "last_row": pl.Int32,
    "width": pl.Int32,
    "is_first": pl.Boolean,
}


@dataclass
class Dispositions:
    """What the lines, the rows and the columns of one document's tables are.

    Attributes:
        notes: What tells notes from the rest of a table.
        lines: Line → disposition and statement.
        tables: Rows of ``_TABLE_SCHEMA``.
        columns: Rows of COLUMN_SCHEMA, ``reading_id`` left out.
    """

    notes: Notes = field(default_factory=Notes)
    lines: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)

    def place_statement(self, statement_no: int, group: Group) -> Iterable[Item]:
        """Lines above a statement's grids, and what its rows and columns are."""
        for fragment in group.fragments:
            is_first = fragment is group.fragments[0]
            yield from self._place_lines(statement_no, fragment, is_first=is_first)
            above = {fold_label(text) for _, text in fragment.lines}
            for cell_id, text in fragment.inner:
                is_note = cell_id in self.notes.furniture and fold_label(text) not in above
                self.lines[cell_id] = ("note" if is_note else "repeat", statement_no)
            if isinstance(fragment.match, Match):  # join_fragments groups no other
                place = {"table_no": fragment.table_no, "statement_no": statement_no}
                self.tables.append(place | _rows(fragment.match, fragment.width, is_first=is_first))
                self.columns += [place | row for row in column_rows(fragment.match)]

    def _place_lines(
        self, statement_no: int, fragment: Fragment, *, is_first: bool
    ) -> Iterable[Item]:
        """Titles and labels; lines before them may be the rest of the table before."""
        said = [line for line in fragment.read if line.is_title or line.clues]
        for line in said:
            what = "title" if line.is_title else "context"
            self.lines[line.cell_id] = (what if is_first else "repeat", statement_no)
        known = {line.cell_id for line in said}
        cell_ids = [line.cell_id for line in fragment.read]
        start = next((n for n, cell_id in enumerate(cell_ids) if cell_id in known), len(cell_ids))
        before = statement_no - 1 if is_first else statement_no
        after = fragment.lines if not is_first else fragment.lines[:start] if before else []
        for cell_id, text, is_note in self.notes.after(after, fragment.table_no - 1):
            if cell_id in known:
                continue
            self.lines[cell_id] = ("note" if is_note else "quarantined", before)
            if not is_note:
                yield _stray(text, fragment.page_no, before, cell_id)
        for cell_id in cell_ids:
            self.lines.setdefault(cell_id, ("note", statement_no))

    def place_headings(self, headings: Iterable[Heading]) -> None:
        """Headings are context of what follows; those of running prose were never lines above."""
        for heading in headings:
            for cell_id in heading.cell_ids:
                said, number = self.lines.get(cell_id, ("note", None))
                if said == "note":
                    self.lines[cell_id] = ("context", number)

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
                said = "note" if cell_id in self.notes.furniture else "quarantined"
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
        lines = [line for line in fragment.lines if line[0] not in self.notes.furniture]
        read = [line for line in fragment.read if line.cell_id not in self.notes.furniture]
        is_headed = fragment.title is not None or any(line.clues for line in read)
        same_width = fragment.width == group.fragments[0].width
        return not lines or ((same_width or fragment.is_headless) and not is_headed)

    def place_rest(self, cells: pl.DataFrame, statements: int) -> Iterable[Item]:
        """Lines after the last grid: notes, or text that may be the rest of a broken cell."""
        rest = cells.filter((pl.col("grid_no") == 0) & (pl.col("text") != "")).sort("seq")
        rest = rest.filter(~pl.col("cell_id").is_in(list(self.lines)))
        pages = dict(rest.select("cell_id", "page_no").iter_rows())
        last: Any = cells["table_no"].max() or 0
        lines = rest.select("cell_id", "text").iter_rows()
        for cell_id, text, is_note in self.notes.after(lines, last):
            if statements and not is_note:
                self.lines[cell_id] = ("quarantined", statements)
                yield _stray(text, pages[cell_id], statements, cell_id)
            else:
                self.lines[cell_id] = ("note", statements or None)

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
        table_frame = pl.DataFrame(self.tables, schema=_TABLE_SCHEMA)
        filled = pl.col("text") != ""
        is_repeat = (pl.col("role_in_table") == "repeat").fill_null(value=False)
        below = pl.col("table_row") > pl.col("last_row")
        return (
            cells.join(line_frame, on="cell_id", how="left", maintain_order="left")
            .join(table_frame, on="table_no", how="left", maintain_order="left")
            .join(_roles(self.columns), on=["table_no", "table_col"], how="left",
                  maintain_order="left")
            .with_columns(
                disposition=pl.when(~filled)
                .then(None)
                .when((pl.col("grid_no") > 0) & pl.col("statement_no").is_null())
                .then(pl.lit("quarantined"))
                .when(is_repeat)
                .then(pl.lit("repeat"))
                .when(pl.col("line_disposition").is_not_null())
                .then(pl.col("line_disposition"))
                .when(~below & ~pl.col("is_first"))
                .then(pl.lit("repeat"))
                .when(pl.col("table_row").is_between("first_row", "header_to"))
                .then(pl.lit("header"))
                .when(pl.col("table_row").is_between("header_to", "last_row"))
                .then(pl.lit("line_number"))
                .when(pl.col("table_row") < pl.col("first_row"))
                .then(pl.lit("note")),
                is_body=(below & ~is_repeat).fill_null(value=False),
                statement_no=pl.coalesce("statement_no", "line_statement"),
            )
            .drop("line_disposition", "line_statement", "first_row", "header_to", "last_row",
                  "is_first")
        )  # fmt: skip


def column_rows(match: Match) -> Iterable[dict[str, Any]]:
    """What each printed column of a table is, as far as the layout explains it."""
    for col, index in sorted(match.columns.items()):
        column = match.layout.columns[index]
        block = match.layout.blocks[column.block - 1]
        yield {
            "table_col": col,
            "column_no": index,
            "block": column.block,
            "role": column.role,
            "row_axis": block.rows,
            "column_axis": block.columns,
            "node": column.node,
            "period": column.period,
            "phase": column.phase,
            "is_memo": column.is_memo,
            "is_spread": column.is_spread,
            "is_carried": column.is_carried,
        }


def _rows(match: Match, width: int, *, is_first: bool) -> dict[str, Any]:
    return {
        "first_row": match.first_row,
        "header_to": match.header_to,
        "last_row": match.last_row,
        "width": width,
        "is_first": is_first,
    }


def _roles(columns: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Column → its role and fund, in the words of ``normalise`` as it is."""
    schema = {"table_no": pl.Int32, "table_col": pl.Int32, "role": pl.String, "node": pl.String,
              "column_axis": pl.String}  # fmt: skip
    frame = pl.DataFrame([{k: row[k] for k in schema} for row in columns], schema=schema)
    is_fund = (pl.col("role") == "amount") & (pl.col("column_axis") == "fund_source")
    is_total = is_fund & (pl.col("node") == root("fund_source"))
    return frame.select(
        "table_no",
        "table_col",
        role=pl.when(is_total).then(pl.lit("total")).when(is_fund).then(pl.lit("fund"))
        .otherwise("role"),
        fund_source_id=pl.when(is_fund & ~is_total).then("node"),
    )  # fmt: skip


def _stray(text: str, page_no: int, statement_no: int, cell_id: str) -> Item:
    expected = "标题、标签、注 / a title, a label, a note"
    return Item("grid", place_text(page_no), "text_outside_grids", text, expected, "partial",
                statement_no, cell_id)  # fmt: skip
