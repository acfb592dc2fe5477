"""Which lines are one project beyond unit and name: by rules or by a person, by nothing less."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from schemas.code_lists import CodeListError
from schemas.registry import tables
from tests.load.lists import Printed, identity, projects, same

if TYPE_CHECKING:
    from pathlib import Path

LONG = "示例市政务服务数据管理局信息化运维项目"
RENAMED = "示例市政务服务和数据管理局信息化运维项目"
TABLE = Printed(2026, LONG, total=100, kind="project_expenditure")
TARGETS = Printed(2026, RENAMED, total=100)


class TestTablesOfOneYear:
    def test_nearly_one_name_and_one_amount_in_one_unit_are_one_project(self) -> None:
        assert same(projects([TABLE, TARGETS]), (2026, LONG), (2026, RENAMED))
        (method,) = identity([TABLE, TARGETS]).links["method"]
        assert method == "unit_amount_and_similar_name"

    @pytest.mark.parametrize(
        "other",
        [
            replace(TARGETS, unit="另一局"),
            replace(TARGETS, total=101),
            replace(TARGETS, total=None),
            replace(TARGETS, name="植树项目"),
            replace(TARGETS, kind="project_expenditure"),
            replace(TARGETS, year=2024),
        ],
        ids=["unit", "amount", "no amount", "name", "same table", "year"],
    )
    def test_nothing_less_links(self, other: Printed) -> None:
        assert identity([TABLE, other]).links.is_empty()

    def test_nothing_where_two_could_be_meant_or_a_namesake_is_there(self) -> None:
        second = replace(TARGETS, name=RENAMED.replace("运维", "运营"))
        assert identity([TABLE, TARGETS, second]).links.is_empty()
        assert identity([TABLE, TARGETS, replace(TARGETS, name=LONG)]).links.is_empty()

    def test_a_zero_says_nothing(self) -> None:
        zeros = [replace(TABLE, total=0), replace(TARGETS, total=0)]
        assert identity(zeros).links.is_empty()

    def test_a_table_without_units_is_told_by_name_and_total_of_the_body(self) -> None:
        units = [
            Printed(2026, "审计业务经费", total=total, unit=unit)
            for unit, total in (("示例局", 31), ("示例局本级", 539), ("示例局分局", 18))
        ]
        without = [
            Printed(2026, "审计业务经费", total=total, unit=None, kind="project_expenditure")
            for total in (539, 31, 40)
        ]
        found = projects([*units, *without[:1]])
        keys = {unit: key for (_, unit, _, _), key in found.items()}
        assert keys[None] == keys["示例局本级"]
        links = identity([*units, *without]).links
        assert links["method"].to_list() == ["body_name_and_amount"] * 2
        assert set(links["project_id"]) == {keys["示例局本级"], keys["示例局"]}

    def test_of_a_project_that_another_table_spells_otherwise_too(self) -> None:
        without = replace(TARGETS, unit=None, kind="key_projects")
        found = projects([TABLE, TARGETS, without])
        assert len(set(found.values())) == 1

    def test_nor_where_two_units_have_that_name_and_total(self) -> None:
        units = [Printed(2026, "经费", total=5, unit=unit) for unit in ("甲", "乙")]
        without = Printed(2026, "经费", total=5, unit=None, kind="project_expenditure")
        assert identity([*units, without]).links.is_empty()


GOAL = "完成河道清淤二十公里，水质达到三类以上。"
OTHER = "对社区矫正对象开展走访与心理辅导。"
NAMES = ("清淤长度", "水质达标率")
CODE = "99000022T000000000001"


def method(*printed: Printed) -> str | None:
    """How the second year's only link is known."""
    links = identity(printed).links
    return links["method"][0] if links.height else None


