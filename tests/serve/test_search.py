"""Search: what is printed is found, the best first, with its money and its place."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.serve.search import SearchError, Word, search, words
from tests.commands import asked
from tests.conftest import SEED, SEED_NAME
from tests.made import published

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.serve.search import Found
    from pipelines.settings import Settings
    from tests.conftest import Installation


def made(root: Path, *projects: dict[str, Any]) -> Settings:
    """A build of projects, each of a body, unit and year of its own unless it says otherwise.

    A project: ``id``, and if it has them ``name``, ``goal``, ``indicator``, ``value``, ``yuan``,
    ``body``, ``unit``, ``year``; ``printed`` is a total that feeds nothing.
    """
    told = [{"name": "项目", "body": "甲局", "year": 2023, **project} for project in projects]
    for one in told:
        one.setdefault("unit", one["body"])
    names = sorted({one[key] for one in told for key in ("body", "unit")})
    statement = {"kind": "projects", "phase": "budget", "status": "complete"}
    indicators = [one for one in told if "indicator" in one]
    return published(
        root,
        dim_document=[{"document_id": "d", "path": "甲.pdf"}],
        dim_body=[{"body_id": name, "name": name} for name in names],
        statement=[
            {**statement, "statement_id": one["id"], "document_id": "d", "title": "项目表",
             "reporting_body_id": one["body"], "fiscal_year": one["year"]}
            for one in told
        ],
        statement_version=[{"is_current": True, "document_id": "d"}],
        project_line=[
            {"project_line_id": one["id"], "statement_id": one["id"], "name": one["name"],
             "goal": one.get("goal"), "reporting_body_id": one["body"],
             "spending_unit_id": one["unit"], "printed_total_yuan": one.get("printed")}
            for one in told
        ],
        dim_project=[{"project_id": one["id"], "name": one["name"]} for one in told],
        bridge_project_identity=[
            {"project_line_id": one["id"], "project_id": one["id"], "confidence": 1.0}
            for one in told
        ],
        performance_indicator=[
            {"indicator_id": one["id"], "statement_id": one["id"], "name": one["indicator"],
             "project_line_id": None if one.get("of_body") else one["id"]}
            for one in indicators
        ],
        performance_value=[
            {"value_id": one["id"], "indicator_id": one["id"], "statement_id": one["id"],
             "raw_text": one.get("value", "")}
            for one in indicators
        ],
        mart_project_year=[
            {"project_line_id": one["id"], "project_id": one["id"], "fiscal_year": one["year"],
             "phase": "budget", "amount_yuan": Decimal(one["yuan"])}
            for one in told if "yuan" in one
        ],
    )  # fmt: skip


def order(found: Found) -> list[str | None]:
    return [result.project_id for result in found.results]


@pytest.mark.parametrize(
    ("asked_for", "pieces"),
    [
        ("污水", ()),
        ("图书馆", ()),
        ("污水处理", ("污水", "处理")),
        ("信息化建设", ("信息", "建设")),
        ("垃圾分类处理", ("垃圾", "分类", "处理")),
        ("公共卫生服务员", ("公共", "卫生", "务员")),
        ("处理处理", ("处理",)),
        ("12345热线", ()),
    ],
)
def test_long_words_are_looked_for_in_pieces_too(asked_for: str, pieces: tuple[str, ...]) -> None:
    assert words([asked_for]) == [Word(asked_for, pieces)]


def test_words_are_parted_by_any_space_and_in_plain_forms() -> None:
    assert [word.text for word in words(["绿化　养护", "ＡＰＰ App"])] == ["绿化", "养护", "app"]
    with pytest.raises(SearchError, match="no words"):
        words([" ", "　"])


def test_any_two_characters_of_any_text_are_found(seeded: Installation) -> None:
    texts = seeded.rows(
        "SELECT name FROM project_line UNION SELECT goal FROM project_line UNION "
        "SELECT name FROM performance_indicator UNION SELECT raw_text FROM performance_value"
    )
    printed = sorted(text for (text,) in texts if text)
    pairs = sorted({text[at : at + 2] for text in printed for at in range(len(text) - 1)})
    pairs = [pair for pair in pairs if all("\u4e00" <= char <= "\u9fff" for char in pair)][::40]
    assert len(pairs) > 10
    for pair in pairs:
        found = search(seeded.settings, [pair], limit=100)
        hits = [hit for result in found.results for hit in result.hits]
        assert hits, pair
        for hit in hits:
            assert hit.text in printed
            assert {hit.text[start:end] for start, end in hit.marks} == {pair}
            around, marks = hit.around()
            assert around[slice(*marks[0])] == pair


def test_a_project_is_found_with_its_body_year_money_and_place(seeded: Installation) -> None:
    found = search(seeded.settings, ["物业"])
    assert found.searched["project_lines"] == 7
    assert (found.searched["indicators"], found.searched["items_waiting"]) == (25, 0)
    first = found.results[0]
    assert first.project == "房租物业管理及水电费"
    assert first.body == first.spending_unit == "广州开发区穗港科技合作园管理委员会"
    assert (first.fiscal_year, first.phase) == (2023, "budget")
    assert (str(first.amount_yuan), first.path) == ("995000.00", SEED_NAME)
    assert first.is_whole
    assert first.prints_hit
    traced = json.loads(asked(seeded, "trace", str(first.fact_id), "--json").stdout)
    source = next(s for s in traced["sources"] if s["role"] == "project")
    assert (source["page_no"], source["row_no"]) == (
        first.place and first.place["page_no"], first.place and first.place["row_no"],
    )  # fmt: skip
    text = SEED.read_text(encoding="utf-8")
    assert text[source["text_from"] : source["text_to"]] == first.project


def test_the_command_filters_and_says_what_was_searched(seeded: Installation) -> None:
    shown = asked(seeded, "search", "物业").stdout
    for said in ("房租物业管理及水电费", "995,000.00", "2023 budget", SEED_NAME, "共 1 项",
                 "1 份文件 documents, 7 个项目行"):  # fmt: skip
        assert said in shown
    json_of = ["search", "经费", "--json"]
    everything = json.loads(asked(seeded, *json_of).stdout)
    assert everything["count"] == len(everything["results"]) > 1
    cut = json.loads(asked(seeded, *json_of, "--limit", "1").stdout)
    assert cut["count"] == everything["count"]
    assert cut["results"] == everything["results"][:1]
    assert "the first 1" in asked(seeded, "search", "经费", "--limit", "1").stdout
    for option in (("--year", "2022"), ("--body", "不存在")):
        assert json.loads(asked(seeded, *json_of, *option).stdout)["results"] == []
    assert json.loads(asked(seeded, *json_of, "--year", "2023", "--body", "穗港").stdout) == (
        everything
    )
    assert "nothing found: 核聚变" in asked(seeded, "search", "核聚变").stdout
    assert asked(seeded, "search", " ").exit_code == 1


def test_a_name_goes_before_an_indicator_before_a_goal(tmp_path: Path) -> None:
    settings = made(
        tmp_path,
        {"id": "goal", "goal": "通过绿化等工作改善人居环境，提升城市形象和群众生活品质。"},
        {"id": "indicator", "indicator": "绿化面积"},
        {"id": "name", "name": "绿化养护"},
        {"id": "long", "name": "市政设施养护、绿化养护及道路保洁等综合服务采购"},
        {"id": "none", "name": "道路养护"},
    )
    found = search(settings, ["绿化"])
    assert order(found) == ["name", "long", "indicator", "goal"]
    assert found.count == 4
    assert [hit.field for hit in found.results[2].hits] == ["indicator"]


def test_all_words_must_stand_in_a_project_in_whichever_text(tmp_path: Path) -> None:
    settings = made(
        tmp_path,
        {"id": "one", "name": "绿化养护"},
        {"id": "apart", "name": "绿化项目", "indicator": "养护面积", "value": "≥5公顷"},
        {"id": "half", "name": "绿化"},
    )
    assert order(search(settings, ["绿化", "养护"])) == ["one", "apart"]
    assert order(search(settings, ["绿化 公顷"])) == ["apart"]


def test_a_rare_word_counts_more_than_a_frequent_one(tmp_path: Path) -> None:
    many = [{"id": f"m{n}", "name": "经费"} for n in range(20)]
    settings = made(
        tmp_path, *many,
        {"id": "rare", "name": "古树", "goal": "经费"},
        {"id": "frequent", "name": "经费", "goal": "古树"},
    )  # fmt: skip
    assert order(search(settings, ["古树", "经费"])) == ["rare", "frequent"]


def test_a_word_in_one_piece_goes_before_one_in_pieces(tmp_path: Path) -> None:
    settings = made(
        tmp_path,
        {"id": "apart", "name": "污水管网处理"},
        {"id": "whole", "goal": "保障各项工作正常开展，负责辖区内农村生活污水处理设施的运行维护。"},
        {"id": "part", "name": "污水管网"},
    )
    found = search(settings, ["污水处理"])
    assert order(found) == ["whole", "apart"]
    assert [result.is_whole for result in found.results] == [True, False]
    assert found.results[1].hits[0].marks == [(0, 2), (4, 6)]


def test_of_equals_the_latest_year_then_the_most_money_goes_first(tmp_path: Path) -> None:
    settings = made(
        tmp_path,
        {"id": "a", "name": "综合业务费", "yuan": "1.00"},
        {"id": "b", "name": "综合业务费", "yuan": "30.00", "body": "乙局", "unit": "乙局中心"},
        {"id": "c", "name": "综合业务费", "printed": Decimal("99.00")},
        {"id": "d", "name": "综合业务费", "year": 2024},
    )
    found = search(settings, ["综合业务费"])
    assert order(found) == ["d", "b", "a", "c"]
    assert [(r.amount_yuan, r.printed_total_yuan) for r in found.results] == [
        (None, None), (Decimal("30.00"), None), (Decimal("1.00"), None), (None, Decimal("99.00")),
    ]  # fmt: skip
    assert order(search(settings, ["综合业务费"], bodies=["中心"])) == ["b"]
    assert order(search(settings, ["综合业务费"], years=[2024, 2025])) == ["d"]


def test_other_forms_of_letters_are_the_same_letters(tmp_path: Path) -> None:
    settings = made(
        tmp_path,
        {"id": "wide", "name": "“穗好办”ＡＰＰ（二期）运营"},
        {"id": "small", "name": "穗好办app运营"},
        {"id": "neither", "name": "穗好办运营"},
    )
    assert sorted(map(str, order(search(settings, ["App"])))) == ["small", "wide"]
    (found,) = search(settings, ["app(二期)"]).results
    assert (found.project_id, found.hits[0].marks) == ("wide", [(5, 12)])


def test_targets_of_a_body_as_a_whole_are_its_own(tmp_path: Path) -> None:
    settings = made(tmp_path, {"id": "a", "indicator": "群众满意度", "of_body": True})
    (found,) = search(settings, ["满意"]).results
    assert (found.body, found.project, found.spending_unit) == ("甲局", None, None)
    assert (found.amount_yuan, found.place, found.path, found.title) == (
        None, None, "甲.pdf", "项目表",
    )  # fmt: skip
