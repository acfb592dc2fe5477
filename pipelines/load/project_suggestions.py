"""What might be one project, or parts of one, and is for a person to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.project_names import name_parts

if TYPE_CHECKING:
    from pathlib import Path

#: Below this score, and with names less alike, a pair is not worth a person's time; so many of one
#: project at most.
_WORTH, _ALIKE, _EACH = 0.55, 0.8, 2
#: Parts may make up the whole less or more this share: budgets grow.
_NEAR_WHOLE = 0.1
#: Shorter names stand in too many others.
_LONG_ENOUGH = 3
_SEVERAL = 2
SUGGESTED = ("before", "after", "kind", "score", "evidence")


def alike(left: pl.DataFrame, doubtful: pl.DataFrame, parted: pl.DataFrame) -> pl.DataFrame:
    """``SUGGESTED``: pairs that may be one project, and that no rule links.

    Args:
        left: Judged pairs of which neither side is linked.
        doubtful: Judged pairs of one code whose names and content say otherwise.
        parted: What ``parts`` found: who became a part of one is no other's new name.
    """
    near = (pl.col("score") >= _WORTH) | (pl.col("name_alike") >= _ALIKE)
    worth = left.filter(near & ~pl.col("is_code")).filter(
        pl.col("rank_score").rank("ordinal", descending=True).over("before") <= _EACH
    )
    pairs = (
        pl.concat([worth, left.filter("is_code"), doubtful.select(left.columns)])
        .unique(["before", "after"], keep="first", maintain_order=True)
        .join(parted, on=["before", "after"], how="anti", maintain_order="left")
    )
    numbers = (
        pl.col(c).round(2).cast(pl.String).fill_null("·")
        for c in ("name_alike", "goal_alike", "indicators_alike")
    )
    signs = (pl.when(c).then(pl.lit("=")).otherwise(pl.lit("·")) for c in ("is_code", "is_amount"))
    form = "名称 name {}, 目标 goal {}, 指标 indicators {}, 代码 code {}, 金额 amount {}"
    return pairs.select(
        "before", "after", kind=pl.lit("renamed"), score=pl.col("score").round(3),
        evidence=pl.format(form, *numbers, *signs),
    )  # fmt: skip


def parts(
    nodes: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """``SUGGESTED``: parts of what may have been split or merged, under longer names.

    Args:
        nodes: All nodes.
        before: Nodes that the next list lacks.
        after: Nodes that the list before lacks.
        config: The operator's own code lists.
    """
    return pl.concat(
        [
            _parts_by_year(nodes, after, config, is_split=True),
            _parts_by_year(nodes, before, config, is_split=False),
        ]
    )


def _parts_by_year(
    nodes: pl.DataFrame, new: pl.DataFrame, config: Path | None, *, is_split: bool
) -> pl.DataFrame:
    """Year by year: beginnings and endings of all names at once would fill a gigabyte."""
    found = [
        _parts(nodes, new.filter(pl.col("fiscal_year") == year), config, is_split=is_split)
        for year in new["fiscal_year"].unique().sort()
    ]
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *found]).sort("before", "after")


def _parts(
    nodes: pl.DataFrame, new: pl.DataFrame, config: Path | None, *, is_split: bool
) -> pl.DataFrame:
    """Wholes of one year and their parts in the other: names with the whole's in them, sums near.

    One that goes on under the whole's own name is a part too.
    """
    step = 1 if is_split else -1
    blocks = new.select("block", of_whole=pl.col("fiscal_year") - step).unique()
    wholes = name_parts(
        nodes.join(blocks, left_on=["block", "fiscal_year"], right_on=["block", "of_whole"],
                   how="semi", maintain_order="left"), config,
    ).filter((pl.col("total") > 0) & (pl.col("core").str.len_chars() >= _LONG_ENOUGH))  # fmt: skip
    whole = wholes.select(
        "block", "core", whole="node", whole_id="project_id", whole_total="total",
        fiscal_year=pl.col("fiscal_year") + step,
    )  # fmt: skip
    mine = name_parts(new, config).filter(pl.col("total") > 0)
    # a part's name begins with, or ends with, the whole's: joined on each beginning and ending
    size = pl.int_ranges(_LONG_ENOUGH, pl.col("core").str.len_chars())
    cut = mine.select("block", "fiscal_year", "node", "total", long="core", size=size).explode(
        "size"
    ).drop_nulls("size")  # fmt: skip
    ends = pl.concat(
        [
            cut.with_columns(core=pl.col("long").str.head(pl.col("size"))),
            cut.with_columns(core=pl.col("long").str.tail(pl.col("size"))),
        ]
    )
    found = ends.join(whole, on=["block", "fiscal_year", "core"], how="inner").unique(
        ["whole", "node"], keep="first", maintain_order=True
    )
    goes_on = nodes.join(
        found.select("fiscal_year", "whole", "whole_total", project_id="whole_id").unique(),
        on=["project_id", "fiscal_year"], how="inner",
    )  # fmt: skip
    columns = ("whole", "node", "total", "whole_total")
    every = pl.concat([found.select(columns), goes_on.select(columns)])
    total = pl.col("total").sum().over("whole")
    near = ((total - pl.col("whole_total")).abs() / pl.col("whole_total")).cast(pl.Float64)
    kept = every.with_columns(total_of_parts=total, near=near).filter(
        (pl.len().over("whole") >= _SEVERAL) & (pl.col("near") <= _NEAR_WHOLE)
    )
    sides = {"before": "whole", "after": "node"} if is_split else {"before": "node",
                                                                  "after": "whole"}  # fmt: skip
    return kept.select(
        **{side: pl.col(c) for side, c in sides.items()},
        kind=pl.lit("split" if is_split else "merged"),
        score=(1 - pl.col("near")).round(3),
        evidence=pl.format(
            "{} 项合计 parts sum to {} 元, 整体 whole {} 元", pl.len().over("whole"),
            "total_of_parts", "whole_total",
        ),
    )  # fmt: skip


def merged_names(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """``SUGGESTED``: projects of one name in several units that one unit took over.

    Args:
        before: Nodes of the units that were taken over, with ``unit_group`` and ``core``.
        after: Nodes of who took them over, which no other continues.
    """
    at = ["block", "until", "core"]
    several = before.filter(pl.col("unit_group").n_unique().over(at) >= _SEVERAL)
    whole = after.select(*at, after="node", whole_total="total")
    found = several.rename({"node": "before"}).join(whole, on=at, how="inner").with_columns(
        total_of_parts=pl.col("total").sum().over("after")
    )  # fmt: skip
    parts_sum, whole_sum = (pl.col(c).cast(pl.Float64) for c in ("total_of_parts", "whole_total"))
    near = (parts_sum / whole_sum - 1).abs()
    return found.select(
        "before", "after", kind=pl.lit("merged"),
        score=(1 - near).clip(_WORTH, 1).fill_null(_WORTH).fill_nan(_WORTH).round(3),
        evidence=pl.format(
            "{} 个单位的同名项目 of that name in as many units, 合计 sum {} 元, 整体 whole {} 元",
            pl.len().over("after"), "total_of_parts",
            pl.col("whole_total").cast(pl.String).fill_null("·"),
        ),
    ).sort("before", "after")  # fmt: skip


_SCHEMA = {"before": pl.UInt32, "after": pl.UInt32, "kind": pl.String, "score": pl.Float64,
           "evidence": pl.String}  # fmt: skip
