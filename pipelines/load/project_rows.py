"""Rows of projects in a build: which line is which project, and what links their years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.conform.names import canonical_name
from pipelines.conform.project_names import name_parts
from pipelines.load.inserts import insert_frame
from schemas.registry import tables

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from pipelines.load.projects import Identity

#: Projects that are in no statement's own list: what stands alone under another's name.
PROJECTS_OF_LINKS = """
SELECT project_id, min(unit) AS spending_unit_id, min_by(project_name, project_line_id) AS name
FROM work.links
WHERE project_name IS NOT NULL AND project_id NOT IN (SELECT project_id FROM build.dim_project)
GROUP BY project_id
"""


def bridge_sql(source: str, loaded: str) -> str:
    """Which project each loaded line is: what its statement tells, unless a link says more.

    Args:
        source: The staged bridge, as a relation; its rows are ``s``.
        loaded: Which of them are loaded.
    """
    return (
        "SELECT s.project_line_id, coalesce(l.project_id, s.project_id) AS project_id, "  # noqa: S608
        "coalesce(CASE WHEN l.is_reformed THEN l.name_key END, s.name_key, l.name_key, "
        "s.project_id) AS name_key, "
        "coalesce(l.method, s.method) AS method, "
        "coalesce(l.confidence, s.confidence) AS confidence, "
        "coalesce(l.evidence, s.evidence) AS evidence "
        f"FROM {source} s LEFT JOIN work.links l USING (project_line_id) {loaded} "
        "UNION ALL SELECT project_line_id, project_id, name_key, method, confidence, evidence "
        "FROM work.links WHERE project_id IS NOT NULL AND project_line_id NOT IN "
        f"(SELECT s.project_line_id FROM {source} s {loaded})"
    )


def project_frames(projects: Identity, bodies: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Frames of what links projects, what might, and what a person said in vain.

    Args:
        projects: Which project lines are, and what is suggested.
        bodies: ``dim_body``.
    """
    named = bodies.select(spending_unit_id="body_id", spending_unit_name="name")
    return {
        "project_succession": projects.succession,
        "project_answer_waiting": projects.waiting,
        "project_suggestion": projects.suggestions.join(
            named, on="spending_unit_id", how="inner", maintain_order="left"
        ).select(tables()["project_suggestion"].column_names()),
    }


def insert_name_cores(connection: duckdb.DuckDBPyConnection, config: Path | None) -> None:
    """Fill ``project_name_core`` from the lines that a build has, a year at a time."""
    years = connection.execute("SELECT fiscal_year FROM dim_fiscal_year ORDER BY ALL").fetchall()
    for (year,) in years:
        connection.execute(_NAMES, [year])
        names = connection.pl()
        if not names.is_empty():
            parts = name_parts(names.with_columns(canonical=canonical_name("name")), config)
            # a name of signs alone is its own core
            core = pl.when(pl.col("core") != "").then("core").otherwise("name")
            insert_frame(connection, "project_name_core", parts.with_columns(name_core=core))


_NAMES = """
SELECT DISTINCT l.name, s.fiscal_year
FROM project_line l
JOIN statement s USING (statement_id)
WHERE s.fiscal_year = ?
"""
