"""Bodies and years side by side, as a table, as rows, as a chart."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.options import Bodies, Config, Json, Phase, Warehouse, Years
from pipelines.settings import Settings

_FORMATS = (".png", ".svg")


class By(StrEnum):
    """What lines of a comparison are told by."""

    function = "function"
    type = "type"
    economic = "economic"
    three_public = "three-public"
    revenue = "revenue"
    fund = "fund"
    project = "project"
    indicator = "indicator"


class Unit(StrEnum):
    """What amounts are shown in."""

    yuan = "元"
    ten_thousand = "万元"


def _chart(path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in _FORMATS:
        raise typer.BadParameter(f"{path}: 只写 PNG 或 SVG / must end with .png or .svg")
    return path


def compare(
    warehouse: Warehouse = None,
    config: Config = None,
    by: Annotated[
        By | None,
        typer.Option(
            "--by",
            metavar="LINES",
            help=f"按何者；不填为项目资金 / {', '.join(By)}; else sums of projects",
        ),
    ] = None,
    body: Bodies = None,
    year: Years = None,
    phase: Phase = None,
    line: Annotated[
        list[str] | None,
        typer.Option(
            "--line", help="项的名称包含，可多次；合计仍为全部 / lines so named; sums are of all"
        ),
    ] = None,
    unit: Annotated[Unit, typer.Option("--unit", help="显示单位 / shown in")] = Unit.yuan,
    change: Annotated[
        bool, typer.Option("--change", help="与上年同阶段相比 / change from the year before")
    ] = False,
    share: Annotated[
        bool, typer.Option("--share", help="占该机构该年的比例 / share of the body's year")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot",
            metavar="FILE",
            callback=_chart,
            show_default=False,
            help="写入 PNG 或 SVG 图 / write a chart, PNG or SVG",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """机构 × 年度 / Bodies × years, side by side.

    没有公布的留空，不作零 / What is not published stays blank; it is no zero.

    $ yusuan compare --by fund
    $ yusuan compare --by economic --body 水务局 --change --plot water.svg
    """
    from pipelines.serve.compare import BY_INDICATOR, BY_TOTAL
    from pipelines.serve.compare import compare as serve
    from schemas.code_lists import code_list

    if share and by in {None, BY_INDICATOR}:
        raise typer.BadParameter(
            "--share 需要按金额的项 / needs lines of money: --by function|type|economic|"
            "three-public|revenue|fund|project"
        )
    settings = Settings.resolve(warehouse=warehouse, config=config)
    found = serve(settings, by=by or BY_TOTAL, bodies=body or (), years=year or (), phase=phase,
                  lines=line or (), with_year_before=change)  # fmt: skip
    kinds = code_list("kinds", settings.config).select("kind", "name_zh", "name_en").rows()
    names = {kind: f"{zh} / {en}" for kind, zh, en in kinds}
    if as_json:
        typer.echo(screens.as_json(
            screens.comparison_rows(found, with_change=change, with_share=share)
        ))  # fmt: skip
    else:
        screens.comparison(found, unit, names, with_change=change, with_share=share)
    if plot is not None:
        from pipelines.serve.chart import chart

        drawn = chart(found, plot.suffix.lower().removeprefix("."), unit=unit,
                      sources=[*screens.over_reforms(found), *screens.rests_on(found, names)],
                      with_share=share, with_change=change)  # fmt: skip
        plot.write_bytes(drawn)
        screens.errors.print(f"图 chart → {plot}", highlight=False, soft_wrap=True)