class TestOverYears:
    """Each rule, and what is just short of it."""

    def test_a_code_links_what_was_renamed_if_name_or_content_agree(self) -> None:
        before = Printed(2025, "河道治理", GOAL, NAMES, code=CODE)
        renamed = Printed(2026, "水系连通工程", GOAL, ("其他",), code=CODE)
        assert method(before, renamed) == "code_over_years"
        assert method(before, replace(renamed, name="河道治理工程", goal=OTHER)) is not None

    def test_a_code_that_another_project_took_over_links_nothing_and_is_asked(self) -> None:
        before = Printed(2025, "河道治理", GOAL, NAMES, code=CODE)
        other = Printed(2026, "社区矫正", OTHER, ("走访次数",), code=CODE)
        found = identity([before, other])
        assert found.links.is_empty()
        assert found.suggestions.select("name_before", "name").rows() == [("河道治理", "社区矫正")]

    def test_words_that_say_nothing_and_punctuation_do_not_matter(self) -> None:
        before = Printed(2025, "河道治理专项经费", GOAL)
        assert method(before, Printed(2026, "“河道治理”项目", GOAL)) == "name_core_over_years"
        assert method(before, Printed(2026, "河道治理项目", OTHER)) is None

    def test_the_year_in_a_name_counts_on_only_if_the_content_does(self) -> None:
        before = Printed(2025, "2025年信访专项经费", GOAL, NAMES)
        after = Printed(2026, "2026年信访专项经费", GOAL, NAMES)
        assert method(before, after) == "name_core_over_years"
        assert method(before, replace(after, goal=OTHER, indicators=("走访次数",))) is None
        # contracts of other years are other projects, however alike
        spans = [replace(before, name="2024-2025年运维"), replace(after, name="2026-2027年运维")]
        assert method(*spans) is None

    def test_numbers_tell_projects_of_one_name_apart(self) -> None:
        first = Printed(2025, "环境整治（一期）", GOAL, NAMES)
        assert method(first, Printed(2026, "环境整治（二期）", GOAL, NAMES)) is None
        assert identity([first, Printed(2026, "环境整治（二期）", GOAL, NAMES)]).suggestions.height

    def test_name_and_content_of_its_own(self) -> None:
        before = Printed(2025, "政务热线运行维护", GOAL, NAMES)
        after = Printed(2026, "政务热线运营服务", GOAL, NAMES)
        assert method(before, after) == "name_and_content_over_years"
        assert method(before, replace(after, goal=OTHER, indicators=("走访次数",))) is None
        shared = [replace(line, name="植树") for line in (before, after)]
        assert method(before, after, *shared) is None, "what others promise too is not its own"

    def test_content_alone_word_for_word(self) -> None:
        before = Printed(2025, "河道治理", GOAL, NAMES)
        assert method(before, Printed(2026, "碧水行动", GOAL, NAMES)) == "content_over_years"
        assert method(before, Printed(2026, "碧水行动", GOAL, NAMES[:1])) is None

    def test_exchanged_names_follow_the_content(self) -> None:
        lines = [
            Printed(2025, "甲类活动", GOAL, NAMES), Printed(2025, "乙类活动", OTHER, ("走访",)),
            Printed(2026, "乙类活动", GOAL, NAMES), Printed(2026, "甲类活动", OTHER, ("走访",)),
            Printed(2027, "乙类活动", GOAL, NAMES), Printed(2027, "甲类活动", OTHER, ("走访",)),
        ]  # fmt: skip
        found = projects(lines)
        assert same(found, (2025, "甲类活动"), (2026, "乙类活动"), (2027, "乙类活动"))
        assert same(found, (2025, "乙类活动"), (2026, "甲类活动"), (2027, "甲类活动"))
        assert len(set(found.values())) == 2
        # what one copies from another does not make it the other
        copied = [*lines[:2], lines[2], replace(lines[3], goal=GOAL, indicators=NAMES)]
        assert identity(copied).links.is_empty()

    def test_boilerplate_in_every_unit_is_each_units_own(self) -> None:
        lines = [
            Printed(year, "综合业务费", "保障正常运转。", ("次数",), 5, unit=unit)
            for year in (2025, 2026) for unit in ("甲局", "乙局")
        ]  # fmt: skip
        assert identity(lines).links.is_empty()
        assert len(set(projects(lines).values())) == 2

    def test_several_of_one_name_are_told_by_their_content(self) -> None:
        lines = [
            Printed(year, "培训", goal, names)
            for year in (2025, 2026) for goal, names in ((GOAL, NAMES), (OTHER, ("走访",)))
        ]  # fmt: skip
        found = identity(lines)
        assert found.succession["kind"].to_list() == ["same", "same"]
        assert found.links["project_id"].n_unique() == 2

    def test_two_that_are_equally_near_link_nothing(self) -> None:
        before = Printed(2025, "政务热线运行维护", GOAL)
        after = [Printed(2026, f"政务热线运行维护{x}", GOAL) for x in ("服务", "保障")]
        assert identity([before, *after]).links.is_empty()

    def test_only_consecutive_years_are_compared(self) -> None:
        assert method(Printed(2024, "河道治理", GOAL, NAMES),
                      Printed(2026, "碧水行动", GOAL, NAMES)) is None  # fmt: skip

    def test_a_project_known_by_its_code_alone_is_two_if_all_of_it_differs(self) -> None:
        before = Printed(2025, "河道治理", GOAL, NAMES, code=CODE, unit=None)
        after = Printed(2026, "社区矫正", OTHER, ("走访",), code=CODE, unit=None)
        found = projects([before, after])
        assert len(set(found.values())) == 2
        assert method(before, after) == "stands_alone"
        assert len(set(projects([before, replace(after, name="河道治理工程")]).values())) == 1


