-- 同一单位、年度、阶段、资金范围只由一份报表供数 / one statement feeds each unit, year, phase and scope
WITH fact AS (
    SELECT 'fact_project_funding' AS fact, spending_unit_id, fiscal_year, phase, statement_version_id
    FROM fact_project_funding
    UNION
    SELECT 'fact_performance_target', spending_unit_id, fiscal_year, phase, statement_version_id
    FROM fact_performance_target
)
SELECT f.fact, f.spending_unit_id, f.fiscal_year, f.phase, s.fund_scope, count(*) AS statements
FROM fact f
JOIN statement_version v USING (statement_version_id)
JOIN statement s ON s.statement_id = v.statement_id
GROUP BY ALL
HAVING count(*) > 1
