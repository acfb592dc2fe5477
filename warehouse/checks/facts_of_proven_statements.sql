-- 事实只来自完整的报表，破裂的恒等式均已确认为来源错误 / facts come only from complete statements whose broken identities are confirmed
SELECT DISTINCT s.statement_id, s.status, c.identity_id, c.measure, c.place
FROM statement_version v
JOIN statement s USING (statement_id)
LEFT JOIN control_total c ON c.statement_id = s.statement_id AND c.verdict = 'broken'
LEFT JOIN finding f
    ON f.statement_id = c.statement_id
    AND f.place = c.place
    AND f.subject = c.identity_id || ' ' || c.measure
WHERE v.is_current
  AND (s.status <> 'complete' OR (c.control_id IS NOT NULL AND f.finding_id IS NULL))
