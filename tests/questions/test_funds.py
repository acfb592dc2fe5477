"""Questions of where money comes from, against sums of what the generated world prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import code_list
from tests.questions.answers import KEY, documents, rows, share, told

if TYPE_CHECKING:
    from tests.questions.conftest import Asked
    from tests.questions.world import World


def groups() -> pl.DataFrame:
    """Fund source → its group, and whether that is a judgement.

    What is not listed is told as what it is a part of.
    """
    groups = code_list("fund_source_groups").select("fund_source", "fund_group", "is_judgement")
    listed = {fund: (group, judged == "true") for fund, group, judged in groups.rows()}
    nodes = code_list("nodes").filter(axis="fund_source").select("node", "parent_node").rows()
    above = dict(nodes)

    def told_as(fund: str) -> tuple[str, bool]:
        return listed[fund] if fund in listed else told_as(above[fund])

    return pl.DataFrame(
        [(fund, *told_as(fund)) for fund in above],
        schema=["fund", "group", "is_judgement"], orient="row",
    )  # fmt: skip


def test_where_revenue_comes_from(world: World, asked: Asked) -> None:
    revenue = world.amounts.filter(fact="fact_revenue")
    judged = pl.when("is_judgement").then("yuan").otherwise(pl.lit(0, revenue.schema["yuan"]))
    expected = (
        revenue.join(groups(), on="fund").group_by(*KEY, "group")
        .agg(pl.col("yuan").sum(), judged=judged.sum())
        .with_columns(share=share("yuan", pl.col("yuan").sum().over(KEY)))
        .join(documents(revenue), on=KEY)
        .select(*KEY, "group", "yuan", "judged", "share", "document_count")
    )  # fmt: skip
    assert told(
        asked("fund_mix"), "body_name", "fiscal_year", "phase", "fund_group_id", "amount_yuan",
        "judged_yuan", "share", "document_count",
    ) == rows(expected)  # fmt: skip
    assert expected["group"].n_unique() > 4
    assert expected.filter(pl.col("judged").is_between(0, pl.col("yuan"), "none")).height > 0
    assert expected.filter(pl.col("judged") == 0, pl.col("yuan") > 0).height > 0
    assert set(expected["phase"]) == {"budget", "final_accounts"}


def test_out_of_which_funds_projects_are_paid(world: World, asked: Asked) -> None:
    """A project counts with each of its funds, with a printed zero too.

    Whether the books of successions print a zero as 0 or as nothing, their truth does not say.
    """
    funded, untold = world.funding, {each.body for each in world.successions}
    found = [row for row in asked("project_funds")
             if row["amount_yuan"] or row["body_name"] not in untold]  # fmt: skip
    expected = (
        funded.join(groups(), on="fund").group_by(*KEY, "fund", "group")
        .agg(projects=pl.len().cast(pl.Int64), yuan=pl.col("yuan").sum())
        .with_columns(share=share("yuan", pl.col("yuan").sum().over(KEY)))
        .join(documents(funded), on=KEY)
        .select(*KEY, "fund", "group", "projects", "yuan", "share", "document_count")
    )  # fmt: skip
    assert told(
        found, "body_name", "fiscal_year", "phase", "fund_source_id",
        "fund_group_id", "project_count", "amount_yuan", "share", "document_count",
    ) == rows(expected)  # fmt: skip
    assert expected["fund"].n_unique() > 4
    assert expected.filter(yuan=0).height > 5
    assert expected.filter(pl.col("projects") > 3).height > 20
    assert expected.filter(pl.col("share").is_between(0.1, 0.9)).height > 20
