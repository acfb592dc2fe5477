"""Questions of what money is spent on, against sums of what the generated world prints."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.code_lists import code_list
from tests import made
from tests.questions.answers import KEY, documents, in_order, rows, share, told
from tests.questions.conftest import Asked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.questions.world import World

FUNCTION, APPROPRIATION = "fact_expenditure_by_function", "fact_appropriation_by_function"
SCOPES = {FUNCTION: "all_expenditure", APPROPRIATION: "appropriation"}
#: Types that are told within another one.
WITHIN = {
    "personnel": "basic", "public_use": "basic", "special_purpose": "project",
    "other_development": "project",
}  # fmt: skip
#: Of departments' economic classes: the others are neither.
COSTS = {"301": "personnel", "303": "personnel", "302": "goods_and_services"}


def by_scope(world: World) -> pl.DataFrame:
    """Money by function class, of all funds and of the appropriation, with its documents."""
    found = world.amounts.filter(pl.col("fact").is_in(list(SCOPES)))
    found = found.with_columns(scope=pl.col("fact").replace_strict(SCOPES))
    count = pl.col("sha256").n_unique().over(*KEY, "scope").cast(pl.Int64)
    return found.with_columns(document_count=count)


def test_types_of_expenditure(world: World, asked: Asked) -> None:
    """By function where that table is split by type; else by type; never both."""
    functions = world.amounts.filter(fact=FUNCTION)
    unsplit = functions.filter(type="unsplit")
    split = functions.join(unsplit, on=KEY, how="anti")
    types = world.amounts.filter(fact="fact_expenditure_by_type").join(split, on=KEY, how="anti")
    spent = pl.concat([split, types])
    expected = (
        spent.group_by(*KEY, "fact", type=pl.col("type").replace(WITHIN)).agg(pl.col("yuan").sum())
        .with_columns(share=share("yuan", pl.col("yuan").sum().over(KEY)))
        .join(documents(spent), on=KEY)
        .select(*KEY, "fact", "type", "yuan", "share", "document_count")
    )  # fmt: skip
    assert told(
        asked("expenditure_type"), "body_name", "fiscal_year", "phase", "fact",
        "expenditure_type_id", "amount_yuan", "share", "document_count",
    ) == rows(expected)  # fmt: skip
    assert set(expected["fact"]) == {FUNCTION, "fact_expenditure_by_type"}
    assert {"basic", "project"} < set(expected["type"])
    assert unsplit.height > 0
    assert expected.filter(pl.col("share").is_between(0.1, 0.9)).height > 20


def test_functions_their_change_and_share(world: World, asked: Asked) -> None:
    """By 款. No class of these years is another 款 today; one that is stands below."""
    spent = by_scope(world)
    key = [*KEY, "scope"]
    code = pl.when(pl.col("function") != "unsplit").then(pl.col("function").str.head(5))
    now = spent.group_by(*key, "document_count", code=code.otherwise(pl.lit("unsplit"))).agg(
        pl.col("yuan").sum()
    )
    next_year = now.with_columns(pl.col("fiscal_year") + 1)
    before = next_year.select(*key, "code", before="yuan")
    years = next_year.select(key).unique().with_columns(has_before=True)
    expected = (
        now.join(before, on=[*key, "code"], how="left").join(years, on=key, how="left")
        .with_columns(change=pl.col("yuan") - pl.col("before"))
        .select(
            *key, "code", "yuan", "before", "change",
            change_share=share("change", "before"),
            state=pl.when(pl.col("before").is_not_null()).then(pl.lit("compared"))
            .when(pl.col("has_before")).then(pl.lit("not_before"))
            .otherwise(pl.lit("no_year_before")),
            share=share("yuan", pl.col("yuan").sum().over(key)),
            documents="document_count",
        )
    )  # fmt: skip
    assert told(
        asked("functions"), "body_name", "fiscal_year", "phase", "scope", "function_class_id",
        "amount_yuan", "amount_before_yuan", "change_yuan", "change_share", "state", "share",
        "document_count",
    ) == rows(expected)  # fmt: skip
    assert set(expected["state"]) == {"compared", "not_before", "no_year_before"}
    assert expected.filter(pl.col("change") != 0).height > 10
    changes = code_list("function_changes")
    elsewhere = changes.filter(pl.col("from_code").str.head(5) != pl.col("to_code").str.head(5))
    assert not set(spent["function"]) & set(elsewhere["from_code"])


def test_functions_of_government(world: World, asked: Asked) -> None:
    """By the longest code that is listed; the staff's own costs stay apart."""
    classes = code_list("function_cofog").select("function_code", "cofog_code", "is_judgement")
    listed = {code: (cofog, judged) for code, cofog, judged in classes.rows()}
    staff = dict(code_list("staff_costs").select("function_code", "staff_cost").rows())

    def told_as(code: str) -> tuple[str, str, bool, int | None]:
        """COFOG class, staff cost, whether it is judged, printed level."""
        if code == "unsplit":
            return "unclassified", "not_separable", False, None
        cofog, judged = next(listed[code[:n]] for n in (7, 5, 3) if code[:n] in listed)
        above = any(start.startswith(code) and start != code for start in staff)
        cost = "not_separable" if above else staff.get(code[:5], "none")
        return cofog or "unclassified", cost, judged == "true", (len(code) - 1) // 2

    spent = by_scope(world)
    names = ["cofog", "staff_cost", "is_judgement"]
    codes = spent["function"].unique().to_list()
    bridge = pl.DataFrame(
        [(code, *told_as(code)) for code in codes],
        schema=["function", *names, "level"], orient="row",
    )  # fmt: skip
    key = [*KEY, "scope"]
    expected = (
        spent.join(bridge, on="function").group_by(*key, *names)
        .agg(pl.col("level").min(), pl.col("yuan").sum(),
             documents=pl.col("sha256").n_unique().cast(pl.Int64))
        .select(
            *key,
            pl.when(pl.col("cofog") != "unclassified").then(pl.col("cofog").str.head(2))
            .otherwise("cofog").alias("division"),
            *names, "level", "yuan", share("yuan", pl.col("yuan").sum().over(key)).alias("share"),
            "documents",
        )
    )  # fmt: skip
    assert told(
        asked("cofog"), "body_name", "fiscal_year", "phase", "scope", "division_id", "cofog_id",
        "staff_cost", "is_judgement", "printed_level", "amount_yuan", "share", "document_count",
    ) == rows(expected)  # fmt: skip
    assert set(expected["staff_cost"]) >= {"pensions", "housing", "not_separable", "none"}
    assert set(expected["is_judgement"]) == {True, False}
    assert "unclassified" in set(expected["cofog"])


