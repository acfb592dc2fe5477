-- 每条事实都能追溯到单元格中的字符 / every fact leads to characters of a cited cell
WITH fact AS (
    SELECT fact_id, 'amount' AS role FROM fact_project_funding
    UNION ALL
    SELECT fact_id, 'target' AS role FROM fact_performance_target
)
SELECT f.fact_id, f.role, s.char_from, s.char_to, c.text
FROM fact f
LEFT JOIN fact_source s USING (fact_id, role)
LEFT JOIN source_cell c USING (cell_id)
WHERE c.text IS NULL OR s.char_from >= s.char_to OR s.char_to > length(c.text)
