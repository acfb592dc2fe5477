"""What is read of a file, page by page and table by table, without any warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.archive import sha256_of
from pipelines.extract.readers import extract
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.extract.grids import Extraction, Grid, Page, Refusal


class RefusedDocumentError(ValueError):
    """A file that cannot be read: why, what was expected, what to do."""


class UnknownPlaceError(LookupError):
    """The file has no such page, or no such grid."""


@dataclass(frozen=True)
class PageAccount:
    """A page: its size in points as shown, and what became of its printed characters.

    ``unexplained``: printed less those in cells, in lines and dropped; anything but 0 is a fault.
    """

    page_no: int
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
    """A printed cell at its first row and column; the positions it covers are no cells."""

    row_no: int
    col_no: int
    row_span: int
    col_span: int
    text: str


@dataclass(frozen=True)
class ReadTable:
    """A table, the lines above it, and how it was found."""

    grid_nos: list[int]
    page_nos: list[int]
    method: str | None
    open_sides: list[str]
    lines_above: list[str]
    cells: list[ReadCell]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, those that merged cells cover too."""
        return (
            max(cell.row_no + cell.row_span - 1 for cell in self.cells),
            max(cell.col_no + cell.col_span - 1 for cell in self.cells),
        )


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


def read_file(path: Path) -> ReadFile:
    """Read a file as a night would, and tell what was read of it.

    Raises:
        OSError: it cannot be opened.
    """
    data = path.read_bytes()
    sha256 = sha256_of(data)
    extraction = extract(sha256, data)
    tables, lines_after = _physical(extraction)
    return ReadFile(
        path=str(path),
        sha256=sha256,
        media_type=extraction.media_type,
        encoding=extraction.encoding,
        refusal=_said(extraction.refusal),
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
        tables = [table for table in tables if page_no in table.page_nos]
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


def _said(refusal: Refusal | None) -> str | None:
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
    dropped = dict(page.dropped)
    return PageAccount(
        page.page_no, page.width, page.height, page.rotation, page.char_count, in_cells, in_lines,
        dropped, page.char_count - in_cells - in_lines - sum(dropped.values()), list(page.flags),
        _said(page.refusal),
    )  # fmt: skip


def _physical(extraction: Extraction) -> tuple[list[ReadTable], list[str]]:
    """Grids as they are printed, each with the lines above it; and the lines after the last."""
    known = {grid.grid_no: grid for grid in extraction.grids}
    tables: list[ReadTable] = []
    lines: list[str] = []
    cells = extraction.cells.sort("seq")
    for rows in cells.with_columns(run=pl.col("grid_no").rle_id()).partition_by("run"):
        grid_no = rows["grid_no"][0]
        if grid_no == 0:
            lines += rows["text"].to_list()
            continue
        tables.append(_table(grid_no, rows, known.get(grid_no), lines))
        lines = []
    return tables, lines


def _table(grid_no: int, rows: pl.DataFrame, grid: Grid | None, above: list[str]) -> ReadTable:
    places = rows.select("row_no", "col_no", "row_span", "col_span", "text")
    return ReadTable(
        grid_nos=[grid_no],
        page_nos=[rows["page_no"][0]],
        method=grid.method if grid else None,
        open_sides=list(grid.open_sides) if grid else [],
        lines_above=above,
        cells=[ReadCell(*row) for row in places.iter_rows()],
    )
