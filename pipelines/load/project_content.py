"""What project lines promise, for telling them apart: goals and names of indicators.

Prose is most of what is staged, so it is read as hashes for all lines that matter, and as text
only for those few that are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.load.staged import StagedReadings

_GOAL = ("statement_id", "project_line_id", "goal")
_INDICATOR = ("statement_id", "project_line_id", "name")
#: Between names of indicators.
BETWEEN = "\x1f"
#: Digits and white space: a goal that only counts on is the same goal.
_COUNTED = r"[\s\d]+"


def content_hashes(staged: StagedReadings, lines: pl.DataFrame) -> pl.DataFrame:
    """``project_line_id, goal_hash, indicators_hash`` of lines; null where nothing is printed.

    Args:
        staged: Readings.
        lines: ``statement_id, project_line_id``.
    """
    found = [
        part.select(
            "project_line_id",
            goal_hash=pl.col("goal").hash(),
            indicators_hash=pl.col("indicators").hash(),
        )
        for part in _by_batch(staged, lines)
    ]
    return _first(found, {"goal_hash": pl.UInt64, "indicators_hash": pl.UInt64})


def content_texts(staged: StagedReadings, lines: pl.DataFrame) -> pl.DataFrame:
    """``project_line_id, goal, indicators`` of lines, as compared: without digits and spaces.

    ``indicators`` are the names, sorted, joined by ``BETWEEN``.
    """
    return _first(list(_by_batch(staged, lines)), {"goal": pl.String, "indicators": pl.String})


def _first(frames: list[pl.DataFrame], columns: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    schema: dict[str, type[pl.DataType]] = {"project_line_id": pl.String, **columns}
    whole = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    return whole.select(*schema).unique("project_line_id", keep="first", maintain_order=True)


def _by_batch(staged: StagedReadings, lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    of_statements = lines.group_by("statement_id").agg("project_line_id")
    for part, statement_ids in staged.by_batch(of_statements["statement_id"]):
        mine = of_statements.join(statement_ids.to_frame(), on="statement_id", how="semi")
        wanted = mine.select(pl.col("project_line_id").explode()).unique()
        goals = part.of_statements("project_line", statement_ids, _GOAL)
        if goals.is_empty():
            continue
        mine = goals.join(wanted, on="project_line_id", how="semi", maintain_order="left")
        printed = part.of_statements("performance_indicator", statement_ids, _INDICATOR)
        if printed.is_empty():
            promised = pl.DataFrame(schema={"project_line_id": pl.String, "indicators": pl.String})
        else:
            promised = (
                printed.join(wanted, on="project_line_id", how="semi")
                .group_by("project_line_id")
                .agg(indicators=pl.col("name").str.replace_all(_COUNTED, "").unique().sort())
                .with_columns(pl.col("indicators").list.join(BETWEEN))
            )
        goal = pl.col("goal").str.replace_all(_COUNTED, "")
        yield mine.select("project_line_id", goal=pl.when(goal != "").then(goal)).join(
            promised, on="project_line_id", how="left", maintain_order="left"
        )
