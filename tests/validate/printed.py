"""Statements as conform hands them on, made by hand: rows and columns along axes, with figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.values.keys import stable_key
from schemas.axes import ancestors, root

if TYPE_CHECKING:
    from collections.abc import Sequence

UNITS = ("unit", "unit_project", "unit_economic")
_AMOUNT = {
    "statement_id": pl.String, "block": pl.Int32, "line_no": pl.Int32, "column_no": pl.Int32,
    "row_role": pl.String, "unit_line": pl.Int32, "label": pl.String, "measure": pl.String,
    "row_axis": pl.String, "row_node": pl.String, "row_parent": pl.String,
    "column_axis": pl.String, "column_node": pl.String, "column_parent": pl.String,
    "period": pl.String, "phase": pl.String, "is_memo": pl.Boolean, "is_leaf": pl.Boolean,
    "text": pl.String, "digits": pl.Int64, "decimals": pl.Int32, "exponent": pl.Int32,
    "fen": pl.Int64, "cell_id": pl.String, "page_no": pl.Int32, "grid_no": pl.Int32,
    "row_no": pl.Int32, "col_no": pl.Int32, "sheet": pl.String, "address": pl.String,
}  # fmt: skip
_ROW = {name: _AMOUNT[name] for name in (
    "statement_id", "block", "line_no", "label", "row_axis", "row_node", "row_parent", "row_role",
    "unit_line",
)}  # fmt: skip
_COLUMN = {
    "statement_id": pl.String, "block": pl.Int32, "column_no": pl.Int32, "role": pl.String,
    "column_axis": pl.String, "node": pl.String, "period": pl.String, "phase": pl.String,
    "is_memo": pl.Boolean,
}  # fmt: skip
_STATEMENT = {
    "statement_id": pl.String, "reading_id": pl.String, "document_id": pl.String,
    "statement_no": pl.Int32, "kind": pl.String, "reporting_body_id": pl.String,
    "fiscal_year": pl.Int32, "phase": pl.String, "consolidation": pl.String,
    "layout_id": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A printed column of amounts."""

    node: str | None = None
    period: str = "this_year"
    phase: str | None = None
    is_memo: bool = False


@dataclass(frozen=True)
class Table:
    """A statement of one block.

    ``rows`` is, for each printed row, its name and its figures, None where it is blank: the name is
    the node; on axes of units ``合计``, a unit, or, indented, what stands below one.
    """

    kind: str
    rows: Sequence[tuple[str, Sequence[str | None]]]
    row_axis: str = "none"
    column_axis: str = "none"
    columns: Sequence[Column] = (Column(),)
    block: int = 1
    body: str = "body"
    year: int | None = 2026
    consolidation: str = "unknown"
    document: str = "document"
    no: int = 1
    memo_rows: Sequence[str] = ()
    layout_id: str | None = None

    @property
    def statement_id(self) -> str:
        return stable_key(self.document, self.no)

    def with_figure(self, line: int, column: int, text: str | None) -> Table:
        """The same with another figure; lines and columns from 0."""
        name, figures = self.rows[line]
        changed = [text if n == column else said for n, said in enumerate(figures)]
        rows = [(name, changed) if n == line else row for n, row in enumerate(self.rows)]
        return replace(self, rows=rows)


@dataclass
class _Made:
    statement: list[dict[str, Any]] = field(default_factory=list)
    row: list[dict[str, Any]] = field(default_factory=list)
    column: list[dict[str, Any]] = field(default_factory=list)
    amount: list[dict[str, Any]] = field(default_factory=list)


def by_fund(*nodes: str) -> list[Column]:
    return [Column(node) for node in nodes]


def frames(*tables: Table) -> dict[str, pl.DataFrame]:
    """``statement``, ``row``, ``column``, ``amount``, ``printed_amount`` of statements."""
    made = _Made()
    known: set[str] = set()
    for table in tables:
        if table.statement_id not in known:
            known.add(table.statement_id)
            made.statement.append(_statement(table))
        _add(made, table)
    amounts = pl.DataFrame(made.amount, schema=_AMOUNT)
    return {
        "statement": pl.DataFrame(made.statement, schema=_STATEMENT),
        "row": pl.DataFrame(made.row, schema=_ROW),
        "column": pl.DataFrame(made.column, schema=_COLUMN),
        "amount": amounts,
        "printed_amount": _printed(amounts),
    }


