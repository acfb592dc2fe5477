"""`yusuan grids`: what is read of a file, as a person sees it and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pipelines.screens.grids import blocks, positions
from pipelines.serve.grids import (
    ReadCell,
    ReadTable,
    RefusedDocumentError,
    UnknownPlaceError,
    read_file,
)
from pipelines.settings import Settings
from tests.commands import asked_nowhere
from tests.conftest import SEED
from tests.pdfs import PdfPage, pdf, ruled, words

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

SETTINGS = Settings.resolve()

#: Two columns and three rows; the first row is one merged cell, one cell is blank.
TABLE = (
    ruled((50, 150, 250), (100, 130, 160))
    + "50 160 m 50 190 l S 250 160 m 250 190 l S 50 190 m 250 190 l S "
    + words(60, 170, "merged head")
    + words(60, 140, "left")
    + words(160, 140, "1.50")
    + words(60, 110, "below")
)


def asked(*arguments: str) -> Result:
    return asked_nowhere("grids", *arguments)


@pytest.fixture
def paged(tmp_path: Path) -> Path:
    """A title, a table and a note on the first page; a turned page with a table; a blank page."""
    first = words(50, 250, "the title above") + TABLE + words(50, 50, "a note below")
    file = tmp_path / "paged.pdf"
    file.write_bytes(pdf(PdfPage(first), PdfPage(TABLE, rotate=180), PdfPage("")))
    return file


def test_a_text_table_as_it_is_read() -> None:
    found = json.loads(asked(str(SEED), "--json").stdout)
    assert (found["media_type"], found["encoding"]) == ("text/tab-separated-values", "utf-8")
    (page,) = found["pages"]
    assert page["unexplained"] == 0
    assert page["characters"] == page["in_cells"] + page["in_lines"]
    first = found["tables"][0]
    assert first["lines_above"][0].startswith("项目支出绩效目标表")
    assert first["cells"][7] == {
        "row_no": 2, "col_no": 1, "row_span": 1, "col_span": 1, "text": "合计",
        "is_header": False, "places": [[1, 1, 2, 1]],
    }  # fmt: skip
    shown = asked(str(SEED)).stdout
    for said in ("│ 合计", "│ 420.66", "│ ·", "单位：万元", "表 grid 2 · 第1页 p1 · 4 行 rows × 7"):
        assert said in shown
    assert "size (pt)" not in shown  # of no page


def test_pages_of_a_pdf_and_what_became_of_their_characters(paged: Path) -> None:
    found = json.loads(asked(str(paged), "--json").stdout)
    printed = [(p["page_no"], p["rotation"], p["characters"], p["unexplained"], p["refusal"])
               for p in found["pages"]]  # fmt: skip
    table = len("mergedheadleft1.50below")
    lines = len("thetitleaboveanotebelow")
    assert printed == [(1, 0, table + lines, 0, None), (2, 180, table, 0, None),
                       (3, 0, 0, 0, None)]  # fmt: skip
    assert [(p["in_cells"], p["in_lines"]) for p in found["pages"]] == [
        (table, lines), (table, 0), (0, 0),
    ]  # fmt: skip
    assert {(p["width"], p["height"]) for p in found["pages"]} == {(400, 300)}


def test_tables_of_a_pdf_with_merged_and_blank_cells(paged: Path) -> None:
    found = read_file(SETTINGS, paged, physical=True)
    first, second = found.tables
    assert (first.lines_above, second.lines_above) == (["the title above"], ["a note below"])
    assert (first.grid_nos, first.page_nos, first.methods) == ([1], [1], ["ruled"])
    assert positions(first) == {
        1: ["merged head ⟦1×2⟧", "←"], 2: ["left", "1.50"], 3: ["below", "·"],
    }  # fmt: skip
    shown = asked(str(paged), "--physical").stdout
    for said in ("400×300", "180", "merged head ⟦1×2⟧", "│ ←", "the title above", "第2页 p2"):
        assert said in shown


def test_one_page_and_one_grid(paged: Path) -> None:
    def places(*arguments: str) -> list[tuple[list[int], list[int]]]:
        found = asked(str(paged), "--json", "--physical", *arguments)
        tables = json.loads(found.stdout)["tables"]
        return [(table["page_nos"], table["grid_nos"]) for table in tables]

    assert places("--page", "2") == [([2], [2])]
    assert places("--grid", "1") == [([1], [1])]
    assert places("--page", "3") == []
    for wrong in (["--page", "4"], ["--grid", "3"], ["--page", "1", "--grid", "2"]):
        done = asked(str(paged), *wrong)
        assert (done.exit_code, type(done.exception)) == (1, UnknownPlaceError)
    assert "there is no page 4" in str(asked(str(paged), "--page", "4").exception)


@pytest.mark.parametrize(
    ("data", "rule_id"),
    [
        (b"\x00\x01 a program", "unsupported_media_type"),
        (b"\xff\xff\t", "undecodable_text"),
        (b"%PDF-1.7 and no more", "unreadable_document"),
    ],
)
def test_a_refusal_is_said_in_both_languages(tmp_path: Path, data: bytes, rule_id: str) -> None:
    file = tmp_path / "refused"
    file.write_bytes(data)
    done = asked(str(file), "--json")
    assert (done.exit_code, type(done.exception)) == (1, RefusedDocumentError)
    found = json.loads(done.stdout)
    assert rule_id in found["refusal"]
    assert (found["tables"], str(done.exception)) == ([], f"{file}: {found['refusal']}")
    assert "expected" in found["refusal"]
    assert any("一" <= char <= "鿿" for char in found["refusal"])


def test_no_such_file_is_wrong_usage(tmp_path: Path) -> None:
    done = asked(str(tmp_path / "none.pdf"))
    assert done.exit_code == 2
    assert "没有此文件" in done.stderr
    assert asked(str(tmp_path)).exit_code == 2


def cell(row: int, column: int, rows: int, columns: int, text: str) -> ReadCell:
    return ReadCell(row, column, rows, columns, text, is_header=False, places=[(1, 1, row, column)])


def test_merged_cells_mark_what_they_cover() -> None:
    cells = [cell(1, 1, 2, 1, "甲"), cell(1, 2, 2, 2, ""), cell(3, 3, 1, 1, "乙")]
    assert positions(ReadTable([1], [1], [], [], [], cells)) == {
        1: ["甲 ⟦2×1⟧", "· ⟦2×2⟧", "←"], 2: ["↑", "↑", "←"], 3: ["", "", "乙"],
    }  # fmt: skip


def long_table(*rows: tuple[str, str]) -> str:
    """A page with a table of two columns under a header, filled to its lower margin."""
    edges = [270 - 20 * number for number in range(len(rows) + 2)]
    content = ruled((50, 250, 350), edges[::-1])
    for number, (name, amount) in enumerate((("project", "amount"), *rows)):
        content += words(55, 257 - 20 * number, name) + words(260, 257 - 20 * number, amount)
    return content


def test_a_table_over_two_pages_is_one_and_says_how_it_was_joined(tmp_path: Path) -> None:
    first = [(f"project of road {n}", f"{n}.50") for n in range(1, 12)]
    second = [("project of bridge 1", "7.25"), ("project of bridge 2", "8.25")]
    file = tmp_path / "long.pdf"
    file.write_bytes(pdf(PdfPage(long_table(*first)), PdfPage(long_table(*second))))
    (table,) = read_file(SETTINGS, file).tables
    assert (table.grid_nos, table.page_nos) == ([1, 2], [1, 2])
    assert [(join.rule_id, join.page_no, join.grid_no) for join in table.joins] == [
        ("repeated_header", 2, 2)
    ]
    printed = positions(table)
    assert list(printed.values()) == [["project", "amount"], *map(list, first), *map(list, second)]
    bridge = next(cell for cell in table.cells if cell.text == "7.25")
    assert (bridge.row_no, bridge.col_no, bridge.places) == (13, 2, [(2, 2, 2, 2)])
    assert {cell.text for cell in table.cells if cell.is_header} == {"project", "amount"}
    shown = asked(str(file), "--page", "2").stdout
    for said in ("│ 13 │ project of bridge 1", "拼接 join  repeated_header: p2 t2", "│ amount"):
        assert said in shown
    assert "road" not in shown
    apart = read_file(SETTINGS, file, physical=True).tables
    assert [(table.grid_nos, table.joins) for table in apart] == [([1], []), ([2], [])]
    assert positions(apart[1])[1] == ["project", "amount"]


@pytest.mark.parametrize(
    ("widths", "room", "found"),
    [
        ([10, 10, 10], None, [[0, 1, 2]]),
        ([10, 10, 10], 100, [[0, 1, 2]]),
        ([10, 20, 20, 20], 60, [[0, 1], [0, 2], [0, 3]]),
        ([10, 8, 8, 8, 8], 60, [[0, 1, 2, 3], [0, 4]]),
        ([30, 20, 20], 60, [[0], [1, 2]]),  # no label: too wide to be shown again
        ([10, 500, 500], 80, [[0, 1], [0, 2]]),
        ([500], 20, [[0]]),
        ([500, 500], 20, [[0], [1]]),
    ],
)
def test_wide_tables_go_on_below(
    widths: list[int], room: int | None, found: list[list[int]]
) -> None:
    assert blocks(widths, room) == found
