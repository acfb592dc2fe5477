"""A table that pages cut, in every way that leaves evidence, comes back whole."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recognise.paged import Drawn, Sheet, draw, shown, tables_of
from tests.recognise.test_tables import assert_nothing_lost, normal

HEADERS = (
    ["类别 | 项目 | 总计 | 财政 | 目标"],
    ["类别 | 项目 | 资金 | < | 目标", "^ | ^ | 总计 | 财政 | ^"],
    ["类别 | 项目 | 总计 | 财政 | 目标", "栏次 | 1 | 2 | 3 | 4"],
)
#: Rows before the first cut and between cuts: fewer do not tell what columns hold.
FIRST, BETWEEN = 6, 4

#: The group a row belongs to, and its other cells.
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Cut:
    """A page's end: after a row or within it, and how the next page begins.

    Attributes:
        inside: ``prose`` or ``number``: what of the row is cut; empty if it ends with the page.
        at: Where in it.
        header: ``repeated``, ``none``, ``glued`` to the rest of the row.
        group: What a merged cell that goes on holds there: ``blank``, ``same``, ``split``.
    """

    after: int
    inside: str
    at: int
    header: str
    group: str


@st.composite
def tables(draw_one: st.DrawFn) -> tuple[list[str], list[Row], list[Cut]]:
    header = draw_one(st.sampled_from(HEADERS))
    sizes = draw_one(st.lists(st.integers(3, 6), min_size=3, max_size=6))
    groups = [number for number, size in enumerate(sizes) for _ in range(size)]
    rows = [(group, draw_one(_values(number))) for number, group in enumerate(groups)]
    cuts, after = [], FIRST
    while after < len(rows) - BETWEEN:
        ends_group = groups[after] != groups[after + 1] and groups[after] == groups[after - 1]
        cuts.append(draw_one(_cuts(after, can_glue=ends_group and header is not HEADERS[2])))
        after += draw_one(st.integers(BETWEEN, 8))
    return header, rows, cuts


@st.composite
def _values(draw_one: st.DrawFn, number: int) -> list[str]:
    total, part = (f"{draw_one(st.integers(100_000, 99_999_999)) / 100:,.2f}" for _ in range(2))
    return [f"项目{number}", total, part, draw_one(st.text("植树任务年度目标不少于", min_size=2))]


@st.composite
def _cuts(draw_one: st.DrawFn, after: int, *, can_glue: bool) -> Cut:
    inside = draw_one(st.sampled_from(["", "prose", "number"]))
    ways = ["repeated", "none", *(["glued"] if inside and can_glue else [])]
    way = draw_one(st.sampled_from(ways))
    # What shares cells with a header is the rest of a group's last row: it has no merged cell.
    group = "blank" if way == "glued" else draw_one(st.sampled_from(["blank", "same", "split"]))
    return Cut(after, inside, draw_one(st.integers(1, 99)), way, group)


def halves(values: list[str], cut: Cut) -> tuple[list[str], list[str]]:
    """A row's cells on both sides of a page's end; a number's halves are no numbers of money."""
    name, total, part, prose = values
    if cut.inside == "prose":
        at = 1 + cut.at % (len(prose) - 1)
        return [name, total, part, prose[:at]], ["", "", "", prose[at:]]
    at = 1 + cut.at % (len(total) - 1)
    return [name, total[:at], part, prose], ["", total[at:], "", ""]


def pages_of(rows: list[Row], cuts: list[Cut]) -> list[tuple[Cut | None, list[Row]]]:
    """Rows by page, and the cut before each."""
    by_row = {cut.after: cut for cut in cuts}
    pages: list[tuple[Cut | None, list[Row]]] = [(None, [])]
    for number, (group, values) in enumerate(rows):
        cut = by_row.get(number)
        first, rest = halves(values, cut) if cut and cut.inside else (values, None)
        pages[-1][1].append((group, first))
        if cut:
            pages.append((cut, [] if rest is None else [(group, rest)]))
    return pages


