"""Questions that hold one book against another: a year before, execution, what is told again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from tests import made
from tests.questions.answers import KEY, in_order, rows, share, told
from tests.questions.conftest import Asked
from tests.questions.shared_lines import AXES, on_lines
from tests.questions.world import YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.questions.world import World

FUNCTION, REVENUE = "fact_expenditure_by_function", "fact_revenue"
ACCOUNTS = "final_accounts"


def side(name: str) -> pl.Expr:
    """The sum of what one side tells; none if it tells nothing."""
    told_there = pl.col("yuan").filter(pl.col("side") == name)
    return pl.when(told_there.len() > 0).then(told_there.sum()).alias(name)


def test_three_public_expenses_and_their_change(world: World, asked: Asked) -> None:
    spent = world.amounts.filter(fact="fact_three_public")
    count = pl.col("sha256").n_unique().over(KEY).cast(pl.Int64)
    now = (
        spent.with_columns(document_count=count).group_by(*KEY, "three_public", "document_count")
        .agg(pl.col("yuan").sum()).with_columns(total=pl.col("yuan").sum().over(KEY))
    )  # fmt: skip
    before = now.with_columns(pl.col("fiscal_year") + 1)
    expected = (
        now.join(before.select(*KEY, "three_public", before="yuan"), on=[*KEY, "three_public"],
                 how="left")
        .join(before.select(*KEY, total_before="total").unique(), on=KEY, how="left")
        .with_columns(change=pl.col("yuan") - pl.col("before"))
        .select(*KEY, "three_public", "yuan", "before", "change",
                share("change", "before").alias("change_share"),
                share("yuan", "total").alias("share"), "total", "total_before", "document_count")
    )  # fmt: skip
    assert told(
        asked("three_public"), "body_name", "fiscal_year", "phase", "three_public_id",
        "amount_yuan", "amount_before_yuan", "change_yuan", "change_share", "share", "total_yuan",
        "total_before_yuan", "document_count",
    ) == rows(expected)  # fmt: skip
    assert expected["three_public"].n_unique() == 4
    assert expected.filter(pl.col("change") != 0).height > 10
    assert expected.filter(pl.col("total_before").is_null()).height > 5


def test_an_expense_that_was_not_printed_before_has_no_change(tmp_path: Path) -> None:
    """The total of the year before is there; of nothing there is no rate.

    A year of another phase is no year before.
    """
    body: dict[str, Any] = {"reporting_body_id": "b", "body_name": "甲局"}
    four = Decimal("4.00")
    told_by_year = [
        (2024, "budget", "overseas", "4.00"), (2025, "budget", "overseas", "3.00"),
        (2024, "budget", "vehicle_running", "0.00"), (2025, "budget", "vehicle_running", "2.00"),
        (2025, "budget", "reception", "1.00"), (2026, ACCOUNTS, "reception", "2.00"),
    ]  # fmt: skip
    expenses = [
        {**body, "fiscal_year": year, "phase": phase, "three_public_id": what,
         "amount_yuan": Decimal(yuan)}
        for year, phase, what, yuan in told_by_year
    ]  # fmt: skip
    coverage = [
        {**body, "fiscal_year": year, "phase": phase, "fact": "fact_three_public"}
        for year, phase in {of[:2] for of in told_by_year}
    ]
    settings = made.published(
        tmp_path, mart_three_public_year=expenses, mart_fact_coverage=coverage
    )
    assert told(
        Asked(settings)("three_public"), "fiscal_year", "three_public_id", "amount_before_yuan",
        "change_yuan", "change_share", "share", "total_yuan", "total_before_yuan",
    ) == in_order([
        (2024, "overseas", None, None, None, 1.0, four, None),
        (2024, "vehicle_running", None, None, None, 0.0, four, None),
        (2025, "overseas", four, Decimal("-1.00"), -0.25, 1 / 2, Decimal("6.00"), four),
        (2025, "reception", None, None, None, 1 / 6, Decimal("6.00"), four),
        (2025, "vehicle_running", Decimal("0.00"), Decimal("2.00"), None, 1 / 3, Decimal("6.00"),
         four),
        (2026, "reception", None, None, None, 1.0, Decimal("2.00"), None),
    ])  # fmt: skip


def executed(world: World) -> Iterator[pl.DataFrame]:
    """Budget and accounts of each body, year and fact that has both, on the lines they share."""
    amounts = world.amounts.filter(pl.col("fact").is_in(list(AXES)))
    accounts = amounts.filter(phase=ACCOUNTS)
    of = ["body", "fiscal_year", "fact"]
    own = amounts.filter(phase="budget").join(accounts, on=of, how="semi")
    sides = pl.concat([own.with_columns(side=pl.lit("budget")),
                       accounts.with_columns(side=pl.lit("final"))])  # fmt: skip
    for (body, year, fact), books in sides.partition_by(of, as_dict=True).items():
        assert set(books["side"]) == {"budget", "final"}, (body, year, fact)
        yield on_lines(books, str(fact)).group_by(*of, "codes").agg(
            side("budget"), side("final"),
            documents=pl.col("sha256").n_unique().cast(pl.Int64),
        )  # fmt: skip


def test_final_accounts_against_the_budget(world: World, asked: Asked) -> None:
    """The budget's own book is there for all of them: what accounts print beside is not asked."""
    compared = pl.concat(executed(world)).with_columns(
        deviation=pl.col("final") - pl.col("budget"),
        basis=pl.lit("budget"), phase=pl.lit(ACCOUNTS),
        status=pl.when(pl.col("final").is_null()).then(pl.lit("only_budget"))
        .when(pl.col("budget").is_null()).then(pl.lit("only_final")).otherwise(pl.lit("compared")),
        rate=share("final", "budget"),
    )  # fmt: skip
    assert told(
        asked("execution"), "body_name", "fiscal_year", "phase", "fact", "line_codes",
        "budget_basis", "budget_yuan", "final_yuan", "deviation_yuan", "execution_rate", "status",
        "document_count",
    ) == rows(compared.select(
        *KEY, "fact", "codes", "basis", "budget", "final", "deviation", "rate", "status",
        "documents",
    ))  # fmt: skip
    assert set(compared["fact"]) == {FUNCTION, REVENUE}
    assert compared.height > 20


