-- 再述之数 / A figure as a later book tells it again, against the book that it is of: last year's column
-- of this year's book, the budget that final accounts print. Where that earlier book is not there, the
-- row says so and nothing is compared.
WITH line AS (
    SELECT * FROM mart_amount_told WHERE comparison = 'retold'
),
known AS (
    SELECT comparison_id, bool_or(telling = 'own_book') AS has_own
    FROM line
    GROUP BY ALL
),
pair AS (
    SELECT
        line_id, comparison_id, reporting_body_id, fiscal_year, fact, spending_unit_id,
        function_class_id, economic_class_id, expenditure_type_id, fund_source_id,
        three_public_id, basis, phase, told_in_year,
        max(amount_yuan) FILTER (telling = 'own_book') AS own_yuan,
        max(amount_yuan) FILTER (telling = 'later_book') AS later_yuan,
        sum(envelope_yuan) AS envelope_yuan,
        max(kinds) FILTER (telling = 'own_book') AS own_kinds,
        max(kinds) FILTER (telling = 'later_book') AS later_kinds,
        max(documents) FILTER (telling = 'own_book') AS own_documents,
        max(documents) FILTER (telling = 'later_book') AS later_documents
    FROM line
    GROUP BY ALL
)
SELECT
    p.line_id,
    p.reporting_body_id,
    p.fiscal_year,
    p.fact,
    p.spending_unit_id,
    p.function_class_id,
    p.economic_class_id,
    p.expenditure_type_id,
    p.fund_source_id,
    p.three_public_id,
    b.name AS body_name,
    u.name AS spending_unit_name,
    concat_ws(' · ', f.name_zh, e.name_zh, t.name_zh, nullif(k.name_zh, '未分类型'),
        nullif(s.name_zh, '未分来源')) AS line_name,
    p.phase,
    p.basis AS retold_as,
    p.told_in_year,
    p.own_yuan,
    p.later_yuan,
    (p.later_yuan - p.own_yuan)::DECIMAL(18, 2) AS difference_yuan,
    CASE
        WHEN NOT n.has_own THEN 'own_book_missing'
        WHEN p.own_yuan IS NULL THEN 'only_later'
        WHEN p.later_yuan IS NULL THEN 'only_own'
        WHEN p.own_yuan = p.later_yuan THEN 'same'
        WHEN abs(p.own_yuan - p.later_yuan) <= p.envelope_yuan THEN 'within_rounding'
        ELSE 'differs'
    END AS status,
    p.own_kinds,
    p.later_kinds,
    p.own_documents,
    p.later_documents
FROM pair p
JOIN known n USING (comparison_id)
JOIN dim_body b ON b.body_id = p.reporting_body_id
LEFT JOIN dim_body u ON u.body_id = p.spending_unit_id
LEFT JOIN dim_function_class f ON f.function_class_id = p.function_class_id
LEFT JOIN dim_economic_class e ON e.economic_class_id = p.economic_class_id
LEFT JOIN dim_three_public t ON t.three_public_id = p.three_public_id
LEFT JOIN dim_expenditure_type k ON k.expenditure_type_id = p.expenditure_type_id
LEFT JOIN dim_fund_source s ON s.fund_source_id = p.fund_source_id
