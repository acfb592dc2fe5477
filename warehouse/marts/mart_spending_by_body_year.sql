-- 部门×年度：支出总额与年度变化 / What a body spends in a year, and the change from the year before:
-- all expenditure where a table states it, by type or by function alone, else that of its projects;
-- never two of them. After a reform the year before is that of all bodies that went over into this one
-- (mart_year_before), if all of them tell it in the same scope.
WITH money AS (
    SELECT
        reporting_body_id, body_name, region_name, fiscal_year, phase,
        'all_expenditure' AS scope, fact, amount_yuan, kinds, 1 AS choice
    FROM mart_expenditure_by_type_year
    UNION ALL
    SELECT
        reporting_body_id, body_name, region_name, fiscal_year, phase,
        'all_expenditure' AS scope, 'fact_expenditure_by_function' AS fact, amount_yuan, kinds,
        2 AS choice
    FROM mart_expenditure_by_function_class_year
    UNION ALL
    SELECT
        reporting_body_id, body_name, region_name, fiscal_year, phase,
        'projects' AS scope, 'fact_project_funding' AS fact, amount_yuan, kinds, 3 AS choice
    FROM mart_funding_by_body_year
),
chosen AS (
    SELECT *
    FROM money
    QUALIFY choice = min(choice) OVER (PARTITION BY reporting_body_id, fiscal_year, phase)
),
body_year AS (
    SELECT
        reporting_body_id, body_name, region_name, fiscal_year, phase, scope, fact,
        sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
        list_aggregate(
            list_sort(list_distinct(flatten(list(string_split(kinds, ', '))))), 'string_agg', ', '
        ) AS kinds
    FROM chosen
    GROUP BY ALL
),
before AS (
    SELECT
        f.body_id, f.fiscal_year, f.phase, b.scope,
        sum(b.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
        string_agg(p.name, '、' ORDER BY p.name) FILTER (f.before_body_id <> f.body_id) AS bodies
    FROM mart_year_before f
    JOIN body_year b
        ON b.reporting_body_id = f.before_body_id AND b.fiscal_year = f.fiscal_year - 1
        AND b.phase = f.phase
    JOIN dim_body p ON p.body_id = f.before_body_id
    WHERE f.told = 'spending'
    GROUP BY f.body_id, f.fiscal_year, f.phase, b.scope
    -- what is told otherwise in the year before is no base of a change
    QUALIFY count(*) OVER (PARTITION BY f.body_id, f.fiscal_year, f.phase) = 1
        AND bool_and(f.is_whole)
)
SELECT
    y.reporting_body_id,
    y.body_name,
    y.region_name,
    y.fiscal_year,
    y.phase,
    y.scope,
    y.fact,
    y.amount_yuan,
    b.amount_yuan AS amount_before_yuan,
    (y.amount_yuan - b.amount_yuan)::DECIMAL(18, 2) AS change_yuan,
    CASE WHEN b.amount_yuan > 0 THEN (y.amount_yuan - b.amount_yuan) / b.amount_yuan END
        AS change_share,
    b.bodies AS former_names,
    y.kinds
FROM body_year y
LEFT JOIN before b
    ON b.body_id = y.reporting_body_id AND b.fiscal_year = y.fiscal_year
    AND b.phase = y.phase AND b.scope = y.scope
