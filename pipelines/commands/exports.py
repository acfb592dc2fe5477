"""Hand the published build on to other tools: one command a destination.

A new destination is a function here, named in ``DESTINATIONS``; its logic stands in
``pipelines.serve.export`` and is imported inside the function.
"""

from collections.abc import Callable

import typer

export = typer.Typer(
    help="导出已发布版本 / Hand the published build on to other tools.", no_args_is_help=True
)

#: In the order in which `yusuan export --help` lists them.
DESTINATIONS: tuple[Callable[..., None], ...] = ()
for destination in DESTINATIONS:
    export.command()(destination)
