"""The second reader reads what is printed, wherever the page is turned to, and misses no number."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from pipelines.extract import second_reader
from pipelines.extract.second_reader import (
    ASKED_SCHEMA,
    SECOND_SCHEMA,
    TooMuchError,
    agree,
    read_again,
)
from tests.pdf.printed import Table, extraction, pdf

TABLE = Table(
    ("预算表", "单位：万元"),
    (
        ("项目", "总计", "财政拨款", "说明"),
        ("合计", "1,240.00", "1,240.00", ""),
        ("植树", "-10.50", "", "绿化\n2026年2次"),
        ("修剪", "1250.50", "1240.00", "示例市园林局"),
    ),
    (110, 70, 70, 150),
)
MARGIN = (10.0, 20.0, 30.0, 40.0)


def asked(*tables: Table) -> pl.DataFrame:
    """All cells of the tables, as a reader that errs nowhere has them."""
    cells = extraction("0" * 64, *tables).cells
    number = pl.format("{}/{}/{}", "grid_no", "row_no", "col_no")
    known = cells.with_columns(cell_id=number, is_asked=pl.col("grid_no") > 0)
    return known.select(list(ASKED_SCHEMA))


def with_text(cells: pl.DataFrame, cell_id: str, text: str) -> pl.DataFrame:
    """The first reader has another text in one cell."""
    mine = pl.col("cell_id") == cell_id
    return cells.with_columns(text=pl.when(mine).then(pl.lit(text)).otherwise("text"))


def differing(answers: pl.DataFrame) -> list[tuple[str | None, str | None, str, str]]:
    found = answers.filter(~pl.col("agrees"))
    return found.select("cell_id", "first", "second", "how").rows()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("margin", [(0.0, 0.0, 0.0, 0.0), MARGIN])
@pytest.mark.parametrize("is_bold", [False, True])
def test_reads_every_cell_of_its_own_table(
    rotate: int, margin: tuple[float, float, float, float], is_bold: bool
) -> None:
    table = replace(TABLE, rotate=rotate, margin=margin, is_bold=is_bold)
    answers = read_again(pdf(table), asked(table))
    assert answers.schema == SECOND_SCHEMA
    assert answers.height == 16
    assert differing(answers) == []
    assert set(answers["how"]) == {"table"}
    said = dict(answers.select("cell_id", "second").iter_rows())
    assert said["1/3/2"] == "-10.50"
    assert said["1/3/4"] == "绿化\n2026年2次"


def test_text_printed_sideways_is_read_in_its_direction() -> None:
    """A landscape page that does not say so: its letters lie on their side as shown."""
    table = replace(TABLE, rotate=90)
    data = pdf(table).replace(b"/Rotate 90", b"/Rotate  0")
    turned = asked(table).with_columns(
        x0=pl.col("y0"), x1=pl.col("y1"), y0=842 - pl.col("x1"), y1=842 - pl.col("x0")
    )
    assert differing(read_again(data, turned)) == []


def test_a_cell_that_its_tables_lack_is_read_by_its_box() -> None:
    """The first reader may cut a row otherwise than pdfplumber: half of one, here."""
    half = asked(TABLE).with_columns(y1=pl.col("y0") + 12)
    answers = read_again(pdf(TABLE), half.filter(pl.col("cell_id") == "1/2/2"))
    assert answers.filter(pl.col("how") == "box")["second"].to_list() == ["1,240.00"]


@pytest.mark.parametrize(
    ("cell_id", "first", "second"),
    [
        ("1/2/2", "1,24.00", "1,240.00"),
        ("1/2/2", "124.000", "1,240.00"),
        ("1/3/2", "10.50", "-10.50"),
        ("1/4/3", "", "1240.00"),
        ("1/3/3", "7", ""),
        ("1/4/4", "示例市园林", "示例市园林局"),
    ],
)
def test_a_misreading_differs(cell_id: str, first: str, second: str) -> None:
    answers = read_again(pdf(TABLE), with_text(asked(TABLE), cell_id, first))
    assert (cell_id, first, second, "table") in differing(answers)


def test_a_row_that_the_first_reader_lost_is_seen() -> None:
    lost = asked(TABLE).filter(~pl.col("cell_id").str.starts_with("1/3/"))
    found = differing(read_again(pdf(TABLE), lost))
    assert found == [(None, None, "-10.50", "stray"), (None, None, "2026年2次", "stray")]


def test_the_last_row_lost_is_seen() -> None:
    lost = asked(TABLE).filter(~pl.col("cell_id").str.starts_with("1/4/"))
    found = differing(read_again(pdf(TABLE), lost))
    assert found == [(None, None, "1250.50", "stray"), (None, None, "1240.00", "stray")]


def test_a_page_between_that_the_first_reader_lost_is_seen() -> None:
    cells = asked(TABLE, TABLE, TABLE).filter(pl.col("page_no") != 2)
    found = read_again(pdf(TABLE, TABLE, TABLE), cells).filter(~pl.col("agrees"))
    assert set(found["page_no"]) == {2}
    assert set(found["second"]) == {"1,240.00", "1240.00", "-10.50", "1250.50", "2026年2次"}


def test_a_number_outside_of_tables_may_stand_in_any_line() -> None:
    page_number = f"BT /F 9 Tf 400 30 Td <{'7'.encode('utf-16-be').hex()}> Tj ET"
    data = pdf(replace(TABLE, extra=page_number))
    cells = asked(TABLE)
    assert differing(read_again(data, cells)) == [(None, None, "7", "stray")]
    line = cells.head(1).with_columns(cell_id=pl.lit("line"), text=pl.lit("第 7 页"))
    assert differing(read_again(data, pl.concat([cells, line]))) == []


def test_a_watermark_is_no_number_of_the_table() -> None:
    mark = f"BT /F 30 Tf .7 .7 -.7 .7 100 450 Tm <{'2026'.encode('utf-16-be').hex()}> Tj ET"
    assert differing(read_again(pdf(replace(TABLE, extra=mark)), asked(TABLE))) == []


def test_italic_numbers_are_read() -> None:
    """Slanted by the matrix alone, as Word prints them; their line is straight."""
    table = TABLE.with_cell(2, 2, "")
    slanted = f"BT /F 9 Tf 1 0 .33 1 225 {595 - 134} Tm <{'7.5'.encode('utf-16-be').hex()}> Tj ET"
    answers = read_again(pdf(replace(table, extra=slanted)), asked(table.with_cell(2, 2, "7.5")))
    assert differing(answers) == []


def test_an_overflowing_number_is_no_stray() -> None:
    """Its digits reach into the next cell; the first reader has all of them in one."""
    table = TABLE.with_cell(2, 1, "").with_cell(2, 2, "1234567890123456.78")
    found = differing(read_again(pdf(table), asked(table)))
    assert [how for _, _, _, how in found if how == "stray"] == []


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("1,240.00", "1240.00", True),
        ("１２", "12", True),
        ("－5", "−5", True),
        ("¥ 12", "12", True),
        ("12", "-12", False),
        ("12", "1.2", False),
        ("12.0", "12.00", False),
        ("12", "21", False),
        ("12", "", False),
        ("绿化 城区", "绿化\n城区", True),
        ("⼒", "力", True),
        ("城区绿化", "绿化城区", True),
        ("绿化", "绿化区", False),
    ],
)
def test_agree(first: str, second: str, is_same: bool) -> None:
    assert agree(first, second) is is_same
    assert agree(second, first) is is_same


def test_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "MAX_CHARS", 20)
    with pytest.raises(TooMuchError, match="上限 20 / characters, at most 20"):
        read_again(pdf(TABLE), asked(TABLE))
    monkeypatch.setattr(second_reader, "MAX_PAGES", 1)
    with pytest.raises(TooMuchError, match="2 页，上限 1 / pages, at most 1"):
        read_again(pdf(TABLE, TABLE), asked(TABLE, TABLE))


def test_rulings_beyond_bounds_are_left_to_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "MAX_EDGES", 3)
    answers = read_again(pdf(TABLE), asked(TABLE))
    assert differing(answers) == []
    assert set(answers["how"]) == {"box"}


def test_nothing_asked_nothing_read() -> None:
    assert read_again(b"no PDF", pl.DataFrame(schema=ASKED_SCHEMA)).is_empty()
