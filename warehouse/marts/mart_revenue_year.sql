-- 部门×年度×资金来源：收入 / Revenue by body, year and leaf fund source.
SELECT
    f.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    f.fiscal_year,
    f.phase,
    f.fund_source_id,
    u.name_zh AS fund_source_name,
    sum(f.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
FROM fact_revenue f
JOIN dim_fund_source u USING (fund_source_id)
JOIN dim_body b ON b.body_id = f.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
JOIN statement_version v USING (statement_version_id)
JOIN statement s ON s.statement_id = v.statement_id
GROUP BY ALL
