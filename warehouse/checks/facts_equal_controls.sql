-- 每条事实等于其印刷数，供数报表的末级数无一遗漏，其和在舍入容差内等于印刷合计或已确认为来源错误 / each fact is what is printed, no leaf of a statement that feeds is lost, and leaves add up to the printed total within rounding, or a finding says so
WITH printed AS (
    SELECT p.* FROM printed_amount p
    WHERE p.statement_id IN (SELECT statement_id FROM statement_version WHERE is_current)
),
whole AS (  -- statements that feed a fact with all that they print of it
    SELECT f.fact, f.statement_id
    FROM fact_feed f
    LEFT JOIN (
        SELECT statement_id, count(*) AS units FROM statement_unit GROUP BY statement_id
    ) u USING (statement_id)
    GROUP BY f.fact, f.statement_id
    HAVING bool_or(f.is_whole) OR count(*) = any_value(u.units)
),
leaves AS (
    SELECT statement_id, block, sum(amount_yuan) AS amount_yuan
    FROM printed WHERE is_leaf GROUP BY statement_id, block
),
place AS (  -- what the identities on the way from the leaves to the total may differ by
    SELECT
        statement_id, block, any_value(ulp) * count(*) AS envelope_yuan
    FROM (
        SELECT *, min(coalesce(last_place_yuan, 0)) OVER (PARTITION BY statement_id) AS ulp
        FROM printed
    )
    GROUP BY statement_id, block
),
total AS (  -- of a block that prints one total of everything
    SELECT statement_id, block, any_value(label) AS label, any_value(place) AS place,
        any_value(amount_yuan) AS amount_yuan
    FROM printed
    WHERE row_parent IS NULL AND column_parent IS NULL AND NOT is_memo
      AND period = 'this_year' AND phase IS NULL
    GROUP BY statement_id, block
    HAVING count(*) = 1 AND NOT bool_or(is_leaf)
)
SELECT
    'not as printed' AS how, f.fact, p.label, p.place, f.amount_yuan, p.amount_yuan AS printed_yuan,
    f.fact_id, v.statement_id
FROM every_figure f
JOIN statement_version v USING (statement_version_id)
LEFT JOIN printed_amount p
    ON p.fact_id = f.fact_id AND p.fact = f.fact AND p.statement_id = v.statement_id
WHERE v.statement_id IS NOT NULL
  AND f.is_money AND f.amount_yuan IS DISTINCT FROM p.amount_yuan
UNION ALL
SELECT 'lost', p.fact, p.label, p.place, NULL, p.amount_yuan, p.fact_id, p.statement_id
FROM printed p
LEFT JOIN whole w ON w.fact = p.fact AND w.statement_id = p.statement_id
WHERE p.fact IS NOT NULL
  AND (w.fact IS NOT NULL OR p.fact IN ('memo_amount', 'comparative_figure'))
  AND p.fact_id NOT IN (SELECT fact_id FROM every_figure)
UNION ALL
SELECT
    'no such total', NULL, t.label, t.place, l.amount_yuan, t.amount_yuan, NULL, t.statement_id
FROM total t
JOIN leaves l USING (statement_id, block)
JOIN place e USING (statement_id, block)
WHERE abs(t.amount_yuan - l.amount_yuan) > e.envelope_yuan
  AND t.statement_id NOT IN (
      SELECT statement_id FROM finding WHERE rule_id = 'identity_broken'
  )
