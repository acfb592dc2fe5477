"""Questions of projects, against what is true of the generated ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.questions.answers import KEY, rows, share, told
from tests.questions.world import YUAN

if TYPE_CHECKING:
    from tests.questions.conftest import Asked
    from tests.questions.world import World


def test_the_largest_projects_and_their_share(world: World, asked: Asked) -> None:
    expected = world.projects.drop_nulls("yuan").select(
        "body", "unit", "project", "fiscal_year", "phase", "yuan",
        share=share("yuan", pl.col("yuan").sum().over(KEY)),
    )  # fmt: skip
    found = asked("largest_projects")
    assert [row["amount_yuan"] for row in found] == sorted(expected["yuan"], reverse=True)
    columns = ("body_name", "spending_unit_name", "project_name", "fiscal_year", "phase",
               "amount_yuan", "share")  # fmt: skip
    assert told(found, *columns) == rows(expected)


def test_projects_go_on_are_renamed_begin_and_end(world: World, asked: Asked) -> None:
    """Whatever they are called; and nothing is said of a year whose list before is not there."""
    unit = ["unit", "fiscal_year", "phase"]
    before = world.projects.with_columns(pl.col("fiscal_year") + 1)
    lists_before = before.select(unit).unique()
    bodies = world.projects.select("body", *unit).unique()
    same = ["true_id", "unit", "fiscal_year", "phase"]
    was = before.select(*same, name_before="project", yuan_before="yuan")
    present = world.projects.join(was, on=same, how="left").join(
        lists_before.with_columns(has_list=True), on=unit, how="left"
    )
    ended = (
        before.drop("body").join(bodies, on=unit).join(world.projects, on=same, how="anti")
        .select(*KEY, yuan=pl.lit(None, YUAN), yuan_before="yuan", state=pl.lit("ended"))
    )  # fmt: skip
    state = (
        pl.when(pl.col("name_before") == pl.col("project")).then(pl.lit("continuing"))
        .when(pl.col("name_before").is_not_null()).then(pl.lit("renamed"))
        .when(pl.col("has_list")).then(pl.lit("new")).otherwise(pl.lit("unknown"))
    )  # fmt: skip
    courses = pl.concat([present.select(*KEY, "yuan", "yuan_before", state=state), ended])
    expected = courses.group_by(*KEY, "state").agg(
        pl.len(),
        *(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()) for c in ("yuan", "yuan_before")),
    )
    columns = ("body_name", "fiscal_year", "phase", "state", "project_count", "amount_yuan",
               "amount_before_yuan")  # fmt: skip
    assert asked.of("project_courses", *columns) == rows(expected)
    assert bodies.filter(pl.col("body").n_unique().over("unit") > 1).height  # in another's book
    assert set(expected["state"]) == {"continuing", "renamed", "new", "ended", "unknown"}


def test_projects_that_recur_year_after_year(world: World, asked: Asked) -> None:
    by_year = (
        world.projects.drop_nulls("yuan")
        .group_by("body", "unit", "true_id", "phase", "fiscal_year")
        .agg(pl.col("project").first(), pl.col("yuan").sum())
    )
    expected = (
        by_year.sort("fiscal_year")
        .group_by("body", "unit", "true_id", "phase")
        .agg(
            pl.col("project").last(), first=pl.col("fiscal_year").first(),
            last=pl.col("fiscal_year").last(), years=pl.len(), yuan_first=pl.col("yuan").first(),
            yuan=pl.col("yuan").last(),
            amounts=pl.format("{}: {}", "fiscal_year", "yuan").str.join("; "),
        )
        .filter(pl.col("years") >= 3)
        .select("body", "unit", "project", "phase", "first", "last", "years", "yuan_first", "yuan",
                "amounts")
    )  # fmt: skip
    columns = ("body_name", "spending_unit_name", "project_name", "phase", "first_fiscal_year",
               "fiscal_year", "year_count", "first_amount_yuan", "amount_yuan",
               "amounts")  # fmt: skip
    assert asked.of("recurring_projects", *columns) == rows(expected)
    assert expected.height > 30


def test_on_how_few_projects_money_is_concentrated(world: World, asked: Asked) -> None:
    found, funded = asked("concentration"), world.projects.drop_nulls("yuan")
    assert len(found) == funded.select(KEY).n_unique()
    for row in found:
        of = funded.filter(
            body=row["body_name"], fiscal_year=row["fiscal_year"], phase=row["phase"]
        )
        amounts = sorted(of["yuan"], reverse=True)
        whole = sum(amounts)
        assert (row["project_count"], row["amount_yuan"]) == (len(amounts), whole)
        if whole == 0:
            assert row["largest_share"] is None
            continue
        assert row["largest_share"] == pytest.approx(float(amounts[0] / whole))
        assert row["top_five_share"] == pytest.approx(float(sum(amounts[:5]) / whole))
        half = row["half_count"]
        assert 2 * sum(amounts[:half]) >= whole > 2 * sum(amounts[: half - 1])
