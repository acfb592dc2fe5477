"""What is read of a file, page by page and table by table, without any warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.archive import sha256_of
from pipelines.recognise.furniture import furniture
from pipelines.recognise.tables import (
    Tables,
    each_grid_a_table,
    logical_cells,
    named_cells,
    read_tables,
)
from pipelines.serve.guarded import read_guarded
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.extract.grids import Extraction, Grid, Page, Refusal
    from pipelines.settings import Settings


class RefusedDocumentError(ValueError):
    """A file that cannot be read: why, what was expected, what to do."""


class UnknownPlaceError(LookupError):
    """The file has no such page, or no such grid."""


@dataclass(frozen=True)
class PageAccount:
    """A page: its size in points as shown, and what became of its printed characters.

    ``sheet``: the name of a workbook's sheet, which is its page. ``flags``: what makes it
    doubtful, and where, if that is known. ``unexplained``: printed less those in cells, in lines
    and dropped; anything but 0 is a fault.
    """

    page_no: int
    sheet: str | None
    width: float | None
    height: float | None
    rotation: int
    characters: int
    in_cells: int
    in_lines: int
    dropped: dict[str, int]
    unexplained: int
    flags: list[str]
    refusal: str | None


@dataclass(frozen=True)
class ReadCell:
    """A cell at its first row and column; the positions it covers are no cells.

    Attributes:
        places: Where its parts are printed: page, grid, row, column. One that no page cuts has one.
    """

    row_no: int
    col_no: int
    row_span: int
    col_span: int
    text: str
    is_header: bool
    places: list[tuple[int, int, int, int]]


@dataclass(frozen=True)
class ReadJoin:
    """How a grid, or a row or cell of it, goes on with the table before it."""

    rule_id: str
    page_no: int
    grid_no: int
    detail: str


@dataclass(frozen=True)
class ReadTable:
    """A table: a grid, or grids joined over pages; the lines above it, and how it was found.

    ``open_sides``: of a single grid, where no rule closes it: it may go on there.
    """

    grid_nos: list[int]
    page_nos: list[int]
    methods: list[str]
    open_sides: list[str]
    lines_above: list[str]
    cells: list[ReadCell]
    joins: list[ReadJoin] = field(default_factory=list)

    @property
    def rows(self) -> list[int]:
        """Numbers of its rows, in order; without those that are left out of what is shown."""
        return sorted({row for c in self.cells for row in range(c.row_no, c.row_no + c.row_span)})

    @property
    def width(self) -> int:
        """Columns, those that merged cells cover too."""
        return max(cell.col_no + cell.col_span - 1 for cell in self.cells)

    def of_page(self, page_no: int) -> ReadTable:
        """The header, and what is printed on one page."""
        cells = [c for c in self.cells if c.is_header or any(p[0] == page_no for p in c.places)]
        return replace(self, cells=cells, joins=[j for j in self.joins if j.page_no == page_no])


@dataclass(frozen=True)
class ReadFile:
    """A file as a night would read it; ``refusal`` says why not, if so."""

    path: str
    sha256: str
    media_type: str
    encoding: str | None
    refusal: str | None
    pages: list[PageAccount] = field(default_factory=list)
    tables: list[ReadTable] = field(default_factory=list)
    lines_after: list[str] = field(default_factory=list)


def read_file(settings: Settings, path: Path, *, physical: bool = False) -> ReadFile:
    """Read a file as a night would, and tell what was read of it.

    Args:
        settings: What reading it may take; nothing is written, and no warehouse is needed.
        path: The file; its name means nothing.
        physical: Grids as they are printed, not joined over pages.

    Raises:
        OSError: it cannot be opened.
    """
    data = path.read_bytes()
    sha256 = sha256_of(data)
    extraction = read_guarded(settings, sha256, data)
    cells = named_cells(extraction)
    if physical:
        joined = Tables(each_grid_a_table(cells))
    else:
        of_pages = furniture(extraction, cells)
        joined = read_tables(extraction, cells, of_pages)
        joined.cells = joined.cells.filter(~pl.col("cell_id").is_in(of_pages))
    tables, lines_after = _tables(joined, extraction)
    return ReadFile(
        path=str(path),
        sha256=sha256,
        media_type=extraction.media_type,
        encoding=extraction.encoding,
        refusal=refusal_text(extraction.refusal),
        pages=_accounts(extraction),
        tables=tables,
        lines_after=lines_after,
    )


def only(found: ReadFile, page_no: int | None, grid_no: int | None) -> ReadFile:
    """Only one page of a file, or one grid; ``None`` is all of them.

    Raises:
        UnknownPlaceError: there is none of this number.
    """
    pages, tables = found.pages, found.tables
    if page_no is not None:
        pages = [page for page in pages if page.page_no == page_no]
        tables = [table.of_page(page_no) for table in tables if page_no in table.page_nos]
        _must_be(bool(pages), f"第{page_no}页", f"page {page_no}", len(found.pages))
    if grid_no is not None:
        tables = [table for table in tables if grid_no in table.grid_nos]
        every = sum(len(table.grid_nos) for table in found.tables)
        _must_be(bool(tables), f"表{grid_no}", f"grid {grid_no}", every)
    if page_no is None and grid_no is None:
        return found
    return replace(found, pages=pages, tables=tables, lines_after=[])


def refuse(found: ReadFile) -> None:
    """End with the reason if the file could not be read.

    Raises:
        RefusedDocumentError: it could not.
    """
    if found.refusal is not None:
        raise RefusedDocumentError(f"{found.path}: {found.refusal}")


def _must_be(is_there: bool, zh: str, en: str, count: int) -> None:
    if not is_there:
        raise UnknownPlaceError(f"{zh}不存在，共 {count} / there is no {en}, of {count}")


def refusal_text(refusal: Refusal | None) -> str | None:
    """Rule, what was found and expected, and what to do, in both languages."""
    if refusal is None:
        return None
    rule = code_list("rules").row(by_predicate=pl.col("rule_id") == refusal.rule_id, named=True)
    return (
        f"{rule['zh']} / {rule['en']} ({refusal.rule_id}): {refusal.found}; 应为 expected: "
        f"{refusal.expected}; {rule['remedy_zh']} / {rule['remedy_en']}"
    )


def _accounts(extraction: Extraction) -> list[PageAccount]:
    printed = pl.col("text").str.replace_all(r"\s", "").str.len_chars()
    counts = extraction.cells.group_by("page_no", is_line=pl.col("grid_no") == 0).agg(
        printed.sum()
    )  # fmt: skip
    by_place = {(page_no, is_line): count for page_no, is_line, count in counts.iter_rows()}
    return [_account(page, by_place) for page in extraction.pages]


def _account(page: Page, by_place: dict[tuple[int, bool], int]) -> PageAccount:
    in_cells, in_lines = (by_place.get((page.page_no, is_line), 0) for is_line in (False, True))
    dropped, where = dict(page.dropped), dict(page.places)
    unexplained = page.char_count - in_cells - in_lines - sum(dropped.values())
    flags = [f"{flag}: {where[flag]}" if flag in where else flag for flag in page.flags]
    return PageAccount(
        page.page_no, page.sheet, page.width, page.height, page.rotation, page.char_count,
        in_cells, in_lines, dropped, unexplained, flags, refusal_text(page.refusal),
    )  # fmt: skip


def _tables(joined: Tables, extraction: Extraction) -> tuple[list[ReadTable], list[str]]:
    """Tables in reading order, each with the lines above it; and the lines after the last."""
    grids = {grid.grid_no: grid for grid in extraction.grids}
    above: dict[int, list[str]] = {}
    lines: list[str] = []
    cells = joined.cells.sort("seq")
    order = cells.select("table_no", "text").with_columns(run=pl.col("table_no").rle_id())
    for run in order.partition_by("run"):
        number = run["table_no"][0]
        if number == 0:
            lines += run["text"].to_list()
        else:
            known = above.setdefault(number, [])
            known += [line for line in dict.fromkeys(lines) if line not in known]
            lines = []
    joins: dict[int, list[ReadJoin]] = {}
    for join in joined.joins:
        said = ReadJoin(join.rule_id, join.page_no, join.grid_no, join.detail)
        joins.setdefault(join.table_no, []).append(said)
    of_tables = cells.filter(pl.col("table_no") > 0).partition_by("table_no", as_dict=True)
    found = [
        _table(rows, above[int(number)], joins.get(int(number), []), grids)
        for (number,), rows in sorted(of_tables.items())
    ]
    return found, lines


def _table(
    cells: pl.DataFrame, above: list[str], joins: list[ReadJoin], grids: dict[int, Grid]
) -> ReadTable:
    grid_nos = cells["grid_no"].unique(maintain_order=True).to_list()
    known = [grids[number] for number in grid_nos if number in grids]
    return ReadTable(
        grid_nos=grid_nos,
        page_nos=cells["page_no"].unique(maintain_order=True).to_list(),
        methods=list(dict.fromkeys(grid.method for grid in known)),
        open_sides=list(known[0].open_sides) if len(known) == 1 else [],
        lines_above=above,
        cells=_cells(cells),
        joins=joins,
    )


def _cells(cells: pl.DataFrame) -> list[ReadCell]:
    """Logical cells, each with the rows it covers and the places where its parts are printed."""
    owners = logical_cells(cells.with_columns(reading_id=pl.lit("")))
    parts = (
        cells.sort("part_no", "seq")
        .group_by("owner_id", maintain_order=True)
        .agg(
            end=(pl.col("table_row") + pl.col("table_row_span")).max(),
            places=pl.concat_list("page_no", "grid_no", "row_no", "col_no"),
        )
    )
    found = owners.join(parts, on="owner_id", maintain_order="left").sort("table_row", "table_col")
    return [
        ReadCell(
            row["table_row"], row["table_col"], row["end"] - row["table_row"],
            row["col_span"], row["text"], row["role_in_table"] == "header",
            [(page, grid, at, column) for page, grid, at, column in row["places"]],
        )
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
