"""Charts of the report: Vega-Lite to SVG in the page's own colours, so they follow its theme.

Colours are names of the page's style sheet. Words that have two languages stand in the page beside
a chart, never in it; what is in it are years, figures and names of bodies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.serve.chart import VEGA_LITE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

_WIDTH, _HEIGHT = 460, 180
_FONT = 13
#: A bar is no wider, however few there are.
_BAR = 44
_MUTED, _LINE, _INK = "var(--muted)", "var(--line)", "var(--ink)"
#: Characters of a name; the page has the whole one beside the chart.
_NAME = 22
_UP, _DOWN = "var(--up)", "var(--down)"
_CONFIG = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _MUTED, "gridColor": _LINE, "domainColor": _LINE, "tickColor": _LINE,
        "labelFontSize": _FONT, "title": None, "labelLimit": 400,
    },
}  # fmt: skip


def stacked(years: Mapping[int, Mapping[str, int]], groups: Mapping[str, str]) -> str:
    """Bars a year, in parts: counts as they are.

    Args:
        years: By year (0: not known), counts by group.
        groups: In the order from below: group → its colour.
    """
    return _bars(years, groups, {"axis": {"tickCount": 4, "format": ",d"}})


def shares(years: Mapping[int, Mapping[str, int]], groups: Mapping[str, str]) -> str:
    """The same as parts of a whole."""
    parts = {
        year: {group: counts.get(group, 0) / (sum(counts.get(g, 0) for g in groups) or 1)
               for group in groups}
        for year, counts in years.items()
    }  # fmt: skip
    axis = {"scale": {"domain": [0, 1]}, "axis": {"tickCount": 4, "format": ".0%"}}
    return _bars(parts, groups, axis)


def _bars(
    years: Mapping[int, Mapping[str, float]], groups: Mapping[str, str], y: dict[str, Any]
) -> str:
    values = [
        {"year": _year(year), "group": group, "value": told[group], "order": order}
        for year, told in years.items()
        for order, group in enumerate(groups)
        if told.get(group)
    ]
    return _svg({
        "height": _HEIGHT,
        "data": {"values": values},
        "mark": {"type": "bar", "size": min(_BAR, _WIDTH * 2 // (3 * len(years)))},
        "encoding": {
            "x": _years(years),
            "y": {"field": "value", "type": "quantitative", **y},
            "color": {"field": "group", "legend": None,
                      "scale": {"domain": list(groups), "range": list(groups.values())}},
            "order": {"field": "order"},
        },
    })  # fmt: skip


def differences(named: Sequence[tuple[str, Decimal]]) -> str:
    """A bar a name, to the right for more and to the left for less; in 万元."""
    values = [
        {"n": f"{n:03}", "name": _short(name), "value": float(yuan.scaleb(-4)),
         "label": f"{yuan.scaleb(-4):+,.0f}"}
        for n, (name, yuan) in enumerate(named)
    ]  # fmt: skip
    above: dict[str, Any] = {"type": "text", "dy": -14, "fontSize": _FONT, "align": "left",
                             "x": 0, "color": _INK}  # fmt: skip
    beside: dict[str, Any] = {"type": "text", "fontSize": _FONT, "color": _MUTED, "dy": -14,
                              "align": "right", "x": "width"}  # fmt: skip
    return _svg({
        "height": {"step": 42},
        "data": {"values": values},
        "encoding": {"y": {"field": "n", "type": "ordinal", "axis": None,
                           "scale": {"paddingInner": 0.76, "paddingOuter": 0.5}}},
        "layer": [
            {"mark": {"type": "bar"},
             "encoding": {
                 "x": {"field": "value", "type": "quantitative", "axis": {"tickCount": 4,
                                                                          "format": ",d"}},
                 "color": {"condition": {"test": "datum.value < 0", "value": _DOWN},
                           "value": _UP}}},
            {"mark": above, "encoding": {"text": {"field": "name"}}},
            {"mark": beside, "encoding": {"text": {"field": "label"}}},
        ],
    })  # fmt: skip


def lines(rows: Sequence[Mapping[str, Any]], colours: Mapping[str, str]) -> str:
    """Amounts over years in 万元, a line a body, broken where a year is not published.

    Args:
        rows: ``reporting_body_id``, ``fiscal_year``, ``amount_yuan``.
        colours: Body → its colour; the page names them.
    """
    told = {(row["reporting_body_id"], row["fiscal_year"]): row["amount_yuan"] for row in rows}
    years = range(min(year for _, year in told), max(year for _, year in told) + 1)
    values = [
        {"body": body, "year": str(year),
         "value": None if amount is None else float(amount.scaleb(-4))}
        for body in colours for year in years for amount in [told.get((body, year))]
    ]  # fmt: skip
    return _svg({
        "height": 240,
        "data": {"values": values},
        "encoding": {
            "x": _years({year: {} for year in years}),
            "y": {"field": "value", "type": "quantitative", "axis": {"tickCount": 5,
                                                                     "format": ",d"}},
            "color": {"field": "body", "legend": None,
                      "scale": {"domain": list(colours), "range": list(colours.values())}},
        },
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2}},
            {"mark": {"type": "point", "filled": True, "size": 40},
             "transform": [{"filter": "isValid(datum.value)"}]},
        ],
    })  # fmt: skip


def _years(years: Mapping[int, Any]) -> dict[str, Any]:
    return {"field": "year", "type": "ordinal", "axis": {"labelAngle": 0, "grid": False},
            "scale": {"domain": [_year(year) for year in years]}}  # fmt: skip


def _year(year: int) -> str:
    return str(year) if year else "?"


def _short(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 1] + "…"


def _svg(spec: dict[str, Any]) -> str:
    """The chart; the page's own font writes it, and its width is the page's."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(
        {"width": _WIDTH, "config": _CONFIG, **spec}, vl_version=VEGA_LITE
    )
    return svg.replace(' font-family="sans-serif"', "")
