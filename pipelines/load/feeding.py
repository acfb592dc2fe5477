"""Feeding: of each fact, whose money comes from which statements, so that nothing counts twice.

A department's book holds rows of units that may publish books of their own, and several kinds of
tables restate one spending. For a spending unit the lowest consolidation feeds. Where a table
prints no units, the money is the reporting body's as a whole: then its department's book goes
first, and a unit's own figures do not feed beside those of a department that names the unit as its
own, be it in a statement that waits. Then the kind counts that ``feeding_rules.csv`` ranks first;
kinds of one rank complete one another (the budgets of a body side by side) and all feed, if one
that is required is there; unless one that may be missing is, and a table of the next rank holds
more money than rounding tells. A table whose own total its parts miss, though printed so, goes
behind those of every other rank. Of two statements that rank equally the one that the ledger knows
longer feeds; the other waits. Forms of a project each are parts of one: all of them feed beside
the first. What does not feed corroborates: where the same kind says a sum that
differs by more than rounding does, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.validate.sums import fact_names
from schemas.code_lists import code_list
from schemas.registry import tables
from schemas.tables.vocabulary import CONSOLIDATIONS

if TYPE_CHECKING:
    from pathlib import Path

#: Whose facts of which year: ``spending_unit_id`` is the reporting body where ``is_whole``.
_YEAR = ("fact", "fiscal_year", "phase")
_GROUP = (*_YEAR, "spending_unit_id", "is_whole")
_KEY = ("fact", "statement_id", "spending_unit_id", "is_whole")
#: What is claimed, and how far rounding may have moved it.
_SUM = ("amount_yuan", "rounding_yuan")
#: A reporting body as a whole: the book that holds all its units goes first.
_OF_WHOLES = ("department", "unknown", "unit")
#: More than there are ranks, and what a rank is moved behind all others by.
_RANKS = 1000
_BEHIND = 500


@dataclass(frozen=True)
class Feeding:
    """What feeds, and what does not.

    Attributes:
        feeds: ``fact, statement_id, spending_unit_id, is_whole``.
        ties: The same of what ranks equally with what feeds, with ``feeds_statement_id``.
        below: The same of what ranks below a statement of the same kind.
        alone: The same of what feeds nothing, since a kind that must be beside it is missing.
    """

    feeds: pl.DataFrame
    ties: pl.DataFrame
    below: pl.DataFrame
    alone: pl.DataFrame


def money_facts() -> list[str]:
    """Fact tables that hold money: the same money may be told by unit and as a whole."""
    return [name for name in fact_names() if "amount_yuan" in tables()[name].column_names()]


def claims_of(
    current: pl.DataFrame, units: pl.DataFrame, sums: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Which statement has something to say of whose facts: ``fact, statement_id, …, is_whole``.

    Args:
        current: Current statements: ``statement_id, kind``.
        units: The units they print: ``statement_id, spending_unit_id``.
        sums: Their facts: ``fact, statement_id, spending_unit_id, is_whole``.
        config: The operator's own code lists.

    A unit that is printed claims its facts even where nothing is stated for it. What is claimed is
    beside, where sums have ``amount_yuan`` and ``rounding_yuan``.
    """
    rules = code_list("feeding_rules", config)
    of_units = [n for n in fact_names() if "spending_unit_id" in tables()[n].column_names()]
    by_unit = rules.filter(
        pl.col("row_axis").str.starts_with("unit") & pl.col("fact").is_in(of_units)
    ).select("fact", "kind")
    printed = (
        units.select("statement_id", "spending_unit_id")
        .join(current.select("statement_id", "kind"), on="statement_id", how="inner")
        .join(by_unit.unique(), on="kind", how="inner")
        .with_columns(is_whole=pl.lit(value=False))
    )
    claims = pl.concat([printed.select(_KEY), sums.select(_KEY)]).unique(maintain_order=True)
    if "amount_yuan" not in sums.columns:
        return claims
    return claims.join(sums.select(*_KEY, *_SUM), on=_KEY, how="left", maintain_order="left")


