"""People's names and telephones: covered before anything is made of a document's cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.documents.context import DocumentContext
from pipelines.documents.readings import ReadingKey
from pipelines.recognise.documents import recognise
from pipelines.recognise.private import COVER, covered
from schemas.layout import Layout
from tests.recognise.paged import DOCUMENT, Drawn, Sheet, draw
from tests.recognise.test_forms import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME, PHONE = "王某某", "020-87654321"
#: A table with a column of people.
WITH_PEOPLE = Layout.model_validate(
    {
        "id": "made-up/people",
        "kind": "project_expenditure",
        "shape": "row_per_project",
        "has_grand_total": False,
        "titles": ["项目支出表"],
        "blocks": [{"rows": "unit_project", "columns": "fund_source"}],
        "columns": [
            {"header": "项目名称", "role": "label"},
            {"header": "总计", "role": "amount", "node": "all_funds"},
            {"header": "经手", "role": "private"},
        ],
    }
)


def recognised(sheet: Sheet, layouts: Sequence[Layout] = ()) -> dict[str, pl.DataFrame]:
    key = ReadingKey("a" * 20, DOCUMENT, ())
    return recognise([(key, draw(sheet), DocumentContext())], layouts)


def said(frames: dict[str, pl.DataFrame]) -> str:
    """All that any frame says."""
    return " ".join(frame.write_ndjson() for name, frame in frames.items() if name != "page")


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("填表人：王某某", "填表人：●●●"),
        (
            "填表人：王 某   联系电话：020-8765  填报日期：2026年",
            "填表人：● ●   联系电话：●●●●●●●●  填报日期：2026年",
        ),
        ("单位：万元  负责人：王某某", "单位：万元  负责人：●●●"),
        ("落实项目负责人：甲，按期完成", "落实项目负责人：●，按期完成"),
        ("提高负责人意识", "提高负责人意识"),
        ("电话接通率", "电话接通率"),
    ],
)
def test_what_follows_a_private_label_is_covered_character_by_character(
    printed: str, shown: str
) -> None:
    assert covered(printed) == shown
    assert len(covered(printed)) == len(printed)


def assert_nobody_is_named(frames: dict[str, pl.DataFrame]) -> None:
    everything = said(frames)
    assert COVER in everything
    assert NAME not in everything
    assert PHONE not in everything


def test_who_filled_a_table_in_is_a_note_below_it_and_no_rest_of_it() -> None:
    rows = ["项目名称 | 总计 | 经手", "甲 | 1.00 | "]
    lines = ["项目支出表", "部门名称：甲局　单位：万元"]
    sheet = Sheet([Drawn(rows, bottom=300)], lines, [f"填表人：{NAME}  联系电话：{PHONE}"])
    frames = recognised(sheet, [WITH_PEOPLE])
    assert_nobody_is_named(frames)
    assert frames["item"].filter(pl.col("rule_id") == "text_outside_grids").is_empty()
    below = frames["cell"].filter(pl.col("text").str.contains("填表人"))
    assert below["disposition"].to_list() == ["note"]


def test_a_column_of_people_is_covered_in_the_body_alone() -> None:
    rows = ["项目名称 | 总计 | 经手", f"甲 | 1.00 | {NAME}", f"乙 | 2.00 | {PHONE}"]
    frames = recognised(Sheet([Drawn(rows)], ["项目支出表"]), [WITH_PEOPLE])
    assert_nobody_is_named(frames)
    texts = frames["cell"].filter(pl.col("grid_no") > 0)["text"].to_list()
    assert texts == [
        "项目名称", "总计", "经手", "甲", "1.00", COVER * 3, "乙", "2.00", COVER * len(PHONE),
    ]  # fmt: skip


def test_a_grid_that_nothing_fits_names_nobody_in_what_waits() -> None:
    rows = [f"项目名称 | 甲 | 联系人 | {NAME}", f"总额 | 1.00 | 联系电话 | {PHONE}"]
    frames = recognised(Sheet([Drawn(rows)], ["项目支出表"]), [WITH_PEOPLE])
    waiting = frames["item"].write_ndjson()
    assert "layout_unknown" in waiting
    assert NAME not in waiting
    assert PHONE not in waiting


@pytest.mark.parametrize("label", ["联系人", "填报单位联系人"])
def test_a_form_holds_no_one_but_in_the_archive(label: str) -> None:
    """The label stands in the vocabulary, or in the layout alone."""
    layout = LAYOUTS["department"]
    rows = [
        "部门名称 | 甲市乙局 | < | < | <",
        "收支情况 | 支出 | 金额（万元） | 来源 | 金额（万元）",
        "^ | 基本支出 | 1 | 财政拨款 | 2",
        "^ | 项目支出 | 1 | 其他资金 | 0",
        "总体目标 | 做 | < | < | <",
        f"{label} | {NAME} | < | 联系电话 | {PHONE}",
        "重点任务 | 名称 | 资金（万元） | 目标 | <",
        "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值",
    ]
    frames = recognised(Sheet([Drawn(rows)], [layout.titles[0]]), [layout])
    assert frames["statement"]["layout_id"].to_list() == [layout.id]
    assert_nobody_is_named(frames)
    private = frames["cell"].filter(pl.col("disposition") == "private")
    assert private["text"].to_list() == [COVER * 3, COVER * len(PHONE)]
    assert not private["is_body"].any()
