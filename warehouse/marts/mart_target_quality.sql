-- 绩效目标质量 / How measurable a body's targets are: values by kind, with their share.
-- Only of those that feed facts: a unit's row in its department's book is not counted again.
WITH counted AS (
    SELECT
        s.reporting_body_id, b.name AS body_name, s.fiscal_year, s.phase, v.horizon,
        v.kind AS value_kind, count(*) AS value_count, count(v.suspect) AS suspect_count
    FROM performance_value v
    JOIN performance_indicator i USING (indicator_id)
    JOIN statement s ON s.statement_id = v.statement_id
    LEFT JOIN project_line l USING (project_line_id)
    JOIN fact_feed f
        ON f.statement_id = v.statement_id
        AND f.spending_unit_id = coalesce(l.spending_unit_id, s.reporting_body_id)
        AND f.is_whole = (l.spending_unit_id IS NULL)
        AND f.fact = 'fact_performance_target'
    JOIN dim_body b ON b.body_id = s.reporting_body_id
    GROUP BY ALL
)
SELECT
    *,
    value_count / sum(value_count) OVER (
        PARTITION BY reporting_body_id, fiscal_year, phase, horizon
    ) AS share
FROM counted
