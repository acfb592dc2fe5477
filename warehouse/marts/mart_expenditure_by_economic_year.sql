-- 部门×年度×经济科目类 / Expenditure of the appropriation by body, year and economic class.
SELECT
    f.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    f.fiscal_year,
    f.phase,
    t.economic_class_id,
    t.name_zh AS economic_class_name,
    f.expenditure_type_id,
    e.name_zh AS expenditure_type_name,
    e.main_expenditure_type_id,
    f.fund_source_id,
    u.name_zh AS fund_source_name,
    sum(f.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
FROM fact_expenditure_by_economic f
JOIN dim_economic_class c USING (economic_class_id)
JOIN dim_economic_class t ON t.economic_class_id = c.top_economic_class_id
JOIN dim_expenditure_type e USING (expenditure_type_id)
JOIN dim_fund_source u USING (fund_source_id)
JOIN dim_body b ON b.body_id = f.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
JOIN statement_version v USING (statement_version_id)
JOIN statement s ON s.statement_id = v.statement_id
GROUP BY ALL
