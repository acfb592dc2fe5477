-- 部门×年度×支出类型 / Expenditure of all funds by body, year and type: from the table by function
-- where it is split by type, else from the table by type; never both for one body and year.
WITH split AS (  -- a line that names no type is of a table that is not split by type
    SELECT
        'fact_expenditure_by_function' AS fact, reporting_body_id, fiscal_year, phase,
        expenditure_type_id, amount_yuan, statement_version_id
    FROM fact_expenditure_by_function
    QUALIFY NOT bool_or(expenditure_type_id = 'unsplit')
        OVER (PARTITION BY reporting_body_id, fiscal_year, phase)
),
money AS (
    SELECT * FROM split
    UNION ALL
    SELECT
        'fact_expenditure_by_type' AS fact, reporting_body_id, fiscal_year, phase,
        expenditure_type_id, amount_yuan, statement_version_id
    FROM fact_expenditure_by_type t
    WHERE NOT EXISTS (
        SELECT 1 FROM split s
        WHERE s.reporting_body_id = t.reporting_body_id
          AND s.fiscal_year = t.fiscal_year AND s.phase = t.phase
    )
)
SELECT
    m.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    m.fiscal_year,
    m.phase,
    m.expenditure_type_id,
    e.name_zh AS expenditure_type_name,
    e.main_expenditure_type_id,
    m.fact,
    sum(m.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
FROM money m
JOIN dim_expenditure_type e USING (expenditure_type_id)
JOIN dim_body b ON b.body_id = m.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
JOIN statement_version v USING (statement_version_id)
JOIN statement s ON s.statement_id = v.statement_id
GROUP BY ALL