class TestParts:
    def test_a_split_and_a_merger_are_suggested_and_never_linked(self) -> None:
        whole = Printed(2025, "污水处理设施运维", total=1000)
        parts = [Printed(2026, f"污水处理设施运维（{x}级）", total=n) for x, n in
                 (("市", 620), ("区", 400))]  # fmt: skip
        split = identity([whole, *parts])
        assert split.links.is_empty()
        assert split.suggestions["kind"].to_list() == ["split", "split"]
        assert split.suggestions["score"].to_list() == [0.98, 0.98]
        merged = identity([replace(p, year=2024) for p in parts] + [whole])
        assert merged.suggestions["kind"].to_list() == ["merged", "merged"]

    def test_a_whole_that_goes_on_beside_its_part_is_one_of_them(self) -> None:
        lines = [
            Printed(2025, "污水处理设施运维", total=1000),
            Printed(2026, "污水处理设施运维", total=600),
            Printed(2026, "污水处理设施运维（区级）", total=400),
        ]
        found = identity(lines).suggestions
        assert set(found["name"]) == {"污水处理设施运维", "污水处理设施运维（区级）"}

    def test_parts_that_do_not_make_up_the_whole_are_not_suggested(self) -> None:
        whole = Printed(2025, "污水处理设施运维", total=1000)
        parts = [Printed(2026, f"污水处理设施运维（{x}级）", total=100) for x in "市区"]
        assert "split" not in identity([whole, *parts]).suggestions["kind"].to_list()


HEADER = "unit,fiscal_year_before,project_before,fiscal_year,project,kind,source\n"


