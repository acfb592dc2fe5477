"""Web pages: what a browser shows, where each cell stands, what is told of what is not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.documents import limits, media
from pipelines.extract.readers import extract

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction

ID = "a" * 64
TABLE = "<table><tr><td>项目<td>金额<tr><td>甲<td>1.00</table>"


def read(body: str, head: str = "") -> Extraction:
    """A page of a body; every character of it is accounted for."""
    return known(f"<html><head>{head}</head><body>{body}</body></html>".encode())


def known(data: bytes, kind: str = media.HTML) -> Extraction:
    found = extract(ID, data)
    assert found.media_type == kind
    assert found.refusal is None, found.refusal
    for page in found.pages:
        assert page.char_count == page.cell_char_count
    return found


def lines(found: Extraction) -> list[str]:
    return found.cells.filter(found.cells["grid_no"] == 0)["text"].to_list()


def grid(found: Extraction, number: int = 1) -> list[tuple[int, int, int, int, str]]:
    """Row, column, spans and text of the cells of a grid."""
    cells = found.cells.filter(found.cells["grid_no"] == number)
    return cells.select("row_no", "col_no", "row_span", "col_span", "text").rows()


def texts(found: Extraction, number: int = 1) -> list[str]:
    return [text for *_, text in grid(found, number)]


def table(*rows: str) -> str:
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def refused(data: str | bytes) -> tuple[str, str]:
    """The rule by which a page is refused, and what was found."""
    refusal = extract(ID, data if isinstance(data, bytes) else data.encode()).refusal
    assert refusal is not None
    return refusal.rule_id, refusal.found


def test_paragraphs_headings_and_lists_are_lines() -> None:
    found = read("<h1>甲局2026年部门预算</h1><p>第一行<br>第二行</p><ul><li>一<li>二</ul>正文"
                 f"{TABLE}<div>注：无。</div>")  # fmt: skip
    assert lines(found) == [
        "甲局2026年部门预算",
        "第一行",
        "第二行",
        "一",
        "二",
        "正文",
        "注：无。",
    ]
    assert found.cells["seq"].to_list() == list(range(1, 12))
    assert grid(found) == [(1, 1, 1, 1, "项目"), (1, 2, 1, 1, "金额"),
                           (2, 1, 1, 1, "甲"), (2, 2, 1, 1, "1.00")]  # fmt: skip


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("收入\n  支出", "收入 支出"),  # as browsers show it
        ("GDP\n growth", "GDP growth"),
        ("收入&nbsp;&nbsp;支出", "收入  支出"),
        ("一般公共<br>预算", "一般公共预算"),
        ("<p>10</p><p>20</p>", "10 20"),
        ("<b>1,</b><i>234</i>.56", "1,234.56"),
        ("\u200b12.50\ufeff", "12.50"),
        ("30m<sup>2</sup>", "30m²"),
        ("CO<sub>2</sub>", "CO₂"),
        ("<input type=text value=8.00><input type=hidden value=9>", "8.00"),
        ("<input type=checkbox checked>是", "☑是"),
        ("<select><option>否<option selected>是</select>", "是"),
        ("&lt;5 &amp; &ge;3", "<5 & ≥3"),
        ("<ruby>预<rp>(</rp></ruby>算", "预(算"),
        ("<!-- 9.99 --><script>9.99</script><style>td{}</style>1", "1"),
    ],
)
def test_the_text_of_a_cell_is_what_is_shown(markup: str, text: str) -> None:
    found = read(table("<td>指标<td>值", f"<td>甲<td>{markup}"))
    assert texts(found)[-1] == text


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (("<td rowspan=2>科目<td colspan=2>支出", "<td>基本<td>项目", "<td>合计<td>1<td>2"),
         [(1, 1, 2, 1), (1, 2, 1, 2), (2, 2, 1, 1), (2, 3, 1, 1), (3, 1, 1, 1), (3, 2, 1, 1),
          (3, 3, 1, 1)]),
        (("<td rowspan=0>甲<td>1<td>2", "<td>3<td>4", "<td>5<td>6"),  # to the group's end
         [(1, 1, 3, 1), (1, 2, 1, 1), (1, 3, 1, 1), (2, 2, 1, 1), (2, 3, 1, 1), (3, 2, 1, 1),
          (3, 3, 1, 1)]),
        (("<td rowspan=99>甲<td>1", "<td>2"), [(1, 1, 2, 1), (1, 2, 1, 1), (2, 2, 1, 1)]),
        (("<td colspan=50>甲表", "<td>1<td>2", "<td>3<td>4"),  # wider than any row
         [(1, 1, 1, 2), (2, 1, 1, 1), (2, 2, 1, 1), (3, 1, 1, 1), (3, 2, 1, 1)]),
        (("<td rowspan=2>甲<td rowspan=2>1", "", "<td>乙<td>2"),  # a row that nothing begins in
         [(1, 1, 1, 1), (1, 2, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1)]),
        (("<td>甲<td>1<td>2", "<td>乙<td>3", "<td>丙<td>4<td>5"),  # a cell is missing, none is made
         [(1, 1, 1, 1), (1, 2, 1, 1), (1, 3, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1), (3, 1, 1, 1),
          (3, 2, 1, 1), (3, 3, 1, 1)]),
        (("<td colspan='2px'>甲<td>1", "<td>乙<td>2<td>3"),
         [(1, 1, 1, 2), (1, 3, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1), (2, 3, 1, 1)]),
    ],
)  # fmt: skip
def test_every_cell_stands_where_spans_put_it(
    rows: tuple[str, ...], cells: list[tuple[int, ...]]
) -> None:
    found = read(table(*rows))
    assert [place for *place, _ in grid(found)] == [list(cell) for cell in cells]
    assert found.pages[0].flags == ()


def test_cells_over_one_another_are_told() -> None:
    found = read(table("<td>一<td rowspan=2>二<td>三", "<td colspan=2>四<td>五", "<td>1<td>2<td>3"))
    assert found.pages[0].flags == ("irregular_cells",)
    assert [place for *place, text in grid(found) if text == "四"] == [[2, 1, 1, 1]]


def test_heads_stand_first_and_feet_last_wherever_they_are_written() -> None:
    found = read("<table><tfoot><tr><td>合计<td>1<tbody><tr><td>甲<td>1<thead><tr><td>项目<td>金额"
                 "</table>")  # fmt: skip
    assert texts(found) == ["项目", "金额", "甲", "1", "合计", "1"]


def test_tables_that_lay_out_are_lines_and_the_innermost_with_data_is_the_grid() -> None:
    labels = table("<td>部门：甲局<td align=right>单位：万元")
    inner = f"{table('<td>收支总表')}{labels}{TABLE}<p>注：无。"
    found = read(table("<td>首页<td>公开", f"<td colspan=2>{inner}"))
    assert lines(found) == ["首页", "公开", "收支总表", "部门：甲局", "单位：万元", "注：无。"]
    assert texts(found) == ["项目", "金额", "甲", "1.00"]


def test_what_is_hidden_is_dropped_and_told_where_it_hides_figures() -> None:
    gone = "/* x */ .gone, #away { color: red; display : none }"
    style = f"<style>{gone} @media print {{ .paper {{ display: none }} }}</style>"
    hidden = "<p style='DISPLAY:none'>五</p><p style='visibility: hidden'>六</p>"
    named = "<p hidden>一</p><p class='a gone'>二</p><p id=away>三</p><p class=paper>四</p>"
    found = read(f"{named}{hidden}{TABLE}", style)
    assert lines(found) == ["四"]
    assert dict(found.pages[0].dropped) == {"hidden": 5}
    assert found.pages[0].flags == ()
    row = "<tr style='display:none'><td>乙<td>9</tr>"
    told = read(TABLE.replace("</table>", f"{row}</table>"))
    assert texts(told) == ["项目", "金额", "甲", "1.00"]
    assert told.pages[0].flags == ("cells_hidden",)
    assert read(f"{TABLE}<div style='display:none'>{TABLE}</div>").pages[0].flags == (
        "tables_hidden",)  # fmt: skip


def test_menus_are_of_the_site_and_contents_of_the_page() -> None:
    menu = "<ul>" + "<li><a href=/x>栏目一</a>" * 4 + "</ul>"
    contents = "<div>" + "".join(f"<a href=#t{n}>表{n}</a><br>" for n in range(4)) + "</div>"
    found = read(f"{menu}<nav>导航</nav>{contents}{TABLE}<footer>版权所有</footer>")
    assert lines(found) == ["表0", "表1", "表2", "表3"]
    assert dict(found.pages[0].dropped) == {"navigation": 18}


def test_what_word_and_excel_leave_in_a_page_is_not_shown() -> None:
    found = known(
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><meta charset=gb2312>"
        "<!--[if gte mso 9]><xml><o:p>9</o:p></xml><![endif]--></head><body><xml><o:x>3</o:x></xml>"
        "<p class=MsoNormal><span style='mso-spacerun:yes'>&nbsp; </span>收支总表<o:p></o:p></p>"
        "<table><![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=9></td>"
        "</tr><![endif]><tr><td>项目<o:p></o:p></td><td>金额</td></tr><tr><td>甲</td>"
        "<td x:num='1.234'>1.23</td></tr></table></body></html>".encode("gb18030")
    )  # fmt: skip
    assert found.encoding == "gb18030"
    assert lines(found) == ["收支总表"]
    assert texts(found) == ["项目", "金额", "甲", "1.23"]
    assert dict(found.pages[0].dropped) == {"metadata": 1}


@pytest.mark.parametrize(
    ("encoding", "label", "named"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8", "gb2312", "utf-8"),  # saved anew, and the label left as it was
        ("gb18030", "gb2312", "gb18030"),
        ("gb18030", "GBK", "gb18030"),
        ("gb18030", "utf-8", "gb18030"),
        ("gb18030", "", "gb18030"),
        ("big5hkscs", "big5", "big5hkscs"),
        ("utf-8-sig", "gb2312", "utf-8"),
        ("utf-16", "utf-8", "utf-16-le"),
    ],
)
def test_the_text_is_decoded_by_what_reads_all_of_it(encoding: str, label: str, named: str) -> None:
    name = "項目㐀" if encoding == "gb18030" else "項目"
    page = f"<html><meta charset='{label}'><body>{TABLE.replace('项目', name).replace('额', '額')}"
    found = known(page.encode(encoding))
    assert found.encoding == named
    assert texts(found) == [name, "金額", "甲", "1.00"]


def test_a_few_damaged_bytes_are_told_and_many_are_refused() -> None:
    page = f"<html><meta charset=gb2312><body>{TABLE}{'预算' * 200}<p>坏".encode("gb18030")
    found = known(page[:-1])
    assert found.pages[0].flags == ("unknown_characters",)
    assert refused(b"<html><body>" + b"\xff\xff\x80" * 50)[0] == "undecodable_text"


PICTURES = (
    "<html><body><table><tr><td>索引号<td>A-1<tr><td>发布机构<td>甲局</table>"
    "<p><img src=1.jpg></p><p><img src=2.jpg></p>"
)
MHT = """MIME-Version: 1.0
Content-Type: multipart/related; boundary="--=_1"; type="text/html"

