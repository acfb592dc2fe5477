-- 部门×年度×COFOG / Expenditure by function of government: of all funds, and of the appropriation, whose
-- tables are often finer; never to be added. A class is mapped by the code that it is called by today;
-- what has no function is unclassified and keeps its money.
WITH spent AS (
    SELECT
        'all_expenditure' AS scope, reporting_body_id, fiscal_year, phase, function_class_id,
        amount_yuan, statement_version_id
    FROM fact_expenditure_by_function
    UNION ALL
    SELECT
        'appropriation' AS scope, reporting_body_id, fiscal_year, phase, function_class_id,
        amount_yuan, statement_version_id
    FROM fact_appropriation_by_function
),
told AS (
    SELECT
        f.scope, f.reporting_body_id, f.fiscal_year, f.phase, f.amount_yuan, f.statement_version_id,
        c.class_level, m.division_id, m.cofog_id, m.staff_cost, m.is_judgement
    FROM spent f
    JOIN dim_function_class c USING (function_class_id)
    LEFT JOIN function_class_read_on r
        ON r.function_class_id = f.function_class_id
        AND f.fiscal_year BETWEEN r.first_year AND r.last_year
    JOIN function_class_cofog m
        ON m.function_class_id = coalesce(r.conformed_function_class_id, f.function_class_id)
)
SELECT
    t.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    t.fiscal_year,
    t.phase,
    t.scope,
    coalesce(t.division_id, 'unclassified') AS division_id,
    coalesce(d.name_zh, '不可归类') AS division_name,
    coalesce(t.cofog_id, 'unclassified') AS cofog_id,
    coalesce(g.name_zh, '不可归类') AS cofog_name,
    t.staff_cost,
    t.is_judgement,
    min(t.class_level) AS printed_level,
    sum(t.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds,
    count(DISTINCT s.document_id) AS document_count
FROM told t
LEFT JOIN dim_cofog d ON d.cofog_id = t.division_id
LEFT JOIN dim_cofog g ON g.cofog_id = t.cofog_id
JOIN dim_body b ON b.body_id = t.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
JOIN statement_version v USING (statement_version_id)
JOIN statement s ON s.statement_id = v.statement_id
GROUP BY ALL
