"""What waits: an item of quarantine as the rooms up to validation hand it on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

#: The columns of a cell that say where it is printed.
PLACE = ("page_no", "grid_no", "row_no", "col_no", "sheet", "address")

#: ``blocks``: none, partial, withheld: what it does to its statement.
#: ``subject``: what tells it from another item of the same rule at the same place.
ITEM_SCHEMA: dict[str, Any] = {
    "reading_id": pl.String,
    "document_id": pl.String,
    "statement_no": pl.Int32,
    "level": pl.String,
    "place": pl.String,
    "rule_id": pl.String,
    "subject": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "clues": pl.String,
    "blocks": pl.String,
}


@dataclass(frozen=True)
class Sheets:
    """What a workbook calls its places: page → name of the sheet, grid → its addresses."""

    names: dict[int, str] = field(default_factory=dict)
    ranges: dict[int, str] = field(default_factory=dict)


class Place(NamedTuple):
    """A page, or a grid, row and cell of it; what is not meant is 0."""

    page_no: int
    grid_no: int = 0

    def text(self, sheets: Sheets) -> str:
        """For people: ``第1页 表2 / p1 t2``; of a workbook ``工作表 收入 A6:I20 / sheet …``."""
        name = sheets.names.get(self.page_no)
        if name is None:
            return place_text(self.page_no, self.grid_no)
        where = f" {sheets.ranges[self.grid_no]}" if self.grid_no else ""
        return f"工作表 {name}{where} / sheet {name}{where}"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits for a person, at a place or in the whole of a document."""

    level: str
    place: Place | str
    rule_id: str
    found: str
    expected: str
    blocks: str
    statement_no: int | None = None
    subject: str = ""
    clues: list[dict[str, Any]] | None = None

    def row(self, reading_id: str, document_id: str, sheets: Sheets) -> dict[str, Any]:
        """As a row of ITEM_SCHEMA."""
        place = self.place.text(sheets) if isinstance(self.place, Place) else self.place
        return {
            "reading_id": reading_id,
            "document_id": document_id,
            "statement_no": self.statement_no,
            "level": self.level,
            "place": place,
            "rule_id": self.rule_id,
            "subject": self.subject,
            "found": self.found,
            "expected": self.expected,
            "clues": json.dumps(self.clues, ensure_ascii=False) if self.clues else None,
            "blocks": self.blocks,
        }


def place_text(page_no: int, grid_no: int = 0, row_no: int = 0, col_no: int = 0) -> str:
    """A place for people: ``第1页 表2 行3 列4 / p1 t2 r3 c4``; zero parts are left out."""
    parts = (
        ("第{}页", "p", page_no),
        ("表{}", "t", grid_no),
        ("行{}", "r", row_no),
        ("列{}", "c", col_no),
    )
    given = [(zh.format(n), f"{en}{n}") for zh, en, n in parts if n]
    return " ".join(zh for zh, _ in given) + " / " + " ".join(en for _, en in given)


def place_expr() -> pl.Expr:
    """The place of each cell over the columns of ``PLACE``: a cell of a workbook's sheet is B7."""
    page, grid, row, col = (
        pl.col(c).cast(pl.String) for c in ("page_no", "grid_no", "row_no", "col_no")
    )
    inside = pl.format(
        "第{}页 表{} 行{} 列{} / p{} t{} r{} c{}", page, grid, row, col, page, grid, row, col
    )
    outside = pl.format("第{}页 行{} / p{} r{}", page, row, page, row)
    sheet, address = pl.col("sheet"), pl.col("address")
    of_sheet = pl.format("工作表 {} {} / sheet {} {}", sheet, address, sheet, address)
    of_page = pl.when(pl.col("grid_no") > 0).then(inside).otherwise(outside)
    return pl.when(address.is_not_null()).then(of_sheet).otherwise(of_page)
