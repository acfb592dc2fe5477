"""Text tables with commas or semicolons: rows, quotes, encodings, places."""

from __future__ import annotations

import pytest

from pipelines.documents import media
from pipelines.extract.readers import extract
from pipelines.extract.sheets.csv_reader import read_csv

TEXT = (
    "2026年收入总表,,\r\n单位：万元,,\r\n"
    '"项目\n名称",金额,"说 ""明"""\r\n甲,"1,234.50",\r\n乙,2,"x"y\r\n\r\n注：略,,\r\n'
)
ROWS = [
    (0, 1, 1, "2026年收入总表"), (0, 2, 1, "单位：万元"),
    (1, 1, 1, "项目\n名称"), (1, 1, 2, "金额"), (1, 1, 3, '说 "明"'),
    (1, 2, 1, "甲"), (1, 2, 2, "1,234.50"), (1, 2, 3, ""),
    (1, 3, 1, "乙"), (1, 3, 2, "2"), (1, 3, 3, '"x"y'),
    (0, 7, 1, "注：略"),
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_rows_quotes_and_encodings(encoding: str, end: str) -> None:
    found = extract("0" * 64, TEXT.replace("\r\n", end).encode(encoding))
    assert found.media_type == media.CSV
    assert found.cells.select("grid_no", "row_no", "col_no", "text").rows() == ROWS
    assert [(page.page_no, page.cell_count) for page in found.pages] == [(1, 11)]
    assert found.pages[0].char_count == found.pages[0].cell_char_count
    assert found.pages[0].sheet is None


def test_cells_name_their_characters_in_the_file_unless_quotes_are_doubled_in_them() -> None:
    cells = extract("0" * 64, TEXT.encode()).cells
    for text, start, end in cells.select("text", "char_from", "char_to").iter_rows():
        assert (start is None) == (text in {"", '说 "明"'})
        assert start is None or TEXT[start:end] == text


def test_semicolons() -> None:
    text = "项目;金额\n甲;1,50\n乙;2\n"
    found = extract("0" * 64, text.encode("gb18030"))
    assert found.media_type == media.CSV
    assert found.cells["text"].to_list() == ["项目", "金额", "甲", "1,50", "乙", "2"]


def test_a_quote_that_never_ends_is_a_character() -> None:
    found = read_csv("0" * 64, media.CSV, '项目,金额\n"甲,1\n乙,2\n'.encode())
    assert found.cells["text"].to_list() == ["项目", "金额", '"甲', "1", "乙", "2"]


def test_a_label_without_an_amount_below_a_header_is_a_row() -> None:
    found = extract("0" * 64, "项目,金额,备注\n合计,,\n\n注：略,,\n".encode())
    assert found.cells.filter(grid_no=1)["text"].to_list() == [
        "项目",
        "金额",
        "备注",
        "合计",
        "",
        "",
    ]


def test_what_is_no_text_says_where() -> None:
    found = read_csv("0" * 64, media.CSV, "项目,金额\n".encode() + b"\x80\xff\xff,1\n")
    assert found.refusal is not None
    assert found.refusal.rule_id == "undecodable_text"