def test_one_budget_is_taken_and_the_farthest_line_comes_first(tmp_path: Path) -> None:
    """Its own book, else what the accounts print, else the adjusted; of each year and fact."""
    bases = ["adjusted_in_accounts", "budget_in_accounts", "budget", "none"]
    lines = [  # fact, fiscal year, budget, final, which of the bases it is of
        (REVENUE, 2021, "100.00", "90.00", (0, 1, 2)), (REVENUE, 2021, "5.00", "25.00", (0, 1, 2)),
        (REVENUE, 2022, "100.00", "70.00", (0, 1)), (FUNCTION, 2022, "8.00", "7.00", (0,)),
        (REVENUE, 2023, "8.00", None, (0,)), (REVENUE, 2024, None, "4.00", (3,)),
    ]  # fmt: skip
    rows_of = [
        {"line_id": f"{number}{basis}", "reporting_body_id": "b", "body_name": "甲局",
         "fiscal_year": year, "fact": fact, "line_name": f"{number}", "budget_basis": basis,
         "budget_yuan": budget and Decimal(budget), "final_yuan": final and Decimal(final),
         "budget_documents": "x, y" if budget else None, "final_documents": "y" if final else None}
        for number, (fact, year, budget, final, of) in enumerate(lines)
        for basis in (bases[at] for at in of)
    ]  # fmt: skip
    settings = made.published(tmp_path, mart_budget_execution=rows_of)
    assert [
        tuple(row[name] for name in ("fact", "fiscal_year", "deviation_yuan", "budget_basis",
                                     "document_count"))
        for row in Asked(settings)("execution")
    ] == [
        (REVENUE, 2022, Decimal("-30.00"), "budget_in_accounts", 2),
        (REVENUE, 2021, Decimal("20.00"), "budget", 2),
        (REVENUE, 2021, Decimal("-10.00"), "budget", 2),
        (FUNCTION, 2022, Decimal("-1.00"), "adjusted_in_accounts", 2),
        (REVENUE, 2023, None, "adjusted_in_accounts", 2),
        (REVENUE, 2024, None, "none", 1),
    ]  # fmt: skip


