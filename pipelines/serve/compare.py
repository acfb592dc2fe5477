"""Bodies and years side by side: money by what it is spent on, or where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.serve.published import published, rows
from schemas.axes import parents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.settings import Settings

_ECONOMIC = (
    "concat_ws(' · ', economic_class_id || ' ' || economic_class_name, expenditure_type_name, "
    "fund_source_name)"
)
#: What may be compared → the mart, the key of a line and its name there, and what the money is.
_LINES: dict[str, tuple[str, str, str, str]] = {
    "total": ("mart_funding_by_body_year", "''", "''", "项目资金 / project funding"),
    "fund": ("mart_funding_by_body_year", "fund_source_id", "fund_source_name",
             "项目资金 / project funding"),
    "function": ("mart_expenditure_by_function_class_year", "function_class_id",
                 "concat_ws(' ', nullif(function_class_id, 'unsplit'), function_class_name)",
                 "支出，全部资金 / expenditure of all funds"),
    "type": ("mart_expenditure_by_type_year", "expenditure_type_id", "expenditure_type_name",
             "支出，全部资金 / expenditure of all funds"),
    "economic": ("mart_expenditure_by_economic_year",
                 "concat_ws(' ', economic_class_id, expenditure_type_id, fund_source_id)",
                 _ECONOMIC,
                 "财政拨款支出 / expenditure of the appropriation"),
    "revenue": ("mart_revenue_year", "fund_source_id", "fund_source_name", "收入 / revenue"),
    "three-public": ("mart_three_public_year", "three_public_id", "three_public_name",
                     "“三公”经费 / the three public expenses"),
    "project": ("mart_project_year", "concat_ws(' ', spending_unit_name, project_id)",
                "concat_ws(' · ', spending_unit_name, project_name)",
                "项目资金 / project funding"),
}  # fmt: skip
#: Lines of these stand as their axis has them; the others by their code or name.
_AXES = {"fund": "fund_source", "revenue": "fund_source", "type": "expenditure_type",
         "three-public": "three_public"}  # fmt: skip
_SQL = """
SELECT body_name, fiscal_year, phase, {key} AS line_id, {name} AS line,
    sum(amount_yuan)::DECIMAL(18, 2) AS amount_yuan,
    string_agg(DISTINCT kinds, ', ' ORDER BY kinds) AS kinds
FROM {mart} m
WHERE (len($bodies) = 0 OR list_bool_or([contains(body_name, b) FOR b IN $bodies::VARCHAR[]]))
  AND (len($years) = 0 OR list_contains($years::INTEGER[], fiscal_year))
  AND ($phase IS NULL OR phase = $phase)
GROUP BY ALL
ORDER BY body_name, line_id, line, fiscal_year, phase
"""
#: What is compared where nothing else is asked for, and what may be.
BY_TOTAL = "total"
BY = tuple(name for name in _LINES if name != BY_TOTAL)


@dataclass(frozen=True)
class Comparison:
    """A table of bodies and lines over years, in yuan.

    Attributes:
        by: What lines are told by.
        what: What the money is, in both languages.
        lines: Body, key of the line and its name.
        columns: Years with their phases.
        cells: By (body, key of the line, (year, phase)); what is not published is not in it, and is
            no zero.
        rests_on: Kinds of table the figures of a body, year and phase rest on.
    """

    by: str
    what: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    columns: list[tuple[int, str]] = field(default_factory=list)
    cells: dict[tuple[str, str, tuple[int, str]], Decimal] = field(default_factory=dict)
    rests_on: dict[tuple[str, tuple[int, str]], list[str]] = field(default_factory=dict)

    def totals(self) -> dict[tuple[str, tuple[int, str]], Decimal]:
        """Sums of the lines of each body, year and phase: they add up within one comparison."""
        found: dict[tuple[str, tuple[int, str]], Decimal] = {}
        for (body, _, column), amount in self.cells.items():
            found[body, column] = found.get((body, column), Decimal(0)) + amount
        return found


def compare(
    settings: Settings,
    *,
    by: str = BY_TOTAL,
    bodies: Sequence[str] = (),
    years: Sequence[int] = (),
    phase: str | None = None,
) -> Comparison:
    """Money of bodies over years.

    Args:
        settings: The installation.
        by: One of ``BY``; else the sums of bodies.
        bodies: Bodies whose name contains one of these; all if none.
        years: Fiscal years; all if none.
        phase: A phase of the budget; all if none.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    mart, key, name, what = _LINES[by]
    sql = _SQL.format(mart=mart, key=key, name=name)
    asked = {"bodies": list(bodies), "years": list(years), "phase": phase}
    with published(settings) as connection:
        found = rows(connection, sql, asked)
    order = _order(by, settings)
    found.sort(key=lambda row: (row["body_name"], order.get(row["line_id"], 0), row["line"]))
    comparison = Comparison(by, what)
    lines = {(row["body_name"], row["line_id"], row["line"]): None for row in found}
    comparison.lines.extend(lines)
    for row in found:
        column = (row["fiscal_year"], row["phase"])
        comparison.cells[row["body_name"], row["line_id"], column] = row["amount_yuan"]
        kinds = comparison.rests_on.setdefault((row["body_name"], column), [])
        kinds += [kind for kind in row["kinds"].split(", ") if kind not in kinds]
    comparison.columns.extend(sorted({column for _, _, column in comparison.cells}))
    return comparison


def _order(by: str, settings: Settings) -> dict[str, int]:
    """Place of each node on its axis."""
    if by not in _AXES:
        return {}
    nodes = parents(_AXES[by], settings.config)
    return {node: place for place, node in enumerate(nodes)}
