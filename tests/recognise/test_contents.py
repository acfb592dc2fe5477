"""Lists of a book's tables: none of a budget, and what they say of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.printing import read_through, sidecar
from tests.recognise.paged import Drawn, Sheet, draw

if TYPE_CHECKING:
    from tests.printing import Frames

HEADER = "单位编码 | 单位（项目）名称 | 项目金额 | 项目简介"
TITLES = ("部门综合预算专项业务经费支出表", "部门综合预算财政拨款上年结转资金支出表")


def read(said: str, *rows: str) -> Frames:
    listed = [
        "报表 | 报表名称 | 是否空表 | 表格为空的理由",
        f"表10 | {TITLES[0]} | {said} | 不涉及",
        f"表11 | {TITLES[1]} |  | ",
    ]
    contents = Sheet([Drawn(listed, bottom=300)], lines=("2026年部门综合预算公开报表",))
    table = Sheet([Drawn([HEADER, *rows], bottom=300)], lines=(TITLES[0], "单位：元"))
    return read_through([draw(contents, table)], sidecar())[1]


def test_a_list_of_tables_is_no_table_of_a_budget() -> None:
    rules = read("是", " |  |  | ")["item"].filter(level="grid")["rule_id"].to_list()
    assert rules == ["not_a_budget_table"]


def test_a_table_that_is_listed_as_blank_is_empty() -> None:
    frames = read("是", " |  |  | ")
    (statement,) = frames["statement"].to_dicts()
    assert statement["is_declared_empty"]
    cited = frames["cell"].filter(pl.col("cell_id") == statement["note_cell_id"])
    assert cited["text"].to_list() == ["是"]


def test_a_table_that_is_not_listed_as_blank_is_not() -> None:
    assert not read("", " |  |  | ")["statement"]["is_declared_empty"][0]
    assert not read("否", " |  |  | ")["statement"]["is_declared_empty"][0]


def test_figures_stand_against_the_list() -> None:
    assert not read("是", " | 合计 | 1.00 | ")["statement"]["is_declared_empty"][0]
