"""Targets of bodies over years: what each indicator of each project promised, as printed."""

from __future__ import annotations

#: What is compared, in both languages.
TARGETS = "年度绩效目标，照原文 / annual targets, as printed"
#: A line is an indicator of a project (or of the body as a whole). Of an indicator with targets for
#: the year and for a cycle, that of the year; one that says no horizon is taken as it is; one for a
#: cycle alone is left out. A number is there where the target is one clause with one bound. Only of
#: statements that feed targets, so that a unit's row in its department's book is not shown again.
TARGETS_SQL = """
WITH target AS (
    SELECT
        b.name AS body_name, s.fiscal_year, s.phase, s.kind, i.ordinal, v.value_id,
        v.raw_text, v.horizon, i.indicator_id,
        concat_ws(' ', coalesce(t.name, u.name), coalesce(x.project_id, l.project_line_id), i.name)
            AS line_id,
        concat_ws(' · ', nullif(u.name, b.name), coalesce(j.name, l.name), i.name) AS line
    FROM performance_value v
    JOIN performance_indicator i USING (indicator_id)
    JOIN statement s ON s.statement_id = v.statement_id
    LEFT JOIN project_line l USING (project_line_id)
    LEFT JOIN bridge_project_identity x USING (project_line_id)
    LEFT JOIN dim_project j USING (project_id)
    LEFT JOIN dim_body u ON u.body_id = l.spending_unit_id
    LEFT JOIN dim_body t ON t.body_id = u.latest_body_id
    JOIN dim_body b ON b.body_id = s.reporting_body_id
    WHERE v.horizon <> 'cycle'
      AND EXISTS (
          FROM fact_feed f
          WHERE f.statement_id = v.statement_id AND f.fact = 'fact_performance_target'
            AND f.spending_unit_id = coalesce(l.spending_unit_id, s.reporting_body_id)
            AND f.is_whole = (l.spending_unit_id IS NULL)
      )
      AND {asked}
      AND (len($years) = 0 OR list_contains($years::INTEGER[], s.fiscal_year))
      AND ($phase IS NULL OR s.phase = $phase)
), of_year AS (
    SELECT * FROM target
    WHERE len($lines) = 0 OR list_bool_or([contains(line, n) FOR n IN $lines::VARCHAR[]])
    QUALIFY row_number() OVER (PARTITION BY indicator_id ORDER BY horizon = 'annual' DESC) = 1
), clause AS (
    SELECT value_id, any_value(coalesce(low_value, high_value)) AS number,
        any_value(to_json([clause_kind, comparator, unit, per_unit, per_period, direction, base]))
            ::VARCHAR AS measure
    FROM fact_performance_target
    WHERE value_id IN (SELECT value_id FROM of_year)
    GROUP BY value_id
    HAVING count(*) = 1 AND bool_and((low_value IS NULL OR high_value IS NULL)
        AND denominator IS NULL)
)
SELECT
    body_name, fiscal_year, phase, line_id, max(line) AS line,
    if(count(*) = 1, any_value(c.number), NULL) AS number,
    string_agg(raw_text, '；' ORDER BY ordinal, value_id) AS text,
    if(count(*) = 1, any_value(c.measure), NULL) AS measure,
    string_agg(DISTINCT kind, ', ' ORDER BY kind) AS kinds
FROM of_year LEFT JOIN clause c USING (value_id)
GROUP BY body_name, fiscal_year, phase, line_id
ORDER BY body_name, line_id, fiscal_year, phase
"""
#: Bodies, years and phases that targets are published of.
TARGETS_TOLD = """(
    SELECT s.reporting_body_id, s.fiscal_year, s.phase
    FROM fact_feed f
    JOIN statement s USING (statement_id)
    WHERE f.fact = 'fact_performance_target'
)"""
