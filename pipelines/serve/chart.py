"""Charts of comparisons: bars for up to three columns, lines for more. PNG or SVG, no warehouse.

Bodies stand below one another on one scale: what is longer is more.
What is not published is a gap and says so, never a bar of nothing; what is left out is named.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.serve.compare import BY_INDICATOR, BY_TOTAL, CompareError
from pipelines.serve.fonts import chinese_family

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.serve.compare import Column, Comparison, Place

#: Vega-Lite that the specification is written in.
VEGA_LITE = "5.20"
#: Fonts of the reader's, for SVG, after that of this machine.
_FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC",
          "Microsoft YaHei", "WenQuanYi Micro Hei", "sans-serif")  # fmt: skip
#: Columns that are drawn as bars; with more it is lines.
_BAR_COLUMNS = 3
#: Bars of a panel, lines of a panel, panels: more than these nobody can tell apart.
_MOST_BARS, _MOST_LINES, _MOST_PANELS = 20, 8, 6
#: Lines of these have no order of their own: the largest is the first.
_BY_SIZE = (BY_TOTAL, "project", BY_INDICATOR)
#: Widths of a label's line and of a footer's, where a Chinese character is 2; and how many lines.
_LABEL, _LABEL_LINES = 40, 2
_FOOT, _MOST_SOURCES = 124, 8
#: What a line may not part: a run of letters and digits, as long as one fits; any other character.
_RUNS = re.compile(r"[!-~]{1,24}|[^!-~]")
_WIDTH, _HEIGHT, _BAR, _ROW = 560, 300, 15, 14
#: Pixels of the picture for one of the drawing.
_SCALE = 2.0
#: Earlier years are lighter; colours of lines most eyes can tell apart (Okabe and Ito), and grey.
_SHADES = {1: ["#08519c"], 2: ["#9ecae1", "#08519c"], 3: ["#9ecae1", "#4292c6", "#08306b"]}
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"]
_GREY = "#767676"
_BLANK, _PART = "未公布 n/a", "不全 not whole"


@dataclass(frozen=True)
class _Panel:
    """What one body's part of the chart shows: lines in order, and their figures."""

    title: str
    lines: list[tuple[str, str]]
    figures: dict[tuple[str, Column], Decimal]
    labels: dict[tuple[str, Column], str]


def chart(  # noqa: PLR0913 - each says what is drawn
    found: Comparison,
    form: str,
    *,
    unit: str,
    sources: Sequence[str] = (),
    with_share: bool = False,
    with_change: bool = False,
) -> bytes:
    """A chart of a comparison.

    Args:
        found: The comparison.
        form: ``png`` or ``svg``. In SVG words stay words, in a font of the reader's.
        unit: 元 or 万元.
        sources: What the figures rest on, a line each; named below.
        with_share: Draw shares in place of amounts.
        with_change: Bars say how they differ from the year before.

    Raises:
        CompareError: nothing to draw, or no font for PNG.
    """
    import vl_convert

    family = chinese_family()
    spec = chart_spec(found, unit=unit, sources=sources, with_share=with_share,
                      with_change=with_change)  # fmt: skip
    own = (family[0],) if family else ()
    fonts = list(dict.fromkeys([*own, *_FONTS]))
    if form == "svg":
        spec["config"]["font"] = ", ".join(fonts)
        svg: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
        return svg.encode()
    if family is None:
        raise CompareError(
            "本机没有中文字体，PNG 中的汉字会是方框；请安装（Debian: fonts-noto-cjk），或改用 "
            "--plot FILE.svg / this machine has no font with Chinese characters, which a PNG "
            "needs: install one (Debian: fonts-noto-cjk), or ask for --plot FILE.svg"
        )
    vl_convert.register_font_directory(str(family[1].parent))
    spec["config"]["font"] = family[0]
    png: bytes = vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=_SCALE)
    return png


