"""Logical tables: the grids of a document joined over its pages, every cell naming its sources.

Nothing is lost and nothing edited: each printed cell is a logical cell, a part of an earlier one,
or a repeat of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.extract.grids import GIVEN
from pipelines.recognise.headers import read_header
from pipelines.recognise.joins import Before, Fit, Join, fit
from pipelines.recognise.pieces import read_pieces
from pipelines.recognise.seams import Columns, Owner, Seam, read_seam
from pipelines.values.keys import key_expr

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pipelines.extract.grids import Extraction
    from pipelines.recognise.pieces import Piece, Printed
    from pipelines.recognise.seams import Glued

    Row = Sequence[Printed]

#: What tables add to cells. Lines outside of grids are in table 0 and of no role.
#: ``table_row``, ``table_col``: the logical position, from 1; of a part, where it is printed: a
#: merged cell that a page cuts has parts in several rows. ``table_row_span``: rows it covers
#: there; the rest of a row that shares cells with a header covers one. ``table_col_span``: columns
#: of the table, of which a page whose rows are all merged prints fewer.
#: ``owner_id``: the cell this is a part of, itself if it is none; the text of a logical cell is
#: that of its parts by ``part_no``, each from ``text_from`` on, repeats left out.
#: ``role_in_table``: body, header, repeat (of a header or of a merged cell's text).
TABLE_SCHEMA: dict[str, Any] = {
    "table_no": pl.Int32,
    "table_row": pl.Int32,
    "table_col": pl.Int32,
    "table_row_span": pl.Int32,
    "table_col_span": pl.Int32,
    "owner_id": pl.String,
    "part_no": pl.Int32,
    "role_in_table": pl.String,
    "text_from": pl.Int32,
}


@dataclass
class Tables:
    """Cells with the columns of ``TABLE_SCHEMA``, and the joins that made the tables."""

    cells: pl.DataFrame
    joins: list[Join] = field(default_factory=list)


def named_cells(extraction: Extraction) -> pl.DataFrame:
    """A document's cells with ``cell_id``: by the document and the place where each is printed."""
    document = pl.lit(extraction.document_id)
    place = ("page_no", "grid_no", "row_no", "col_no")
    return extraction.cells.with_columns(cell_id=key_expr(document, *place))


def read_tables(
    extraction: Extraction, cells: pl.DataFrame, furniture: Collection[str] = ()
) -> Tables:
    """Join the grids of a document to logical tables.

    Args:
        extraction: The document; where the file itself gives the grids (workbooks, text), each is
            a table of its own: no page cuts it.
        cells: Its cells with ``cell_id``.
        furniture: Lines (``cell_id``) that belong to the page and not to any table.
    """
    if all(grid.method == GIVEN for grid in extraction.grids):
        return Tables(each_grid_a_table(cells))
    joins: list[Join] = []
    placed: list[tuple[Any, ...]] = []
    table: _Table | None = None
    for piece in read_pieces(extraction, cells, furniture):
        how = fit(table.before, piece) if table else None
        if table is not None and how is not None:
            joins += table.go_on(piece, how)
        else:
            if table is not None:
                placed += table.placed
            table = _Table(table.number + 1 if table else 1, piece)
    if table is not None:
        placed += table.placed
    frame = pl.DataFrame(placed, schema={"cell_id": pl.String, **TABLE_SCHEMA}, orient="row")
    joined = cells.join(frame, on="cell_id", how="left", maintain_order="left")
    return Tables(_outside(_with_margins(joined)), joins)


