"""A Dask cluster on loopback does the work of a night, loses a worker, and nothing shows of it.

Slow: scheduler and workers are processes. ``make test-long`` brings the extra ``cluster``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from pipelines.extract.cluster import ClusterError, ClusterExecutor, ClusterSilentError
from pipelines.extract.workers import Limits
from pipelines.fingerprints import fingerprints
from tests.builds import contents, rebuilt_elsewhere
from tests.conftest import ROOT
from tests.generator.__main__ import write
from tests.generator.documents import documents
from tests.pdf.cases import DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Installation

pytestmark = pytest.mark.slow
LIMITS = Limits(2048, 60, 60)
INGEST = "from pipelines.cli import main; main()"
PDFS = 40


def waited(for_what: Callable[[], bool], seconds: float = 60) -> None:
    """Until something is so."""
    end = time.monotonic() + seconds
    while not for_what():
        assert time.monotonic() < end, for_what
        time.sleep(0.05)


class Cluster:
    """A scheduler and workers with a thread each, in a folder."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        root.mkdir(parents=True)
        self.root, self._stack = root, stack
        told = root / "scheduler.json"
        self._start("dask_scheduler", "--port", "0", "--scheduler-file", str(told))
        waited(lambda: told.exists() and told.read_text("utf-8").endswith("}"))
        self.address: str = json.loads(told.read_text("utf-8"))["address"]

    def worker(self) -> subprocess.Popen[bytes]:
        """One worker more."""
        folder = ("--local-directory", str(self.root))
        return self._start("dask_worker", self.address, "--no-nanny", "--nthreads", "1", *folder)

    def _start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        here = ("--host", "127.0.0.1", "--no-dashboard")
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options, *here]
        with (self.root / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        self._stack.callback(_ended, process)
        return process


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@contextmanager
def cluster(root: Path, workers: int) -> Iterator[tuple[Cluster, list[subprocess.Popen[bytes]]]]:
    with ExitStack() as stack:
        made = Cluster(root, stack)
        yield made, [made.worker() for _ in range(workers)]


def connected(address: str, prints: dict[str, str]) -> ClusterExecutor:
    """As soon as its workers are there."""
    end = time.monotonic() + 60
    while True:
        try:
            return ClusterExecutor(address, LIMITS, prints, None)
        except ClusterSilentError:
            assert time.monotonic() < end
            time.sleep(0.2)


def test_a_worker_is_killed_in_the_middle_of_a_night(
    installation: Installation, tmp_path: Path
) -> None:
    settings = installation.settings
    write(documents(seed=2, bodies=20, years=5, projects=2), settings.raw)
    page = (DOCUMENTS / "boxed-cells.pdf").read_bytes()
    for n in range(PDFS):
        installation.put(f"{n:02}.pdf", page + f"\n% {n}\n".encode())
    with cluster(tmp_path / "cluster", workers=2) as (made, (first, _)):
        connected(made.address, fingerprints()).shutdown()
        night = subprocess.Popen(
            [sys.executable, "-c", INGEST, "ingest", "--json", "--dask", made.address],
            cwd=ROOT, env={**os.environ, **settings.environment()}, stdout=subprocess.PIPE,
        )  # fmt: skip

        def pdfs_read() -> int:
            return sum(1 for path in settings.cache.glob("grids/*/*.parquet") if _is_pdf(path))

        by_content = {path.name for path in settings.raw.glob("*.pdf")}
        assert len(by_content) == PDFS
        waited(lambda: pdfs_read() >= 3)
        first.send_signal(signal.SIGKILL)
        assert pdfs_read() < PDFS, "it was over before"
        said, _ = night.communicate(timeout=120)
    assert night.returncode == 0
    assert json.loads(said)["extraction"]["refused_documents"] == {}
    again = rebuilt_elsewhere(installation, tmp_path / "alone", workers=1)
    assert contents(again) == contents(settings.published)
    assert installation.value("SELECT count(*) FROM dim_document") > PDFS + 100


def _is_pdf(path: Path) -> bool:
    return b"application/pdf" in path.read_bytes()


def test_what_a_cluster_refuses_and_what_it_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.extract.cluster.CONNECT_SECONDS", 2)
    with pytest.raises(ClusterSilentError, match="no scheduler answers"):
        ClusterExecutor("tcp://127.0.0.1:9", LIMITS, {}, None)
    with cluster(tmp_path / "cluster", workers=1) as (made, (only,)):
        connected(made.address, fingerprints()).shutdown()
        with pytest.raises(ClusterError, match=r"127\.0\.0\.1.*read.* is refused"):
            ClusterExecutor(made.address, LIMITS, {**fingerprints(), "read": "other"}, None)
        monkeypatch.setattr("pipelines.extract.cluster.PATIENCE_SECONDS", 1)
        with ClusterExecutor(made.address, LIMITS, fingerprints(), None) as executor:
            late = executor.submit(time.sleep, 30)
            only.kill()
            assert isinstance(late.exception(timeout=30), ClusterSilentError)
