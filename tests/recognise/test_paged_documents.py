"""Paged documents through the rooms: cut cells, what each printed cell is, pages in doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import polars as pl
import pytest

from pipelines.extract.grids import PageFlag, Refusal
from schemas.code_lists import code_list
from tests.printing import BODY, HEADERS, INDICATOR, TITLE, Rooms, read_through, sidecar
from tests.recognise.paged import Drawn, Sheet, draw

ABOVE = (TITLE, f"部门名称：{BODY}（部门）", "单位：万元")
HEADER = " | ".join(HEADERS)


def row(name: str, amount: str, goal: str = "", indicators: str = "") -> str:
    return f"{name} | {amount} | {amount} |  |  | {goal} | {indicators}"


def project(name: str, amount: str) -> str:
    return row(name, amount, "绿化城区。", INDICATOR)


FIRST = [HEADER, row("合计", "1,260.00"), row(BODY, "1,260.00"), project("植树", "10.00"),
         project("修剪", "20.00"), project("巡查", "30.00")]  # fmt: skip
LAST = [project("浇水", "1,000.00"), project("施肥", "200.00")]


def sheet(*rows: str, lines: tuple[str, ...] = ABOVE, number: int = 1, **drawn: object) -> Sheet:
    grid = replace(Drawn(list(rows)), **drawn)  # type: ignore[arg-type]
    return Sheet([grid], lines=lines, below=[f"- {number} -"])


def through(*sheets: Sheet) -> Rooms:
    return Rooms(*read_through([draw(*sheets)], sidecar()))


def said(rooms: Rooms) -> list[tuple[object, ...]]:
    """What is published: the same for the same table, wherever pages cut it."""
    lines = rooms.accepted["project_line"].select("ordinal", "name", "goal", "printed_total_yuan")
    targets = rooms.accepted["fact_performance_target"].select("low_value", "comparator", "unit")
    return [*lines.rows(), *targets.rows()]


def dispositions(rooms: Rooms) -> dict[str, int]:
    filled = rooms.normalised["cell"].filter(pl.col("text") != "")
    assert filled["disposition"].null_count() == 0
    return dict(filled["disposition"].value_counts().rows())


def whole() -> Rooms:
    return through(sheet(*FIRST, *LAST))


def cut_in(text: str) -> tuple[str, str]:
    """The row of 浇水 on both sides of a page's end that cuts its indicators before a text."""
    at = INDICATOR.index(text)
    first = row("浇水", "1,000.00", "绿化城区。", INDICATOR[:at])
    return first, row("", "", "", INDICATOR[at:])


def test_a_table_on_one_page_is_complete() -> None:
    rooms = whole()
    assert rooms.statuses() == ["complete"]
    assert rooms.rules() == []
    assert rooms.accepted["statement_join"].is_empty()
    assert dispositions(rooms) == {
        "title": 1, "context": 2, "header": 7, "note": 1, "label": 7, "value": 15, "control": 9,
    }  # fmt: skip


@pytest.mark.parametrize("lines", [ABOVE, ()])
@pytest.mark.parametrize("header", [[HEADER], []])
def test_a_page_that_goes_on_changes_nothing(lines: tuple[str, ...], header: list[str]) -> None:
    if lines and not header:  # a title above rows without a header: not joined, and seen
        rooms = through(sheet(*FIRST), sheet(*LAST, lines=lines, number=2))
        assert "complete" not in rooms.statuses()
        return
    rooms = through(sheet(*FIRST), sheet(*header, *LAST, lines=lines, number=2))
    assert rooms.statuses() == ["complete"]
    assert rooms.rules() == []
    assert said(rooms) == said(whole())
    (join,) = rooms.accepted["statement_join"].to_dicts()
    assert join["rule_id"] == ("repeated_header" if header else "rows_continued")
    assert (join["page_no"], join["grid_no"], join["row_no"]) == (2, 2, 1)
    assert dispositions(rooms).get("repeat", 0) == len(lines) + 7 * len(header)


@pytest.mark.parametrize(
    "text", ["产出", "植树", "周期", ":10", "0；年度", "不少于", "少于10", "0次"]
)
def test_a_cell_cut_at_any_character_is_the_whole_cell(text: str) -> None:
    first, rest = cut_in(text)
    rooms = through(sheet(*FIRST, first), sheet(HEADER, rest, LAST[1], number=2))
    assert rooms.statuses() == ["complete"]
    assert said(rooms) == said(whole())
    rules = rooms.accepted["statement_join"]["rule_id"].to_list()
    assert rules == ["repeated_header", "row_continued"]


def test_facts_lead_to_the_printed_characters_of_each_part() -> None:
    first, rest = cut_in("0次")
    rooms = through(sheet(*FIRST, first), sheet(HEADER, rest, LAST[1], number=2))
    sources = rooms.accepted["fact_source"].join(
        rooms.accepted["source_cell"].select("cell_id", "text", "page_no"), on="cell_id"
    )
    assert sources.height == rooms.accepted["fact_source"].height
    assert (sources["char_from"] < sources["char_to"]).all()
    assert (sources["char_to"] <= sources["text"].str.len_chars()).all()
    cut = sources.filter(pl.col("fact_id").is_in(
        sources.filter(pl.col("part_no") > 0)["fact_id"].to_list()
    ) & (pl.col("role") == "target")).sort("part_no")  # fmt: skip
    printed = [text[start:end] for text, start, end in
               cut.select("text", "char_from", "char_to").iter_rows()]  # fmt: skip
    assert printed == ["不少于1", "0次"]
    assert cut["page_no"].to_list() == [1, 2]
    assert cut["part_no"].to_list() == [0, 1]


