"""Characters: where they stand and what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pdf.make import tables
from tests.pdf.make.layout import Style
from tests.pdf.make.model import Cell, Table, head, row
from tests.pdf.make.paper import EMBEDDED
from tests.pdf.make.phenomena.sketch import Sketch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pdf.cases import Case

#: Radicals that some fonts print for the characters they look like.
RADICALS = {
    "力": "⼒",
    "生": "⽣",
    "门": "⻔",
    "车": "⻋",
    "水": "⽔",
    "金": "⾦",
    "人": "⼈",
    "页": "⻚",
}


def hanging_punctuation(folder: Path) -> Case:
    sketch = Sketch(folder, "hanging-punctuation", EMBEDDED)
    sketch.table(tables.performance(sketch.rng, 5), Style(hang=True))
    return sketch.case("hanging_punctuation")


def digits_overflow(folder: Path) -> Case:
    """Amounts at the right are longer than their column and begin in the names."""
    sketch = Sketch(folder, "digits-overflow")
    rows = [row(*map(head, ("科目名称", "合计", "基本支出", "备注")))]
    names = ("教育支出", "培训支出", "其他支出", "住房补贴", "人大事务", "财政事务")
    for place, name in enumerate(names):
        long = f"{sketch.rng.randint(10**12, 10**13) / 100:,.2f}"
        short = tables.amount(sketch.rng, 3)
        rows.append(row(name, long, short, "") if place % 2 else row(name, short, "", long))
    table = Table("支出表", tables.above(sketch.rng), (110.0, 50.0, 50.0, 50.0), tuple(rows))
    sketch.table(table, Style(wrap=False))
    return sketch.case("digits_overflow")


def code_over_rule(folder: Path) -> Case:
    """类 is wider than its column: the last digit of 201 stands over, and beyond, the rule."""
    sketch = Sketch(folder, "code-over-rule")
    rows = [row(head("科目编码", cols=3), head("科目名称", 2), head("合计", 2)),
            row(head("类"), head("款"), head("项"))]  # fmt: skip
    for code, name in tables.words()["functions"][:24]:
        parts = (code[:3], code[3:5], code[5:])
        rows.append(row(parts[0], *(Cell(part, align="center") for part in parts[1:]), name,
                        tables.amount(sketch.rng)))  # fmt: skip
    table = Table("一般公共预算支出表", tables.above(sketch.rng), (13.0, 40.0, 40.0, 220.0, 90.0),
                  tuple(rows), header_rows=2)  # fmt: skip
    sketch.table(table, Style(wrap=False))
    return sketch.case("code_over_rule")


def fake_bold(folder: Path) -> Case:
    sketch = Sketch(folder, "fake-bold")
    sketch.paper.strokes = 3
    end = sketch.table(tables.plain(sketch.rng, 8))
    sketch.paper.strokes = 1
    sketch.table(tables.plain(sketch.rng, 5, "政府性基金预算支出表"), y=end + 40)
    return sketch.case("fake_bold")


def not_embedded(folder: Path) -> Case:
    sketch = Sketch(folder, "not-embedded")
    sketch.table(tables.form(sketch.rng))
    return sketch.case("not_embedded")


def superscripts(folder: Path) -> Case:
    sketch = Sketch(folder, "superscripts", EMBEDDED)
    rows = [row(*map(head, ("指标", "指标值", "单位成本")))]
    values = (("新建面积", "≥1,200m^2", "35.5元/m^2"), ("土方", "300m^3", "12元/m^3"),
              ("改造面积（m^2）", "50", ""),
              ("绿化面积", "800m²", "20元/m²"), ("房屋面积（m²）", "90.5", ""))  # fmt: skip
    rows += [row(*cells) for cells in values]
    sketch.table(Table("绩效指标表", ("", ""), (180.0, 120.0, 120.0), tuple(rows)))
    return sketch.case("superscripts")


def cjk_radicals(folder: Path) -> Case:
    """The truth has the characters, the print their radicals."""
    sketch = Sketch(folder, "cjk-radicals", EMBEDDED)
    sketch.paper.printed = RADICALS
    rows = [row(*map(head, ("项目名称", "金额", "绩效目标")))]
    names = ("电力设施维护", "门卫服务", "公务用车运行维护", "水利工程", "住房公积金", "人员经费",
             "网页维护", "生产安全")  # fmt: skip
    rows += [row(name, tables.amount(sketch.rng), f"保障{name}，服务人民生活") for name in names]
    sketch.table(Table("项目支出表", ("", "单位：万元"), (150.0, 80.0, 240.0), tuple(rows)))
    return sketch.case("cjk_radicals")


CASES = (hanging_punctuation, digits_overflow, code_over_rule, fake_bold, not_embedded,
         superscripts, cjk_radicals)  # fmt: skip
