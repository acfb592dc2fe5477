"""How measurable targets are: numbers, what can be checked, words, and what was not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.serve.published import rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_BODIES = 20
#: What a value is to a reader → kinds of values, Chinese, English. Question 17 of the question
#: book counts the same way.
GROUPS = {
    "measurable": (
        ("number", "frequency", "date", "ratio", "several"), "可度量", "measurable",
    ),
    "checkable": (("ordinal", "reference", "boolean"), "可核对", "can be checked"),
    "words": (("qualitative",), "文字", "words"),
    "unset": (("unset",), "未设", "says there is none"),
    "unparsed": (("unparsed",), "未能读出", "not read"),
}  # fmt: skip
_GROUPED = ",\n    ".join(
    f"sum(value_count) FILTER (value_kind IN ({', '.join(repr(k) for k in kinds)})) AS {name}"
    for name, (kinds, _, _) in GROUPS.items()
)
_YEARS = f"""
SELECT fiscal_year, sum(value_count) AS value_count, sum(suspect_count) AS suspect_count,
    {_GROUPED}
FROM mart_target_quality GROUP BY fiscal_year ORDER BY fiscal_year
"""  # noqa: S608 - constants of this file
_BODIES = f"""
SELECT any_value(body_name) AS body_name, max(fiscal_year) AS fiscal_year,
    sum(value_count) AS value_count, sum(suspect_count) AS suspect_count,
    {_GROUPED}
FROM (
    SELECT *, max(fiscal_year) OVER (PARTITION BY reporting_body_id) AS last_year
    FROM mart_target_quality
)
WHERE fiscal_year = last_year
GROUP BY reporting_body_id
ORDER BY coalesce(measurable, 0) / sum(value_count), value_count DESC, reporting_body_id
LIMIT $most
"""  # noqa: S608 - constants of this file


@dataclass(frozen=True)
class Targets:
    """Values of indicators by what they are.

    Attributes:
        years: A row a fiscal year, all bodies, phases and horizons: counts by group.
        bodies: A row a body of its last year: those least measurable first.
    """

    years: list[dict[str, Any]]
    bodies: list[dict[str, Any]]


def targets(connection: DuckDBPyConnection) -> Targets:
    """Quality of targets in the published build."""
    return Targets(_counted(connection, _YEARS), _counted(connection, _BODIES, MOST_BODIES))


def _counted(connection: DuckDBPyConnection, sql: str, *most: int) -> list[dict[str, Any]]:
    found = rows(connection, sql, {"most": most[0]} if most else None)
    counts = (*GROUPS, "value_count", "suspect_count")
    return [row | {name: int(row[name] or 0) for name in counts} for row in found]
