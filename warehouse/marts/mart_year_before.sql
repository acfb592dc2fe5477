-- 上年由谁承继 / Whose figures of the year before a body's of this year go on from: its own, and those of
-- all that went over whole into it then (body_lineage). Told apart for lists of projects and for
-- what bodies spend. Whether that is all of the year before is said too; where nothing of it is
-- told, there is no row.
WITH told AS (
    SELECT 'projects' AS told, f.spending_unit_id AS body_id, s.fiscal_year, s.phase
    FROM fact_feed f
    JOIN statement s USING (statement_id)
    WHERE f.fact = 'fact_project_funding'
    UNION
    SELECT 'spending', reporting_body_id, fiscal_year, phase
    FROM (
        SELECT reporting_body_id, fiscal_year, phase FROM mart_expenditure_by_type_year
        UNION
        SELECT reporting_body_id, fiscal_year, phase FROM mart_expenditure_by_function_class_year
        UNION
        SELECT reporting_body_id, fiscal_year, phase FROM mart_funding_by_body_year
    )
),
year_told AS (
    SELECT
        *,
        min(fiscal_year) OVER body AS first_year,
        max(fiscal_year) OVER body AS last_year
    FROM told
    WINDOW body AS (PARTITION BY told, body_id, phase)
),
own AS (
    SELECT y.told, y.body_id, y.fiscal_year, y.phase, y.body_id AS before_body_id
    FROM year_told y
    SEMI JOIN year_told b
        ON b.told = y.told AND b.body_id = y.body_id AND b.phase = y.phase
        AND b.fiscal_year = y.fiscal_year - 1
),
reformed AS (
    SELECT
        y.told, y.body_id, y.fiscal_year, y.phase,
        b.body_id AS before_body_id,
        g.kind = 'renamed' AS is_same_body,
        -- then and not later, by the day; without one, if the one ended and the other began
        b.last_year = b.fiscal_year AND CASE
            WHEN w.body_id IS NULL THEN y.first_year = y.fiscal_year
            ELSE g.kind <> 'renamed' AND g.first_on IS NOT NULL
        END AS is_sure
    FROM year_told y
    JOIN body_lineage g ON g.body_id = y.body_id
    JOIN year_told b
        ON b.told = y.told AND b.body_id = g.predecessor_body_id AND b.phase = y.phase
        AND b.fiscal_year = y.fiscal_year - 1
    LEFT JOIN own w
        ON w.told = y.told AND w.body_id = y.body_id AND w.phase = y.phase
        AND w.fiscal_year = y.fiscal_year
    ANTI JOIN year_told s  -- what goes on is not taken over yet
        ON s.told = y.told AND s.body_id = b.body_id AND s.phase = y.phase
        AND s.fiscal_year = y.fiscal_year
    WHERE g.first_on IS NULL
        OR (year(g.first_on) >= y.fiscal_year - 1 AND year(g.last_on) <= y.fiscal_year)
    QUALIFY g.steps = min(g.steps) OVER (
        PARTITION BY y.told, b.body_id, y.fiscal_year, y.phase
    )
),
covered AS (  -- of who was first, and any that it became
    SELECT told, body_id, fiscal_year, phase, before_body_id AS first_id
    FROM reformed
    UNION
    SELECT r.told, r.body_id, r.fiscal_year, r.phase, d.predecessor_body_id
    FROM reformed r
    JOIN body_lineage d ON d.body_id = r.before_body_id
),
lacking AS (
    SELECT y.told, y.body_id, y.fiscal_year, y.phase
    FROM year_told y
    JOIN body_lineage g ON g.body_id = y.body_id AND g.is_first
    ANTI JOIN own w
        ON w.told = y.told AND w.body_id = y.body_id AND w.phase = y.phase
        AND w.fiscal_year = y.fiscal_year
    ANTI JOIN covered c
        ON c.told = y.told AND c.body_id = y.body_id AND c.phase = y.phase
        AND c.fiscal_year = y.fiscal_year AND c.first_id = g.predecessor_body_id
    UNION
    SELECT y.told, y.body_id, y.fiscal_year, y.phase
    FROM year_told y
    JOIN body_lineage g
        ON g.body_id = y.body_id AND g.steps = 1 AND g.kind = 'absorbed'
        AND year(g.first_on) IN (y.fiscal_year - 1, y.fiscal_year)
    ANTI JOIN year_told b
        ON b.told = y.told AND b.body_id = g.predecessor_body_id AND b.phase = y.phase
        AND b.fiscal_year IN (y.fiscal_year - 1, y.fiscal_year)
),
every AS (
    SELECT *, true AS is_same_body, true AS is_sure FROM own
    UNION ALL BY NAME
    SELECT * FROM reformed
)
SELECT
    e.told,
    e.body_id,
    e.fiscal_year,
    e.phase,
    e.before_body_id,
    e.is_same_body,
    bool_and(e.is_sure) OVER body AND l.body_id IS NULL AS is_whole
FROM every e
LEFT JOIN lacking l USING (told, body_id, fiscal_year, phase)
WINDOW body AS (PARTITION BY e.told, e.body_id, e.fiscal_year, e.phase)
