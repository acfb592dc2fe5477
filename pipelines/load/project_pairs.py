"""Projects of a unit in two consecutive years that may be one, and which of them surely are.

Pure, in columns, by blocks: only nodes of one unit (or with one printed code) are ever compared,
and of these only such as share something rare. What links two without a person is a rule, never a
score alone (ADR 22): the score only says which of several that a rule allows is meant, and where
two are near one another none is linked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.load.project_content import BETWEEN
from schemas.code_lists import code_list

if TYPE_CHECKING:
    from pathlib import Path

#: A thing that more nodes of a unit and year share than this is no way to find one.
_RARE = 20
#: Nearer than this, the second best could be meant as well.
_MARGIN = 0.08
#: Shorter goals are too general to tell a project by.
_TELLING = 8
#: Weights of names, goals and indicators; what is not printed on both sides has none.
_WEIGHTS = {"name_alike": 0.45, "goal_alike": 0.3, "indicators_alike": 0.25}
#: Less alike than this, what two promise contradicts that they are one.
_CONTRADICTS = 0.35
#: Pairs that are judged at once: their texts are objects of Python meanwhile.
_AT_ONCE = 100_000
_CODE_BONUS, _AMOUNT_BONUS, _NUMBERS_PENALTY = 0.3, 0.1, 0.3
#: Columns of both sides that a pair is judged by.
_SIDE = ("node", "block", "canonical", "core", "numbers", "rolls", "project_code", "total",
         "goal", "indicators", "is_goal_own", "are_indicators_own", "known_from",
         "fiscal_year", "unit_group")  # fmt: skip
#: Of these, what nobody needs once a pair is judged: of millions of pairs it is gigabytes.
_READ = ("numbers", "rolls", "total", "goal", "indicators", "is_goal_own", "are_indicators_own",
         "known_from")  # fmt: skip


def candidates(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Pairs (``before``, ``after``: nodes) that share something rare in their unit and year.

    Args:
        before: Nodes whose unit has a list for the next year, which lacks them; with ``core``,
            ``goal``, ``indicators``, ``project_code`` and ``until`` (the next year).
        after: The same of the later year, with ``until`` (their own year).
    """
    sides = {"before": before, "after": after}
    none = pl.DataFrame(schema={side: frame.schema["node"] for side, frame in sides.items()})
    found = [none]
    for year in before["until"].unique().sort():  # keys of all years at once would fill gigabytes
        left, right = (
            _keys(frame.filter(pl.col("until") == year)).rename({"node": side})
            for side, frame in sides.items()
        )
        pairs = left.join(right, on=["block", "key"], how="inner").select("before", "after")
        found.append(pairs.unique(maintain_order=True))
    return pl.concat(found)


def _keys(nodes: pl.DataFrame) -> pl.DataFrame:
    """What a node may be found by: its code, its goal, each of its indicators, pairs of characters.

    Whatever many nodes of that unit and year have is left out.
    """
    at = ["node", "block", "until"]
    letters = (
        nodes.select(*at, key=pl.col("core").str.extract_all("."))
        .explode("key")
        .with_columns(key=pl.col("key") + pl.col("key").shift(-1).over("node"))
    )
    indicators = nodes.select(*at, key=pl.col("indicators").str.split(BETWEEN)).explode("key")
    goals = nodes.select(*at, key=pl.col("goal"))
    codes = nodes.select(*at, key=pl.col("project_code"))
    sorts = {"l": letters, "i": indicators, "g": goals, "c": codes}
    keys = pl.concat(
        [f.drop_nulls("key").with_columns(key=pl.lit(s) + pl.col("key")) for s, f in sorts.items()]
    ).unique(maintain_order=True)
    return keys.filter(pl.len().over("block", "until", "key") <= _RARE)


