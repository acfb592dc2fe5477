-- 每页非空单元格的去向合计等于读取器独立计数 / dispositions of each page add up to the reader's count
SELECT reading_id, document_id, page_no, sum(cell_count) AS disposed, any_value(page_cell_count) AS read
FROM cell_accounting
GROUP BY reading_id, document_id, page_no
HAVING sum(cell_count) <> any_value(page_cell_count)