def chart_spec(
    found: Comparison,
    *,
    unit: str,
    sources: Sequence[str] = (),
    with_share: bool = False,
    with_change: bool = False,
) -> dict[str, Any]:
    """The chart in Vega-Lite's terms: the same comparison, the same chart.

    Raises:
        CompareError: see ``chart``.
    """
    if not found.lines:
        raise CompareError("没有可画的数 / there is nothing to draw: no facts match")
    shown = _shown(found, unit, with_share=with_share, with_change=with_change)
    of, other_units = ("占比 share, %" if with_share else unit), ""
    if not found.is_money:
        figures, of, other_units = _of_one_unit(found, shown[0])
        shown = (figures, shown[1])
    is_bars = len(found.columns) <= _BAR_COLUMNS
    panels = list(_panels(found, shown, _MOST_BARS if is_bars else _MOST_LINES))
    if not any(panel.figures for panel in panels):
        raise CompareError("没有可画的数 / there is nothing to draw: none of these is a number")
    notes = [other_units, _undrawn(len(panels) - _MOST_PANELS, "机构", "bodies")]
    subtitle = [f"单位 unit: {of}" if of else "单位 unit: –"]
    if len(found.columns) == 1:
        subtitle.append("{} {}".format(*found.columns[0]))
    if with_change and is_bars:
        notes.append("括号内为数额比上年同阶段增减 / in brackets: change of the figure itself from "
                     "the year before, of the same phase")  # fmt: skip
    notes.append("未公布不是零 / what is not published is no zero")
    drawn = [
        _bars(panel, found.columns, is_first=n == 0) if is_bars else _lines(panel, found.columns)
        for n, panel in enumerate(panels[:_MOST_PANELS])
    ]
    foot = [line for note in (*notes, *_sources(sources)) if note for line in _wrapped(note, _FOOT)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": {
            "view": {"stroke": None}, "concat": {"spacing": 24}, "background": "white",
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
            "legend": {"labelFontSize": 12, "labelLimit": 300, "title": None},
        },
        "padding": 16,
        "title": {"text": foot, "orient": "bottom", "anchor": "start", "offset": 14,
                  "fontSize": 11, "fontWeight": "normal", "color": _GREY, "lineHeight": 16},
        "vconcat": [
            {"title": {"text": found.what, "subtitle": subtitle, "anchor": "start", "offset": 12,
                       "fontSize": 17, "subtitleFontSize": 12, "subtitlePadding": 6},
             "vconcat": drawn,
             "resolve": {"legend": {"color": "independent"},
                         "scale": {"color": "independent", "x" if is_bars else "y": "shared"}}}
        ],
    }  # fmt: skip


def _shown(
    found: Comparison, unit: str, *, with_share: bool, with_change: bool
) -> tuple[dict[Place, Decimal], dict[Place, str]]:
    """Figures to draw, and what is written beside them; what is not whole is a gap that says so."""
    scale = 4 if unit == "万元" and found.is_money else 0
    figures = found.shares() if with_share else found.cells
    drawn = {place: number.scaleb(0 if with_share else -scale) for place, number in figures.items()}
    labels = {place: found.texts.get(place) or f"{number:,.2f}" for place, number in drawn.items()}
    if with_change:
        for place, change in found.changes().items():
            if place in labels and change.percent is not None:
                sign = "+" if change.percent > 0 else ""
                labels[place] += f" ({sign}{change.percent}%)"
    parts = [place for place in found.cells if not found.is_whole(place[0], place[2])]
    whole = {place: number for place, number in drawn.items() if place not in set(parts)}
    return whole, labels | dict.fromkeys(parts, _PART)


def _panels(
    found: Comparison, shown: tuple[dict[Place, Decimal], dict[Place, str]], most: int
) -> Iterator[_Panel]:
    """A panel a body, the largest first; bodies are the lines of one where sums are compared."""
    figures, labels = shown
    by_total = found.by == BY_TOTAL
    of: dict[str, list[tuple[str, str]]] = {}
    for body, line_id, line in found.lines:
        drawn_as = (body, body) if by_total else (line_id, line)
        of.setdefault("" if by_total else body, []).append(drawn_as)
    panels = []
    for title, lines in of.items():

        def place(line_id: str, column: Column, title: str = title) -> Place:
            return (line_id, "", column) if by_total else (title, line_id, column)

        drawn, written = {}, {}
        for line_id, _ in lines:
            for column in found.columns:
                if (at := place(line_id, column)) in figures:
                    drawn[line_id, column], written[line_id, column] = figures[at], labels[at]
                elif labels.get(at) == _PART:
                    written[line_id, column] = _PART
        panels.append(_cut(_Panel(title, lines, drawn, written), found, most))
    yield from sorted(panels, key=lambda panel: (-_size(panel), panel.title))


def _size(panel: _Panel) -> Decimal:
    return sum((abs(number) for number in panel.figures.values()), Decimal(0))


