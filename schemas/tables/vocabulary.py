"""Closed lists that columns are checked against. One word per thing, used everywhere."""

CONSOLIDATIONS = ("unit", "department", "unknown")
PHASES = ("budget", "adjusted_budget", "execution", "final_accounts")
STATEMENT_STATUSES = ("complete", "partial", "withheld")
VERSION_REASONS = ("first", "publisher_revision", "reread", "context_changed", "reinstated")
CLOSED_REASONS = ("publisher_revision", "reread", "context_changed", "withdrawn")
CONTEXT_FIELDS = ("fiscal_year", "phase", "body", "consolidation", "region", "unit")
CONTEXT_SOURCES = ("sidecar", "printed", "sheet_name", "corroboration")
HORIZONS = ("cycle", "annual", "unstated")
COMPARATORS = ("none", "eq", "ge", "gt", "le", "lt", "between")
VALUE_KINDS = ("number", "several", "boolean", "qualitative", "unset", "unparsed")
CLAUSE_KINDS = ("number", "boolean")
VERDICTS = ("exact", "within_rounding", "suspect", "broken")
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
    "quarantined",
)
QUARANTINE_LEVELS = ("document", "grid", "statement", "row", "value")
SOURCE_ROLES = ("amount", "project", "spending_unit", "target", "indicator", "unit_of_measure")
