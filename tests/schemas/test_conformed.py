"""Conformed codes: lists agree with one another, and say what is wrong where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from schemas.axes import parents
from schemas.code_lists import code_list
from schemas.conformed import (
    ConformedError,
    change_years,
    check_conformed,
    fund_group_of,
    main_type,
    read_on,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """An operator's lists; caches are by path, and temporary folders may come back."""
    (tmp_path / "codes").mkdir()
    yield tmp_path
    for cached in (code_list, fund_group_of, parents):
        getattr(cached, "cache_clear", lambda: None)()


def write(config: Path, name: str, row: str) -> None:
    header = ",".join(code_list(name).columns)
    (config / "codes" / f"{name}.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "year", "today"),
    [
        ("2010308", 2023, "20140"),  # 信访事务, until the list of 2024
        ("2010308", 2024, "2010308"),
        ("2010301", 2023, "2010301"),
        ("2040404", 2017, "2040410"),  # by 项: what stands beside it stays
        ("2040499", 2017, "2040499"),
        ("2080504", 2019, "2080501"),
        ("2011501", 2018, "20138"),  # by 款: all below it
        ("2150605", 2018, "22401"),
        ("2070404", 2018, "2070404"),  # split: nothing says which money went where
        ("201", 2017, "201"),
    ],
)
def test_a_code_of_a_year_is_read_on(code: str, year: int, today: str) -> None:
    assert read_on(code, year) == today


def test_codes_are_read_on_over_several_changes(config: Path) -> None:
    write(config, "function_changes", "20140,20106,moved,2030,print,a test")
    assert read_on("2010308", 2023, config) == "20106"
    assert read_on("2014001", 2026, config) == "20106"
    assert read_on("2014001", 2030, config) == "2014001"
    assert change_years(config)[-1] == 2030


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("function_changes", "20101,29999,moved,2030,print,a test", "29999 .*not in function_cla"),
        ("function_changes", "20101,20103,wished,2030,print,a test", "change wished .*expected"),
        ("function_changes", "20101,20103,moved,2030,hearsay,a test", "basis hearsay"),
        ("function_changes", "2010,20103,moved,2030,print,a test", "2010 .*no function code"),
        ("function_changes", "20101,20103,moved,soon,print,a test", "20101: soon is no year"),
        ("function_changes", "20115,20103,moved,2019,print,a test", "20115 leads to several"),
        ("function_cofog", "299,11,false,,a test", "11 .*not in cofog.csv"),
        ("function_cofog", "299,01,true,,a test", "a judgement without a word why"),
        ("function_cofog", "299,,false,,a test", "no COFOG class and no word why"),
        ("function_cofog", "299,01,perhaps,,a test", "perhaps .*expected one of true, false"),
        ("economic_crosswalk", "39998,59999,any,print,a test", "39998 .*not in economic_classes"),
        ("economic_crosswalk", "30101,59998,any,print,a test", "59998 .*not in government_ec"),
        ("economic_crosswalk", "30101,59999,some,print,a test", "body_kind some"),
        ("fund_source_groups", "wish,carried_over,false,,a test", "wish is no fund source"),
        ("fund_source_groups", "other_funds,wish,false,,a test", "wish .*not in fund_groups"),
        ("indicator_class_groups", "v9,11,quantity,false,,a test", "v9/11 is not in indicator_c"),
        ("indicator_class_groups", "v2,44,wish,false,,a test", "wish .*not in indicator_groups"),
    ],
)
def test_a_list_that_contradicts_another_is_named(
    config: Path, name: str, row: str, said: str
) -> None:
    write(config, name, row)
    with pytest.raises(ConformedError, match=rf"^{name}\.csv: .*{said}"):
        check_conformed(config)


def test_a_code_that_came_back_is_itself_again(config: Path) -> None:
    write(config, "function_changes", "20140,2010308,moved,2030,print,a test")
    assert read_on("2010308", 2022, config) == read_on("2010308", 2030, config) == "2010308"