def each_grid_a_table(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the columns of ``TABLE_SCHEMA``, no grid joined to another."""
    zero = pl.lit(0, dtype=pl.Int32)
    return cells.with_columns(
        table_no="grid_no", table_row="row_no", table_col="col_no", table_row_span="row_span",
        table_col_span="col_span", owner_id="cell_id", part_no=zero, text_from=zero,
        role_in_table=pl.when(pl.col("grid_no") > 0).then(pl.lit("body")),
    ).select(*cells.columns, *TABLE_SCHEMA)  # fmt: skip


def logical_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Logical cells: those that are no parts and no repeats, each with the text of its parts.

    ``col_span`` is what each covers of its table.

    Args:
        cells: Cells of a batch with ``reading_id`` and the columns of ``TABLE_SCHEMA``.
    """
    printed = cells.filter(pl.col("role_in_table") != "repeat")
    is_cut = (pl.col("part_no") > 0) | (pl.col("text_from") > 0)
    owners = printed.filter(pl.col("part_no") == 0).with_columns(col_span="table_col_span")
    cut = printed.filter(is_cut).select("reading_id", "owner_id").unique()
    if cut.is_empty():
        return owners
    texts = (
        printed.join(cut, on=["reading_id", "owner_id"], how="semi")
        .sort("part_no", maintain_order=True)
        .group_by("reading_id", "owner_id")
        .agg(logical=pl.col("text").str.slice(pl.col("text_from")).str.join(""))
    )
    joined = owners.join(texts, on=["reading_id", "owner_id"], how="left", maintain_order="left")
    return joined.with_columns(text=pl.coalesce("logical", "text")).drop("logical")


def _with_margins(cells: pl.DataFrame) -> pl.DataFrame:
    """Blank cells of margins placed beside the cells of their row, of which they are none."""
    is_margin = (pl.col("grid_no") > 0) & pl.col("table_no").is_null()
    place = ("table_no", "table_row", "table_col")
    beside = (
        cells.filter(pl.col("table_no").is_not_null())
        .sort("grid_no", "row_no", "col_no")
        .unique(["grid_no", "row_no"], keep="first", maintain_order=True)
        .select("grid_no", "row_no", *(pl.col(c).alias(f"beside_{c}") for c in place))
    )
    placed = cells.filter(is_margin).sort("row_no").join_asof(
        beside.sort("row_no"), on="row_no", by="grid_no", strategy="backward",
        check_sortedness=False,
    ).select("cell_id", *(f"beside_{c}" for c in place))  # fmt: skip
    return (
        cells.join(placed, on="cell_id", how="left", maintain_order="left")
        .with_columns(
            *(pl.coalesce(c, f"beside_{c}").alias(c) for c in place),
            role_in_table=pl.when(is_margin).then(pl.lit("repeat")).otherwise("role_in_table"),
        )
        .drop(f"beside_{c}" for c in place)
    )


def _outside(cells: pl.DataFrame) -> pl.DataFrame:
    """Lines outside of grids: in no table, each its own owner."""
    return cells.with_columns(
        table_no=pl.col("table_no").fill_null(0),
        table_row=pl.coalesce("table_row", "row_no"),
        table_col=pl.coalesce("table_col", "col_no"),
        table_row_span=pl.coalesce("table_row_span", "row_span"),
        table_col_span=pl.coalesce("table_col_span", "col_span"),
        owner_id=pl.coalesce("owner_id", "cell_id"),
        part_no=pl.col("part_no").fill_null(0),
        text_from=pl.col("text_from").fill_null(0),
    )


class _Table:
    """A logical table while it grows."""

    def __init__(self, number: int, piece: Piece) -> None:
        self.number = number
        self.placed: list[tuple[Any, ...]] = []
        self._first = self._last = piece
        self._head = read_header(piece.rows, piece.width)
        self._columns = Columns()
        self._bottom: dict[int, Owner] = {}
        self._width = piece.width
        self._is_wide = False
        height = len(self._head.rows)
        for row in self._head.rows:
            for cell in row:
                self._place(cell, cell.row, "header")
        self._rows = height
        #: The last row, which the page's end may cut: it says nothing of what columns hold.
        self._last_row: Row | None = None
        body = piece.rows[height:]
        self._key = body[0][0] if body and body[0] else None
        self._append(piece, body, {}, _Head(height))

    @property
    def before(self) -> Before:
        """What the next grid is held against."""
        last_row = [self._last_row] if self._last_row else []
        columns = self._columns.with_rows(last_row, len(self._last.rows))
        return Before(self._first, self._last, self._head, columns, self._bottom, self._key,
                      self._is_wide)  # fmt: skip

    def go_on(self, piece: Piece, how: Fit) -> list[Join]:
        """Take in a piece that goes on with this table; return the joins, in order."""
        piece = how.piece or piece
        joins = [Join(how.rule_id, self.number, piece.page.page_no, piece.grid.grid_no, 1)]
        if how.rule_id == "columns_appended":
            self._append_columns(piece, how.edges)
        else:
            head = self._drop_header(piece, how)
            body = [*head.rest, *piece.rows[head.height :]]
            seam = self._seam(piece, body)
            parts = {part.cell.cell_id: part for part in seam.glued}
            self._append(piece, body, parts, head, is_glued=seam.row_rule is not None)
            first = head.height + (0 if head.rest else 1)
            rules = dict.fromkeys(p.rule_id for p in seam.glued if head.prints(p.cell))
            joins += [replace(joins[0], rule_id=rule_id, row_no=first) for rule_id in rules]
        self._last = piece
        return joins

    def _drop_header(self, piece: Piece, how: Fit) -> _Head:
        """Place a repeated header; what its cells hold besides is the piece's first row."""
        if how.repeat is None:
            return _Head(0)
        height, rest_from = how.height, how.repeat.rest_from
        cells = [cell for row in piece.rows[:height] for cell in row]
        for cell in cells:
            if cell.cell_id not in rest_from:
                self._place(cell, how.repeat.offset + cell.row, "repeat")
        if not rest_from:
            return _Head(height)
        rest = [
            replace(
                cell, row=height, row_span=1,
                text=cell.text[rest_from[cell.cell_id] :] if cell.cell_id in rest_from else "",
            )
            for cell in sorted(cells, key=lambda cell: cell.col)
            if cell.bottom == height
        ]  # fmt: skip
        return _Head(height, [rest], rest_from)

    def _seam(self, piece: Piece, body: Sequence[Row]) -> Seam:
        if self._key is None or not body:
            return Seam([], None)
        is_open = self._last.is_open("bottom") or piece.is_open("top")
        columns = self._columns.with_rows(body[1:-1], len(piece.rows))
        return read_seam(self._bottom, body[0], columns, is_open=is_open)

    def _append(
        self,
        piece: Piece,
        body: Sequence[Row],
        parts: Mapping[str, Glued],
        head: _Head,
        *,
        is_glued: bool = False,
    ) -> None:
        """Place the rows of a piece below those that are there, the first perhaps in the last."""
        if not body:
            return
        first = head.height + (0 if head.rest else 1)
        shift = self._rows + (0 if is_glued else 1) - first
        bottom: dict[int, Owner] = {}
        for row in body:
            for cell in row:
                part = parts.get(cell.cell_id)
                owner = self._place_body(cell, shift, part, head)
                # A cell that only repeats the header is none of the row's: nothing goes on in it.
                is_own = part is not None or head.prints(cell)
                if is_own and cell.bottom == len(piece.rows):
                    bottom.update(dict.fromkeys(cell.columns, owner))
        self._bottom = bottom
        own = [[cell for cell in body[0] if cell.cell_id not in parts], *body[1:]]
        self._count(own, len(piece.rows), is_glued=is_glued)
        self._rows = len(piece.rows) + shift
        self._key = self._key or (body[0][0] if body[0] else None)

    def _place_body(self, cell: Printed, shift: int, part: Glued | None, head: _Head) -> Owner:
        """Place a cell; return the logical cell it is or is part of."""
        start = head.rest_from.get(cell.cell_id, 0)
        row = cell.row + shift
        if part is None:
            if head.prints(cell):
                self._place(cell, row, "body", text_from=start)
            return Owner.of(cell, row)
        role = "repeat" if part.is_repeat else "body"
        if head.prints(cell):
            self._place(cell, row, role, part.owner, text_from=start)
        return part.owner.with_part(cell, is_repeat=part.is_repeat, is_span=cell.row_span > 1)

    def _count(self, body: Sequence[Row], end: int, *, is_glued: bool) -> None:
        """What columns hold, by the rows that no page's end cuts."""
        if is_glued:
            self._columns.add(body[1:-1], end)
            self._last_row = body[-1] if len(body) > 1 else None
            return
        if self._last_row is not None:
            self._columns.add([self._last_row], len(self._last.rows))
        self._columns.add(body[:-1], end)
        self._last_row = body[-1]

    def _append_columns(self, piece: Piece, edges: Sequence[int]) -> None:
        """Place a piece to the right, each row beside those that it is as high as."""
        height = len(read_header(piece.rows, piece.width).rows)
        for row in piece.rows:
            for cell in row:
                top, end = edges[cell.row - 1], edges[cell.bottom]
                moved = replace(cell, col=cell.col + self._width, row_span=end - top)
                self._place(moved, top + 1, "header" if cell.row <= height else "body")
        self._width += piece.width
        self._is_wide = True

    def _place(
        self,
        cell: Printed,
        row: int,
        role: str,
        owner: Owner | None = None,
        text_from: int = 0,
    ) -> None:
        owner_id, part_no = (owner.cell_id, owner.parts) if owner else (cell.cell_id, 0)
        self.placed.append(
            (
                cell.cell_id,
                self.number,
                row,
                cell.col,
                cell.row_span,
                cell.col_span,
                owner_id,
                part_no,
                role,
                text_from,
            )
        )


@dataclass(frozen=True)
class _Head:
    """What a piece repeats of a header: rows, and the row that shares cells with it, if any."""

    height: int
    rest: list[Row] = field(default_factory=list)
    rest_from: Mapping[str, int] = field(default_factory=dict)

    def prints(self, cell: Printed) -> bool:
        """Whether a cell of the body holds more than the header."""
        return not self.rest or cell.row > self.height or cell.cell_id in self.rest_from