def feeding(
    current: pl.DataFrame,
    claims: pl.DataFrame,
    config: Path | None,
    units: pl.DataFrame | None = None,
    *,
    naming: pl.DataFrame | None = None,
) -> Feeding:
    """Which statements feed whose facts.

    Args:
        current: Current statements: ``statement_id, kind, reporting_body_id, consolidation,
            fiscal_year, phase, event_id`` (the ledger's, of the version); ``is_missed`` of those
            whose own total is not what their parts make, if it is known.
        claims: As ``claims_of`` gives them.
        config: The operator's own code lists.
        units: The units that statements print: ``statement_id, spending_unit_id``.
        naming: Statements whose units are believed to be their department's: those that wait too,
            for a sum that is in doubt does not make a unit another's. Like ``current``, which they
            are unless given.
    """
    ranked = _ranked(current, claims, config)
    first = ranked.filter(pl.col("is_first"))
    named = current if naming is None else naming
    parts = _parts(named, units) if units is not None else None
    feeds = _never_twice(first, parts)
    others = ranked.filter(~pl.col("is_first") & pl.col("feeds_statement_id").is_not_null())
    fed = others.join(
        feeds, left_on=["fact", "feeds_statement_id", "spending_unit_id", "is_whole"],
        right_on=_KEY, how="semi",
    ).select(*_KEY, "feeds_statement_id", "is_tie")  # fmt: skip
    ties, below = (fed.filter(is_tie=tie).drop("is_tie") for tie in (True, False))
    lacking = ranked.filter(pl.col("best").is_null())
    alone = _never_twice(pl.concat([first, lacking]), parts).join(lacking, on=_KEY, how="semi")
    return Feeding(feeds.select(_KEY), ties, below, alone.select(_KEY))


def feeding_rules(config: Path | None) -> pl.DataFrame:
    """``fact, kind, kind_rank, is_required``, once each: of several rows of a kind the first."""
    return code_list("feeding_rules", config).select(
        "fact", "kind", kind_rank=pl.col("kind_rank").cast(pl.Int32),
        is_required=pl.col("is_required") == "true",
    ).unique(["fact", "kind"], keep="first", maintain_order=True)  # fmt: skip


