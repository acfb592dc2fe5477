"""Conformed keys: the same body, project and class however and wherever they are printed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.conform.names import body_name, canonical_name
from tests.conftest import SEED, SIDECAR
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
    seed_text,
    sidecar,
    through_validate,
    unit,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation


def lines(rooms: Rooms) -> dict[tuple[str, str], list[str]]:
    """project_line_id by unit and name, in printed order."""
    found: dict[tuple[str, str], list[str]] = {}
    frame = rooms.conformed["project_line"].sort("line_no")
    for owner, name, key in frame.select("unit_name", "name", "project_line_id").rows():
        found.setdefault((owner, name), []).append(key)
    return found


class TestNames:
    def test_the_code_of_a_unit_is_no_part_of_its_name(self) -> None:
        frame = pl.DataFrame({"name": ["105001示例局", "示例局", "120急救中心"]})
        names = frame.select(body_name("name")).to_series().to_list()
        assert names == ["示例局", "示例局", "120急救中心"]

    @pytest.mark.parametrize(
        "spelling",
        [
            "示例局（园区）",
            "示例局(园区)",
            " 示例 局（园区 ）",
            "示例局\u3000(园区）",
            "示例局﹙园区﹚",
        ],
    )
    def test_one_name_however_it_is_typed(self, spelling: str) -> None:
        frame = pl.DataFrame({"name": [spelling, "示例局（园区）", None, "示例局"]})
        names = frame.select(canonical_name("name"))["name"].to_list()
        assert names == ["示例局（园区）", "示例局（园区）", None, "示例局"]

    def test_one_body_over_documents_that_spell_it_differently(self) -> None:
        spelled = [
            document(page(*PLAIN_ROWS, body=f"示例市（园林）局{suffix}"))
            for suffix in ("（部门）", "(部门)")
        ]
        spelled.append(spelled[0].replace("示例市（园林）局", "示例市(园林)局"))
        rooms = through_validate(spelled, sidecar())
        assert rooms.conformed["statement"]["reporting_body_id"].n_unique() == 1
        assert rooms.conformed["statement"]["statement_key_id"].n_unique() == 1
        named = rooms.conformed["body"].filter(pl.col("name") != BODY)
        assert named["name"].unique().to_list() == ["示例市（园林）局"]


class TestProjectLines:
    def test_the_key_survives_order_page_breaks_and_spelling(self) -> None:
        total, owner, first, second = PLAIN_ROWS
        variants = [
            PLAIN,
            document(page(total, owner, second, first)),
            document(page(total, owner, first), page(second)),
            document(page(total, owner, first.replace("植树", "植 树"), second)),
        ]
        rooms = [one(text) for text in variants]
        keys = [set(room.conformed["project_line"]["project_line_id"]) for room in rooms]
        assert keys[0] == keys[1] == keys[2] == keys[3]
        assert len(keys[0]) == 2

    def test_the_key_is_of_the_statement_the_unit_and_the_name(self) -> None:
        plain = lines(one(PLAIN))[BODY, "植树"]
        assert plain != lines(one(PLAIN, sidecar(year=2024)))[BODY, "植树"]
        assert plain != lines(one(PLAIN, sidecar(phase="final_accounts")))[BODY, "植树"]
        renamed = PLAIN.replace("植树\t", "种树\t")
        assert plain != lines(one(renamed))[BODY, "种树"]

    def test_the_same_name_in_two_units_and_twice_in_one(self) -> None:
        rows = (
            unit("合计", "60.00", "60.00"),
            unit(BODY, "30.00", "30.00"),
            project("植树", "10.00", "10.00"),
            project("植树", "20.00", "20.00"),
            unit("示例市苗圃", "30.00", "30.00"),
            project("植树", "30.00", "30.00"),
        )
        rooms = one(document(page(*rows)))
        assert rooms.statuses() == ["complete"]
        found = lines(rooms)
        assert len(found[BODY, "植树"]) == 2
        assert len({*found[BODY, "植树"], *found["示例市苗圃", "植树"]}) == 3
        bridge = rooms.accepted["bridge_project_identity"]
        assert bridge["project_id"].n_unique() == 3
        assert rooms.accepted["dim_project"]["name"].to_list() == ["植树"] * 3

    def test_a_printed_code_is_no_part_of_the_name(self) -> None:
        code = "99000022T000000000007"
        plain = one(PLAIN)
        coded = one(PLAIN.replace("植树\t", f"{code}-植树\t"))
        line = coded.conformed["project_line"].filter(pl.col("project_code") == code)
        assert line["name"].to_list() == ["植树"]
        assert line["project_line_id"].to_list() == lines(plain)[BODY, "植树"]
        assert plain.conformed["project_line"]["project_code"].is_null().all()
        bridges = [rooms.accepted["bridge_project_identity"] for rooms in (plain, coded)]
        assert bridges[0]["project_id"].equals(bridges[1]["project_id"])
        # what is printed is content all the same
        hashes = {rooms.accepted["statement"]["content_hash"].item() for rooms in (plain, coded)}
        assert len(hashes) == 2

    def test_codes_tell_lines_of_one_name_apart(self) -> None:
        first, second = "99000022T000000000007", "99000022T000000000008"
        rows = (
            unit("合计", "30.00", "30.00"),
            unit(BODY, "30.00", "30.00"),
            project(f"{first}-植树", "10.00", "10.00"),
            project(f"{second}-植树", "20.00", "20.00"),
        )
        text = document(page(*rows))
        rooms = through_validate([text, text + "\n"], [sidecar(2023), sidecar(2024)])
        bridge = rooms.accepted["bridge_project_identity"]
        assert (bridge["project_line_id"].n_unique(), bridge["project_id"].n_unique()) == (4, 2)
        assert bridge["name_key"].n_unique() == 1

    def test_a_project_is_the_same_over_years_and_its_lines_are_not(self) -> None:
        rooms = through_validate([PLAIN, PLAIN + "\n"], [sidecar(2023), sidecar(2024)])
        assert rooms.statuses() == ["complete", "complete"]
        bridge = rooms.accepted["bridge_project_identity"]
        assert bridge["project_line_id"].n_unique() == 4
        assert bridge["project_id"].n_unique() == 2

    def test_copies_in_one_batch_have_the_same_keys_and_both_are_accepted(self) -> None:
        rooms = through_validate(
            [PLAIN, PLAIN.encode("gb18030"), PLAIN.replace("\n", "\r\n")], sidecar()
        )
        assert rooms.statuses() == ["complete"] * 3
        assert rooms.rules() == []
        assert rooms.accepted["project_line"]["project_line_id"].n_unique() == 2
        assert rooms.accepted["fact_project_funding"]["fact_id"].n_unique() == 6


class TestFacts:
    def test_a_fact_is_known_by_its_document_and_place(self) -> None:
        first, second = one(PLAIN), one(PLAIN, sidecar(year=2024))
        ids = [set(rooms.conformed["fact_project_funding"]["fact_id"]) for rooms in (first, second)]
        assert ids[0] == ids[1]
        other = one(PLAIN.replace("20.00\t20.00\t\t", "20.00\t20.00\t0.00\t"))
        assert (
            other.conformed["fact_project_funding"].height
            == first.conformed["fact_project_funding"].height + 1
        )
        assert not ids[0] & set(other.conformed["fact_project_funding"]["fact_id"])

    def test_totals_and_unit_rows_are_never_facts(self) -> None:
        rooms = one(seed_text())
        funding = rooms.conformed["fact_project_funding"]
        assert set(funding["fund_source_id"]) == {"fiscal_appropriation"}
        assert str(funding["amount_yuan"].sum()) == "4206600.00"
        assert funding.height == 7


class TestIndicatorClasses:
    @pytest.mark.parametrize(
        ("printed", "mapped"),
        [
            ("11-数量指标", "v1/11"),
            ("11-数量", "v1/11"),
            ("11－数量指标", "v1/11"),
            ("13-进度指标", "v1/13"),
            ("23-环境效益", "v1/23"),
            ("31-社会公众满意度指标", "v1/31"),
            ("41-经济成本指标", "v2/41"),
            ("11-满意度指标", None),
            ("22-生态效益", None),
            ("19-数量指标", None),
        ],
    )
    def test_code_and_name_must_agree(self, printed: str, mapped: str | None) -> None:
        level_1 = printed[0] + {"1": "-产出指标", "2": "-效益指标", "3": "-满意度指标",
                                "4": "-成本指标"}[printed[0]]  # fmt: skip
        indicators = INDICATOR.replace("1-产出指标", level_1).replace("11-数量指标", printed)
        rows = [*PLAIN_ROWS[:3], project("修剪", "20.00", "20.00", indicators=indicators)]
        rooms = one(document(page(*rows)))
        mine = rooms.conformed["indicator"].filter(pl.col("project_name") == "修剪")
        assert mine["indicator_class_id"].to_list() == [mapped]
        assert mine["level_2_raw"].to_list() == [printed]

    @pytest.mark.parametrize(
        ("level_1", "level_2"),
        [
            ("1-产出指标", "12-数量指标"),
            ("1-产出指标", "15-其他指标"),
            ("2-产出指标", "11-数量指标"),
            ("2-效益指标", "11-数量指标"),
            ("1-产出", "22-社会效益"),
        ],
    )
    def test_levels_that_contradict_one_another_or_no_list_knows_are_said_once(
        self, level_1: str, level_2: str
    ) -> None:
        odd = INDICATOR.replace("1-产出指标", level_1, 1).replace("11-数量指标", level_2)
        projects = [
            project("植树", "10.00", "10.00", indicators=odd),
            project("修剪", "20.00", "20.00", indicators=odd),
        ]
        rooms = one(document(page(*PLAIN_ROWS[:2], *projects)))
        items = rooms.accepted["quarantine_item"].select("rule_id", "found").rows()
        assert items == [("indicator_class_unknown", f"{level_1}；{level_2}")]
        assert rooms.statuses() == ["complete"]

    @pytest.mark.parametrize(
        ("level_1", "level_2"),
        [("1-产出指标", "12-质量"), ("2－效益", "23－环境效益"), ("4-成本指标", "41-经济成本")],
    )
    def test_levels_that_fit_open_nothing(self, level_1: str, level_2: str) -> None:
        other = INDICATOR.replace("1-产出指标", level_1, 1).replace("11-数量指标", level_2)
        rows = [*PLAIN_ROWS[:3], project("修剪", "20.00", "20.00", indicators=other)]
        assert one(document(page(*rows))).rules() == []

    def test_the_seed_is_mapped_as_counted(self) -> None:
        classes = one(seed_text()).conformed["indicator"]["indicator_class_id"]
        counted = dict(classes.value_counts().rows())
        assert counted == {
            "v1/11": 11,
            "v1/12": 6,
            "v1/13": 2,
            "v1/22": 4,
            "v1/23": 1,
            "v1/24": 1,
        }


class TestProvenance:
    def test_sources_are_the_cells_as_printed(self) -> None:
        rooms = one(seed_text())
        sources = rooms.conformed["fact_source"].join(
            rooms.conformed["source_cell"], on=["statement_id", "cell_id"], how="left",
            suffix="_in_text",
        )  # fmt: skip
        assert sources["text"].null_count() == 0
        assert set(sources["role"]) == {
            "amount",
            "project",
            "spending_unit",
            "unit_of_measure",
            "target",
            "indicator",
        }
        text = seed_text()
        for printed, start, end in sources.select(
            "text", "char_from_in_text", "char_to_in_text"
        ).iter_rows():
            assert text[start:end] == printed
        per_fact = sources.filter(pl.col("role") == "amount")["fact_id"]
        assert sorted(per_fact) == sorted(rooms.conformed["fact_project_funding"]["fact_id"])


@pytest.mark.slow
def test_a_region_that_no_code_list_knows_is_left_empty_and_waits(
    installation: Installation, tmp_path: Path
) -> None:
    elsewhere = SIDECAR.read_text("utf-8").replace('"440112"', '"339900"')
    installation.put_with_sidecar("a.txt", SEED.read_bytes(), elsewhere)
    installation.run()
    assert installation.rows("SELECT rule_id, found FROM quarantine_item") == [
        ("region_unknown", "339900")
    ]
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 7
    body = "SELECT DISTINCT region_id FROM dim_body WHERE name LIKE '广州开发区%'"
    assert installation.rows(body) == [(None,)]

    codes = tmp_path / "config" / "codes"
    codes.mkdir(parents=True)
    (codes / "regions.csv").write_text(
        "region_id,name,level,parent_region_id,last_year,successor_region_id,source\n"
        "339900,示例市,city,330000,,,GB/T 2260\n",
        "utf-8",
    )
    installation.settings = replace(installation.settings, config=tmp_path / "config")
    installation.run()
    assert installation.rows("SELECT rule_id FROM quarantine_item") == []
    assert installation.rows(body) == [("339900",)]
