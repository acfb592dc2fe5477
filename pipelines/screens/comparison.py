"""Bodies and lines × years: figures, their shares and changes, and what they rest on."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from pipelines.screens.console import console, grid, money, ten_thousands, text
from pipelines.serve.compare import BY_TOTAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from pipelines.serve.compare import Change, Column, Comparison

#: Not published; published, but of nothing, so that there is no per cent of it; not of all bodies.
_BLANK, _OF_NOTHING, _PART = "·", "–", " *"


def comparison(
    found: Comparison,
    unit: str,
    names: Mapping[str, str],
    *,
    with_change: bool = False,
    with_share: bool = False,
) -> None:
    """Bodies and lines × years, and what the figures rest on.

    Args:
        found: The comparison.
        unit: 元 or 万元: amounts are shown in it, exactly.
        names: Kind of table → its name in both languages.
        with_change: A column of changes from the year before beside each year.
        with_share: A column of shares beside each year.
    """
    if not found.lines:
        console.print("没有符合的事实 / no facts match")
        return
    shown = {"元": money, "万元": ten_thousands}[unit] if found.is_money else text
    has_lines = found.by != BY_TOTAL
    columns = ["机构 body", *(["项 line"] if has_lines else [])]
    for year, phase in found.columns:
        columns.append(f"{year} {phase}")
        columns += ["占比 share %"] if with_share else []
        columns += ["增减 change", "增减 change %"] if with_change else []
    totals, changes, shares = found.totals(), found.changes(), found.shares()
    of_totals = found.changes_of_totals()
    rows = []
    for body, lines in groupby(found.lines, key=itemgetter(0)):
        for _, line_id, line in lines:
            row = [body, *([line] if has_lines else [])]
            for column in found.columns:
                place = (body, line_id, column)
                figure = found.texts.get(place) or _figure(found.cells.get(place), shown)
                row.append(_marked(figure, found, body, column))
                row += [_figure(shares.get(place), str)] if with_share else []
                row += _change(changes.get(place), shown) if with_change else []
            rows.append(row)
        if has_lines and found.is_money:
            row = [body, "合计 total"]
            for column in found.columns:
                total = totals.get((body, column))
                row.append(_marked(_figure(total, shown), found, body, column))
                is_whole = total and found.is_whole(body, column)
                row += ["100.00" if is_whole else _BLANK] if with_share else []
                row += _change(of_totals.get((body, column)), shown) if with_change else []
            rows.append(row)
    of = f"（{unit}）" if found.is_money else ""
    figures_from = (2 if has_lines else 1) if found.is_money else None
    title = f"{found.what}{of}; · = 未公布 not published"
    grid(columns, rows, title=title, figures_from=figures_from)
    for said in over_reforms(found):
        console.print(escape(said), soft_wrap=True)
    _notes(found, with_change=with_change)
    for said in rests_on(found, names):
        console.print(f"依据 rests on: {escape(said)}", soft_wrap=True)


def rests_on(found: Comparison, names: Mapping[str, str]) -> list[str]:
    """The kinds of table that figures rest on, and whose and which years these are."""
    shown = {body for body, _, _ in found.lines}
    years: dict[tuple[str, str, str], list[int]] = {}
    for (body, (year, phase)), kinds in sorted(found.rests_on.items()):
        if body in shown and (year, phase) in found.columns:
            said = "、".join(names.get(kind, kind) for kind in sorted(kinds))
            years.setdefault((body, phase, said), []).append(year)
    bodies: dict[tuple[str, str], list[str]] = {}
    for (body, phase, said), each in years.items():
        bodies.setdefault((f"{', '.join(map(str, each))} {phase}", said), []).append(body)
    return [f"{'、'.join(whose)} {when}: {said}" for (when, said), whose in bodies.items()]


def over_reforms(found: Comparison) -> list[str]:
    """Which bodies lines are of, which years are not of all of them, and who stands apart."""
    shown = {body for body, _, _ in found.lines}
    lines = found.over_reforms
    said = []
    for body, former in lines.former.items():
        renamed = "、".join(name for name, is_same in former.items() if is_same)
        joined = "、".join(name for name, is_same in former.items() if not is_same)
        if body in shown and renamed:
            said.append(f"{body}: 含其原名 / with its former names: {renamed}")
        if body in shown and joined:
            said.append(f"{body}: 含并入机构之和 / the sum with bodies that went over: {joined}")
    for (body, column), missing in sorted(lines.missing.items()):
        if body in shown and column in found.columns:
            said.append(
                f"* {body} {column[0]} {column[1]}: 不全，未公布 / not whole, not published: "
                + "、".join(missing)
            )
    said += [
        f"{before} → {after}: 未并为一行，两者同年均有数，或并入日期不明 / left apart: both have "
        "figures of one year, or it is not known when it went over; see body_succession"
        for before, after in lines.apart if {before, after} & shown
    ]  # fmt: skip
    return said


def _marked(figure: str, found: Comparison, body: str, column: Column) -> str:
    """A figure, with its mark if it is not of all bodies of the line."""
    is_part = figure != _BLANK and not found.is_whole(body, column)
    return figure + _PART if is_part else figure


def _notes(found: Comparison, *, with_change: bool) -> None:
    """What must be known to read the changes."""
    if not with_change:
        return
    console.print(
        "增减与上年同阶段相比，未公布不是零 / changes are from the year before, of the same phase; "
        "what is not published is no zero",
        soft_wrap=True,
    )
    bodies = {body for body, _, _ in found.lines}
    for body, (year, phase) in found.rests_on_others():
        if body in bodies:
            console.print(
                f"[yellow]注意 mind[/] {escape(body)} {year} {phase}: 与上年依据的表种不同 / rests "
                "on other kinds of tables than the year before",
                soft_wrap=True,
            )


def _figure(number: Decimal | None, shown: Callable[[Decimal], str]) -> str:
    return _BLANK if number is None else shown(number)


def _change(change: Change | None, shown: Callable[[Decimal], str]) -> list[str]:
    """The difference and the per cent, with their signs."""
    if change is None:
        return [_BLANK, _BLANK]
    sign = "+" if change.number > 0 else ""
    percent = _OF_NOTHING if change.percent is None else f"{sign}{change.percent}"
    return [f"{sign}{shown(change.number)}", percent]


def comparison_rows(
    found: Comparison, *, with_change: bool = False, with_share: bool = False
) -> list[dict[str, Any]]:
    """The same as rows: one a body, line, year and phase that published something."""
    changes = found.changes() if with_change else {}
    shares = found.shares() if with_share else {}
    rows = []
    for body, line_id, line in found.lines:
        for column in found.columns:
            place = (body, line_id, column)
            if place not in found.cells and place not in found.texts:
                continue
            row = {"body": body, "by": found.by, "line_id": line_id, "line": line,
                   "fiscal_year": column[0], "phase": column[1]}  # fmt: skip
            number = found.cells.get(place)
            row |= (
                {"amount_yuan": number}
                if found.is_money
                else {
                    "target": found.texts.get(place),
                    "number": None if number is None else text(number),
                }
            )
            row["rests_on"] = found.rests_on[body, column]
            row["former_names"] = list(found.over_reforms.former.get(body, ()))
            row["not_published"] = found.over_reforms.missing.get((body, column), [])
            if with_share:
                row["share_percent"] = shares.get(place)
            if with_change:
                row |= _change_row(changes.get(place), column, is_money=found.is_money)
            rows.append(row)
    return rows


def _change_row(change: Change | None, column: Column, *, is_money: bool) -> dict[str, Any]:
    unit = "_yuan" if is_money else ""
    return {
        "year_before": column[0] - 1,
        f"change{unit}": change and change.number,
        "change_percent": change and change.percent,
    }
