"""Rules, and where tables stand on a page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.pdf.make import tables
from tests.pdf.make.layout import Style
from tests.pdf.make.model import Cell, Table, head, row
from tests.pdf.make.paper import wrapped
from tests.pdf.make.phenomena.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pdf.cases import Case


def _drawn_with(rules: str, phenomenon: str) -> Callable[[Path], Case]:
    def draw(folder: Path) -> Case:
        sketch = Sketch(folder, phenomenon.replace("_", "-"))
        sketch.paper.rules = rules
        end = sketch.table(tables.plain(sketch.rng, 4))
        sketch.table(tables.form(sketch.rng), y=end + 40)
        return sketch.case(phenomenon)

    return draw


def double_rules(folder: Path) -> Case:
    """A double frame, a thick rule below the header, and a table of thick rules."""
    sketch = Sketch(folder, "double-rules")
    table, top = tables.plain(sketch.rng, 4), 87.0
    end = sketch.table(table)
    sides = (38.0, top - 2, 40 + sum(table.widths) + 2, end + 2)
    _frame(sketch, sides)
    sketch.paper.rule(40, top + 24, 40 + sum(table.widths), top + 24, 2.2)
    sketch.paper.weight = 2.0
    sketch.table(tables.form(sketch.rng), y=end + 40)
    return sketch.case("double_rules")


def boxed_cells(folder: Path) -> Case:
    sketch = Sketch(folder, "boxed-cells")
    sketch.paper.rules = "boxes"
    end = sketch.table(tables.plain(sketch.rng, 4))
    sketch.table(tables.form(sketch.rng), y=end + 40)
    return sketch.case("boxed_cells")


def shaded_cells(folder: Path) -> Case:
    """Grey behind the header and behind every other row, a little smaller than the cells."""
    sketch = Sketch(folder, "shaded-cells")
    table = tables.plain(sketch.rng, 14)
    canvas, high = sketch.paper.canvas, sketch.size[1]
    for number in range(0, 15, 2):
        x = 40.0
        for width in table.widths:
            canvas.setFillGray(0.75 if number == 0 else 0.92)
            canvas.rect(x + 0.5, high - 87 - 24 * (number + 1) + 0.5, width - 1, 23, 0, 1)
            x += width
    canvas.setFillGray(0)
    sketch.table(table)
    return sketch.case("shaded_cells")


def _frame(sketch: Sketch, sides: tuple[float, float, float, float]) -> None:
    x0, y0, x1, y1 = sides
    for rule in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
        sketch.paper.rule(*rule)


def open_sides(folder: Path) -> Case:
    sketch = Sketch(folder, "open-sides")
    sketch.table(tables.expenditure(sketch.rng, 1), Style(sides=False))
    return sketch.case("open_sides")


def corner_gaps(folder: Path) -> Case:
    sketch = Sketch(folder, "corner-gaps")
    end = sketch.table(tables.plain(sketch.rng, 4), Style(gap=1.5))
    sketch.table(tables.form(sketch.rng), Style(gap=1.5), y=end + 40)
    return sketch.case("corner_gaps")


def title_in_grid(folder: Path) -> Case:
    sketch = Sketch(folder, "title-in-grid")
    table = tables.plain(sketch.rng, 12)
    above = [row(Cell(table.title, cols=5, align="center")),
             row(Cell(table.above[0], cols=3),
                 Cell(table.above[1], cols=2, align="right"))]  # fmt: skip
    table = replace(table, title="", above=("", ""), rows=(*above, *table.rows), header_rows=3)
    sketch.table(table)
    return sketch.case("title_in_grid")


def framed_prose(folder: Path) -> Case:
    """A single box is no table."""
    sketch = Sketch(folder, "framed-prose")
    paper, text = sketch.paper, tables.goal(sketch.rng, 110, 120)
    lines = wrapped(text, sketch.font, 9, 235)[:82]
    for number, line in enumerate(lines):
        column, place = divmod(number, 41)
        paper.text(50 + column * 255, 110 + place * 15, line)
    paper.text(297, 80, "2026年部门预算情况说明", 14, "center")
    _frame(sketch, (35, 45, 560, 760))
    sketch.lines += [(1, "2026年部门预算情况说明"), (1, lines[0]), (1, lines[41])]
    return sketch.case("framed_prose")


def stacked_tables(folder: Path) -> Case:
    sketch = Sketch(folder, "stacked-tables")
    end = sketch.table(tables.plain(sketch.rng, 6))
    end = sketch.table(
        replace(tables.balance(sketch.rng), title="附：收支总表"), Style(air=0), end + 30
    )
    header = row(*map(head, ("单位", "人数")))
    few = Table(
        "",
        ("单位情况", "单位：人"),
        (150.0, 80.0),
        (header, row("示例市财政局本级", "32"), row("信息中心", "9")),
    )
    sketch.table(few, y=end + 24)
    return sketch.case("stacked_tables")


def side_by_side(folder: Path) -> Case:
    sketch = Sketch(folder, "side-by-side")
    for left, names in ((40.0, tables.words()["incomes"]), (310.0, tables.words()["outlays"][:9])):
        rows = [row(*map(head, ("项目", "2026年预算")))]
        rows += [row(name, tables.amount(sketch.rng, 6)) for name in names]
        table = Table("", ("", "单位：万元"), (170.0, 75.0), tuple(rows))
        sketch.table(table, Style(left=left))
    return sketch.case("side_by_side")


def unruled(folder: Path) -> Case:
    sketch = Sketch(folder, "unruled")
    sketch.table(tables.plain(sketch.rng, 20), Style(rules=False))
    note = "没有表格线，只能按空隙分列，须标记 / columns by gaps only: never without a flag"
    return sketch.case("unruled", flagged=(1,), note=note)


def vertical_stacked(folder: Path) -> Case:
    sketch = Sketch(folder, "vertical-stacked")
    sketch.table(_labelled(sketch, "left"))
    return sketch.case("vertical_stacked")


def vertical_turned(folder: Path) -> Case:
    sketch = Sketch(folder, "vertical-turned")
    sketch.table(_labelled(sketch, "turned"))
    return sketch.case("vertical_turned")


def _labelled(sketch: Sketch, align: str) -> Table:
    """Groups of rows with a narrow label before each."""
    labels = (("项目基本情况", 5), ("年度资金", 4), ("产出指标", 5), ("效益指标", 4))
    rows = []
    for label, height in labels:
        for place in range(height):
            first = [] if place else [Cell(label, height, align=align)]
            rows.append(row(*first, sketch.rng.choice(tables.words()["projects"]),
                            tables.amount(sketch.rng), ""))  # fmt: skip
    return Table(
        "项目支出申报表", ("", ""), (14.0, 220.0, 100.0, 100.0), tuple(rows), header_rows=0
    )


CASES = (
    _drawn_with("dots", "dotted_rules"), _drawn_with("dashes", "dashed_rules"),
    _drawn_with("rectangles", "thin_rectangles"), double_rules, boxed_cells, shaded_cells,
    open_sides, corner_gaps, title_in_grid, framed_prose, stacked_tables, side_by_side, unruled,
    vertical_stacked, vertical_turned,
)  # fmt: skip
