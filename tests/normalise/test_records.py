"""Records of statements: amounts that are stated, and what waits because of a row or a cell."""

from __future__ import annotations

import polars as pl
import pytest

from tests.printing import (
    BODY,
    INDICATOR,
    PLAIN,
    PLAIN_ROWS,
    Rooms,
    document,
    one,
    page,
    project,
    row,
    seed_text,
    sidecar,
    through_validate,
    unit,
)


def amounts(rooms: Rooms, label: str = "植树") -> list[tuple[str, int]]:
    """Measure and fen of each stated amount of a row."""
    frame = rooms.normalised["amount"].filter(pl.col("label") == label)
    return [(measure, fen) for measure, fen in frame.select("measure", "fen").rows()]


def with_funds(*funds: str, total: str = "10.00") -> Rooms:
    """The plain table with other amounts printed for 植树."""
    rows = [*PLAIN_ROWS[:2], project("植树", total, *funds), PLAIN_ROWS[3]]
    return one(document(page(*rows)))


class TestMisplacedIndicators:
    def test_an_item_that_a_value_swallowed_is_said(self) -> None:
        """Its number lost, the second indicator reads as the rest of the first one's value."""
        two = (
            "1、1-产出指标；11-数量指标；植树；年度指标值:10棵。"
            "7、1-产出指标；12-质量指标；成活率；实施周期指标值:90%。"
        )
        rows = [*PLAIN_ROWS[:3], project("修剪", "20.00", "20.00", indicators=two)]
        rooms = one(document(page(*rows)))
        (found,) = rooms.accepted["quarantine_item"].select("rule_id", "found").rows()
        assert found[0] == "indicator_unparsed"
        assert found[1].startswith("10棵。7、1-产出指标")

    @pytest.mark.parametrize(
        "other", [INDICATOR, INDICATOR.replace("-", "－"), "0.00", "１,250.00"]
    )
    def test_what_belongs_to_another_column_is_no_goal(self, other: str) -> None:
        rows = [*PLAIN_ROWS[:3], row("修剪", "20.00", "20.00", goal=other)]
        items = one(document(page(*rows))).accepted["quarantine_item"]
        assert items.select("rule_id", "found").rows() == [("indicator_unparsed", other)]

    @pytest.mark.parametrize("nothing", ["", "-", "无"])
    def test_a_dash_is_no_name(self, nothing: str) -> None:
        rows = [PLAIN_ROWS[0], unit(nothing, "30.00", "30.00"), *PLAIN_ROWS[2:]]
        rooms = one(document(page(*rows)))
        assert rooms.rules()[0] == "amount_unlabelled"
        assert "complete" not in rooms.statuses()

    @pytest.mark.parametrize("nothing", ["-", "－", "无", "/", "——"])
    def test_a_dash_among_the_words_of_a_row_says_nothing(self, nothing: str) -> None:
        """Some books print a dash where 合计 and units have no goal: they are no projects."""
        control = [line.rstrip("\t") + f"\t\t\t{nothing}\t{nothing}" for line in PLAIN_ROWS[:2]]
        bare = row("修剪", "20.00", "20.00", goal=nothing, indicators=nothing)
        rooms = one(document(page(*control, PLAIN_ROWS[2], bare)))
        assert rooms.statuses() == ["complete"]
        assert rooms.rules() == []
        lines = rooms.conformed["project_line"].select("name", "goal").rows()
        assert lines == [("植树", "绿化城区。"), ("修剪", None)]


