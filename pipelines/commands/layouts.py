"""Look at layouts: all of them, why a file's tables have theirs, a first one for a new table."""

from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.files import ExistingFile
from pipelines.commands.options import Config, Json
from pipelines.settings import Settings

#: `yusuan layout explain FILE`, `yusuan layout draft FILE`.
layout = typer.Typer(
    help="版式：一个文件的表格用哪一个 / One file's tables and their layouts.",
    no_args_is_help=True,
)


def layouts(config: Config = None, as_json: Json = False) -> None:
    """有哪些版式 / All layouts: kind, years, shape, titles."""
    from pipelines.serve.layouts import known_layouts

    known = known_layouts(Settings.resolve(config=config))
    typer.echo(screens.as_json(known)) if as_json else screens.layouts(known)


@layout.command()
def explain(file: ExistingFile, config: Config = None, as_json: Json = False) -> None:
    """每张表用哪个版式，为什么 / Each table: the likest layouts, and why it has the one it has."""
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
    """为未识别的表写出初稿 / A first layout, as TOML, for a table that none fits."""
    from pipelines.serve.draft import draft as serve

    found = serve(Settings.resolve(config=config), file, table, place)
    typer.echo(found.toml, nl=False)
    screens.drafted(found)
