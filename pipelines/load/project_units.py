"""Which units are one over reforms, for projects over years: who goes on from whose list.

Pure. A unit that was renamed one to one is one unit, and all that holds within a unit holds for it:
a *group* is a unit under all its names. A unit that went over into another together with others, or
into one that was there, is not: its last list is held against the first of its successor by what
projects promise, never by name alone (``one_unit`` in ``project_identity_rules``).

Lists must agree with what is said of the reform (ADR 25): where they do not, every name stays a
unit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.load.lineage import latest_of, steps
from pipelines.values.keys import key_expr

#: What a list of projects is known by here.
LIST = {"unit": pl.String, "fiscal_year": pl.Int32, "phase": pl.String}


@dataclass(frozen=True)
class Units:
    """Units over reforms.

    Attributes:
        groups: ``unit, unit_group``: units that were renamed, their names of today among them;
            all others are groups of their own.
        mergers: ``unit_group, into, fiscal_year, is_sure``: the last list of the one is held
            against the list of this year of the other; what is not sure is only suggested.
        families: ``unit, family``: units that went over whole, and the body of today.
    """

    groups: pl.DataFrame
    mergers: pl.DataFrame
    families: pl.DataFrame


def units_over_reforms(succession: pl.DataFrame, lists: pl.DataFrame) -> Units:
    """Units that are one, and mergers that their lists agree with.

    Args:
        succession: Rows of ``body_succession``.
        lists: ``LIST``: who has a list of which year and phase.
    """
    taken = steps(succession)
    families = latest_of(taken).select(unit="body_id", family="latest_body_id")
    groups = _groups(taken.filter(pl.col("kind") == "renamed"), lists)
    return Units(groups, _mergers(taken, groups, lists), families)


def _groups(renamed: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    """``unit, unit_group`` of renamings in which lists follow one another, in every phase.

    Two names that have lists of one year and phase, or a former name that has the later one, may
    be two units; so may those whose lists lie on the wrong side of the day of the reform.
    """
    renamed = renamed.join(_on_wrong_side(renamed, lists), on="predecessor_body_id", how="anti")
    found = latest_of(renamed).select(
        "steps", unit="body_id", unit_group="latest_body_id"
    )  # fmt: skip
    at = ["unit_group", "phase"]
    spans = (
        found.join(lists, on="unit", how="inner")
        .group_by(*at, "steps")
        .agg(first=pl.col("fiscal_year").min(), last=pl.col("fiscal_year").max())
        .sort(*at, "steps", descending=[False, False, True])
    )
    doubtful = spans.filter(pl.col("first") <= pl.col("last").cum_max().shift(1).over(at))
    return found.join(doubtful, on="unit_group", how="anti", maintain_order="left").drop("steps")


def _on_wrong_side(renamed: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    """Steps whose predecessor has a list of a year after the reform's, or the successor one before.

    The accounts of the year before are printed under the new name.
    """
    years = lists.group_by("unit").agg(
        first=pl.col("fiscal_year").min(), last=pl.col("fiscal_year").max()
    )
    year = pl.col("effective_on").dt.year()
    return (
        renamed.join(years.select(predecessor_body_id="unit", last="last"),
                     on="predecessor_body_id", how="left")
        .join(years.select(successor_body_id="unit", first="first"),
              on="successor_body_id", how="left")
        .filter((pl.col("last") > year) | (pl.col("first") < year - 1))
    )  # fmt: skip


def _mergers(taken: pl.DataFrame, groups: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    """``unit_group, into, fiscal_year, is_sure``: whose list of that year follows the last of whom.

    That it was this year must be known: by the day of the reform, or since a new body begins then.
    It is sure if all lists of the year before are there: what one promises may be another's too.
    """
    step = (
        taken.join(groups.rename({"unit": "predecessor_body_id"}), how="left",
                   on="predecessor_body_id")
        .join(groups.rename({"unit": "successor_body_id", "unit_group": "into"}), how="left",
              on="successor_body_id")
        .with_columns(
            unit_group=pl.coalesce("unit_group", "predecessor_body_id"),
            into=pl.coalesce("into", "successor_body_id"),
        )
        .filter(pl.col("unit_group") != pl.col("into"))
    )  # fmt: skip
    there = (
        lists.join(groups, on="unit", how="left")
        .select("fiscal_year", unit_group=pl.coalesce("unit_group", "unit"))
        .unique()
    )
    years = there.group_by("unit_group").agg(
        first=pl.col("fiscal_year").min(), last=pl.col("fiscal_year").max()
    )
    of_into = there.rename({"unit_group": "into"})
    year = pl.col("effective_on").dt.year()
    is_new = pl.col("kind") == "merged"
    in_time = year.is_between(pl.col("last"), pl.col("last") + 1).fill_null(
        is_new & (pl.col("first") >= pl.col("last"))
    )
    every = step.join(years.select("unit_group", "last"), on="unit_group", how="left").join(
        years.select("first", into="unit_group"), on="into", how="inner"
    )
    at_once = (pl.col("last") == pl.col("last").max()).fill_null(value=False)
    is_whole = is_new & at_once.all().over("into", "kind")
    found = (
        every.with_columns(fiscal_year=pl.col("last") + 1, is_whole=is_whole)
        .filter(in_time & (pl.col("kind") != "renamed"))  # a doubtful renaming is no merger
        .join(of_into, on=["into", "fiscal_year"], how="semi")
    )
    own = of_into.with_columns(pl.col("fiscal_year") + 1, is_there=pl.lit(value=True))
    return (
        found.join(own, on=["into", "fiscal_year"], how="left")
        .with_columns(is_sure=pl.when(is_new).then("is_whole").otherwise(
            pl.col("is_there").fill_null(value=False)
        ))
        .select("unit_group", "into", "fiscal_year", "is_sure")
        .unique("unit_group", keep="none")
        .sort("unit_group")
    )  # fmt: skip


def lists_of(known: pl.DataFrame) -> pl.DataFrame:
    """Who has a list of which year and phase; of lines without a unit the body has it."""
    return known.select(
        "fiscal_year", "phase", unit=pl.coalesce("spending_unit_id", "reporting_body_id")
    ).unique()  # fmt: skip


def over_reforms(known: pl.DataFrame, units: Units) -> pl.DataFrame:
    """Lines of projects with ``one_id``, which tells a project within a unit under all its names.

    ``unit_group`` is that unit. Whatever several lines of a statement have their name from keeps
    the key that it has.
    """
    lines = (
        known.drop_nulls("project_id")
        .with_columns(unit=pl.coalesce("spending_unit_id", "reporting_body_id"))
        .join(units.groups, on="unit", how="left", maintain_order="left")
        .with_columns(unit_group=pl.coalesce("unit_group", "unit"))
    )
    of_unit = lines.filter(
        (pl.col("unit_group") != pl.col("unit")) & pl.col("spending_unit_id").is_not_null()
    )
    key = pl.lit("project")
    ways = [
        of_unit.select(
            "project_id",
            plain=key_expr(key, "unit", "canonical", owner),
            one_id=key_expr(key, "unit_group", "canonical", owner),
        ).filter(pl.col("project_id") == pl.col("plain"))
        for owner in (pl.lit(""), pl.col("project_code"))
    ]
    one = pl.concat(ways).drop("plain").unique("project_id", keep="first", maintain_order=True)
    return lines.join(one, on="project_id", how="left", maintain_order="left").with_columns(
        one_id=pl.coalesce("one_id", "project_id")
    )


def of_reformed_units(printed: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """``project_line_id, family``: lines of units that are another one today."""
    unit = pl.coalesce("spending_unit_id", "reporting_body_id")
    return (
        printed.select("project_line_id", unit=unit)
        .join(families.filter(pl.col("unit") != pl.col("family")), on="unit", how="inner",
              maintain_order="left")
        .select("project_line_id", "family")
    )  # fmt: skip
