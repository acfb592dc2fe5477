"""Suggestions about projects: renamed, split, merged from one year to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.serve.suggest.base import Source, suggestions

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from pipelines.settings import Settings

_SUGGESTED = """
SELECT
    suggestion_id AS subject, score, evidence, kind, spending_unit_name AS unit,
    fiscal_year_before, name_before AS project_before, fiscal_year, name AS project,
    spending_unit_name || ' ' || fiscal_year_before || ' ' || name_before AS left_name,
    fiscal_year || ' ' || name || CASE kind
        WHEN 'split' THEN '（拆分出 / a part of it）'
        WHEN 'merged' THEN '（并入 / it is a part）'
        ELSE ''
    END AS right_name
FROM project_suggestion
"""


def _suggested(connection: duckdb.DuckDBPyConnection, _: Settings) -> pl.DataFrame:
    """What the build suggests (``pipelines.load.project_suggestions``)."""
    columns = ("unit", "fiscal_year_before", "project_before", "fiscal_year", "project", "kind")
    return suggestions(connection.execute(_SUGGESTED).pl(), {name: name for name in columns})


SOURCES = (
    Source(
        sort="project",
        zh="两年的两个项目是同一项目，或由其拆分、合并而来",
        en="projects of two years are one, or one was split into or merged with the other",
        code_list="project_identities",
        find=_suggested,
    ),
)
