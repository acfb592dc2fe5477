-- 部门×年度×资金来源 / Planned project money by body, year, phase and fund source.
SELECT
    f.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    f.fiscal_year,
    f.phase,
    f.fund_source_id,
    s.name_zh AS fund_source_name,
    count(DISTINCT f.project_line_id) AS project_count,
    sum(f.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT t.kind, ', ' ORDER BY t.kind) AS kinds
FROM fact_project_funding f
JOIN dim_body b ON b.body_id = f.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
JOIN dim_fund_source s USING (fund_source_id)
JOIN statement_version v USING (statement_version_id)
JOIN statement t ON t.statement_id = v.statement_id
GROUP BY ALL
