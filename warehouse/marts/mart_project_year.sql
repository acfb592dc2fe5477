-- 项目×年度 / A project in a year: money, goal, and how it is measured.
WITH money AS (
    SELECT
        project_line_id, reporting_body_id, spending_unit_id, fiscal_year, phase,
        sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan
    FROM fact_project_funding
    GROUP BY ALL
),
measured AS (
    SELECT project_line_id, fiscal_year, phase, sum(target_count) AS annual_target_count
    FROM fact_performance_target
    WHERE horizon = 'annual'
    GROUP BY ALL
),
indicators AS (
    SELECT project_line_id, count(*) AS indicator_count
    FROM performance_indicator
    GROUP BY ALL
)
SELECT
    m.project_line_id,
    i.project_id,
    b.name AS body_name,
    u.name AS spending_unit_name,
    l.name AS project_name,
    m.fiscal_year,
    m.phase,
    m.amount_yuan,
    coalesce(n.indicator_count, 0) AS indicator_count,
    coalesce(t.annual_target_count, 0)::BIGINT AS annual_target_count,
    l.goal
FROM money m
JOIN project_line l USING (project_line_id)
JOIN bridge_project_identity i USING (project_line_id)
JOIN dim_body b ON b.body_id = m.reporting_body_id
JOIN dim_body u ON u.body_id = m.spending_unit_id
LEFT JOIN indicators n USING (project_line_id)
LEFT JOIN measured t USING (project_line_id, fiscal_year, phase)
