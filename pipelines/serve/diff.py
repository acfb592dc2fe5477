"""What changed from one published build to another, statement by statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.publish.flip import build_before, build_path, current_build_id, kept_build
from pipelines.serve.figures import money_by_identity, money_by_version
from pipelines.serve.published import NothingPublishedError, rows
from schemas.render import literal

if TYPE_CHECKING:
    from decimal import Decimal

    from pipelines.settings import Settings

#: Statements by key with their money and counts, of one of two attached builds.
_SIDE = """
SELECT v.statement_key_id, v.version_no, v.reason, v.content_hash, d.path, b.name AS body,
    s.fiscal_year, s.phase, s.kind, coalesce(m.amount_yuan, 0)::DECIMAL(18, 2) AS amount_yuan
FROM {build}.statement_version v
LEFT JOIN ({money}) m USING (statement_version_id)
JOIN {build}.dim_document d USING (document_id)
JOIN {build}.statement s ON s.statement_id = v.statement_id
LEFT JOIN {build}.dim_body b ON b.body_id = s.reporting_body_id
WHERE v.is_current
"""
#: Targets by identity: what they are, apart from the place they are printed at.
_TARGETS = (
    "SELECT v.statement_key_id, [f.project_line_id, i.ordinal::VARCHAR, i.name, f.horizon, "
    "f.clause_no::VARCHAR] AS is_, "
    "concat_ws(' ', f.comparator, f.low_value, f.high_value, f.unit, f.boolean_value) AS says "
    "FROM {build}.fact_performance_target f "
    "JOIN {build}.performance_indicator i USING (indicator_id) "
    "JOIN {build}.statement_version v USING (statement_version_id)"
)
_COUNTS = """
SELECT statement_key_id,
    count(*) FILTER (b.is_ IS NULL) AS {name}_new,
    count(*) FILTER (a.is_ IS NULL) AS {name}_gone,
    count(*) FILTER (a.says <> b.says) AS {name}_changed
FROM ({after}) a FULL JOIN ({before}) b USING (statement_key_id, is_)
GROUP BY statement_key_id
"""
_DIFF = """
SELECT statement_key_id,
    CASE WHEN b.version_no IS NULL THEN 'new' WHEN a.version_no IS NULL THEN 'gone'
        WHEN a.content_hash <> b.content_hash THEN 'changed' ELSE 'feeding' END AS change,
    CASE WHEN b.version_no IS NULL OR a.content_hash <> b.content_hash THEN a.reason END AS reason,
    coalesce(a.body, b.body) AS body, coalesce(a.fiscal_year, b.fiscal_year) AS fiscal_year,
    coalesce(a.phase, b.phase) AS phase, coalesce(a.kind, b.kind) AS kind,
    coalesce(a.path, b.path) AS path,
    b.amount_yuan AS amount_before_yuan, a.amount_yuan AS amount_after_yuan,
    (coalesce(a.amount_yuan, 0) - coalesce(b.amount_yuan, 0))::DECIMAL(18, 2) AS change_yuan,
    coalesce(f.funding_new, 0) AS funding_new, coalesce(f.funding_gone, 0) AS funding_gone,
    coalesce(f.funding_changed, 0) AS funding_changed,
    coalesce(t.target_new, 0) AS target_new, coalesce(t.target_gone, 0) AS target_gone,
    coalesce(t.target_changed, 0) AS target_changed
FROM ({after}) a FULL JOIN ({before}) b USING (statement_key_id)
LEFT JOIN ({funding}) f USING (statement_key_id)
LEFT JOIN ({target}) t USING (statement_key_id)
WHERE a.content_hash IS DISTINCT FROM b.content_hash
    OR a.amount_yuan IS DISTINCT FROM b.amount_yuan
    OR f.funding_new + f.funding_gone + f.funding_changed > 0
    OR t.target_new + t.target_gone + t.target_changed > 0
ORDER BY abs(coalesce(a.amount_yuan, 0) - coalesce(b.amount_yuan, 0)) DESC, body, fiscal_year,
    statement_key_id
"""
_ITEMS = """
SELECT {side} AS change, q.rule_id, d.path, q.place, q.found, q.item_id
FROM {build}.quarantine_item q JOIN {build}.dim_document d USING (document_id)
WHERE q.item_id NOT IN (SELECT item_id FROM {other}.quarantine_item)
ORDER BY ALL
"""
_SUM = """
SELECT coalesce(sum(amount_yuan), 0)::DECIMAL(18, 2) AS amount FROM {build}.fact_project_funding
"""


@dataclass(frozen=True)
class BuildDiff:
    """What changed: statements by size of the change, waiting items that came and went.

    Attributes:
        before: Key of the earlier build.
        after: Key of the later one.
        amount_before_yuan: Sum of all funding facts of the earlier build.
        amount_after_yuan: The same of the later one.
        statements: One row per statement that differs: ``change`` is new, gone, changed, or
            ``feeding`` where its content is the same and another share of it feeds facts.
        items: One row per waiting item that is ``opened`` or ``resolved``.
    """

    before: str
    after: str
    amount_before_yuan: Decimal
    amount_after_yuan: Decimal
    statements: list[dict[str, Any]]
    items: list[dict[str, Any]]


def diff(settings: Settings, before: str | None = None, after: str | None = None) -> BuildDiff:
    """Compare two builds that are kept: by default the current one with the one before it.

    Raises:
        NothingPublishedError: nothing has been published yet.
        UnknownBuildError: no kept build or several begin so, or there is none before
            (``pipelines.publish.flip``).
    """
    later = kept_build(settings, after) if after else current_build_id(settings)
    if later is None:
        raise NothingPublishedError("尚未发布任何版本 / nothing has been published yet")
    earlier = kept_build(settings, before) if before else build_before(settings, later)
    with duckdb.connect() as connection:
        for name, key in (("before", earlier), ("after", later)):
            path = literal(str(build_path(settings, key)))
            connection.execute(f'ATTACH {path} AS "{name}" (READ_ONLY)')
        there = {name: _tables(connection, name) for name in ("before", "after")}
        builds = {name: f'"{name}"' for name in there}
        sides = {
            name: _SIDE.format(build=build, money=money_by_version(build, there[name]))
            for name, build in builds.items()
        }
        facts = {
            "funding": {n: money_by_identity(build, there[n]) for n, build in builds.items()},
            "target": {n: _TARGETS.format(build=build) for n, build in builds.items()},
        }
        counts = {name: _COUNTS.format(name=name, **sql) for name, sql in facts.items()}
        opened = _ITEMS.format(side="'opened'", build='"after"', other='"before"')
        resolved = _ITEMS.format(side="'resolved'", build='"before"', other='"after"')
        return BuildDiff(
            before=earlier,
            after=later,
            amount_before_yuan=rows(connection, _SUM.format(build='"before"'))[0]["amount"],
            amount_after_yuan=rows(connection, _SUM.format(build='"after"'))[0]["amount"],
            statements=rows(connection, _DIFF.format(**sides, **counts)),
            items=rows(connection, opened) + rows(connection, resolved),
        )


def _tables(connection: duckdb.DuckDBPyConnection, build: str) -> set[str]:
    """Tables that a build has: an earlier program's may lack some."""
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [build]
    )
    return {name for (name,) in found.fetchall()}
