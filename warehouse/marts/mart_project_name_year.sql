-- 同名项目 / Project names that several units have in a year: the money of each unit beside all of them.
WITH money AS (
    SELECT
        project_line_id, reporting_body_id, fiscal_year, phase, sum(amount_yuan) AS amount_yuan
    FROM fact_project_funding
    GROUP BY ALL
),
of_unit AS (
    SELECT
        n.name_core, m.fiscal_year, m.phase, m.reporting_body_id,
        coalesce(l.spending_unit_id, p.spending_unit_id) AS spending_unit_id,
        coalesce(l.spending_unit_id, p.spending_unit_id, m.reporting_body_id) AS owner_id,
        min(l.name) AS project_name,
        count(*) AS project_count,
        sum(m.amount_yuan)::DECIMAL(18, 2) AS amount_yuan
    FROM money m
    JOIN project_line l USING (project_line_id)
    JOIN project_name_core n ON n.name = l.name AND n.fiscal_year = m.fiscal_year
    LEFT JOIN bridge_project_identity i USING (project_line_id)
    LEFT JOIN dim_project p USING (project_id)
    GROUP BY ALL
),
shared AS (
    SELECT
        name_core, fiscal_year, phase,
        count(DISTINCT owner_id) AS unit_count,
        count(DISTINCT reporting_body_id) AS body_count,
        sum(amount_yuan)::DECIMAL(18, 2) AS all_units_yuan,
        min(amount_yuan) AS least_yuan,
        median(amount_yuan)::DECIMAL(18, 2) AS median_yuan,
        max(amount_yuan) AS most_yuan
    FROM of_unit
    GROUP BY ALL
    HAVING count(DISTINCT owner_id) > 1
)
SELECT
    o.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    o.fiscal_year,
    o.phase,
    o.owner_id,
    u.name AS spending_unit_name,
    o.name_core,
    o.project_name,
    o.project_count,
    o.amount_yuan,
    s.unit_count,
    s.body_count,
    s.all_units_yuan,
    s.least_yuan,
    s.median_yuan,
    s.most_yuan
FROM of_unit o
JOIN shared s USING (name_core, fiscal_year, phase)
JOIN dim_body b ON b.body_id = o.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
LEFT JOIN dim_body u ON u.body_id = o.spending_unit_id
