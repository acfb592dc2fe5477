"""Hand the published build on to other tools: one command a destination.

A new destination is a function here, named in ``DESTINATIONS``; its logic stands in
``pipelines.serve.export`` and is imported inside the function.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import screens
from pipelines.commands.options import Json, Warehouse
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.serve.export.files import ExportedFiles

export = typer.Typer(
    name="export",
    help="导出已发布版本 / The published build as files, or to PostgreSQL.",
    no_args_is_help=True,
)

Directory = Annotated[
    Path,
    typer.Argument(help="新目录，或此前的导出目录 / a new directory, or that of an earlier export"),
]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        help="只导出此类表，可重复 / only tables of role dimension, fact, mart, "
        "bridge, detail, evidence, history or operation; else all but the last two",
        show_default=False,
    ),
]


def _say(made: "ExportedFiles", *, as_json: bool) -> None:
    typer.echo(screens.as_json(made)) if as_json else screens.files(made)


def parquet(
    directory: Directory,
    role: Roles = None,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """Parquet：每表一个文件 / A Parquet file a table.

    供 pandas、R、DuckDB、Power BI / For pandas, R, DuckDB, Power BI.

    $ yusuan export parquet out/
    $ yusuan export parquet out/ --role mart --role fact
    """
    from pipelines.serve.export.files import export_parquet

    settings = Settings.resolve(warehouse=warehouse)
    _say(export_parquet(settings, directory, role or ()), as_json=as_json)


def csv(
    directory: Directory,
    excel: Annotated[
        bool,
        typer.Option(
            "--excel",
            help="供 Excel：BOM，会被执行或改读的文本前加撇号 / for Excel: a BOM, and an "
            "apostrophe before text that it would run or change",
        ),
    ] = False,
    role: Roles = None,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """CSV：每表一个文件 / A CSV file a table.

    $ yusuan export csv out/ --excel
    """
    from pipelines.serve.export.files import export_csv

    settings = Settings.resolve(warehouse=warehouse)
    _say(export_csv(settings, directory, role or (), excel=excel), as_json=as_json)


def xlsx(
    directory: Directory,
    role: Roles = None,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """Excel：一个工作簿，每表一页 / One workbook, a sheet a table.

    $ yusuan export xlsx out/ --role mart
    """
    from pipelines.serve.export.files import export_xlsx

    settings = Settings.resolve(warehouse=warehouse)
    _say(export_xlsx(settings, directory, role or ()), as_json=as_json)


#: The environment variable with the address; it may hold a password.
POSTGRES_URL = "YUSUAN_POSTGRES_URL"


def postgres(
    url: Annotated[
        str | None,
        typer.Argument(
            envvar=POSTGRES_URL,
            show_default=False,
            help="postgresql://USER@HOST:5432/DATABASE；未写的取自 PG* 变量与 ~/.pgpass / what it "
            "leaves out is taken from PG* variables and ~/.pgpass: keep passwords there",
        ),
    ] = None,
    schema: Annotated[str, typer.Option("--schema", help="模式 / the schema")] = "yusuan",
    force: Annotated[
        bool, typer.Option("--force", help="同一版本也重新导出 / even if that build is there")
    ] = False,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """导出到 PostgreSQL / Into a schema of PostgreSQL.

    整体替换该模式 / The schema is replaced as a whole.

    $ yusuan export postgres postgresql://etl@db:5432/budget
    """
    from pipelines.serve.export.postgres import export_postgres

    found = export_postgres(Settings.resolve(warehouse=warehouse), url, schema, force=force)
    typer.echo(screens.as_json(found)) if as_json else screens.postgres(found)


#: In the order in which `yusuan export --help` lists them.
DESTINATIONS: tuple[Callable[..., None], ...] = (parquet, csv, xlsx, postgres)
for destination in DESTINATIONS:
    export.command()(destination)
