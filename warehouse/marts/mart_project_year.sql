-- 项目×年度 / A project in a year: money, goal, and how it is measured. The money may be of one table
-- and the targets of another: what joins them is the project.
WITH money AS (
    SELECT
        project_line_id, reporting_body_id, spending_unit_id, fiscal_year, phase,
        sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan
    FROM fact_project_funding
    GROUP BY ALL
),
line AS (  -- lines of statements that feed targets
    SELECT i.project_id, l.project_line_id, l.goal, s.fiscal_year, s.phase
    FROM project_line l
    JOIN bridge_project_identity i USING (project_line_id)
    JOIN statement s USING (statement_id)
    JOIN fact_feed f
        ON f.statement_id = l.statement_id
        AND f.spending_unit_id = l.spending_unit_id
        AND f.fact = 'fact_performance_target'
),
measured AS (
    SELECT project_line_id, sum(target_count) AS annual_target_count
    FROM fact_performance_target
    WHERE horizon = 'annual'
    GROUP BY ALL
),
indicators AS (
    SELECT project_line_id, count(*) AS indicator_count
    FROM performance_indicator
    GROUP BY ALL
),
promised AS (
    SELECT
        l.project_id, l.fiscal_year, l.phase,
        sum(n.indicator_count) AS indicator_count,
        sum(t.annual_target_count) AS annual_target_count,
        max(l.goal) AS goal
    FROM line l
    LEFT JOIN indicators n USING (project_line_id)
    LEFT JOIN measured t USING (project_line_id)
    GROUP BY ALL
)
SELECT
    m.project_line_id,
    i.project_id,
    m.reporting_body_id,
    b.name AS body_name,
    u.name AS spending_unit_name,
    l.name AS project_name,
    m.fiscal_year,
    m.phase,
    m.amount_yuan,
    coalesce(t.indicator_count, 0)::BIGINT AS indicator_count,
    coalesce(t.annual_target_count, 0)::BIGINT AS annual_target_count,
    coalesce(t.goal, l.goal) AS goal,
    s.kind AS kinds
FROM money m
JOIN project_line l USING (project_line_id)
JOIN statement s USING (statement_id)
JOIN bridge_project_identity i USING (project_line_id)
JOIN dim_body b ON b.body_id = m.reporting_body_id
JOIN dim_project p USING (project_id)
LEFT JOIN dim_body u ON u.body_id = coalesce(m.spending_unit_id, p.spending_unit_id)
LEFT JOIN promised t
    ON t.project_id = i.project_id AND t.fiscal_year = m.fiscal_year AND t.phase = m.phase
