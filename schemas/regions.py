"""Regions of GB/T 2260 as a tree: what stands above what, and how a region's full name reads.

The list holds all provinces, cities and counties of today and those that were abolished since 2015,
with the year they ended in: books of former years name them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

#: Provinces that are cities.
_MUNICIPALITIES = ("110000", "120000", "310000", "500000")
#: Words that are names of districts in some city and mean no place without it.
_LENGTH_OF_A_WORD = 2


@cache
def region_paths(config: Path | None = None) -> pl.DataFrame:
    """Regions, what they are in, and their full names, in the order of the list.

    ``region_id, name, level, is_today, above, near, path``: ``is_today`` unless it was abolished.

    ``above`` lists the region itself, then its city, then its province; ``near`` the same without
    a province that is no city. ``path`` is how names of bodies begin with it: a district with
    its city (广州市黄埔区, 上海市普陀区), all others by themselves (广东省, 广州市, 昆山市, 萧县).
    """
    listed = code_list("regions", config)
    parent = listed.select(
        parent_region_id="region_id",
        parent_name="name",
        parent_level="level",
        grandparent_id="parent_region_id",
    )
    found = listed.join(parent, on="parent_region_id", how="left", maintain_order="left")
    is_district = (pl.col("level") == "county") & pl.col("name").str.ends_with("区")
    is_in_city = is_district & (
        (pl.col("parent_level") == "city") | pl.col("parent_region_id").is_in(_MUNICIPALITIES)
    )
    prefix = pl.when(is_in_city).then("parent_name").otherwise(pl.lit(""))
    above = pl.concat_list("region_id", "parent_region_id", "grandparent_id").list.drop_nulls()
    provinces = listed.filter(
        (pl.col("level") == "province") & ~pl.col("region_id").is_in(_MUNICIPALITIES)
    )["region_id"]
    return found.select(
        "region_id",
        "name",
        "level",
        is_today=pl.col("last_year").is_null(),
        above=above,
        near=above.list.set_difference(pl.lit(provinces.implode()).first()),
        path=pl.concat_str(prefix, "name"),
    )


@cache
def region_names(config: Path | None = None) -> pl.DataFrame:
    """``word, region_id, needs_place``: what a region is or was called, and whose name it is.

    A region whose code alone changed is the one it goes on as. ``needs_place``: the name is that
    of several regions, or an everyday word such as 城区, and tells one only after the name of a
    city, or in a book of that city.
    """
    listed = code_list("regions", config)
    names = listed.select("region_id", "name")
    goes_on = (
        listed.select("region_id", "name", successor="successor_region_id")
        .join(names.rename({"region_id": "successor"}), on=["successor", "name"], how="inner")
        .select("region_id", "successor")
    )
    former = code_list("region_names", config).select("region_id", "name")
    told = (
        pl.concat([names, former])
        .join(goes_on, on="region_id", how="left", maintain_order="left")
        .select(word="name", region_id=pl.coalesce("successor", "region_id"))
        .unique(maintain_order=True)
    )
    is_word = (pl.col("word").str.len_chars() <= _LENGTH_OF_A_WORD) & pl.col("word").str.ends_with(
        "区"
    )
    paths = region_paths(config).select("region_id", "path")
    is_shared = pl.col("path").n_unique().over("word") > 1
    return (
        told.join(paths, on="region_id", how="left", maintain_order="left")
        .with_columns(needs_place=is_shared | is_word)
        .drop("path")
    )
