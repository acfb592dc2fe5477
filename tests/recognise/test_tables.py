"""Logical tables: cases as files, and tables cut into pages in every way come back whole."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.recognise.furniture import furniture
from pipelines.recognise.tables import TABLE_SCHEMA, named_cells, read_tables
from schemas.tables.vocabulary import JOIN_RULES
from tests.recognise.paged import Drawn, Sheet, draw, shown, tables_of

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction
    from pipelines.recognise.tables import Tables

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "tables.toml").read_text("utf-8")
)["case"]


def sheet(said: dict[str, Any]) -> Sheet:
    around = {name: said.get(name, ()) for name in ("lines", "below")}
    one = {name: value for name, value in said.items() if name not in {*around, "grids"}}
    drawn = said.get("grids", [one] if one else [])
    return Sheet([Drawn(**grid) for grid in drawn], **around)


def joined(extraction: Extraction) -> Tables:
    cells = named_cells(extraction)
    return read_tables(extraction, cells, furniture(extraction, cells))


def assert_nothing_lost(extraction: Extraction, tables: Tables) -> None:
    """Every cell is there once, at one place of one table, a logical cell or a part of one."""
    cells = tables.cells
    assert cells.select(extraction.cells.columns).equals(extraction.cells)
    assert cells.schema == {**named_cells(extraction).schema, **TABLE_SCHEMA}
    inside = cells.filter(pl.col("grid_no") > 0)
    assert inside.select("table_no", "table_row", "table_col").min().row(0) >= (1, 1, 1)
    assert set(inside["role_in_table"]) <= {"body", "header", "repeat"}
    owners = inside.join(inside, left_on="owner_id", right_on="cell_id", how="inner")
    assert owners.height == inside.height
    assert (owners["table_no"] == owners["table_no_right"]).all()
    assert (owners["owner_id_right"] == owners["owner_id"]).all()
    assert inside.select("owner_id", "part_no").is_unique().all()
    of_repeats = owners.filter(
        (pl.col("role_in_table_right") == "repeat") & (pl.col("cell_id") != pl.col("owner_id"))
    )
    assert of_repeats.is_empty()  # what repeats a header says nothing of a row's own


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    extraction = draw(*map(sheet, case["pages"]))
    tables = joined(extraction)
    assert shown(tables) == [list(map(normal, rows)) for rows in case["tables"]]
    assert [join.rule_id for join in tables.joins] == case["joins"]
    assert_nothing_lost(extraction, tables)


def normal(row: str) -> str:
    return " | ".join(part.strip() for part in row.split("|"))


def test_every_rule_has_a_case() -> None:
    assert Counter(rule for case in CASES for rule in case["joins"]).keys() == set(JOIN_RULES)


def test_joins_say_where_and_what() -> None:
    rows = ["项目 | 金额", "甲 | 1.00", "乙 | 2.00"]
    tables = tables_of(draw(Sheet([Drawn(rows)]), Sheet([Drawn([rows[0], "丙 | 3.00"])])))
    (join,) = tables.joins
    assert (join.rule_id, join.table_no, join.page_no, join.grid_no, join.row_no) == (
        "repeated_header", 1, 2, 2, 1,
    )  # fmt: skip
    assert join.detail == "续表1：重复的表头略去 / goes on with table 1; repeated header dropped"


def test_without_geometry_each_grid_is_a_table() -> None:
    drawn = draw(Sheet([Drawn(["项目 | 金额", "甲 | 1.00"])], lines=["支出表"]))
    drawn.grids.clear()
    cells = tables_of(drawn).cells
    assert (cells["table_no"] == cells["grid_no"]).all()
    assert (cells["owner_id"] == cells["cell_id"]).all()
    assert cells["role_in_table"].to_list() == [None, "body", "body", "body", "body"]


def test_a_cell_that_prints_only_its_header_owns_nothing() -> None:
    """A row that shares its cells with the header is blank in one; its text comes a page later."""
    rows = ["项目 | 金额 | 备注", "甲 | 1.00 | 一", "乙 | 2.00 | 二", "丙 | 3.00 | 三"]
    extraction = draw(
        Sheet([Drawn(rows)]),
        Sheet([Drawn(["项目 丁 | 金额 4.00 | 备注"], open=("bottom",))]),
        Sheet([Drawn([" |  | 说明"], open=("top",))]),
    )
    tables = joined(extraction)
    assert_nothing_lost(extraction, tables)
    assert tables.joins[0].rule_id == "glued_header"
    printed = [text for rows in shown(tables) for row in rows for text in row.split(" | ")]
    assert [text for text in printed if "说明" in text] == ["说明"]
