-- 事实之和等于印刷单位行的核对数 / facts of a unit add up to what its printed unit row was checked against
WITH fact AS (
    SELECT v.statement_id, f.fund_source_id AS measure, sum(f.amount_yuan) AS amount_yuan
    FROM fact_project_funding f
    JOIN statement_version v USING (statement_version_id)
    GROUP BY ALL
),
whole AS (  -- statements all of whose spending units feed facts
    SELECT l.statement_id
    FROM project_line l
    LEFT JOIN (
        SELECT DISTINCT v.statement_id, f.spending_unit_id
        FROM fact_project_funding f
        JOIN statement_version v USING (statement_version_id)
    ) f USING (statement_id, spending_unit_id)
    GROUP BY l.statement_id
    HAVING count(*) = count(f.spending_unit_id)
)
SELECT c.statement_id, c.measure, c.computed_yuan, f.amount_yuan
FROM control_total c
JOIN whole USING (statement_id)
LEFT JOIN fact f USING (statement_id, measure)
WHERE c.identity_id = 'grand_total_is_sum_of_projects'
  AND c.measure <> 'total'
  -- a printed 0.00 above blanks: no facts, and a sum of nothing
  AND coalesce(f.amount_yuan, 0) IS DISTINCT FROM c.computed_yuan
