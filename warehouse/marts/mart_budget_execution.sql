-- 预算执行 / Budget against final accounts of one body and year, line by line. Each budget that is there
-- is a basis of its own, with the lines that it shares with the accounts. A blank is no 0: no rate.
WITH pair AS (
    SELECT
        line_id, reporting_body_id, fiscal_year, fact, spending_unit_id, function_class_id,
        economic_class_id, expenditure_type_id, fund_source_id, three_public_id, basis,
        max(amount_yuan) FILTER (telling = 'budget') AS budget_yuan,
        max(amount_yuan) FILTER (telling = 'final_accounts') AS final_yuan,
        max(kinds) FILTER (telling = 'budget') AS budget_kinds,
        max(kinds) FILTER (telling = 'final_accounts') AS final_kinds,
        max(documents) FILTER (telling = 'budget') AS budget_documents,
        max(documents) FILTER (telling = 'final_accounts') AS final_documents
    FROM mart_amount_told
    WHERE comparison = 'execution'
    GROUP BY ALL
)
SELECT
    p.line_id,
    p.reporting_body_id,
    p.fiscal_year,
    p.fact,
    p.spending_unit_id,
    p.function_class_id,
    p.economic_class_id,
    p.expenditure_type_id,
    p.fund_source_id,
    p.three_public_id,
    b.name AS body_name,
    u.name AS spending_unit_name,
    concat_ws(' · ', f.name_zh, e.name_zh, t.name_zh, nullif(k.name_zh, '未分类型'),
        nullif(s.name_zh, '未分来源')) AS line_name,
    p.basis AS budget_basis,
    p.budget_yuan,
    p.final_yuan,
    CASE WHEN p.budget_yuan > 0 THEN p.final_yuan / p.budget_yuan END AS execution_rate,
    CASE
        WHEN p.basis = 'none' THEN 'budget_missing'
        WHEN p.final_yuan IS NULL THEN 'only_budget'
        WHEN p.budget_yuan IS NULL THEN 'only_final'
        ELSE 'compared'
    END AS status,
    p.budget_kinds,
    p.final_kinds,
    p.budget_documents,
    p.final_documents
FROM pair p
JOIN dim_body b ON b.body_id = p.reporting_body_id
LEFT JOIN dim_body u ON u.body_id = p.spending_unit_id
LEFT JOIN dim_function_class f ON f.function_class_id = p.function_class_id
LEFT JOIN dim_economic_class e ON e.economic_class_id = p.economic_class_id
LEFT JOIN dim_three_public t ON t.three_public_id = p.three_public_id
LEFT JOIN dim_expenditure_type k ON k.expenditure_type_id = p.expenditure_type_id
LEFT JOIN dim_fund_source s ON s.fund_source_id = p.fund_source_id
