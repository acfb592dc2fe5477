"""Questions of spending, against sums of what the generated world prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.questions.answers import KEY, rows

if TYPE_CHECKING:
    from tests.questions.conftest import Asked
    from tests.questions.world import World


def test_spending_its_change_and_share(world: World, asked: Asked) -> None:
    """The whole where a book has it; projects alone elsewhere; never two tables of one year."""
    functions = world.amounts.filter(fact="fact_expenditure_by_function")
    unsplit = functions.filter(type="unsplit").select(KEY)
    spent = functions.clear().select(*KEY, "yuan").with_columns(scope=pl.lit(""))
    for scope, frame in (
        ("all_expenditure", functions.join(unsplit, on=KEY, how="anti")),
        ("all_expenditure", world.amounts.filter(fact="fact_expenditure_by_type")),
        ("all_expenditure", functions),
        ("projects", world.funding),
    ):
        told = frame.group_by(KEY).agg(pl.col("yuan").sum()).with_columns(scope=pl.lit(scope))
        spent = pl.concat([spent, told.join(spent, on=KEY, how="anti")], how="vertical_relaxed")
    before = spent.select(
        "body", "phase", "scope", fiscal_year=pl.col("fiscal_year") + 1, before="yuan"
    )
    expected = spent.join(before, on=["body", "fiscal_year", "phase", "scope"], how="left").select(
        *KEY, "scope", "yuan", "before", change=pl.col("yuan") - pl.col("before")
    )
    assert asked.of(
        "spending", "body_name", "fiscal_year", "phase", "scope", "amount_yuan",
        "amount_before_yuan", "change_yuan",
    ) == rows(expected)  # fmt: skip
    assert set(expected["scope"]) == {"all_expenditure", "projects"}
    assert expected["before"].null_count() < expected.height
    shares: dict[tuple[object, ...], float] = {}
    for row in asked("spending"):
        of = (row["region_name"], row["fiscal_year"], row["phase"], row["scope"])
        shares[of] = shares.get(of, 0) + row["share"]
    assert all(share == pytest.approx(1) for share in shares.values())