def test_of_what_the_appropriation_is_spent(world: World, asked: Asked) -> None:
    spent = world.amounts.filter(fact="fact_expenditure_by_economic").with_columns(
        pl.col("economic").str.head(3), pl.col("type").replace(WITHIN)
    )
    cost = pl.col("economic").replace_strict(COSTS, default="other")
    of_type = [*KEY, "type"]
    whole = pl.col("yuan").sum().over(of_type)
    expected = (
        spent.group_by(*of_type, "economic").agg(pl.col("yuan").sum()).with_columns(cost=cost)
        .with_columns(
            share=share("yuan", whole),
            cost_share=share(pl.col("yuan").sum().over(*of_type, "cost"), whole),
        )
        .join(documents(spent), on=KEY)
        .select(*of_type, "cost", "economic", "yuan", "share", "cost_share", "document_count")
    )  # fmt: skip
    assert told(
        asked("economic_classes"), "body_name", "fiscal_year", "phase", "expenditure_type_id",
        "cost_group", "economic_class_id", "amount_yuan", "share", "cost_group_share",
        "document_count",
    ) == rows(expected)  # fmt: skip
    assert set(expected["cost"]) == {"personnel", "goods_and_services", "other"}
    assert set(expected["type"]) == {"basic", "project"}
    assert set(expected["economic"]) >= {"301", "302", "303", "310"}
    assert expected.filter(pl.col("cost_share") > pl.col("share")).height > 10


def test_what_is_purchased(world: World, asked: Asked) -> None:
    bought = world.procurement
    expected = (
        bought.group_by(*KEY, "category", "item", "method")
        .agg(times=pl.len().cast(pl.Int64), yuan=pl.col("yuan").sum())
        .with_columns(share=share("yuan", pl.col("yuan").sum().over(KEY)))
        .join(documents(bought), on=KEY)
        .select(*KEY, "category", "item", "method", "times", "yuan", "share", "document_count")
    )
    assert told(
        asked("procurement"), "body_name", "fiscal_year", "phase", "category", "item", "method",
        "purchase_count", "amount_yuan", "share", "document_count",
    ) == rows(expected)  # fmt: skip
    assert (expected["times"] > 1).any()
    assert expected["method"].n_unique() > 1
    assert expected["category"].n_unique() > 1