def _statement(table: Table) -> dict[str, Any]:
    return {
        "statement_id": table.statement_id, "reading_id": table.document,
        "document_id": table.document, "statement_no": table.no, "kind": table.kind,
        "reporting_body_id": table.body, "fiscal_year": table.year, "phase": "budget",
        "consolidation": table.consolidation, "layout_id": table.layout_id,
    }  # fmt: skip


def _add(made: _Made, table: Table) -> None:
    of = {"statement_id": table.statement_id, "block": table.block}
    nodes = [column.node for column in table.columns]
    for number, column in enumerate(table.columns):
        made.column.append(of | {
            "column_no": number, "role": "amount", "column_axis": table.column_axis,
            "node": column.node, "period": column.period, "phase": column.phase,
            "is_memo": column.is_memo,
        })  # fmt: skip
    for row, figures in zip(_rows(table), (figures for _, figures in table.rows), strict=True):
        made.row.append(of | row)
        for number, (column, text) in enumerate(zip(table.columns, figures, strict=True)):
            if text is not None:
                parent = _above(table.column_axis, column.node or "", nodes)
                figure = _figure(table, row["line_no"], number, text)
                is_memo = column.is_memo or row["label"] in table.memo_rows
                made.amount.append(
                    of | row | figure | {"column_parent": parent, "is_memo": is_memo}
                )


def _rows(table: Table) -> list[dict[str, Any]]:
    names = [name for name, _ in table.rows]
    unit: int | None = None
    found: list[dict[str, Any]] = []
    for line, name in enumerate(names, start=1):
        role, node, parent = "leaf", name, _above(table.row_axis, name, names)
        if table.row_axis in UNITS:
            total = "total" if "合计" in names else None
            if name == "合计":
                role, node, parent = "grand_total", "total", None
            elif name.startswith(" "):
                role = "leaf" if table.row_axis == "unit_economic" else "project"
                node, parent = str(line), str(unit) if unit else total
            else:
                role, node, parent, unit = "unit", str(line), total, line
        elif name == "" or (table.row_axis != "none" and name == root(table.row_axis)):
            role = "grand_total"
        found.append({
            "line_no": line, "label": name.strip(), "row_axis": table.row_axis, "row_node": node,
            "row_parent": parent, "row_role": role,
            "unit_line": unit if role in {"leaf", "project"} else None,
        })  # fmt: skip
    return found


def _above(axis: str, node: str, printed: Sequence[str | None]) -> str | None:
    """The nearest printed node above one."""
    if axis in {"function", "economic"}:
        shorter = [p for p in printed if p is not None and node.startswith(p) and p != node]
        return max(shorter, key=len, default=None)
    if axis == "expenditure_line" and node.isdigit():
        return next((n for n in ("current_expenditure", "total_expenditure") if n in printed), None)
    tree = "expenditure_type" if axis == "expenditure_line" else axis
    return next((n for n in ancestors(tree, node) if n in printed), None)


def _figure(table: Table, line: int, number: int, text: str) -> dict[str, Any]:
    column = table.columns[number]
    value = Decimal(text.replace(",", ""))
    decimals = len(text.partition(".")[2])
    measure = {None: "amount", "all_funds": "total"}.get(column.node, column.node)
    return {
        "column_no": number, "measure": measure, "column_axis": table.column_axis,
        "column_node": column.node or "", "period": column.period, "phase": column.phase,
        "is_leaf": False, "text": text, "digits": int(value.scaleb(decimals)),
        "decimals": decimals, "exponent": 4, "fen": int(value.scaleb(6)), "page_no": table.no,
        "grid_no": table.block, "row_no": line, "col_no": number + 1,
        "cell_id": stable_key(table.document, table.no, table.block, line, number),
    }  # fmt: skip


def _printed(amounts: pl.DataFrame) -> pl.DataFrame:
    """``printed_amount`` of amounts in 万元."""
    money = pl.Decimal(18, 2)
    place = pl.lit(10, dtype=pl.Int64).pow((6 - pl.col("decimals")).clip(0).cast(pl.UInt32))
    return amounts.with_columns(
        amount_yuan=(pl.col("fen").cast(pl.Decimal(38, 2)) / 100).cast(money),
        last_place_yuan=pl.when(pl.col("decimals") <= 6).then(
            (place.cast(pl.Decimal(38, 2)) / 100).cast(money)
        ),
        place=pl.format("p{} r{} c{}", "page_no", "row_no", "col_no"),
    )
