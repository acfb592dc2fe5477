"""Names of sheets: the weakest evidence of what a table is, and of its year and phase."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.extract.workbooks import workbook
from tests.printing import BODY, HEADERS, INDICATOR, TITLE, Rooms, sidecar, through_validate

ROWS = (
    HEADERS,
    ("合计", 30, 30),
    (BODY, 30, 30),
    ("植树", 10, 10, None, None, "绿化城区。", INDICATOR),
    ("修剪", 20, 20, None, None, "绿化城区。", INDICATOR),
)
LABELS = (f"部门名称：{BODY}（部门）", "单位：万元")


def book(*sheets: tuple[str, tuple[str, ...]], said: Any = None) -> Rooms:
    """Sheets by name with the lines above their tables, through all rooms."""

    def write(made: Any, first: Any) -> None:
        form = made.add_format({"border": 1, "num_format": "0.00"})
        for number, (name, lines) in enumerate(sheets):
            sheet = made.add_worksheet(name) if number else first
            for row, line in enumerate(lines):
                sheet.write(row, 0, line)
            for row, values in enumerate(ROWS, len(lines) + 1):
                for col in range(len(HEADERS)):
                    value = values[col] if col < len(values) else None
                    sheet.write(row, col, value, form)

    return through_validate([workbook(write, sheets[0][0])], said)


def context(rooms: Rooms, field: str) -> list[tuple[str, str, bool]]:
    found = rooms.accepted["statement_context"].filter(pl.col("field") == field)
    return found.select("value", "source", "is_chosen").rows()


def test_the_name_of_a_sheet_is_a_title_where_no_line_is_one() -> None:
    rooms = book((TITLE[:31], LABELS), said=sidecar())
    assert rooms.recognised["statement"]["kind"].to_list() == ["project_performance_targets"]
    assert rooms.statuses() == ["complete"]


def test_a_title_above_the_table_goes_before_the_name_of_its_sheet() -> None:
    rooms = book(("部门收支总体情况表", (TITLE, *LABELS)), said=sidecar())
    assert rooms.recognised["statement"]["kind"].to_list() == ["project_performance_targets"]


def test_a_name_that_is_the_title_of_another_table_is_told_and_decides_nothing() -> None:
    rooms = book(("一般公共预算支出表", (TITLE, *LABELS)), said=sidecar())
    assert rooms.statuses() == ["complete"]
    items = rooms.accepted["quarantine_item"].select("rule_id", "found", "expected").rows()
    assert items == [("sheet_name_differs", "一般公共预算支出表", TITLE)]


def test_a_line_that_reads_as_another_title_is_not_overruled_by_the_name_of_a_sheet() -> None:
    rooms = book((TITLE[:31], ("一般公共预算支出表", *LABELS)), said=sidecar())
    assert rooms.recognised["statement"].is_empty()


def test_year_and_phase_of_the_name_decide_where_nothing_else_says_them() -> None:
    rooms = book(("2024年部门预算", (TITLE, *LABELS)))
    assert context(rooms, "fiscal_year") == [("2024", "sheet_name", True)]
    assert context(rooms, "phase") == [("budget", "sheet_name", True)]
    assert rooms.statuses() == ["complete"]


def test_what_is_printed_goes_before_the_name_and_both_are_shown() -> None:
    rooms = book(("2024年部门预算", (f"2025年{TITLE}", *LABELS)), said=sidecar(None))
    assert context(rooms, "fiscal_year") == [
        ("2025", "printed", True), ("2024", "sheet_name", False)
    ]  # fmt: skip


def test_a_sidecar_that_contradicts_the_name_alone_decides_nothing() -> None:
    rooms = book(("2024年部门预算", (TITLE, *LABELS)), said=sidecar(2023))
    assert "context_conflict" in rooms.rules()


def test_lines_of_another_sheet_say_nothing_of_a_table() -> None:
    """The table before ends with a line that is neither its title nor its unit."""

    def write(made: Any, first: Any) -> None:
        first.write("A1", "一般公共预算支出表")
        first.write("A2", "单位：元")
        sheet = made.add_worksheet(TITLE[:31])
        form = made.add_format({"border": 1, "num_format": "0.00"})
        for row, line in enumerate(LABELS):
            sheet.write(row, 0, line)
        for row, values in enumerate(ROWS, 3):
            for col in range(len(HEADERS)):
                sheet.write(row, col, values[col] if col < len(values) else None, form)

    rooms = through_validate([workbook(write, "说明")], sidecar())
    assert rooms.recognised["statement"]["unit"].to_list() == ["万元"]
    assert rooms.statuses() == ["complete"]


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ((TITLE, LABELS[0]), "工作表 表1 A4:G8 / sheet 表1 A4:G8"),
        ((TITLE, *LABELS, "单位：元"), "工作表 表1 A6:G10 / sheet 表1 A6:G10"),
    ],
)
def test_what_waits_names_sheet_and_cells(lines: tuple[str, ...], place: str) -> None:
    rooms = book(("表1", lines), said=sidecar())
    assert rooms.accepted["quarantine_item"]["place"].to_list() == [place]


def test_facts_name_sheet_and_address_in_what_is_published() -> None:
    rooms = book(("表1", (TITLE, *LABELS)), said=sidecar())
    cells = rooms.accepted["source_cell"]
    amount = cells.filter(pl.col("text") == "20.00").select("sheet", "address", "stored").rows()
    assert sorted(amount) == [("表1", "B9", "20"), ("表1", "C9", "20")]
    places = rooms.accepted["printed_amount"]["place"]
    assert places[0] == "工作表 表1 B6 / sheet 表1 B6"