class TestRoles:
    def test_several_units_with_a_project_without_targets(self) -> None:
        rooms = one(
            document(
                page(
                    unit("合计", "60.00", "60.00"),
                    unit(BODY, "30.00", "30.00"),
                    project("植树", "10.00", "10.00"),
                    unit("修剪", "20.00", "20.00"),
                    unit("示例市苗圃", "30.00", "30.00"),
                    project("植树", "30.00", "30.00"),
                )
            )
        )
        assert rooms.statuses() == ["complete"]
        named = rooms.conformed["project_line"].select("unit_name", "name").rows()
        assert named == [(BODY, "植树"), (BODY, "修剪"), ("示例市苗圃", "植树")]
        assert rooms.accepted["project_line"]["goal"].to_list() == [
            "绿化城区。",
            None,
            "绿化城区。",
        ]

    def test_units_whose_sums_fail_are_by_position_and_broken(self) -> None:
        rows = [*PLAIN_ROWS[:3], unit("修剪", "99.00", "99.00")]
        rooms = one(document(page(*rows)))
        assert rooms.normalised["row"]["row_role"].to_list() == [
            "grand_total",
            "unit",
            "project",
            "unit",
        ]
        assert rooms.statuses() == ["withheld"]
        assert set(rooms.rules()) == {"identity_broken"}

    def test_projects_without_a_unit_row_wait(self) -> None:
        rooms = one(document(page(PLAIN_ROWS[0], *PLAIN_ROWS[2:])))
        waiting = rooms.accepted["quarantine_item"].filter(
            pl.col("rule_id") == "project_without_unit"
        )
        assert waiting["found"].to_list() == ["植树", "修剪"]
        assert waiting["place"].to_list() == [
            "第1页 表1 行3 列1 / p1 t1 r3 c1",
            "第1页 表1 行4 列1 / p1 t1 r4 c1",
        ]
        assert rooms.accepted["fact_project_funding"].is_empty()

    def test_an_amount_without_a_name_waits(self) -> None:
        rooms = one(document(page(*PLAIN_ROWS, row("", "0.00", "0.00"))))
        assert rooms.statuses() == ["partial"]
        assert rooms.rules() == ["amount_unlabelled"]
        cells = rooms.normalised["cell"].filter(pl.col("text") == "0.00")
        assert cells["disposition"].to_list() == ["quarantined", "quarantined"]

    def test_a_row_of_other_width_waits_whole(self) -> None:
        for ragged in ("短行\t1.00\t1.00", row("长行", "1.00", "1.00") + "\t多"):
            rooms = one(document(page(*PLAIN_ROWS, ragged)))
            assert rooms.statuses() == ["partial"]
            (item,) = rooms.accepted["quarantine_item"].to_dicts()
            assert item["rule_id"] == "ragged_row"
            assert item["expected"] == "7 格 cells"
            assert "1.00 | 1.00" in item["found"]
            assert rooms.normalised["amount"].filter(pl.col("label") == ragged[:2]).is_empty()


def each_with_funds(*printed: tuple[str, ...]) -> Rooms:
    """A batch of plain tables, each with other funds printed for 植树."""
    texts = [
        document(page(*PLAIN_ROWS[:2], project("植树", "10.00", *funds), PLAIN_ROWS[3]))
        for funds in printed
    ]
    return through_validate(texts, sidecar())


class TestAmounts:
    def test_what_states_nothing_makes_no_row(self) -> None:
        blanks = ["", "-", "—", "－", "无", "不适用", "/"]
        rooms = each_with_funds(*(("10.00", blank) for blank in blanks))
        assert amounts(rooms) == 7 * [("total", 10000000), ("fiscal_appropriation", 10000000)]
        assert rooms.statuses() == ["complete"] * 7
        assert rooms.accepted["fact_project_funding"].height == 2 * 7

    def test_a_stated_zero_is_a_row_of_zero(self) -> None:
        zeros = ["0.00", "0", "０.００", "-0.00"]
        rooms = each_with_funds(*(("10.00", zero) for zero in zeros))
        assert amounts(rooms).count(("special_fiscal_account", 0)) == 4
        assert rooms.statuses() == ["complete"] * 4
        assert rooms.accepted["fact_project_funding"].height == 3 * 4

    def test_the_same_amount_however_it_is_printed(self) -> None:
        spelled = ["10.00", "10", "１０.００", "10.000000", "+10.00"]
        rooms = each_with_funds(*((amount,) for amount in spelled))
        assert amounts(rooms).count(("fiscal_appropriation", 10000000)) == 5

    def test_thousands_are_parted_by_commas_in_threes_only(self) -> None:
        assert amounts(with_funds("1,234.56"))[1][1] == 1234560000
        assert "amount_malformed" in with_funds("12,34.56").rules()

    def test_what_is_no_number_waits(self) -> None:
        wrong = ["1O.00", "10.00万元", "10..00", "(10.00)", "10.", "约10"]
        rooms = each_with_funds(*(("10.00", amount) for amount in wrong))
        assert rooms.statuses() == ["partial"] * 6
        items = rooms.accepted["quarantine_item"]
        assert items["rule_id"].to_list() == ["amount_malformed"] * 6
        assert sorted(items["found"]) == sorted(wrong)
        cells = rooms.normalised["cell"].filter(pl.col("text").is_in(wrong))
        assert cells["disposition"].to_list() == ["quarantined"] * 6

    def test_what_is_no_whole_number_of_fen_waits_and_is_not_rounded(self) -> None:
        rooms = with_funds("10.00", "0.0000001")
        assert rooms.statuses() == ["partial"]
        assert rooms.rules() == ["amount_inexact"]
        assert (
            "special_fiscal_account"
            not in rooms.conformed["fact_project_funding"]["fund_source_id"]
        )
        exact = with_funds("10.00", "0.000001", total="10.000001")
        assert "amount_inexact" not in exact.rules()

    def test_more_digits_than_a_budget_has_wait(self) -> None:
        rooms = with_funds("10.00", "99999999999999999")
        assert rooms.rules() == ["amount_malformed"]
        rooms = with_funds("10.00", "9999999999999999")
        assert "amount_inexact" in rooms.rules()