def retold(world: World) -> Iterator[pl.DataFrame]:
    """Each later statement's figures of an earlier book beside that book, line by line."""
    place = pl.col("last_place").cast(YUAN).fill_null(0).min()
    printed = pl.DataFrame(
        [(sha, kind, last) for sha, kind, *_, last, _, _, _ in world.of_books["printed"]],
        schema=["sha256", "kind", "last_place"], orient="row",
    )  # fmt: skip
    places = printed.group_by("sha256", "kind").agg(place=place)
    amounts = world.amounts.join(places, on=["sha256", "kind"])
    years = {d.sha256: d.fiscal_year for d in world.books}
    fact = (
        pl.when(pl.col("three_public").is_not_null()).then(pl.lit("fact_three_public"))
        .when(pl.col("fund").is_not_null()).then(pl.lit(REVENUE)).otherwise(pl.lit(FUNCTION))
    )  # fmt: skip
    later = amounts.filter(fact="comparative_figure").with_columns(
        fact=fact, told_in_year=pl.col("sha256").replace_strict(years, return_dtype=pl.Int32)
    )
    of = ["sha256", "kind", "told_in_year", "body", "fiscal_year", "phase", "fact"]
    for (_, _, told_in, body, year, phase, of_fact), books in later.partition_by(
        of, as_dict=True
    ).items():
        own = amounts.filter(body=body, fiscal_year=year, phase=phase, fact=of_fact)
        if own.is_empty():
            continue
        told_again = books.drop("told_in_year")
        both = pl.concat([own.with_columns(side=pl.lit("own")),
                          told_again.with_columns(side=pl.lit("later"))])  # fmt: skip
        yield on_lines(both, str(of_fact)).group_by(*KEY, "fact", "codes").agg(
            side("own"), side("later"),
            envelope=pl.col("place").sum() / 2,
            documents=pl.col("sha256").n_unique().cast(pl.Int64),
            told_in_year=pl.lit(told_in, pl.Int32),
            retold_as=pl.lit("budget_in_accounts" if told_in == year else "last_year"),
        )  # fmt: skip


def test_figures_that_a_later_book_tells_otherwise(world: World, asked: Asked) -> None:
    difference = pl.col("later") - pl.col("own")
    either = pl.coalesce("own", "later")
    every = pl.concat(retold(world)).with_columns(
        difference=difference,
        status=pl.when(pl.col("later").is_null()).then(pl.lit("only_own"))
        .when(pl.col("own").is_null()).then(pl.lit("only_later"))
        .when(difference.abs() > pl.col("envelope")).then(pl.lit("differs"))
        .otherwise(pl.lit("same")),
    )  # fmt: skip
    expected = every.filter(pl.col("status") != "same").filter(
        (pl.col("status") == "differs") | (either != 0)
    )
    assert told(
        asked("retold"), "body_name", "fiscal_year", "phase", "retold_as", "told_in_year", "fact",
        "line_codes", "own_yuan", "later_yuan", "difference_yuan", "status", "document_count",
    ) == rows(expected.select(
        *KEY, "retold_as", "told_in_year", "fact", "codes", "own", "later", "difference",
        "status", "documents",
    ))  # fmt: skip
    assert set(expected["retold_as"]) == {"last_year", "budget_in_accounts"}
    assert set(expected["fact"]) == {FUNCTION, REVENUE}
    assert {"differs", "only_later"} <= set(expected["status"])
    told_alike = every.filter(status="same")
    assert told_alike.filter(pl.col("difference") != 0).height > 0
    assert told_alike.filter(pl.col("difference") == 0).height > 10
    assert every.filter(pl.col("status") != "same").height > expected.height


def test_what_one_book_alone_prints_is_told_unless_it_is_nothing(tmp_path: Path) -> None:
    """A book may tell a figure in several documents, and two books may be one of them."""
    lines = [  # status, own, later, documents of each
        ("only_own", "9.00", None, "x", None), ("only_own", "0.00", None, "x", None),
        ("only_later", None, "0.00", None, "y"), ("only_later", None, "3.00", None, "y, z"),
        ("differs", "5.00", "4.00", "x, y", "y"), ("within_rounding", "5.00", "5.01", "x", "y"),
        ("own_book_missing", None, "7.00", None, "y"), ("same", "1.00", "1.00", "x", "y"),
    ]  # fmt: skip
    rows_of = [
        {"line_id": f"{number}", "body_name": "甲局", "fiscal_year": 2025, "status": status,
         "own_yuan": own and Decimal(own), "later_yuan": later and Decimal(later),
         "difference_yuan": Decimal(later) - Decimal(own) if own and later else None,
         "own_documents": own_in, "later_documents": later_in}
        for number, (status, own, later, own_in, later_in) in enumerate(lines)
    ]  # fmt: skip
    settings = made.published(tmp_path, mart_figure_retold=rows_of)
    found = Asked(settings)("retold")
    assert [
        (row["status"], row["own_yuan"], row["later_yuan"], row["document_count"]) for row in found
    ] == [
        ("differs", Decimal("5.00"), Decimal("4.00"), 2), ("only_own", Decimal("9.00"), None, 1),
        ("only_later", None, Decimal("3.00"), 2),
    ]  # fmt: skip
