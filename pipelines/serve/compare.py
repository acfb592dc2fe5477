"""Bodies and years side by side: money by what it is spent on or where it comes from; targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pipelines.serve.compare_reforms import Lines, lines_over_reforms
from pipelines.serve.compare_targets import TARGETS, TARGETS_SQL, TARGETS_TOLD
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
    "project": ("mart_project_year", "project_id",
                "concat_ws(' · ', spending_unit_name, project_name)",
                "项目资金 / project funding"),
}  # fmt: skip
#: Shares and changes in per cent are shown to this place.
_PERCENT = Decimal("0.01")
#: Lines of these stand as their axis has them; the others by their code or name.
_AXES = {"fund": "fund_source", "revenue": "fund_source", "type": "expenditure_type",
         "three-public": "three_public"}  # fmt: skip
#: Bodies that are asked for by one of their names: those that went over into one another are.
_ASKED = """(
    len($bodies) = 0
    OR list_bool_or([contains({name}, n) FOR n IN $bodies::VARCHAR[]])
    OR {body_id} IN (
        SELECT body_id FROM dim_body WHERE latest_body_id IN (
            SELECT latest_body_id FROM dim_body
            WHERE list_bool_or([contains(name, n) FOR n IN $bodies::VARCHAR[]])
        )
    )
)"""
_SQL = """
SELECT body_name, fiscal_year, phase, {key} AS line_id, {name} AS line,
    sum(amount_yuan)::DECIMAL(18, 2) AS number, NULL AS text, NULL AS measure,
    string_agg(DISTINCT kinds, ', ' ORDER BY kinds) AS kinds
FROM {mart} m
WHERE {asked}
  AND (len($years) = 0 OR list_contains($years::INTEGER[], fiscal_year))
  AND ($phase IS NULL OR phase = $phase)