def _ranked(current: pl.DataFrame, claims: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Claims with what ranks them, and of each kind of the rank that counts the first."""
    rules = feeding_rules(config)
    levels = {
        whole: pl.col("consolidation").replace_strict(
            {name: rank for rank, name in enumerate(order)}, return_dtype=pl.Int32
        )
        for whole, order in ((True, _OF_WHOLES), (False, CONSOLIDATIONS))
    }
    if "is_missed" not in current.columns:
        current = current.with_columns(is_missed=False)
    is_behind = pl.col("is_missed") & pl.col("fact").is_in(money_facts())
    beside = [*_GROUP, "level", "kind_rank"]
    order = pl.col("level") * _RANKS + pl.col("kind_rank")
    is_there = pl.col("is_required").any().over(*_GROUP, "level", "kind_rank")
    ranked = (
        claims.join(current, on="statement_id", how="inner")
        .join(rules, on=["fact", "kind"], how="inner")
        .with_columns(level=pl.when("is_whole").then(levels[True]).otherwise(levels[False]))
        .with_columns(kind_rank=pl.col("kind_rank") + _BEHIND * is_behind.any().over(beside))
        .sort(*_GROUP, "kind_rank", "kind", "level", "event_id", "statement_id")
        .with_columns(best=order.filter(is_there).min().over(_GROUP) % _RANKS)
    )
    if "amount_yuan" in ranked.columns:
        ranked = _fullest(ranked, rules)
    of_kind = [*_GROUP, "kind"]
    counts = (pl.col("kind_rank") == pl.col("best")).fill_null(value=False)
    if "part" not in ranked.columns:
        ranked = ranked.with_columns(part=pl.lit(""))
    level = pl.col("level") == pl.col("level").first().over(of_kind)
    is_part = (pl.col("part") != "") & (pl.col("part").first().over(of_kind) != "") & level
    first_of_part = (pl.int_range(pl.len()) == 0).over([*of_kind, "part"])
    is_first_there = (pl.int_range(pl.len()) == 0).over(of_kind)
    return ranked.with_columns(
        is_first=counts & (is_first_there | (is_part & first_of_part)),
        is_tie=pl.col("level") == pl.col("level").first().over(of_kind),
        feeds_statement_id=pl.when(counts).then(pl.col("statement_id").first().over(of_kind)),
    )


def _fullest(ranked: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """With ``best`` of the rank behind where that has more money, and the first lacks a kind.

    More than rounding tells: the sum of many figures is hardly ever that of others to the last
    place.
    """
    group = [*_GROUP, "level"]
    all_kinds = rules.group_by("fact", "kind_rank").agg(kinds=pl.len())
    money = (
        ranked.unique([*group, "kind"], keep="first", maintain_order=True)
        .group_by(*group, "best", "kind_rank", maintain_order=True)
        .agg(pl.col(_SUM).sum(), there=pl.len(), is_fit=pl.col("is_required").any())
        .with_columns(printed_rank=pl.col("kind_rank") % _BEHIND)
        .join(
            all_kinds, left_on=["fact", "printed_rank"], right_on=["fact", "kind_rank"],
            how="left", maintain_order="left",
        )
    )  # fmt: skip
    is_as_sound = pl.col("kind_rank") // _BEHIND == pl.col("best") // _BEHIND
    first = money.filter(
        (pl.col("kind_rank") == pl.col("best")) & (pl.col("there") < pl.col("kinds"))
    ).select(*group, first_yuan="amount_yuan", first_rounding="rounding_yuan")
    behind = money.filter((pl.col("kind_rank") > pl.col("best")) & is_as_sound & pl.col("is_fit"))
    fuller = (
        behind.join(first, on=group, how="inner", maintain_order="left")
        .filter(
            pl.col("amount_yuan") - pl.col("first_yuan")
            > pl.col("rounding_yuan") + pl.col("first_rounding")
        )
        .group_by(_GROUP, maintain_order=True)
        .agg(fuller=pl.col("kind_rank").min())
    )
    return ranked.join(fuller, on=_GROUP, how="left", maintain_order="left").with_columns(
        best=pl.coalesce("fuller", "best")
    )


def _parts(current: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Which units a department's statements of a year name as its own.

    ``fiscal_year, phase, reporting_body_id, spending_unit_id``, never the body itself. Of two that
    name one another the one that names more is the department.
    """
    body, unit = "reporting_body_id", "spending_unit_id"
    year = ["fiscal_year", "phase"]
    named = (
        units.select("statement_id", unit)
        .join(
            current.filter(pl.col("consolidation") == "department").select(
                "statement_id", *year, body
            ),
            on="statement_id",
            how="inner",
        )
        .select(*year, body, unit)
        .filter(pl.col(body) != pl.col(unit))
        .unique(maintain_order=True)
        .with_columns(size=pl.len().over(*year, body))
    )
    back = named.select(*year, pl.col(body).alias(unit), pl.col(unit).alias(body), back="size")
    both = named.join(back, on=[*year, body, unit], how="left", maintain_order="left")
    larger = (pl.col("size") > pl.col("back")) | (
        (pl.col("size") == pl.col("back")) & (pl.col(body) > pl.col(unit))
    )
    return both.filter(pl.col("back").is_null() | larger).select(*year, body, unit)


def _never_twice(first: pl.DataFrame, parts: pl.DataFrame | None) -> pl.DataFrame:
    """What feeds, without money that would be told twice: by unit and as a whole, or in a
    department and in its unit.
    """  # noqa: D205
    money = first.filter(pl.col("fact").is_in(money_facts()))
    whole, by_unit = (money.filter(is_whole=is_whole) for is_whole in (True, False))
    if whole.is_empty():
        return first
    whole = whole.join(_told_by_unit(whole, by_unit), on=_KEY, how="anti")
    year = ["fiscal_year", "phase"]
    stays = whole.select(*_YEAR, body="spending_unit_id")
    own = stays.select(*year, "body", spending_unit_id="body")
    if parts is not None:
        parts = parts.rename({"reporting_body_id": "body"}).select(own.columns)
        inside = parts.join(stays, on=[*year, "body"], how="inner").select(
            *_YEAR, "spending_unit_id"
        )
        whole = whole.join(inside, on=[*_YEAR, "spending_unit_id"], how="anti")
        own = pl.concat([own, parts]).unique()
    told = own.join(stays, on=[*year, "body"], how="inner").select(*_YEAR, "spending_unit_id")
    by_unit = by_unit.join(told, on=[*_YEAR, "spending_unit_id"], how="anti").join(
        stays.select(*_YEAR, reporting_body_id="body"), on=[*_YEAR, "reporting_body_id"], how="anti"
    )
    others = first.filter(~pl.col("fact").is_in(money_facts()))
    return pl.concat([whole, by_unit, others]).sort(_KEY)


def _told_by_unit(whole: pl.DataFrame, by_unit: pl.DataFrame) -> pl.DataFrame:
    """Wholes whose money is told unit by unit by the same body, or as a unit of another's book.

    Not by a kind that ranks behind, nor by a unit's own book where the whole is of a department.
    """
    found = []
    for body in ("reporting_body_id", "spending_unit_id"):
        units = by_unit.select(
            *_YEAR, spending_unit_id=body, unit_rank="kind_rank", unit_book="consolidation"
        )
        found.append(
            whole.join(units, on=[*_YEAR, "spending_unit_id"], how="inner")
            .filter(
                (pl.col("unit_rank") <= pl.col("kind_rank"))
                & ((pl.col("unit_book") != "unit") | (pl.col("consolidation") == "unit"))
            )
            .select(_KEY)
        )
    return pl.concat(found).unique()


def required_kinds(fact: str, config: Path | None) -> list[str]:
    """Kinds of table of which one must be there before any feeds this fact."""
    rules = code_list("feeding_rules", config).filter(fact=fact, is_required="true")
    return sorted(set(rules["kind"]))


def differing(below: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Of what ranks below what feeds, whose money differs in both by more than rounding does.

    Args:
        below: As ``feeding`` returns it.
        sums: Sums of facts: ``fact, statement_id, spending_unit_id, is_whole, amount_yuan,
            rounding_yuan``.

    Returns:
        ``fact, statement_id, spending_unit_id, is_whole, feeds_statement_id``, and the sums of
        both: ``amount_yuan, feeds_amount_yuan``.
    """
    theirs = sums.rename({"statement_id": "feeds_statement_id",
                          **{name: f"feeds_{name}" for name in _SUM}})  # fmt: skip
    on_theirs = ["fact", "feeds_statement_id", "spending_unit_id", "is_whole"]
    return (
        below.filter(pl.col("fact").is_in(money_facts()))
        .join(sums, on=_KEY, how="left", maintain_order="left")
        .join(theirs, on=on_theirs, how="left", maintain_order="left")
        .with_columns(pl.col(*_SUM, *(f"feeds_{name}" for name in _SUM)).fill_null(0))
        .filter(
            (pl.col("amount_yuan") - pl.col("feeds_amount_yuan")).abs()
            > pl.col("rounding_yuan") + pl.col("feeds_rounding_yuan")
        )
        .drop("rounding_yuan", "feeds_rounding_yuan")
    )
