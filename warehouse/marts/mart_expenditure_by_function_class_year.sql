-- 部门×年度×功能科目类 / Expenditure of all funds by body, year and function class at level 类.
SELECT
    f.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    f.fiscal_year,
    f.phase,
    t.function_class_id,
    t.name_zh AS function_class_name,
    sum(f.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
FROM fact_expenditure_by_function f
JOIN dim_function_class c USING (function_class_id)
JOIN dim_function_class t ON t.function_class_id = c.top_function_class_id
JOIN dim_body b ON b.body_id = f.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
JOIN statement_version v USING (statement_version_id)
JOIN statement s ON s.statement_id = v.statement_id
GROUP BY ALL
