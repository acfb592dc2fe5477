-- 单位成本 / Money of a project by unit of what it puts out: only where its targets name one output in a
-- number that counts something, or else why not. Peers are projects of one year and phase whose
-- indicator has the same name, white space aside, and the same unit.
WITH uncounted (unit) AS (  -- shares, money, time, scores, rates and capacities count no output
    SELECT unnest([
        '%', '‰', '百分点', '倍', '元', '分', '秒', '毫秒', '分钟', '小时', 'h', '天', '日', '工作日',
        '周', '个月', '年', '学期', '届', '度', '℃', '摄氏度', '千瓦', '兆瓦', '焦耳', 'dB', '分贝',
        'M', 'G', 'T', 'KB', 'MB', 'GB', 'TB', 'PB', '兆', 'Mbps', 'Gbps', '像素', '帧'
    ])
),
told AS (
    SELECT
        t.project_line_id,
        i.name AS indicator_name,
        v.raw_text,
        f.comparator,
        f.low_value AS quantity,
        f.unit,
        CASE
            WHEN t.amount_yuan IS NULL OR t.amount_yuan <= 0 THEN 'no_money'
            WHEN t.unclassified_count > 0 THEN 'unclassified'
            WHEN t.quantity_value_count = 0 THEN 'no_quantity'
            WHEN t.quantity_value_count > 1 OR v.kind = 'several' THEN 'several_outputs'
            WHEN f.fact_id IS NULL OR f.clause_kind NOT IN ('number', 'frequency') THEN 'no_number'
            WHEN v.suspect IS NOT NULL THEN 'doubtful_print'
            WHEN f.clause_kind = 'frequency' OR f.per_unit IS NOT NULL OR f.per_period IS NOT NULL
                OR f.base IS NOT NULL OR f.direction IS NOT NULL
                OR regexp_matches(i.name, '每[^年]|均|增长|增加|增幅') THEN 'per_or_relative'
            WHEN f.low_value IS NULL OR f.comparator NOT IN ('none', 'eq', 'ge', 'gt')
                THEN 'bound_or_range'
            WHEN f.unit IS NULL THEN 'no_unit'
            WHEN f.unit IN (FROM uncounted) THEN 'not_counted'
            WHEN f.low_value <= 0 THEN 'zero'
        END AS reason
    FROM mart_project_target_year t
    LEFT JOIN performance_value v ON v.value_id = t.quantity_value_id
    LEFT JOIN performance_indicator i USING (indicator_id)
    LEFT JOIN fact_performance_target f  -- the only target of a value; written so that it is hashed
        ON f.value_id = CASE WHEN v.clause_count = 1 THEN v.value_id END
),
fen AS (  -- whole numbers, so that a quotient is rounded to fen once and exactly
    SELECT
        t.project_line_id, t.fiscal_year, t.phase, o.unit,
        regexp_replace(o.indicator_name, '\s+', '', 'g') AS peer_name,
        (t.amount_yuan * 100)::HUGEINT * 100000000 AS money,
        (o.quantity * 100000000)::HUGEINT AS quantity
    FROM told o
    JOIN mart_project_target_year t USING (project_line_id)
    WHERE o.reason IS NULL
),
cost AS (
    SELECT
        *, (((2 * money + quantity) // (2 * quantity))::DECIMAL(20, 0) * 0.01)::DECIMAL(18, 2)
            AS unit_cost_yuan
    FROM fen
),
peers AS (
    SELECT
        peer_name, unit, fiscal_year, phase,
        count(*) - 1 AS peer_count,
        median(unit_cost_yuan::DOUBLE) AS median_cost,
        mad(unit_cost_yuan::DOUBLE) AS mad_cost
    FROM cost
    GROUP BY ALL
),
scored AS (
    SELECT
        c.project_line_id, c.unit_cost_yuan, p.peer_count, p.median_cost, p.mad_cost,
        CASE WHEN p.peer_count >= 5 AND p.mad_cost > 0
            THEN (c.unit_cost_yuan::DOUBLE - p.median_cost) / (1.4826 * p.mad_cost)
        END AS robust_z
    FROM cost c
    JOIN peers p USING (peer_name, unit, fiscal_year, phase)
)
SELECT
    t.project_line_id, t.project_id, t.reporting_body_id, t.body_name, t.region_name,
    t.spending_unit_name, t.project_name, t.fiscal_year, t.phase, t.amount_yuan, t.kinds,
    CASE WHEN o.reason IS NULL THEN 'separable' ELSE 'not_separable' END AS status,
    o.reason,
    o.indicator_name,
    o.raw_text,
    o.comparator,
    o.quantity,
    o.unit,
    s.unit_cost_yuan,
    s.peer_count,
    s.median_cost::DECIMAL(18, 2) AS peer_median_yuan,
    s.mad_cost::DECIMAL(18, 2) AS peer_mad_yuan,
    s.robust_z,
    CASE
        WHEN s.project_line_id IS NULL THEN NULL
        WHEN s.peer_count < 5 THEN 'few_peers'
        WHEN s.robust_z IS NULL THEN 'no_spread'
        WHEN s.robust_z > 3.5 THEN 'high'
        WHEN s.robust_z < -3.5 THEN 'low'
        ELSE 'usual'
    END AS peer_state
FROM mart_project_target_year t
JOIN told o USING (project_line_id)
LEFT JOIN scored s USING (project_line_id)
