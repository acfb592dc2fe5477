"""Roles of rows: grand total, unit, project, told by position *and* arithmetic.

Two readings are tried. By position: every row without goal and indicators is a unit row. By
arithmetic: a unit row is followed by projects until its amount is reached, so a row without
targets inside of it is a project. The first whose sums hold decides; if neither holds, position
decides, and the identities that do not hold are reported by validation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.values.amounts import MAX_DECIMALS
from pipelines.values.text import fold_label
from schemas.layout import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row as printed: its label, its total (digits and decimal places), whether it has prose."""

    line_no: int
    label: str | None
    digits: int | None
    decimals: int | None
    has_text: bool

    @property
    def amount(self) -> int:
        """The total in the smallest unit that amounts may print; a blank adds nothing."""
        return (self.digits or 0) * int(10 ** (MAX_DECIMALS - (self.decimals or 0)))

    @property
    def half_unit(self) -> int:
        """Half a unit of the last printed place."""
        return int(10 ** (MAX_DECIMALS - (self.decimals or 0))) // 2


@dataclass(frozen=True, slots=True)
class RowRole:
    """grand_total, unit, project or unlabelled; for a project, the line of its unit row."""

    role: str
    unit_line: int | None = None


def assign_roles(rows: Sequence[PrintedRow]) -> list[RowRole]:
    """The role of each row of one statement, in printed order."""
    by_position = _by_position(rows)
    if _units_hold(rows, by_position):
        return by_position
    by_arithmetic = _by_arithmetic(rows)
    return by_arithmetic if _units_hold(rows, by_arithmetic) else by_position


def department_above(rows: Sequence[PrintedRow]) -> int | None:
    """The line of a department's own row that stands above those of its units, if one does.

    Its units add up to it as to the grand total, of which all rows together would be twice as much.
    """
    roles = [_fixed(row) for row in rows]
    totals = [r for r, role in zip(rows, roles, strict=True) if role == RowRole("grand_total")]
    units = [row for row, role in zip(rows, roles, strict=True) if role is None]
    if len(totals) != 1 or not units or adds_up(totals[0], units):
        return None
    first, *rest = units
    return first.line_no if adds_up(totals[0], [first]) and adds_up(first, rest) else None


def classes_above(rows: Sequence[tuple[int, str | None]]) -> dict[int, int]:
    """Line → the line of the class above it, of classes printed below units: 款 below its 类.

    Args:
        rows: Line and code of the class; none of a row that is no class.
    """
    found: dict[int, int] = {}
    above: list[tuple[str, int]] = []
    for line_no, code in rows:
        while above and not (code and code != above[-1][0] and code.startswith(above[-1][0])):
            above.pop()
        if code and above:
            found[line_no] = above[-1][1]
        if code:
            above.append((code, line_no))
    return found


def _fixed(row: PrintedRow) -> RowRole | None:
    """Roles that need no sums."""
    if not row.label:
        return RowRole("unlabelled")
    totals = {fold_label(word) for word in vocabulary().rows.grand_total}
    if fold_label(row.label) in totals and not row.has_text:
        return RowRole("grand_total")
    return None


def _by_position(rows: Sequence[PrintedRow]) -> list[RowRole]:
    roles: list[RowRole] = []
    unit: int | None = None
    for row in rows:
        role = _fixed(row)
        if role is None and not row.has_text:
            unit = row.line_no
            role = RowRole("unit")
        roles.append(role or RowRole("project", unit))
    return roles


def _by_arithmetic(rows: Sequence[PrintedRow]) -> list[RowRole]:
    roles: list[RowRole] = []
    unit: PrintedRow | None = None
    projects: list[PrintedRow] = []
    for row in rows:
        role = _fixed(row)
        if role is None and not row.has_text and (unit is None or adds_up(unit, projects)):
            unit, projects = row, []
            role = RowRole("unit")
        elif role is None:
            projects.append(row)
        roles.append(role or RowRole("project", unit.line_no if unit else None))
    return roles


def _units_hold(rows: Sequence[PrintedRow], roles: Sequence[RowRole]) -> bool:
    """Whether every unit row is the sum of its projects."""
    units = [row for row, role in zip(rows, roles, strict=True) if role.role == "unit"]
    parts: dict[int, list[PrintedRow]] = {unit.line_no: [] for unit in units}
    for row, role in zip(rows, roles, strict=True):
        if role.unit_line is not None:
            parts[role.unit_line].append(row)
    return bool(units) and all(adds_up(unit, parts[unit.line_no]) for unit in units)


def adds_up(total: PrintedRow, parts: Sequence[PrintedRow]) -> bool:
    """Whether rows add up to another one, within the rounding envelope."""
    difference = abs(total.amount - sum(row.amount for row in parts))
    envelope = (len(parts) + 1) * min(row.half_unit for row in (total, *parts))
    return bool(parts) and difference <= envelope
