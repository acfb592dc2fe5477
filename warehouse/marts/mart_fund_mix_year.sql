-- 部门×年度×资金组 / Revenue by group of fund sources: what every vocabulary of sources can be told in.
WITH mix AS (
    SELECT
        f.reporting_body_id, f.fiscal_year, f.phase, g.fund_group_id, g.is_judgement,
        sum(f.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
        string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds,
        count(DISTINCT s.document_id) AS document_count
    FROM fact_revenue f
    JOIN fund_source_group g USING (fund_source_id)
    JOIN statement_version v USING (statement_version_id)
    JOIN statement s ON s.statement_id = v.statement_id
    GROUP BY ALL
)
SELECT
    m.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    m.fiscal_year,
    m.phase,
    m.fund_group_id,
    g.name_zh AS fund_group_name,
    m.is_judgement,
    m.amount_yuan,
    m.kinds,
    m.document_count,
    CASE WHEN sum(m.amount_yuan) OVER of_body > 0
        THEN m.amount_yuan / sum(m.amount_yuan) OVER of_body END AS share
FROM mix m
JOIN dim_fund_group g USING (fund_group_id)
JOIN dim_body b ON b.body_id = m.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
WINDOW of_body AS (PARTITION BY m.reporting_body_id, m.fiscal_year, m.phase)
