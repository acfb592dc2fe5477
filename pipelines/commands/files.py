"""Look at a file as it is read."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.options import Json
from pipelines.settings import Settings


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise typer.BadParameter(f"{path}: 没有此文件 / there is no such file")
    return path


ExistingFile = Annotated[Path, typer.Argument(callback=_existing, help="任一文件 / any file")]


def grids(
    file: ExistingFile,
    page: Annotated[int | None, typer.Option("--page", min=1, help="只看此页 / this page")] = None,
    grid: Annotated[int | None, typer.Option("--grid", min=1, help="只看此表 / this grid")] = None,
    physical: Annotated[
        bool,
        typer.Option("--physical", help="不跨页拼接 / grids as printed, not joined over pages"),
    ] = False,
    as_json: Json = False,
) -> None:
    """从一个文件读到什么 / What is read of a file.

    按页按表；不需要仓库 / By page and by table; no warehouse is needed.

    $ yusuan grids raw/预算.pdf --page 3
    """
    from pipelines.serve.grids import only, read_file, refuse

    found = only(read_file(Settings.resolve(), file, physical=physical), page, grid)
    typer.echo(screens.as_json(found)) if as_json else screens.grids(found)
    refuse(found)
