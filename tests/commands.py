"""Commands run in this process, wide enough that Rich wraps nothing in what tests read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from pipelines.cli import app

if TYPE_CHECKING:
    from typer.testing import Result

    from tests.conftest import Installation

WIDE = {"COLUMNS": "400", "TERM": "dumb"}


def asked(installation: Installation, *arguments: str) -> Result:
    """Run a command on an installation."""
    return CliRunner().invoke(
        app, list(arguments), env={**WIDE, **installation.settings.environment()}
    )


def asked_nowhere(*arguments: str) -> Result:
    """Run a command that needs no warehouse."""
    return CliRunner().invoke(app, list(arguments), env=WIDE)
