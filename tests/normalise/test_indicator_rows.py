"""Tables with a row an indicator: projects carried down or repeated, their money once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from tests.normalise.drawn import layout, normalised, page
from tests.recognise.paged import Drawn, Sheet

if TYPE_CHECKING:
    from schemas.layout import Layout

LEVELS: list[Any] = [
    {"header": "一级指标", "role": "level_1", "is_carried": True},
    {"header": "二级指标", "role": "level_2", "is_carried": True},
    {"header": "三级指标", "role": "indicator_name"},
]


def table(columns: list[Any], rows: str = "unit_project") -> Layout:
    return layout(
        {
            "kind": "project_performance_targets",
            "shape": "row_per_indicator",
            "titles": ["绩效目标表"],
            "blocks": [{"rows": rows, "columns": "fund_source"}],
            "columns": columns,
        }
    )


PLAIN = table(
    [
        {"header": "项目", "role": "label", "is_carried": True},
        {"header": "总额", "role": "amount", "node": "all_funds", "is_carried": True},
        {"header": "财政", "role": "amount", "node": "fiscal_appropriation", "is_carried": True},
        {"header": "目标", "role": "goal", "is_carried": True},
        *LEVELS,
        {"header": "指标值", "role": "annual_value"},
    ]
)
HEADER = "项目 | 总额 | 财政 | 目标 | 一级指标 | 二级指标 | 三级指标 | 指标值"
LINES = ("绩效目标表", "部门名称：甲局　单位：万元")
ROWS = [
    HEADER,
    "合计 | 30.00 | 30.00 |  |  |  |  | ",
    "甲局 | 30.00 | 30.00 |  |  |  |  | ",
    "植树 | 10.00 | 10.00 | 种好 | 产出指标 | 数量指标 | 棵数 | ≥100棵",
    "^ | ^ | ^ | ^ | ^ | 质量指标 | 成活率 | ≥90%",
    "^ | ^ | ^ | ^ | 效益指标 | 社会效益 | 绿化 | 好",
    "修路 | 20.00 | 20.00 | 修好 | 产出指标 | 数量指标 | 里程 | 5公里",
    "^ | ^ | ^ | ^ | ^ | ^ | 桥 | 1座",
]


def indicators(frames: dict[str, pl.DataFrame]) -> list[tuple[str | None, ...]]:
    """Project, both levels, and name of each indicator."""
    projects = frames["row"].filter(pl.col("row_role") == "project").select("line_no", "label")
    known = frames["indicator"].join(projects, on="line_no", how="left", maintain_order="left")
    return known.select("label", "level_1_raw", "level_2_raw", "name").rows()


def projects(frames: dict[str, pl.DataFrame]) -> list[tuple[str, str, int]]:
    """Project, measure and fen of each leaf amount."""
    leaves = frames["amount"].filter("is_leaf")
    return leaves.select("label", "measure", "fen").rows()


def test_indicators_of_a_body_are_its_own_and_its_money_stands_along_two_axes() -> None:
    of_body = layout(
        {
            "kind": "department_performance_targets",
            "shape": "row_per_indicator",
            "titles": ["绩效目标表"],
            "blocks": [
                {"rows": "unit", "columns": "fund_source"},
                {"rows": "unit", "columns": "expenditure_type"},
            ],
            "columns": [
                {"header": "单位", "role": "label", "is_carried": True},
                {"header": "总额", "role": "amount", "node": "all_funds"},
                {"header": "基本", "role": "amount", "node": "basic", "block": 2},
                {"header": "项目", "role": "amount", "node": "project", "block": 2},
                *LEVELS,
                {"header": "指标值", "role": "value"},
            ],
        }
    )
    rows = [
        "单位 | 总额 | 基本 | 项目 | 一级指标 | 二级指标 | 三级指标 | 指标值",
        "甲局 | 30.00 | 10.00 | 20.00 | 产出指标 | 数量指标 | 棵数 | ≥100棵",
        "^ | ^ | ^ | ^ | ^ | 质量指标 | 成活率 | ≥90%",
    ]
    frames = normalised([of_body], page(rows, *LINES))
    assert indicators(frames) == [
        (None, "产出指标", "数量指标", "棵数"),
        (None, "产出指标", "质量指标", "成活率"),
    ]
    assert frames["amount"].select("label", "block", "measure", "fen").rows() == [
        ("甲局", 1, "total", 30_000_000),
        ("甲局", 2, "basic", 10_000_000),
        ("甲局", 2, "project", 20_000_000),
    ]
    assert frames["item"].filter(pl.col("level") == "row").is_empty()


EXPECTED = [
    ("植树", "产出指标", "数量指标", "棵数"),
    ("植树", "产出指标", "质量指标", "成活率"),
    ("植树", "效益指标", "社会效益", "绿化"),
    ("修路", "产出指标", "数量指标", "里程"),
    ("修路", "产出指标", "数量指标", "桥"),
]
MONEY = [("植树", "fiscal_appropriation", 10_0000_00), ("修路", "fiscal_appropriation", 20_0000_00)]


def blank(rows: list[str]) -> list[str]:
    """The same rows with carried labels left blank instead of merged."""
    return [row.replace("^", " ") for row in rows]


def repeated(rows: list[str]) -> list[str]:
    """The same rows with labels printed in each of them."""
    done: list[list[str]] = []
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        done.append([done[-1][n] if cell == "^" else cell for n, cell in enumerate(cells)])
    return [" | ".join(cells) for cells in done]


@pytest.mark.parametrize("print_as", [list, blank, repeated], ids=["merged", "blank", "repeated"])
def test_labels_are_carried_however_they_are_printed(print_as: Any) -> None:
    frames = normalised([PLAIN], page(print_as(ROWS), *LINES))
    assert indicators(frames) == EXPECTED
    assert projects(frames) == MONEY
    roles = frames["row"].select("label", "row_role", "goal").rows()
    assert roles == [
        ("合计", "grand_total", ""), ("甲局", "unit", ""),
        ("植树", "project", "种好"), ("修路", "project", "修好"),
    ]  # fmt: skip
    assert frames["item"].filter(~pl.col("rule_id").str.starts_with("context")).is_empty()


@pytest.mark.parametrize(
    ("print_as", "bottom"),
    [(list, 780), (list, 500), (blank, 500), (repeated, 780), (repeated, 500)],
)
@pytest.mark.parametrize("money", ["10.00 | 10.00", " | "])
def test_a_project_that_is_printed_again_on_the_next_page_is_one_and_its_money_counts_once(
    money: str, print_as: Any, bottom: float
) -> None:
    """Whether the merged cells of a page go on, or a table of its own begins there."""
    again = f"植树 | {money} | 种好 | 效益指标 | 社会效益 | 绿化 | 好"
    first = Sheet([Drawn(print_as(ROWS[:5]), bottom=bottom)], LINES)
    frames = normalised([PLAIN], first, page(print_as([HEADER, again, *ROWS[6:]]), *LINES))
    assert frames["statement"].height == 1
    assert indicators(frames) == EXPECTED
    assert projects(frames) == MONEY
    of_row = (pl.col("page_no") == 2) & (pl.col("grid_no") > 0) & (pl.col("row_no") == 2)
    repeats = frames["cell"].filter(of_row & (pl.col("disposition") == "repeat"))
    assert repeats.height == 4 - 2 * (money == " | ")


def test_the_same_name_with_other_money_is_another_project() -> None:
    rows = [HEADER, ROWS[3], "植树 | 11.00 | 11.00 | 再种 | 产出指标 | 数量指标 | 棵数 | 1棵"]
    frames = normalised([PLAIN], page(rows, *LINES))
    assert [fen for *_, fen in projects(frames)] == [10_0000_00, 11_0000_00]
    assert frames["indicator"]["ordinal"].to_list() == [1, 1]


def test_a_second_level_is_not_carried_below_another_first_one() -> None:
    rows = [
        *ROWS[:4],
        " |  |  |  | 满意度指标 |  | 满意度 | ≥90%",
    ]
    frames = normalised([PLAIN], page(rows, *LINES))
    assert indicators(frames)[-1] == ("植树", "满意度指标", None, "满意度")


def test_values_read_as_packed_ones_do_and_know_their_cells() -> None:
    frames = normalised([PLAIN], page(ROWS, *LINES))
    values = frames["value"].select("horizon", "raw_text", "kind").rows()
    assert values == [
        ("annual", "≥100棵", "number"), ("annual", "≥90%", "number"),
        ("annual", "好", "ordinal"), ("annual", "5公里", "number"), ("annual", "1座", "number"),
    ]  # fmt: skip
    clauses = frames["clause"].drop_nulls("low_value").select("comparator", "low_value", "unit")
    assert [(c, int(low), unit) for c, low, unit in clauses.rows()] == [
        ("ge", 100, "棵"), ("ge", 90, "%"), ("none", 5, "公里"), ("none", 1, "座"),
    ]  # fmt: skip
    assert_pieces_are_printed(frames)


def assert_pieces_are_printed(frames: dict[str, pl.DataFrame]) -> None:
    """Each piece of a value stands in the cell that it names."""
    texts = dict(frames["cell"].select("cell_id", "text").rows())
    for raw, pieces in frames["value"].select("raw_text", "pieces").rows():
        assert (
            "".join(
                texts[p["cell_id"]][p["cell_from"] : p["cell_from"] + p["end"] - p["start"]]
                for p in pieces
            )
            == raw
        )


APART = table(
    [
        {"header": "项目", "role": "label", "is_carried": True},
        {"header": "总额", "role": "amount", "node": "all_funds", "is_carried": True},
        {"header": "目标", "role": "goal", "is_carried": True},
        {"header": "指标", "role": "indicator_name"},
        {"header": "性质", "role": "comparator"},
        {"header": "值", "role": "value"},
        {"header": "单位", "role": "measure_unit"},
    ],
    rows="project",
)


@pytest.mark.parametrize(
    ("printed", "raw", "kind"),
    [
        ("≥ | 90 | %", "≥90%", "number"),
        ("＝ | 4 | 期/年", "＝4期/年", "frequency"),
        ("定性 | 优 | ", "优", "ordinal"),
        ("定性 | 10 | 分", "10分", "number"),
        ("≥ | ≥95% | %", "≥95%", "number"),
        (" | 完成 | 项", "完成", "qualitative"),
        ("≤ | 12.798 | 万元", "≤12.798万元", "number"),
    ],
)
def test_comparator_and_unit_in_columns_of_their_own_are_put_together(
    printed: str, raw: str, kind: str
) -> None:
    rows = ["项目 | 总额 | 目标 | 指标 | 性质 | 值 | 单位", f"植树 | 1.00 | 种 | 名 | {printed}"]
    frames = normalised([APART], page(rows, *LINES))
    assert frames["value"].select("horizon", "raw_text", "kind").rows() == [("unstated", raw, kind)]
    assert_pieces_are_printed(frames)


@pytest.mark.parametrize(
    ("printed", "levels", "name", "name_from"),
    [
        ("产出指标数量指标植树棵数", ("产出指标", "数量指标"), "植树棵数", 8),
        ("成本指标经济成本指标费用", ("成本指标", "经济成本指标"), "费用", 10),
        ("产出指标完成情况", (None, None), "产出指标完成情况", 0),
        ("植树棵数", (None, None), "植树棵数", 0),
    ],
)
def test_levels_in_the_cell_of_the_name_are_parted_from_it(
    printed: str, levels: tuple[str | None, str | None], name: str, name_from: int
) -> None:
    header = "项目 | 总额 | 目标 | 指标 | 性质 | 值 | 单位"
    rows = [header, f"植树 | 1.00 | 种 | {printed} | ≥ | 1 | 棵"]
    (found,) = normalised([APART], page(rows, *LINES))["indicator"].to_dicts()
    assert (found["level_1_raw"], found["level_2_raw"]) == levels
    assert (found["name"], found["name_from"]) == (name, name_from)
    assert printed[found["name_from"] : found["name_to"]] == name


def test_a_unit_with_a_column_of_its_own_is_the_unit_of_each_project_it_is_printed_for() -> None:
    by_unit = table(
        [
            {"header": "单位名称", "role": "spending_unit", "is_carried": True},
            {"header": "项目", "role": "label", "is_carried": True},
            {"header": "目标", "role": "goal", "is_carried": True},
            {"header": "金额", "role": "amount", "node": "all_funds", "is_carried": True},
            {"header": "指标", "role": "indicator_name"},
            {"header": "值", "role": "value"},
        ],
        rows="project",
    )  # fmt: skip
    rows = [
        "单位名称 | 项目 | 目标 | 金额 | 指标 | 值",
        "甲中心 | 植树 | 种 | 1.00 | 棵数 | 1棵",
        "^ | 修路 | 修 | 2.00 | 里程 | 1公里",
        "^ | ^ | ^ | ^ | 桥 | 1座",
        "乙中心 | 植树 | 种 | 1.00 | 棵数 | 1棵",
    ]
    frames = normalised([by_unit], page(rows, *LINES))
    row = frames["row"]
    units = dict(row.filter(pl.col("row_role") == "unit").select("line_no", "label").rows())
    below = row.filter(pl.col("row_role") == "project").select("label", "unit_line").rows()
    assert [(label, units[line]) for label, line in below] == [
        ("植树", "甲中心"), ("修路", "甲中心"), ("植树", "乙中心"),
    ]  # fmt: skip
    assert frames["amount"]["fen"].to_list() == [1_0000_00, 2_0000_00, 1_0000_00]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (" |  |  |  | 效益指标 | 社会效益 |  | 好", "indicator_unparsed"),
        ("植树 | 1x | 10.00 | 种好 | 产出指标 | 数量指标 | 棵数 | 1棵", "amount_malformed"),
        ("植树 | 10.00 | 10.00 | 种好 | 产出指标 | 数量指标 | 棵数 | <", "ragged_row"),
    ],
)
def test_a_row_in_doubt_is_said(row: str, rule: str) -> None:
    frames = normalised([PLAIN], page([*ROWS[:4], row], *LINES))
    waiting = frames["item"].filter(~pl.col("rule_id").str.starts_with("context"))
    assert waiting["rule_id"].to_list() == [rule]


CODED = table(
    [
        {"header": "编码", "role": "code", "is_carried": True},
        {"header": "项目", "role": "label", "is_carried": True},
        {"header": "总额", "role": "amount", "node": "all_funds", "is_carried": True},
        {"header": "指标", "role": "indicator_name"},
        {"header": "值", "role": "value"},
    ]
)
CODED_ROWS = [
    "编码 | 项目 | 总额 | 指标 | 值",
    "合计 |  | 3.00 |  | ",
    "126001 | 甲局 | 3.00 |  | ",
    "126001 | 植树 | 1.00 | 棵数 | 1棵",
    "^ | 修路 | 2.00 | 里程 | 1公里",
    "^ | ^ | ^ | 桥 | 1座",
]


def test_a_total_named_in_the_column_of_codes_is_one() -> None:
    frames = normalised([CODED], page(CODED_ROWS, *LINES))
    assert frames["row"].select("label", "row_role").rows() == [
        ("合计", "grand_total"), ("甲局", "unit"), ("植树", "project"), ("修路", "project"),
    ]  # fmt: skip
    assert frames["amount"]["fen"].to_list() == [3_0000_00, 3_0000_00, 1_0000_00, 2_0000_00]


@pytest.mark.parametrize("at", [1, 4, 6])
def test_money_without_a_name_is_said_and_never_dropped(at: int) -> None:
    rows = [*CODED_ROWS[:at], " |  | 0.50 |  | ", *CODED_ROWS[at:]]
    frames = normalised([CODED], page(rows, *LINES))
    waiting = frames["item"].filter(~pl.col("rule_id").str.starts_with("context"))
    assert waiting.select("rule_id", "found", "blocks").rows() == [
        ("amount_unlabelled", "0.50", "partial")
    ]
    lost = frames["cell"].filter(pl.col("text") == "0.50")["disposition"].to_list()
    assert lost == ["quarantined"]


def test_an_indicator_without_a_project_above_it_is_said() -> None:
    rows = [HEADER, " |  |  |  | 产出指标 | 数量指标 | 棵数 | 1棵", *ROWS[3:]]
    frames = normalised([PLAIN], page(rows, *LINES))
    waiting = frames["item"].filter(pl.col("rule_id") == "indicator_unparsed")
    assert waiting["found"].to_list() == ["棵数"]
    assert indicators(frames) == EXPECTED


def test_every_filled_cell_is_something() -> None:
    for print_as in (list, blank, repeated):
        cells = normalised([PLAIN], page(print_as(ROWS), *LINES))["cell"]
        filled = cells.filter(pl.col("text") != "")
        assert filled["disposition"].null_count() == 0
        assert "quarantined" not in filled["disposition"].to_list()
