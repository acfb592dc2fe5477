"""``yusuan ui`` as a process of its own, with all that it starts, for as long as a test lasts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings

#: Seconds until the interface answers, and until all that it started is gone.
_STARTS, _ENDS = 120, 30


@contextmanager
def ui(settings: Settings) -> Iterator[str]:
    """Dagster's interface, its daemon and its code on a home; its address."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("yusuan")), "ui", "--port", str(port)]
    environment = {**os.environ, **settings.environment()}
    with (settings.warehouse / "ui.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log,
                                   start_new_session=True)  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        _end(process)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS
    while time.monotonic() < until:
        assert process.poll() is None, "yusuan ui ended; see ui.log beside the warehouse"
        try:
            if requests.get(f"{address}/server_info", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise TimeoutError(address)


def _end(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does, to the session that it leads; whoever stays is killed."""
    for way in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, way)
        except ProcessLookupError:
            break
        try:
            process.wait(_ENDS)
        except subprocess.TimeoutExpired:
            continue
    process.wait(_ENDS)