def judged(pairs: pl.DataFrame, nodes: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    """Pairs with what speaks for them, ``score``, and the ``method`` of the rule that allows one.

    ``since``: when both were known. What both promise in words is read and let go.

    Args:
        pairs: ``before, after``.
        nodes: Of both sides, with the columns of ``_SIDE``.
        config: The operator's own code lists.
    """
    sides = nodes.select(_SIDE)
    slices = [pairs] if pairs.is_empty() else pairs.iter_slices(_AT_ONCE)
    return pl.concat([_judged(some, sides, config) for some in slices])


def _judged(pairs: pl.DataFrame, sides: pl.DataFrame, config: Path | None) -> pl.DataFrame:
    earlier = sides.rename({c: f"{c}_before" for c in _SIDE if c != "node"} | {"node": "before"})
    later = sides.rename({"node": "after"})
    both = pairs.join(earlier, on="before", how="inner", maintain_order="left").join(
        later, on="after", how="inner", maintain_order="left"
    )
    alike = both.with_columns(
        name_alike=_ratio(both, "core"),
        goal_alike=_ratio(both, "goal"),
        indicators_alike=_shared(),
        is_code=(pl.col("project_code") == pl.col("project_code_before")).fill_null(value=False),
        is_amount=(
            (pl.col("total") == pl.col("total_before")) & (pl.col("total") != 0)
        ).fill_null(value=False),
        are_numbers=pl.col("numbers") == pl.col("numbers_before"),
        since=pl.max_horizontal("known_from_before", "known_from"),
    )  # fmt: skip
    weights = {c: pl.when(pl.col(c).is_not_null()).then(w) for c, w in _WEIGHTS.items()}
    mean = pl.sum_horizontal(pl.col(c) * w for c, w in _WEIGHTS.items()) / pl.sum_horizontal(
        *weights.values()
    )
    score = (
        mean + _CODE_BONUS * pl.col("is_code") + _AMOUNT_BONUS * pl.col("is_amount")
        - _NUMBERS_PENALTY * ~pl.col("are_numbers")
    )  # fmt: skip
    return alike.with_columns(
        score=score.clip(0, 1).round(6), rank_score=score.round(6), method=_method(config)
    ).drop(*_READ, *(f"{name}_before" for name in _READ))


def _ratio(both: pl.DataFrame, column: str) -> pl.Series:
    """How alike two columns of texts are, row by row; null where one is not printed."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import cpdist

    left, right = both[f"{column}_before"], both[column]
    if both.is_empty():
        return pl.Series(column, dtype=pl.Float64)
    found = cpdist(left.fill_null("").to_list(), right.fill_null("").to_list(), scorer=ratio,
                   dtype=np.float64)  # fmt: skip
    both_there = left.is_not_null() & right.is_not_null()
    nothing = pl.Series([None], dtype=pl.Float64)
    return (pl.Series(column, found) / 100).zip_with(both_there, nothing)


def _shared() -> pl.Expr:
    """The share of indicators that both have, of those that either has."""
    left, right = (pl.col(c).str.split(BETWEEN) for c in ("indicators_before", "indicators"))
    common = left.list.set_intersection(right).list.len()
    return common / left.list.set_union(right).list.len()


def _method(config: Path | None) -> pl.Expr:
    """The method of the first rule that allows to link a pair without a person; null: none does.

    A rule of ``project_identity_rules`` is met if all that it requires is so, and what is alike
    is so at least as much as it says; what is not printed is not alike.
    """
    name, goal, indicators = (pl.col(c) for c in _WEIGHTS)
    silent = goal.is_null() & indicators.is_null()
    unlike = (goal.fill_null(0.0) < _CONTRADICTS) & (indicators.fill_null(0.0) < _CONTRADICTS)
    rolls = pl.col("rolls") & pl.col("rolls_before")
    requirements = {
        "code": pl.col("is_code"),
        "numbers": pl.col("are_numbers"),
        "one_unit": pl.col("unit_group") == pl.col("unit_group_before"),
        "core": pl.col("core") == pl.col("core_before"),
        "rolls": rolls,
        "plain": ~rolls,
        "amount": pl.col("is_amount"),
        "own_goal": pl.col("is_goal_own") & pl.col("is_goal_own_before")
        & (pl.col("goal").str.len_chars() >= _TELLING),
        "own_indicators": pl.col("are_indicators_own") & pl.col("are_indicators_own_before"),
        "no_goal": goal.is_null(),
        "no_indicators": indicators.is_null(),
        "silent": silent,
        "uncontradicted": silent | ~unlike,
    }  # fmt: skip
    chosen = pl.lit(None, dtype=pl.String)
    rules = code_list("project_identity_rules", config).sort(
        pl.col("rule_order").cast(pl.Int32), descending=True, maintain_order=True
    )
    for rule in rules.iter_rows(named=True):
        met = pl.all_horizontal(
            *(requirements[r].fill_null(value=False) for r in rule["requires"].split()),
            *(
                value.fill_null(0.0) >= float(rule[least])
                for value, least in ((name, "name_from"), (goal, "goal_from"),
                                     (indicators, "indicators_from"))
                if rule[least] is not None
            ),
        )  # fmt: skip
        chosen = pl.when(met).then(pl.lit(rule["method"])).otherwise(chosen)
    return chosen


def decided(pairs: pl.DataFrame) -> pl.DataFrame:
    """Of judged pairs those that a rule allows and that are, on both sides, clearly the best."""
    best = pl.col("rank_score").max()
    second = pl.col("rank_score").top_k(2).min()
    alone = pl.len()
    clear = pairs.filter(
        (pl.col("rank_score") == best.over("before"))
        & (pl.col("rank_score") == best.over("after"))
        & ((alone.over("before") == 1) | (best.over("before") - second.over("before") >= _MARGIN))
        & ((alone.over("after") == 1) | (best.over("after") - second.over("after") >= _MARGIN))
    )
    return clear.filter(pl.col("method").is_not_null())
