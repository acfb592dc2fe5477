"""The question of which kinds of indicators are set, against those that the world prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import code_list
from tests.generator import successions
from tests.questions.answers import KEY, rows, share, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.questions.conftest import Asked
    from tests.questions.world import World

Printed = tuple[str, str, int | None, str | None, str]


def of_lists(world: World) -> Iterator[Printed]:
    """Document, body, year, phase and class of each indicator of a list that feeds."""
    lists = {d.sha256: d for d in world.lists}
    lines = {(sha, no): (body, unit) for sha, no, body, unit, *_ in world.of_lists["project_line"]}
    for sha, no, _, _, _, class_id, _ in world.of_lists["indicator"]:
        document, (body, unit) = lists[sha], lines[sha, no]
        if unit not in document.fed_elsewhere:
            yield sha, body, document.fiscal_year, document.phase, class_id


def of_books(world: World) -> Iterator[Printed]:
    """The same of the tables of targets of books."""
    for document in world.books:
        for sheet, fate in zip(document.book.sheets, document.fates, strict=True):
            is_fed = fate.version is not None and fate.version[2] and not fate.is_withheld
            if sheet.kind != "project_performance_targets" or not is_fed:
                continue
            body = document.book.budget.body
            lines = (line for lines in sheet.lines for line in lines)
            for project in (line.project for line in lines if line.project is not None):
                for indicator in project.indicators:
                    yield (document.sha256, body, document.fiscal_year, document.phase,
                           f"v1/{indicator.class_code}")  # fmt: skip


def of_successions(world: World) -> Iterator[Printed]:
    """The same of the books of bodies that are known over years: one document a year."""
    for each in world.successions:
        for year, units in each.books.items():
            for line in (line for lines in units.values() for line in lines):
                for indicator in line.indicators:
                    yield "", each.body, year, successions.PHASE, f"v1/{indicator.class_code}"


def groups() -> pl.DataFrame:
    """Class → its group, the group above it, and whether that is a judgement."""
    above = code_list("indicator_groups").select("indicator_group", "parent_group")
    return code_list("indicator_class_groups").join(above, on="indicator_group").select(
        group="indicator_group", parent=pl.coalesce("parent_group", "indicator_group"),
        class_id=pl.concat_str("framework_version", "class_code", separator="/"),
        is_judgement=pl.col("is_judgement") == "true",
    )  # fmt: skip


def test_which_kinds_of_indicators_are_set(world: World, asked: Asked) -> None:
    """What a unit's own book tells is not counted in its department's again."""
    printed = pl.DataFrame(
        [*of_lists(world), *of_books(world), *of_successions(world)],
        schema={"sha256": pl.String, "body": pl.String, "fiscal_year": pl.Int32,
                "phase": pl.String, "class_id": pl.String}, orient="row",
    )  # fmt: skip
    counted = printed.join(groups(), on="class_id").group_by(*KEY, "parent", "group").agg(
        count=pl.len().cast(pl.Int64), judged=pl.col("is_judgement").sum().cast(pl.Int64),
        versions=pl.col("class_id").str.head(2).unique().sort().str.join(", "),
        documents=pl.col("sha256").n_unique().cast(pl.Int64),
    )  # fmt: skip
    whole = pl.col("count").sum().over(KEY)
    expected = counted.select(
        *KEY,
        "parent",
        "group",
        "count",
        "judged",
        share("count", whole).alias("share"),
        "versions",
        "documents",
    )
    assert told(
        asked("indicator_mix"), "body_name", "fiscal_year", "phase", "parent_indicator_group_id",
        "indicator_group_id", "indicator_count", "judged_count", "share", "framework_versions",
        "document_count",
    ) == rows(expected)  # fmt: skip
    assert set(expected["parent"]) == {"output", "benefit", "satisfaction", "cost"}
    assert expected.filter(pl.col("judged") > 0).height > 5
    assert expected.filter(pl.col("judged") == 0).height > 5
    assert {"quantity", "quality", "timeliness", "social_benefit"} < set(expected["group"])
    assert expected["body"].n_unique() > 8
    assert any(document.fed_elsewhere for document in world.lists)
