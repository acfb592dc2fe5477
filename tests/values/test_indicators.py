"""The packed indicator cell: the seed's cells, traps of the notation, and any text."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.values.indicators import PackedCell, PackedIndicator, Span, read_packed_cell
from tests.conftest import SEED

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = settings(max_examples=300, deadline=None)
#: What cells are made of, so that arbitrary texts come near the notation.
PIECES = (
    "1、", "2、", "3、", "１、", "1-产出指标", "2-效益指标", "11-数量指标", "22-社会效益",
    "；", "：", ";", "。", "，", "、", "次数", "实施周期指标值:", "实施周期指标值：",
    "年度指标值:", "年度指标值：", "100%", "不少于3家", "①", "¨", "⩴", "…", "（", "2023",
    "1-", " ", "\n",
)  # fmt: skip
#: The notation as one expression: says what fits, but takes time by the square of the length.
NOTATION = re.compile(
    r"""
    \d{1,3}、
    ([1-4]-[^:;,]*)[:;,]
    ([1-4][1-9]-[^:;,]*)[:;,]
    (.+?)
    (?:[。;,:]*[;,:]\s*实施周期指标值:\s*(.*?))?
    (?:[。;,:]*[;,:]\s*年度指标值:\s*(.*?))?
    [。;,]*\s*
    """,
    re.VERBOSE | re.DOTALL,
)
NEAR = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


def seed_cells() -> list[str]:
    lines = SEED.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t")[6] for line in lines if line.count("\t") == 6]
    return [cell for cell in cells if cell.startswith("1、")]


def part(text: str, span: Span | None) -> str | None:
    return None if span is None else text[span.start : span.end]


def parts(text: str, item: PackedIndicator) -> tuple[object, ...]:
    spans = (item.level_1, item.level_2, item.name, item.cycle, item.annual)
    return (item.ordinal, *(part(text, span) for span in spans))


def assert_partition(text: str, cell: PackedCell) -> None:
    """Every character is in exactly one span, in order."""
    assert "".join(text[span.start : span.end] for span in cell.spans) == text
    assert all(span.start < span.end for span in cell.spans)
    ends = [span.end for span in cell.spans]
    assert [span.start for span in cell.spans] == [0, *ends][: len(ends)]


def item(ordinal: int, value: str = "1次", annual: str = "2次") -> str:
    return (
        f"{ordinal}、1-产出指标；11-数量指标；次数；实施周期指标值:{value}；年度指标值:{annual}。"
    )


def test_the_seed_has_seven_cells_of_25_indicators() -> None:
    cells = [read_packed_cell(text) for text in seed_cells()]
    assert [len(cell.items) for cell in cells] == [3, 4, 4, 4, 4, 2, 4]
    for cell in cells:
        assert [found.ordinal for found in cell.items] == list(range(1, len(cell.items) + 1))
        assert cell.unparsed == []
        assert all(found.cycle and found.annual for found in cell.items)


def test_the_seeds_indicators_by_level() -> None:
    levels = Counter(
        part(text, found.level_2) for text in seed_cells() for found in read_packed_cell(text).items
    )
    assert levels == {
        "11-数量指标": 11,
        "12-质量指标": 6,
        "13-时效指标": 2,
        "22-社会效益": 4,
        "23-生态效益": 1,
        "24-可持续影响": 1,
    }


@pytest.mark.parametrize("text", seed_cells(), ids=lambda text: str(len(text)))
def test_every_character_of_the_seeds_cells_is_in_one_span(text: str) -> None:
    assert_partition(text, read_packed_cell(text))


def test_first_item_of_the_seed_separates_with_colons() -> None:
    text = seed_cells()[0]
    assert text.startswith("1、1-产出指标：11-数量指标：")
    assert parts(text, read_packed_cell(text).items[0]) == (
        1,
        "1-产出指标",
        "11-数量指标",
        "开展招商活动次数",
        "1次",
        (
            "赴市外开展招商活动，拜访企业数量不少于3家；赴国内大型专业展会靶向招商、"
            "赴市外境外举办招商推介活动等不少于1次"
        ),
    )


def test_punctuation_inside_a_value_is_part_of_it_and_at_its_end_is_not() -> None:
    text = seed_cells()[0]
    third = read_packed_cell(text).items[2]
    assert part(text, third.cycle) == "提升园区知名度，推动穗港科技合作园双高发展"
    roles = {text[s.start : s.end] for s in read_packed_cell(text).spans if s.role == "punctuation"}
    assert "。；" in roles


def test_name_with_parentheses() -> None:
    names = [part(text, found.name) for text in seed_cells()
             for found in read_packed_cell(text).items]  # fmt: skip
    assert "有助于园区绿色低碳循环发展(是/否)" in names


def test_anchor_out_of_order_inside_a_value_is_part_of_it() -> None:
    text = item(1, value="完成3、2-期工程") + item(2)
    cell = read_packed_cell(text)
    assert [found.ordinal for found in cell.items] == [1, 2]
    assert part(text, cell.items[0].cycle) == "完成3、2-期工程"
    assert cell.unparsed == []


def test_end_of_a_longer_number_is_no_anchor() -> None:
    text = item(1, value="编号1001、1-甲") + item(2)
    cell = read_packed_cell(text)
    assert [part(text, found.cycle) for found in cell.items] == ["编号1001、1-甲", "1次"]


def test_a_number_in_order_inside_a_value_begins_no_item() -> None:
    """2、2-期 has a number and a code, but no level-1 name: it is part of the value."""
    text = item(1, value="完成2、2-期工程")
    cell = read_packed_cell(text)
    (found,) = cell.items
    assert found.cycle is not None
    assert text[found.cycle.start : found.cycle.end] == "完成2、2-期工程"
    assert cell.unparsed == []


def test_numbering_may_begin_again() -> None:
    text = item(1) + item(2) + item(1) + item(2)
    assert [found.ordinal for found in read_packed_cell(text).items] == [1, 2, 1, 2]


def test_more_than_nine_items() -> None:
    text = "".join(item(number) for number in range(1, 13))
    assert [found.ordinal for found in read_packed_cell(text).items] == list(range(1, 13))


@pytest.mark.parametrize(
    ("text", "cycle", "annual"),
    [
        ("1、1-产出指标；11-数量指标；次数；实施周期指标值:1次。", "1次", None),
        ("1、1-产出指标；11-数量指标；次数；年度指标值:2次。", None, "2次"),
        ("1、1-产出指标；11-数量指标；次数；实施周期指标值:；年度指标值:2次", "", "2次"),
        ("１、1－产出指标：11－数量指标：次数：实施周期指标值：1次；年度指标值：2次", "1次", "2次"),
        ("1、1-产出指标;11-数量指标;次数;实施周期指标值: 1次 ;年度指标值: 2次 。 ", "1次 ", "2次 "),
    ],
)
def test_missing_empty_and_full_width_labels(
    text: str, cycle: str | None, annual: str | None
) -> None:
    cell = read_packed_cell(text)
    (found,) = cell.items
    assert part(text, found.name) == "次数"
    assert (part(text, found.cycle), part(text, found.annual)) == (cycle, annual)
    assert cell.unparsed == []
    assert_partition(text, cell)


@pytest.mark.parametrize(
    "broken",
    [
        "2、1-产出指标；数量；次数；实施周期指标值:1次；年度指标值:1次。",
        "2、1-产出指标；11-数量指标；次数。",
        "2、1-产出指标；11-数量指标；次数；年度指标值:1次；年度指标值:2次。",
        "2、1-产出指标；11-数量指标；实施周期指标值:1次；实施周期指标值:1次；年度指标值:1次。",
        "2、1-产出指标；11-数量指标；次数；年度指标值:1次；实施周期指标值:1次。",
    ],
)
def test_item_that_does_not_fit_is_left_over_whole_and_its_neighbours_are_read(broken: str) -> None:
    text = item(1) + broken + item(3)
    cell = read_packed_cell(text)
    left = "".join(text[span.start : span.end] for span in cell.unparsed)
    if cell.unparsed:
        assert left == broken
        assert [found.ordinal for found in cell.items] == [1, 3]
    else:  # the annual value holds the words of the cycle's label: printed, so kept
        assert "年度指标值:1次；实施周期指标值" in broken
        assert part(text, cell.items[1].annual) == "1次；实施周期指标值:1次"
    assert_partition(text, cell)


def test_text_before_the_first_item_is_left_over() -> None:
    text = "详见附件。" + item(1)
    cell = read_packed_cell(text)
    assert [text[s.start : s.end] for s in cell.unparsed] == ["详见附件。"]
    assert len(cell.items) == 1


def other_style(ordinal: int, name: str = "次数", mark: str = ".") -> str:
    return (
        f"{ordinal}{mark}1－产出指标，11－数量指标，{name}；实施周期指标值：1次，年度指标值：≥2次；"
    )


@pytest.mark.parametrize("mark", [".", "．", "、"])
def test_the_other_style_separates_with_commas(mark: str) -> None:
    text = other_style(1, "场数（年）") + other_style(2, mark=mark) + other_style(3)
    cell = read_packed_cell(text)
    assert cell.unparsed == []
    assert [parts(text, found) for found in cell.items] == [
        (1, "1－产出指标", "11－数量指标", "场数（年）", "1次", "≥2次"),
        (2, "1－产出指标", "11－数量指标", "次数", "1次", "≥2次"),
        (3, "1－产出指标", "11－数量指标", "次数", "1次", "≥2次"),
    ]
    assert_partition(text, cell)


def test_both_styles_in_one_cell_with_numbering_that_begins_again() -> None:
    text = item(1) + item(2) + other_style(1) + other_style(2) + other_style(1)
    cell = read_packed_cell(text)
    assert [found.ordinal for found in cell.items] == [1, 2, 1, 2, 1]
    assert cell.unparsed == []


@pytest.mark.parametrize(
    ("values", "cycle", "annual"),
    [
        ("实施周期指标值：，年度指标值：≥2次；", "", "≥2次"),
        ("实施周期指标值：1次，年度指标值：；", "1次", ""),
        ("实施周期指标值：，年度指标值：；", "", ""),
        ("年度指标值：≥2次；", None, "≥2次"),
        ("实施周期指标值：1次；", "1次", None),
        ("实施周期指标值：3家，2场，年度指标值：≥3家，≥2场；", "3家，2场", "≥3家，≥2场"),
    ],
)
def test_values_of_the_other_style_may_be_missing_or_hold_commas(
    values: str, cycle: str | None, annual: str | None
) -> None:
    text = f"1.1－产出指标，11－数量指标，次数；{values}" + other_style(2)
    cell = read_packed_cell(text)
    first, second = cell.items
    assert (part(text, first.cycle), part(text, first.annual)) == (cycle, annual)
    assert second.ordinal == 2
    assert_partition(text, cell)


def test_a_number_with_a_point_begins_no_item() -> None:
    """2.1－期 has no level-1 name; 12.1-产出指标 is out of order; 3.1.1 is of another numbering."""
    for inside in ("完成2.1－期工程", "见12.1-产出指标", "见1.2.1-产出指标"):
        text = f"1.1－产出指标，11－数量指标，次数；年度指标值：{inside}；"
        (found,) = read_packed_cell(text).items
        assert part(text, found.annual) == inside


def test_codes_torn_by_white_space() -> None:
    text = "1、4-成本指标；4 1 - 经 济 成本指标；费用；年度指标值:≤5万元。"
    (found,) = read_packed_cell(text).items
    assert part(text, found.level_2) == "4 1 - 经 济 成本指标"


@pytest.mark.parametrize("notation", [item, other_style])
def test_a_cell_of_thousands_of_indicators(notation: Callable[[int], str]) -> None:
    text = "".join(notation(1 + number % 900) for number in range(4500))
    cell = read_packed_cell(text)
    assert len(cell.items) == 4500
    assert cell.unparsed == []


@pytest.mark.parametrize(
    "text", ["无", "详见附件", "1.1－产出指标，11－数量指标，次数", "①、1-产出"]
)
def test_cell_in_another_notation_is_left_over_whole(text: str) -> None:
    cell = read_packed_cell(text)
    assert cell.items == []
    assert [text[s.start : s.end] for s in cell.unparsed] == [text]


def test_empty_cell() -> None:
    assert read_packed_cell("") == PackedCell()


@EXAMPLES
@given(st.one_of(NEAR, st.text(max_size=40)))
@example("1、1-产出指标；11-数量指标；次数；实施周期指标值:¨5；年度指标值:⩴")
def test_spans_partition_any_text(text: str) -> None:
    cell = read_packed_cell(text)
    assert_partition(text, cell)
    for found in cell.items:
        assert found.cycle is not None or found.annual is not None
        assert part(text, found.name)


@EXAMPLES
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="甲乙丙（）、-年度", min_size=1, max_size=8),
            st.text(alphabet="场次第0123456789.%不少于，；《》", max_size=10),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from("；：;:，"),
)
def test_printed_items_read_back(items: list[tuple[str, str]], separator: str) -> None:
    text = "".join(
        f"{number}、1-产出指标{separator}11-数量指标{separator}{name}{separator}"
        f"实施周期指标值:{value}{separator}年度指标值：{value}。"
        for number, (name, value) in enumerate(items, 1)
    )
    cell = read_packed_cell(text)
    assert cell.unparsed == []
    assert [part(text, found.name) for found in cell.items] == [name for name, _ in items]
    stripped = [value.rstrip("，；").lstrip(" ") for _, value in items]
    assert [part(text, found.cycle) for found in cell.items] == stripped
    assert [part(text, found.annual) for found in cell.items] == stripped


@EXAMPLES
@given(
    st.lists(
        st.sampled_from(
            (";", ",", ":", "。", " ", "\n", "名", "3", ";实施周期指标值:", ";年度指标值:")
        ),
        max_size=12,
    ).map("".join)
)
@example(";实施周期指标值: ;年度指标值: 3。 ")
@example("名;年度指标值:3;实施周期指标值:3")
@example("名;实施周期指标值: 年度指标值:3")
@example("名;。;, 实施周期指标值:;。;;年度指标值:。;")
@example(";;年度指标值:")
def test_an_item_is_what_the_notation_says(rest: str) -> None:
    text = "1、1-产出指标;11-数量指标;" + rest
    match = NOTATION.fullmatch(text)
    found = read_packed_cell(text).items
    labels = [text.count(label) for label in ("实施周期指标值:", "年度指标值:")]
    if match is None or max(labels) > 1 or (match[4] is None and match[5] is None):
        assert found == []
    else:
        assert [parts(text, item) for item in found] == [(1, *match.groups())]


@pytest.mark.parametrize("run", [";", "。", ":", "，", " ", "。；", "\n;"])
def test_a_long_run_of_punctuation_is_read_like_a_short_one(run: str) -> None:
    """By the square of its length, 50,000 characters would take a minute."""
    start, many = "1、1-产出指标；11-数量指标；次数", run * (50_000 // len(run))
    value = f"{many}3"
    for text in (
        f"{start}；实施周期指标值:1次；年度指标值:{value}",
        f"{start}{many}；年度指标值:{value}{many}。",
    ):
        (found,) = read_packed_cell(text).items
        assert part(text, found.name) is not None
        assert (part(text, found.annual) or "").lstrip().startswith(value.strip())
    assert read_packed_cell(f"{start}{many}").items == []
