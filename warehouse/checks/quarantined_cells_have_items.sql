-- 有被隔离的单元格，就有待处理项说明 / where cells are quarantined, an item says so
SELECT a.document_id, a.page_no, a.cell_count
FROM cell_accounting a
JOIN dim_document d USING (document_id)
WHERE a.disposition = 'quarantined'
  AND d.absent_since_utc IS NULL
  AND a.document_id NOT IN (SELECT document_id FROM quarantine_item)
