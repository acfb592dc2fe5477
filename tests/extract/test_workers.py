"""Guarded workers: whatever a call does, it ends alone, and is told."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.extract import workers as workers_module
from pipelines.extract.workers import (
    GuardedExecutor,
    LimitReachedError,
    Limits,
    WorkerDiedError,
    WorkerStartError,
)
from tests.extract import fakes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
WIDE = Limits(memory_mb=2048, cpu_seconds=60, wall_seconds=60)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # one that nobody waited for has ended, too
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def executor() -> Iterator[GuardedExecutor]:
    with GuardedExecutor(2, WIDE) as executor:
        yield executor


def limited(**limits: float) -> GuardedExecutor:
    return GuardedExecutor(1, Limits(**{**vars(WIDE), **limits}))


class TestCalls:
    def test_results_and_exceptions_come_back(self, executor: GuardedExecutor) -> None:
        assert [executor.submit(fakes.double, n).result() for n in range(3)] == [0, 2, 4]
        with pytest.raises(ValueError, match="那是什么"):
            executor.submit(fakes.fail).result()
        with pytest.raises(RuntimeError, match=r"^PeculiarError: quite peculiar$"):
            executor.submit(fakes.fail_peculiarly).result()
        with pytest.raises(RuntimeError, match=r"^SystemExit: 3$"):
            executor.submit(fakes.system_exit).result()
        with pytest.raises((AttributeError, pickle.PicklingError), match="pickle"):
            executor.submit(fakes.unpicklable).result()
        with pytest.raises((AttributeError, pickle.PicklingError), match="pickle"):
            executor.submit(lambda: None).result()

    def test_large_messages_go_both_ways(self, executor: GuardedExecutor) -> None:
        data = os.urandom(1 << 20) * 64
        assert executor.submit(fakes.echo, data).result() == data

    def test_workers_are_warm_and_replaced_after_some_calls(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workers_module, "CALLS_A_WORKER", 3)
        with limited() as executor:
            pids = [executor.submit(fakes.pid).result() for _ in range(7)]
        assert [len(set(pids[n : n + 3])) for n in (0, 3, 6)] == [1, 1, 1]
        assert len(set(pids)) == 3
        assert os.getpid() not in pids

    def test_nothing_is_started_before_the_first_call(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def started(*_: Any, **__: Any) -> None:
            raise AssertionError("a process was started")

        monkeypatch.setattr(subprocess, "Popen", started)
        with GuardedExecutor(2, WIDE) as executor:
            pass
        with GuardedExecutor(2, WIDE) as executor, pytest.raises(AssertionError, match="started"):
            executor.submit(fakes.pid).result()

    def test_a_worker_that_cannot_start_is_of_the_machine(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = tmp_path / "python"
        broken.write_text("#!/bin/sh\necho no library >&2\nexit 1\n")
        broken.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(broken))
        with limited() as executor, pytest.raises(WorkerStartError, match=r"started: no library$"):
            executor.submit(fakes.pid).result()


class TestDeaths:
    @pytest.mark.parametrize(
        ("act", "said"),
        [
            (fakes.segfault, "SIGSEGV"),
            (fakes.abort, "SIGABRT"),
            (fakes.killed, "SIGKILL"),
            (fakes.leave, "code 3"),
        ],
    )
    def test_a_death_is_told_and_others_are_unharmed(
        self, executor: GuardedExecutor, act: Callable[[], Any], said: str
    ) -> None:
        beside = executor.submit(fakes.nap, 0.5)
        dying = [executor.submit(act) for _ in range(4)]
        after = [executor.submit(fakes.double, n) for n in range(8)]
        for future in dying:
            with pytest.raises(WorkerDiedError, match=said):
                future.result()
        assert beside.result() == 0.5
        assert [future.result() for future in after] == [2 * n for n in range(8)]

    def test_what_a_killed_worker_leaves_goes_with_it(self, executor: GuardedExecutor) -> None:
        left = [Path(executor.submit(fakes.work_left_behind).result()) for _ in range(3)]
        assert all(folder.is_dir() for folder in left)
        for future in [executor.submit(fakes.killed) for _ in range(4)]:
            with pytest.raises(WorkerDiedError):
                future.result()
        executor.shutdown()
        assert not any(folder.exists() for folder in left)

    def test_a_worker_killed_while_idle_harms_no_call(self, executor: GuardedExecutor) -> None:
        os.kill(pid := executor.submit(fakes.pid).result(), signal.SIGKILL)
        wait_until(lambda: not is_running(pid))
        with pytest.raises(WorkerDiedError, match="SIGKILL"):
            executor.submit(fakes.pid).result()
        assert executor.submit(fakes.double, 4).result() == 8


class TestLimits:
    def test_wall(self) -> None:
        with limited(wall_seconds=0.5) as executor:
            with pytest.raises(LimitReachedError, match=r"0\.5 秒 / took more than 0\.5 seconds"):
                executor.submit(fakes.hang).result()
            assert executor.submit(max, 1, 2).result() == 2

    @pytest.mark.slow
    def test_cpu_is_counted_for_each_call(self) -> None:
        with limited(cpu_seconds=1) as executor:
            assert [executor.submit(fakes.burn_for, 0.6).result() for _ in range(4)] == [0.6] * 4
            with pytest.raises(LimitReachedError, match="more than 1 seconds of CPU time"):
                executor.submit(fakes.burn).result()
            assert executor.submit(fakes.double, 1).result() == 2

    @pytest.mark.parametrize("act", [fakes.memory_bomb, fakes.memory_bomb_of_pickle])
    def test_memory(self, act: Callable[[], Any]) -> None:
        with limited(memory_mb=768) as executor:
            before = executor.submit(fakes.pid).result()
            with pytest.raises(LimitReachedError, match="more than 768 MiB of memory"):
                executor.submit(act).result()
            assert executor.submit(fakes.pid).result() != before


class TestEnds:
    def test_leaving_waits_for_what_was_submitted(self) -> None:
        with GuardedExecutor(2, WIDE) as executor:
            pid = executor.submit(fakes.pid).result()
            naps = [executor.submit(fakes.nap, 0.1) for _ in range(4)]
        assert all(nap.done() for nap in naps)
        assert not is_running(pid)
        with pytest.raises(RuntimeError, match="shutdown"):
            executor.submit(fakes.pid)

    def test_not_waiting_ends_the_workers_later(self) -> None:
        executor = GuardedExecutor(1, WIDE)
        pid = executor.submit(fakes.pid).result()
        nap = executor.submit(fakes.nap, 0.3)
        executor.shutdown(wait=False)
        assert not nap.done()
        assert nap.result() == 0.3
        wait_until(lambda: not is_running(pid))

    @pytest.mark.parametrize("kind", [ZeroDivisionError, KeyboardInterrupt])
    def test_an_exception_ends_all_at_once(self, kind: type[BaseException]) -> None:
        futures, pids = [], []
        began = time.monotonic()
        with pytest.raises(kind), GuardedExecutor(2, WIDE) as executor:  # noqa: PT012
            pids = [executor.submit(fakes.pid).result()]
            futures = [executor.submit(fakes.hang) for _ in range(5)]
            time.sleep(0.2)
            raise kind
        assert time.monotonic() - began < 30
        assert not any(is_running(pid) for pid in pids)
        for future in futures:
            with pytest.raises(CancelledError):
                future.result(timeout=0)

    @pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_no_worker_outlives_its_parent(self, tmp_path: Path, end: signal.Signals) -> None:
        """The program has no guard for ``__main__``: a worker that ran it again would show."""
        program = tmp_path / "program.py"
        program.write_text(
            "import signal\n"
            "from pipelines.extract.workers import GuardedExecutor, Limits\n"
            "from tests.extract import fakes\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "with GuardedExecutor(2, Limits(2048, 60, 60)) as executor:\n"
            "    first = executor.submit(fakes.nap, 0.5)\n"
            "    print(executor.submit(fakes.pid).result(), flush=True)\n"
            "    first.result()\n"
            "    futures = [executor.submit(fakes.hang) for _ in range(3)]\n"
            "    print('hanging', flush=True)\n"
            "    futures[0].result()\n"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            [sys.executable, str(program)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        ) as parent:
            assert parent.stdout is not None
            said = [parent.stdout.readline().strip() for _ in range(2)]
            assert said[1] == "hanging"
            wait_until(lambda: len(workers_of(parent.pid)) == 2)
            pids = workers_of(parent.pid)
            assert int(said[0]) in pids
            parent.send_signal(end)
            parent.wait(20)
            assert parent.stdout.read() == ""
        wait_until(lambda: not any(is_running(pid) for pid in pids))


def workers_of(parent: int) -> list[int]:
    """Children of a process that are workers."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            ppid = int(stat.read_text().rpartition(")")[2].split()[1])
            command = stat.with_name("cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if ppid == parent and b"pipelines.extract.worker\0" in command:
            found.append(int(stat.parent.name))
    return found
