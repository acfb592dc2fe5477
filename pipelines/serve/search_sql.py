"""The questions of ``search``, in SQL on the published build."""

from __future__ import annotations

#: Texts in which something of what is asked stands: each kind is read through once. ``{found}`` is
#: the filter of a column; nothing is joined before it.
TEXTS = """
CREATE TEMP TABLE line AS
SELECT 'name' AS field, project_line_id, NULL::VARCHAR AS indicator_id, statement_id, name AS text
FROM project_line WHERE {name}
UNION ALL
SELECT 'goal', project_line_id, NULL, statement_id, goal
FROM project_line WHERE {goal}
UNION ALL
SELECT 'indicator', project_line_id, indicator_id, statement_id, name
FROM performance_indicator WHERE {name}
UNION ALL
SELECT 'value', NULL, indicator_id, statement_id, raw_text
FROM performance_value WHERE {raw_text}
"""
#: What each of them says of each word, whose it is, and of which year; a text twice for two words.
#: ``{plain}`` is the text as words are compared with it: as it is, or ``PLAIN``.
PLAIN = "lower(translate(text, $wide, $plain))"
HITS = """
CREATE TEMP TABLE hit AS
WITH word(no, word, pieces) AS (VALUES {words}),
told AS (SELECT *, rowid AS line_no, {plain} AS plain FROM line),
of_value AS (
    SELECT indicator_id, project_line_id FROM performance_indicator
    WHERE indicator_id IN (SELECT indicator_id FROM line WHERE field = 'value')
)
SELECT
    l.line_no, l.field, length(l.plain) AS size,
    coalesce(l.project_line_id, n.project_line_id) AS project_line_id, l.indicator_id,
    coalesce(i.project_id, l.project_line_id, n.project_line_id, s.reporting_body_id)
        AS subject_id,
    i.project_id, s.reporting_body_id, p.spending_unit_id, s.statement_id, s.fiscal_year, s.phase,
    w.no, (length(l.plain) - length(replace(l.plain, w.word, ''))) // length(w.word) AS times
FROM told l
JOIN word w ON contains(l.plain, w.word) OR (
    len(w.pieces) > 0 AND list_bool_and([contains(l.plain, piece) FOR piece IN w.pieces])
)
JOIN statement s USING (statement_id)
LEFT JOIN of_value n ON n.indicator_id = l.indicator_id
LEFT JOIN project_line p ON p.project_line_id = coalesce(l.project_line_id, n.project_line_id)
LEFT JOIN bridge_project_identity i ON i.project_line_id = p.project_line_id
JOIN dim_body b ON b.body_id = s.reporting_body_id
LEFT JOIN dim_body u ON u.body_id = p.spending_unit_id
WHERE (len($years) = 0 OR list_contains($years::INTEGER[], s.fiscal_year))
  AND (len($bodies) = 0 OR list_bool_or([
      contains(b.name, body) OR coalesce(contains(u.name, body), false)
      FOR body IN $bodies::VARCHAR[]
  ]))
"""
#: Of each subject and year: every word once in each kind of text, where it counts most.
RANKED = """
CREATE TEMP TABLE ranked AS
WITH weight(field, weight, usual) AS (VALUES {weights}),
told AS (
    SELECT no, ln(1 + (greatest($subjects, count(*)) - count(*) + 0.5) / (count(*) + 0.5)) AS rare
    FROM (SELECT DISTINCT no, subject_id, fiscal_year, phase FROM hit)
    GROUP BY no
), scored AS (
    SELECT h.*, times > 0 AS is_whole,
        weight * rare * if(times > 0, 1, $apart) * greatest(times, 1) * ($k + 1)
            / (greatest(times, 1) + $k * (1 - $b + $b * size / usual)) AS score
    FROM hit h JOIN weight USING (field) JOIN told USING (no)
), best AS (
    SELECT subject_id, fiscal_year, phase, field, no, max(score) AS score,
        bool_or(is_whole) AS is_whole
    FROM scored
    GROUP BY ALL
), word AS (
    SELECT subject_id, fiscal_year, phase, no, sum(score) AS score, bool_or(is_whole) AS is_whole
    FROM best
    GROUP BY ALL
), subject AS (
    SELECT subject_id, fiscal_year, phase, round(sum(score), 6) AS score,
        bool_and(is_whole) AS is_whole
    FROM word
    GROUP BY ALL
    HAVING count(*) = $words
), money AS (
    SELECT project_id AS subject_id, fiscal_year, phase,
        sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan
    FROM mart_project_year
    GROUP BY ALL
)
SELECT s.*, m.amount_yuan
FROM subject s LEFT JOIN money m USING (subject_id, fiscal_year, phase)
"""
ORDER = (
    "is_whole DESC, score DESC, fiscal_year DESC, amount_yuan DESC NULLS LAST, subject_id, phase"
)
#: The first of them, with the text of each kind in which they were found: the one that holds most.
FOUND = f"""
WITH first AS (
    SELECT *, row_number() OVER (ORDER BY {ORDER}) AS place FROM ranked ORDER BY {ORDER}
    LIMIT $limit
), told AS (
    SELECT h.subject_id, h.fiscal_year, h.phase, h.field, l.text, h.project_id,
        h.project_line_id, h.indicator_id, h.statement_id, h.reporting_body_id,
        h.spending_unit_id, count(DISTINCT h.no) FILTER (h.times > 0) AS whole,
        sum(h.times) AS times
    FROM hit h
    JOIN first f USING (subject_id, fiscal_year, phase)
    JOIN line l ON l.rowid = h.line_no
    GROUP BY ALL
)
SELECT
    f.place, f.is_whole, f.score, f.fiscal_year, f.phase, f.amount_yuan, b.name AS body_name,
    u.name AS spending_unit_name, coalesce(j.name, p.name) AS project_name, p.printed_total_yuan,
    h.project_id, h.project_line_id, h.indicator_id, h.statement_id, h.field, h.text
FROM first f
JOIN (
    SELECT *
    FROM told
    QUALIFY row_number() OVER (
        PARTITION BY subject_id, fiscal_year, phase, field
        ORDER BY whole DESC, times DESC, length(text), text, project_line_id, indicator_id,
            statement_id
    ) = 1
) h USING (subject_id, fiscal_year, phase)
JOIN dim_body b ON b.body_id = h.reporting_body_id
LEFT JOIN dim_body u ON u.body_id = h.spending_unit_id
LEFT JOIN dim_project j USING (project_id)
LEFT JOIN project_line p ON p.project_line_id = h.project_line_id
ORDER BY f.place, array_position($fields::VARCHAR[], h.field)
"""  # noqa: S608
#: Cells of facts of a line or an indicator, those that print the text first.
PLACES = """
WITH fact AS (
    SELECT fact_id, project_line_id, NULL AS indicator_id, 0 AS later FROM fact_project_funding
    WHERE list_contains($lines::VARCHAR[], project_line_id)
    UNION ALL
    SELECT fact_id, project_line_id, indicator_id, 1 FROM fact_performance_target
    WHERE list_contains($lines::VARCHAR[], project_line_id)
        OR list_contains($indicators::VARCHAR[], indicator_id)
)
SELECT f.fact_id, f.project_line_id, f.indicator_id, s.role, c.page_no, c.grid_no, c.row_no,
    c.col_no, c.sheet, c.address, d.path, c.text
FROM fact_source s
JOIN fact f USING (fact_id)
JOIN source_cell c USING (cell_id)
JOIN dim_document d USING (document_id)
WHERE s.fact_id IN (SELECT fact_id FROM fact)
  AND s.role IN ('project', 'indicator', 'target')
ORDER BY f.later, f.fact_id, s.role, s.part_no
"""
DOCUMENTS = """
SELECT statement_id, path, title, kind FROM statement JOIN dim_document USING (document_id)
WHERE list_contains($statements::VARCHAR[], statement_id)
"""
SEARCHED = """
SELECT (SELECT count(*) FROM project_line) AS project_lines,
    (SELECT count(*) FROM performance_indicator) AS indicators,
    (SELECT count(DISTINCT document_id) FROM statement_version WHERE is_current) AS documents,
    (SELECT count(*) FROM quarantine_item) AS items_waiting
"""