def test_an_amount_cut_in_mid_digits_is_one_amount() -> None:
    first = row("浇水", "1,000.00").replace("1,000.00", "1,00", 1)
    second = row("", "").replace(" |  | ", " | 0.00 | ", 1)
    rooms = through(sheet(*FIRST, first + "绿化城区。"), sheet(HEADER, second, LAST[1], number=2))
    assert rooms.accepted["statement_join"]["rule_id"].to_list() == [
        "repeated_header",
        "number_cut",
    ]
    totals = rooms.accepted["control_total"].filter(pl.col("verdict") == "broken")
    assert totals.is_empty()


def test_the_parts_of_a_cell_are_what_the_cell_is() -> None:
    first, rest = cut_in("植树")
    rooms = through(sheet(*FIRST, first), sheet(HEADER, rest, LAST[1], number=2))
    parts = rooms.normalised["cell"].filter((pl.col("part_no") > 0) & (pl.col("text") != ""))
    assert parts["disposition"].to_list() == ["value"]
    counted = rooms.accepted["cell_accounting"].group_by("page_no").agg(
        pl.col("cell_count").sum(), pl.col("page_cell_count").first()
    )  # fmt: skip
    assert (counted["cell_count"] == counted["page_cell_count"]).all()


def test_a_merged_cell_in_a_row_a_project_waits() -> None:
    merged = project("浇水", "1,000.00").replace("绿化城区。", "^")
    rooms = through(sheet(*FIRST, merged, LAST[1]))
    assert rooms.statuses() == ["withheld"]  # neither of the rows counts: the sums do not hold
    assert rooms.rules().count("ragged_row") == 2
    assert rooms.accepted["fact_project_funding"].is_empty()
    assert dispositions(rooms)["quarantined"] == 9


def test_page_numbers_are_notes_and_other_lines_are_not() -> None:
    rooms = through(sheet(*FIRST), sheet(HEADER, *LAST, number=2))
    assert dispositions(rooms)["note"] == 2
    stray = replace(sheet(HEADER, *LAST, number=2), below=["游离文字"])
    rooms = through(sheet(*FIRST), stray)
    assert rooms.statuses() == ["partial"]
    assert rooms.rules() == ["text_outside_grids"]


@pytest.mark.parametrize(("at", "status"), [(1, "complete"), (2, "partial"), (3, "partial")])
def test_a_refused_page_makes_the_statement_around_it_partial(at: int, status: str) -> None:
    refused = Sheet(refusal=Refusal("page_is_image", "扫描 / scan", "文字 / text"))
    pages = [sheet(*FIRST), sheet(HEADER, *LAST, number=2)]
    pages.insert(at - 1, refused)
    rooms = through(*pages)
    (item,) = rooms.accepted["quarantine_item"].to_dicts()
    assert (item["rule_id"], item["level"]) == ("page_is_image", "document")
    assert item["place"] == f"第{at}页 / p{at}"
    assert (item["statement_id"] is None) == (status == "complete")
    assert rooms.statuses() == [status]


def test_a_doubtful_page_withholds_the_statements_on_it() -> None:
    pages = [sheet(*FIRST), replace(sheet(HEADER, *LAST, number=2), flags=("number_clipped",))]
    rooms = through(*pages)
    assert rooms.statuses() == ["withheld"]
    assert rooms.rules() == ["page_doubtful"]
    apart = through(sheet(*FIRST, *LAST), Sheet(lines=["附录"], flags=("number_clipped",)))
    assert "withheld" not in apart.statuses()
    assert "page_doubtful" in apart.rules()


def test_what_is_only_noted_of_a_page_withholds_nothing() -> None:
    rooms = through(replace(sheet(*FIRST, *LAST), flags=("large_image",)))
    assert rooms.statuses() == ["complete"]
    assert rooms.rules() == ["page_doubtful"]


def test_every_flag_of_a_page_is_in_the_code_list() -> None:
    flags = code_list("page_flags")
    assert set(flags["flag"]) == set(get_args(PageFlag))
    assert set(flags["blocks"]) == {"none", "withheld"}


@pytest.mark.parametrize(
    ("flag", "at", "is_withheld"),
    [
        ("text_hidden", 2, True),
        ("text_hidden", 3, False),
        ("numbers_askew", 3, True),
        ("large_image", 2, False),
    ],
)
def test_a_doubtful_page_without_a_table_may_hold_rows_of_the_statement_around_it(
    flag: PageFlag, at: int, *, is_withheld: bool
) -> None:
    pages = [sheet(*FIRST), sheet(HEADER, *LAST, number=2)]
    pages.insert(at - 1, Sheet(flags=(flag,)))
    rooms = through(*pages)
    assert rooms.rules() == ["page_doubtful"]
    assert rooms.statuses() == ["withheld" if is_withheld else "complete"]


def test_a_grid_that_begins_with_figures_is_the_rest_of_the_statement_before() -> None:
    """A page that lost a rule, below a running head: of other columns, and without a header."""
    other = [row.rsplit(" | ", 1)[0] for row in LAST]
    rooms = through(sheet(*FIRST), sheet(*other, lines=("某市二〇二三年部门预算",), number=2))
    assert "layout_unknown" in rooms.rules()
    (item,) = rooms.accepted["quarantine_item"].filter(rule_id="layout_unknown").to_dicts()
    assert item["statement_id"] is not None
    assert rooms.normalised["item"].filter(rule_id="layout_unknown")["blocks"].item() == "partial"


def test_a_grid_without_rules_withholds_its_statement() -> None:
    rooms = through(sheet(*FIRST, *LAST, method="unruled"))
    assert rooms.statuses() == ["withheld"]
    assert rooms.rules() == ["grid_unruled"]
