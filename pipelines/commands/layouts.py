"""Look at layouts: all of them, why a file's tables have theirs, a first one for a new table."""

from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.files import ExistingFile
from pipelines.commands.options import Config, Json
from pipelines.settings import Settings

#: `yusuan layout explain FILE`, `yusuan layout draft FILE`.
layout = typer.Typer(
    name="layout",
    help="一个文件的版式 / Layouts of one file: why this one, a draft.",
    no_args_is_help=True,
)


def layouts(config: Config = None, as_json: Json = False) -> None:
    """有哪些版式 / Which tables are known.

    种类、年度、形状、标题 / Their kinds, years, shapes and titles.

    $ yusuan layouts
    """
    from pipelines.serve.layouts import known_layouts

    known = known_layouts(Settings.resolve(config=config))
    typer.echo(screens.as_json(known)) if as_json else screens.layouts(known)


@layout.command()
def explain(file: ExistingFile, config: Config = None, as_json: Json = False) -> None:
    """每张表用哪个版式，为什么 / Each table's layout, and why.

    没有版式的，列出最接近者及差别
    Where none fits: the likest ones, and the difference.

    $ yusuan layout explain raw/预算.pdf
    """
    from pipelines.serve.grids import RefusedDocumentError
    from pipelines.serve.layouts import explain as serve

    found = serve(Settings.resolve(config=config), file)
    typer.echo(screens.as_json(found)) if as_json else screens.explained(found)
    if found.refusal is not None:
        raise RefusedDocumentError(f"{found.path}: {found.refusal}")


@layout.command()
def draft(
    file: ExistingFile,
    table: Annotated[
        int | None,
        typer.Option("--table", min=1, help="表号，见 explain；默认第一张未识别的 / which table"),
    ] = None,
    place: Annotated[
        str, typer.Option("--place", help="版式所在目录 / the directory it will stand in")
    ] = "new",
    config: Config = None,
) -> None:
    """为未识别的表写出初稿 / A first layout for a new table.

    输出 TOML，由人补全 / Prints TOML, for a person to complete.

    $ yusuan layout draft raw/预算.pdf --table 2 --place 长沙 > 表2.toml
    """
    from pipelines.serve.draft import draft as serve

    found = serve(Settings.resolve(config=config), file, table, place)
    typer.echo(found.toml, nl=False)
    screens.drafted(found)
