"""Project lines of several tables that are one project though their names are not quite the same.

A name is the identity of a project within its unit. Where two tables of one year print a project
under two spellings (a body's former name within it, say), its money tells: lines of two kinds of
table that find no namesake in one another, of one unit, with one printed total that no other such
line has, and with names that are nearly the same. The line of the kind that ranks first keeps its
project; the other becomes a line of it, and the bridge says how that is known and how surely.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.conform.names import canonical_name
from schemas.code_lists import code_list
from schemas.tables.vocabulary import PROJECTS

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.load.staged import StagedReadings

METHOD = "unit_amount_and_similar_name"
#: Less alike than this, two names of one amount may be two projects.
_ALIKE = 0.9
_SCHEMA: dict[str, Any] = {
    "project_line_id": pl.String,
    "project_id": pl.String,
    "confidence": pl.Float64,
    "evidence": pl.String,
}
#: What is looked at of a line (not what it promises, which is most of it), and of its project.
_LINE = ("statement_id", "project_line_id", "spending_unit_id", "name", "printed_total_yuan")
_BRIDGE = ("statement_id", "project_line_id", "project_id")
_WHERE = ("spending_unit_id", "fiscal_year", "phase")


def project_links(
    staged: StagedReadings, current: pl.DataFrame, config: Path | None
) -> pl.DataFrame:
    """Lines that are of another line's project: ``project_line_id, project_id, …``.

    Args:
        staged: Readings.
        current: Current statements: ``statement_id, kind, fiscal_year, phase``.
        config: The operator's own code lists.
    """
    lines = staged.of_statements("project_line", current["statement_id"], _LINE)
    if lines.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    bridge = staged.of_statements("bridge_project_identity", current["statement_id"], _BRIDGE)
    ranks = code_list("feeding_rules", config).filter(pl.col("fact") == PROJECTS)
    known = (
        lines.join(bridge, on=["statement_id", "project_line_id"], how="inner")
        .join(current.select("statement_id", "kind", "fiscal_year", "phase"), on="statement_id",
              how="inner")
        .join(ranks.select("kind", rank=pl.col("kind_rank").cast(pl.Int32)).unique(), on="kind",
              how="inner")
        .with_columns(canonical=canonical_name("name"))
    )  # fmt: skip
    return _alike(_candidates(known))


def _candidates(known: pl.DataFrame) -> pl.DataFrame:
    """Pairs of lines without a namesake, whose total is that of no other such line."""
    ranks = pl.col("rank").n_unique().over(*_WHERE, "project_id")
    total = [*_WHERE, "printed_total_yuan"]
    alone = known.filter(
        (ranks == 1) & pl.col("printed_total_yuan").is_not_null()
        & (pl.col("printed_total_yuan") != 0)
    ).filter(pl.len().over(*total, "rank") == 1)  # fmt: skip
    first = alone.filter(pl.col("rank") == pl.col("rank").min().over(total)).select(
        *total, "project_id", first_rank="rank", first_name="canonical"
    )
    others = alone.drop("project_id").join(first, on=total, how="inner")
    return others.filter(pl.col("rank") > pl.col("first_rank"))


def _alike(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose names are nearly the same; there are few of them."""
    found = []
    for line, project, first, other in pairs.select(
        "project_line_id", "project_id", "first_name", "canonical"
    ).iter_rows():
        likeness = SequenceMatcher(None, first, other, autojunk=False).ratio()
        if likeness >= _ALIKE:
            found.append((line, project, round(likeness, 3), f"{other} ≈ {first}"))
    return pl.DataFrame(found, schema=_SCHEMA, orient="row").unique(
        "project_line_id", keep="first", maintain_order=True
    )
