"""Nights as processes: the command line and Dagster at once, a killed run, a month of nights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from dagster import DagsterRunStatus

from pipelines.assets.launch import dagster_home, launch_nightly
from pipelines.documents.ledger import Ledger
from pipelines.publish.flip import current_build_id
from tests.conftest import ROOT
from tests.notices.receivers import webhook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Installation

#: A night that takes its time while it writes: the step after taking in waits for a file.
SLOW = """
import time
from dataclasses import replace
from pathlib import Path
from pipelines.night import Night
whole = Night.extract
def slow(night):
    Path({held!r}).touch()
    while not Path({go!r}).exists():
        time.sleep(0.05)
    return whole(night)
Night.extract = slow
"""
INGEST = "from pipelines.cli import main; main()"
EXECUTE = """
from dagster._cli import main
from pipelines.assets import retries
retries.LOCK_WAIT = 1.0
main()
"""
DAGSTER = ["job", "execute", "-m", "pipelines.assets.definitions", "-j", "nightly"]


class Processes:
    """Two nights at once, over one installation."""

    def __init__(self, installation: Installation, tmp_path: Path) -> None:
        self.settings = installation.settings
        self.held, self.go = tmp_path / "held", tmp_path / "go"
        self._environment = {
            **os.environ,
            **installation.settings.environment(),
            "DAGSTER_HOME": dagster_home(installation.settings),
        }

    def start(self, program: str, *arguments: str, slow: bool = False) -> subprocess.Popen[str]:
        if slow:
            program = SLOW.format(held=str(self.held), go=str(self.go)) + program
        return subprocess.Popen(
            [sys.executable, "-c", program, *arguments], cwd=ROOT, env=self._environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def wait_until_held(self, process: subprocess.Popen[str]) -> None:
        for _ in range(1200):
            if self.held.exists():
                return
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        pytest.fail("the first night never held the lock")


@pytest.fixture
def processes(installation: Installation, tmp_path: Path) -> Processes:
    installation.put_seed()
    return Processes(installation, tmp_path)


def whole(installation: Installation) -> list[str]:
    """Kinds of events; the ledger counts without gaps, nothing was taken in or decided twice."""
    events = Ledger(installation.settings.ledger).events()
    assert [event.event_id for event in events] == list(range(1, len(events) + 1))
    kinds = [event.kind for event in events]
    assert kinds.count("document_observed") == 1
    assert kinds.count("statement_version") == 1
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 7
    return kinds


@pytest.mark.slow
def test_the_command_line_is_told_who_writes_while_dagster_does(
    installation: Installation, processes: Processes
) -> None:
    first = processes.start(EXECUTE, *DAGSTER, slow=True)
    processes.wait_until_held(first)
    second = processes.start(INGEST, "ingest")
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"pid {first.pid} @" in said
    assert "正在写入" in said
    processes.go.touch()
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 0, said
    assert whole(installation).count("checked") == 1
    third = processes.start(INGEST, "ingest")
    said, _ = third.communicate(timeout=60)
    assert third.returncode == 0, said
    assert whole(installation).count("published") == 1


@pytest.mark.slow
def test_dagster_waits_while_the_command_line_writes(
    installation: Installation, processes: Processes, tmp_path: Path
) -> None:
    first = processes.start(INGEST, "ingest", slow=True)
    processes.wait_until_held(first)
    impatient = tmp_path / "impatient.yaml"
    impatient.write_text("resources: {warehouse: {config: {wait_for_lock_seconds: 0.5}}}")
    second = processes.start(EXECUTE, *DAGSTER, "-c", str(impatient))
    assert second.stdout is not None
    waits = any("STEP_UP_FOR_RETRY" in line for line in second.stdout)
    assert waits
    assert second.poll() is None
    processes.go.touch()
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 0, said
    said, _ = second.communicate(timeout=120)
    assert second.returncode == 0, said
    kinds = whole(installation)
    assert (kinds.count("checked"), kinds.count("published")) == (2, 1)


@pytest.mark.slow
def test_a_night_that_is_killed_is_told_by_the_next_which_goes_on(
    installation: Installation, processes: Processes
) -> None:
    first = processes.start(EXECUTE, *DAGSTER, slow=True)
    processes.wait_until_held(first)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=30)
    home = dagster_home(installation.settings)
    with dg.DagsterInstance.from_config(home) as instance:
        (dead,) = instance.get_runs(dg.RunsFilter(statuses=[DagsterRunStatus.STARTED]))
    with webhook() as hook, pytest.MonkeyPatch.context() as patch:
        patch.setenv("YUSUAN_NOTIFY", hook.url)
        assert launch_nightly(installation.settings, lambda _: None).errors == []
    assert [body["run_id"] for body in hook.bodies] == [dead.run_id]
    with dg.DagsterInstance.from_config(home) as instance:
        assert instance.get_runs(dg.RunsFilter(statuses=[DagsterRunStatus.STARTED])) == []
    assert whole(installation).count("published") == 1


@pytest.mark.slow
def test_many_nights_leaves_a_bounded_home(installation: Installation) -> None:
    """20 nights with news, 5 runs remembered: from the tenth night on nothing grows."""
    settings = replace(installation.settings, keep_runs=5, keep_builds=2)
    installation.put_seed()
    sizes = []
    for night in range(20):
        installation.put(f"{night % 2}.txt", f"a\tb\n{night}\t2\n".encode())
        assert launch_nightly(settings, lambda _: None).errors == []
        sizes.append(_size(settings.dagster_home))
    sys.stdout.write(f"bytes after each night: {sizes}\n")
    assert len(list(settings.versions.iterdir())) == 2
    assert current_build_id(settings) is not None
    assert max(sizes[10:]) <= max(sizes[:10]) * 1.1, sizes


def _size(root: Path) -> int:
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
