"""What persons said of projects and no projects match: for the night and for `yusuan review`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.serve.published import published, rows

if TYPE_CHECKING:
    from pipelines.settings import Settings

_WAITING = "FROM project_answer_waiting ORDER BY file_line"
#: Why an answer is not followed, and what to do.
_WHY = {
    "unit_unknown": "库中无名为 {unit} 的单位；请照表中印出的名称书写 / "
    "no unit is called {unit}: write it as a table prints it",
    "list_not_here": "库中没有 {unit} {year} 年的项目表；收入该表后即生效，或更正年度 / "
    "no list of {unit} of {year} is here: it counts once that list is; else mend the year",
    "project_not_found": "{unit} {year} 年的项目表中没有此项目；请照印出的名称书写，或删除此行 / "
    "the list of {unit} of {year} has no such project: write it as printed, or remove the row",
    "several_found": "{unit} {year} 年有不止一个此名称的项目；单位合并前请写前身单位的名称 / "
    "{unit} has several projects of that name in {year}: before a merger, name whose it was",
}


def answers_waiting(settings: Settings) -> list[str]:
    """Rows of ``project_identities.csv`` that the published build could not follow: what to do.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    where = (settings.config or Path("<config>")) / "codes" / "project_identities.csv"
    with published(settings) as connection:
        found = rows(connection, _WAITING)
    return [
        "{}:{}: {} {} {} → {} {} ({}): {}".format(
            where, row["file_line"], row["unit"], row["fiscal_year_before"], row["project_before"],
            row["fiscal_year"], row["project"], row["kind"],
            _WHY[row["reason"]].format(unit=row["unit"], year=row["waits_for_year"]),
        )
        for row in found
    ]  # fmt: skip
