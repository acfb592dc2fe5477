"""Word documents: what is shown, where each cell stands, and what is told of what is not shown."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pipelines.documents import media
from pipelines.extract.grids import RefusedError
from pipelines.extract.readers import extract
from pipelines.extract.word import legacy
from tests.generator.books.word import package
from tests.ole import ole

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.extract.grids import Extraction

ID = "a" * 64
_RAISED = '<w:vertAlign w:val="superscript"/>'
_CHOICE = (
    '<w:p><w:r><w:fldChar><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="是"/>'
    '<w:listEntry w:val="否"/></w:ddList></w:ffData></w:fldChar></w:r></w:p>'
)
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def p(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p>{run(text, properties)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    said = "".join(cell if cell.startswith("<") else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{said}</w:tr>"


def tbl(*rows: str, widths: tuple[int, ...] = ()) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def read(body: str, **parts: str) -> Extraction:
    """A document of a body; every character of it is accounted for."""
    found = extract(ID, package(body, **parts))
    assert found.media_type == media.DOCX
    for page in found.pages:
        assert page.char_count == page.cell_char_count
    return found


def lines(found: Extraction) -> list[str]:
    return found.cells.filter(found.cells["grid_no"] == 0)["text"].to_list()


def grid(found: Extraction, number: int = 1) -> list[tuple[int, int, int, int, str]]:
    """Row, column, spans and text of the cells of a grid."""
    cells = found.cells.filter(found.cells["grid_no"] == number)
    return cells.select("row_no", "col_no", "row_span", "col_span", "text").rows()


def dropped(found: Extraction) -> dict[str, int]:
    return dict(found.pages[0].dropped)


def test_paragraphs_are_lines_and_tables_grids_in_reading_order() -> None:
    found = read(
        p("收支总表") + p("") + tbl(tr("项目", "金额"), tr("合计", "1.00")) + p("注：无。")
    )
    assert lines(found) == ["收支总表", "注：无。"]
    assert grid(found) == [(1, 1, 1, 1, "项目"), (1, 2, 1, 1, "金额"),
                           (2, 1, 1, 1, "合计"), (2, 2, 1, 1, "1.00")]  # fmt: skip
    assert found.cells["seq"].to_list() == [1, 2, 3, 4, 5, 6]
    assert found.grids[0].method == "given"


def test_cells_cover_what_is_merged_over_columns_and_rows() -> None:
    top, below = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    found = read(tbl(
        tr(tc("科目", top), tc("支出", '<w:gridSpan w:val="2"/>')),
        tr(tc("<w:p/>", below), "基本", "项目"),
        tr("合计", "1.00", "2.00"),
    ))  # fmt: skip
    assert grid(found)[:4] == [(1, 1, 2, 1, "科目"), (1, 2, 1, 2, "支出"),
                               (2, 2, 1, 1, "基本"), (2, 3, 1, 1, "项目")]  # fmt: skip


def test_cells_merged_the_old_way_over_columns_are_one() -> None:
    found = read(tbl(
        tr(tc("支出", '<w:hMerge w:val="restart"/>'), tc("<w:p/>", "<w:hMerge/>"), "收入"),
        tr("1.00", "2.00", "3.00"),
    ))  # fmt: skip
    assert grid(found)[:2] == [(1, 1, 1, 2, "支出"), (1, 3, 1, 1, "收入")]


def test_a_cell_that_goes_on_below_another_width_is_its_own() -> None:
    found = read(tbl(
        tr(tc("甲", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), "乙"),
        tr(tc("丙", "<w:vMerge/>"), "丁", "戊"),
    ))  # fmt: skip
    assert [row[-1] for row in grid(found)] == ["甲", "乙", "丙", "丁", "戊"]


def test_rows_may_begin_and_end_beside_the_others() -> None:
    found = read(tbl(
        tr("一", "二", "三"),
        tr("甲", "乙", properties='<w:gridBefore w:val="1"/>'),
        tr("丙", "丁", properties='<w:gridAfter w:val="1"/>'),
    ))  # fmt: skip
    assert [(row, col, text) for row, col, *_, text in grid(found)][3:] == [
        (2, 1, ""), (2, 2, "甲"), (2, 3, "乙"), (3, 1, "丙"), (3, 2, "丁"), (3, 3, "")]  # fmt: skip


def test_content_controls_hide_no_row_and_no_cell() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    found = read(control.format(p("表题")) + tbl(
        tr("项目", "金额"),
        control.format(tr("甲", "1.00")),
        f"<w:tr>{control.format(tc('乙'))}{tc(control.format(p('2.00')))}</w:tr>",
    ))  # fmt: skip
    assert lines(found) == ["表题"]
    assert [row[-1] for row in grid(found)] == ["项目", "金额", "甲", "1.00", "乙", "2.00"]


def test_insertions_are_read_and_deletions_are_not() -> None:
    changed = (
        f"<w:p><w:ins>{run('12')}</w:ins>"
        "<w:del><w:r><w:delText>99</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('7')}</w:moveFrom>{run('.00')}</w:p>"
    )
    found = read(tbl(
        tr("项目", "金额"), tr("甲", tc(changed)), tr("乙", "5.00", properties="<w:del/>"),
        tr("丙", "6.00", properties="<w:ins/>"),
    ))  # fmt: skip
    assert [row[-1] for row in grid(found)] == ["项目", "金额", "甲", "12.00", "丙", "6.00"]
    assert dropped(found) == {"deleted": 8}
    assert found.pages[0].flags == ("tracked_changes",)


def test_alternatives_are_read_once_and_boxes_after_their_line() -> None:
    box = "<w:txbxContent>{}</w:txbxContent>"
    either = (
        f"<mc:AlternateContent {_MC}><mc:Choice><w:drawing>{box.format(p('单位：万元'))}"
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict>{box.format(p('单位：万元'))}</w:pict>"
        "</mc:Fallback></mc:AlternateContent>"
    )
    found = read(f"<w:p>{run('收支总表')}<w:r>{either}</w:r></w:p>")
    assert lines(found) == ["收支总表", "单位：万元"]
    assert dropped(found) == {"alternative": 5}


def test_tabs_and_breaks() -> None:
    found = read("<w:p><w:r><w:t>部门：甲</w:t><w:tab/><w:t>单位：元</w:t><w:br/><w:t>下一行</w:t>"
                 "</w:r></w:p>")  # fmt: skip
    assert lines(found) == ["部门：甲 单位：元", "下一行"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (p("一般公共") + p("预算"), "一般公共预算"),
        (p("10") + p("20"), "10 20"),
        (p("GDP") + p("growth"), "GDP growth"),
        ("<w:p><w:r><w:t>≥</w:t><w:noBreakHyphen/><w:t>5</w:t></w:r></w:p>", "≥-5"),
        ('<w:p><w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>90%</w:t></w:r></w:p>', "≥90%"),
        ('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:p>', "☑"),
        (f"<w:p>{run('面积 30m')}{run('2', _RAISED)}</w:p>", "面积 30m²"),
        (_CHOICE, "否"),
    ],
)  # fmt: skip
def test_the_text_of_a_cell_is_what_is_shown(content: str, text: str) -> None:
    found = read(tbl(tr("指标", "值"), tr("甲", tc(content))))
    assert grid(found)[-1][-1] == text
    assert found.pages[0].flags == ()


def test_a_mark_at_a_number_is_told_and_an_unknown_symbol_too() -> None:
    mark = f"<w:p>{run('12.5')}{run('1', _RAISED)}</w:p>"
    found = read(tbl(tr("项目", "金额"), tr("甲", tc(mark))))
    assert grid(found)[-1][-1] == "12.5¹"
    assert found.pages[0].flags == ("number_marked",)
    unknown = '<w:p><w:r><w:sym w:font="Wingdings 3" w:char="F0FE"/></w:r></w:p>'
    assert read(unknown).pages[0].flags == ("unknown_characters",)


def test_hidden_text_is_dropped_and_told_where_it_hides_figures() -> None:
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:styleId="a"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    )
    hidden = read(p("看不见", "<w:vanish/>") + p("看得见", '<w:vanish w:val="0"/>')
                  + p("样式", '<w:rStyle w:val="b"/>'), styles=styles)  # fmt: skip
    assert lines(hidden) == ["看得见"]
    assert dropped(hidden) == {"hidden": 5}
    assert hidden.pages[0].flags == ()
    row = tr("乙", "9.00", properties="<w:hidden/>")
    told = read(tbl(tr("项目", "金额"), tr("甲", "1.00"), row, tr("合计", "1.00")))
    assert [text for *_, text in grid(told)] == ["项目", "金额", "甲", "1.00", "合计", "1.00"]
    assert told.pages[0].flags == ("cells_hidden",)


def test_edges_that_were_meant_to_be_one_make_no_column() -> None:
    span = '<w:gridSpan w:val="2"/>'
    found = read(tbl(
        tr(tc("项目", span), "金额"), tr("甲", tc("1.00", span)), widths=(2000, 40, 2000),
    ))  # fmt: skip
    assert grid(found) == [(1, 1, 1, 1, "项目"), (1, 2, 1, 1, "金额"),
                           (2, 1, 1, 1, "甲"), (2, 2, 1, 1, "1.00")]  # fmt: skip


def test_a_table_right_behind_another_goes_on_with_it() -> None:
    one = tbl(tr("项目", "金额"), tr("甲", "1.00"), widths=(2000, 2000))
    rest = tbl(tr("乙", "2.00"), widths=(2010, 1990))
    assert [row[-1] for row in grid(read(one + rest))][-2:] == ["乙", "2.00"]
    assert len(read(one + rest).grids) == 1
    assert len(read(one + p("") + rest).grids) == 2
    assert len(read(one + one).grids) == 2  # it has a header of its own
    assert len(read(one + tbl(tr("乙", "2.00"), widths=(900, 900))).grids) == 2


def test_tables_that_lay_out_are_none_and_what_they_hold_is_read() -> None:
    inner = tbl(tr("项目", "金额"), tr("甲", "1.00"))
    found = read(tbl(tr(tc(p("收支总表") + inner + p("注：无。")))))
    assert lines(found) == ["收支总表", "注：无。"]
    assert [row[-1] for row in grid(found)] == ["项目", "金额", "甲", "1.00"]
    labels = read(tbl(tr("部门：甲局", "单位：万元")) + inner)
    assert lines(labels) == ["部门：甲局", "单位：万元"]
    rows = [tr("项目", "内容"), tr("甲", tc(p("见下") + inner)), tr("乙", "1"), tr("丙", "2")]
    held = read(tbl(*rows))
    assert [row[-1] for row in grid(held)][3] == "见下项目金额甲1.00"


def test_a_head_stands_where_its_section_begins_and_numbers_of_pages_are_dropped() -> None:
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    number = '<w:p><w:fldSimple w:instr=" PAGE ">' + run("3") + "</w:fldSimple></w:p>"
    end = ('<w:sectPr><w:headerReference w:type="default" r:id="rId1"/>'
           '<w:footerReference w:type="default" r:id="rId2"/></w:sectPr>')  # fmt: skip
    last = f"<w:p><w:pPr><w:sectPr/></w:pPr>{run('目录')}</w:p>"
    found = read(p("封面") + last + p("表一") + end,
                 header=f"<w:hdr {ns}>{p('单位：万元')}{number}</w:hdr>",
                 footer=f"<w:ftr {ns}>{p('第3页')}</w:ftr>")  # fmt: skip
    assert lines(found) == ["封面", "目录", "单位：万元", "表一"]
    assert dropped(found) == {"footer": 3, "page_number": 1}


def test_notes_of_pages_stand_at_the_end() -> None:
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (f'<w:footnotes {ns}><w:footnote w:type="separator" w:id="0">{p("线")}</w:footnote>'
             f'<w:footnote w:id="1">{p("含上年结转。")}</w:footnote></w:footnotes>')  # fmt: skip
    cited = f'<w:p>{run("本年支出")}<w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    assert lines(read(cited + p("完"), footnotes=notes)) == ["本年支出", "完", "含上年结转。"]


def test_pictures_and_objects_are_told() -> None:
    picture = ('<w:p><w:r><w:drawing><pic:pic xmlns:pic="http://schemas.openxmlformats.org/'
               'drawingml/2006/picture"/></w:drawing></w:r></w:p>')  # fmt: skip
    found = read(tbl(tr("项目", "金额"), tr("甲", tc(picture)), tr("乙", "")))
    assert found.pages[0].flags == ("image_in_table",)
    assert read(p("见附表") + "<w:p><w:r><w:object/></w:r></w:p>").pages[0].flags == (
        "embedded_object",)  # fmt: skip
    scan = extract(ID, package(picture))
    assert scan.refusal is not None
    assert scan.refusal.rule_id == "page_is_image"


def test_the_strict_form_is_read_alike() -> None:
    body = tbl(tr("项目", "金额"), tr("甲", "1.00"))
    usual = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    strict = package(body, w="http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert usual.encode() not in strict
    assert grid(extract(ID, strict)) == grid(read(body))


def test_deep_nesting_is_refused_in_plain_words() -> None:
    deep = "<w:sdt><w:sdtContent>" * 1500 + p("底") + "</w:sdtContent></w:sdt>" * 1500
    refused = extract(ID, package(deep)).refusal
    assert refused is not None
    assert refused.rule_id == "unreadable_document"


@pytest.mark.slow
def test_what_another_program_makes_of_it_is_what_it_is(tmp_path: Path) -> None:
    """Through LibreOffice to .doc and back: the same cells, and the same from .rtf."""
    if not any(map(shutil.which, ("soffice", "libreoffice"))):
        pytest.skip("no LibreOffice on this machine")
    body = p("收支总表") + tbl(
        tr("项目", tc("金额（万元）", '<w:gridSpan w:val="2"/>')),
        tr("甲", "1.00", "2.00"),
        widths=(2000, 2000, 2000),
    )
    body += p("注：无。")
    data = package(body)
    for kind in ("doc", "rtf"):
        other = _saved(data, kind, tmp_path)
        found = extract(ID, other)
        assert found.refusal is None
        assert found.pages[0].flags == ()
        assert grid(found) == grid(read(body))
        assert lines(found) == lines(read(body))


def _saved(data: bytes, kind: str, folder: Path) -> bytes:
    (folder / "one.docx").write_bytes(data)
    office = shutil.which("soffice") or "libreoffice"
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
         "--convert-to", kind, "--outdir", str(folder), str(folder / "one.docx")],
        check=True, capture_output=True,
    )  # fmt: skip
    return (folder / f"one.{kind}").read_bytes()


def test_without_libreoffice_a_rtf_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    refused = extract(ID, b"{\\rtf1 hello\\par}").refusal
    assert refused is not None
    assert refused.rule_id == "converter_missing"
    assert "soffice" in refused.found


def test_a_doc_that_loses_something_on_the_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = package(tbl(tr("项目", "金额"), tr("甲", "1.00")))
    monkeypatch.setattr(legacy, "_converted", lambda *_: made)
    whole = extract(ID, b"{\\rtf1 " + b"\\cell" * 4 + b"\\row" * 2 + b"}")
    assert whole.pages[0].flags == ()
    lost = extract(ID, b"{\\rtf1 hello\\par}")
    assert lost.pages[0].flags == ("conversion_differs",)


def test_a_damaged_doc_is_refused_before_any_program_is_started() -> None:
    for stream in (b"", b"\xec\xa5" + b"\x00" * 600, b"\x00" * 2000):
        refused = extract(ID, ole({"WordDocument": stream, "0Table": b""})).refusal
        assert refused is not None
        assert refused.rule_id == "unreadable_document"
        assert refused.found.startswith(".doc: ")


def test_a_program_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "_SECONDS", 0.2)
    with pytest.raises(RefusedError) as error:
        legacy._run([shutil.which("sleep") or "sleep", "60"])  # noqa: SLF001 - what hangs
    assert error.value.refusal.rule_id == "reader_limits"
