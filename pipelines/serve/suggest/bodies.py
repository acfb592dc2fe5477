"""Suggestions about bodies: another spelling of a name, and what became of a body in a reform.

Two sources speak: names of one place that are nearly the same, and reforms that every place
carried out (``body_reforms.csv``), where a place has the body of before and the one of after. The
fiscal years of their books say whether one followed the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from pipelines.serve.suggest.base import Source, suggestions
from schemas.code_lists import code_list
from schemas.regions import region_paths

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

    from pipelines.settings import Settings

#: Below this, two names of one place are as a rule two bodies (measured: docs/adr/0021).
_ALIKE = 0.8
#: How alike two names count of which one has a second one in brackets behind it, or another one.
_SECOND_NAME = 0.9
#: Names compared at once: the scores of a block of this many are 16 MiB.
_BLOCK = 2_000
#: What 人民政府 adds to a name says nothing of whose it is: 某区人民政府某街道办事处.
_GOVERNMENT = "人民政府"
#: How sure a reform that every place carried out is of one place, by what the years say.
_FOLLOWED, _UNKNOWN, _BESIDE_EACH_OTHER = 0.95, 0.8, 0.4
#: That duties were handed over while both go on is a rule of the reform, and no more.
_HANDED_OVER = 0.5
_BODIES = """
SELECT b.body_id, b.name, b.region_id, b.successor_body_id,
    count(s.statement_id) AS own, min(s.fiscal_year) AS first_year, max(s.fiscal_year) AS last_year,
    (SELECT count(*) FROM statement_unit u WHERE u.spending_unit_id = b.body_id) AS listed
