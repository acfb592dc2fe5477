"""The report of the published build, for people who ask no SQL."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.options import Config, Warehouse
from pipelines.settings import Settings


def report(
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE.html",
            show_default="beside the build",
            help="写到哪里 / where to",
        ),
    ] = None,
    opens: Annotated[
        bool, typer.Option("--open", help="写好后在浏览器中打开 / open it in a browser")
    ] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """给人看的一页报告 / One page for people, in a browser.

    收到什么、等待什么、缺什么、错在哪里
    What came in, what waits, what is missing or wrong.

    每次发布后自动写出，也可随时重写；单个文件，不联网，可打印、可转发
    Written after every build; one file that fetches nothing and can be
    printed or passed on.

    $ yusuan report -o 报告.html --open
    """
    from pipelines.serve.report.page import write_report

    settings = Settings.resolve(warehouse=warehouse, config=config)
    try:
        written = write_report(settings, output)
    except OSError as error:
        raise OSError(
            f"{output or settings.report}: 报告写不进去 / the report cannot be written there: "
            f"{error}; 换一处 write it elsewhere: -o FILE.html"
        ) from error
    screens.report(written)
    if opens:
        webbrowser.open(written.absolute().as_uri())
