"""Closed lists that columns are checked against. One word per thing, used everywhere."""

#: The fact of projects, which has durable lines and a history of its own.
PROJECTS = "fact_project_funding"
CONSOLIDATIONS = ("unit", "department", "unknown")
PHASES = ("budget", "adjusted_budget", "execution", "final_accounts")
STATEMENT_STATUSES = ("complete", "partial", "withheld")
VERSION_REASONS = ("first", "publisher_revision", "reread", "context_changed", "reinstated")
CLOSED_REASONS = ("publisher_revision", "reread", "context_changed", "withdrawn")
CONTEXT_FIELDS = ("fiscal_year", "phase", "body", "consolidation", "region", "unit")
CONTEXT_SOURCES = ("sidecar", "printed", "heading", "sheet_name", "corroboration")
AMOUNT_PERIODS = ("this_year", "last_year", "whole_term")
HORIZONS = ("cycle", "annual", "unstated")
COMPARATORS = ("none", "eq", "ge", "gt", "le", "lt", "between")
CLAUSE_KINDS = ("number", "frequency", "date", "ratio", "ordinal", "reference", "boolean")
VALUE_KINDS = (*CLAUSE_KINDS, "several", "qualitative", "unset", "unparsed")
PERIODS = ("day", "workday", "week", "month", "quarter", "half_year", "year", "term")
BASES = ("previous_year", "same_period", "previous_period")
DIRECTIONS = ("increase", "decrease", "maintain")
STATES = (
    "timely",
    "long_term",
    "significant",
    "effective",
    "good",
    "qualified",
    "complete",
    "orderly",
    "regular",
    "this_year",
    "confidential",
    "controlled",
    "step_by_step",
    "satisfied",
)
SUSPECTS = (
    "over_100_percent",
    "ge_read_as_2",
    "not_a_share",
    "may_be_year",
    "scale_not_chosen",
)
STRENGTHS = ("hard", "conditional", "inclusion")
VERDICTS = ("exact", "within_rounding", "included", "suspect", "broken")
CONTROL_SIDES = ("printed", "computed")
FINDING_KINDS = ("source_error", "tables_disagree", "note_contradicted")
DISPOSITIONS = (
    "title",
    "context",
    "header",
    "line_number",
    "label",
    "value",
    "control",
    "repeat",
    "note",
    "private",
    "quarantined",
)
QUARANTINE_LEVELS = ("document", "grid", "statement", "row", "value")
JOIN_RULES = (
    "repeated_header",
    "glued_header",
    "rows_continued",
    "columns_merged",
    "columns_appended",
    "row_continued",
    "number_cut",
    "rowspan_continued",
)
#: How a printed project line is known to be a project (ADR 22).
IDENTITY_METHODS = (
    "unit_and_name",
    "renamed_unit_and_name",
    "code",
    "unit_amount_and_similar_name",
    "body_name_and_amount",
    "code_over_years",
    "name_core_over_years",
    "name_and_content_over_years",
    "content_over_years",
    "stands_alone",
    "person",
)
SUCCESSION_KINDS = ("renamed", "same", "split", "merged")
SUGGESTED_KINDS = ("renamed", "split", "merged")
#: Why an answer about two projects is not followed.
ANSWER_REASONS = ("unit_unknown", "list_not_here", "project_not_found", "several_found")
#: Why what became of a project is unknown.
LIFECYCLE_REASONS = (
    "no_list_before",
    "lists_differ",
    "predecessors_unclear",
    "same_name_over_merger",
)
LIFECYCLE_STATES = ("new", "continuing", "renamed", "ended", "unknown")
SOURCE_ROLES = (
    "amount",
    "label",
    "code",
    "project",
    "spending_unit",
    "target",
    "indicator",
    "unit_of_measure",
)