FROM dim_body b LEFT JOIN statement s ON s.reporting_body_id = b.body_id
GROUP BY ALL ORDER BY b.name, b.body_id
"""
#: Of pairs, those that one table prints side by side: two bodies, however alike their names are.
_SIDE_BY_SIDE = """
SELECT DISTINCT p.left_id, p.right_id
FROM pairs p
JOIN statement_unit a ON a.spending_unit_id = p.left_id
JOIN statement_unit b ON b.statement_id = a.statement_id AND b.spending_unit_id = p.right_id
"""
#: Of pairs, how many documents name both.
_TOGETHER = """
WITH named AS (
    SELECT document_id, reporting_body_id AS body_id FROM statement
    UNION
    SELECT document_id, spending_unit_id FROM statement_unit JOIN statement USING (statement_id)
)
SELECT p.left_id, p.right_id, count(*) AS together
FROM pairs p
JOIN named a ON a.body_id = p.left_id
JOIN named b ON b.document_id = a.document_id AND b.body_id = p.right_id
GROUP BY ALL
"""
#: Succession that is known already, in either direction.
_KNOWN = """
SELECT predecessor_body_id AS left_id, successor_body_id AS right_id FROM body_succession
UNION SELECT successor_body_id, predecessor_body_id FROM body_succession
"""
_NUMBERS = r"[0-9一二三四五六七八九十百东南西北]"
_SIDE = ("body_id", "name", "own", "listed", "first_year", "last_year")
_SCHEMA: dict[str, Any] = {
    f"{side}_{name}": pl.String if name in {"body_id", "name"} else pl.Int64
    for side in ("left", "right")
    for name in _SIDE
} | {"score": pl.Float64}


def _alike(connection: duckdb.DuckDBPyConnection, _: Settings) -> pl.DataFrame:
    """Names of one place that are nearly the same: the one that is printed less is the spelling.

    What one table prints side by side are two bodies; so are those whose numbers or directions
    differ (第一医院, 第二医院), and those that succeeded one another.
    """
    pairs = _pairs(connection)
    told = pairs.with_columns(
        subject=_subject(),
        evidence=pl.format(
            "名称相似 names alike {}; {}; 同一文件 documents that name both {}",
            pl.col("score").round(2), _years(), "together",
        ),
    )  # fmt: skip
    return suggestions(told, {"spelling": "left_name", "name": "right_name"})


def _renamed(connection: duckdb.DuckDBPyConnection, _: Settings) -> pl.DataFrame:
    """Names of one place that are nearly the same, where one's books end before the other's."""
    pairs = _pairs(connection)
    follows = pl.col("left_last_year") < pl.col("right_first_year")
    precedes = pl.col("right_last_year") < pl.col("left_first_year")
    ordered = pairs.filter(follows | precedes).with_columns(
        predecessor=pl.when(follows).then("left_name").otherwise("right_name"),
        successor=pl.when(follows).then("right_name").otherwise("left_name"),
    )
    told = ordered.with_columns(
        subject=_subject(),
        left_name="predecessor",
        right_name="successor",
        evidence=pl.format(
            "名称相似，年度前后相接 names alike, years follow {}; {}",
            pl.col("score").round(2), _years(),
        ),
    )  # fmt: skip
    row: dict[str, pl.Expr | str] = {
        "predecessor": "predecessor",
        "successor": "successor",
        "kind": pl.lit("renamed"),
        "effective_on": pl.lit(None, dtype=pl.String),
    }
    return suggestions(told, row)


def _reformed(connection: duckdb.DuckDBPyConnection, settings: Settings) -> pl.DataFrame:
    """Bodies of one place of which a reform of all places made the one of the other."""
    bodies = _bodies(connection)
    reforms = code_list("body_reforms", settings.config).with_columns(
        pl.col("first_year", "last_year").cast(pl.Int64)
    )
    before = bodies.select(
        "region_id", before="rest", left_id="body_id", left_name="name", left_own="own",
        left_listed="listed", left_first_year="first_year", left_last_year="last_year",
    )  # fmt: skip
    after = bodies.select(
        "region_id", after="rest", right_id="body_id", right_name="name", right_own="own",
        right_listed="listed", right_first_year="first_year", right_last_year="last_year",
    )  # fmt: skip
    found = (
        reforms.rename({"first_year": "reform_from", "last_year": "reform_to"})
        .join(before, on="before", how="inner")
        .join(after, on=["after", "region_id"], how="inner")
        .join(connection.execute(_KNOWN).pl(), on=["left_id", "right_id"], how="anti")
    )
    goes_on = pl.col("kind") == "transferred"
    in_time = (
        (pl.col("left_last_year") <= pl.col("reform_to"))
        & (pl.col("right_first_year") >= pl.col("reform_from"))
        & (pl.col("left_last_year") <= pl.col("right_first_year"))
    )
    score = (
        pl.when(goes_on).then(_HANDED_OVER)
        .when(in_time.is_null()).then(_UNKNOWN)
        .when(in_time).then(_FOLLOWED)
        .otherwise(_BESIDE_EACH_OTHER)
    )  # fmt: skip
    told = found.with_columns(
        subject=_subject(),
        evidence=pl.format(
            "{}（{}–{}）: {} → {}, {}; {}",
            "source", "reform_from", "reform_to", "before", "after", "kind", _years(),
        ),
    )  # fmt: skip
    row: dict[str, pl.Expr | str] = {
        "predecessor": "left_name",
        "successor": "right_name",
        "kind": "kind",
        "effective_on": pl.lit(None, dtype=pl.String),
    }
    return suggestions(told, row, score=score)


def _succession(connection: duckdb.DuckDBPyConnection, settings: Settings) -> pl.DataFrame:
    """What may have become of bodies: by a reform, else by names and years; each pair once."""
    found = pl.concat([_reformed(connection, settings), _renamed(connection, settings)])
    return found.unique(["left_name", "right_name"], keep="first", maintain_order=True)


def _subject() -> pl.Expr:
    """The pair, whichever of the two stands left today."""
    first = pl.min_horizontal("left_id", "right_id")
    return pl.concat_str(first, pl.max_horizontal("left_id", "right_id"), separator=" ")


def _years() -> pl.Expr:
    """Whose books are there, of which years."""
    sides = [
        pl.format(
            "报表 statements {} ({}–{}), 列为单位 listed {}",
            f"{side}_own",
            *(pl.col(f"{side}_{end}_year").cast(pl.String).fill_null("?")
              for end in ("first", "last")),
            f"{side}_listed",
        )
        for side in ("left", "right")
    ]  # fmt: skip
    return pl.concat_str(sides, separator=" / ")


def _bodies(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Bodies with ``rest``: the name behind its region, and behind 人民政府."""
    paths = region_paths().select("region_id", "path")
    return (
        connection.execute(_BODIES)
        .pl()
        .join(paths, on="region_id", how="left", maintain_order="left")
        .with_columns(
            rest=pl.col("name")
            .str.strip_prefix("中共")
            .str.strip_prefix(pl.col("path").fill_null(""))
            .str.strip_prefix(_GOVERNMENT)
        )
    )


