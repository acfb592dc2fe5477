"""Every grid is one of: a table of a statement, a table that no layout knows, no budget table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.corpus import CORPUS
from tests.printing import PLAIN_ROWS, document, page, read_through, sidecar, through_recognise
from tests.recognise.paged import Drawn, Sheet, draw

if TYPE_CHECKING:
    from tests.printing import Frames

FOREIGN = {
    "a price list": ["序号 | 项目名称 | 单价", "1 | 川贝母 | 2.10", "2 | 熊胆粉 | 127.90"],
    "a staff list": ["姓名 | 职务 | 电话", "某甲 | 主任 | 1234567"],
    "units": ["序号 | 单位名称", "1 | 示例市园林局"],
    "text in a frame": ["2026年部门预算说明：本部门预算为汇总预算。"],
    "text in a frame of columns": ["本部门预算为汇总预算。 | < | <", "收入预算增加。 |  | "],
}
BUDGET = {
    "a header of budgets": ["序号 | 项目名称 | 预算数", "1 | 植树 | 2.10"],
    "a word in an upper header": ["项目 | 资金 | <", "^ | 甲 | 乙", "植树 | 1.00 | 2.00"],
    "rows without a header": ["植树 | 1.00 | 2.00", "修剪 | 3.00 | 4.00"],
}


def read(rows: list[str], *lines: str) -> Frames:
    return read_through([draw(Sheet([Drawn(rows, bottom=300)], lines=lines))], sidecar())[1]


@pytest.mark.parametrize("rows", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_table_is_noted_and_blocks_nothing(rows: list[str]) -> None:
    frames = read(rows, "附录")
    (item,) = frames["item"].to_dicts()
    assert (item["rule_id"], item["blocks"]) == ("not_a_budget_table", "none")
    assert item["found"]
    assert item["expected"]
    filled = frames["cell"].filter(pl.col("text") != "")
    assert set(filled["disposition"]) == {"note"}


@pytest.mark.parametrize("rows", BUDGET.values(), ids=BUDGET)
def test_a_table_that_may_be_one_of_a_budget_waits(rows: list[str]) -> None:
    frames = read(rows)
    assert frames["item"]["rule_id"].to_list() == ["layout_unknown"]
    assert set(frames["cell"].filter(pl.col("text") != "")["disposition"]) == {"quarantined"}


def test_a_title_of_budgets_is_enough() -> None:
    rows = FOREIGN["units"]
    assert read(rows, "专项资金表")["item"]["rule_id"].to_list() == ["layout_unknown"]
    assert read(rows, "下属单位表")["item"]["rule_id"].to_list() == ["not_a_budget_table"]


def test_a_table_right_below_a_statement_may_be_its_rest_whatever_it_says() -> None:
    text = document(page(*PLAIN_ROWS), "姓名\t职务\n某甲\t主任")
    (item,) = through_recognise([text], sidecar())[1]["item"].to_dicts()
    assert (item["rule_id"], item["blocks"]) == ("layout_unknown", "partial")


def test_the_nearest_layout_is_one_of_the_title_where_one_has_it() -> None:
    frames = read(["科目编码 | 科目名称 | 金额", "301 | 工资 | 2.00"], "三公经费表", "收入预算总表")
    assert frames["item"]["rule_id"].to_list() == ["title_unknown"]
    frames = read(["科目编码 | 科目名称 | 数额", "301 | 工资 | 2.00"], "一般公共预算支出预算表")
    assert "jiangsu/general_budget_by_function" in frames["item"]["expected"].item()


def test_every_grid_is_exactly_one_of_them() -> None:
    tables = [*FOREIGN.values(), *BUDGET.values()]
    sheets = [Sheet([Drawn(rows, bottom=300)], lines=("附录",)) for rows in tables]
    known = ["科目编码 | 科目名称 | 金额", "301 | 工资 | 2.00"]
    sheets.append(Sheet([Drawn(known, bottom=300)], lines=("财政拨款基本支出预算表",)))
    sheets.append(Sheet([Drawn(known, bottom=300)], lines=("别的表",)))
    frames = read_through([draw(*sheets)], sidecar())[1]
    cells = frames["cell"].filter(pl.col("grid_no") > 0)
    in_statements = cells.filter(pl.col("statement_no").is_not_null())["grid_no"].unique()
    places = frames["item"].filter(level="grid")["place"].str.extract(r"t(\d+)$").cast(pl.Int32)
    assert places.is_unique().all()
    assert sorted([*in_statements, *places]) == list(range(1, len(sheets) + 1))


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_a_real_price_list_is_foreign() -> None:
    from pipelines.documents.archive import sha256_of
    from pipelines.extract.readers import extract

    (path,) = (CORPUS / "traps").glob("*目录.pdf")
    data = path.read_bytes()
    frames = read_through([extract(sha256_of(data), data)], None)[1]
    assert frames["statement"].is_empty()
    grids = frames["item"].filter(level="grid")
    assert set(grids["rule_id"]) == {"not_a_budget_table"}
    assert set(grids["blocks"]) == {"none"}
