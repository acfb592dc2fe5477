"""Which layout a table has: header paths over several rows, and the title above it."""

from __future__ import annotations

import pytest

from pipelines.recognise.match import candidates, columns_of
from pipelines.recognise.paths import header_paths, number_rows
from pipelines.recognise.pieces import Printed
from pipelines.recognise.titles import bare, find_title, is_number, reads_as_title
from pipelines.values.text import fold_label
from schemas.layout import Layout, layouts
from tests.printing import read_through, sidecar, through_recognise
from tests.recognise.paged import Drawn, Sheet, cells_of, draw


def rows(*drawn: str) -> dict[int, list[Printed]]:
    found: dict[int, list[Printed]] = {}
    for row, col, down, right, text in cells_of(drawn):
        found.setdefault(row, []).append(Printed(f"{row}.{col}", row, col, down, right, text))
    return found


def layout(*headers: str | tuple[str, ...], **more: object) -> Layout:
    """A layout whose first column is a label, the others amounts."""
    columns = [
        {"header": h, "role": "label" if n == 0 else "amount"} for n, h in enumerate(headers)
    ]
    said = {"id": "here/some", "kind": "procurement", "shape": "row_per_line",
            "titles": ["支出表"], "has_grand_total": False, "blocks": [{"rows": "economic"}],
            "columns": columns}  # fmt: skip
    return Layout.model_validate({**said, **more})


class TestPaths:
    @pytest.mark.parametrize(
        ("drawn", "paths"),
        [
            (["甲 | 乙"], ["甲", "乙"]),
            (["甲 | 丙 | <", "^ | 一 | 二"], ["甲", "丙/一", "丙/二"]),
            (["甲 | 丙 | ", " | 一 | 二"], ["甲", "丙/一", "丙/二"]),
            (["甲 | 丙 | < | <", "^ | 一 | 二 | <", "^ | ^ | 三 | 四"],
             ["甲", "丙/一", "丙/二/三", "丙/二/四"]),
            (["甲 | 丙 | | 乙 | ", " | 一 | 二 | | 三"], ["甲", "丙/一", "丙/二", "乙", "乙/三"]),
        ],
        ids=["one row", "merged", "blank for merged", "three rows", "blank below"],
    )  # fmt: skip
    def test_stand_for_every_column(self, drawn: list[str], paths: list[str]) -> None:
        found = header_paths(rows(*drawn), 1, len(drawn))
        assert found == dict(enumerate(paths, 1))

    def test_a_column_without_a_header_has_none(self) -> None:
        assert header_paths(rows("甲 | 乙 | "), 1, 1) == {1: "甲", 2: "乙"}
        assert header_paths(rows("甲 | 乙 | ", " | 一 | "), 1, 2) == {1: "甲", 2: "乙/一"}

    def test_a_header_ends_where_its_cells_do(self) -> None:
        assert header_paths(rows("甲 | 丙 | <", "^ | 一 | 二"), 1, 1) is None

    @pytest.mark.parametrize(
        ("drawn", "count"),
        [
            ("栏次 | 1 | 2", 1),
            ("** | 1 | 2", 1),
            (" | 1 | 2", 1),
            ("植树 | 1 | 2", 0),
            ("栏次 | 1 | 3", 0),
            ("** | 1 | ", 1),
            ("** | 2 | ", 0),
            (" | 1 | ", 0),
            ("合计 | 1 | 2", 0),
            (" | 100 | 101", 0),
        ],
    )
    def test_rows_that_number_columns_belong_to_the_header(self, drawn: str, count: int) -> None:
        assert number_rows(rows("甲 | 乙 | 丙", drawn), 1) == count


