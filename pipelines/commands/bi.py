"""Put the published build in front of people."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.options import Warehouse
from pipelines.settings import Settings


class Language(StrEnum):
    """In which Superset greets people."""

    zh = "zh"
    en = "en"


def bi(
    warehouse: Warehouse = None,
    programs: Annotated[
        Path, typer.Option("--programs", help="Superset 的程序目录 / where Superset's programs are")
    ] = Path(".bi/bin"),
    host: Annotated[str, typer.Option("--host", help="监听地址 / address")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口 / port")] = 8088,
    language: Annotated[
        Language, typer.Option("--language", help="界面语言 / of the interface")
    ] = Language.zh,
) -> None:
    """用 Superset 看图 / Superset with the shipped dashboard.

    先安装：make bi / Install it first: make bi.

    $ yusuan bi --language en
    """
    from pipelines.bi.server import USER, Superset

    superset = Superset.of(Settings.resolve(warehouse=warehouse), programs.absolute(), host, port,
                           language)  # fmt: skip
    screens.bi_setup()
    superset.prepare()
    with superset.running() as process:
        screens.bi_ready(superset.dashboard, USER, superset.password, superset.state)
        try:
            process.wait()
        except KeyboardInterrupt:
            return
    raise typer.Exit(process.returncode)
