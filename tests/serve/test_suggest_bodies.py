"""What is suggested about bodies, and what speaks against a suggestion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from pipelines.serve.suggest.bodies import SOURCES
from pipelines.settings import Settings
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

CITY = "440100"


@dataclass
class Published:
    """The tables that the sources ask, with as much as they ask of them."""

    root: Path
    bodies: list[tuple[str, str | None]] = field(default_factory=list)
    books: list[tuple[str, str, int]] = field(default_factory=list)
    units: list[tuple[str, str]] = field(default_factory=list)
    known: list[tuple[str, str]] = field(default_factory=list)

    def body(self, name: str, *years: int, region: str | None = CITY) -> None:
        """A body, with a statement of its own in these years, each a document."""
        self.bodies.append((name, region))
        self.books += [(f"{name}-{year}", name, year) for year in years]

    def listed(self, book: str, *names: str) -> None:
        """Bodies that a book lists as its units."""
        for name in names:
            self.units.append((book, name))

    def suggested(self, sort: int) -> list[tuple[str, str, float, str]]:
        """Left, right, score and evidence of a sort, the surest first."""
        ordered = self.found(sort).sort("score", "left_name", descending=[True, False])
        return ordered.select("left_name", "right_name", "score", "evidence").rows()

    def found(self, sort: int) -> pl.DataFrame:
        """What a source gives."""
        text, number = pl.String, pl.Int64
        frames: dict[str, tuple[list[Any], dict[str, Any]]] = {
            "dim_body": (self.bodies, {"name": text, "region_id": text}),
            "statement": (self.books, {"statement_id": text, "body": text, "fiscal_year": number}),
            "statement_unit": (self.units, {"statement_id": text, "spending_unit_id": text}),
            "body_succession": (
                self.known,
                {"predecessor_body_id": text, "successor_body_id": text},
            ),
        }
        extra = {
            "dim_body": "name AS body_id, NULL::VARCHAR AS successor_body_id",
            "statement": "body AS reporting_body_id, statement_id AS document_id",
        }
        with duckdb.connect() as connection:
            for table, (rows, schema) in frames.items():
                connection.register("frame", pl.DataFrame(rows, schema=schema, orient="row"))
                more = f", {extra[table]}" if table in extra else ""
                connection.execute(f"CREATE TABLE {table} AS SELECT *{more} FROM frame")
            settings = Settings(raw=self.root, warehouse=self.root)
            return SOURCES[sort].find(connection, settings)

    def pairs(self, sort: int) -> list[tuple[str, str, float]]:
        return [row[:3] for row in self.suggested(sort)]


def test_a_name_nearly_the_same_is_asked_of_the_one_that_is_printed_more(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市政务服务和数据管理局", 2025, 2026)
    there.body("广州市政务服务数据管理局", 2026)
    there.body("长沙市政务服务数据管理局", region="430100")
    ((left, right, score, evidence),) = there.suggested(0)
    assert (left, right) == ("广州市政务服务数据管理局", "广州市政务服务和数据管理局")
    assert score == 0.947
    assert "报表 statements 1 (2026–2026)" in evidence
    assert "报表 statements 2 (2025–2026)" in evidence


def test_government_in_a_name_says_nothing_of_whose_it_is(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("上海市普陀区人民政府万里街道办事处", 2024, region="310107")
    there.body("上海市普陀区万里街道办事处", region="310107")
    assert there.pairs(0) == [
        ("上海市普陀区万里街道办事处", "上海市普陀区人民政府万里街道办事处", 1.0)
    ]


def test_bodies_side_by_side_in_one_table_are_two(tmp_path: Path) -> None:
    there = Published(tmp_path)
    names = ("广州医科大学附属肿瘤医院", "广州医科大学附属脑科医院")
    there.body("广州市卫生健康委员会", 2026)
    for name in names:
        there.body(name)
    assert len(there.pairs(0)) == 1
    there.listed("广州市卫生健康委员会-2026", *names)
    assert there.pairs(0) == []


def test_numbers_and_directions_tell_bodies_apart(tmp_path: Path) -> None:
    there = Published(tmp_path)
    for name in ("第一", "第二", "第12", "第13", "东部", "西部"):
        there.body(f"广州市{name}人民医院职工活动中心")
    assert there.pairs(0) == []


def test_a_second_name_in_brackets_may_be_left_out(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市慈善服务中心（广州市慈善医院）")
    there.body("广州市慈善服务中心", 2026)
    there.body("广州市慈善服务中心（第二名称）", region="440112")
    assert there.pairs(0) == [("广州市慈善服务中心（广州市慈善医院）", "广州市慈善服务中心", 0.9)]


def test_where_a_book_names_both_is_said(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("西安市宣传教育中心部", 2021)
    there.body("西安市宣传教育中心")
    there.listed("西安市宣传教育中心部-2021", "西安市宣传教育中心")
    assert "documents that name both 1" in there.suggested(0)[0][3]


def test_years_that_follow_speak_for_a_new_name(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市政务服务数据管理局", 2022, 2023)
    there.body("广州市政务服务和数据管理局", 2024, 2026)
    before, after = "广州市政务服务数据管理局", "广州市政务服务和数据管理局"
    assert there.pairs(1) == [(before, after, 0.95)]
    there.known.append((before, after))
    assert there.pairs(1) == []
    assert there.pairs(0) == [], "nor another spelling, once that is known"


def test_a_new_name_that_no_reform_lists_needs_years_that_follow(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市园林科学研究所", 2018)
    there.body("广州市园林科学研究院", 2019)
    assert there.pairs(1) == [("广州市园林科学研究所", "广州市园林科学研究院", 0.857)]
    there.body("广州市园林科学研究院附属", 2018, 2019)
    assert ("广州市园林科学研究所", "广州市园林科学研究院附属") not in [
        row[:2] for row in there.pairs(1)
    ]


def test_a_reform_merges_several_into_one_of_the_same_place(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市工商行政管理局", 2017, 2018)
    there.body("广州市质量技术监督局")
    there.body("广州市市场监督管理局", 2019)
    there.body("长沙市市场监督管理局", 2019, region="430100")
    there.body("未知工商行政管理局", region=None)
    assert there.pairs(1) == [
        ("广州市工商行政管理局", "广州市市场监督管理局", 0.95),
        ("广州市质量技术监督局", "广州市市场监督管理局", 0.8),
    ]


def test_books_that_do_not_follow_speak_against_a_reform(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市工商行政管理局", 2017, 2023)
    there.body("广州市市场监督管理局", 2019)
    assert there.pairs(1) == [("广州市工商行政管理局", "广州市市场监督管理局", 0.4)]


def test_duties_handed_over_are_the_least_sure(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市卫生健康委员会", 2022, 2026)
    there.body("广州市民政局", 2022, 2026)
    ((left, right, score, evidence),) = there.suggested(1)
    assert (left, right, score) == ("广州市卫生健康委员会", "广州市民政局", 0.5)
    assert "transferred" in evidence


def test_what_it_would_write_has_the_columns_of_its_list(tmp_path: Path) -> None:
    there = Published(tmp_path)
    there.body("广州市环境保护局", 2018)
    there.body("广州市环境生态保护局", 2019)
    there.body("广州市生态环境局", 2019)
    for number, source in enumerate(SOURCES):
        rows = there.found(number)["row"]
        assert rows.len() > 0
        assert rows.struct.fields == code_list(source.code_list).columns[:-1]
