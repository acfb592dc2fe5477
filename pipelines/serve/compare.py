"""Bodies × years: planned project money side by side, from the mart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.serve.published import published, rows

if TYPE_CHECKING:
    from pipelines.settings import Settings

_SQL = """
SELECT body_name, region_name, fund_source_name, fiscal_year, phase, amount_yuan
FROM mart_funding_by_body_year
WHERE ($body IS NULL OR contains(body_name, $body))
  AND ($phase IS NULL OR phase = $phase)
ORDER BY body_name, fund_source_name, fiscal_year, phase
"""


@dataclass(frozen=True)
class Comparison:
    """A table of bodies (by fund source where asked) over years, in yuan.

    ``cells`` is keyed by (body, fund source or '', (year, phase)); what is not published is not
    in it, and is no zero.
    """

    bodies: list[tuple[str, str]]
    columns: list[tuple[int, str]]
    cells: dict[tuple[str, str, tuple[int, str]], Decimal]


def compare(
    settings: Settings, *, body: str | None = None, phase: str | None = None, by_fund: bool = False
) -> Comparison:
    """Money of bodies whose name contains ``body`` (all if none), by year and phase.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    with published(settings) as connection:
        found = rows(connection, _SQL, {"body": body, "phase": phase})
    cells: dict[tuple[str, str, tuple[int, str]], Decimal] = {}
    for row in found:
        fund = row["fund_source_name"] if by_fund else ""
        key = (row["body_name"], fund, (row["fiscal_year"], row["phase"]))
        cells[key] = cells.get(key, Decimal(0)) + row["amount_yuan"]
    return Comparison(
        bodies=sorted({(name, fund) for name, fund, _ in cells}),
        columns=sorted({column for _, _, column in cells}),
        cells=cells,
    )
