"""Characters → cells and lines: runs in one piece, reading order, what is dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipelines.extract.pdf.cleaning import (
    cleaned,
    cuts_numbers,
    drops_most_numbers,
    drops_numbers,
    hidden_words,
)
from pipelines.extract.pdf.homes import OUTSIDE, homes
from pipelines.extract.pdf.lattice import lattices
from pipelines.extract.pdf.lines import doubtful_digits, lines, texts
from pipelines.extract.pdf.unruled import unruled
from tests.extract.pdf.drawing import page, ruled, text, together

if TYPE_CHECKING:
    from pipelines.extract.grids import PageFlag
    from pipelines.extract.pdf.shapes import Characters


def read(*parts: Characters, columns: tuple[float, ...] = (50, 100, 150, 200)) -> list[str]:
    """Texts of the cells of one row, and of the lines outside, in that order."""
    characters = together(*parts)
    tables = lattices(*ruled(list(columns), [100.0, 130.0]))
    found = lines(characters, homes(characters, tables))
    outside = [t for t, owner in zip(found.text, found.owner, strict=True) if owner == OUTSIDE]
    boxes = np.vstack([table.boxes() for table in tables])
    return texts(found, boxes) + outside


def test_a_character_is_where_its_middle_is() -> None:
    assert read(text("合计", 55, 115), text("1.00", 110, 115), text("外", 300, 115)) == [
        "合计", "1.00", "", "外",
    ]  # fmt: skip


@pytest.mark.parametrize("x", [90, 92, 95, 96, 98])
def test_a_number_over_a_rule_stays_whole(x: float) -> None:
    (whole,) = [cell for cell in read(text("201", x, 115)) if cell]
    assert whole == "201"


def test_a_long_number_keeps_its_head_in_its_cell() -> None:
    # right-aligned at 148, wider than its cell of 50
    digits = "12,345,678.90"
    assert read(text("项目", 52, 115), text(digits, 148 - 65, 115))[:2] == ["项目", digits]


def test_numbers_of_neighbours_that_nearly_touch_stay_two() -> None:
    cells = read(text("1,234.56", 100 - 40.2, 115), text("7,890.12", 100.2, 115))
    assert cells[:2] == ["1,234.56", "7,890.12"]


def test_closing_punctuation_may_hang_over_the_rule() -> None:
    assert read(text("提高效率。", 59, 115), text("2.00", 120, 115))[:2] == ["提高效率。", "2.00"]
    assert read(text("最后一格。", 159, 115), columns=(50, 100, 150, 200))[2] == "最后一格。"


def test_text_that_runs_over_an_empty_neighbour_goes_back() -> None:
    assert read(text("市政务服务局", 53, 115))[:2] == ["市政务服务局", ""]


def test_text_that_fills_two_cells_stays_in_two() -> None:
    cells = read(text("甲乙丙丁", 58, 115), text("戊己庚", 102, 115))
    assert cells[:2] == ["甲乙丙丁", "戊己庚"]
    # …even if they touch: no rule goes through a character
    cells = read(text("甲乙丙丁", 60, 115), text("戊己庚", 100.2, 115))
    assert cells[:2] == ["甲乙丙丁", "戊己庚"]


def test_raised_figures_stay_in_their_line_and_lines_stay_apart() -> None:
    parts = (text("面积", 52, 112), text("12m", 72, 112), text("2", 87, 108, 6),
             text("第二行", 52, 124))  # fmt: skip
    assert read(*parts)[0] == "面积12m2第二行"


def test_one_number_below_another_is_no_longer_number() -> None:
    """The rule between two rows is not seen: their numbers are not one."""
    assert read(text("10", 85, 110), text("20", 85, 122))[0] == "10 20"
    assert read(text("1,000", 70, 110), text("200.5", 70, 122))[0] == "1,000 200.5"
    # … but one that fills its cell goes on in the next line
    assert read(text("12345678", 53, 110), text("901", 80, 122))[0] == "12345678901"
    assert read(text("1,234,5", 54, 110), text("67.00", 54, 122))[0] == "1,234,567.00"


def doubts(*parts: Characters) -> list[PageFlag]:
    characters = together(*parts)
    tables = lattices(*ruled([50.0, 100.0, 150.0, 200.0], [100.0, 130.0]))
    return doubtful_digits(characters, homes(characters, tables))


def test_digits_that_may_be_of_two_numbers_are_flagged() -> None:
    amount = text("30.00", 60, 115)
    assert doubts(amount, text("12.00", 110, 115)) == []
    assert doubts(text("12m", 52, 115), text("2", 67, 111, 6)) == []
    assert doubts(text("项目30", 52, 115), text("30", 52, 125, 6)) == []
    # a note's mark: 30.001
    assert doubts(amount, text("1", 85, 111, 5)) == ["number_marked"]
    assert doubts(text("1", 85, 111, 5), amount) == ["number_marked"]
    # a digit mended by another over it: 350.00
    assert doubts(amount, text("5", 60.5, 115)) == ["number_overprinted"]


def test_vertical_labels_are_read_along_their_direction() -> None:
    assert read(*(text(char, 70, 108 + 10 * n) for n, char in enumerate("支出")))[0] == "支出"
    assert read(text("支出", 75, 125, angle=90))[0] == "支出"
    assert read(text("支出", 75, 105, angle=270))[0] == "支出"
    assert read(text("支出", 95, 110, angle=180))[0] == "支出"


def test_words_of_letters_are_parted_and_characters_are_not() -> None:
    assert read(text("AB CD", 52, 115))[0] == "AB CD"
    assert read(text("合 计", 52, 115))[0] == "合计"
    assert (
        read(text("部门：某局", 52, 60), text("单位：万元", 160, 60))[-1] == "部门：某局 单位：万元"
    )


def test_titles_printed_over_one_another_are_read_in_the_order_of_the_file() -> None:
    assert (
        read(text("绩效目标表", 300, 60), text("政策和项目", 303, 60))[-1] == "绩效目标表政策和项目"
    )


class TestDropped:
    def test_what_is_not_read_is_counted_by_reason(self) -> None:
        characters = together(
            text("见", 50, 100), text("隐", 60, 100), text("外", -50, 100), text("粗", 80, 100),
            text("粗", 80.4, 100.2),
        )  # fmt: skip
        kept, dropped = cleaned(page(characters, invisible=[1]))
        assert [chr(code) for code in kept.code] == ["见", "粗"]
        assert {reason: len(these) for reason, these in dropped.items()} == {
            "invisible": 1, "off_page": 1, "doubled": 1,
        }  # fmt: skip

    def test_text_at_an_angle_is_a_watermark(self) -> None:
        characters = together(text("合计", 50, 100), text("机密", 200, 300))
        characters.angle[2:] = -1
        kept, dropped = cleaned(page(characters))
        assert len(kept) == len(dropped["off_axis"]) == 2

    def test_numbers_that_are_all_askew_are_told(self) -> None:
        table = text("1,234.56", 50, 100)
        _, dropped = cleaned(page(table))
        assert not drops_most_numbers(table, dropped)
        askew = together(text("合计", 50, 80), table)
        askew.angle[2:] = -1
        kept, dropped = cleaned(page(askew))
        assert drops_most_numbers(kept, dropped)

    def test_numbers_at_an_angle_are_told_from_words(self) -> None:
        body = text("合计", 50, 100)
        for words, is_number in (("机密", False), ("1,234.00", True)):
            characters = together(body, text(words, 200, 300))
            characters.angle[2:] = -1
            assert drops_numbers(cleaned(page(characters))[1]) == is_number

    def test_large_text_over_other_text_is_a_watermark_and_a_title_is_none(self) -> None:
        body = [text("项目支出预算明细", 50, 100 + 20 * n) for n in range(10)]
        title = text("预算表", 50, 60, 30)
        kept, dropped = cleaned(page(together(title, *body)))
        assert len(kept) == 83
        assert dropped == {}
        kept, dropped = cleaned(page(together(title, *body, text("样张", 60, 180, 40))))
        assert len(dropped["watermark"]) == 2
        assert len(kept) == 83

    def test_a_small_watermark_goes_with_its_like_and_a_heading_of_its_size_stays(self) -> None:
        body = [text("项目支出预算明细", 50, 100 + 20 * n) for n in range(10)]
        marks = [text("内部资料", 52, 124, 15), text("内部资料", 300, 500, 15)]
        kept, dropped = cleaned(page(together(text("预算", 50, 60, 15), *body, *marks)))
        assert len(dropped["watermark"]) == 8
        assert len(kept) == 82

    def test_a_number_that_the_edge_of_the_page_cuts_is_told(self) -> None:
        assert cuts_numbers(page(text("61234", 583, 100)))
        assert not cuts_numbers(page(text("61234", 570, 100)))
        assert not cuts_numbers(page(text("61234", 610, 100)))

    def test_narrow_digits_side_by_side_are_no_bold_one(self) -> None:
        digits = text("11.00", 50, 100)
        narrow = replace(digits, start=50 + (digits.start - 50) * 0.3,
                         end=50 + (digits.end - 50) * 0.3)  # fmt: skip
        assert cleaned(page(narrow))[1] == {}

    def test_what_is_cut_away_is_told_from_what_is_not(self) -> None:
        characters = together(text("合计", 50, 100), text("12,345.00", 100, 100))
        assert not cuts_numbers(page(characters))
        half = page(characters, clipped=[8, 9, 10])
        assert cuts_numbers(half)
        kept, dropped = cleaned(half)
        assert (len(kept), len(dropped["clipped"])) == (8, 3)
        assert hidden_words(half, dropped) == []  # a part of each word is shown
        whole = page(characters, clipped=list(range(2, 11)))
        assert not cuts_numbers(whole)
        assert hidden_words(whole, cleaned(whole)[1]) == ["12,345.00"]

    def test_the_same_glyph_further_on_is_kept(self) -> None:
        kept, dropped = cleaned(page(together(text("1111", 50, 100), text("……", 80, 100))))
        assert len(kept) == 6
        assert dropped == {}


class TestUnruled:
    ROWS = (("名称", "预算", "决算"), ("行政运行", "1,200.00", "1,100.00"),
            ("会议", "20.00", "18.50"), ("合计", "1,220.00", "1,118.50"))  # fmt: skip

    def test_gaps_part_columns(self) -> None:
        characters = together(
            *(text(cell, 50 + 120 * column, 100 + 18 * row)
              for row, cells in enumerate(self.ROWS) for column, cell in enumerate(cells))
        )  # fmt: skip
        (table,) = unruled(characters)
        assert table.method == "unruled"
        found = lines(characters, homes(characters, [table]))
        assert texts(found, table.boxes()) == [cell for row in self.ROWS for cell in row]

    def test_prose_is_no_table(self) -> None:
        prose = [text("本部门二〇二六年预算收支情况说明如下", 50, 100 + 18 * n) for n in range(12)]
        assert unruled(together(*prose)) == []
        contents = [text(f"第{n}章", 50, 100 + 18 * n) for n in range(6)]
        contents += [text(str(n), 500, 100 + 18 * n) for n in range(6)]
        assert unruled(together(*contents)) == []


def test_an_empty_page_has_no_lines() -> None:
    nothing = text("", 0, 0)
    assert lines(nothing, np.empty(0, int)).text == []
    assert cleaned(page(nothing))[1] == {}
