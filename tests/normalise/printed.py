"""Tables printed in memory as recognition hands them on, and what normalising makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.normalise.records import normalise
from pipelines.recognise.frames import COLUMN_SCHEMA, FIELD_SCHEMA, STATEMENT_SCHEMA
from pipelines.recognise.items import ITEM_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CELL_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String, "document_id": pl.String, "cell_id": pl.String,
    "owner_id": pl.String, "page_no": pl.Int32, "grid_no": pl.Int32, "row_no": pl.Int32,
    "col_no": pl.Int32, "col_span": pl.Int32, "table_no": pl.Int32, "table_row": pl.Int32,
    "table_col": pl.Int32, "table_row_span": pl.Int32, "table_col_span": pl.Int32,
    "part_no": pl.Int32, "text_from": pl.Int32, "role_in_table": pl.String, "text": pl.String,
    "statement_no": pl.Int32, "is_body": pl.Boolean, "width": pl.Int32,
    "disposition": pl.String, "sheet": pl.String, "address": pl.String, "stored": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Over:
    """A merged cell."""

    text: str
    cols: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Column:
    """A printed column; several with one number stand under one header."""

    role: str
    node: str | None = None
    block: int = 1
    number: int | None = None
    period: str = "this_year"
    phase: str | None = None
    is_memo: bool = False
    is_spread: bool = False
    is_carried: bool = False
    is_recurring: bool = False


Printed = list[list[str | Over]]
LABEL, CODE, AMOUNT = Column("label"), Column("code"), Column("amount")


@dataclass(frozen=True)
class Table:
    """A statement: columns from the left, rows below the header of each of its tables."""

    columns: Sequence[Column | None]
    rows: Printed
    axes: Sequence[tuple[str, str]] = (("function", "none"),)
    more: Sequence[Printed] = ()
    fiscal_year: int | None = 2026
    shape: str = "row_per_code"
    unit: str = "万元"
    body: str | None = None


@dataclass
class Read:
    """What a batch was read as."""

    frames: dict[str, pl.DataFrame] = field(repr=False)

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of printed rows, in order."""
        return self.frames["row"].select(columns).rows()

    def nodes(self, block: int = 1) -> list[tuple[str | None, str | None, bool]]:
        """Node, nearest printed node above, and whether it is a leaf: of each row of a block."""
        mine = self.frames["row"].filter(pl.col("block") == block)
        return mine.select("row_node", "row_parent", "is_row_leaf").rows()

    def amounts(self, *columns: str, block: int | None = None) -> list[tuple[Any, ...]]:
        """Columns of stated amounts, in order."""
        frame = self.frames["amount"]
        mine = frame if block is None else frame.filter(pl.col("block") == block)
        return mine.select(columns).rows()

    def items(self, *columns: str) -> list[Any]:
        """Columns of what waits; the rules if none is named."""
        rows = self.frames["item"].select(columns or ("rule_id",)).rows()
        return rows if len(columns) > 1 else [value for (value,) in rows]

    def said(self) -> dict[str, str]:
        """Text → disposition of each cell that says something; texts are to differ."""
        body = self.frames["cell"].filter(pl.col("text") != "")
        return dict(body.select("text", "disposition").rows())


def read(*tables: Table) -> Read:
    """A document that prints these statements, normalised."""
    cells: list[tuple[Any, ...]] = []
    columns: list[tuple[Any, ...]] = []
    statements = []
    table_no = count(1)
    for statement_no, table in enumerate(tables, 1):
        for rows in (table.rows, *table.more):
            number = next(table_no)
            cells += _cells(rows, statement_no, number, len(table.columns))
            columns += _columns(table, statement_no, number)
        statements.append({
            "reading_id": "r", "document_id": "d", "statement_no": statement_no,
            "shape": table.shape, "fiscal_year": table.fiscal_year, "unit": table.unit,
            "body": table.body,
        })  # fmt: skip
    return Read(
        normalise(
            {
                "cell": pl.DataFrame(cells, schema=_CELL_SCHEMA, orient="row"),
                "column": pl.DataFrame(columns, schema=COLUMN_SCHEMA, orient="row"),
                "field": pl.DataFrame(schema=FIELD_SCHEMA),
                "statement": pl.DataFrame(statements, schema=STATEMENT_SCHEMA),
                "item": pl.DataFrame(schema=ITEM_SCHEMA),
            }
        )
    )


def _columns(table: Table, statement_no: int, table_no: int) -> Iterator[tuple[Any, ...]]:
    for table_col, column in enumerate(table.columns, 1):
        if column is None:
            continue
        row_axis, column_axis = table.axes[column.block - 1]
        number = column.number if column.number is not None else table_col - 1
        yield ("r", statement_no, table_no, table_col, number, column.block, column.role, row_axis,
               column_axis, column.node, column.period, column.phase, column.is_memo,
               column.is_spread, column.is_carried, column.is_recurring)  # fmt: skip


def _cells(
    rows: Printed, statement_no: int, table_no: int, width: int
) -> Iterator[tuple[Any, ...]]:
    """Cells from the left, each at the next place that no cell above covers."""
    taken: set[tuple[int, int]] = set()
    for row_no, row in enumerate(rows, 2):
        places = (col for col in count(1) if (row_no, col) not in taken)
        for printed in row:
            cell = printed if isinstance(printed, Over) else Over(printed)
            col = next(places)
            taken |= {(row_no + r, col + c) for r in range(cell.rows) for c in range(cell.cols)}
            cell_id = f"{table_no}/{row_no}/{col}"
            yield ("r", "d", cell_id, cell_id, 1, table_no, row_no, col, cell.cols, table_no,
                   row_no, col, cell.rows, cell.cols, 0, 0, "body", cell.text,
                   statement_no, True, width, None, None, None, None)  # fmt: skip
