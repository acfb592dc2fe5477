"""From a fact to the printed characters it was read from, all from the published file itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.serve.published import published, rows

if TYPE_CHECKING:
    from pipelines.settings import Settings

_FACTS = {
    "fact_project_funding": """
        SELECT f.*, l.name AS project, u.name AS spending_unit, b.name AS reporting_body
        FROM fact_project_funding f
        JOIN project_line l USING (project_line_id)
        JOIN dim_body u ON u.body_id = f.spending_unit_id
        JOIN dim_body b ON b.body_id = f.reporting_body_id
        WHERE starts_with(f.fact_id, $prefix)
    """,
    "fact_performance_target": """
        SELECT f.*, l.name AS project, i.name AS indicator, b.name AS reporting_body
        FROM fact_performance_target f
        JOIN performance_indicator i USING (indicator_id)
        LEFT JOIN project_line l ON l.project_line_id = f.project_line_id
        JOIN dim_body b ON b.body_id = f.reporting_body_id
        WHERE starts_with(f.fact_id, $prefix)
    """,
}
_SOURCES = """
SELECT s.role, s.rule_id, s.part_no, s.char_from, s.char_to, c.*  EXCLUDE (char_from, char_to),
       c.char_from AS document_from, c.char_from + s.char_from AS text_from,
       c.char_from + s.char_to AS text_to, d.path, d.media_type, d.encoding
FROM fact_source s
JOIN source_cell c USING (cell_id)
JOIN dim_document d USING (document_id)
WHERE s.fact_id = $fact_id
ORDER BY array_position(['amount', 'target', 'indicator', 'project', 'spending_unit',
                         'unit_of_measure'], s.role), s.part_no
"""
_CONTEXT = """
SELECT x.field, x.value, x.source, x.evidence, x.is_chosen
FROM statement_context x
JOIN statement_version v USING (statement_id)
WHERE v.statement_version_id = $version
ORDER BY x.field, x.clue_no
"""
_JOINS = """
SELECT j.rule_id, j.page_no, j.grid_no, j.row_no, j.detail
FROM statement_join j
JOIN statement_version v USING (statement_id)
WHERE v.statement_version_id = $version
ORDER BY j.join_no
"""


class UnknownFactError(LookupError):
    """No published fact has this key, or several do."""


@dataclass(frozen=True)
class Trace:
    """A fact, the cells and characters it rests on, its statement's context and joins."""

    table: str
    fact: dict[str, Any]
    sources: list[dict[str, Any]]
    context: list[dict[str, Any]]
    joins: list[dict[str, Any]]


def trace(settings: Settings, fact_id: str) -> Trace:
    """Where a fact comes from; a beginning of its key that fits only one is enough.

    Raises:
        UnknownFactError: no fact or several facts begin so.
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        found = [
            (table, row)
            for table, sql in _FACTS.items()
            for row in rows(connection, sql, {"prefix": fact_id})
        ]
        if len(found) != 1:
            raise UnknownFactError(
                f"{fact_id}: 对应 {len(found)} 条事实，应为 1 条；从 fact_project_funding 或 "
                f"fact_performance_target 取 fact_id / {len(found)} facts begin so, expected 1; "
                "take a fact_id from one of the fact tables"
            )
        table, fact = found[0]
        version: dict[str, object] = {"version": fact["statement_version_id"]}
        return Trace(
            table=table,
            fact=fact,
            sources=rows(connection, _SOURCES, {"fact_id": fact["fact_id"]}),
            context=rows(connection, _CONTEXT, version),
            joins=rows(connection, _JOINS, version),
        )