class TestCandidates:
    def test_the_header_must_be_the_layouts_in_any_order(self) -> None:
        known = [layout("项目", "金额/合计", "金额/基本")]
        (match,) = candidates(rows("金额 | < | 项目", "基本 | 合计 | ^", "1 | 2 | 甲"), known)
        assert match.columns == {1: 2, 2: 1, 3: 0}
        assert (match.first_row, match.header_to, match.last_row) == (1, 2, 2)
        assert candidates(rows("金额 | < | 项目", "基本 | 小计 | ^"), known) == []
        assert candidates(rows("金额 | < | <", "基本 | 合计 | 项目"), known) == []

    def test_the_last_row_of_a_deeper_header_is_no_header(self) -> None:
        known = [layout("编码", "名称", "金额")]
        assert candidates(rows("科目 | < | 金额", "编码 | 名称 | ^", "1 | 甲 | 2"), known) == []

    def test_an_optional_column_may_be_missing_and_others_may_not(self) -> None:
        known = layout("项目", "金额").model_dump()
        known["columns"][1]["is_optional"] = True
        with_more = Layout.model_validate(
            {**known, "columns": [*known["columns"], {"header": "备注", "role": "text"}]}
        )
        assert columns_of({1: "项目", 2: "备注"}, with_more, 2) == {1: 0, 2: 2}
        assert columns_of({1: "项目", 2: "金额"}, with_more, 2) is None

    def test_a_label_may_run_over_columns_without_a_header(self) -> None:
        columns = [{"header": "项目", "role": "label", "is_spread": True},
                   {"header": "金额", "role": "amount"}]  # fmt: skip
        known = [Layout.model_validate(layout("项目", "金额").model_dump() | {"columns": columns})]
        for drawn in ("项目 | < | 金额", "项目 |  | 金额"):
            (match,) = candidates(rows(drawn, "甲 | 乙 | 1"), known)
            assert match.columns == {1: 0, 2: 0, 3: 1}
        assert candidates(rows("项目 | 金额 | <", "甲 | 1 | 2"), known) == []

    def test_the_same_header_in_tables_side_by_side_is_told_by_order(self) -> None:
        blocks = [{"rows": "fund_source"}, {"rows": "expenditure_type"}]
        columns = [{"header": h, "role": r, "block": b} for b in (1, 2)
                   for h, r in (("项目", "label"), ("金额", "amount"))]  # fmt: skip
        two = layout("项目", "金额").model_dump() | {"blocks": blocks, "columns": columns}
        (match,) = candidates(rows("项目 | 金额 | 项目 | 金额"), [Layout.model_validate(two)])
        assert match.columns == {1: 0, 2: 1, 3: 2, 4: 3}

    def test_a_header_merged_over_an_edge_too_many_stands_over_the_column_it_begins_with(
        self,
    ) -> None:
        known = [layout("编码", "名称", "金额")]
        (match,) = candidates(rows("编码 | < | 名称 | 金额", "1 | 甲 | < | 2"), known)
        assert match.columns == {1: 0, 2: 1, 3: 1, 4: 2}
        assert candidates(rows("编码 | < | 名称 | 金额", "1 | 甲 | 乙 | 2"), known) == []


class TestYears:
    """A header that prints the years of its amounts: which is which, and that of the table."""

    KNOWN = (layout("项目", "{last_year}年预算数", "{year}年预算数"),)

    @pytest.mark.parametrize(
        ("drawn", "columns"),
        [
            ("项目 | 2025年预算数 | 2026年预算数", {1: 0, 2: 1, 3: 2}),
            ("项目 | 2026年预算数 | 2025年预算数", {1: 0, 2: 2, 3: 1}),
            ("项目 | 2020年预算数 | 2021年预算数", {1: 0, 2: 1, 3: 2}),
        ],
    )
    def test_the_later_of_two_is_the_tables_own(self, drawn: str, columns: dict[int, int]) -> None:
        (match,) = candidates(rows(drawn, "甲 | 1 | 2"), self.KNOWN)
        assert match.columns == columns

    @pytest.mark.parametrize(
        "drawn",
        [
            "项目 | 2024年预算数 | 2026年预算数",
            "项目 | 2026年预算数 | 2026年预算数",
            "项目 | 上年预算数 | 预算数",
        ],
    )
    def test_years_that_do_not_follow_one_another_fit_nothing(self, drawn: str) -> None:
        assert candidates(rows(drawn, "甲 | 1 | 2"), self.KNOWN) == []

    def test_the_year_of_the_header_is_a_clue_to_that_of_the_table(self) -> None:
        upper = "合计 | 因公出国（境）经费 | 公务用车购置及运行维护费 | < | < | 公务接待费"
        lower = "^ | ^ | 小计 | 公务用车购置经费 | 公务用车运行维护费 | ^"
        spread = " | < | < | < | < | <"
        years = f"2020年预算数{spread} | 2021年预算数{spread}"
        header = [years, *(f"{half} | {half}" for half in (upper, lower))]
        table = Drawn([*header, " | ".join(["1.00"] * 12)], bottom=300)
        lines = ("一般公共预算“三公”经费支出情况表", "单位：万元")
        frames = read_through([draw(Sheet([table], lines=lines))], None)[1]
        assert frames["statement"]["fiscal_year"].to_list() == [2021]
        (clue,) = frames["clue"].filter(field="fiscal_year").to_dicts()
        assert (clue["value"], clue["source"], clue["evidence"]) == (
            "2021", "printed", "2021年预算数",
        )  # fmt: skip


