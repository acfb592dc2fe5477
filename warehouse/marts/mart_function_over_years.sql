-- 部门×年度×功能科目款 / Expenditure by function class, of all funds and of the appropriation (never to be
-- added), with the name of that year and the class that it is today. A class that was split stays what
-- it was: nothing says which money went where (function_class_change names it).
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
        CASE WHEN c.class_level > 2 THEN c.parent_function_class_id ELSE c.function_class_id END
            AS function_class_id,
        coalesce(r.conformed_function_class_id, f.function_class_id) AS today
    FROM spent f
    JOIN dim_function_class c USING (function_class_id)
    LEFT JOIN function_class_read_on r
        ON r.function_class_id = f.function_class_id
        AND f.fiscal_year BETWEEN r.first_year AND r.last_year
),
summed AS (
    SELECT
        t.scope, t.reporting_body_id, t.fiscal_year, t.phase, t.function_class_id,
        CASE WHEN c.class_level > 2 THEN c.parent_function_class_id ELSE c.function_class_id END
            AS conformed_function_class_id,
        sum(t.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
        string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds,
        count(DISTINCT s.document_id) AS document_count
    FROM told t
    JOIN dim_function_class c ON c.function_class_id = t.today
    JOIN statement_version v USING (statement_version_id)
    JOIN statement s ON s.statement_id = v.statement_id
    GROUP BY ALL
),
named AS (  -- the name of a year: a listed one goes first, then the one that was seen last
    SELECT
        y.function_class_id, y.fiscal_year,
        arg_max(n.name_zh, (n.is_listed, n.last_year, n.name_zh)) AS name_zh
    FROM (SELECT DISTINCT function_class_id, fiscal_year FROM summed) y
    JOIN function_class_name n
        ON n.function_class_id = y.function_class_id
        AND y.fiscal_year BETWEEN n.first_year AND n.last_year
    GROUP BY ALL
)
SELECT
    s.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    s.fiscal_year,
    s.phase,
    s.scope,
    s.function_class_id,
    coalesce(n.name_zh, o.name_zh) AS function_class_name,
    s.conformed_function_class_id,
    t.name_zh AS conformed_function_class_name,
    s.amount_yuan,
    s.kinds,
    s.document_count
FROM summed s
JOIN dim_function_class o USING (function_class_id)
JOIN dim_function_class t ON t.function_class_id = s.conformed_function_class_id
LEFT JOIN named n USING (function_class_id, fiscal_year)
JOIN dim_body b ON b.body_id = s.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
