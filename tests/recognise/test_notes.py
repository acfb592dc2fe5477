"""Notes around tables: that a table is empty, and what may be the rest of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.recognise.notes import says_empty
from tests.printing import read_through, sidecar, through_recognise
from tests.recognise.paged import Drawn, Sheet, draw

if TYPE_CHECKING:
    from tests.printing import Frames

TITLE = "政府性基金支出预算表"
HEADER = "功能科目代码 | 功能科目名称 | 金额"


@pytest.mark.parametrize(
    "text",
    [
        "注：本表本年无发生额。", "此表为空", "本表为空表", "（无政府性基金支出）",
        "说明：本部门无相关收支项目。", "注：本部门无相关收支项目",
        "2026年，本部门没有使用政府性基金预算拨款安排的支出，故本表为空。",
        "本单位2026年无政府性基金预算支出",
    ],
)  # fmt: skip
def test_notes_that_say_that_a_table_is_empty(text: str) -> None:
    assert says_empty(text, f"公开10表：{TITLE}")


@pytest.mark.parametrize(
    "text",
    [
        "注：无。", "注：“科目编码”和“科目名称”为必填项。", "本单位无公务用车购置支出",
        "注：根据各单位实际预算编制情况编列。", "无", "本部门无此项支出。",
    ],
)  # fmt: skip
def test_notes_that_say_something_else(text: str) -> None:
    assert not says_empty(text, TITLE)


def empty(*rows: str, below: tuple[str, ...] = (), above: tuple[str, ...] = ()) -> Frames:
    table = Drawn([HEADER, " | 合计 | ", *rows], bottom=300)
    sheet = Sheet([table], lines=(TITLE, "单位：万元", *above), below=below)
    return read_through([draw(sheet)], sidecar())[1]


@pytest.mark.parametrize(
    ("frames", "cited"),
    [
        (empty(below=("注：本表本年无发生额。",)), "注：本表本年无发生额。"),
        (empty(above=("（本表为空）",)), "（本表为空）"),
        (empty("此表为空 |  | "), "此表为空"),
        (empty("此表为空 | < | <"), "此表为空"),
    ],
    ids=["below", "above", "a row", "a merged row"],
)
def test_the_note_stands_below_above_or_in_a_row(frames: Frames, cited: str) -> None:
    (statement,) = frames["statement"].to_dicts()
    assert statement["is_declared_empty"]
    cells = frames["cell"].filter(pl.col("cell_id") == statement["note_cell_id"])
    assert cells.select("text", "disposition", "is_body").rows() == [(cited, "note", False)]


def test_without_a_note_a_table_is_not_declared_empty() -> None:
    (statement,) = empty(below=("注：无。",))["statement"].to_dicts()
    assert (statement["is_declared_empty"], statement["note_cell_id"]) == (False, None)


def test_what_the_narrative_says_is_no_note_of_the_table_before() -> None:
    frames = empty(below=("第三部分 2026年部门预算情况说明", "本部门无相关收支项目。"))
    assert frames["statement"]["is_declared_empty"].to_list() == [False]
    assert frames["item"].filter(level="grid").is_empty()


IF_BLANK = "注：本表反映收支情况，此表如无数字则表示单位无该项支出。"


@pytest.mark.parametrize(("row", "is_empty"), [(" |  | ", True), ("201 | 工资 | 1.00", False)])
def test_a_note_of_a_blank_table_says_nothing_of_one_with_figures(
    row: str, *, is_empty: bool
) -> None:
    (statement,) = empty(row, below=(IF_BLANK,))["statement"].to_dicts()
    assert statement["is_declared_empty"] is is_empty


def test_the_heading_of_a_section_that_says_the_title_is_no_rest_of_the_table_before() -> None:
    table = Drawn([HEADER, " | 合计 | 1.00"], bottom=300)
    titled = (f"二、{TITLE}", f"2026年度{TITLE}", "单位：万元")
    frames = read_through([draw(Sheet([table], lines=titled), Sheet([table], lines=titled))])[1]
    assert frames["item"].filter(rule_id="text_outside_grids").is_empty()


def test_a_row_that_is_a_note_is_none_of_the_body() -> None:
    frames = empty("201 | 工资 | 1.00", "注：单位为万元。 | < | <")
    note = frames["cell"].filter(pl.col("text").str.starts_with("注"))
    assert note.select("disposition", "is_body").rows() == [("note", False)]


class TestRest:
    """Lines below a table: a note ends it, and so does the heading of a section."""

    def stray(self, *below: str, bottom: float = 300, opened: tuple[str, ...] = ()) -> list[str]:
        table = Drawn([HEADER, " | 合计 | 1.00"], bottom=bottom, open=opened)
        sheet = Sheet([table], lines=(TITLE, "单位：万元"), below=below)
        frames = read_through([draw(sheet)], sidecar())[1]
        return frames["item"].filter(rule_id="text_outside_grids")["found"].to_list()

    def test_lines_after_a_note_are_notes(self) -> None:
        assert self.stray("注：单位转换时可能", "存在尾数误差") == []

    def test_a_section_ends_the_table(self) -> None:
        assert self.stray("第三部分 情况说明", "一、总体情况", "收入1.00") == []

    def test_a_sentence_below_the_rule_that_closes_it_is_a_note(self) -> None:
        sentence = "：“科目编码”为必填项。"
        assert self.stray(sentence) == []
        assert self.stray(sentence, opened=("bottom",)) == [sentence]

    def test_other_lines_may_be_its_rest(self) -> None:
        assert self.stray("住房公积金 494.22", "注：略") == ["住房公积金 494.22"]

    def test_in_a_text_only_the_note_itself_is_one(self) -> None:
        header, row = HEADER.replace(" | ", "\t"), "\t合计\t1.00"
        text = f"{TITLE}\n\n单位：万元\n\n{header}\n{row}\n\n注：略\n\n不少于5次。\n"
        frames = through_recognise([text], sidecar())[1]
        rest = frames["item"].filter(rule_id="text_outside_grids")
        assert rest["found"].to_list() == ["不少于5次。"]
