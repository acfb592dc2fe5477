"""Roles of rows: by position, and by arithmetic where position does not hold."""

from __future__ import annotations

from pipelines.normalise.roles import PrintedRow, assign_roles


def printed(*rows: tuple[str | None, str, bool]) -> list[PrintedRow]:
    """Rows of (label, total as printed, whether it has prose), numbered from 1."""
    found = []
    for line_no, (label, total, has_text) in enumerate(rows, 1):
        whole, _, fraction = total.partition(".")
        digits = int(whole + fraction) if total else None
        found.append(PrintedRow(line_no, label, digits, len(fraction) if total else None, has_text))
    return found


def roles(*rows: tuple[str | None, str, bool]) -> list[tuple[str, int | None]]:
    return [(role.role, role.unit_line) for role in assign_roles(printed(*rows))]


def test_several_units_each_own_the_projects_below_them() -> None:
    assert roles(
        ("合计", "6.00", False),
        ("甲局", "3.00", False),
        ("一", "1.00", True),
        ("二", "2.00", True),
        ("乙局", "3.00", False),
        ("三", "3.00", True),
    ) == [
        ("grand_total", None),
        ("unit", None),
        ("project", 2),
        ("project", 2),
        ("unit", None),
        ("project", 5),
    ]


def test_a_project_without_targets_inside_a_unit_is_told_by_the_sums() -> None:
    assert roles(
        ("合计", "6.00", False),
        ("甲局", "3.00", False),
        ("一", "1.00", True),
        ("无目标项目", "2.00", False),
        ("乙局", "3.00", False),
        ("三", "3.00", True),
    ) == [
        ("grand_total", None),
        ("unit", None),
        ("project", 2),
        ("project", 2),
        ("unit", None),
        ("project", 5),
    ]


def test_a_whole_table_without_targets_is_told_by_the_sums() -> None:
    assert roles(
        ("合计", "4.00", False),
        ("甲局", "3.00", False),
        ("一", "1.00", False),
        ("二", "2.00", False),
        ("乙局", "1.00", False),
        ("三", "1.00", False),
    ) == [
        ("grand_total", None),
        ("unit", None),
        ("project", 2),
        ("project", 2),
        ("unit", None),
        ("project", 5),
    ]


def test_where_no_sums_hold_position_decides() -> None:
    assert roles(
        ("甲局", "9.00", False),
        ("一", "1.00", True),
        ("无目标", "2.00", False),
        ("二", "4.00", True),
    ) == [("unit", None), ("project", 1), ("unit", None), ("project", 3)]


def test_sums_hold_within_the_rounding_envelope_and_not_beyond() -> None:
    def with_unit(total: str) -> list[tuple[str, int | None]]:
        return roles(("甲局", total, False), ("一", "1.00", True), ("二", "2.00", False))

    assert [role for role, _ in with_unit("3.01")] == ["unit", "project", "project"]
    assert [role for role, _ in with_unit("3.02")] == ["unit", "project", "unit"]


def test_decimals_may_differ_from_row_to_row() -> None:
    found = roles(("甲局", "3", False), ("一", "1.25", True), ("二", "1.750", False))
    assert found == [("unit", None), ("project", 1), ("project", 1)]


def test_without_a_unit_row_projects_have_no_unit() -> None:
    assert roles(("合计", "1.00", False), ("一", "1.00", True)) == [
        ("grand_total", None),
        ("project", None),
    ]


def test_a_label_of_a_total_with_targets_is_a_project() -> None:
    assert roles(("甲局", "1.00", False), ("合计", "1.00", True)) == [
        ("unit", None),
        ("project", 1),
    ]


def test_totals_are_told_whatever_their_spaces_and_rows_without_names_are_told_apart() -> None:
    assert roles(("合　计", "1.00", False), ("", "1.00", True), (None, "", False)) == [
        ("grand_total", None),
        ("unlabelled", None),
        ("unlabelled", None),
    ]
