"""Tables on pages of sites: what stands around them is of the page, and no rest of a table."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from tests.generator.books.headers import Cell
from tests.generator.books.word import package, paragraph, table
from tests.printing import PLAIN, PLAIN_ROWS, document, page, sidecar, through_validate, unit

if TYPE_CHECKING:
    from tests.generator.books.cells import Row
    from tests.printing import Rooms

ABOVE = (
    "<ul><li><a href=/a>首页</a><li><a href=/b>政务公开</a><li><a href=/c>互动交流</a></ul>"
    "<div>当前位置：<a href=/>首页</a> &gt; <a href=/b>预算公开</a></div><h1>部门预算</h1>"
    "<div>发布时间：2026-03-02 09:36　来源：市财政局　浏览次数：<span>123</span></div>"
)
BELOW = (
    "<div>打印本页 | 关闭窗口</div><p>主办单位：示例市财政局　版权所有</p>"
    "<p>粤ICP备05070218号 网站标识码4401000001</p><p>地址：某路1号 电话：020-12345678</p>"
)


def web(text: str) -> str:
    """A text document as the body of a web page."""
    said = []
    for is_row, run in groupby(filter(None, text.split("\n")), lambda line: "\t" in line):
        if is_row:
            rows = ["<td>".join(["", *line.split("\t")]) for line in run]
            said.append(f"<table><tr>{'<tr>'.join(rows)}</table>")
        else:
            said += [f"<p>{line}" for line in run]
    return "".join(said)


def read(*bodies: str) -> Rooms:
    """Web pages through all rooms."""
    return through_validate([f"<html><body>{body}</body></html>" for body in bodies], sidecar())


def test_a_table_on_a_page_of_a_site_is_whole() -> None:
    rooms = read(ABOVE + web(PLAIN) + BELOW)
    assert rooms.statuses() == ["complete"]
    assert rooms.rules() == []
    plain = through_validate([PLAIN], sidecar())
    hashes = [r.accepted["statement"]["content_hash"].to_list() for r in (rooms, plain)]
    assert hashes[0] == hashes[1]


def test_an_amount_or_a_target_apart_from_words_below_a_table_may_be_a_row() -> None:
    rests = ["修剪 20.00 20.00", "1,234.50", "植树 ≥90%"]
    others = ["共计1,234.50万元，比上年增加。", "第3页", "- 3 -", "2026年3月2日", "联系人 张三"]
    rooms = read(*(f"{web(PLAIN)}<p>{line}</p>{BELOW}" for line in (*rests, *others)))
    assert rooms.statuses() == ["partial"] * len(rests) + ["complete"] * len(others)
    assert rooms.rules() == ["text_outside_grids"] * len(rests)


def test_a_table_cut_in_two_goes_on_where_its_header_is_repeated_and_else_waits() -> None:
    again = page(*PLAIN_ROWS[3:], title=None, body=None, money=None)
    headed = web(document(page(*PLAIN_ROWS[:3]))) + web(document(again))
    rest = document(unit("示例市公园", "5.00", "5.00") + "\n" + unit("养护", "5.00", "5.00"))
    rooms = read(headed, web(PLAIN) + web(rest))
    assert rooms.statuses() == ["complete", "partial"]
    assert rooms.accepted["project_line"].height == len(PLAIN_ROWS[2:])  # of the whole one


def test_of_word_a_table_right_behind_another_goes_on_with_it() -> None:
    printed = [line for line in PLAIN.split("\n") if "\t" in line]
    rows: list[Row] = [[Cell(text) for text in line.split("\t")] for line in printed]
    lines = "".join(paragraph(line) for line in PLAIN.split("\n") if line and "\t" not in line)
    whole, cut = (table(rows, 1), table(rows[:4], 1) + table(rows[4:], 0))
    apart = cut.replace("</w:tbl>", "</w:tbl><w:p/>")
    rooms = through_validate([package(lines + body) for body in (whole, cut, apart)], sidecar())
    assert rooms.statuses() == ["complete", "complete", "withheld"]