class TestPersons:
    BEFORE = Printed(2025, "河道治理", GOAL, NAMES, total=1000)
    AFTER = Printed(2026, "水岸综合提升", OTHER, ("走访",), total=900)

    def said(self, config: Path, *rows: str) -> Path:
        (config / "codes").mkdir()
        text = HEADER + "".join(f"{row},看过两年文本\n" for row in rows)
        (config / "codes" / "project_identities.csv").write_text(text, "utf-8")
        return config

    def test_what_a_person_accepts_is_linked(self, tmp_path: Path) -> None:
        config = self.said(tmp_path, "示例局,2025,河道治理,2026,水岸综合提升,renamed")
        assert method(self.BEFORE, self.AFTER) is None
        found = projects([self.BEFORE, self.AFTER], config)
        assert len(set(found.values())) == 1
        known = identity([self.BEFORE, self.AFTER], config)
        assert known.succession.select("kind", "method", "confidence", "evidence").row(0) == (
            "renamed", "person", 1.0, "看过两年文本",
        )  # fmt: skip

    def test_a_person_joins_two_keys_that_were_given(self, tmp_path: Path) -> None:
        config = self.said(tmp_path, "示例局,2025,河道治理,2026,水岸综合提升,renamed")
        late = replace(self.BEFORE, night=3)
        found = projects([late, self.AFTER], config)
        assert len(set(found.values())) == 1

    def test_what_a_person_calls_different_is(self, tmp_path: Path) -> None:
        same_name = replace(self.AFTER, name="河道治理")
        config = self.said(tmp_path, "示例局,2025,河道治理,2026,河道治理,different")
        assert len(set(projects([self.BEFORE, same_name]).values())) == 1
        assert len(set(projects([self.BEFORE, same_name], config).values())) == 2

    def test_parts_are_told_and_stay_projects_of_their_own(self, tmp_path: Path) -> None:
        config = self.said(tmp_path, "示例局,2025,河道治理,2026,水岸综合提升,split")
        known = identity([self.BEFORE, self.AFTER], config)
        assert known.succession["kind"].to_list() == ["split"]
        assert known.links.is_empty()
        assert known.suggestions.is_empty()

    @pytest.mark.parametrize(
        ("row", "found"),
        [("示例局,2025,a,2026,b,joined", "joined"), ("示例局,2026,a,2026,b,renamed", "2026"),
         ("示例局,去年,a,2026,b,renamed", "去年")],
        ids=["kind", "years", "no year"],
    )  # fmt: skip
    def test_a_row_that_says_nothing_is_an_error(
        self, tmp_path: Path, row: str, found: str
    ) -> None:
        with pytest.raises(CodeListError, match=found):
            identity([self.BEFORE], self.said(tmp_path, row))

    def test_rows_that_match_nothing_wait_and_say_why(self, tmp_path: Path) -> None:
        same = [replace(self.AFTER, name="培训", goal=goal) for goal in (GOAL, OTHER)]
        config = self.said(
            tmp_path,
            "示例局,2025,河道治理,2026,水岸综合提升,renamed",
            "某局,2025,河道治理,2026,水岸综合提升,renamed",
            "示例局,2024,河道治理,2026,水岸综合提升,renamed",
            "示例局,2025,河道治里,2026,水岸综合提升,different",
            "示例局,2025,河道治理,2026,培训,split",
            "示例局,2025,河道治理,2027,培训,split",
        )
        known = identity([self.BEFORE, self.AFTER, *same], config)
        assert known.waiting.select("file_line", "waits_for_year", "reason").rows() == [
            (3, 2025, "unit_unknown"), (4, 2024, "list_not_here"),
            (5, 2025, "project_not_found"), (6, 2026, "several_found"), (7, 2027, "list_not_here"),
        ]  # fmt: skip
        assert known.waiting["project_before"].to_list()[2] == "河道治里"
        assert known.succession["kind"].to_list() == ["renamed"]

    def test_one_project_cannot_be_two_others(self, tmp_path: Path) -> None:
        rows = [f"示例局,2025,河道治理,2026,{name},renamed" for name in ("水岸综合提升", "植树")]
        with pytest.raises(CodeListError, match="split or merged"):
            identity([self.BEFORE, self.AFTER, Printed(2026, "植树")], self.said(tmp_path, *rows))


def test_every_rule_names_a_method_that_the_bridge_may_say() -> None:
    from schemas.code_lists import code_list

    declared = tables()["bridge_project_identity"].model.to_schema().columns["method"]
    allowed = set(declared.checks[0].statistics["allowed_values"])
    assert set(code_list("project_identity_rules")["method"]) <= allowed


def test_nothing_loaded_is_nothing_known() -> None:
    found = identity([])
    assert found.links.is_empty()
    assert found.succession.is_empty()
    assert found.suggestions.is_empty()