def _cut(panel: _Panel, found: Comparison, most: int) -> _Panel:
    """The largest lines, in their order; of money the others as one, of targets left out."""
    largest = {
        line_id: max(there)
        for line_id, _ in panel.lines
        if (there := [abs(panel.figures[line_id, column]) for column in found.columns
                      if (line_id, column) in panel.figures])
    }  # fmt: skip
    lines = [line for line in panel.lines if line[0] in largest]
    if found.by in _BY_SIZE:
        lines.sort(key=lambda line: (-largest[line[0]], line))
    if len(lines) <= most:
        return _Panel(panel.title, lines, panel.figures, panel.labels)
    kept = set(sorted(largest, key=lambda line_id: (-largest[line_id], line_id))[: most - 1])
    others = [line_id for line_id, _ in lines if line_id not in kept]
    name = f"其余 {len(others)} 项 {len(others)} others"
    figures, labels = dict(panel.figures), dict(panel.labels)
    if found.is_money:
        for column in found.columns:
            there = [figures[line_id, column] for line_id in others if (line_id, column) in figures]
            if there:
                figures[name, column] = sum(there, Decimal(0))
                labels[name, column] = f"{figures[name, column]:,.2f}"
    else:
        name = f"未画 not drawn: {len(others)}"
    return _Panel(panel.title, [line for line in lines if line[0] in kept] + [(name, name)],
                  figures, labels)  # fmt: skip


def _target_units(found: Comparison) -> dict[Place, str]:
    """The unit of each target that is a number: ``%``, ``场/year``; – of a bare one."""
    units = {}
    for place in found.cells:
        _, _, unit, per_unit, per_period, *_ = json.loads(found.measures[place])
        units[place] = "/".join(part for part in (unit or "–", per_unit, per_period) if part)
    return units


def _of_one_unit(
    found: Comparison, drawn: dict[Place, Decimal]
) -> tuple[dict[Place, Decimal], str, str]:
    """Targets of the unit that most of them have, the unit, and a note on the others.

    Several units have no axis in common.
    """
    of = _target_units(found)
    shown = {(body, line_id) for body, line_id, _ in found.lines}
    there = [of[place] for place in drawn if place[:2] in shown and place[2] in found.columns]
    if not there:
        return {}, "", ""
    counts = Counter(there)
    unit = min(counts, key=lambda name: (-counts[name], name))
    others = [f"{counts[name]} × {name}" for name in sorted(counts) if name != unit]
    note = "其他计量单位的目标未画 / targets of other units are not drawn: " + ", ".join(others)
    kept = {place: number for place, number in drawn.items() if of[place] == unit}
    return kept, unit, note if others else ""


def _bars(panel: _Panel, columns: list[Column], *, is_first: bool) -> dict[str, Any]:
    """Lines below one another, a bar for each column."""
    names = {f"{n:03}": _label(name) for n, (_, name) in enumerate(panel.lines)}
    label = f"{json.dumps(names, ensure_ascii=False)}[datum.value]"
    said = [f"{year} {phase}" for year, phase in columns]
    rows = [
        {"line": f"{n:03}", "column": f"{column[0]} {column[1]}",
         "value": None if figure is None else float(figure),
         "label": panel.labels.get((line_id, column), _BLANK)}
        for n, (line_id, _) in enumerate(panel.lines)
        for column in columns
        for figure in [panel.figures.get((line_id, column))]
    ]  # fmt: skip
    tall = max(_BAR * len(columns) + 6, _ROW * max(map(len, names.values())) + 6)
    value = _value(grid=True)
    legend = {"orient": "top"} if is_first and len(columns) > 1 else None
    text = {"type": "text", "fontSize": 11, "baseline": "middle"}
    write = {"text": {"field": "label"}}
    return {
        **_title(panel),
        "data": {"values": rows},
        "width": _WIDTH,
        "height": {"step": tall, "for": "position"},
        "encoding": {
            "y": {"field": "line", "type": "nominal", "title": None,
                  "scale": {"domain": list(names), "paddingInner": 0.2},
                  "axis": {"labelExpr": label,
                           "labelLimit": 0, "labelPadding": 6, "labelOffset": {
                               "condition": {"test": f"length({label}) > 1", "value": -_ROW / 2},
                               "value": 0}, "ticks": False, "domain": False}},
            "yOffset": {"field": "column", "scale": {"domain": said}},
        },
        "layer": [
            {"mark": "bar", "transform": [{"filter": "isValid(datum.value)"}],
             "encoding": {
                 "x": value,
                 "color": {"field": "column", "scale": {"domain": said,
                                                        "range": _SHADES[len(columns)]},
                           "legend": legend}}},
            {"mark": {**text, "align": "left", "dx": 4},
             "transform": [{"filter": "isValid(datum.value) && datum.value >= 0"}],
             "encoding": {"x": value, **write}},
            {"mark": {**text, "align": "right", "dx": -4},
             "transform": [{"filter": "isValid(datum.value) && datum.value < 0"}],
             "encoding": {"x": value, **write}},
            {"mark": {**text, "align": "left", "dx": 4, "color": _GREY},
             "transform": [{"filter": "!isValid(datum.value)"}],
             "encoding": {"x": {"datum": 0}, **write}},
        ],
    }  # fmt: skip


