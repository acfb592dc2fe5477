"""A workbook through a night: facts that name their cells, and what may not become facts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from tests.commands import asked
from tests.extract.workbooks import with_cell, workbook
from tests.printing import BODY, HEADERS, INDICATOR, TITLE, Rooms, sidecar, through_validate

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Installation

LABELS = (TITLE, f"部门名称：{BODY}（部门）", "单位：万元")
#: What is stored; 12.3456 and 20.0044 are shown as 12.35 and 20.00.
ROWS = (
    ("合计", 32.35, 32.35),
    (BODY, 32.35, 32.35),
    ("植树", 12.3456, 12.3456, None, None, "绿化城区。", INDICATOR),
    ("修剪", 20.0044, 20.0044, None, None, "绿化城区。", INDICATOR),
)


def book(change: Callable[[Any, Any], None] = lambda *_: None) -> bytes:
    """A workbook with one table; ``change`` is given workbook and sheet at the end."""

    def write(made: Any, sheet: Any) -> None:
        form = made.add_format({"border": 1, "num_format": "#,##0.00"})
        for row, line in enumerate(LABELS):
            sheet.write(row, 0, line)
        for row, values in enumerate((HEADERS, *ROWS), len(LABELS) + 1):
            for col in range(len(HEADERS)):
                sheet.write(row, col, values[col] if col < len(values) else None, form)
        change(made, sheet)

    return workbook(write, "绩效目标表")


def read(data: bytes) -> Rooms:
    """The workbook through all rooms below load."""
    return through_validate([data], sidecar())


def test_a_night_publishes_facts_that_name_sheet_and_cell(installation: Installation) -> None:
    installation.put_with_sidecar("2023/预算.xlsx", book())
    assert installation.run().published
    facts = installation.rows(
        "SELECT f.fact_id, amount_yuan, sheet, address, text, stored FROM fact_project_funding f "
        "JOIN fact_source s USING (fact_id) JOIN source_cell USING (cell_id) "
        "WHERE s.role = 'amount' ORDER BY address"
    )
    assert [(float(yuan), *rest) for _, yuan, *rest in facts] == [
        (123_500.0, "绩效目标表", "C8", "12.35", "12.3456"),
        (200_000.0, "绩效目标表", "C9", "20.00", "20.0044"),
    ]
    fact_id = facts[0][0]
    assert "工作表 sheet 绩效目标表 C8 · 所存 stored 12.3456" in asked(
        installation, "trace", fact_id
    ).stdout.replace("\n", " ")
    sources = json.loads(asked(installation, "trace", fact_id, "--json").stdout)["sources"]
    assert {source["sheet"] for source in sources} == {"绩效目标表"}
    shown = asked(installation, "trace", fact_id, "--image", "x.png")
    assert shown.exit_code == 1
    assert "没有页面" in str(shown.exception)


def test_what_is_shown_is_what_counts() -> None:
    """As in the PDF of the same book: 12.35 is printed, and so sums are of what is printed."""
    rooms = read(book())
    assert rooms.statuses() == ["complete"]
    funding = rooms.accepted["fact_project_funding"]["amount_yuan"].to_list()
    assert sorted(map(float, funding)) == [123_500.0, 200_000.0]
    assert set(rooms.accepted["control_total"]["verdict"]) == {"exact"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda _, sheet: sheet.set_row(7, None, None, {"hidden": True}), "A8, B8, C8, F8, G8"),
        (lambda _, sheet: sheet.set_column("C:C", None, None, {"hidden": True}),
         "C5, C6, C7, C8, C9"),
        (lambda _, sheet: sheet.hide(), "sheet_hidden"),
        (lambda made, sheet: sheet.write("B8", 12.35, made.add_format({"num_format": ";;;"})),
         "B8"),
        (lambda made, sheet: sheet.write("B8", 12.35, made.add_format({"num_format": "# ?/?"})),
         "B8"),
    ],
)  # fmt: skip
def test_what_is_hidden_or_uncertain_is_withheld_and_names_its_cells(
    change: Callable[[Any, Any], None], found: str
) -> None:

    def with_another(made: Any, sheet: Any) -> None:
        made.add_worksheet("空").activate()  # the sheet that is open is never hidden
        change(made, sheet)

    rooms = read(book(with_another))
    assert rooms.statuses() == ["withheld"]
    items = rooms.accepted["quarantine_item"].filter(pl.col("rule_id") == "page_doubtful")
    assert items["place"].to_list() == ["工作表 绩效目标表 / sheet 绩效目标表"]
    assert found in items["found"][0]
    assert rooms.accepted["fact_project_funding"].is_empty()


@pytest.mark.parametrize(
    ("cell", "rules"),
    [
        (
            '<c r="B8" t="e"><v>#REF!</v></c>',
            {"page_doubtful", "amount_malformed", "identity_broken"},
        ),
        ('<c r="B8"><f>SUM(C8:E8)</f></c>', {"page_doubtful", "identity_broken"}),
    ],
)
def test_errors_and_formulas_without_values_are_never_numbers(cell: str, rules: set[str]) -> None:
    rooms = read(with_cell(book(), "B8", cell))
    assert rooms.statuses() == ["withheld"]
    assert set(rooms.rules()) == rules
    doubts = rooms.accepted["quarantine_item"].filter(pl.col("rule_id") == "page_doubtful")
    assert doubts["found"][0].endswith(": B8")


def test_a_book_in_which_nothing_is_stated_is_a_blank_template() -> None:
    def clear(made: Any, sheet: Any) -> None:
        form = made.add_format({"border": 1})
        for row in range(5, 9):
            for col in range(1, 7):
                sheet.write_blank(row, col, None, form)

    rooms = read(book(clear))
    assert rooms.statuses() == ["withheld"]
    assert "nothing_stated" in rooms.rules()
    assert rooms.accepted["fact_project_funding"].is_empty()