def group_text(group: int, number: int, pages: list[tuple[Cut | None, list[Row]]]) -> str:
    """What a page prints of a merged cell: all of it, or what the cut leaves."""
    here = [n for n, (_, rows) in enumerate(pages) if any(g == group for g, _ in rows)]
    whole, half = f"第{group}类指标（数量）", f"第{group}类指标（"
    before = pages[number][0]
    if number > here[0] and before is not None:
        if before.group == "split" and number == here[0] + 1:
            return whole.removeprefix(half)
        return whole if before.group == "same" else ""
    after = pages[number + 1][0] if number < here[-1] else None
    return half if after is not None and after.group == "split" else whole


def drawn(number: int, pages: list[tuple[Cut | None, list[Row]]], header: list[str]) -> list[str]:
    cut, rows = pages[number]
    if cut and cut.header == "glued":
        (_, rest), rows = rows[0], rows[1:]
        last = [text.strip() for text in header[-1].split("|")]
        first = [text.strip() for text in header[0].split("|")]
        for col, text in enumerate(rest, 1):
            target = first if last[col] == "^" else last
            target[col] = f"{target[col]} {text}"
        merged = [" | ".join(first), " | ".join(last)] if len(header) > 1 else [" | ".join(last)]
    else:
        merged = header if cut is None or cut.header == "repeated" else []
    lines = []
    for group, run in groupby(rows, key=lambda row: row[0]):
        said = [group_text(group, number, pages)]
        for _, values in run:
            lines.append(" | ".join([*said, *values]))
            said = ["^"]
    return [*merged, *lines]


def expected_joins(pages: list[tuple[Cut | None, list[Row]]]) -> list[str]:
    names = {"repeated": "repeated_header", "none": "rows_continued", "glued": "glued_header"}
    inside = {"prose": "row_continued", "number": "number_cut"}
    said = []
    for (_, before), (cut, after) in pairwise(pages):
        assert cut is not None
        said.append(names[cut.header])
        if before[-1][0] == after[0][0] and cut.header != "glued":
            said.append("rowspan_continued")
        if cut.inside:
            said.append(inside[cut.inside])
    return said


@given(tables())
@settings(max_examples=80, deadline=None)
def test_a_cut_table_comes_back_whole(table: tuple[list[str], list[Row], list[Cut]]) -> None:
    header, rows, cuts = table
    pages = pages_of(rows, cuts)
    sheets = [Sheet([Drawn(drawn(number, pages, header))]) for number in range(len(pages))]
    extraction = draw(*sheets)
    found = tables_of(extraction)
    whole = drawn(0, [(None, rows)], header)
    assert shown(found) == [list(map(normal, whole))]
    assert [join.rule_id for join in found.joins] == expected_joins(pages)
    assert_nothing_lost(extraction, found)


TEXTS = st.sampled_from(
    ["", "项目", "金额", "合计", "1", "2.00", "1,2", "34.00", "（半", "半）", "^", "<"]
)


@given(
    st.lists(
        st.integers(1, 4).flatmap(
            lambda width: st.lists(
                st.lists(TEXTS, min_size=width, max_size=width), min_size=1, max_size=5
            )
        ),
        min_size=1, max_size=5,
    ),
    st.sampled_from([(), ("top",), ("bottom",)]),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_whatever_is_printed_nothing_is_lost(
    grids: list[list[list[str]]], sides: tuple[str, ...]
) -> None:
    sheets = [
        Sheet([Drawn([" | ".join(row) for row in _tiled(grid)], open=sides)]) for grid in grids
    ]
    extraction = draw(*sheets)
    assert_nothing_lost(extraction, tables_of(extraction))


def _tiled(grid: list[list[str]]) -> list[list[str]]:
    """A grid whose marks of covered cells stand where a cell can cover them."""
    rows: list[list[str]] = []
    for r, row in enumerate(grid):
        line: list[str] = []
        for c, text in enumerate(row):
            can_widen = c > 0 and line[c - 1] != "^"
            can_deepen = r > 0 and rows[r - 1][c] != "<" and grid[r - 1][c + 1 : c + 2] != ["<"]
            fits = {"<": can_widen and row[c : c + 1] == ["<"], "^": can_deepen}
            line.append(text if fits.get(text, True) else "")
        rows.append(line)
    return rows
