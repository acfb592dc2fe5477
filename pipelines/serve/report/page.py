"""The report as one HTML file: styles, charts and pictures are in it, and nothing is fetched."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from pipelines.serve.report import charts
from pipelines.serve.report.content import Report, report
from pipelines.serve.report.coverage import STATES
from pipelines.serve.report.targets import GROUPS
from pipelines.serve.report.waits import FIELDS
from pipelines.settings import REPORT
from schemas.code_lists import code_list
from schemas.registry import tables

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

    from jinja2 import Environment

    from pipelines.settings import Settings
    from schemas.registry import TableSpec

#: Rows of a list; what is left out is counted and named.
MOST_ROWS = 50
_ZONE = ZoneInfo("Asia/Shanghai")
_VERDICTS = {
    "exact": ("精确成立", "exact", "var(--good)"),
    "within_rounding": ("舍入范围内", "within rounding", "var(--good-2)"),
    "included": ("部分不大于整体", "a part of more", "var(--good-3)"),
    "suspect": ("存疑", "suspect", "var(--warn)"),
    "broken": ("不成立", "broken", "var(--bad)"),
}
_GROUP_COLOURS = ("var(--good)", "var(--good-2)", "var(--c5)", "var(--line-2)", "var(--bad)")
_LINE_COLOURS = tuple(f"var(--c{n})" for n in range(1, 9))


def write_report(settings: Settings, path: Path | None = None) -> Path:
    """Write the report of the published build; the same build, the same bytes.

    Args:
        settings: The installation.
        path: Where to; beside the build if none is given, and gone with it.

    Returns:
        Where it is.

    Raises:
        NothingPublishedError: nothing has been published yet.
        LedgerError: the ledger cannot be read.
        OSError: it cannot be written there; what was there stays.
    """
    found = report(settings)
    text = render(found, settings)
    beside = settings.versions / str(found.arrivals.build["build_id"]) / REPORT
    target = path or beside  # not by the link: another build may be current by now
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)
    return target


def render(found: Report, settings: Settings) -> str:
    """The page; ``settings`` are asked for the operator's own code lists."""
    facts = {name: _fact_name(tables()[name]) for name in found.coverage.facts}
    page = _environment().get_template("report.html.j2").render(
        report=found,
        charts=_charts(found),
        states=STATES,
        verdicts=_VERDICTS,
        groups={name: (zh, en, colour) for (name, (_, zh, en)), colour in zip(
            GROUPS.items(), _GROUP_COLOURS, strict=True)},
        facts=facts,
        kinds=_names("kinds", "kind", settings),
        fields=FIELDS,
        phases=_names("phases", "phase", settings),
        line_colours=_line_colours(found),
        most=MOST_ROWS,
    )  # fmt: skip
    return page + "\n"


@cache
def _environment() -> Environment:
    """Templates beside this module: whatever is printed in a source is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("pipelines.serve.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"wan": _wan, "local": _local, "said": said, "percent": _percent,
                     "yuan": _yuan}  # fmt: skip
    made.globals["t"] = bilingual
    return made


def bilingual(zh: str, en: str) -> Markup:
    """Words in both languages, of which the page shows one."""
    both = '<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>'
    return Markup(both).format(zh, en)  # noqa: S704 - a constant; what is put in is escaped


def said(text: str | None) -> Markup:
    """A text that the pipeline wrote in both languages, ``中文 / English``; any other as it is."""
    zh, parted, en = (text or "").partition(" / ")
    is_both = parted and not any("\u4e00" <= c <= "\u9fff" for c in en)
    return bilingual(zh, en) if is_both else Markup("{}").format(text or "")


def _wan(yuan: Decimal | None) -> Markup:
    """An amount in 万元, and to the fen where the pointer rests; a blank is no zero."""
    if yuan is None:
        return Markup("<span class=none>·</span>")
    return Markup('<span title="{} 元">{}</span>').format(_yuan(yuan), f"{yuan.scaleb(-4):,.2f}")


def _yuan(yuan: Decimal) -> str:
    return f"{yuan:,.2f}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:+.1%}"


def _local(utc: datetime) -> str:
    """A time as people who run nights have it."""
    return f"{utc.replace(tzinfo=ZoneInfo('UTC')).astimezone(_ZONE):%Y-%m-%d %H:%M}"


def _fact_name(spec: TableSpec) -> tuple[str, str]:
    """What a fact table is about, without what its description adds."""
    return spec.zh.partition("（事实）")[0], re.split("[:,;]", spec.en)[0]


def _names(name: str, key: str, settings: Settings) -> dict[str, tuple[str, str]]:
    rows = code_list(name, settings.config).to_dicts()
    return {row[key]: (row["name_zh"], row["name_en"]) for row in rows}


def _line_colours(found: Report) -> dict[str, tuple[str, str]]:
    """Body → its name and its colour in the chart of amounts over years."""
    lines = found.changes.lines if found.changes else []
    names = {row["reporting_body_id"]: row["body_name"] for row in lines}
    return {
        body: (name, colour)
        for (body, name), colour in zip(names.items(), _LINE_COLOURS, strict=False)
    }


def _charts(found: Report) -> dict[str, Markup]:
    """Drawn where there is something to draw."""
    drawn: dict[str, str] = {}
    verdicts = {name: colour for name, (_, _, colour) in _VERDICTS.items()}
    if found.identities.by_year:
        drawn["identities"] = charts.stacked(found.identities.by_year, verdicts)
    if found.targets.years:
        years: dict[int, dict[str, Any]] = {row["fiscal_year"]: row for row in found.targets.years}
        colours = dict(zip(GROUPS, _GROUP_COLOURS, strict=True))
        drawn["targets"] = charts.shares(years, colours)
    if found.changes and found.changes.bodies:
        named = [(row["body_name"], row["change_yuan"]) for row in found.changes.bodies]
        drawn["changes"] = charts.differences(named)
    if found.changes and found.changes.lines:
        of = {body: colour for body, (_, colour) in _line_colours(found).items()}
        drawn["lines"] = charts.lines(found.changes.lines, of)
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - of our own making
