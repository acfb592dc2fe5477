-- 重述 / What a publisher revised: each amount that differs between two versions of a statement that
-- follow one another. A blank before or after: it was not printed there.
WITH version AS (
    SELECT
        statement_version_id, statement_key_id, version_no, reason, known_from_utc,
        lag(statement_version_id) OVER of_statement AS before_version_id
    FROM statement_version
    WINDOW of_statement AS (PARTITION BY statement_key_id ORDER BY version_no)
),
figure AS (  -- a fact is once in history for each time that it fed
    SELECT DISTINCT ON (fact_id, statement_version_id)
        *, 'fact_project_funding' AS fact,
        concat_ws(' ', project_line_id, fund_source_id) AS coordinates
    FROM history_project_funding
    UNION ALL BY NAME
    SELECT DISTINCT ON (fact_id, statement_version_id)
        *,
        concat_ws(' ', spending_unit_id, function_class_id, economic_class_id,
            expenditure_type_id, fund_source_id, three_public_id,
            CASE WHEN fact = 'fact_procurement' THEN concat_ws(' · ', coalesce(category, ''),
                coalesce(project, ''), coalesce(economic, ''), coalesce(item, ''),
                coalesce(method, '')) END) AS coordinates
    FROM history_amount
),
money AS (
    SELECT
        statement_version_id, fact, coordinates,
        any_value(project_line_id) AS project_line_id,
        any_value(fund_source_id) AS fund_source_id,
        any_value(function_class_id) AS function_class_id,
        any_value(economic_class_id) AS economic_class_id,
        any_value(expenditure_type_id) AS expenditure_type_id,
        any_value(three_public_id) AS three_public_id,
        any_value(reporting_body_id) AS reporting_body_id,
        any_value(reporting_body_name) AS reporting_body_name,
        any_value(spending_unit_name) AS spending_unit_name,
        any_value(project_name) AS project_name,
        any_value(label) AS label,
        any_value(fiscal_year) AS fiscal_year,
        any_value(phase) AS phase,
        sum(amount_yuan) AS amount_yuan
    FROM figure
    GROUP BY statement_version_id, fact, coordinates
),
after AS (
    SELECT v.statement_version_id AS of_version_id, m.*
    FROM version v JOIN money m USING (statement_version_id)
    WHERE v.before_version_id IS NOT NULL
),
before AS (
    SELECT v.statement_version_id AS of_version_id, m.*
    FROM version v JOIN money m ON m.statement_version_id = v.before_version_id
)
SELECT
    of_version_id AS statement_version_id,
    fact,
    coordinates,
    coalesce(a.project_line_id, b.project_line_id) AS project_line_id,
    coalesce(a.fund_source_id, b.fund_source_id) AS fund_source_id,
    coalesce(a.function_class_id, b.function_class_id) AS function_class_id,
    coalesce(a.economic_class_id, b.economic_class_id) AS economic_class_id,
    coalesce(a.expenditure_type_id, b.expenditure_type_id) AS expenditure_type_id,
    coalesce(a.three_public_id, b.three_public_id) AS three_public_id,
    v.reason,
    v.known_from_utc,
    coalesce(a.reporting_body_id, b.reporting_body_id) AS reporting_body_id,
    coalesce(a.reporting_body_name, b.reporting_body_name) AS reporting_body_name,
    coalesce(a.spending_unit_name, b.spending_unit_name) AS spending_unit_name,
    coalesce(a.project_name, b.project_name) AS project_name,
    coalesce(a.label, b.label) AS label,
    coalesce(a.fiscal_year, b.fiscal_year) AS fiscal_year,
    coalesce(a.phase, b.phase) AS phase,
    b.amount_yuan::DECIMAL(18, 2) AS amount_before_yuan,
    a.amount_yuan::DECIMAL(18, 2) AS amount_after_yuan,
    (coalesce(a.amount_yuan, 0) - coalesce(b.amount_yuan, 0))::DECIMAL(18, 2) AS change_yuan
FROM after a
FULL JOIN before b USING (of_version_id, fact, coordinates)
JOIN version v ON v.statement_version_id = of_version_id
WHERE a.amount_yuan IS DISTINCT FROM b.amount_yuan
