"""What the published warehouse holds, in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.documents.freshness import freshness
from pipelines.documents.ledger import LedgerError
from pipelines.serve.published import published, rows

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

_TOTALS = """
SELECT
    (SELECT build_id FROM build_info) AS build_id,
    (SELECT count(*) FROM dim_document) AS documents,
    (SELECT count(*) FROM dim_document WHERE absent_since_utc IS NOT NULL) AS documents_absent,
    (SELECT count(DISTINCT document_id) FROM quarantine_item) AS documents_waiting,
    (SELECT count(*) FROM statement_version WHERE is_current) AS statements_current,
    (SELECT count(*) FROM statement WHERE status <> 'complete') AS statements_waiting,
    (SELECT count(*) FROM project_line) AS project_lines,
    (SELECT count(*) FROM performance_indicator) AS indicators,
    (SELECT count(*) FROM performance_value) AS "values",
    (SELECT count(*) FROM fact_project_funding) AS funding_facts,
    (SELECT count(*) FROM fact_performance_target) AS target_facts,
    {amount_facts} AS amount_facts,
    (SELECT count(*) FROM control_total) AS controls,
    (SELECT count(*) FROM control_total WHERE verdict = 'exact') AS identities_exact,
    (SELECT count(*) FROM control_total WHERE verdict = 'within_rounding') AS
        identities_within_rounding,
    (SELECT count(*) FROM control_total WHERE verdict = 'included') AS identities_included,
    (SELECT count(*) FROM control_total WHERE verdict = 'suspect') AS identities_suspect,
    (SELECT count(*) FROM control_total WHERE verdict = 'broken') AS identities_broken,
    (SELECT count(*) FROM finding) AS findings,
    (SELECT count(*) FROM quarantine_item) AS items_waiting
"""
#: Fact tables of money besides that of projects; asked of the file: an unchanged night starts fast.
_AMOUNTS = """
SELECT table_name FROM duckdb_columns()
WHERE column_name = 'amount_yuan' AND starts_with(table_name, 'fact_')
    AND table_name <> 'fact_project_funding'
ORDER BY table_name
"""
_DOCUMENTS = "FROM mart_coverage ORDER BY path, document_id"
_STATEMENTS = """
SELECT d.path, s.statement_no, s.kind, b.name AS body, s.fiscal_year, s.phase, s.status,
    v.version_no, coalesce(v.is_current, false) AS is_current,
    count(c.control_id) AS controls,
    count(c.control_id) FILTER (c.verdict = 'broken') AS broken,
    s.statement_key_id
FROM statement s
JOIN dim_document d USING (document_id)
LEFT JOIN dim_body b ON b.body_id = s.reporting_body_id
LEFT JOIN statement_version v USING (statement_id)
LEFT JOIN control_total c USING (statement_id)
GROUP BY ALL
ORDER BY d.path, s.statement_no, s.statement_key_id
"""


def totals(settings: Settings) -> dict[str, Any]:
    """Counts over the whole published build, and when raw/ was last looked at.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        found = totals_of(connection)
    try:
        found["last_look_utc"] = freshness(settings).last_check_utc
    except LedgerError:  # a writer has it open: readers do not wait
        found["last_look_utc"] = None
    return found


def totals_of(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Counts over a whole build, published or not."""
    others = [row["table_name"] for row in rows(connection, _AMOUNTS)]
    counted = " + ".join(["0", *(f"(SELECT count(*) FROM {name})" for name in others)])  # noqa: S608
    return rows(connection, _TOTALS.format(amount_facts=counted))[0]


def documents(settings: Settings) -> list[dict[str, Any]]:
    """One row per document: its statements by status, its identities by verdict, its findings.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        return rows(connection, _DOCUMENTS)


def statements(settings: Settings) -> list[dict[str, Any]]:
    """One row per statement as read: what it is about, its status, its identities.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        return rows(connection, _STATEMENTS)
