"""The year's biggest changes: what bodies spend, and projects that began, ended or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.serve.published import rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_BODIES, MOST_PROJECTS, MOST_LINES = 15, 20, 8
#: The last year that has a year before it; of its phases that of most bodies.
_WHEN = """
SELECT fiscal_year, phase, count(*) AS bodies
FROM mart_spending_by_body_year WHERE change_yuan IS NOT NULL
GROUP BY ALL ORDER BY fiscal_year DESC, bodies DESC, phase LIMIT 1
"""
_BODIES = """
SELECT body_name, region_name, scope, amount_before_yuan, amount_yuan, change_yuan, change_share,
    former_names
FROM mart_spending_by_body_year
WHERE fiscal_year = $fiscal_year AND phase = $phase AND change_yuan <> 0
ORDER BY abs(change_yuan) DESC, body_name LIMIT $most
"""
_PROJECTS = """
SELECT b.name AS body_name, p.spending_unit_name, p.state, p.project_name, p.project_name_before,
    p.amount_before_yuan, p.amount_yuan,
    (coalesce(p.amount_yuan, 0) - coalesce(p.amount_before_yuan, 0))::DECIMAL(18, 2) AS change_yuan
FROM mart_project_lifecycle p
JOIN dim_body b ON b.body_id = p.reporting_body_id
WHERE p.fiscal_year = $fiscal_year AND p.phase = $phase AND p.state <> 'unknown'
    AND coalesce(p.amount_yuan, 0) <> coalesce(p.amount_before_yuan, 0)
ORDER BY abs(change_yuan) DESC, body_name, project_name, p.project_id LIMIT $most
"""
#: Bodies of which the most years are told, the largest first: amounts year by year.
_LINES = """
WITH told AS (
    SELECT * FROM mart_spending_by_body_year WHERE phase = $phase
), largest AS (
    SELECT reporting_body_id FROM told GROUP BY ALL
    HAVING count(DISTINCT fiscal_year) > 1 AND count(DISTINCT scope) = 1
    ORDER BY max(amount_yuan) DESC, reporting_body_id LIMIT $most
)
SELECT body_name, reporting_body_id, fiscal_year, amount_yuan FROM told SEMI JOIN largest
USING (reporting_body_id) ORDER BY body_name, reporting_body_id, fiscal_year
"""


@dataclass(frozen=True)
class Changes:
    """Changes of one year and phase from the year before.

    Attributes:
        fiscal_year: The year.
        phase: Its phase.
        bodies: A row a body whose spending is published for both years, the largest change first.
        projects: A row a project, likewise.
        lines: What the largest bodies spend: a row a body and year.
    """

    fiscal_year: int
    phase: str
    bodies: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    lines: list[dict[str, Any]]


def changes(connection: DuckDBPyConnection) -> Changes | None:
    """The biggest changes of the last year that can be compared; none if no year can be."""
    found = rows(connection, _WHEN)
    if not found:
        return None
    year, phase = found[0]["fiscal_year"], found[0]["phase"]
    when: dict[str, object] = {"fiscal_year": year, "phase": phase}
    return Changes(
        year,
        phase,
        rows(connection, _BODIES, {**when, "most": MOST_BODIES}),
        rows(connection, _PROJECTS, {**when, "most": MOST_PROJECTS}),
        rows(connection, _LINES, {"phase": phase, "most": MOST_LINES}),
    )