def test_a_new_fund_source_is_of_the_group_above_it_or_asks_for_one(config: Path) -> None:
    write(config, "nodes", "fund_source,tuition,education_fees,学费,Tuition,a test")
    groups = dict(fund_group_of(config).select("fund_source", "fund_group").rows())
    assert groups["tuition"] == "special_fiscal_account"
    assert groups["carried_over_general"] == "carried_over"
    parents.cache_clear()
    code_list.cache_clear()
    write(config, "nodes", "fund_source,lottery,,彩票,Lottery,a test")
    with pytest.raises(ConformedError, match="lottery has no group, nor has a node above it"):
        check_conformed(config)


def test_every_fund_source_has_a_group_and_groups_of_the_appropriation_are_told() -> None:
    groups = fund_group_of()
    assert set(groups["fund_source"]) == set(parents("fund_source"))
    fiscal = code_list("fund_groups").filter(pl.col("is_appropriation") == "true")
    below = {n for n, up in parents("fund_source").items() if up == "fiscal_appropriation"}
    told = dict(groups.select("fund_source", "fund_group").rows())
    assert {told[node] for node in below} < set(fiscal["fund_group"])


@pytest.mark.parametrize(
    ("node", "main"),
    [
        ("personnel", "basic"),
        ("public_use", "basic"),
        ("basic", "basic"),
        ("special_purpose", "project"),
        ("carried_over_personnel", "carried_over_expenditure"),
        ("current_expenditure", "current_expenditure"),
        ("carried_forward", "carried_forward"),
        ("unsplit", "unsplit"),
    ],
)
def test_types_are_told_within_their_main_type(node: str, main: str) -> None:
    assert main_type(node) == main


def test_every_top_class_that_is_listed_has_a_function_of_government_or_a_word_why() -> None:
    tops = set(code_list("function_classes")["function_code"].str.head(3))
    assert tops <= set(code_list("function_cofog")["function_code"])


def test_divisions_of_top_classes_are_those_of_the_domain() -> None:
    """Of the classes on which nobody doubts."""
    listed = dict(code_list("function_cofog").select("function_code", "cofog_code").rows())
    sure = {"01": (201, 202), "02": (203,), "03": (204, 224), "05": (211,), "06": (212,),
            "07": (210,), "08": (207,), "09": (205,), "10": (208,), "01.7": (232,),
            "04": (213, 214, 215, 216, 217, 220, 222)}  # fmt: skip
    for division, classes in sure.items():
        for code in classes:
            assert listed[str(code)].startswith(division), code


def test_every_class_of_departments_has_one_of_governments() -> None:
    """By itself or by its 类; what print alone has, and parts of a place's own, may not."""
    pairs = set(code_list("economic_crosswalk")["economic_code"])
    codes = code_list("economic_classes")["economic_code"].unique()
    lone = {code for code in codes if len(code) == 5 and code not in pairs}
    # names that ended in 2017 in 江苏 books, and a government class that 广州 prints among them
    assert lone == {"30104", "30312", "51202"}
    governments = set(code_list("government_economic_classes")["government_code"])
    assert {code[:3] for code in governments} <= governments


def test_framework_versions_tell_their_classes_in_one_vocabulary() -> None:
    classes = code_list("indicator_classes").select("framework_version", "class_code").rows()
    told = code_list("indicator_class_groups")
    assert set(told.select("framework_version", "class_code").rows()) == set(classes)
    by_class = {f"{v}/{c}": g for v, c, g in told.select(pl.nth(0, 1, 2)).rows()}
    above = dict(code_list("indicator_groups").select("indicator_group", "parent_group").rows())
    assert above[by_class["v1/14"]] == above[by_class["v2/41"]] == "cost"
    assert above[by_class["v1/11"]] == by_class["v1/1"] == "output"
