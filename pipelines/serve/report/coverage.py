"""Which facts of which body and year are here: the heat map, body × year × kind of fact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.serve.published import rows
from schemas.registry import tables
from schemas.tables.marts_coverage import FACT_STATES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Of more bodies than these nobody reads a map: those with most gaps are shown.
MOST_BODIES = 300
#: States of a fact → Chinese, English, and the letters that stand for it in a cell.
STATES = {
    "published": ("已发布", "published", "有", "P"),
    "declared_empty": ("文件注明为空", "declared empty", "空", "E"),
    "told_elsewhere": ("由他表供数", "told elsewhere", "他", "T"),
    "waiting": ("待处理", "waits", "待", "W"),
    "not_found": ("未见此表", "not found", "无", "N"),
    "no_document": ("缺该年文件", "no document", "缺", "–"),
}
_BODIES = """
SELECT reporting_body_id
FROM mart_fact_coverage
GROUP BY ALL
ORDER BY count(*) FILTER (state IN ('waiting', 'no_document')) DESC,
    count(*) FILTER (state = 'not_found') DESC, reporting_body_id
LIMIT $most
"""
_CELLS = f"""
SELECT reporting_body_id, body_name, region_name, fiscal_year, phase, fact, state
FROM mart_fact_coverage WHERE reporting_body_id IN ({_BODIES})
ORDER BY region_name NULLS LAST, body_name, reporting_body_id, fiscal_year, phase, fact
"""  # noqa: S608 - constants of this file
_COUNTS = """
SELECT fact, state, count(*) AS many FROM mart_fact_coverage GROUP BY ALL ORDER BY ALL
"""
_COLUMNS = """
SELECT DISTINCT c.fiscal_year, c.phase, p.phase_order
FROM mart_fact_coverage c JOIN dim_phase p USING (phase)
ORDER BY c.fiscal_year, p.phase_order
"""
_ALL = "SELECT count(DISTINCT reporting_body_id) AS many FROM mart_fact_coverage"

#: A year and a phase.
Column = tuple[int, str]


@dataclass(frozen=True)
class BodyCoverage:
    """A row of the map: by column, the state of each fact; none: the body has no such year."""

    name: str
    region: str | None
    states: dict[Column, dict[str, str]]


@dataclass(frozen=True)
class Coverage:
    """The map.

    Attributes:
        columns: Years and phases, in order.
        facts: Fact tables, in the order of the declarations.
        bodies: Rows, by region and name; at most ``MOST_BODIES``, those with most gaps.
        body_count: How many bodies there are.
        counts: Of all bodies, by fact and state: how many body-years.
    """

    columns: list[Column]
    facts: list[str]
    bodies: list[BodyCoverage]
    body_count: int
    counts: dict[str, Counter[str]]

    @property
    def by_state(self) -> dict[str, int]:
        """How many cells of the map are in each state, over all bodies."""
        return {s: sum(counts[s] for counts in self.counts.values()) for s in FACT_STATES}


def coverage(connection: DuckDBPyConnection) -> Coverage:
    """The map of the published build."""
    counts: dict[str, Counter[str]] = {}
    for row in rows(connection, _COUNTS):
        counts.setdefault(row["fact"], Counter())[row["state"]] = row["many"]
    bodies: dict[str, BodyCoverage] = {}
    for row in rows(connection, _CELLS, {"most": MOST_BODIES}):
        empty = BodyCoverage(row["body_name"], row["region_name"], {})
        body = bodies.setdefault(row["reporting_body_id"], empty)
        at = (row["fiscal_year"], row["phase"])
        body.states.setdefault(at, {})[row["fact"]] = row["state"]
    return Coverage(
        [(row["fiscal_year"], row["phase"]) for row in rows(connection, _COLUMNS)],
        [name for name in tables() if name in counts],
        list(bodies.values()),
        rows(connection, _ALL)[0]["many"],
        counts,
    )