class TestIndicators:
    def test_the_seed_has_nothing_left_over(self) -> None:
        rooms = one(seed_text())
        assert rooms.normalised["indicator"].height == 25
        assert rooms.normalised["value"].height == 50
        assert rooms.rules() == []

    @pytest.mark.parametrize(
        ("indicators", "left", "read"),
        [
            (f"前言。{INDICATOR}", "前言。", 1),
            ("详见附件", "详见附件", 0),
            ("1、1-产出指标；11-数量指标；植树棵数", "1、1-产出指标；11-数量指标；植树棵数", 0),
            (f"{INDICATOR}2、1-产出指标；次数", "2、1-产出指标；次数", 1),
        ],
    )
    def test_what_does_not_fit_waits_word_for_word(
        self, indicators: str, left: str, read: int
    ) -> None:
        rows = [*PLAIN_ROWS[:3], project("修剪", "20.00", "20.00", indicators=indicators)]
        rooms = one(document(page(*rows)))
        assert rooms.rules() == ["indicator_unparsed"]
        assert rooms.accepted["quarantine_item"]["found"].to_list() == [left]
        mine = rooms.normalised["indicator"].filter(pl.col("line_no") == 4)
        assert mine.height == read
        assert rooms.statuses() == ["complete"]

    def test_a_text_printed_twice_is_read_for_both_rows(self) -> None:
        rooms = one(PLAIN)
        lines = rooms.normalised["indicator"].select("line_no", "name").rows()
        assert lines == [(3, "植树棵数"), (4, "植树棵数")]
        clauses = rooms.normalised["clause"].select("line_no", "horizon", "comparator", "low_value")
        assert [(n, h, c, int(low)) for n, h, c, low in clauses.rows()] == [
            (3, "cycle", "none", 10),
            (3, "annual", "ge", 10),
            (4, "cycle", "none", 10),
            (4, "annual", "ge", 10),
        ]


@pytest.mark.parametrize(
    ("cycle", "annual", "suspects"),
    [
        ("≥280次", "2280次", [None, "ge_read_as_2"]),
        ("2280次", "≥280次", ["ge_read_as_2", None]),
        ("280次", "2280次", [None, None]),
        ("≥28次", "2280次", [None, None]),
        ("≥280次", "≥2280次", [None, None]),
        ("2280次", "", [None]),
    ],
)
def test_a_sign_misread_as_2_shows_beside_the_other_horizon(
    cycle: str, annual: str, suspects: list[str | None]
) -> None:
    values = f"实施周期指标值:{cycle}；" + (f"年度指标值:{annual}；" if annual else "")
    packed = f"1、1-产出指标；11-数量指标；巡查次数；{values}"
    rows = [*PLAIN_ROWS[:2], project("植树", "10.00", "10.00", indicators=packed), PLAIN_ROWS[3]]
    rooms = one(document(page(*rows)))
    mine = rooms.normalised["value"].filter(pl.col("raw_text").is_in([cycle, annual]))
    assert mine["suspect"].to_list() == suspects
