"""Dispositions: what each cell and line of a document is to its statements; nothing is left out.

Cells of the body of a statement get theirs when normalisation knows the roles of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.recognise.forms import Form
from pipelines.recognise.match import Match
from pipelines.recognise.notes import note_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.recognise.groups import Group
    from pipelines.recognise.lines import Lines

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
_LINE_SCHEMA: dict[str, Any] = {
    "cell_id": pl.String,
    "line_disposition": pl.String,
    "line_statement": pl.Int32,
}


def classify(cells: pl.DataFrame, lines: Lines) -> pl.DataFrame:
    """Cells with what they are.

    Adds ``disposition`` (null for blank cells and those of bodies), ``is_body``,
    ``statement_no`` and ``width``. A row of a body that is only a note is none of it; where it says
    that the table is empty, ``lines`` learn it.

    Args:
        cells: A document's cells, with the columns of ``tables.TABLE_SCHEMA``.
        lines: What its lines are.
    """
    tables = pl.DataFrame(list(_tables(lines.groups)), schema=_TABLE_SCHEMA)
    placed = [(cell_id, said, number) for cell_id, (said, number) in lines.placed.items()]
    line_frame = pl.DataFrame(placed, schema=_LINE_SCHEMA, orient="row")
    is_repeat = (pl.col("role_in_table") == "repeat").fill_null(value=False)
    is_below = pl.col("table_row") > pl.col("last_row")
    joined = (
        cells.join(line_frame, on="cell_id", how="left", maintain_order="left")
        .join(tables, on="table_no", how="left", maintain_order="left")
        .with_columns(
            is_body=(is_below & ~is_repeat & pl.col("line_disposition").is_null()).fill_null(
                value=False
            )
        )
    )
    notes = _notes(joined, lines)
    place = ["table_no", "table_row"]
    is_note = pl.col("is_note").fill_null(value=False)
    return (
        joined.join(notes, on=place, how="left", maintain_order="left")
        .with_columns(
            disposition=pl.when(pl.col("text") == "")
            .then(None)
            .when(pl.col("table_no").is_in(list(lines.foreign)))
            .then(pl.lit("note"))
            .when((pl.col("grid_no") > 0) & pl.col("statement_no").is_null())
            .then(pl.lit("quarantined"))
            .when(is_repeat)
            .then(pl.lit("repeat"))
            .when(pl.col("line_disposition").is_not_null())
            .then("line_disposition")
            .when(~is_below & ~pl.col("is_first"))
            .then(pl.lit("repeat"))
            .when(pl.col("table_row").is_between("first_row", "header_to"))
            .then(pl.lit("header"))
            .when(pl.col("table_row").is_between("header_to", "last_row"))
            .then(pl.lit("line_number"))
            .when(~is_below | is_note)
            .then(pl.lit("note")),
            is_body=pl.col("is_body") & ~is_note,
            statement_no=pl.coalesce("statement_no", "line_statement"),
        )
        .select(*cells.columns, "disposition", "is_body", "statement_no", "width")
    )


def _notes(joined: pl.DataFrame, lines: Lines) -> pl.DataFrame:
    """Rows of bodies that are notes; those that say that a table is empty, ``lines`` keep."""
    titles = {number: group.title for number, group in enumerate(lines.groups, 1)}
    found = note_rows(joined.filter(pl.col("is_body")), titles)
    empty = found.filter("is_empty").select("statement_no", "cell_id").iter_rows()
    for statement_no, cell_id in empty:
        lines.empty.setdefault(statement_no, cell_id)
    return found.select("table_no", "table_row", is_note=pl.lit(value=True))


def _tables(groups: Iterable[Group]) -> Iterator[dict[str, Any]]:
    for number, group in enumerate(groups, 1):
        for fragment in group.fragments:
            match = fragment.match
            if isinstance(match, Form):  # it has no header row: below its titles all is body
                top = match.top_of(fragment.table_no)
                place = {"first_row": top + 1, "header_to": top, "last_row": top}
            elif isinstance(match, Match):
                place = {
                    "first_row": match.first_row,
                    "header_to": match.header_to,
                    "last_row": match.last_row,
                }
            else:  # no other is in a group
                continue
            yield place | {
                "table_no": fragment.table_no,
                "statement_no": number,
                "width": fragment.width,
                "is_first": fragment is group.fragments[0],
            }
