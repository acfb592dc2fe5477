-- 项目×年度：绩效目标 / What a project's targets are made of in a year, beside its money and the texts of
-- the year before. Only lines whose targets feed facts; money may be of another table: what joins
-- them is the project. A value is of the year if it is annual, or if its table prints no horizon.
WITH line AS (
    SELECT
        coalesce(i.project_id, l.project_line_id) AS owner_id,
        i.project_id, l.project_line_id, l.name, l.goal_hash, l.spending_unit_id,
        s.reporting_body_id, s.fiscal_year, s.phase
    FROM (
        SELECT
            project_line_id, statement_id, spending_unit_id, name,
            md5_number_lower(regexp_replace(goal, '\s+', '', 'g'))::HUGEINT AS goal_hash
        FROM project_line
    ) l
    JOIN statement s USING (statement_id)
    JOIN fact_feed f
        ON f.statement_id = l.statement_id
        AND f.spending_unit_id = coalesce(l.spending_unit_id, s.reporting_body_id)
        AND f.is_whole = (l.spending_unit_id IS NULL)
        AND f.fact = 'fact_performance_target'
    LEFT JOIN bridge_project_identity i USING (project_line_id)
),
class AS (  -- a class that says no more than 产出 may be of cost, which was an output until 2021
    SELECT
        c.indicator_class_id,
        g.indicator_group_id,
        coalesce(g.parent_indicator_group_id, g.indicator_group_id) AS top_group_id
    FROM indicator_class_group c
    JOIN dim_indicator_group g USING (indicator_group_id)
    WHERE g.indicator_group_id <> 'output'
),
indicators AS (
    SELECT
        i.project_line_id,
        count(*) AS indicator_count,
        count(*) FILTER (c.top_group_id = 'cost') AS cost_count,
        count(*) FILTER (c.top_group_id = 'satisfaction') AS satisfaction_count,
        count(*) FILTER (c.top_group_id IS NULL) AS unclassified_count
    FROM performance_indicator i
    LEFT JOIN class c USING (indicator_class_id)
    WHERE i.project_line_id IS NOT NULL
    GROUP BY i.project_line_id
),
lowest AS (  -- what a target can hardly miss, or cannot exceed
    SELECT value_id, boolean_value IS NOT NULL AS is_yes
    FROM fact_performance_target
    WHERE boolean_value OR (
        clause_kind = 'number' AND unit = '%' AND low_value = 100
        AND comparator IN ('none', 'eq', 'ge')
        AND base IS NULL AND direction IS NULL AND per_unit IS NULL AND per_period IS NULL
    )
),
value AS (
    SELECT
        i.project_line_id,
        v.value_id,
        c.indicator_group_id = 'quantity' AND v.kind <> 'unset' AS is_quantity,
        coalesce(c.top_group_id = 'output', false) AND v.kind <> 'unset' AS is_output,
        w.is_yes,
        md5_number_lower(
            regexp_replace(i.name || chr(31) || v.raw_text, '\s+', '', 'g')
        )::HUGEINT AS text_hash
    FROM performance_value v
    JOIN performance_indicator i USING (indicator_id)
    LEFT JOIN class c USING (indicator_class_id)
    -- of several targets in one value none is all that it promises; written so that it is hashed
    LEFT JOIN lowest w ON w.value_id = CASE WHEN v.clause_count = 1 THEN v.value_id END
    WHERE v.horizon <> 'cycle' AND i.project_line_id IS NOT NULL
),
promised AS (
    SELECT
        project_line_id,
        count(*) AS value_count,
        sum(text_hash) AS value_hash,
        count(*) FILTER (is_output) AS output_value_count,
        count(*) FILTER (is_output AND NOT is_yes) AS full_percent_count,
        count(*) FILTER (is_output AND is_yes) AS yes_count,
        count(*) FILTER (is_quantity) AS quantity_count,
        min(value_id) FILTER (is_quantity) AS quantity_value_id
    FROM value
    GROUP BY project_line_id
),
project AS (
    SELECT
        l.owner_id, l.fiscal_year, l.phase,
        min(l.project_line_id) AS project_line_id,
        sum(l.goal_hash) AS goal_hash,
        coalesce(sum(n.indicator_count), 0)::BIGINT AS indicator_count,
        coalesce(sum(n.cost_count), 0)::BIGINT AS cost_count,
        coalesce(sum(n.satisfaction_count), 0)::BIGINT AS satisfaction_count,
        coalesce(sum(n.unclassified_count), 0)::BIGINT AS unclassified_count,
        coalesce(sum(p.value_count), 0)::BIGINT AS value_count,
        sum(p.value_hash) AS value_hash,
        coalesce(sum(p.output_value_count), 0)::BIGINT AS output_value_count,
        coalesce(sum(p.full_percent_count), 0)::BIGINT AS full_percent_count,
        coalesce(sum(p.yes_count), 0)::BIGINT AS yes_count,
        coalesce(sum(p.quantity_count), 0)::BIGINT AS quantity_value_count,
        min(p.quantity_value_id) AS quantity_value_id
    FROM line l
    LEFT JOIN indicators n USING (project_line_id)
    LEFT JOIN promised p USING (project_line_id)
    GROUP BY l.owner_id, l.fiscal_year, l.phase
),
money AS (
    SELECT
        coalesce(i.project_id, f.project_line_id) AS owner_id, f.fiscal_year, f.phase,
        sum(f.amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
        string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind) AS kinds
    FROM fact_project_funding f
    JOIN statement_version v USING (statement_version_id)
    JOIN statement s ON s.statement_id = v.statement_id
    LEFT JOIN bridge_project_identity i USING (project_line_id)
    GROUP BY ALL
)
SELECT
    p.project_line_id,
    l.project_id,
    l.reporting_body_id,
    b.name AS body_name,
    r.name AS region_name,
    u.name AS spending_unit_name,
    l.name AS project_name,
    p.fiscal_year,
    p.phase,
    m.amount_yuan,
    m.kinds,
    p.indicator_count,
    p.cost_count,
    p.satisfaction_count,
    p.unclassified_count,
    p.value_count,
    p.output_value_count,
    p.full_percent_count,
    p.yes_count,
    p.quantity_value_count,
    CASE WHEN p.quantity_value_count = 1 THEN p.quantity_value_id END AS quantity_value_id,
    CASE
        WHEN p.value_count = 0 THEN 'nothing_printed'
        WHEN y.owner_id IS NULL THEN 'no_year_before'
        WHEN p.value_count = y.value_count AND p.value_hash = y.value_hash
            AND p.goal_hash IS NOT DISTINCT FROM y.goal_hash THEN 'same'
        ELSE 'differ'
    END AS text_state,
    k.name AS project_name_before,
    o.amount_yuan AS amount_before_yuan,
    o.kinds AS kinds_before
FROM project p
JOIN line l USING (project_line_id)
JOIN dim_body b ON b.body_id = l.reporting_body_id
LEFT JOIN dim_region r USING (region_id)
LEFT JOIN dim_project d ON d.project_id = l.project_id
LEFT JOIN dim_body u ON u.body_id = coalesce(l.spending_unit_id, d.spending_unit_id)
LEFT JOIN money m
    ON m.owner_id = p.owner_id AND m.fiscal_year = p.fiscal_year AND m.phase = p.phase
LEFT JOIN project y
    ON y.owner_id = p.owner_id AND y.fiscal_year = p.fiscal_year - 1 AND y.phase = p.phase
LEFT JOIN project_line k ON k.project_line_id = y.project_line_id
LEFT JOIN money o
    ON o.owner_id = p.owner_id AND o.fiscal_year = p.fiscal_year - 1 AND o.phase = p.phase
