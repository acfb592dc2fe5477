-- 事实只来自完整的报表，其不成立的恒等式均有说明 / facts come only from complete statements, and a finding says of each identity of theirs that does not hold why
WITH current AS (
    SELECT statement_id FROM statement_version WHERE is_current
),
waits AS (  -- across tables: one of them is not published, and has an item of its own
    SELECT DISTINCT control_id
    FROM control_source
    WHERE statement_id NOT IN (SELECT statement_id FROM current)
)
SELECT DISTINCT s.statement_id, s.status, c.identity_id, c.measure, c.place
FROM statement s
JOIN current USING (statement_id)
LEFT JOIN control_total c
    ON c.statement_id = s.statement_id
    AND c.verdict = 'broken'
    AND c.control_id NOT IN (SELECT control_id FROM waits)
LEFT JOIN finding f ON f.control_id = c.control_id
WHERE s.status <> 'complete' OR (c.control_id IS NOT NULL AND f.finding_id IS NULL)
