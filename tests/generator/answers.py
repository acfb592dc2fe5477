"""What a published warehouse says, in the columns of the truth: a query for each of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.generator.truth import COLUMNS
from tests.generator.values import DETAILS

if TYPE_CHECKING:
    import duckdb

_VERSION = "JOIN statement_version v USING (statement_version_id)"
#: The order of a project within its statement, and its document.
_LINE = "JOIN project_line l USING (project_line_id) JOIN statement s USING (statement_id)"
_UNIT = "JOIN dim_body u ON u.body_id = {0}.spending_unit_id"
_BODY = "JOIN dim_body b ON b.body_id = {0}.reporting_body_id"
_INDICATOR = "JOIN performance_indicator i USING (indicator_id)"
_AT = r"regexp_extract(place, '{0}(\d+)', 1)::INT"

#: Select lists stand in the order of COLUMNS.
QUERIES = {
    "statement": f"""
        SELECT document_id, title, b.name, consolidation, fiscal_year, phase, amount_unit, status,
            row_count, (SELECT count(*) FROM statement_join j WHERE j.statement_id = s.statement_id)
        FROM statement s {_BODY.format("s")}""",
    "version": f"""
        SELECT v.document_id, b.name, s.fiscal_year, version_no, reason, is_current
        FROM statement_version v
        JOIN statement s ON s.document_id = v.document_id {_BODY.format("s")}""",
    "item": """
        SELECT document_id, rule_id, CASE rule_id
            WHEN 'version_conflict' THEN '' WHEN 'identity_broken' THEN found ELSE expected END
        FROM quarantine_item""",
    "control": f"""
        SELECT document_id, identity_id, {_AT.format(" / p")}, {_AT.format(" t")},
            {_AT.format(" r")}, {_AT.format(" c")}, label, measure, printed_yuan, computed_yuan,
            part_count, envelope_yuan, verdict
        FROM control_total JOIN statement USING (statement_id)""",
    "project_line": f"""
        SELECT s.document_id, ordinal, b.name, u.name, l.name, goal, printed_total_yuan
        FROM project_line l JOIN statement s USING (statement_id)
        {_UNIT.format("l")} {_BODY.format("l")}""",
    "funding": f"""
        SELECT v.document_id, l.ordinal, b.name, u.name, l.name, fund_source_id, f.fiscal_year,
            f.phase, amount_yuan
        FROM fact_project_funding f {_VERSION} JOIN project_line l USING (project_line_id)
        {_UNIT.format("f")} {_BODY.format("f")}""",
    "indicator": """
        SELECT s.document_id, l.ordinal, i.ordinal, level_1_raw, level_2_raw, indicator_class_id,
            i.name
        FROM performance_indicator i JOIN statement s USING (statement_id)
        JOIN project_line l USING (project_line_id)""",
    "value": f"""
        SELECT s.document_id, l.ordinal, i.ordinal, horizon, raw_text, p.kind, clause_count
        FROM performance_value p {_INDICATOR} JOIN project_line l USING (project_line_id)
        JOIN statement s ON s.statement_id = p.statement_id""",
    "target": f"""
        SELECT v.document_id, l.ordinal, i.ordinal, horizon, clause_no, clause_kind, comparator,
            low_value, high_value, boolean_value, t.unit, subject, {", ".join(DETAILS)}
        FROM fact_performance_target t {_VERSION} {_INDICATOR}
        JOIN project_line l ON l.project_line_id = t.project_line_id""",
    "pending_funding": """
        SELECT document_id, ordinal, spending_unit_name, project_name, fund_source_id,
            p.fiscal_year, p.phase, amount_yuan
        FROM pending_project_funding p JOIN statement USING (statement_id)""",
    "pending_value": """
        SELECT document_id, project_name, indicator_name, horizon, raw_text, p.kind
        FROM pending_performance_target p JOIN statement USING (statement_id)""",
}
SUMS = """
    SELECT body_name AS body, fiscal_year, fund_source_id, amount_yuan
    FROM mart_funding_by_body_year"""


def answer(connection: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    """A table of the truth, as the warehouse has it; rows in order."""
    found = connection.execute(QUERIES[name]).pl()
    found.columns = list(COLUMNS[name])
    return found.sort(COLUMNS[name])


def expected(rows: list[tuple[object, ...]], like: pl.DataFrame) -> pl.DataFrame:
    """Rows of the truth in the types of an answer, in order."""
    texts = pl.DataFrame(rows, schema=like.columns, orient="row", infer_schema_length=None)
    return texts.cast(like.schema).sort(like.columns)
