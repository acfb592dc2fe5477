"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.serve.picture import LEAST_DPI, MOST_DPI
from pipelines.settings import ENVIRONMENT


def _directory(name: str, said: str, default: str | bool = False) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}",
        envvar=ENVIRONMENT[name],
        help=said,
        show_default=default,
        rich_help_panel="目录 / Directories",
    )
    return option


def _png(path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() != ".png":
        raise typer.BadParameter(f"{path}: 只写 PNG，文件名须以 .png 结尾 / must end with .png")
    return path


Raw = Annotated[Path | None, _directory("raw", "原始文件 / originals", "raw")]
Warehouse = Annotated[Path | None, _directory("warehouse", "仓库 / the warehouse", "warehouse")]
Context = Annotated[Path | None, _directory("context", "更多附注 / more sidecars")]
Config = Annotated[Path | None, _directory("config", "自有版式与代码 / own layouts and codes")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
Image = Annotated[
    Path | None,
    typer.Option(
        "--image",
        metavar="FILE.png",
        callback=_png,
        help="写出页面图，框出单元格 / write a picture of the page, the "
        "cell framed; of all its pages, if it goes on over several",
        show_default=False,
    ),
]
Dpi = Annotated[
    int, typer.Option("--dpi", min=LEAST_DPI, max=MOST_DPI, help="图的分辨率 / pixels an inch")
]
Bodies = Annotated[
    list[str] | None,
    typer.Option("--body", help="机构名称包含，可多次 / bodies whose name contains this"),
]
Years = Annotated[list[int] | None, typer.Option("--year", help="财政年度，可多次 / fiscal years")]
Phase = Annotated[str | None, typer.Option("--phase", help="预算阶段 / phase")]
Why = Annotated[str, typer.Option("--why", help="理由，记入台账 / the reason, for the ledger")]