def _pairs(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every two bodies of a place whose names are alike enough, once each."""
    bodies = _bodies(connection)
    blocks = [_block(block) for _, block in bodies.group_by("region_id", maintain_order=True)]
    told = [
        pl.col(f"{side}_name").str.extract_all(_NUMBERS).list.join("") for side in ("left", "right")
    ]
    spelled = pl.concat([pl.DataFrame(schema=_SCHEMA), *blocks]).filter(told[0] == told[1])
    pairs = pl.concat([_second_names(bodies), spelled]).rename(
        {"left_body_id": "left_id", "right_body_id": "right_id"}
    )
    on = ["left_id", "right_id"]
    alike = pairs.unique(on, keep="first", maintain_order=True).join(
        connection.execute(_KNOWN).pl(), on=on, how="anti"
    )
    connection.register("pairs", alike.select(on))
    apart, together = (connection.execute(sql).pl() for sql in (_SIDE_BY_SIDE, _TOGETHER))
    connection.unregister("pairs")
    return (
        alike.join(apart, on=on, how="anti")
        .join(together, on=on, how="left", maintain_order="left")
        .with_columns(pl.col("together").fill_null(0))
    )


def _second_names(bodies: pl.DataFrame) -> pl.DataFrame:
    """Bodies of a place whose names differ by a second one in brackets behind them alone."""
    first = bodies.with_row_index("at").select(
        "at", "region_id", "rest", first=pl.col("rest").str.replace(r"（[^（）]+）$", "")
    )
    found = first.join(first, on=["region_id", "first"], how="inner", nulls_equal=True).filter(
        (pl.col("at") < pl.col("at_right")) & (pl.col("rest") != pl.col("rest_right"))
    )
    score = np.full(found.height, _SECOND_NAME, dtype=np.float32)
    return _told(bodies, found["at"].to_numpy(), found["at_right"].to_numpy(), score)


def _block(block: pl.DataFrame) -> pl.DataFrame:
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    names = block["rest"].to_list()
    found = []
    for start in range(0, len(names), _BLOCK):
        scores = cdist(
            names[start : start + _BLOCK], names, scorer=Indel.normalized_similarity,
            score_cutoff=_ALIKE, dtype=np.float32,
        )  # fmt: skip
        one, other = np.nonzero(scores)
        keep = one + start < other
        found.append((one[keep] + start, other[keep], scores[one[keep], other[keep]]))
    one, other, score = (np.concatenate(part) for part in zip(*found, strict=True))
    return _told(block, one, other, score)


def _told(
    block: pl.DataFrame,
    one: npt.NDArray[Any],
    other: npt.NDArray[Any],
    score: npt.NDArray[np.float32],
) -> pl.DataFrame:
    """Pairs as rows: right is the name that stands over more statements, then lists, then first."""
    order = block.with_row_index("at").sort("own", "listed", "at", descending=[False, False, True])
    rank = np.empty(block.height, dtype=np.int64)
    rank[order["at"].to_numpy()] = np.arange(block.height)
    swap = rank[one] > rank[other]
    rows = {"left": np.where(swap, other, one), "right": np.where(swap, one, other)}
    sides = [
        block[at].select(pl.col(name).alias(f"{side}_{name}") for name in _SIDE)
        for side, at in rows.items()
    ]
    scored = pl.DataFrame({"score": score}, schema={"score": pl.Float64})
    return pl.concat([*sides, scored], how="horizontal").select(
        pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items()
    )


#: Accepting one says that two spellings are one body, or what became of a body.
SOURCES = (
    Source("body_name", "同一机构的另一种写法", "another spelling of one body", "body_names",
           _alike),
    Source("body_succession", "机构改革前后", "what became of a body", "body_succession",
           _succession),
)  # fmt: skip
