"""The command line: `yusuan`.

Exit codes: 0 done, whatever waits; 1 failed; 2 wrong usage; with ``--strict`` 3 when something
waits.
"""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import duckdb
import typer

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

app = typer.Typer(
    help="预算：政府预算公开表格的可信数据仓库。\n\n"
    "One trusted warehouse of the budget tables that Chinese government departments publish.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


#: In the order in which `yusuan --help` lists them.
COMMANDS = (
    nights.ingest,
    questions.status,
    questions.quarantine,
    questions.diff,
    report.report,
    questions.ask,
    questions.query,
    comparison.compare,
    questions.search,
    questions.trace,
    questions.history,
    questions.target,
    files.grids,
    layouts.layouts,
    upkeep.withdraw,
    upkeep.reprocess,
    upkeep.rollback,
    upkeep.backup,
    upkeep.restore,
    upkeep.doctor,
    upkeep.verify,
    nights.ui,
    bi.bi,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(layouts.layout, name="layout")
app.add_typer(review.review, name="review")
app.add_typer(exports.export, name="export")


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