def test_a_function_that_moved_is_compared_with_itself(tmp_path: Path) -> None:
    """Two classes of 2023 are one in 2024; of what was nothing there is no rate of change.

    Another scope's year is no year before.
    """
    body: dict[str, Any] = {"reporting_body_id": "b", "body_name": "甲局", "phase": "budget"}
    told_by_year = [  # fact, year, printed class, the class today, yuan
        (FUNCTION, 2023, "20103", "20140", "7.00"), (FUNCTION, 2023, "20140", "20140", "1.50"),
        (FUNCTION, 2023, "20108", "20108", "0.00"), (FUNCTION, 2024, "20140", "20140", "10.00"),
        (FUNCTION, 2024, "20108", "20108", "5.00"), (APPROPRIATION, 2024, "20108", "20108", "3.00"),
    ]  # fmt: skip
    functions = [
        {**body, "scope": SCOPES[fact], "fiscal_year": year, "function_class_id": code,
         "conformed_function_class_id": today, "conformed_function_class_name": today,
         "amount_yuan": Decimal(yuan)}
        for fact, year, code, today, yuan in told_by_year
    ]  # fmt: skip
    coverage = [{**body, "fiscal_year": year, "fact": fact, "document_count": year - 2022}
                for fact in SCOPES for year in (2023, 2024)]  # fmt: skip
    settings = made.published(
        tmp_path, mart_function_over_years=functions, mart_fact_coverage=coverage
    )
    five, ten, most = Decimal("5.00"), Decimal("10.00"), Decimal("8.50")
    assert told(
        Asked(settings)("functions"), "scope", "fiscal_year", "function_class_id", "amount_yuan",
        "amount_before_yuan", "change_yuan", "change_share", "state", "share", "document_count",
    ) == in_order([
        ("all_expenditure", 2023, "20108", Decimal("0.00"), None, None, None, "no_year_before",
         0.0, 1),
        ("all_expenditure", 2023, "20140", most, None, None, None, "no_year_before", 1.0, 1),
        ("all_expenditure", 2024, "20108", five, Decimal("0.00"), five, None, "compared", 1 / 3, 2),
        ("all_expenditure", 2024, "20140", ten, most, Decimal("1.50"), 1.5 / 8.5, "compared",
         2 / 3, 2),
        ("appropriation", 2024, "20108", Decimal("3.00"), None, None, None, "no_year_before",
         1.0, 2),
    ])  # fmt: skip


def test_personnel_and_office_costs_are_within_basic_expenditure(tmp_path: Path) -> None:
    """As places print them that split basic expenditure in two; other funds are added up."""
    body: dict[str, Any] = {"reporting_body_id": "b", "body_name": "甲局", "fiscal_year": 2026,
                            "phase": "budget"}  # fmt: skip
    spent = [("personnel", "301", "general", "6.00"), ("personnel", "303", "general", "1.00"),
             ("public_use", "302", "general", "2.00"), ("public_use", "302", "fund", "1.00"),
             ("project", "302", "general", "4.00")]  # fmt: skip
    economic = [
        {**body, "economic_class_id": code, "expenditure_type_id": of_type,
         "main_expenditure_type_id": WITHIN.get(of_type, of_type), "fund_source_id": fund,
         "amount_yuan": Decimal(yuan)}
        for of_type, code, fund, yuan in spent
    ]  # fmt: skip
    settings = made.published(
        tmp_path, mart_expenditure_by_economic_year=economic,
        mart_fact_coverage=[{**body, "fact": "fact_expenditure_by_economic"}],
        dim_expenditure_type=[{"expenditure_type_id": name} for name in ("basic", "project")],
    )  # fmt: skip
    assert told(
        Asked(settings)("economic_classes"), "expenditure_type_id", "economic_class_id",
        "amount_yuan", "share", "cost_group", "cost_group_share",
    ) == in_order([
        ("basic", "301", Decimal("6.00"), 0.6, "personnel", 0.7),
        ("basic", "302", Decimal("3.00"), 0.3, "goods_and_services", 0.3),
        ("basic", "303", Decimal("1.00"), 0.1, "personnel", 0.7),
        ("project", "302", Decimal("4.00"), 1.0, "goods_and_services", 1.0),
    ])  # fmt: skip
