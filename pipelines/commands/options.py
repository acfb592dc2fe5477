"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.settings import ENVIRONMENT


def _directory(name: str, said: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}", envvar=ENVIRONMENT[name], help=said, show_default=False
    )
    return option


Raw = Annotated[Path | None, _directory("raw", "原始文件目录 / directory of originals [raw]")]
Warehouse = Annotated[
    Path | None, _directory("warehouse", "仓库目录 / directory of the warehouse [warehouse]")
]
Context = Annotated[Path | None, _directory("context", "另一附注目录 / directory of more sidecars")]
Config = Annotated[Path | None, _directory("config", "自有版式与代码 / own layouts and codes")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]


Why = Annotated[str, typer.Option("--why", help="理由，记入台账 / the reason, for the ledger")]
