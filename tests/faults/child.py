"""A process that runs nights in children of its own, which may be killed at a point.

A line of JSON in, a status as of ``waitpid`` out. It imports everything once and starts no thread
of Polars or DuckDB itself, so that a child, made by fork, begins at once and whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.settings import Settings
from tests.conftest import ROOT
from tests.faults.points import Point, Points
from tests.faults.scenario import run_night

if TYPE_CHECKING:
    from tests.faults.points import Half

#: A night that takes longer hangs.
_SECONDS = 120
#: When a process is killed: before an operation, or when half of it is done.
BEFORE, HALF = "before", "half-way"


class Nights:
    """Nights in processes of their own."""

    def __init__(self, root: Path) -> None:
        """``root``: the installation's, with raw/ and warehouse/."""
        self._root = root
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def kill(self, number: int, when: str) -> bool:
        """Run a night that is killed at a point; whether it was."""
        status = self._ask(number, when)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGKILL, signal.SIGXFSZ}

    def _ask(self, number: int, when: str) -> int:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes")
        asked = {"root": str(self._root), "number": number, "when": when}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def _night(root: Path, number: int, when: str) -> None:
    settings = Settings(raw=root / "raw", warehouse=root / "warehouse", keep_builds=1)

    def at(point: Point, half: Half) -> None:
        if point.number != number:
            return
        if when == HALF and half is not None:
            half()
            if point.operation not in {"rmtree", "fsync"} and "duckdb" in point.place:
                return  # the kernel ends it in the operation
        os.kill(os.getpid(), signal.SIGKILL)

    with Points(settings.warehouse, at) as points:
        run_night(settings, points.begin)


def _serve() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.alarm(_SECONDS)
            status = 1
            try:
                _night(Path(asked["root"]), asked["number"], asked["when"])
                status = 0
            finally:
                sys.stderr.flush()
                os._exit(status)
        print(os.waitpid(child, 0)[1], flush=True)  # noqa: T201


if __name__ == "__main__":
    _serve()
