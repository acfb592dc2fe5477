-- 同一金额只供数一次：每个种类一份报表（一项目一表的各为一部分），并列的种类资金范围不重叠，单位与整体不并存 / no money feeds twice: one statement of a kind, or a form for each project, kinds side by side of different funds, never by unit and as a whole, nor in a department and in its unit
WITH RECURSIVE fed AS (
    SELECT
        f.fact, f.whose, f.is_whole, f.fiscal_year, f.phase, f.reporting_body_id, s.kind,
        s.part, s.fund_scope, f.statement_version_id, f.amount_yuan IS NOT NULL AS is_money,
        list_distinct(list(coalesce(f.expenditure_type_id, 'unsplit'))) AS types
    FROM every_fact f
    JOIN statement_version v USING (statement_version_id)
    JOIN statement s ON s.statement_id = v.statement_id
    GROUP BY ALL
),
scope AS (  -- a scope and each that it is in
    SELECT fund_source_id AS fund_scope, fund_source_id AS within FROM dim_fund_source
    UNION ALL
    SELECT s.fund_scope, d.parent_fund_source_id
    FROM scope s JOIN dim_fund_source d ON d.fund_source_id = s.within
    WHERE d.parent_fund_source_id IS NOT NULL
),
nested AS (
    SELECT fund_scope, within FROM scope
    UNION ALL SELECT fund_source_id, 'all' FROM dim_fund_source
    UNION ALL SELECT 'all', 'all'
),
named AS (  -- a department and the units that its statements name as its own
    SELECT DISTINCT s.reporting_body_id, u.spending_unit_id, s.fiscal_year, s.phase
    FROM statement_unit u
    JOIN statement s USING (statement_id)
    JOIN statement_version v ON v.statement_id = s.statement_id AND v.is_current
    WHERE s.consolidation = 'department' AND s.reporting_body_id <> u.spending_unit_id
)
SELECT 'two of a kind' AS how, fact, whose, fiscal_year, phase, kind, count(*) AS statements
FROM fed
GROUP BY fact, whose, is_whole, fiscal_year, phase, kind
HAVING count(*) > 1  -- forms of a project each are parts that complete one another
   AND (count(*) > count(DISTINCT part) OR bool_or(part = ''))
UNION ALL
SELECT 'the same funds', a.fact, a.whose, a.fiscal_year, a.phase, a.kind, 2
FROM fed a
JOIN fed b USING (fact, whose, is_whole, fiscal_year, phase)
JOIN nested n ON n.fund_scope = a.fund_scope AND n.within = b.fund_scope
WHERE a.kind <> b.kind AND a.is_money
  AND (list_has_any(a.types, b.types) OR list_has_any(['unsplit'], a.types || b.types))
UNION ALL
SELECT 'by unit and as a whole', w.fact, w.whose, w.fiscal_year, w.phase, w.kind, 2
FROM fed w
JOIN fed u USING (fact, fiscal_year, phase)
WHERE w.is_whole AND NOT u.is_whole AND w.is_money
  AND (u.reporting_body_id = w.whose OR u.whose = w.whose)
UNION ALL
SELECT 'in a department and in its unit', d.fact, u.whose, d.fiscal_year, d.phase, u.kind, 2
FROM fed d
JOIN named n
    ON n.reporting_body_id = d.whose AND n.fiscal_year = d.fiscal_year AND n.phase = d.phase
JOIN fed u
    ON u.fact = d.fact AND u.whose = n.spending_unit_id
    AND u.fiscal_year = d.fiscal_year AND u.phase = d.phase
WHERE d.is_whole AND d.is_money
  AND NOT EXISTS (  -- of two that name one another one is the department
      SELECT 1 FROM named m
      WHERE m.reporting_body_id = u.whose AND m.spending_unit_id = d.whose
        AND m.fiscal_year = d.fiscal_year AND m.phase = d.phase
  )
