-- 事实只来自完整且无恒等式破裂的报表 / facts come only from complete statements with no broken identity
SELECT DISTINCT s.statement_id, s.status, c.identity_id, c.verdict
FROM statement_version v
JOIN statement s USING (statement_id)
LEFT JOIN control_total c ON c.statement_id = s.statement_id AND c.verdict = 'broken'
WHERE v.is_current AND (s.status <> 'complete' OR c.control_id IS NOT NULL)
