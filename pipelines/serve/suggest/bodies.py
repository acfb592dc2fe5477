"""Suggestions about bodies: two names that are nearly the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.serve.suggest.base import Source, suggestions

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

#: Below this, two names of one region are as a rule two bodies.
_ALIKE = 0.85
#: Names compared at once: the matrix of a block of this many is 16 MiB.
_BLOCK = 2_000
_BODIES = """
SELECT b.body_id, b.name, b.region_id,
    (SELECT count(*) FROM statement s WHERE s.reporting_body_id = b.body_id) AS own,
    (SELECT count(*) FROM statement_unit u WHERE u.spending_unit_id = b.body_id) AS listed
FROM dim_body b ORDER BY b.name, b.body_id
"""
#: Bodies that one table prints side by side are two, however alike their names are.
_BESIDE = """
SELECT DISTINCT a.spending_unit_id AS left_id, b.spending_unit_id AS right_id
FROM statement_unit a JOIN statement_unit b USING (statement_id)
WHERE a.spending_unit_id <> b.spending_unit_id
"""
_NUMBERS = r"[0-9一二三四五六七八九十百]"


def _alike(connection: duckdb.DuckDBPyConnection, _: Settings) -> pl.DataFrame:
    """Pairs of names of one region that are nearly the same; the one more often printed is kept."""
    bodies = connection.execute(_BODIES).pl()
    pairs = pl.concat(
        [_pairs(block) for _, block in bodies.group_by("region_id", maintain_order=True)]
        or [_pairs(bodies)]
    ).join(connection.execute(_BESIDE).pl(), on=["left_id", "right_id"], how="anti")
    same_numbers = pl.col("left_name").str.extract_all(_NUMBERS) == pl.col(
        "right_name"
    ).str.extract_all(_NUMBERS)
    told = pairs.filter(same_numbers).with_columns(
        subject=pl.concat_str("left_id", "right_id", separator=" "),
        evidence=pl.format(
            "名称相似 names alike {}; 报表 statements {} / {}, 列为单位 listed {} / {}",
            pl.col("score").round(3), "left_own", "right_own", "left_listed", "right_listed",
        ),
    )  # fmt: skip
    return suggestions(told, {"spelling": "left_name", "name": "right_name"})


def _pairs(block: pl.DataFrame) -> pl.DataFrame:
    """Every two names of a block that are alike enough, once each."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    names = block["name"].to_list()
    found = []
    for start in range(0, len(names), _BLOCK):
        scores = cdist(
            names[start : start + _BLOCK], names, scorer=Indel.normalized_similarity,
            score_cutoff=_ALIKE, dtype=np.float32,
        )  # fmt: skip
        one, other = np.nonzero(scores)
        keep = one + start < other
        found.append((one[keep] + start, other[keep], scores[one[keep], other[keep]]))
    columns = [np.concatenate(part) if found else np.empty(0) for part in zip(*found, strict=True)]
    return _told(block, *columns)


def _told(
    block: pl.DataFrame, one: np.ndarray, other: np.ndarray, score: np.ndarray
) -> pl.DataFrame:
    """Pairs as rows: right is the name that stands over more statements, then lists, then first."""
    weight = block.select(pl.struct("own", "listed").rank("min")).to_series().to_numpy()
    swap = weight[one] > weight[other]
    left, right = np.where(swap, other, one), np.where(swap, one, other)
    sides = [
        block[rows].select(
            pl.col("body_id").alias(f"{side}_id"), pl.col("name").alias(f"{side}_name"),
            pl.col("own").alias(f"{side}_own"), pl.col("listed").alias(f"{side}_listed"),
        )
        for side, rows in (("left", left), ("right", right))
    ]  # fmt: skip
    return pl.concat(sides, how="horizontal").with_columns(score=pl.Series(score, dtype=pl.Float64))


#: Accepting one says that two spellings are one body.
SOURCES = (Source("body_name", "同一机构的另一种写法", "another spelling of one body", "body_names",
                  _alike),)  # fmt: skip
