"""Setting Superset up, without it: whom its secrets reach, and what it does not take for itself."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.bi.client import BiError
from pipelines.bi.server import Superset

if TYPE_CHECKING:
    from collections.abc import Iterator

#: In place of Superset's program: it notes how it was called, and with which options by variables.
PROGRAM = """#!/bin/sh
echo "$@" >> "$SUPERSET_HOME/arguments"
env | grep ^FLASK_FAB >> "$SUPERSET_HOME/options"
true
"""


@pytest.fixture
def superset(tmp_path: Path) -> Superset:
    programs, state = tmp_path / "bin", tmp_path / "superset"
    programs.mkdir()
    state.mkdir()
    (programs / "superset").write_text(PROGRAM, encoding="ascii")
    (programs / "superset").chmod(0o700)
    return Superset(programs, state, tmp_path / "current" / "yusuan.duckdb")


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other


def test_the_password_is_on_no_command_line(superset: Superset) -> None:
    superset.prepare()
    said = (superset.state / "arguments").read_text(encoding="utf-8")
    assert "create-admin" in said
    assert superset.password not in said
    assert (superset.state / "options").read_text(encoding="utf-8") == (
        f"FLASK_FAB_CREATE_ADMIN_PASSWORD={superset.password}\n"
    )


def test_a_secret_that_could_not_be_written_is_made_anew(
    superset: Superset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            assert superset.password
    assert len(superset.password) >= 12
    assert superset.password == superset.password
    assert (superset.state / "login").stat().st_mode & 0o077 == 0


def test_what_listens_there_already_is_sent_no_password(
    superset: Superset, listening: socket.socket
) -> None:
    port = listening.getsockname()[1]
    taken = Superset(superset.programs, superset.state, superset.published, port=port)
    listening.settimeout(0.01)
    with pytest.raises(BiError, match=f"127.0.0.1:{port}: 无法监听"), taken.running():
        pass
    with pytest.raises(TimeoutError):
        listening.accept()
