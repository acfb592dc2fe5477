-- 每条事实、备查金额、比较数都能追溯到单元格中的字符 / every fact, memo amount and comparative figure leads to characters of a cited cell
WITH figure AS (
    SELECT fact_id, CASE WHEN is_money THEN 'amount' ELSE 'target' END AS role FROM every_figure
)
SELECT f.fact_id, f.role, s.char_from, s.char_to, c.text
FROM figure f
LEFT JOIN fact_source s USING (fact_id, role)
LEFT JOIN source_cell c USING (cell_id)
WHERE c.text IS NULL OR s.char_from >= s.char_to OR s.char_to > length(c.text)
