-- What the warehouse said at a known time (UTC): SELECT * FROM as_of_project_funding('2026-11-24 18:30:00').
-- Misreadings of that day included; a sum within one phase is what was published then.
CREATE MACRO as_of_project_funding(ts) AS TABLE
SELECT * EXCLUDE (fed_from_utc, fed_to_utc)
FROM history_project_funding
WHERE fed_from_utc <= ts::TIMESTAMP AND (fed_to_utc IS NULL OR ts::TIMESTAMP < fed_to_utc);

-- The other facts of money by name: SELECT * FROM as_of_amount('fact_revenue', '2026-11-24 18:30:00').
CREATE MACRO as_of_amount(fact_name, ts) AS TABLE
SELECT * EXCLUDE (fed_from_utc, fed_to_utc)
FROM history_amount
WHERE fact = fact_name
  AND fed_from_utc <= ts::TIMESTAMP AND (fed_to_utc IS NULL OR ts::TIMESTAMP < fed_to_utc);

CREATE MACRO as_of_performance_target(ts) AS TABLE
SELECT * EXCLUDE (fed_from_utc, fed_to_utc)
FROM history_performance_target
WHERE fed_from_utc <= ts::TIMESTAMP AND (fed_to_utc IS NULL OR ts::TIMESTAMP < fed_to_utc);

CREATE MACRO as_of_statement_version(ts) AS TABLE
SELECT *
FROM statement_version
WHERE known_from_utc <= ts::TIMESTAMP AND (known_to_utc IS NULL OR ts::TIMESTAMP < known_to_utc);