GROUP BY ALL
ORDER BY body_name, line_id, line, fiscal_year, phase
"""
#: What is compared where nothing else is asked for, and what may be.
BY_TOTAL, BY_INDICATOR = "total", "indicator"
BY = (*(name for name in _LINES if name != BY_TOTAL), BY_INDICATOR)
#: A year with its phase; a body with the key of a line and a year with its phase.
Column = tuple[int, str]
Place = tuple[str, str, Column]


class CompareError(ValueError):
    """What is asked for makes no sense of these lines; the message says what does."""


@dataclass(frozen=True)
class Change:
    """How a figure differs from that of the year before, of the same phase.

    Attributes:
        number: The difference, exactly.
        percent: Of what it was, to two places, half up; none where that was nothing.
    """

    number: Decimal
    percent: Decimal | None


@dataclass(frozen=True)
class Comparison:
    """A table of bodies and lines over years: amounts in yuan, or targets as they are printed.

    Attributes:
        by: What lines are told by.
        what: What the figures are, in both languages.
        lines: Body, key of the line and its name.
        columns: Years with their phases that are shown.
        cells: By (body, key of the line, (year, phase)); what is not published is not in it, and is
            no zero. Those of years before, that changes are told from, are in it too.
        rests_on: Kinds of table the figures of a body, year and phase rest on.
        texts: Targets as printed, where lines are indicators; cells are their numbers then, where
            the target is one number.
        measures: What the number of a target is of (kind, comparator, unit …): those of two years
            differ by something only where this is the same.
        over_reforms: Which bodies lines are of, and which years of them are not whole.
    """

    by: str
    what: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    cells: dict[Place, Decimal] = field(default_factory=dict)
    rests_on: dict[tuple[str, Column], list[str]] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    measures: dict[Place, str] = field(default_factory=dict)
    over_reforms: Lines = field(default_factory=Lines)

    @property
    def is_money(self) -> bool:
        """Whether cells are amounts, which add up."""
        return self.by != BY_INDICATOR

    def totals(self) -> dict[tuple[str, Column], Decimal]:
        """Sums of all lines of each body, year and phase: they add up within one comparison."""
        found: dict[tuple[str, Column], Decimal] = {}
        if self.is_money:
            for (body, _, column), amount in self.cells.items():
                found[body, column] = found.get((body, column), Decimal(0)) + amount
        return found

    def is_whole(self, body: str, column: Column) -> bool:
        """Whether all bodies that a line is of published something of a year and phase."""
        return (body, column) not in self.over_reforms.missing

    def _may_differ(self, body: str, column: Column) -> bool:
        """Whether a year may be held against the year before: both are whole."""
        return self.is_whole(body, column) and self.is_whole(body, year_before(column))

    def changes(self) -> dict[Place, Change]:
        """Of each cell whose line published a figure of like phase and measure the year before."""
        return {
            place: _change(before, number)
            for place, number in self.cells.items()
            for earlier in [(*place[:2], year_before(place[2]))]
            if (before := self.cells.get(earlier)) is not None
            and self.measures.get(earlier) == self.measures.get(place)
            and self._may_differ(place[0], place[2])
        }

    def changes_of_totals(self) -> dict[tuple[str, Column], Change]:
        """The same of the sums of bodies."""
        totals = self.totals()
        return {
            (body, column): _change(totals[body, year_before(column)], total)
            for (body, column), total in totals.items()
            if (body, year_before(column)) in totals and self._may_differ(body, column)
        }

    def shares(self) -> dict[Place, Decimal]:
        """Of each amount in the sum of its body, year and phase: per cent to two places, half up.

        None where that sum is nothing, or not whole.
        """
        totals = self.totals()
        return {
            (body, line, column): share
            for (body, line, column), amount in self.cells.items()
            if self.is_money
            and self.is_whole(body, column)
            and (share := percent(amount, totals[body, column])) is not None
        }

    def rests_on_others(self) -> list[tuple[str, Column]]:
        """Bodies and years that rest on other kinds of tables than the year before does."""
        return [
            (body, column)
            for (body, column), kinds in sorted(self.rests_on.items())
            if column in self.columns
            and sorted(self.rests_on.get((body, year_before(column)), kinds)) != sorted(kinds)
        ]


def year_before(column: Column) -> Column:
    """The year before, in the same phase."""
    return column[0] - 1, column[1]


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """A part in per cent to two places, half up; none of nothing."""
    if not whole:
        return None
    return (100 * part / abs(whole)).quantize(_PERCENT, ROUND_HALF_UP)


def _change(before: Decimal, after: Decimal) -> Change:
    return Change(after - before, percent(after - before, before))


def compare(  # noqa: PLR0913 - each narrows or widens what is asked
    settings: Settings,
    *,
    by: str = BY_TOTAL,
    bodies: Sequence[str] = (),
    years: Sequence[int] = (),
    phase: str | None = None,
    lines: Sequence[str] = (),
    with_year_before: bool = False,
) -> Comparison:
    """Money of bodies over years; or their targets, as printed.

    Args:
        settings: The installation.
        by: One of ``BY``; else the sums of bodies.
        bodies: Bodies whose name contains one of these; all if none.
        years: Fiscal years; all if none.
        phase: A phase of the budget; all if none.
        lines: Lines whose name contains one of these are shown; all if none. Sums are of all.
        with_year_before: Also read the year before each of the years, which is not shown.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    asked: dict[str, object] = {"bodies": list(bodies), "phase": phase}
    asked["years"] = sorted({*years, *(year - 1 for year in years if with_year_before)})
    if by == BY_INDICATOR:
        sql, what = TARGETS_SQL.format(asked=_asked("b.name", "b.body_id")), TARGETS
        asked["lines"], source = list(lines), TARGETS_TOLD
    else:
        source, key, name, what = _LINES[by]
        whose = _asked("body_name", "reporting_body_id")
        sql = _SQL.format(mart=source, key=key, name=name, asked=whose)
    with published(settings) as connection:
        found = rows(connection, sql, asked)
        over_reforms = lines_over_reforms(connection, source)
    for row in found:
        row["body_name"] = over_reforms.today.get(row["body_name"], row["body_name"])
    order = _order(by, settings)
    found.sort(key=lambda row: (row["body_name"], order.get(row["line_id"], 0), row["line"]))
    comparison = Comparison(by, what, over_reforms=over_reforms)
    shown = [
        row
        for row in found
        if (not years or row["fiscal_year"] in years)
        and (not lines or any(part in row["line"] for part in lines))
    ]
    latest = sorted(shown, key=itemgetter("fiscal_year"))
    last_name = {(row["body_name"], row["line_id"]): row["line"] for row in latest}
    named = {place: last_name[place] for row in shown
             for place in [(row["body_name"], row["line_id"])]}  # fmt: skip
    comparison.lines.extend((body, line_id, line) for (body, line_id), line in named.items())
    comparison.columns.extend(sorted({(row["fiscal_year"], row["phase"]) for row in shown}))
    for row in found:
        _put(comparison, row)
    return comparison


def _asked(name: str, body_id: str) -> str:
    """That a body is asked for, in SQL."""
    return _ASKED.format(name=name, body_id=body_id)


def _put(comparison: Comparison, row: dict[str, Any]) -> None:
    """A row of the answer in its place; of a line that has two names in a year, with the other."""
    column = (row["fiscal_year"], row["phase"])
    place = (row["body_name"], row["line_id"], column)
    if row["number"] is not None:
        comparison.cells[place] = comparison.cells.get(place, Decimal(0)) + row["number"]
    if row["text"] is not None:
        comparison.texts[place] = row["text"]
    if row["measure"] is not None:
        comparison.measures[place] = row["measure"]
    kinds = comparison.rests_on.setdefault((row["body_name"], column), [])
    kinds += [kind for kind in row["kinds"].split(", ") if kind not in kinds]


def _order(by: str, settings: Settings) -> dict[str, int]:
    """Place of each node on its axis."""
    if by not in _AXES:
        return {}
    nodes = parents(_AXES[by], settings.config)
    return {node: place for place, node in enumerate(nodes)}
