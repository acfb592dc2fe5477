-- 项目生命周期 / Life of projects: new, continuing, renamed, ended against the year before. The list of
-- the year before is that of the unit, whoever prints it, and those of all units that went over whole
-- into it then (mart_year_before). Something is new or ended only if all of them are there and are
-- of the same kinds of table: else it is unknown. Which CTEs are kept is said, and what is grouped
-- twice is as little as can be: a million projects' lists of names do not fit beside one another.
WITH money AS (
    SELECT project_line_id, fiscal_year, phase, sum(amount_yuan) AS amount_yuan
    FROM fact_project_funding
    GROUP BY ALL
),
list AS (  -- lists of projects that feed, by unit, and whose statements print them
    SELECT
        f.spending_unit_id, s.fiscal_year, s.phase,
        string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds,
        list_sort(list(DISTINCT s.reporting_body_id)) AS listers
    FROM fact_feed f
    JOIN statement s USING (statement_id)
    WHERE f.fact = 'fact_project_funding'
    GROUP BY ALL
),
printed AS (  -- lines of these lists, and of those whose money feeds nothing but which name the project
    SELECT
        i.project_id, i.name_key, i.method, l.name, s.reporting_body_id, s.fiscal_year, s.phase,
        l.spending_unit_id, p.spending_unit_id AS known_unit_id, m.amount_yuan, i.project_line_id
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
told AS (  -- the unit of that year, where this table prints none: what the project was known by may be
           -- the unit's former name
    SELECT i.project_id, s.fiscal_year, s.phase, min(l.spending_unit_id) AS told_unit_id
    FROM bridge_project_identity i
    JOIN project_line l USING (project_line_id)
    JOIN statement s USING (statement_id)
    WHERE i.project_id IN (
        SELECT o.project_id
        FROM bridge_project_identity o
        JOIN dim_project p ON p.project_id = o.project_id
        JOIN project_line n ON n.project_line_id = o.project_line_id
        WHERE n.spending_unit_id IS NULL AND p.spending_unit_id IS NOT NULL
    )
    GROUP BY ALL
),
line AS (
    SELECT
        n.* EXCLUDE (spending_unit_id, known_unit_id),
        coalesce(n.spending_unit_id, t.told_unit_id, n.known_unit_id) AS spending_unit_id
    FROM printed n
    LEFT JOIN told t USING (project_id, fiscal_year, phase)
),
listed AS MATERIALIZED (  -- a project in a year
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
twice AS (  -- projects that several bodies print in a year: few, so that few rows are grouped again
    SELECT project_id, fiscal_year, phase FROM listed GROUP BY ALL HAVING count(*) > 1
),
held AS NOT MATERIALIZED (  -- the same whoever prints it: a unit may be listed by another department next year
    SELECT
        project_id, fiscal_year, phase, spending_unit_id, owner_id, reporting_body_id, names, name,
        amount_yuan
    FROM listed
    ANTI JOIN twice USING (project_id, fiscal_year, phase)
    UNION ALL
    SELECT
        project_id, fiscal_year, phase,
        min(spending_unit_id) AS spending_unit_id,
        min(owner_id) AS owner_id,
        min(reporting_body_id) AS reporting_body_id,
        flatten(list(names)) AS names,
        min_by(name, reporting_body_id) AS name,
        sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan
    FROM listed
    SEMI JOIN twice USING (project_id, fiscal_year, phase)
    GROUP BY ALL
),
first_year AS (
    SELECT project_id, min(fiscal_year) AS first_fiscal_year FROM listed GROUP BY ALL
),
owner_list AS (  -- of a unit, or of a body whose tables print none
    SELECT e.owner_id, e.fiscal_year, e.phase, l.kinds, l.listers
    FROM (SELECT DISTINCT owner_id, fiscal_year, phase FROM listed) e
    JOIN list l
        ON l.spending_unit_id = e.owner_id
        AND l.fiscal_year = e.fiscal_year AND l.phase = e.phase
),
follows AS (  -- lists, and each of those of the year before that they go on from
    SELECT
        l.owner_id, l.fiscal_year, l.phase, l.kinds, l.listers,
        y.before_body_id AS before_id, o.kinds AS kinds_before, y.is_same_body, y.is_whole
    FROM owner_list l
    JOIN mart_year_before y
        ON y.told = 'projects' AND y.body_id = l.owner_id
        AND y.fiscal_year = l.fiscal_year AND y.phase = l.phase
    JOIN list o
        ON o.spending_unit_id = y.before_body_id
        AND o.fiscal_year = l.fiscal_year - 1 AND o.phase = l.phase
),
before AS (
    SELECT
        owner_id, fiscal_year, phase,
        bool_and(kinds_before = kinds) AS is_alike,
        bool_and(is_whole) AS is_whole,
        string_agg(DISTINCT kinds_before, ' + ' ORDER BY kinds_before) AS kinds_before
    FROM follows
    GROUP BY ALL
),
merged_name AS (  -- names that stand in a list and in one that went over into it with others
    SELECT DISTINCT f.owner_id, f.fiscal_year, f.phase, unnest(h.names) AS name_key
    FROM follows f
    JOIN held h
        ON h.owner_id = f.before_id AND h.fiscal_year = f.fiscal_year - 1 AND h.phase = f.phase
    WHERE NOT f.is_same_body
    INTERSECT
    SELECT owner_id, fiscal_year, phase, unnest(names) FROM held
    WHERE owner_id IN (SELECT owner_id FROM follows WHERE NOT is_same_body)
),
same_name AS (
    SELECT owner_id, fiscal_year, phase, list(name_key) AS names FROM merged_name GROUP BY ALL
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
present AS (  -- what a list has, beside what the year before has of the same project
    SELECT
        n.project_id, n.reporting_body_id, n.fiscal_year, n.phase, n.spending_unit_id,
        n.name, n.amount_yuan, n.method, b.name AS name_before,
        b.amount_yuan AS amount_before_yuan, l.kinds, o.kinds_before,
        CASE
            WHEN b.project_id IS NOT NULL AND list_has_any(n.names, b.names) THEN 'continuing'
            WHEN b.project_id IS NOT NULL THEN 'renamed'
            WHEN o.owner_id IS NULL THEN 'no_list_before'
            WHEN NOT o.is_whole THEN 'predecessors_unclear'
            WHEN NOT o.is_alike THEN 'lists_differ'
            WHEN list_has_any(n.names, s.names) THEN 'same_name_over_merger'
            ELSE 'new'
        END AS verdict
    FROM listed n
    JOIN owner_list l
        ON l.owner_id = n.owner_id AND l.fiscal_year = n.fiscal_year AND l.phase = n.phase
    LEFT JOIN before o
        ON o.owner_id = n.owner_id AND o.fiscal_year = n.fiscal_year AND o.phase = n.phase
    LEFT JOIN same_name s
        ON s.owner_id = n.owner_id AND s.fiscal_year = n.fiscal_year AND s.phase = n.phase
    LEFT JOIN held b
        ON b.project_id = n.project_id
        AND b.fiscal_year = n.fiscal_year - 1 AND b.phase = n.phase
),
absent AS (  -- what the list before has and this one lacks
    SELECT
        b.project_id,
        CASE
            WHEN list_contains(f.listers, b.reporting_body_id) THEN b.reporting_body_id
            ELSE f.listers[1]
        END AS reporting_body_id,
        f.fiscal_year, f.phase,
        CASE WHEN b.spending_unit_id IS NOT NULL THEN f.owner_id END AS spending_unit_id,
        NULL AS name, NULL AS amount_yuan, NULL AS method,
        b.name AS name_before, b.amount_yuan AS amount_before_yuan, f.kinds, f.kinds_before,
        CASE
            WHEN NOT o.is_whole THEN 'predecessors_unclear'
            WHEN f.kinds_before <> f.kinds THEN 'lists_differ'
            WHEN NOT f.is_same_body AND list_has_any(b.names, s.names) THEN 'same_name_over_merger'
            ELSE 'ended'
        END AS verdict
    FROM held b
    JOIN follows f
        ON f.before_id = b.owner_id AND f.fiscal_year = b.fiscal_year + 1 AND f.phase = b.phase
    JOIN before o
        ON o.owner_id = f.owner_id AND o.fiscal_year = f.fiscal_year AND o.phase = f.phase
    LEFT JOIN same_name s
        ON s.owner_id = f.owner_id AND s.fiscal_year = f.fiscal_year AND s.phase = f.phase
    ANTI JOIN held n
        ON n.project_id = b.project_id
        AND n.fiscal_year = b.fiscal_year + 1 AND n.phase = b.phase
),
every AS NOT MATERIALIZED (
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
    CASE
        WHEN w.verdict IN ('new', 'continuing', 'renamed', 'ended') THEN w.verdict ELSE 'unknown'
    END AS state,
    CASE WHEN w.verdict NOT IN ('new', 'continuing', 'renamed', 'ended') THEN w.verdict END
        AS reason,
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