----=_1
Content-Location: file:///C:/1.htm
Content-Transfer-Encoding: {transfer}
Content-Type: text/html; charset="gb2312"

{page}

----=_1
Content-Location: file:///C:/1.files/image001.png
Content-Transfer-Encoding: base64
Content-Type: image/png

iVBORw0KGgo=

----=_1--
"""


def test_a_page_saved_in_one_file_is_read_as_the_page_is() -> None:
    from base64 import encodebytes
    from quopri import encodestring

    page = f"<html><meta charset=gb2312><body><p>收支总表{TABLE}".encode("gb18030")
    for transfer, coded in (("base64", encodebytes(page)), ("quoted-printable",
                                                            encodestring(page))):  # fmt: skip
        data = MHT.format(transfer=transfer, page=coded.decode("ascii")).encode()
        found = known(data, media.MHTML)
        assert found.encoding == "gb18030"
        assert lines(found) == ["收支总表"]
        assert grid(found) == grid(known(page))


def test_a_workbook_saved_in_one_file_has_all_its_sheets() -> None:
    part = "Content-Location: {}\nContent-Type: text/html; charset=utf-8\n\n{}\n"
    parts = [
        part.format("book.htm", "<html><frameset><frame src=sheet001.htm></frameset></html>"),
        part.format("book.files/sheet001.htm", f"<html><body>{TABLE}</body></html>"),
        part.format("book.files/sheet002.htm", f"<html><body>{TABLE}</body></html>"),
        part.format("book.files/header.htm", "<html><body>页眉</body></html>"),
    ]
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n'
    data = head + "".join(f"--b\n{one}" for one in parts) + "--b--\n"
    found = known(data.encode(), media.MHTML)
    assert len(found.grids) == 2
    assert lines(found) == []


def test_a_row_of_links_is_one_of_its_table() -> None:
    links = "".join(f"<td><a href=/{n}>项目{n}</a>" for n in range(4))
    assert len(texts(read(table("<td>一<td>二<td>三<td>四", links, "<td>1<td>2<td>3<td>4")))) == 12
    assert read(table(links, links) + TABLE).grids[-1].grid_no == 1


@pytest.mark.parametrize(
    ("page", "rule", "said"),
    [
        ("<html><body><div id=app></div><script>load()</script></body></html>",
         "page_without_content", "脚本 1 段"),
        ("<html><head><title>404 Not Found</title></head><body>页面不存在</body></html>",
         "page_without_content", "404 Not Found"),
        ("<html><head><title>登录</title></head><body><form><input type=password></form></body>",
         "page_without_content", "登录"),
        ("<html><frameset><frame src=sheet001.htm></frameset></html>", "page_without_content",
         "框架 1 个"),
        (PICTURES, "page_is_image", "图像 2 幅"),
        ("<html><body>" + "<div>" * 3000 + "底", "unreadable_document", "嵌套过深"),
    ],
)  # fmt: skip
def test_a_page_whose_content_is_elsewhere_says_so(page: str, rule: str, said: str) -> None:
    found, why = refused(page)
    assert found == rule
    assert said in why


def test_a_table_without_figures_is_no_shell() -> None:
    rows = ("<td>科目编码<td>科目名称<td>本年预算", "<td>&nbsp;<td>&nbsp;<td>&nbsp;")
    assert len(read(table(*rows) + "<p>注：本表为空。").grids) == 1


def test_a_table_wider_than_any_is_refused_before_it_fills_the_memory() -> None:
    wide = table(*["<td colspan=1000 rowspan=65534>1" * 3] * 3000)
    assert refused(f"<html><body>{wide}") == ("document_limits", "列 columns > 2,000")


def test_a_table_wider_than_any_document_has_is_refused() -> None:
    row = "<tr>" + "".join(f"<td>{n}" for n in range(limits.COLUMNS + 1))
    found = f"列 columns: {limits.COLUMNS + 1:,}"
    assert refused(f"<html><body><table>{row}{row}</table>") == ("document_limits", found)
