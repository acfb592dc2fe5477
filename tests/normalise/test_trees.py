"""Trees of what is printed: whatever levels a table leaves out, its leaves add up to its totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.axes import ancestors, names, parents
from tests.normalise.printed import AMOUNT, CODE, LABEL, Column, Printed, Read, Table, read

if TYPE_CHECKING:
    from collections.abc import Callable

#: Fen in a unit of the last printed place: 0.01 万元.
PLACE = 10_000
#: A batch is read for each example: the fast suite draws a few, the long one many.
pytestmark = pytest.mark.drawn


@dataclass(frozen=True)
class Classes:
    """A table by class: true amounts of what it prints as lowest, and the levels above printed."""

    amounts: dict[str, int]
    above: set[str]

    @property
    def printed(self) -> list[str]:
        """Codes in printed order, those above before those below; the total first."""
        return sorted({"", *self.above, *self.amounts})

    def amount(self, code: str) -> str:
        """The printed amount, rounded half up to the last place."""
        fen = sum(value for leaf, value in self.amounts.items() if leaf.startswith(code))
        units = (2 * fen + PLACE) // (2 * PLACE)
        return f"{units // 100}.{units % 100:02}"

    def parent(self, code: str) -> str | None:
        """The nearest printed code that a code begins with."""
        return max((c for c in self.printed if code.startswith(c) and c != code), key=len,
                   default=None)  # fmt: skip


@st.composite
def classes(draw: st.DrawFn) -> Classes:
    """Classes cut at any level, any of the levels above them printed."""
    digits = st.lists(st.integers(1, 3), min_size=0, max_size=2)
    drawn = draw(
        st.lists(st.tuples(st.integers(201, 203), digits), min_size=1, max_size=8, unique_by=str)
    )
    codes = {f"{top}{''.join(f'{part:02}' for part in rest)}" for top, rest in drawn}
    lowest = {c for c in codes if not any(d != c and d.startswith(c) for d in codes)}
    higher = sorted({c[:n] for c in lowest for n in (3, 5) if n < len(c)})
    amounts = {c: draw(st.integers(0, 10**9)) for c in sorted(lowest)}
    above = {c for c in higher if draw(st.booleans())}
    return Classes(amounts, above)


def joined(table: Classes) -> Table:
    rows: Printed = [
        [f"[{code}]某支出" if code else "合计", table.amount(code)] for code in table.printed
    ]
    return Table((LABEL, AMOUNT), rows)


def prefixed(table: Classes) -> Table:
    rows: Printed = [
        [f"{code}-某支出" if code else "合计", table.amount(code)] for code in table.printed
    ]
    return Table((LABEL, AMOUNT), rows)


def beside(table: Classes) -> Table:
    rows: Printed = [
        [code, "某支出" if code else "合计", table.amount(code)] for code in table.printed
    ]
    return Table((CODE, LABEL, AMOUNT), rows)


def split(table: Classes) -> Table:
    rows: Printed = [
        [code[:3], code[3:5], code[5:], "某支出" if code else "合计", table.amount(code)]
        for code in table.printed
    ]
    return Table((CODE, CODE, CODE, LABEL, AMOUNT), rows)


def suppressed(table: Classes) -> Table:
    """As ``split``; a part that is the same as in the row above is blank, unless it is the last."""
    rows: Printed = []
    before = ("", "", "")
    for code in table.printed:
        parts = (code[:3], code[3:5], code[5:])
        last = max((n for n, part in enumerate(parts) if part), default=0)
        shown = [
            "" if n < last and parts[: n + 1] == before[: n + 1] else part
            for n, part in enumerate(parts)
        ]
        rows.append([*shown, "某支出" if code else "合计", table.amount(code)])
        before = parts
    return Table((CODE, CODE, CODE, LABEL, AMOUNT), rows)


@pytest.mark.parametrize("form", [joined, prefixed, beside, split, suppressed])
@given(table=classes())
def test_classes_however_printed_have_their_parents_and_leaves(
    form: Callable[[Classes], Table], table: Classes
) -> None:
    read_one = read(form(table))
    assert read_one.nodes() == [
        (code, table.parent(code), code in table.amounts) for code in table.printed
    ]
    adds_up(read_one)


@given(table=classes(), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(table: Classes, order: Any) -> None:
    printed = joined(table)
    rows = list(printed.rows)
    order.shuffle(rows)
    assert sorted(read(Table(printed.columns, rows)).nodes()) == sorted(read(printed).nodes())


def adds_up(read_one: Read) -> None:
    """Each printed total is the sum of what stands below it, within the rounding envelope."""
    amounts = read_one.amounts("row_node", "row_parent", "is_leaf", "fen")
    for node, _, is_leaf, fen in amounts:
        parts = [part for _, parent, _, part in amounts if parent == node]
        assert is_leaf == (not parts)
        if parts:
            assert 2 * abs(fen - sum(parts)) <= (len(parts) + 1) * PLACE


LISTED = {
    axis: {node: name for name, node in names(axis).items()}
    for axis in ("fund_source", "expenditure_type", "three_public")
}


def nearest(axis: str, node: str, printed: list[str]) -> str | None:
    return next((above for above in ancestors(axis, node) if above in printed), None)


@pytest.mark.parametrize("axis", list(LISTED))
@given(data=st.data())
def test_listed_nodes_in_any_order_have_the_nearest_that_is_printed(
    axis: str, data: st.DataObject
) -> None:
    known = LISTED[axis]
    printed = data.draw(st.lists(st.sampled_from(sorted(known)), min_size=1, unique=True))
    rows: Printed = [[known[node], "1.00"] for node in printed]
    read_one = read(Table((LABEL, AMOUNT), rows, [(axis, "none")]))
    above = [nearest(axis, node, printed) for node in printed]
    assert read_one.rows("row_node", "row_parent") == list(zip(printed, above, strict=True))
    tops = {node for node, parent in parents(axis).items() if parent is None}
    leaves = [node for node in printed if node not in above]
    got = [node for node, _, is_leaf in read_one.nodes() if is_leaf]
    # The whole of an axis is never a leaf, though nothing else is printed.
    assert got == [node for node in leaves if node not in tops or not LISTED_BELOW[axis][node]]


LISTED_BELOW = {
    axis: {node: [n for n in parents(axis) if node in ancestors(axis, n)] for node in parents(axis)}
    for axis in LISTED
}


@given(data=st.data())
def test_columns_are_leaves_by_what_else_is_printed(data: st.DataObject) -> None:
    """Columns of last year, of another phase and parts of others are trees of their own."""
    nodes = [n for n in parents("fund_source") if n != "unsplit"]
    kinds: st.SearchStrategy[dict[str, Any]] = st.sampled_from([
        {}, {"period": "last_year"}, {"phase": "final_accounts"}, {"is_memo": True},
    ])  # fmt: skip
    drawn = data.draw(
        st.lists(st.tuples(st.sampled_from(nodes), kinds), min_size=1, max_size=8, unique_by=str)
    )
    columns = [Column("amount", node, **kind) for node, kind in drawn]
    table = Table((LABEL, *columns), [["[206]科学技术支出", *("1.00" for _ in columns)]],
                  [("function", "fund_source")])  # fmt: skip
    expected = []
    for node, kind in drawn:
        together = [other for other, its in drawn if its == kind]
        is_leaf = not any(node == nearest("fund_source", other, together) for other in together)
        expected.append(
            (node, nearest("fund_source", node, together), is_leaf, is_leaf and not kind)
        )
    found = read(table).amounts("column_node", "column_parent", "is_column_leaf", "is_leaf")
    assert found == expected


@st.composite
def units(draw: st.DrawFn) -> list[list[int]]:
    """Amounts of projects in units of the last place, by unit."""
    amounts = st.lists(st.integers(1, 10**6), min_size=1, max_size=4)
    return draw(st.lists(amounts, min_size=1, max_size=4))


def money(units: int) -> str:
    return f"{units // 100}.{units % 100:02}"


@given(spent=units())
def test_projects_stand_below_their_units_and_units_below_the_total(spent: list[list[int]]) -> None:
    rows: Printed = [["合计", money(sum(map(sum, spent))), ""]]
    expected: list[tuple[str, str | None, bool, str]] = [("total", None, False, "grand_total")]
    for number, projects in enumerate(spent, 1):
        rows.append([f"第{number}单位", money(sum(projects)), ""])
        unit = str(len(rows))
        expected.append((unit, "total", False, "unit"))
        for project in projects:
            rows.append(["项目", money(project), "目标。"])
            expected.append((str(len(rows)), unit, True, "project"))
    columns = (LABEL, Column("amount", "all_funds"), Column("goal"))
    table = Table(columns, rows, [("unit_project", "fund_source")], shape="row_per_project")
    assert read(table).rows("row_node", "row_parent", "is_row_leaf", "row_role") == expected


CLASSES_BY_NAME = {"工资福利支出": "301", "商品和服务支出": "302", "对个人和家庭的补助": "303"}


@given(spent=st.lists(st.lists(st.sampled_from(sorted(CLASSES_BY_NAME)), min_size=1, unique=True),
                      min_size=1, max_size=4))  # fmt: skip
def test_economic_classes_by_name_stand_below_their_units(spent: list[list[str]]) -> None:
    rows: Printed = [["合计", money(sum(map(len, spent)))]]
    expected: list[tuple[str | None, str | None, str]] = [(None, None, "grand_total")]
    for number, named in enumerate(spent, 1):
        rows.append([f"第{number}单位", money(len(named))])
        unit = str(len(rows))
        expected.append((None, "total", "unit"))
        for name in named:
            rows.append([name, "0.01"])
            expected.append((CLASSES_BY_NAME[name], unit, "leaf"))
    columns = (LABEL, Column("amount", "all_funds"))
    table = Table(columns, rows, [("unit_economic", "fund_source")], shape="row_per_project")
    read_one = read(table)
    assert read_one.rows("code", "row_parent", "row_role") == expected
    assert read_one.items() == []
