-- 每个核对数都能追溯到两侧的单元格 / every control leads to the cells of both its sides
SELECT c.control_id, c.identity_id, c.measure, c.part_count, count(s.cell_id) AS cells
FROM control_total c
LEFT JOIN control_source s USING (control_id)
GROUP BY ALL
HAVING count(s.cell_id) FILTER (s.side = 'computed') <> c.part_count
    OR (any_value(c.printed_yuan) IS NOT NULL AND count(s.cell_id) FILTER (s.side = 'printed') = 0)
