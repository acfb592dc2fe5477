"""The versions of a statement, and what changed from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.serve.published import published, rows

if TYPE_CHECKING:
    from pipelines.settings import Settings

_VERSIONS = """
WITH figure AS (
    SELECT DISTINCT ON (fact_id, statement_version_id) 'fact_project_funding' AS fact,
        statement_version_id, reporting_body_name, fiscal_year, phase, amount_yuan
    FROM history_project_funding
    UNION ALL
    SELECT DISTINCT ON (fact_id, statement_version_id) fact,
        statement_version_id, reporting_body_name, fiscal_year, phase, amount_yuan
    FROM history_amount
),
by_fact AS (
    SELECT statement_version_id, fact, any_value(reporting_body_name) AS body,
        any_value(fiscal_year) AS fiscal_year, any_value(phase) AS phase,
        sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan, count(*) AS facts
    FROM figure GROUP BY statement_version_id, fact
),
money AS (  -- a table may feed several facts, that restate one another: the largest sum
    SELECT statement_version_id, any_value(body) AS body, any_value(fiscal_year) AS fiscal_year,
        any_value(phase) AS phase, max(amount_yuan) AS amount_yuan, sum(facts) AS funding_facts
    FROM by_fact GROUP BY statement_version_id
),
targets AS (
    SELECT statement_version_id, count(DISTINCT fact_id) AS target_facts
    FROM history_performance_target GROUP BY statement_version_id
),
source AS (
    SELECT statement_key_id, content_hash, list(DISTINCT d.path ORDER BY d.path) AS sources
    FROM statement JOIN dim_document d USING (document_id)
    WHERE statement_key_id IS NOT NULL GROUP BY ALL
)
SELECT v.statement_key_id, v.version_no, v.reason, v.closed_reason, v.is_current,
    v.known_from_utc, v.known_to_utc, d.path, d.withdrawn_why, m.body, m.fiscal_year, m.phase,
    m.amount_yuan, coalesce(m.funding_facts, 0)::BIGINT AS funding_facts,
    coalesce(t.target_facts, 0) AS target_facts, coalesce(s.sources, []) AS sources,
    v.statement_version_id
FROM statement_version v
JOIN dim_document d USING (document_id)
LEFT JOIN money m USING (statement_version_id)
LEFT JOIN targets t USING (statement_version_id)
LEFT JOIN source s USING (statement_key_id, content_hash)
WHERE starts_with(v.statement_key_id, $text) OR d.path = $text
ORDER BY v.statement_key_id, v.version_no
"""
_CHANGES = """
SELECT v.version_no, r.fact, r.spending_unit_name, r.project_name, r.label,
    coalesce(r.expenditure_type_id, r.three_public_id) AS of_type, r.fund_source_id,
    r.amount_before_yuan, r.amount_after_yuan, r.change_yuan
FROM mart_restatement r JOIN statement_version v USING (statement_version_id)
WHERE v.statement_key_id = $key
ORDER BY v.version_no, r.fact, r.spending_unit_name, r.project_name, r.coordinates
"""


class UnknownStatementError(LookupError):
    """No statement has this key or document, or several do."""


@dataclass(frozen=True)
class StatementHistory:
    """A statement's versions, oldest first, and the money that changed from each to the next."""

    statement_key_id: str
    versions: list[dict[str, Any]]
    changes: list[dict[str, Any]]


def history(settings: Settings, text: str) -> StatementHistory:
    """The history of a statement: by the beginning of its key, or the path of its document.

    Raises:
        UnknownStatementError: none fits, or several do.
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        versions = rows(connection, _VERSIONS, {"text": text})
        keys = list(dict.fromkeys(row["statement_key_id"] for row in versions))
        if len(keys) != 1:
            listed = ", ".join(key[:10] for key in keys[:5])
            raise UnknownStatementError(
                f"{text}: 对应 {len(keys)} 张报表，应为 1 张 / {len(keys)} statements fit, "
                f"expected 1 ({listed or 'none'}); take a statement_key_id from `yusuan status "
                "--json` or from statement_version"
            )
        (key,) = keys
        return StatementHistory(key, versions, rows(connection, _CHANGES, {"key": key}))
