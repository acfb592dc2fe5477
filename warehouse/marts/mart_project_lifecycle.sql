-- 项目生命周期 / Life of projects: new, continuing, renamed, ended against the year before. A year is
-- compared only with a year whose list of that unit is there, and says that something is new or
-- ended only if both lists are of the same kinds of table: else it is unknown. A project goes on
-- within its body, or within its unit: a unit may be in its department's book in one year and publish
-- one of its own in another.
WITH money AS (
    SELECT project_line_id, fiscal_year, phase, sum(amount_yuan) AS amount_yuan
    FROM fact_project_funding
    GROUP BY ALL
),
list AS (  -- lists of projects that feed, by unit
    SELECT
        f.spending_unit_id, s.fiscal_year, s.phase,
        string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
    FROM fact_feed f
    JOIN statement s USING (statement_id)
    WHERE f.fact = 'fact_project_funding'
    GROUP BY ALL
),
line AS (  -- lines of these lists, and of those whose money feeds nothing but which name the project
    SELECT
        i.project_id, i.name_key, i.method, l.name, s.reporting_body_id, s.fiscal_year, s.phase,
        coalesce(l.spending_unit_id, p.spending_unit_id) AS spending_unit_id,
        m.amount_yuan, i.project_line_id
    FROM bridge_project_identity i
    JOIN dim_project p USING (project_id)
    JOIN project_line l USING (project_line_id)
    JOIN statement s USING (statement_id)
    JOIN fact_feed f
        ON f.statement_id = l.statement_id
        AND f.fact = 'fact_project_funding'
        AND f.spending_unit_id = coalesce(l.spending_unit_id, s.reporting_body_id)
    LEFT JOIN money m
        ON m.project_line_id = l.project_line_id
        AND m.fiscal_year = s.fiscal_year AND m.phase = s.phase
),
listed AS (  -- a project in a year
    SELECT
        project_id, reporting_body_id, fiscal_year, phase,
        min(spending_unit_id) AS spending_unit_id,
        coalesce(min(spending_unit_id), reporting_body_id) AS owner_id,
        list(DISTINCT name_key) AS names,
        min_by(name, project_line_id) AS name,
        min_by(method, project_line_id) AS method,
        sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan
    FROM line
    GROUP BY project_id, reporting_body_id, fiscal_year, phase
),
first_year AS (
    SELECT project_id, min(fiscal_year) AS first_fiscal_year FROM listed GROUP BY ALL
),
owner_list AS (  -- of a unit, or of a body whose tables print none; and in whose book it is
    SELECT e.owner_id, e.fiscal_year, e.phase, e.reporting_body_id, l.kinds
    FROM (
        SELECT owner_id, fiscal_year, phase, min(reporting_body_id) AS reporting_body_id
        FROM listed
        GROUP BY ALL
    ) e
    JOIN list l
        ON l.spending_unit_id = e.owner_id
        AND l.fiscal_year = e.fiscal_year AND l.phase = e.phase
),
relation AS (
    SELECT project_id, fiscal_year, string_agg(DISTINCT kind, ', ' ORDER BY kind) AS succession
    FROM (
        SELECT project_id, fiscal_year, kind FROM project_succession
        UNION ALL
        SELECT project_id_before, fiscal_year, kind FROM project_succession
    )
    WHERE kind IN ('split', 'merged')
    GROUP BY ALL
),
present AS (  -- what a list has, beside what the list before has of the same project
    SELECT
        n.project_id, n.reporting_body_id, n.fiscal_year, n.phase, n.spending_unit_id,
        n.name, n.amount_yuan, n.method, coalesce(b.name, u.name) AS name_before,
        coalesce(b.amount_yuan, u.amount_yuan) AS amount_before_yuan,
        l.kinds, o.kinds AS kinds_before,
        CASE
            WHEN list_has_any(n.names, coalesce(b.names, u.names)) THEN 'continuing'
            WHEN coalesce(b.project_id, u.project_id) IS NOT NULL THEN 'renamed'
            WHEN o.kinds = l.kinds THEN 'new'
            ELSE 'unknown'
        END AS state
    FROM listed n
    JOIN owner_list l
        ON l.owner_id = n.owner_id AND l.fiscal_year = n.fiscal_year AND l.phase = n.phase
    LEFT JOIN owner_list o
        ON o.owner_id = n.owner_id AND o.fiscal_year = n.fiscal_year - 1 AND o.phase = n.phase
    LEFT JOIN listed b
        ON b.project_id = n.project_id AND b.reporting_body_id = n.reporting_body_id
        AND b.fiscal_year = n.fiscal_year - 1 AND b.phase = n.phase
    LEFT JOIN listed u
        ON u.project_id = n.project_id AND u.owner_id = n.owner_id
        AND u.fiscal_year = n.fiscal_year - 1 AND u.phase = n.phase AND b.project_id IS NULL
),
absent AS (  -- what the list before has and this one lacks
    SELECT
        b.project_id, l.reporting_body_id, b.fiscal_year + 1 AS fiscal_year, b.phase,
        b.spending_unit_id, NULL AS name, NULL AS amount_yuan, NULL AS method,
        b.name AS name_before, b.amount_yuan AS amount_before_yuan,
        l.kinds, o.kinds AS kinds_before,
        CASE WHEN o.kinds = l.kinds THEN 'ended' ELSE 'unknown' END AS state
    FROM listed b
    JOIN owner_list o
        ON o.owner_id = b.owner_id AND o.fiscal_year = b.fiscal_year AND o.phase = b.phase
    JOIN owner_list l
        ON l.owner_id = b.owner_id AND l.fiscal_year = b.fiscal_year + 1 AND l.phase = b.phase
    ANTI JOIN listed n
        ON n.project_id = b.project_id AND n.reporting_body_id = b.reporting_body_id
        AND n.fiscal_year = b.fiscal_year + 1 AND n.phase = b.phase
    ANTI JOIN listed u
        ON u.project_id = b.project_id AND u.owner_id = b.owner_id
        AND u.fiscal_year = b.fiscal_year + 1 AND u.phase = b.phase
),
every AS (
    SELECT * FROM present
    UNION ALL BY NAME
    SELECT * FROM absent
)
SELECT
    w.project_id,
    w.spending_unit_id,
    u.name AS spending_unit_name,
    w.reporting_body_id,
    w.fiscal_year,
    w.phase,
    w.state,
    CASE
        WHEN w.state <> 'unknown' THEN NULL
        WHEN w.kinds_before IS NULL THEN 'no_list_before'
        ELSE 'lists_differ'
    END AS reason,
    w.name AS project_name,
    w.name_before AS project_name_before,
    w.amount_yuan::DECIMAL(18, 2) AS amount_yuan,
    w.amount_before_yuan::DECIMAL(18, 2) AS amount_before_yuan,
    y.first_fiscal_year,
    r.succession,
    w.method,
    CASE
        WHEN w.kinds_before IS NULL OR w.kinds_before = w.kinds THEN w.kinds
        ELSE w.kinds_before || ' → ' || w.kinds
    END AS kinds
FROM every w
JOIN first_year y USING (project_id)
LEFT JOIN dim_body u ON u.body_id = w.spending_unit_id
LEFT JOIN relation r ON r.project_id = w.project_id AND r.fiscal_year = w.fiscal_year
