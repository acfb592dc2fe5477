-- 部门×年度×事实的覆盖 / Of each body, year and phase: which facts are here, on how many documents they
-- rest, what waits, what no document has. A year without any document between years with some is told.
WITH fact AS (
    SELECT DISTINCT fact FROM feeding_rule WHERE starts_with(fact, 'fact_')
),
document_year AS (
    SELECT DISTINCT reporting_body_id, phase, fiscal_year
    FROM statement
    WHERE reporting_body_id IS NOT NULL AND phase IS NOT NULL AND fiscal_year IS NOT NULL
),
body_year AS (
    SELECT
        reporting_body_id, phase,
        unnest(generate_series(min(fiscal_year), max(fiscal_year)))::INTEGER AS fiscal_year
    FROM document_year
    GROUP BY ALL
),
feeds AS (
    SELECT
        f.fact, s.reporting_body_id, s.fiscal_year, s.phase,
        count(DISTINCT s.document_id) AS document_count,
        string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
    FROM (SELECT DISTINCT fact, statement_id FROM fact_feed) f
    JOIN statement s USING (statement_id)
    GROUP BY ALL
),
declares AS (  -- that there is nothing of it
    SELECT
        r.fact, s.reporting_body_id, s.fiscal_year, s.phase,
        count(DISTINCT s.document_id) AS document_count,
        string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
    FROM statement s
    JOIN statement_version v ON v.statement_id = s.statement_id AND v.is_current
    JOIN feeding_rule r ON r.kind = s.kind AND r.is_required
    WHERE s.is_declared_empty
    GROUP BY ALL
),
stands AS (  -- current and proven, but another body's statement of the same money feeds
    SELECT DISTINCT p.fact, s.reporting_body_id, s.fiscal_year, s.phase
    FROM (
        SELECT fact, statement_id FROM printed_amount WHERE fact IN (FROM fact)
        UNION
        SELECT 'fact_performance_target', statement_id FROM performance_indicator
    ) p
    JOIN statement_version v ON v.statement_id = p.statement_id AND v.is_current
    JOIN statement s ON s.statement_id = p.statement_id
),
waits AS (
    SELECT p.fact, s.reporting_body_id, s.fiscal_year, s.phase, count(*) AS waiting_count
    FROM (
        SELECT fact, statement_id FROM pending_amount
        UNION
        SELECT 'fact_project_funding', statement_id FROM pending_project_funding
        UNION
        SELECT 'fact_performance_target', statement_id FROM pending_performance_target
    ) p
    JOIN statement s USING (statement_id)
    GROUP BY ALL
)
SELECT
    y.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    y.fiscal_year,
    y.phase,
    a.fact,
    CASE
        WHEN f.fact IS NOT NULL THEN 'published'
        WHEN n.fact IS NOT NULL THEN 'declared_empty'
        WHEN e.fact IS NOT NULL THEN 'told_elsewhere'
        WHEN w.fact IS NOT NULL THEN 'waiting'
        WHEN d.reporting_body_id IS NOT NULL THEN 'not_found'
        ELSE 'no_document'
    END AS state,
    coalesce(f.document_count, n.document_count, 0) AS document_count,
    coalesce(f.kinds, n.kinds) AS kinds,
    coalesce(w.waiting_count, 0) AS waiting_count
FROM body_year y
CROSS JOIN fact a
JOIN dim_body b ON b.body_id = y.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
LEFT JOIN document_year d USING (reporting_body_id, fiscal_year, phase)
LEFT JOIN feeds f USING (reporting_body_id, fiscal_year, phase, fact)
LEFT JOIN declares n USING (reporting_body_id, fiscal_year, phase, fact)
LEFT JOIN stands e USING (reporting_body_id, fiscal_year, phase, fact)
LEFT JOIN waits w USING (reporting_body_id, fiscal_year, phase, fact)
