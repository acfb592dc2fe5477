-- 覆盖 / What each document gave: its statements by status, its identities by verdict, what waits.
WITH told AS (
    SELECT
        s.document_id,
        CASE WHEN count(DISTINCT b.name) = 1 THEN any_value(b.name) END AS body_name,
        CASE WHEN count(DISTINCT s.fiscal_year) = 1 THEN any_value(s.fiscal_year) END AS fiscal_year,
        count(*) AS statements,
        count(*) FILTER (s.status = 'complete') AS complete,
        count(*) FILTER (s.status = 'partial') AS partial,
        count(*) FILTER (s.status = 'withheld') AS withheld,
        count(*) FILTER (coalesce(v.is_current, false)) AS current
    FROM statement s
    LEFT JOIN statement_version v USING (statement_id)
    LEFT JOIN dim_body b ON b.body_id = s.reporting_body_id
    GROUP BY ALL
),
identities AS (
    SELECT
        s.document_id,
        count(*) FILTER (c.verdict = 'exact') AS exact,
        count(*) FILTER (c.verdict = 'within_rounding') AS within_rounding,
        count(*) FILTER (c.verdict = 'included') AS included,
        count(*) FILTER (c.verdict = 'suspect') AS suspect,
        count(*) FILTER (c.verdict = 'broken') AS broken
    FROM control_total c
    JOIN statement s USING (statement_id)
    GROUP BY ALL
),
found AS (
    SELECT s.document_id, count(DISTINCT f.finding_id) AS findings
    FROM finding f
    JOIN statement s USING (statement_id)
    GROUP BY ALL
),
waits AS (
    SELECT document_id, count(*) AS items
    FROM quarantine_item
    GROUP BY ALL
)
SELECT
    d.document_id,
    d.path,
    t.body_name,
    t.fiscal_year,
    coalesce(t.statements, 0) AS statements,
    coalesce(t.complete, 0) AS complete,
    coalesce(t.partial, 0) AS partial,
    coalesce(t.withheld, 0) AS withheld,
    coalesce(t.current, 0) AS current,
    coalesce(i.exact, 0) AS exact,
    coalesce(i.within_rounding, 0) AS within_rounding,
    coalesce(i.included, 0) AS included,
    coalesce(i.suspect, 0) AS suspect,
    coalesce(i.broken, 0) AS broken,
    coalesce(f.findings, 0) AS findings,
    coalesce(w.items, 0) AS items_waiting
FROM dim_document d
LEFT JOIN told t USING (document_id)
LEFT JOIN identities i USING (document_id)
LEFT JOIN found f USING (document_id)
LEFT JOIN waits w USING (document_id)
