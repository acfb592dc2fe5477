-- 绩效目标质量 / How measurable a body's targets are: values by kind, with their share.
WITH counted AS (
    SELECT
        s.reporting_body_id, b.name AS body_name, s.fiscal_year, s.phase, v.horizon,
        v.kind AS value_kind, count(*) AS value_count
    FROM performance_value v
    JOIN statement s USING (statement_id)
    JOIN dim_body b ON b.body_id = s.reporting_body_id
    GROUP BY ALL
)
SELECT
    *,
    value_count / sum(value_count) OVER (
        PARTITION BY reporting_body_id, fiscal_year, phase, horizon
    ) AS share
FROM counted
