-- 部门×年度×指标组 / Indicators by group, whichever version of the framework is printed. Only of what
-- feeds facts: a unit's row in its department's book is not counted again.
WITH counted AS (
    SELECT
        s.reporting_body_id, s.fiscal_year, s.phase,
        coalesce(g.indicator_group_id, 'unclassified') AS indicator_group_id,
        count(*) AS indicator_count,
        count(*) FILTER (g.is_judgement) AS judged_count,
        string_agg(DISTINCT c.framework_version, ', ' ORDER BY c.framework_version)
            AS framework_versions,
        count(DISTINCT s.document_id) AS document_count
    FROM performance_indicator i
    JOIN statement s ON s.statement_id = i.statement_id
    LEFT JOIN project_line l USING (project_line_id)
    JOIN fact_feed f
        ON f.statement_id = i.statement_id
        AND f.spending_unit_id = coalesce(l.spending_unit_id, s.reporting_body_id)
        AND f.is_whole = (l.spending_unit_id IS NULL)
        AND f.fact = 'fact_performance_target'
    LEFT JOIN indicator_class_group g USING (indicator_class_id)
    LEFT JOIN dim_indicator_class c USING (indicator_class_id)
    GROUP BY ALL
)
SELECT
    n.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    n.fiscal_year,
    n.phase,
    n.indicator_group_id,
    coalesce(g.name_zh, '未印类别') AS indicator_group_name,
    coalesce(g.parent_indicator_group_id, n.indicator_group_id) AS parent_indicator_group_id,
    n.indicator_count,
    n.judged_count,
    n.indicator_count / sum(n.indicator_count) OVER (
        PARTITION BY n.reporting_body_id, n.fiscal_year, n.phase
    ) AS share,
    n.framework_versions,
    n.document_count
FROM counted n
LEFT JOIN dim_indicator_group g USING (indicator_group_id)
JOIN dim_body b ON b.body_id = n.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
