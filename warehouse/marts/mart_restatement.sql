-- 重述 / What a publisher revised: each project and fund whose money differs between two versions
-- of a statement that follow one another. A blank before or after: it was not printed there.
WITH version AS (
    SELECT
        statement_version_id, statement_key_id, version_no, reason, known_from_utc,
        lag(statement_version_id) OVER of_statement AS before_version_id
    FROM statement_version
    WINDOW of_statement AS (PARTITION BY statement_key_id ORDER BY version_no)
),
money AS (
    SELECT DISTINCT
        statement_version_id, project_line_id, fund_source_id, reporting_body_id,
        reporting_body_name, spending_unit_name, project_name, fiscal_year, phase, amount_yuan
    FROM history_project_funding
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
    project_line_id,
    fund_source_id,
    v.reason,
    v.known_from_utc,
    coalesce(a.reporting_body_id, b.reporting_body_id) AS reporting_body_id,
    coalesce(a.reporting_body_name, b.reporting_body_name) AS reporting_body_name,
    coalesce(a.spending_unit_name, b.spending_unit_name) AS spending_unit_name,
    coalesce(a.project_name, b.project_name) AS project_name,
    coalesce(a.fiscal_year, b.fiscal_year) AS fiscal_year,
    coalesce(a.phase, b.phase) AS phase,
    b.amount_yuan AS amount_before_yuan,
    a.amount_yuan AS amount_after_yuan,
    (coalesce(a.amount_yuan, 0) - coalesce(b.amount_yuan, 0))::DECIMAL(18, 2) AS change_yuan
FROM after a
FULL JOIN before b USING (of_version_id, project_line_id, fund_source_id)
JOIN version v ON v.statement_version_id = of_version_id
WHERE a.amount_yuan IS DISTINCT FROM b.amount_yuan
