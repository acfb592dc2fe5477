"""Context from the cover and the headings of a book, and names printed over two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.printing import PLAIN_ROWS as ROWS
from tests.printing import document, page, read_through, sidecar, through_recognise
from tests.recognise.paged import Drawn, Sheet, draw

if TYPE_CHECKING:
    from tests.printing import Frames

TABLE = ["科目编码 | 科目名称 | 金额", " | 合计 | 2.00", "301 | 工资 | 2.00"]


def book(*covers: tuple[str, ...], above: tuple[str, ...] = ("单位：万元",)) -> Frames:
    """Pages of lines, then a table below its title: its clues."""
    table = Sheet([Drawn(TABLE, bottom=200)], lines=("财政拨款基本支出预算表", *above))
    _, frames = read_through([draw(*(Sheet(lines=c) for c in covers), table)], None)
    return frames


def context(frames: Frames) -> dict[str, object]:
    (row,) = frames["statement"].to_dicts()
    return {k: row[k] for k in ("body", "consolidation", "fiscal_year", "phase")}


@pytest.mark.parametrize(
    "cover",
    [
        ("2026年", "示例市园林局部门预算"),
        ("示例市园林局", "2026年度部门预算公开"),
        ("示例市园林局2026年部门", "预算公开"),
        ("2026年示例市园林局部门预算",),
        ("二〇二六年示例市园林局部门预算",),
        ("示例市园林局2026年部门预算公开报表", "2026年2月"),
        ("2026年度", "示例市园林局", "部门预算"),
        (".", "示例市园林局", "2026年度部门预算公开"),
        ("示例市园林局2026年部门预算情况说明", "一、职责"),
    ],
)
def test_a_cover_names_body_year_phase_and_whose_book_it_is(cover: tuple[str, ...]) -> None:
    assert context(book(cover)) == {
        "body": "示例市园林局", "consolidation": "department", "fiscal_year": 2026,
        "phase": "budget",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cover", "consolidation", "phase"),
    [
        ("2026年示例市园林局（本级）部门预算", "unit", "budget"),
        ("2026年示例市园林局单位预算", "unit", "budget"),
        ("示例市园林局2024年度部门决算", "department", "final_accounts"),
    ],
)
def test_its_words_say_whose_book_it_is_and_of_what_phase(
    cover: str, consolidation: str, phase: str
) -> None:
    found = context(book((cover,)))
    assert (found["body"], found["consolidation"], found["phase"]) == (
        "示例市园林局", consolidation, phase,
    )  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ("第二部分2026年部门预算表",),
        ("第二部分 园林局2026年度部门预算表",),
        ("第二部分 示例市园林局", "2026年度部门预算表"),
        ("第三部分 2026年部门预算情况和重要事项说明", "一、收支情况"),
    ],
)
def test_the_heading_of_a_part_gives_year_and_phase_and_no_body(lines: tuple[str, ...]) -> None:
    found = context(book((*["说明文字"] * 7, *lines)))
    assert (found["fiscal_year"], found["phase"], found["body"]) == (2026, "budget", None)


@pytest.mark.parametrize(
    "prose",
    [
        ("示例市园林局2026年部门预算包括机关和下属单位。",),
        ("本预算按2026年部门预算编制要求",),
        ("2026年示例市园林局部门预算，比上年增加",),
        ("第四部分政府采购情况", "纳入2026年部门预算的采购项目"),
        ("一、2026年部门预算收支说明",),
    ],
)
def test_prose_is_no_heading(prose: tuple[str, ...]) -> None:
    found = context(book((*["说明文字"] * 7, *prose)))
    assert found == {"body": None, "consolidation": "unknown", "fiscal_year": None, "phase": None}


def test_a_heading_speaks_for_what_follows() -> None:
    table = Sheet([Drawn(TABLE, bottom=200)], lines=("财政拨款基本支出预算表", "单位：万元"))
    _, frames = read_through([draw(table, Sheet(lines=("2026年示例市园林局部门预算",)))], None)
    assert frames["statement"]["fiscal_year"].to_list() == [None]


def test_what_is_printed_for_the_table_ranks_above_the_book() -> None:
    frames = book(("2026年示例市园林局部门预算",), above=("部门：示例市苗圃（本级） 单位：万元",))
    found = context(frames)
    assert (found["body"], found["consolidation"]) == ("示例市苗圃", "unit")
    clues = frames["clue"].filter(field="body").select("value", "source", "is_chosen").rows()
    assert clues == [("示例市苗圃", "printed", True), ("示例市园林局", "heading", False)]


def test_headings_that_conflict_decide_nothing() -> None:
    frames = book(("2026年示例市园林局部门预算",), ("2025年示例市园林局部门预算",))
    assert context(frames)["fiscal_year"] is None
    item = frames["item"].row(by_predicate=pl.col("rule_id") == "context_conflict", named=True)
    assert (item["subject"], item["found"]) == ("fiscal_year", "2025 ≠ 2026")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("2025年度部门决算", ["fiscal_year", "phase"]),
        ("示例市苗圃2026年单位预算", ["consolidation"]),
        ("示例市园林局2026年部门预算", []),
        ("园林局2026年部门预算公开", []),
        ("2025年部门决算的主要情况", []),
    ],
)
def test_a_line_that_begins_another_book_amid_pages_of_text(line: str, fields: list[str]) -> None:
    frames = book(("2026年示例市园林局部门预算",), (*["说明文字"] * 7, line))
    items = frames["item"].filter(rule_id="context_conflict")
    assert sorted(items["subject"]) == fields
    assert context(frames)["body"] == "示例市园林局"


def test_a_sidecar_against_a_heading_waits() -> None:
    cover = Sheet(lines=("2026年示例市园林局部门预算",))
    table = Sheet([Drawn(TABLE, bottom=200)], lines=("财政拨款基本支出预算表", "单位：万元"))
    _, frames = read_through([draw(cover, table)], sidecar(year=2025))
    assert frames["item"].filter(rule_id="context_conflict")["subject"].to_list() == ["fiscal_year"]


def test_every_clue_of_a_heading_cites_the_line_that_prints_it() -> None:
    frames = book(("2026年", "示例市园林局部门预算"))
    cited = frames["clue"].join(frames["cell"], on=["reading_id", "cell_id"])
    headings = cited.filter(source="heading").select("field", "text").rows()
    name = "示例市园林局部门预算"
    assert sorted(headings) == [("body", name), ("consolidation", name), ("fiscal_year", "2026年"),
                                ("phase", name)]  # fmt: skip
    assert cited["evidence"].to_list() == cited["text"].to_list()
    lines = frames["cell"].filter(pl.col("text").str.contains("2026年|部门预算"))
    assert lines["disposition"].to_list() == ["context", "context"]


class TestNames:
    """``部门名称：示例市`` … ``园林局``: the rest of a name stands in a later line."""

    above = ("部门名称：示例市", "单位：万元", "园林局")

    def test_are_joined_if_the_document_prints_the_name_elsewhere(self) -> None:
        frames = book(("2026年示例市园林局部门预算",), above=self.above)
        assert context(frames)["body"] == "示例市园林局"
        lines = frames["cell"].filter(pl.col("text") == "园林局")
        assert lines["disposition"].to_list() == ["context"]

    def test_and_are_not_if_it_does_not(self) -> None:
        frames = book(("2026年示例市水务局部门预算",), above=self.above)
        assert context(frames)["body"] == "示例市"


def test_a_unit_may_be_printed_in_a_header() -> None:
    text = (
        "七、重点项目预算绩效目标情况\n\n项目\t预算数（单位：万元）\t绩效目标\n植树\t1.00\t绿化\n"
    )
    _, frames = through_recognise([text], sidecar(year=None, phase=None))
    assert frames["statement"]["unit"].to_list() == ["万元"]


def test_what_a_layout_is_known_not_to_print_comes_from_headings() -> None:
    text = (
        "2024年示例市园林局部门预算\n\n部门：某下属单位\n\n七、重点项目预算绩效目标情况\n\n"
        "项目\t预算数（单位：万元）\t绩效目标\n植树\t1.00\t绿化\n"
    )
    frames = through_recognise([text], None)[1]
    assert frames["statement"]["body"].to_list() == ["示例市园林局"]
    assert set(frames["clue"].filter(field="body")["source"]) == {"heading"}


def test_a_text_document_has_a_cover_too() -> None:
    text = "2024年示例市园林局部门预算\n\n" + document(page(*ROWS, body=None))
    _, frames = through_recognise([text], sidecar(year=None, phase=None))
    assert frames["statement"]["body"].to_list() == ["示例市园林局"]


@pytest.mark.parametrize("above", [(), ("2025年部门支出决算情况",)])
def test_a_table_without_a_title_is_told_nothing_by_a_cover(above: tuple[str, ...]) -> None:
    """One layout alone has its header; but the line above may say another year or phase."""
    header = ["科目编码 | 科目名称 | 机关运行经费支出", *TABLE[1:]]
    cover = Sheet(lines=("示例市园林局2026年部门预算",))
    table = Sheet([Drawn(header, bottom=200)], lines=(*above, "单位：万元"))
    _, frames = read_through([draw(cover, table)], None)
    assert context(frames) == {
        "body": None, "consolidation": "unknown", "fiscal_year": None, "phase": None,
    }  # fmt: skip