def _lines(panel: _Panel, columns: list[Column]) -> dict[str, Any]:
    """Years along the axis, a line each, broken where a year is not published."""
    years = list(range(columns[0][0], columns[-1][0] + 1))
    phases = sorted({phase for _, phase in columns})
    drawn = [line for line in panel.lines if any((line[0], c) in panel.figures for c in columns)]
    names = ["".join(_label(name)) for _, name in drawn]
    names = [f"{name} #{n}" if names.count(name) > 1 else name for n, name in enumerate(names, 1)]
    rows = [
        {"line": name, "year": year, "phase": phase,
         "value": None if figure is None else float(figure)}
        for name, (line_id, _) in zip(names, drawn, strict=True)
        for phase in phases
        for year in years
        for figure in [panel.figures.get((line_id, (year, phase)))]
    ]  # fmt: skip
    encoding: dict[str, Any] = {
        "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}},
        "y": _value(),
        "color": {"field": "line", "scale": {"domain": names, "range": _COLOURS[: len(names)]},
                  "legend": {"orient": "right"}},
    }  # fmt: skip
    if len(phases) > 1:
        encoding["strokeDash"] = {"field": "phase", "scale": {"domain": phases}}
        encoding["shape"] = {"field": "phase", "scale": {"domain": phases}}
    return {
        **_title(panel),
        "data": {"values": rows},
        "width": _WIDTH,
        "height": _HEIGHT,
        "encoding": encoding,
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2}},
            {"mark": {"type": "point", "filled": True, "size": 45},
             "transform": [{"filter": "isValid(datum.value)"}]},
        ],
    }  # fmt: skip


def _title(panel: _Panel) -> dict[str, Any]:
    """Whose panel it is; one of all bodies has no title."""
    if not panel.title:
        return {}
    return {"title": {"text": panel.title, "anchor": "start", "frame": "group", "fontSize": 13}}


def _value(**axis: Any) -> dict[str, Any]:
    """The axis of figures."""
    shown = {"format": ",~f", "tickCount": 6, "gridColor": "#e5e5e5", **axis}
    return {"field": "value", "type": "quantitative", "title": None, "axis": shown}


def _label(name: str) -> list[str]:
    """A name in a few lines; what is too long ends with …."""
    lines = _wrapped(name, _LABEL)
    if len(lines) > _LABEL_LINES:
        lines = [*lines[: _LABEL_LINES - 1], lines[_LABEL_LINES - 1][:-1] + "…"]
    return lines


def _sources(sources: Sequence[str]) -> list[str]:
    told = [f"依据 rests on: {source}" for source in sources[:_MOST_SOURCES]]
    more = len(sources) - _MOST_SOURCES
    return [*told, *([f"其余依据 {more} 条 / {more} more"] if more > 0 else [])]


def _undrawn(count: int, zh: str, en: str) -> str:
    return f"另有 {count} 个{zh}未画 / {count} {en} are not drawn; --body" if count > 0 else ""


def _wrapped(text: str, most: int) -> list[str]:
    """A text in lines; words and numbers stay whole. A Chinese character is as wide as two."""
    lines, wide = [""], 0
    for run in _RUNS.findall(text):
        size = len(run) * (1 if run < "\u2e80" else 2)
        if wide and wide + size > most:
            lines.append("")
            wide = 0
        lines[-1] += run
        wide += size
    return [line.strip() for line in lines]
