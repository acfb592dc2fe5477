-- 部门×年度×“三公”经费 / The three public expenses by body and year, all their funds.
SELECT
    f.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    f.fiscal_year,
    f.phase,
    f.three_public_id,
    p.name_zh AS three_public_name,
    sum(f.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
FROM fact_three_public f
JOIN dim_three_public p USING (three_public_id)
JOIN dim_body b ON b.body_id = f.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
JOIN statement_version v USING (statement_version_id)
JOIN statement s ON s.statement_id = v.statement_id
GROUP BY ALL