class TestTitles:
    @pytest.mark.parametrize(
        "printed",
        [
            "一、收支预算总表", "表1 收支预算总表", "公开01表：收支预算总表", "收支预算总表（续）",
            "附件2 2017年度收支预算总表", "公开表十一 收支预算总表", "1.收支预算总表",
            "二〇一七年收支预算总表",
        ],
    )  # fmt: skip
    def test_number_and_year_are_no_part_of_it(self, printed: str) -> None:
        assert bare(printed) == "收支预算总表"

    @pytest.mark.parametrize("printed", ["公开01表", "表1", "附件2", "公开表十一", "预算12表"])
    def test_a_number_may_stand_alone(self, printed: str) -> None:
        assert is_number(printed)
        assert not reads_as_title(printed)

    @pytest.mark.parametrize(
        ("printed", "is_title"),
        [
            ("收支预算总表", True),
            ("项目支出绩效目标表（含转移支付项目）", True),
            ("第二部分2026年部门预算表", False),
            ("2017年度部门预算表", False),
            ("收支情况如下：", False),
            ("详见收入，支出预算表", False),
            ("部门名称：某局", False),
        ],
    )
    def test_lines_that_read_as_one(self, printed: str, *, is_title: bool) -> None:
        assert reads_as_title(printed) == is_title

    def lines(self, *texts: str) -> list[tuple[str, str]]:
        return [(str(n), text) for n, text in enumerate(texts)]

    def test_the_nearest_title_is_the_one(self) -> None:
        known = [layout("项目", "金额"), layout("项目", "金额", id="here/other", titles=["收入表"])]
        lines = self.lines("支出表", "说明：略", "表2", "收入表", "单位：元")
        found = find_title(lines, known)
        assert found is not None
        assert (found.text, found.cell_ids, found.layouts) == ("收入表", ("3",), ("here/other",))

    def test_a_title_may_be_printed_over_two_lines(self) -> None:
        known = [layout("项目", "金额", titles=["会议费、培训费支出预算表"])]
        found = find_title(self.lines("表9：会议费、培训费支出预", "算表", "单位：元"), known)
        assert found is not None
        assert found.cell_ids == ("0", "1")

    def test_a_line_that_reads_as_another_title_hides_those_above(self) -> None:
        found = find_title(self.lines("支出表", "采购表"), [layout("项目", "金额")])
        assert found is not None
        assert (found.text, found.layouts) == ("采购表", ())

    def test_a_title_far_above_is_that_of_another_table(self) -> None:
        lines = self.lines("支出表", *["很长的说明文字"] * 9)
        assert find_title(lines, [layout("项目", "金额")]) is None


class TestDecision:
    """Tables of one header that only their titles tell apart."""

    def read(self, *sheets: Sheet) -> dict[str, list[object]]:
        _, frames = read_through([draw(*sheets)], sidecar())
        return {
            "layouts": frames["statement"]["layout_id"].to_list(),
            "rules": frames["item"].filter(level="grid")["rule_id"].to_list(),
        }

    def sheet(self, *lines: str, total: str = "合计") -> Sheet:
        rows = ["科目编码 | 科目名称 | 金额", f" | {total} | 2.00", "301 | 工资 | 2.00"]
        return Sheet([Drawn(rows, bottom=200)], lines=lines)

    def test_the_title_decides(self) -> None:
        found = self.read(self.sheet("财政拨款基本支出预算表"),
                          self.sheet("公开08表", "一般公共预算基本支出预算表"))  # fmt: skip
        assert found["layouts"] == [
            "jiangsu/basic_appropriation_by_economic",
            "jiangsu/basic_expenditure_by_economic",
        ]
        assert found["rules"] == []

    def test_a_title_that_no_layout_of_the_header_has_waits(self) -> None:
        found = self.read(self.sheet("财政拨款支出预算表"))
        assert found == {"layouts": [], "rules": ["title_unknown"]}

    def test_without_a_title_a_table_goes_on_or_is_ambiguous(self) -> None:
        first = self.sheet("财政拨款基本支出预算表")
        assert self.read(first, self.sheet(total="津贴"))["layouts"] == [
            "jiangsu/basic_appropriation_by_economic"
        ]
        found = self.read(first, self.sheet())
        assert found["layouts"] == ["jiangsu/basic_appropriation_by_economic"]
        assert found["rules"] == ["layout_ambiguous"]


def test_every_printed_column_that_the_layout_explains_has_a_row() -> None:
    text = "收入预算总表\n\n单位：万元\n\n项目名称\t\t金额\t\n收入总计\t\t1.00\t\n"
    frames = through_recognise([text], sidecar())[1]
    found = frames["column"].select("table_col", "column_no", "role", "row_axis", "is_spread")
    assert found.rows() == [
        (1, 0, "label", "fund_source", True),
        (2, 0, "label", "fund_source", True),
        (3, 1, "amount", "fund_source", False),
    ]


def test_every_layout_fits_its_own_header() -> None:
    for known in layouts():
        if known.columns:
            paths = {n: fold_label(column.header[0]) for n, column in enumerate(known.columns, 1)}
            assert columns_of(paths, known, len(paths)) is not None, known.id
