"""The score counts what it says."""

from __future__ import annotations

from tests.pdf.score import score

TRUTH = [["科目", "合计"], ["201 教育", "1,200.50"], ["202", ""], ["203", "7.00"]]


def test_white_space_is_no_difference() -> None:
    found = score(
        [TRUTH], [[["科 目", "合计"], ["201教育", "1,200.50 "], ["202", ""], ["203", "7.00"]]]
    )
    assert found.is_perfect
    assert (found.cells, found.exact, found.numbers, found.exact_numbers) == (8, 8, 4, 4)


def test_lost_row_is_counted_and_spoils_no_other() -> None:
    found = score([TRUTH], [[TRUTH[0], TRUTH[1], TRUTH[3]]])
    assert (found.lost_rows, found.surplus_rows) == (1, 0)
    assert (found.cells, found.exact) == (8, 6)
    assert found.differences == ("table 0 row 2: lost ['202']",)


def test_surplus_row_and_wrong_number() -> None:
    found = score([TRUTH], [[*TRUTH[:3], ["合计", "9.00"], ["203", "7.0"]]])
    assert (found.lost_rows, found.surplus_rows) == (0, 1)
    assert (found.numbers, found.exact_numbers) == (4, 3)
    assert "table 0 row 3 column 1: '7.00' read '7.0'" in found.differences


def test_text_in_a_covered_position_is_a_wrong_cell() -> None:
    found = score([[["甲", None], ["乙", "丙"]]], [[["甲", "丁"], ["乙", "丙"]]])
    assert (found.cells, found.exact) == (4, 3)


def test_missing_cell_is_not_a_blank_one() -> None:
    found = score([[["甲", ""], ["乙", "丙"]]], [[["甲", None], ["乙", "丙"]]])
    assert (found.cells, found.exact) == (4, 3)


def test_lost_and_surplus_tables() -> None:
    other = [["单位", "人数"], ["本级", "32"]]
    assert score([TRUTH, other], [other]).lost_rows == len(TRUTH)
    assert score([other], [TRUTH, other]).surplus_rows == len(TRUTH)
    assert score([], []).share == 1
