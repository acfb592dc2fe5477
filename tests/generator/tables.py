"""A book as a table: rows with rounded figures, cut into pages. Its truth is its printed figures.

Every figure is rounded from exact yuan by itself, totals from exact sums: so printed totals drift
from the sums of printed parts, and always stay within the rounding envelope.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.generator.model import FUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from tests.generator.model import Book, Indicator, Project, Unit

MEASURES = ("total", *FUNDS)
GRAND_TOTAL = "合计"
#: Printed unit → power of ten in yuan.
EXPONENTS = {"元": 0, "千元": 3, "万元": 4}
_MONEY = (*[("万元", 2)] * 6, *[("元", 2)] * 2, ("万元", 4), ("千元", 2))


@dataclass(frozen=True, slots=True)
class Style:
    """How a document looks."""

    unit: str = "万元"
    decimals: int = 2
    groups_digits: bool = False
    trims_zeros: bool = False
    blanks: tuple[str, ...] = ("",)
    no_prose: str = ""
    separator: str = "；"
    first_separator: str = "；"
    end: str = "。"
    colon: str = ":"
    dash: str = "-"
    label_colon: str = "："
    one_line: bool = False
    gap: str = "\n\n"
    form_feed: bool = False
    padding: str = ""
    page_rows: tuple[int, int] = (2, 12)


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: what it says in fen and in how many decimals; a blank says nothing."""

    text: str
    fen: int | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row, its place, and what it is. ``unit``: number of its unit, from 0."""

    role: str
    label: str
    figures: tuple[Figure, ...]
    unit: int | None = None
    project: Project | None = None
    page_no: int = 1
    grid_no: int = 1
    row_no: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A book printed in a style."""

    book: Book
    style: Style
    rows: tuple[Row, ...]
    title_year: int | None = None


def draw_style(rng: Random) -> Style:
    """A look, most often that of the seed."""
    unit, decimals = rng.choice(_MONEY)
    odd = rng.random() < 0.5
    return Style(
        unit=unit,
        decimals=decimals,
        groups_digits=rng.random() < 0.15,
        trims_zeros=rng.random() < 0.1,
        blanks=rng.choice((("",), ("",), ("0.00",), ("-",), ("", "", "-", "0.00", "—"))),
        no_prose=rng.choice(("", "", "-", "无")) if odd else "",
        separator=rng.choice("；；；，") if odd else "；",
        first_separator=rng.choice("；：:") if odd else "；",
        end=rng.choice("。。；") if odd else "。",
        colon=rng.choice(":：") if odd else ":",
        dash=rng.choice("-－") if odd else "-",
        label_colon=rng.choice(("：", "： ", ":")) if odd else "：",
        one_line=odd and rng.random() < 0.3,
        gap=rng.choice(("\n\n", "\n", "\n\n\n")) if odd else "\n\n",
        form_feed=rng.random() < 0.1,
        padding=" " if odd and rng.random() < 0.2 else "",
    )


def table(book: Book, style: Style, rng: Random, title_year: int | None = None) -> Table:
    """A book as rows on pages; a page ends after any row."""
    rows = list(_placed(list(_rows(book, style, rng)), style, rng))
    return Table(book, style, tuple(rows), title_year)


def _rows(book: Book, style: Style, rng: Random) -> Iterator[Row]:
    def row(
        role: str, label: str, amounts: Sequence[int], unit: int | None = None,
        project: Project | None = None,
    ) -> Row:  # fmt: skip
        return Row(role, label, tuple(_figures(amounts, style, rng)), unit, project)

    everything = [project.amounts for unit in book.units for project in unit.projects]
    yield row("grand_total", GRAND_TOTAL, _sums(everything))
    for number, unit in enumerate(book.units):
        own = [project.amounts for project in unit.projects]
        yield row("unit", unit.name + unit.suffix, _sums(own), number)
        for project in unit.projects:
            yield row("project", project.name, project.amounts, number, project)


def _sums(amounts: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*amounts, strict=True)]


def _figures(amounts: Sequence[int], style: Style, rng: Random) -> Iterator[Figure]:
    """Total and funds in printed order; the total is always a number."""
    yield figure(sum(amounts), style)
    for yuan in amounts:
        mark = rng.choice(style.blanks) if not yuan else ""
        if yuan or mark == "0.00":
            yield figure(yuan, style)
        else:
            yield Figure(mark)


def figure(yuan: int, style: Style) -> Figure:
    """Yuan rounded to the printed place, halves away from zero."""
    last_place = 10 ** (EXPONENTS[style.unit] + 2 - style.decimals)  # in fen
    units = (yuan * 100 + last_place // 2) // last_place
    whole, part = divmod(units, 10**style.decimals)
    decimals = f"{part:0{style.decimals}d}"
    if style.trims_zeros:
        decimals = decimals.rstrip("0")
    digits = f"{whole:,}" if style.groups_digits else str(whole)
    text = f"{digits}.{decimals}" if decimals else digits
    return Figure(style.padding + text, units * last_place, len(decimals))


def _placed(rows: Sequence[Row], style: Style, rng: Random) -> Iterator[Row]:
    """Rows with their page, grid and row; the header of each page is its first row."""
    page, left, at = 1, rng.randint(*style.page_rows), 1
    for row in rows:
        if left == 0:
            page, left, at = page + 1, rng.randint(*style.page_rows), 1
        left, at = left - 1, at + 1
        page_no = page if style.form_feed else 1
        yield replace(row, page_no=page_no, grid_no=page, row_no=at)


def indicator_text(indicators: Sequence[Indicator], style: Style) -> str:
    """The packed cell of a project."""
    items = []
    for number, one in enumerate(indicators, 1):
        first = style.first_separator if number == 1 else style.separator
        level_1, level_2 = levels(one, style)
        parts = [f"{number}、{level_1}{first}{level_2}", one.name]
        parts += [
            f"{label}{style.colon}{value.text}"
            for label, value in (("实施周期指标值", one.cycle), ("年度指标值", one.annual))
            if value is not None
        ]
        items.append(style.separator.join(parts))
    return style.end.join(items) + (style.end if items else "")


def levels(indicator: Indicator, style: Style) -> tuple[str, str]:
    """Both levels of an indicator as printed."""
    code = indicator.class_code
    return (f"{code[0]}{style.dash}{indicator.level_1}", f"{code}{style.dash}{indicator.level_2}")


def unit_of(table: Table, row: Row) -> Unit | None:
    """The unit a row stands under or is."""
    return table.book.units[row.unit] if row.unit is not None else None
