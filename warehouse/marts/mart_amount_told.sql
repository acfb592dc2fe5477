-- 同一金额的多次陈述 / An amount as several books tell it, on the finest line that they share.
-- retold: a statement that prints figures of the year before, or accounts that print the budget,
-- and the facts of the book that they are of. execution: final accounts and each budget of the year.
WITH RECURSIVE
asked AS MATERIALIZED (  -- years of bodies that more than one book may tell of
    SELECT reporting_body_id, fiscal_year FROM comparative_figure
    UNION
    SELECT reporting_body_id, fiscal_year FROM statement WHERE phase = 'final_accounts'
),
own AS MATERIALIZED (  -- projects and purchases have no codes that another book could have
    SELECT 'fact_basic_funding' AS fact, * FROM fact_basic_funding
    SEMI JOIN asked USING (reporting_body_id, fiscal_year)
    UNION ALL BY NAME
    SELECT 'fact_expenditure_by_function' AS fact, * FROM fact_expenditure_by_function
    SEMI JOIN asked USING (reporting_body_id, fiscal_year)
    UNION ALL BY NAME
    SELECT 'fact_expenditure_by_type' AS fact, * FROM fact_expenditure_by_type
    SEMI JOIN asked USING (reporting_body_id, fiscal_year)
    UNION ALL BY NAME
    SELECT 'fact_appropriation_by_function' AS fact, * FROM fact_appropriation_by_function
    SEMI JOIN asked USING (reporting_body_id, fiscal_year)
    UNION ALL BY NAME
    SELECT 'fact_expenditure_by_economic' AS fact, * FROM fact_expenditure_by_economic
    SEMI JOIN asked USING (reporting_body_id, fiscal_year)
    UNION ALL BY NAME
    SELECT 'fact_revenue' AS fact, * FROM fact_revenue
    SEMI JOIN asked USING (reporting_body_id, fiscal_year)
    UNION ALL BY NAME
    SELECT 'fact_three_public' AS fact, * FROM fact_three_public
    SEMI JOIN asked USING (reporting_body_id, fiscal_year)
),
has (fact, unit, func, econ, kind_of, fund, public) AS (  -- coordinates that each fact has
    VALUES
        ('fact_basic_funding', true, false, true, false, true, false),
        ('fact_expenditure_by_function', false, true, false, true, false, false),
        ('fact_expenditure_by_type', false, false, false, true, false, false),
        ('fact_appropriation_by_function', false, true, false, true, true, false),
        ('fact_expenditure_by_economic', false, false, true, true, true, false),
        ('fact_revenue', true, false, false, false, true, false),
        ('fact_three_public', true, false, false, false, true, true)
),
version AS MATERIALIZED (
    SELECT statement_version_id, statement_id
    FROM statement_version
    WHERE statement_version_id IN (SELECT statement_version_id FROM own)
       OR statement_version_id IN (SELECT statement_version_id FROM comparative_figure)
),
place AS (  -- the finest printed place of a statement: a figure with fewer has lost zeros
    SELECT statement_id, min(coalesce(last_place_yuan, 0)) AS place_yuan
    FROM printed_amount
    SEMI JOIN version USING (statement_id)
    GROUP BY ALL
),
book AS MATERIALIZED (
    SELECT
        v.statement_version_id, s.statement_id, s.document_id, s.kind, s.consolidation,
        s.fiscal_year AS of_year, s.phase AS of_phase, s.fund_scope,
        coalesce(p.place_yuan, 0) AS place_yuan
    FROM version v
    JOIN statement s ON s.statement_id = v.statement_id
    LEFT JOIN place p ON p.statement_id = s.statement_id
),
beside AS MATERIALIZED (  -- figures of another year or phase than their book's
    SELECT c.*, k.* EXCLUDE (statement_version_id, kind)
    FROM comparative_figure c
    JOIN book k USING (statement_version_id)
    WHERE c.fact IN (SELECT fact FROM has)
),
asked_retold AS (  -- a statement that prints last year's figures, or accounts that print the budget
    SELECT DISTINCT
        left(sha256(concat_ws(' ', 'retold', statement_version_id, fact, fiscal_year, phase)), 20)
            AS comparison_id,
        CASE WHEN fiscal_year = of_year THEN 'budget_in_accounts' ELSE 'last_year' END AS basis,
        statement_version_id, fact, reporting_body_id, fiscal_year, phase, fund_scope,
        consolidation
    FROM beside
    WHERE (fiscal_year = of_year - 1 AND phase = of_phase)
       OR (fiscal_year = of_year AND of_phase = 'final_accounts' AND phase = 'budget')
),
accounts AS (  -- accounts that print a budget and spend nothing of it are accounts, too
    SELECT reporting_body_id, fact, fiscal_year, list(DISTINCT consolidation) AS consolidations
    FROM (
        SELECT o.reporting_body_id, o.fact, o.fiscal_year, k.consolidation
        FROM own o
        JOIN book k USING (statement_version_id)
        WHERE o.phase = 'final_accounts'
        UNION ALL
        SELECT b.reporting_body_id, b.fact, b.fiscal_year, b.consolidation
        FROM beside b
        ANTI JOIN own o
            ON o.reporting_body_id = b.reporting_body_id AND o.fact = b.fact
            AND o.fiscal_year = b.fiscal_year AND o.phase = 'final_accounts'
        WHERE b.of_phase = 'final_accounts' AND b.of_year = b.fiscal_year
          AND b.phase IN ('budget', 'adjusted_budget')
    )
    GROUP BY ALL
),
budget AS MATERIALIZED (  -- what accounts may be held against, each apart: they are of other lines
    SELECT 'budget' AS basis, o.*, o.fiscal_year AS code_year
    FROM own o
    SEMI JOIN accounts USING (reporting_body_id, fact, fiscal_year)
    WHERE o.phase = 'budget'
    UNION ALL BY NAME
    SELECT  -- of several tables of the accounts that print one: those that feed, else one kind
        CASE b.phase WHEN 'budget' THEN 'budget_in_accounts' ELSE 'adjusted_in_accounts' END
            AS basis,
        b.* EXCLUDE (statement_id, document_id, consolidation, of_year, of_phase, fund_scope,
            place_yuan, kind, label),
        b.of_year AS code_year
    FROM beside b
    JOIN accounts a USING (reporting_body_id, fact, fiscal_year)
    LEFT JOIN (SELECT DISTINCT fact, statement_id FROM fact_feed) f USING (fact, statement_id)
    WHERE b.of_phase = 'final_accounts' AND b.of_year = b.fiscal_year
      AND b.phase IN ('budget', 'adjusted_budget')
      AND list_contains(a.consolidations, b.consolidation)
    WINDOW per_phase AS (PARTITION BY b.reporting_body_id, b.fact, b.fiscal_year, b.phase)
    QUALIFY CASE
        WHEN bool_or(f.statement_id IS NOT NULL) OVER per_phase THEN f.statement_id IS NOT NULL
        ELSE b.kind = min(b.kind) OVER per_phase END
),
asked_execution AS (
    SELECT
        left(sha256(concat_ws(' ', 'execution', a.reporting_body_id, a.fact, a.fiscal_year,
            b.basis)), 20) AS comparison_id,
        a.reporting_body_id, a.fact, a.fiscal_year, coalesce(b.basis, 'none') AS basis
    FROM accounts a
    LEFT JOIN (SELECT DISTINCT basis, reporting_body_id, fact, fiscal_year FROM budget) b
        USING (reporting_body_id, fact, fiscal_year)
),
told AS (
    SELECT
        'retold' AS comparison, a.comparison_id, a.basis, b.of_year AS told_in_year,
        'later_book' AS telling, b.of_year AS code_year,
        b.* EXCLUDE (statement_id, document_id, consolidation, of_year, of_phase, fund_scope,
            place_yuan, kind, label)
    FROM beside b
    JOIN asked_retold a USING (statement_version_id, fact, fiscal_year, phase)
    UNION ALL BY NAME
    SELECT
        'retold' AS comparison, a.comparison_id, a.basis, l.of_year AS told_in_year,
        'own_book' AS telling, o.fiscal_year AS code_year, o.*
    FROM own o
    JOIN asked_retold a USING (reporting_body_id, fact, fiscal_year, phase)
    JOIN book k ON k.statement_version_id = o.statement_version_id
    JOIN book l ON l.statement_version_id = a.statement_version_id
    WHERE a.consolidation = k.consolidation OR 'unknown' IN (a.consolidation, k.consolidation)
    UNION ALL BY NAME
    SELECT
        'execution' AS comparison, a.comparison_id, a.basis, o.fiscal_year AS told_in_year,
        'final_accounts' AS telling, o.fiscal_year AS code_year, o.*
    FROM own o
    JOIN asked_execution a USING (reporting_body_id, fact, fiscal_year)
    WHERE o.phase = 'final_accounts'
    UNION ALL BY NAME
    SELECT
        'execution' AS comparison, a.comparison_id, b.basis, b.fiscal_year AS told_in_year,
        'budget' AS telling, b.* EXCLUDE (basis)
    FROM budget b
    JOIN asked_execution a USING (reporting_body_id, fact, fiscal_year, basis)
),
coded AS MATERIALIZED (  -- by today's codes; what a fact has and its table does not print: unsplit
    SELECT
        t.comparison, t.comparison_id, t.basis, t.told_in_year, t.phase, t.telling, t.fact,
        t.fact_id,
        t.statement_version_id, t.reporting_body_id, t.fiscal_year, t.amount_yuan,
        CASE WHEN h.unit THEN coalesce(t.spending_unit_id, 'unsplit') END AS unit,
        CASE WHEN h.func THEN
            coalesce(r.conformed_function_class_id, t.function_class_id, 'unsplit') END AS func,
        CASE WHEN h.econ THEN coalesce(t.economic_class_id, 'unsplit') END AS econ,
        CASE WHEN h.kind_of THEN coalesce(t.expenditure_type_id, 'unsplit') END AS kind_of,
        CASE WHEN h.fund THEN coalesce(t.fund_source_id, 'unsplit') END AS fund,
        CASE WHEN h.public THEN t.three_public_id END AS public
    FROM told t
    JOIN has h USING (fact)
    LEFT JOIN function_class_read_on r
        ON r.function_class_id = t.function_class_id
        AND t.code_year BETWEEN r.first_year AND r.last_year
),
parent (axis, node, above) AS (
    SELECT 'func', function_class_id, parent_function_class_id FROM dim_function_class
    UNION ALL SELECT 'econ', economic_class_id, parent_economic_class_id FROM dim_economic_class
    UNION ALL
    SELECT 'kind_of', expenditure_type_id, parent_expenditure_type_id FROM dim_expenditure_type
    UNION ALL SELECT 'fund', fund_source_id, parent_fund_source_id FROM dim_fund_source
    UNION ALL SELECT 'public', three_public_id, parent_three_public_id FROM dim_three_public
),
lineage (axis, node, above, distance) AS (
    SELECT axis, node, above, 1 FROM parent WHERE above IS NOT NULL
    UNION ALL
    SELECT l.axis, l.node, p.above, l.distance + 1
    FROM lineage l
    JOIN parent p ON p.axis = l.axis AND p.node = l.above
    WHERE p.above IS NOT NULL
),
over AS MATERIALIZED (  -- what is not split is above all of its axis, but for classes
    SELECT axis, node, above, distance FROM lineage
    UNION ALL SELECT axis, node, node, 0 FROM parent
    UNION ALL SELECT axis, node, 'unsplit', 99 FROM parent WHERE axis IN ('fund', 'kind_of')
    UNION ALL SELECT 'unit', body_id, body_id, 0 FROM dim_body
    UNION ALL SELECT 'unit', body_id, 'unsplit', 99 FROM dim_body
    UNION ALL SELECT 'unit', 'unsplit', 'unsplit', 0
),
type_told AS (  -- types that the later book tells, those within them and those above
    SELECT (l.comparison_id, o.node)
    FROM (SELECT DISTINCT comparison_id, kind_of FROM coded WHERE telling = 'later_book') l
    JOIN over o ON o.axis = 'kind_of' AND o.above = l.kind_of
    UNION
    SELECT (l.comparison_id, o.above)
    FROM (SELECT DISTINCT comparison_id, kind_of FROM coded WHERE telling = 'later_book') l
    JOIN over o ON o.axis = 'kind_of' AND o.node = l.kind_of
),
in_scope AS MATERIALIZED (  -- of the earlier book's facts those that the later statement is about
    SELECT c.*
    FROM coded c
    LEFT JOIN asked_retold a USING (comparison_id)
    WHERE c.telling <> 'own_book'
       OR ((c.fund IS NULL OR a.fund_scope = 'all'
            OR (c.fund, a.fund_scope) IN (SELECT (node, above) FROM over WHERE axis = 'fund'))
           AND (c.kind_of IS NULL OR (c.comparison_id, c.kind_of) IN (FROM type_told)))
),
fund_over AS MATERIALIZED (
    SELECT n.comparison_id, n.fund, o.above, o.distance
    FROM (SELECT DISTINCT comparison_id, fund FROM in_scope WHERE fund IS NOT NULL) n
    JOIN over o ON o.axis = 'fund' AND o.node = n.fund
),
fund_top AS (  -- of the nodes that any book prints the highest above each: the line they share
    SELECT comparison_id, fund, arg_max(above, distance) AS fund_line
    FROM fund_over
    SEMI JOIN (SELECT DISTINCT comparison_id, fund AS above FROM in_scope)
        USING (comparison_id, above)
    GROUP BY ALL
),
by_fund AS MATERIALIZED (
    SELECT c.*, f.fund_line, coalesce(f.fund_line, '') AS fund_key
    FROM in_scope c
    LEFT JOIN fund_top f USING (comparison_id, fund)
),
func_over AS MATERIALIZED (
    SELECT n.comparison_id, n.fund_key, n.func, o.above, o.distance
    FROM (SELECT DISTINCT comparison_id, fund_key, func FROM by_fund WHERE func IS NOT NULL) n
    JOIN over o ON o.axis = 'func' AND o.node = n.func
),
func_top AS (
    SELECT comparison_id, fund_key, func, arg_max(above, distance) AS func_line
    FROM func_over
    SEMI JOIN (SELECT DISTINCT comparison_id, fund_key, func AS above FROM by_fund)
        USING (comparison_id, fund_key, above)
    GROUP BY ALL
),
by_class AS MATERIALIZED (
    SELECT c.*, f.func_line, coalesce(f.func_line, '') AS func_key
    FROM by_fund c
    LEFT JOIN func_top f USING (comparison_id, fund_key, func)
),
long AS MATERIALIZED (
    SELECT DISTINCT comparison_id, fund_key, func_key, axis, node
    FROM (
        UNPIVOT (
            SELECT comparison_id, fund_key, func_key, unit, econ, kind_of, public FROM by_class
        )
        ON unit, econ, kind_of, public INTO NAME axis VALUE node
    )
),
long_over AS MATERIALIZED (
    SELECT n.*, o.above, o.distance FROM long n JOIN over o USING (axis, node)
),
top AS MATERIALIZED (
    SELECT comparison_id, fund_key, func_key, axis, node, arg_max(above, distance) AS line
    FROM long_over
    SEMI JOIN (SELECT * EXCLUDE (node), node AS above FROM long)
        USING (comparison_id, fund_key, func_key, axis, above)
    GROUP BY ALL
),
placed AS (
    SELECT
        c.comparison, c.comparison_id, c.basis, c.told_in_year, c.phase, c.telling, c.fact,
        c.reporting_body_id, c.fiscal_year, c.amount_yuan, c.statement_version_id, c.fund_line,
        c.func_line,
        u.line AS unit_line, e.line AS econ_line, k.line AS kind_line, p.line AS public_line
    FROM by_class c
    LEFT JOIN top u ON u.axis = 'unit' AND u.node = c.unit AND u.comparison_id = c.comparison_id
        AND u.fund_key = c.fund_key AND u.func_key = c.func_key
    LEFT JOIN top e ON e.axis = 'econ' AND e.node = c.econ AND e.comparison_id = c.comparison_id
        AND e.fund_key = c.fund_key AND e.func_key = c.func_key
    LEFT JOIN top k ON k.axis = 'kind_of' AND k.node = c.kind_of
        AND k.comparison_id = c.comparison_id
        AND k.fund_key = c.fund_key AND k.func_key = c.func_key
    LEFT JOIN top p ON p.axis = 'public' AND p.node = c.public
        AND p.comparison_id = c.comparison_id
        AND p.fund_key = c.fund_key AND p.func_key = c.func_key
)
SELECT
    left(sha256(concat_ws(' ', comparison_id, coalesce(unit_line, ''), coalesce(func_line, ''),
        coalesce(econ_line, ''), coalesce(kind_line, ''), coalesce(fund_line, ''),
        coalesce(public_line, ''))), 20) AS line_id,
    reporting_body_id,
    fiscal_year,
    fact,
    nullif(unit_line, 'unsplit') AS spending_unit_id,
    func_line AS function_class_id,
    nullif(econ_line, 'unsplit') AS economic_class_id,
    kind_line AS expenditure_type_id,
    fund_line AS fund_source_id,
    public_line AS three_public_id,
    comparison,
    basis,
    comparison_id,
    told_in_year,
    telling,
    phase,
    sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    sum(k.place_yuan / 2)::DECIMAL(18, 2) AS envelope_yuan,
    count(*) AS printed_count,
    string_agg(DISTINCT k.kind, ', ' ORDER BY k.kind) AS kinds,
    string_agg(DISTINCT k.document_id, ', ' ORDER BY k.document_id) AS documents
FROM placed
JOIN book k USING (statement_version_id)
GROUP BY ALL
