"""The console, and how values, tables and errors are shown on it."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Off a terminal nothing is cut to 80 columns: what is piped is whole.
_WIDE = 10_000
_MONEY_DECIMALS = 2
#: Decimals of a float that is no money, and the least that is shown with them.
_PLACES, _LEAST_IN_PLACES = 6, 0.001
console = Console()
errors = Console(stderr=True)
if not console.is_terminal:
    console = Console(width=_WIDE)


def as_json(value: Any) -> str:
    """JSON with exact decimals and ISO times, as text; dataclasses as objects."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def money(amount: Decimal) -> str:
    """Yuan with thousands separators and both decimals."""
    return f"{amount:,.2f}"


def ten_thousands(amount: Decimal) -> str:
    """Yuan in 万元, exactly, with at least both decimals."""
    whole, _, decimals = f"{amount.scaleb(-4):,f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<{_MONEY_DECIMALS}}"


def text(value: Any) -> str:
    """A value as it is shown: numbers without needless zeros, nothing for null."""
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, float):
        return _float(value)
    return "" if value is None else escape(str(value))


def _float(value: float) -> str:
    """To six places, or six digits of what is smaller: never fewer digits of the whole."""
    is_small = 0 < abs(value) < _LEAST_IN_PLACES
    return f"{value:.6g}" if is_small else repr(round(value, _PLACES))


def _number(value: Decimal) -> str:
    """Money as it is; a quantity without the zeros that only its type brings."""
    whole, _, decimals = f"{value:f}".partition(".")
    kept = decimals if len(decimals) <= _MONEY_DECIMALS else decimals.rstrip("0")
    return f"{whole}.{kept}" if kept else whole


def grid(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    title: str | None = None,
    figures_from: int | None = None,
) -> None:
    """A table; numbers stand on the right, and so do columns of figures that are texts by now."""
    if title is not None:
        console.print(f"\n[bold]{escape(title)}[/]", soft_wrap=True)
    console.print(_table(columns, rows, figures_from))


def grid_or_records(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table if the terminal is wide enough for it, else a block a row: no figure is broken."""
    table = _table(columns, rows)
    unbounded = console.options.update(width=_WIDE)
    if Measurement.get(console, unbounded, table).maximum <= console.width:
        console.print(table)
        return
    widest = max(map(cell_len, columns))
    for number, row in enumerate(rows, 1):
        console.print(f"[bold]{number}[/] {'─' * widest}")
        for name, value in zip(columns, row, strict=True):
            indent = " " * (widest - cell_len(name))
            console.print(f"{indent}{escape(name)}  {text(value)}", soft_wrap=True,
                          highlight=False)  # fmt: skip


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], figures_from: int | None = None
) -> Table:
    table = Table(header_style="bold")
    for position, name in enumerate(columns):
        numeric = all(isinstance(row[position], int | float | Decimal | None) for row in rows)
        is_figure = figures_from is not None and position >= figures_from
        table.add_column(
            escape(name),
            justify="right" if is_figure or (numeric and rows) else "left",
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(text(value) for value in row))
    return table


def error(message: str) -> None:
    """An error, on standard error."""
    errors.print(f"[bold red]错误 error[/]  {escape(message)}", soft_wrap=True)
