"""The command line: `yusuan`.

Exit codes: 0 done, whatever waits; 1 failed; 2 wrong usage; with ``--strict`` 3 when something
waits.
"""

import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import duckdb
import typer
from typer.core import TyperGroup

from pipelines import screens
from pipelines.commands import (
    bi,
    comparison,
    exports,
    files,
    layouts,
    nights,
    questions,
    report,
    review,
    upkeep,
)

#: Panels of `yusuan --help` in the order of the data's story, and their commands in order. A group
#: of commands stands as itself.
COMMANDS: dict[str, tuple[Callable[..., None] | typer.Typer, ...]] = {
    "收进来 / Take in": (nights.ingest, nights.ui),
    "看一看 / Look": (questions.status, report.report, questions.diff, questions.quarantine),
    "问一问 / Ask": (questions.ask, questions.query, comparison.compare, questions.search),
    "求证 / Prove": (
        questions.trace,
        questions.history,
        questions.target,
        files.grids,
        upkeep.verify,
    ),
    "订正 / Mend": (
        review.review,
        layouts.layouts,
        layouts.layout,
        upkeep.withdraw,
        upkeep.reprocess,
        upkeep.rollback,
    ),
    "交出去 / Hand on": (exports.export, bi.bi),
    "守好 / Keep": (upkeep.doctor, upkeep.backup, upkeep.restore),
}


class InOrder(TyperGroup):
    """Commands as ``COMMANDS`` orders them: Typer would list groups of commands last."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Names, panel by panel."""
        del ctx
        return [_name(command) for panel in COMMANDS.values() for command in panel]


def _name(command: Callable[..., None] | typer.Typer) -> str:
    return str(command.info.name) if isinstance(command, typer.Typer) else command.__name__


app = typer.Typer(
    cls=InOrder,
    help="预算：政府预算公开表格的可信数据仓库。\n\n"
    "One trusted warehouse of the budget tables that Chinese government departments publish.",
    epilog="从这里开始 / Start here: yusuan ingest, yusuan report, yusuan ask",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for title, commands in COMMANDS.items():
    for command in commands:
        if isinstance(command, typer.Typer):
            app.add_typer(command, rich_help_panel=title)
        else:
            app.command(rich_help_panel=title)(command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"yusuan {version('yusuan')}")
        raise typer.Exit


@app.callback()
def common(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="版本 / the version"),
    ] = False,
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Entry point: an error is one clear message and exit code 1; YUSUAN_DEBUG=1 shows where."""
    try:
        app()
    except BrokenPipeError:  # the reader has seen enough: `yusuan … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (RuntimeError, LookupError, ValueError, OSError, duckdb.Error) as error:
        if os.environ.get("YUSUAN_DEBUG"):
            raise
        screens.error(str(error))
        sys.exit(1)
