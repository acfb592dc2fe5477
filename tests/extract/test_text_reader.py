"""The text reader: lines, pages, grids, and the place of every character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.documents.media import decode_text
from pipelines.extract.grids import Page
from pipelines.extract.readers import extract
from tests.conftest import SEED
from tests.printing import PLAIN

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction

ID = "a" * 64


def read(text: str, encoding: str = "utf-8") -> Extraction:
    return extract(ID, text.encode(encoding))


def texts(extraction: Extraction) -> list[str]:
    return extraction.cells["text"].to_list()


def assert_places_are_exact(extraction: Extraction, data: bytes) -> None:
    """Each cell's characters in the decoded text are its text; each page is fully accounted."""
    decoded, _ = decode_text(data)
    for text, start, end in extraction.cells.select("text", "char_from", "char_to").iter_rows():
        assert decoded[start:end] == text
    filled = extraction.cells.filter(pl.col("text") != "")
    for page in extraction.pages:
        mine = filled.filter(pl.col("page_no") == page.page_no)
        assert page.cell_count == mine.height
        assert page.char_count == page.cell_char_count
    assert extraction.cells["seq"].to_list() == list(range(1, extraction.cells.height + 1))


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be-bom", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same_cells(
    encoding: str, named: str, newline: str
) -> None:
    text = PLAIN.replace("\n", newline)
    if encoding == "utf-16-be-bom":
        data = b"\xfe\xff" + text.encode("utf-16-be")
    else:
        data = text.encode(encoding)
    extraction = extract(ID, data)
    places = ["page_no", "grid_no", "row_no", "col_no", "seq", "text"]
    assert extraction.encoding == named
    assert extraction.cells.select(places).equals(read(PLAIN).cells.select(places))
    assert_places_are_exact(extraction, data)


def test_the_seed_is_two_grids_of_seven_columns_with_all_characters() -> None:
    data = SEED.read_bytes()
    extraction = extract(ID, data)
    assert_places_are_exact(extraction, data)
    grids = extraction.cells.filter(pl.col("grid_no") > 0)
    shape = grids.group_by("grid_no", maintain_order=True).agg(
        rows=pl.col("row_no").max(), columns=pl.col("col_no").max()
    )
    assert shape.rows() == [(1, 7, 7), (2, 4, 7)]
    printed = "".join(data.decode("utf-8").split())
    assert "".join("".join(text.split()) for text in texts(extraction)) == printed


def test_form_feeds_are_pages_and_end_grids() -> None:
    extraction = read("a\tb\n1\t2\fx\n\n3\t4\n\f")
    places = extraction.cells.select("page_no", "grid_no", "row_no", "col_no", "text").rows()
    assert places == [
        (1, 1, 1, 1, "a"),
        (1, 1, 1, 2, "b"),
        (1, 1, 2, 1, "1"),
        (1, 1, 2, 2, "2"),
        (2, 0, 1, 1, "x"),
        (2, 2, 1, 1, "3"),
        (2, 2, 1, 2, "4"),
    ]
    assert [(p.page_no, p.cell_count) for p in extraction.pages] == [(1, 4), (2, 3), (3, 0)]


def test_a_line_number_outside_of_grids_counts_blank_lines() -> None:
    extraction = read("\n\n标题\r\n\r\n单位：万元\r")
    assert extraction.cells.select("row_no", "text").rows() == [(3, "标题"), (5, "单位：万元")]


def test_ragged_rows_keep_their_own_cells() -> None:
    extraction = read("a\tb\tc\n1\t2\n3\t4\t5\t6\n")
    widths = extraction.cells.group_by("row_no", maintain_order=True).agg(pl.col("col_no").max())
    assert widths.rows() == [(1, 3), (2, 2), (3, 4)]


def test_a_blank_line_or_a_line_of_tabs_ends_a_grid() -> None:
    for between in ("\n", "   \n", "\t\t\n", "文字\n"):
        extraction = read(f"a\tb\n{between}1\t2\n")
        assert extraction.cells["grid_no"].max() == 2, between


def test_blank_cells_are_kept_and_stripped_cells_keep_their_place() -> None:
    extraction = read("甲 \t\t 乙\u3000\n")
    rows = extraction.cells.select("col_no", "text", "char_from", "char_to").rows()
    assert rows == [(1, "甲", 0, 1), (2, "", 3, 3), (3, "乙", 5, 6)]


def test_bytes_of_no_known_encoding_are_refused_with_their_place() -> None:
    extraction = extract(ID, "表\t".encode() + b"\xff\xff\xff")
    assert extraction.cells.is_empty()
    assert extraction.refusal is not None
    assert extraction.refusal.rule_id == "undecodable_text"
    assert "\\xff" in extraction.refusal.found


PRINTED = st.text(
    alphabet=st.one_of(
        st.sampled_from("\t\n\r\f 　合计预算（）;：1.,-\x0b\x1c\x85\u2028"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(text=PRINTED, encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_every_cell_is_its_characters_whatever_is_printed(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    extraction = extract(ID, data)
    if extraction.refusal is None:
        assert_places_are_exact(extraction, data)
    else:
        assert extraction.refusal.rule_id in {"unsupported_media_type", "empty_document"}
        assert extraction.media_type not in {"text/plain", "text/tab-separated-values"}


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.text(alphabet="合计总表0123.（） ", max_size=4), min_size=2, max_size=6),
        min_size=1,
        max_size=6,
    )
)
def test_a_printed_grid_comes_back_cell_by_cell(rows: list[list[str]]) -> None:
    filled = [[*row[:-1], row[-1].strip() or "末"] for row in rows]
    extraction = read("\n".join("\t".join(row) for row in filled))
    assert extraction.cells["grid_no"].unique().to_list() == [1]
    found = extraction.cells.select("row_no", "col_no", "text").rows()
    assert found == [
        (r, c, cell.strip()) for r, row in enumerate(filled, 1) for c, cell in enumerate(row, 1)
    ]


def test_thousands_of_pages_are_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    filters: list[object] = []
    real = pl.DataFrame.filter

    def counted(frame: pl.DataFrame, *predicates: Any) -> pl.DataFrame:
        filters.append(predicates)
        return real(frame, *predicates)

    monkeypatch.setattr(pl.DataFrame, "filter", counted)
    pages = read("甲\t 乙 丙\f" * 20_000).pages
    assert len(filters) == 1  # and not one a page
    assert [page.page_no for page in pages] == list(range(1, 20_002))
    assert set(pages[:-1]) == {Page(page.page_no, 2, 3, 3) for page in pages[:-1]}
    assert pages[-1] == Page(20_001, 0, 0, 0)
