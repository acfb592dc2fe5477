"""Which body a printed name is: one name for all its spellings that rules prove to be one.

The rules, in their order; none of them guesses:

- white space, brackets, a unit's code before it and （本级） after it are no part of a name
  (``pipelines.conform.names``); 本级 without brackets is, for a book of 烟台 has forms of 某局 and
  forms of 某局本级, and their money is not the same;
- 中国共产党…委员会 is 中共…委, and a city's 委 without 中共 is that of the party: 广州市委宣传部;
- a name that begins with regions of GB/T 2260 has them in full and once: 黄埔区财政局,
  广东省广州市黄埔区财政局 and 广州市黄埔区财政局 are one. A region's name that several regions have
  (朝阳区) counts only after its city, or in a book of it; else the name stays as it is printed;
- a common name that a place has one body of (``common_bodies.csv``: 财政局) is that of the place in
  whose book it stands;
- 原 before a name, and （原…） after one, say what a body was called before;
- what a person accepted or wrote into ``body_names.csv`` holds for that spelling.

Names that are merely alike are not linked here: ``yusuan review`` suggests them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import body_name, canonical_name
from pipelines.values.keys import key_expr
from schemas.code_lists import code_list
from schemas.regions import region_names, region_paths

if TYPE_CHECKING:
    from pathlib import Path

#: How deep regions stand in one another: province, city, county.
_LEVELS = 3
_PARTY = "中共"
_FORMER = r"（原([^（）]+)）$"
#: What stands behind a region's name where its party committee is meant; 委托 and 委派 are words.
_COMMITTEE = r"^委(?:员会)?(?:$|[^托派任])"
_SHAPE = {
    "printed": pl.String,
    "place": pl.String,
    "name": pl.String,
    "region_id": pl.String,
    "method": pl.String,
    "former_name": pl.String,
}


def body_id(name: str) -> pl.Expr:
    """Key of a body by its name (a column of names by these rules); null for no name."""
    return pl.when(pl.col(name).is_not_null()).then(key_expr(pl.lit("body"), name))


def told_bodies(printed: pl.DataFrame, config: Path | None = None) -> pl.DataFrame:
    """What bodies printed names are.

    Args:
        printed: ``printed`` as it stands in a table, and ``place``, the code of the region whose
            book it stands in, if that is known.
        config: The operator's own code lists.

    Returns:
        Each distinct pair once, with ``name``, the ``region_id`` that the name begins with, the
        ``method`` of ``body_alias``, and ``former_name`` where the spelling says what the body was
        called before; names by these rules.
    """
    once = printed.select("printed", "place").filter(pl.col("printed").is_not_null()).unique(
        maintain_order=True
    )  # fmt: skip
    if once.is_empty():
        return pl.DataFrame(schema=_SHAPE)
    spelled = once.with_columns(text=body_name("printed"))
    parted = spelled.with_columns(
        former=pl.col("text").str.extract(_FORMER, 1),
        text=pl.col("text").str.replace(_FORMER, ""),
    )
    accepted = code_list("body_names", config).select(
        spelling=canonical_name("spelling"), accepted=canonical_name("name")
    )
    texts = pl.concat(
        [parted.select("text", "place"), parted.select(text="former", place="place")]
    ).filter(pl.col("text").is_not_null())
    texts = pl.concat([texts, accepted.select(text="accepted", place=_NULL)])
    ruled = _ruled(texts.unique(maintain_order=True), config)
    found = parted.join(ruled, on=["text", "place"], how="left", nulls_equal=True)
    found = _followed(found, accepted, ruled)
    former = ruled.select(former="text", place="place", former_name="name")
    return (
        found.join(former, on=["former", "place"], how="left", nulls_equal=True)
        .join(once, on=["printed", "place"], how="right", nulls_equal=True, maintain_order="right")
        .select(list(_SHAPE))
    )


_NULL = pl.lit(None, dtype=pl.String)


def _followed(found: pl.DataFrame, accepted: pl.DataFrame, ruled: pl.DataFrame) -> pl.DataFrame:
    """Names that a person said to be another's: as they are printed, or as rules tell them."""
    if accepted.is_empty():
        return found
    here = ruled.filter(pl.col("place").is_null()).select(
        accepted="text", said="name", said_region="region_id"
    )
    names = (
        accepted.join(here, on="accepted", how="left", maintain_order="left")
        .select("spelling", "said", "said_region")
        .unique("spelling", keep="first", maintain_order=True)
    )
    told = found.rename({"text": "spelling"}).join(names, on="spelling", how="left")
    told = _instead(told)
    for _ in range(names.height):  # what a spelling was said to be may be said to be another's
        further = told.join(names, left_on="name", right_on="spelling", how="left")
        if further["said"].is_null().all():
            break
        told = _instead(further)
    return told.rename({"spelling": "text"})


def _instead(found: pl.DataFrame) -> pl.DataFrame:
    """What was said in place of the name, where something was."""
    region = pl.when(pl.col("said").is_null()).then("region_id").otherwise("said_region")
    method = pl.when(pl.col("said").is_null()).then("method").otherwise(pl.lit("accepted"))
    return found.with_columns(
        name=pl.coalesce("said", "name"), region_id=region, method=method
    ).drop("said", "said_region")


