"""Workbooks as they are shown, and the traps in them: each is read right, or told."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import xlwt

from pipelines.documents import media
from pipelines.extract.sheets.biff import survey_xls
from tests.extract.workbooks import FIRST, read, rows, texts, with_cell, with_part, workbook

if TYPE_CHECKING:
    import xlsxwriter

TABLE = (("科目", "金额", "备注"), ("教育", 1.5, "甲"), ("农业", 2, "乙"))


def binary(write: Any) -> bytes:
    """An old binary workbook; ``write`` is given its sheet."""
    book, kept = xlwt.Workbook(), BytesIO()
    write(book.add_sheet("收入总表"))
    book.save(kept)
    return kept.getvalue()


def flags(data: bytes) -> dict[str, str]:
    """Flags of the first sheet, with the places they name."""
    page = read(data).pages[0]
    where = {str(flag): said for flag, said in page.places}
    return {flag: where.get(flag, "") for flag in page.flags}


class TestShown:
    def test_a_number_is_shown_by_its_format_and_what_is_stored_is_kept(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            for row, (value, code) in enumerate(
                [(201, "0000"), (12.345678, "#,##0.00"), (0.1234, "0.00%"), (46023, "yyyy-mm-dd"),
                 (1234567, "0\\.0,"), (0.1 + 0.2, "General"), (-5, "#,##0_);(#,##0)")]
            ):  # fmt: skip
                sheet.write_number(row, 0, value, book.add_format({"num_format": code}))
                sheet.write_string(row, 1, "名")

        extraction = read(workbook(write))
        shown = texts(extraction)
        assert [shown[f"A{row}"] for row in range(1, 8)] == [
            "0201", "12.35", "12.34%", "2026-01-01", "123.5", "0.3", "(5)"
        ]  # fmt: skip
        stored = dict(extraction.cells.select("address", "stored").iter_rows())
        assert (stored["A1"], stored["A2"], stored["B1"]) == ("201", "12.345678", None)

    def test_the_same_in_a_binary_workbook(self) -> None:
        def write(sheet: Any) -> None:
            for row, (value, code) in enumerate([(201, "0000"), (12.345678, "#,##0.00"), (1, "@")]):
                sheet.write(row, 0, value, xlwt.easyxf(num_format_str=code))
                sheet.write(row, 1, "名")

        data = binary(write)
        assert read(data).media_type == media.XLS
        shown = texts(read(data))
        assert [shown[f"A{row}"] for row in (1, 2, 3)] == ["0201", "12.35", "1"]

    def test_a_zero_that_nobody_sees_is_blank(self) -> None:
        def write(_: xlsxwriter.Workbook, sheet: Any) -> None:
            sheet.hide_zero()
            rows(("科目", "金额"), ("教育", 0), ("农业", 2))(_, sheet)

        extraction = read(workbook(write))
        assert "B2" not in texts(extraction)
        assert texts(extraction)["B3"] == "2"
        assert extraction.pages[0].flags == ()

    def test_texts_are_texts_whatever_they_begin_with(self) -> None:
        said = ("=SUM(A1)", "0201", "+1", "TRUE", " 空 格 ", "_x000D_")

        def write(_: xlsxwriter.Workbook, sheet: Any) -> None:
            for row in (0, 1):
                for col, text in enumerate(said):
                    sheet.write_string(row, col, text)

        shown = texts(read(workbook(write)))
        assert [shown[f"{col}1"] for col in "ABCDE"] == ["=SUM(A1)", "0201", "+1", "TRUE", "空 格"]

    def test_days_may_be_counted_from_1904(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            form = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
            sheet.write_number(0, 0, 44561, form)

        old, new = "<workbookPr ", '<workbookPr date1904="1" '
        data = with_part(workbook(write), "xl/workbook.xml", lambda xml: xml.replace(old, new))
        assert texts(read(data)) == {"A1": "2026年1月1日"}


class TestTold:
    def test_an_error_is_shown_and_told(self) -> None:
        data = with_cell(workbook(rows(*TABLE)), "B2", '<c r="B2" t="e"><v>#REF!</v></c>')
        assert texts(read(data))["B2"] == "#REF!"
        assert flags(data) == {"error_values": "B2"}

    def test_an_error_in_a_binary_workbook(self) -> None:
        def write(sheet: Any) -> None:
            for row, values in enumerate(TABLE):
                for col, value in enumerate(values):
                    sheet.write(row, col, value)
            sheet.row(3).set_cell_error(1, "#DIV/0!")

        data = binary(write)
        assert texts(read(data))["B4"] == "#DIV/0!"
        assert flags(data) == {"error_values": "B4"}

    def test_a_formula_has_the_value_that_was_computed(self) -> None:
        def write(_: xlsxwriter.Workbook, sheet: Any) -> None:
            rows(*TABLE)(_, sheet)
            sheet.write_formula("B4", "=SUM(B2:B3)", None, 3.5)

        said_nothing = '<c r="C5" t="str"><f>IF(B4>0,"","x")</f><v></v></c>'
        data = with_cell(workbook(write), "C5", said_nothing)
        assert texts(read(data))["B4"] == "3.5"
        assert "C5" not in texts(read(data))
        assert flags(data) == {}

    @pytest.mark.parametrize("value", ["", "<v></v>", "<v/>"])
    def test_a_formula_without_a_value_is_told_and_never_computed(self, value: str) -> None:
        data = with_cell(
            workbook(rows(*TABLE)), "B2", f'<c r="B2"><f>SUM(B3:B9)</f>{value}</c>'
        )  # fmt: skip
        assert "B2" not in texts(read(data))
        assert flags(data) == {"formula_without_value": "B2"}

    def test_a_formula_that_no_program_computed_in_a_binary_workbook(self) -> None:
        def write(sheet: Any) -> None:
            for row, values in enumerate(TABLE):
                for col, value in enumerate(values):
                    sheet.write(row, col, value)
            sheet.write(3, 1, xlwt.Formula("SUM(B2:B3)"))

        said_nothing = bytes.fromhex("0300010011000300000000 00ffff0000")
        zero_to_compute = bytes.fromhex("030001001100000000000000 00000200")
        data = binary(write)
        assert data.count(said_nothing) == 1
        data = data.replace(said_nothing, zero_to_compute)
        assert survey_xls(data)[0].cells[4, 2].kind == "unknown"
        assert "B4" not in texts(read(data))
        assert flags(data) == {"formula_without_value": "B4"}

    def test_what_is_hidden_is_read_and_told(self) -> None:
        def write(_: xlsxwriter.Workbook, sheet: Any) -> None:
            rows(*TABLE)(_, sheet)
            sheet.set_row(1, None, None, {"hidden": True})
            sheet.set_column("C:C", None, None, {"hidden": True})

        data = workbook(write)
        assert texts(read(data))["A2"] == "教育"
        assert flags(data) == {"cells_hidden": "C1, A2, B2, C2, C3"}

    def test_hidden_rows_and_columns_without_anything_are_not_told(self) -> None:
        def write(_: xlsxwriter.Workbook, sheet: Any) -> None:
            rows(*TABLE)(_, sheet)
            sheet.set_row(20, None, None, {"hidden": True})
            sheet.set_column("J:XFD", None, None, {"hidden": True})

        assert flags(workbook(write)) == {}

    def test_hidden_rows_and_columns_of_a_binary_workbook(self) -> None:
        def write(sheet: Any) -> None:
            for row, values in enumerate(TABLE):
                for col, value in enumerate(values):
                    sheet.write(row, col, value)
            sheet.row(1).hidden = True
            sheet.col(2).hidden = True

        assert flags(binary(write)) == {"cells_hidden": "C1, A2, B2, C2, C3"}

    def test_a_hidden_sheet_is_a_page_and_told(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            rows(*TABLE)(book, sheet)
            other = book.add_worksheet("参数")
            rows(*TABLE)(book, other)
            other.very_hidden()

        extraction = read(workbook(write))
        said = [(page.page_no, page.sheet, page.flags) for page in extraction.pages]
        assert said == [(1, "收入总表", ()), (2, "参数", ("sheet_hidden",))]
        assert len(extraction.grids) == 2

    def test_what_a_format_or_a_merged_cell_hides_is_told(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            rows(*TABLE)(book, sheet)
            sheet.write_number("B2", 7, book.add_format({"num_format": ";;;"}))
            sheet.merge_range("A5:B5", "合计")

        data = with_cell(workbook(write), "B5", '<c r="B5"><v>9</v></c>')
        extraction = read(data)
        assert not {"B2", "B5"} & texts(extraction).keys()
        assert flags(data) == {"cells_hidden": "B2, B5"}
        page = extraction.pages[0]
        assert page.dropped == (("covered", 1),)
        assert page.char_count == page.cell_char_count

    def test_a_format_that_is_not_understood_is_told(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            rows(*TABLE)(book, sheet)
            sheet.write_number("B2", 0.5, book.add_format({"num_format": "# ?/?"}))

        data = workbook(write)
        assert texts(read(data))["B2"] == "0.5"
        assert flags(data) == {"format_unknown": "B2"}

    def test_a_chart_is_no_worksheet_and_text_in_drawings_is_told(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            rows(*TABLE)(book, sheet)
            sheet.insert_textbox("E5", "单位：万元")
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": "=收入总表!$B$2:$B$3"})
            book.add_chartsheet("图").set_chart(chart)

        pages = read(workbook(write)).pages
        assert [page.flags for page in pages] == [("text_in_drawings",), ("no_worksheet",)]

    def test_a_text_that_is_nowhere_is_no_blank(self) -> None:
        data = with_cell(workbook(rows(*TABLE)), "A2", '<c r="A2" t="s"><v>999</v></c>')
        assert read(data).refusal is not None

    def test_blank_texts_are_blank(self) -> None:
        shared = "xl/sharedStrings.xml"
        data = with_part(workbook(rows(*TABLE)), shared, lambda xml: xml.replace("甲", "  "))
        assert "C2" not in texts(read(data))
        assert flags(data) == {}

    def test_a_date_in_words_is_shown_and_told(self) -> None:
        data = with_cell(workbook(rows(*TABLE)), "B2", '<c r="B2" t="d"><v>2026-01-01</v></c>')
        assert texts(read(data))["B2"] == "2026-01-01"
        assert flags(data) == {"format_unknown": "B2"}


class TestGhosts:
    def test_ghost_columns_and_rows_are_left_out_and_nothing_else(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            ruled = book.add_format({"border": 1})
            for row in range(60):
                for col in range(256):  # out to IV
                    sheet.write_blank(row, col, None, ruled)
            for row, values in enumerate(TABLE):
                for col, value in enumerate(values):
                    sheet.write(row, col, value, ruled)

        extraction = read(workbook(write))
        assert extraction.cells.height == 9
        assert len(extraction.grids) == 1

    @pytest.mark.parametrize("reference", ["A1", "A1:XFD1048576", "C3:B2", ""])
    def test_a_wrong_dimension_says_nothing(self, reference: str) -> None:
        data = with_part(workbook(rows(*TABLE)), FIRST,
                         lambda xml: xml.replace('ref="A1:C3"', f'ref="{reference}"'))  # fmt: skip
        assert read(data).cells.height == 9

    def test_one_cell_at_the_far_end_is_read_and_ends_no_process(self) -> None:
        data = with_cell(workbook(rows(*TABLE)), "XFD1048576",
                         '<c r="XFD1048576" t="inlineStr"><is><t>注</t></is></c>')  # fmt: skip
        extraction = read(data)
        assert texts(extraction)["XFD1048576"] == "注"
        assert texts(extraction)["A2"] == "教育"  # a shared text, by another reader
        assert len(extraction.grids) == 1

    def test_a_blank_cell_at_the_far_end_harms_nobody(self) -> None:
        data = with_cell(workbook(rows(*TABLE)), "XFD1048576", '<c r="XFD1048576" s="0"/>')
        assert read(data).cells.height == 9

    def test_merged_cells_beyond_everything_are_cut(self) -> None:
        merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        old, new = "</sheetData>", f"</sheetData>{merged}"
        row = workbook(rows(("只有", "一行")))
        data = with_part(row, FIRST, lambda xml: xml.replace(old, new))
        assert flags(data) == {"cells_hidden": "B1"}


class TestGrids:
    def test_titles_and_labels_stand_outside_of_a_ruled_table(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            ruled = book.add_format({"border": 1})
            sheet.merge_range("A1:C1", "2026年部门收入总表")
            sheet.write_row("A2", ["部门：甲局", None, "单位：万元"])
            for row, values in enumerate(TABLE, 2):
                for col, value in enumerate(values):
                    sheet.write(row, col, value, ruled)
            sheet.write_row("A6", ["填表人：", "电话："])

        extraction = read(workbook(write))
        assert len(extraction.grids) == 1
        lines = extraction.cells.filter(grid_no=0)
        assert lines["address"].to_list() == ["A1", "A2", "C2", "A6", "B6"]
        assert lines["seq"].to_list() == [1, 2, 3, 13, 14]

    def test_tables_one_below_the_other_and_side_by_side(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            ruled = book.add_format({"border": 1})
            for top, left in ((0, 0), (0, 4), (6, 0)):
                for row, values in enumerate(TABLE, top):
                    for col, value in enumerate(values, left):
                        sheet.write(row, col, value, ruled)

        cells = read(workbook(write)).cells
        firsts = cells.group_by("grid_no", maintain_order=True).agg(pl.col("address").first())
        assert firsts["address"].to_list() == ["A1", "E1", "A7"]

    def test_a_blank_row_within_rules_does_not_end_a_table(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            ruled = book.add_format({"border": 1})
            for row, values in enumerate((*TABLE, ("", "", ""), ("合计", 3.5, ""))):
                for col, value in enumerate(values):
                    sheet.write(row, col, value, ruled)

        extraction = read(workbook(write))
        assert len(extraction.grids) == 1
        assert extraction.cells.height == 15

    def test_without_rules_rows_that_follow_one_another_are_a_table(self) -> None:
        said = [("收入总表",), ("单位：万元",), *TABLE, ("其他",), (), ("注：略",)]
        extraction = read(workbook(rows(*said)))
        inside = extraction.cells.filter(grid_no=1)
        assert (inside["address"][0], inside["address"][-1]) == ("A3", "C6")
        assert extraction.cells.filter(grid_no=0)["text"].to_list() == [
            "收入总表", "单位：万元", "注：略"
        ]  # fmt: skip

    def test_merged_cells_span_what_they_cover(self) -> None:
        def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
            ruled = book.add_format({"border": 1})
            sheet.merge_range("A1:A2", "科目", ruled)
            sheet.merge_range("B1:C1", "金额", ruled)
            sheet.write_row("B2", ["小计", "其中"], ruled)
            sheet.write_row("A3", ["教育", 1, 2], ruled)

        cells = read(workbook(write)).cells
        spans = cells.select("text", "row_no", "col_no", "row_span", "col_span").rows()
        assert spans[:4] == [
            ("科目", 1, 1, 2, 1), ("金额", 1, 2, 1, 2), ("小计", 2, 2, 1, 1), ("其中", 2, 3, 1, 1)
        ]  # fmt: skip
        assert cells.height == 7


def test_prefixed_names_and_cells_without_addresses_are_read() -> None:
    def change(xml: str) -> str:
        data = xml[xml.index("<sheetData>") : xml.index("</sheetData>") + len("</sheetData>")]
        plain = "".join(
            f"<x:row>{''.join(f'<x:c><x:v>{n}</x:v></x:c>' for n in row)}</x:row>"
            for row in ((1, 2), (3, 4))
        )
        head = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        return f"{head}<x:sheetData>{plain}</x:sheetData></x:worksheet>" if data else xml

    extraction = read(with_part(workbook(rows(*TABLE)), FIRST, change))
    assert texts(extraction) == {"A1": "1", "B1": "2", "A2": "3", "B2": "4"}
    assert extraction.pages[0].flags == ()


def test_a_broken_part_is_refused_with_its_name() -> None:
    data = with_part(workbook(rows(*TABLE)), FIRST, lambda xml: xml[:200])
    refusal = read(data).refusal
    assert refusal is not None
    assert refusal.rule_id == "unreadable_document"
    assert FIRST in refusal.found


def test_a_declaration_is_refused() -> None:
    old, new = "<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'
    data = with_part(workbook(rows(*TABLE)), FIRST, lambda xml: xml.replace(old, new, 1))
    refusal = read(data).refusal
    assert refusal is not None
    assert refusal.rule_id == "document_unsafe"
