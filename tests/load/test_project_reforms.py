"""Projects keep their keys over reforms of their units, where lists agree with what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from tests.load.lists import Printed, identity, projects, same

if TYPE_CHECKING:
    from pathlib import Path

    from tests.load.lists import Reform

GOAL = "完成河道清淤二十公里，水质达到三类以上。"
OTHER = "对社区矫正对象开展走访与心理辅导。"
COMMON = "保障单位日常工作正常开展。"
NAMES = ("清淤长度", "水质达标率")
OLD, NEW = "甲局", "乙局"
DAY = date(2025, 11, 1)
RENAMED: list[Reform] = [(OLD, NEW, "renamed", DAY)]


def old(year: int, name: str, goal: str = "", *names: str, unit: str = OLD) -> Printed:
    """A line of the former unit."""
    return Printed(year, name, goal, names, unit=unit)


def new(year: int, name: str, goal: str = "", *names: str, unit: str = NEW) -> Printed:
    """A line of the unit of today."""
    return Printed(year, name, goal, names, unit=unit)


class TestRenamed:
    def test_a_name_is_the_same_project_under_the_units_new_name(self) -> None:
        lines = [old(2024, "植树"), old(2025, "植树"), new(2026, "植树"), new(2027, "植树")]
        assert len(set(projects(lines).values())) == 4 - 2
        found = projects(lines, reforms=RENAMED)
        assert set(found.values()) == {projects(lines)[2024, OLD, lines[0].kind, "植树"]}
        links = identity(lines, reforms=RENAMED).links.drop_nulls("project_id")
        assert links["method"].to_list() == ["renamed_unit_and_name", "unit_and_name"]

    def test_all_rules_of_a_unit_hold(self) -> None:
        lines = [old(2025, "河道治理", GOAL, *NAMES), new(2026, "碧水行动", GOAL, *NAMES)]
        assert len(set(projects(lines).values())) == 2
        assert same(projects(lines, reforms=RENAMED), (2025, "河道治理"), (2026, "碧水行动"))
        (row,) = identity(lines, reforms=RENAMED).succession.iter_rows(named=True)
        assert (row["kind"], row["method"]) == ("renamed", "content_over_years")
        assert row["project_id"] == row["project_id_before"]

    def test_names_have_one_key_over_names_of_the_unit(self) -> None:
        lines = [old(2025, "植树"), new(2026, "植树")]
        links = identity(lines, reforms=RENAMED).links
        assert links["is_reformed"].to_list() == [False, True]
        assert links["name_key"].n_unique() == 1

    def test_over_two_names_one_of_which_prints_nothing(self) -> None:
        reforms: list[Reform] = [(OLD, "丙局", "renamed", None), ("丙局", NEW, "renamed", None)]
        assert same(projects([old(2025, "植树"), new(2026, "植树")], reforms=reforms),
                    (2025, "植树"), (2026, "植树"))  # fmt: skip

    def test_accounts_of_the_year_before_under_the_new_name(self) -> None:
        lines = [
            old(2024, "植树"), old(2025, "植树"),
            replace(new(2025, "植树"), phase="final_accounts"),
            replace(new(2024, "植树"), phase="final_accounts"), new(2026, "植树"),
        ]  # fmt: skip
        assert len(set(projects(lines, reforms=RENAMED).values())) == 1

    def test_a_list_that_is_printed_twice_in_the_year_is_one(self) -> None:
        lines = [old(2025, "培训", GOAL), old(2025, "培训", OTHER),
                 new(2026, "培训", GOAL), new(2026, "培训", OTHER)]  # fmt: skip
        found = identity(lines, reforms=RENAMED)
        assert found.succession["kind"].to_list() == ["same", "same"]
        assert found.links.drop_nulls("project_id")["project_id"].n_unique() == 2

    @pytest.mark.parametrize("order", list(permutations(range(4))))
    def test_keys_stay_in_whatever_order_years_arrive(self, order: tuple[int, ...]) -> None:
        lines = [old(2024, "植树"), old(2025, "植树"), new(2026, "植树"), new(2027, "植树")]
        before: dict[tuple[int, str | None, str, str], str] = {}
        for night in range(len(order)):
            known = [replace(lines[at], night=n) for n, at in enumerate(order[: night + 1])]
            found = projects(known, reforms=RENAMED)
            assert {place: found[place] for place in before} == before
            before = found
        assert len(set(before.values())) == 1

    @pytest.mark.parametrize(
        ("reforms", "lines"),
        [
            ([(OLD, NEW, "transferred", DAY)], []),
            ([(OLD, NEW, "renamed", DAY), (OLD, "丙局", "split", DAY)], []),
            ([(OLD, NEW, "renamed", None), (NEW, OLD, "renamed", None)], []),
            ([(OLD, NEW, "renamed", date(2024, 1, 1))], []),
            ([(OLD, NEW, "renamed", date(2028, 1, 1))], []),
            (RENAMED, [new(2025, "其他")]),
            ([(OLD, NEW, "renamed", None)], [old(2027, "其他")]),
        ],
        ids=["transferred", "split", "circle", "before", "after", "side by side", "goes on"],
    )
    def test_nothing_where_lists_or_reforms_say_otherwise(
        self, reforms: list[Reform], lines: list[Printed]
    ) -> None:
        found = projects([old(2025, "植树"), new(2026, "植树"), *lines], reforms=reforms)
        assert not same(found, (2025, "植树"), (2026, "植树"))

    def test_a_person_may_name_either(self, tmp_path: Path) -> None:
        lines = [old(2025, "河道治理", GOAL), new(2026, "水岸提升", OTHER)]
        for number, unit in enumerate((OLD, NEW)):
            config = _said(tmp_path / str(number), f"{unit},2025,河道治理,2026,水岸提升,renamed")
            assert len(set(projects(lines, config).values())) == 2
            assert len(set(projects(lines, config, RENAMED).values())) == 1


MERGED: list[Reform] = [(OLD, NEW, "merged", DAY), ("丙局", NEW, "merged", DAY)]


class TestMerged:
    def test_content_that_is_a_projects_own_goes_on(self) -> None:
        lines = [
            old(2025, "河道治理", GOAL, *NAMES), old(2025, "植树", OTHER, "走访", unit="丙局"),
            new(2026, "河道治理", GOAL, *NAMES), new(2026, "植树", OTHER, "走访"),
        ]  # fmt: skip
        assert len(set(projects(lines).values())) == 4
        found = projects(lines, reforms=MERGED)
        assert same(found, (2025, "河道治理"), (2026, "河道治理"))
        assert same(found, (2025, "植树"), (2026, "植树"))
        told = identity(lines, reforms=MERGED)
        assert told.succession["kind"].to_list() == ["same", "same"]
        assert told.links["name_key"].n_unique() == 2

    def test_a_name_alone_says_nothing_and_is_asked(self) -> None:
        lines = [Printed(2025, "综合业务费", COMMON, total=60, unit=OLD),
                 Printed(2026, "综合业务费", COMMON, total=60, unit=NEW)]  # fmt: skip
        found = identity(lines, reforms=MERGED)
        assert found.succession.is_empty()
        assert found.suggestions["kind"].to_list() == ["renamed"]
        several = [replace(lines[0], unit="丙局", total=40), replace(lines[1], total=105)]
        found = identity([lines[0], *several], reforms=MERGED)
        assert found.succession.is_empty()
        assert found.suggestions.select("kind", "score").rows() == [("merged", 0.952)] * 2

    def test_what_both_promise_links_neither(self) -> None:
        lines = [old(2025, "植树", GOAL, *NAMES), old(2025, "植树", GOAL, *NAMES, unit="丙局"),
                 new(2026, "植树", GOAL, *NAMES)]  # fmt: skip
        assert identity(lines, reforms=MERGED).succession.is_empty()

    def test_units_are_not_held_against_one_another_before(self) -> None:
        lines = [old(2024, "河道治理", GOAL, *NAMES), old(2025, "其他"),
                 old(2024, "其他", unit="丙局"), old(2025, "碧水行动", GOAL, *NAMES, unit="丙局"),
                 new(2026, "其他")]  # fmt: skip
        assert not same(projects(lines, reforms=MERGED), (2024, "河道治理"), (2025, "碧水行动"))

    def test_one_that_was_there_goes_on_with_its_own(self) -> None:
        absorbed: list[Reform] = [(OLD, NEW, "absorbed", DAY)]
        lines = [
            old(2025, "河道治理", GOAL, *NAMES), new(2025, "植树", OTHER),
            new(2026, "河道治理", GOAL, *NAMES), new(2026, "植树", OTHER),
        ]  # fmt: skip
        found = projects(lines, reforms=absorbed)
        assert same(found, (2025, "河道治理"), (2026, "河道治理"))
        assert same(found, (2025, "植树"), (2026, "植树"))
        goes_on = [*lines, new(2025, "河道治理", OTHER)]
        assert identity(goes_on, reforms=absorbed).succession.is_empty()
        undated: list[Reform] = [(OLD, NEW, "absorbed", None)]
        assert identity(lines, reforms=undated).succession.is_empty()

    def test_only_the_last_list_against_the_next(self) -> None:
        lines = [old(2024, "河道治理", GOAL, *NAMES), new(2026, "河道治理", GOAL, *NAMES)]
        assert identity(lines, reforms=MERGED).succession.is_empty()
        goes_on = [*lines, old(2025, "河道治理", GOAL, *NAMES), old(2026, "河道治理", GOAL)]
        assert identity(goes_on, reforms=MERGED).succession.is_empty()

    def test_after_a_renaming(self) -> None:
        reforms: list[Reform] = [("丁局", OLD, "renamed", None), *MERGED]
        lines = [
            old(year, "河道治理", GOAL, *NAMES, unit=unit)
            for year, unit in ((2024, "丁局"), (2025, OLD), (2026, NEW))
        ]
        assert len(set(projects(lines, reforms=reforms).values())) == 2, "one list is not there"
        found = projects([*lines, old(2025, "植树", unit="丙局")], reforms=reforms)
        assert same(found, (2024, "河道治理"), (2025, "河道治理"), (2026, "河道治理"))

    def test_a_person_says_which(self, tmp_path: Path) -> None:
        lines = [old(2025, "综合业务费", COMMON), old(2025, "综合业务费", COMMON, unit="丙局"),
                 new(2026, "综合业务费", COMMON)]  # fmt: skip
        row = "{},2025,综合业务费,2026,综合业务费,renamed"
        both = _said(tmp_path / "both", row.format(NEW))
        assert identity(lines, both, MERGED).succession.is_empty(), "which of the two is not said"
        one = _said(tmp_path / "one", row.format("丙局"))
        told = identity(lines, one, MERGED).succession
        assert told["method"].to_list() == ["person"]
        key = projects(lines)[2025, "丙局", lines[0].kind, "综合业务费"]
        assert told["project_id"].to_list() == [key]


def _said(config: Path, row: str) -> Path:
    (config / "codes").mkdir(parents=True)
    text = "unit,fiscal_year_before,project_before,fiscal_year,project,kind,source\n"
    path = config / "codes" / "project_identities.csv"
    path.write_text(f"{text}{row},看过两年文本\n", "utf-8")
    return config