def _ruled(texts: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """``text, place`` with ``name`` and ``region_id``: what the rules make of a name."""
    party = rf"^(?:{_PARTY}|中国共产党)"
    words = texts.with_columns(
        is_party=pl.col("text").str.contains(party),
        bare=pl.col("text").str.replace(party, ""),
    )
    plain = _regions(words.select(text="bare", place="place"), config)
    former = words.with_columns(bare=pl.col("bare").str.replace("^原", ""))
    later = _regions(former.select(text="bare", place="place"), config)
    found = (
        words.join(plain, left_on=["bare", "place"], right_on=["text", "place"], how="left",
                   nulls_equal=True)
        .with_columns(old=pl.col("bare").str.replace("^原", ""))
        .join(later.select(old="text", place="place", old_region="region_id", old_rest="rest",
                           old_path="path"),
              on=["old", "place"], how="left", nulls_equal=True)
    )  # fmt: skip
    was = pl.col("region_id").is_null()  # 原州区 is a district, 原广州市… a former body
    rest = pl.when(was).then("old_rest").otherwise("rest")
    path = pl.when(was).then("old_path").otherwise("path")
    is_committee = rest.str.contains(_COMMITTEE) & (
        pl.col("is_party") | ~rest.str.starts_with("委员会")
    )
    named = pl.concat_str(
        pl.when(pl.col("is_party") | is_committee).then(pl.lit(_PARTY)).otherwise(pl.lit("")),
        path,
        pl.when(is_committee).then(rest.str.replace("^委员会", "委")).otherwise(rest),
    )
    region = pl.coalesce("region_id", "old_region")
    commons = code_list("common_bodies", config).filter(pl.col("means") == "place")["name"]
    places = region_paths(config).select(place="region_id", place_path="path")
    is_common = (
        region.is_null()
        & pl.col("text").is_in(commons.implode())
        & pl.col("place_path").is_not_null()
    )
    is_told = region.is_not_null() & (rest != "")
    name = (
        pl.when(is_told).then(named)
        .when(is_common).then(pl.concat_str("place_path", "text"))
        .otherwise("text")
    )  # fmt: skip
    method = (
        pl.when(is_common).then(pl.lit("common_name"))
        .when(name == pl.col("text")).then(pl.lit("printed"))
        .when(was).then(pl.lit("former"))
        .when(is_committee | pl.col("is_party")).then(pl.lit("party_rule"))
        .otherwise(pl.lit("region_rule"))
    )  # fmt: skip
    return found.join(places, on="place", how="left").select(
        "text",
        "place",
        name=name,
        region_id=pl.when(is_common).then("place").otherwise(region),
        method=method,
    )


def _regions(texts: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """``text, place`` with the region it begins with, its ``path``, and the ``rest`` behind it."""
    once = texts.unique(maintain_order=True)
    paths = region_paths(config).select("region_id", "is_today", "above", "near", "path")
    begun = once.with_columns(at=pl.lit(0, dtype=pl.UInt32), region_id=_NULL, needs_place=False)
    reached = []
    for _ in range(_LEVELS):
        begun = _next(begun, config)
        reached.append(begun)
    found = pl.concat(reached).join(paths, on="region_id", how="inner")
    of_place = paths.select(place="region_id", around="near")
    inside = pl.col("above").list.contains(pl.col("place")).fill_null(value=False)
    beside = pl.col("near").list.set_intersection("around").list.len().fill_null(0) > 0
    told = (
        found.join(of_place, on="place", how="left")
        .filter(~pl.col("needs_place") | inside | beside)
        .filter(pl.col("at") == pl.col("at").max().over("text", "place"))
        .filter(pl.col("is_today") == pl.col("is_today").max().over("text", "place", "path"))
        .filter(pl.col("region_id").n_unique().over("text", "place") == 1)
        .unique(["text", "place"], keep="first")
    )
    return once.join(told, on=["text", "place"], how="left", nulls_equal=True).select(
        "text", "place", "region_id", "path", rest=pl.col("text").str.slice(pl.col("at"))
    )


def _next(begun: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """One region further into each text: of those below the region it has, if it has one."""
    words = region_names(config)
    lengths = words.select(length=pl.col("word").str.len_chars()).unique().sort("length")
    left = pl.col("text").str.len_chars() - pl.col("at")
    ahead = begun.join(lengths, how="cross").filter(left >= pl.col("length"))
    headed = ahead.with_columns(word=pl.col("text").str.slice(pl.col("at"), pl.col("length")))
    named = headed.drop("needs_place").join(
        words.rename({"region_id": "next_id"}), on="word", how="inner"
    )
    above = region_paths(config).select(next_id="region_id", next_above="above")
    below = pl.col("next_above").list.contains(pl.col("region_id"))
    return (
        named.join(above, on="next_id", how="inner")
        .filter(pl.col("region_id").is_null() | (below & (pl.col("next_id") != "region_id")))
        .select(
            "text",
            "place",
            at=(pl.col("at") + pl.col("length")).cast(pl.UInt32),
            region_id="next_id",
            needs_place=pl.col("needs_place") & pl.col("region_id").is_null(),
        )
        .unique()
    )
