"""From a fact to the printed characters it was read from, all from the published file itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from pipelines.serve.figures import figure_tables, named_figures
from pipelines.serve.published import published, rows
from pipelines.values.years import year_clues

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.settings import Settings

_SOURCES = """
SELECT s.role, s.rule_id, s.part_no, s.char_from, s.char_to, c.*  EXCLUDE (char_from, char_to),
       c.char_from AS document_from, c.char_from + s.char_from AS text_from,
       c.char_from + s.char_to AS text_to, d.path, d.media_type, d.encoding
FROM fact_source s
JOIN source_cell c USING (cell_id)
JOIN dim_document d USING (document_id)
WHERE s.fact_id = $fact_id
ORDER BY array_position(['amount', 'label', 'code', 'target', 'indicator', 'project',
                         'spending_unit', 'unit_of_measure'], s.role), s.part_no
"""
_CONTEXT = """
SELECT x.field, x.value, x.source, x.evidence, x.is_chosen
FROM statement_context x
JOIN statement_version v USING (statement_id)
WHERE v.statement_version_id = $version
ORDER BY x.field, x.clue_no
"""
_PATHS = """
SELECT DISTINCT p.path
FROM statement_version v JOIN statement s USING (statement_id)
JOIN document_path p ON p.document_id = s.document_id
WHERE v.statement_version_id = $version
ORDER BY p.path
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
            (spec.name, row)
            for spec in figure_tables()
            for row in rows(connection, named_figures(spec), {"prefix": fact_id})
        ]
        if len(found) != 1:
            raise UnknownFactError(
                f"{fact_id}: 对应 {len(found)} 条事实，应为 1 条；从事实表（fact_*）取 fact_id / "
                f"{len(found)} facts begin so, expected 1; take a fact_id from one of the fact "
                "tables (fact_*)"
            )
        table, fact = found[0]
        version: dict[str, object] = {"version": fact["statement_version_id"]}
        return Trace(
            table=table,
            fact=fact,
            sources=rows(connection, _SOURCES, {"fact_id": fact["fact_id"]}),
            context=[
                *rows(connection, _CONTEXT, version),
                *_named(row["path"] for row in rows(connection, _PATHS, version)),
            ],
            joins=rows(connection, _JOINS, version),
        )


def _named(paths: Iterable[str]) -> list[dict[str, Any]]:
    """Years that the names of a document's files say. A name may lie, and never decides."""
    return [
        {"field": "fiscal_year", "value": str(clue.year), "source": "file_name",
         "evidence": PurePosixPath(path).name, "is_chosen": False}
        for path in paths
        for clue in year_clues(PurePosixPath(path).name)
    ]  # fmt: skip
