"""Guarded workers: what may crash, hang or eat all memory runs in processes of its own.

PDFium is C++; a hostile file may end the process that reads it. So each call runs in a warm worker
process with limits, one at a time. A worker that dies takes its own call with it and nothing else:
each has its own connection and shares no lock with others. (A pool over one shared pipe, as in
``concurrent.futures``, breaks as a whole when a worker dies at the wrong moment.)
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pipelines.extract.worker import OUT_OF_MEMORY, READY

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from types import TracebackType

    from pipelines.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

#: Calls after which a worker is replaced, so that what libraries leak does not add up.
CALLS_A_WORKER = 200
#: Seconds that a worker may take to start: it imports nothing heavy before its first call.
START_SECONDS = 60
#: Seconds from a worker's last word to its end.
END_SECONDS = 10
#: One thread each, as many as there are workers: more would only take address space.
_ONE_THREAD = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True)
class Limits:
    """What one call may take: address space of its process in MiB, CPU and wall time in seconds."""

    memory_mb: int
    cpu_seconds: int
    wall_seconds: float


class LimitReachedError(RuntimeError):
    """A call was ended at a limit; the message says at which."""


class WorkerDiedError(RuntimeError):
    """The process of a call died of something else; the message says how."""


class WorkerStartError(OSError):
    """No worker can be started: of the machine, not of a call."""


class GuardedExecutor(Executor):
    """Runs calls in warm worker processes with limits.

    Functions, arguments and results are pickled; functions by name, so they stand in modules. A
    future ends with the function's result or exception, ``LimitReachedError``,
    ``WorkerDiedError``, or ``WorkerStartError``. Nothing is started before the first call, and a
    worker ends with the executor or with this process, however that ends.
    """

    def __init__(self, workers: int, limits: Limits) -> None:
        """At most ``workers`` processes, with ``limits`` for each call."""
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="guarded")
        self._workers = [_Worker(limits) for _ in range(workers)]
        self._free: queue.LifoQueue[_Worker] = queue.LifoQueue()  # warm ones first
        for worker in self._workers:
            self._free.put(worker)

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run a call as soon as a worker is free."""
        return self._threads.submit(self._run, fn, args, kwargs)

    def _run(self, fn: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        call = pickle.dumps((fn, args, kwargs))
        worker = self._free.get()
        try:
            answer = worker.answer(call)
        finally:
            self._free.put(worker)
        returned, value = pickle.loads(answer)  # noqa: S301 - from our own worker
        if not returned:
            raise value
        result: R = value
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all workers: at once if ``cancel_futures``, else when all calls are done."""
        if cancel_futures:
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        if wait:
            self._end()
        else:
            threading.Thread(target=self._end).start()

    def _end(self) -> None:
        self._threads.shutdown(wait=True)
        for worker in self._workers:
            worker.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for all calls; after an exception (Ctrl-C is one) for none."""
        self.shutdown(cancel_futures=kind is not None)


def limits_of(settings: Settings) -> Limits:
    """Limits of a call, as the settings say."""
    return Limits(
        settings.worker_memory_mb, settings.worker_cpu_seconds, settings.worker_wall_seconds
    )


def guarded_by(settings: Settings, workers: int | None = None) -> GuardedExecutor:
    """Workers with such limits as the settings say, and as many unless a number is given."""
    return GuardedExecutor(workers or settings.workers, limits_of(settings))


class _Worker:
    """One process at a time, started when it is needed; used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection[Any, Any] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._calls = 0
        self._is_killed = False

    def answer(self, call: bytes) -> bytes:
        """What the process answers to a call.

        Raises:
            LimitReachedError, WorkerDiedError: it does not; the next call has a new process.
            WorkerStartError: there is no process.
            CancelledError: the worker was killed by this program.
        """
        connection = self._connection or self._start()
        try:
            connection.send_bytes(call)
            if not connection.poll(self._limits.wall_seconds):
                self.close()
                raise self._cause(None)
            answer: bytes = connection.recv_bytes()
        except (EOFError, ConnectionError):  # its end of the connection is closed
            raise self._cause(self.close(END_SECONDS)) from None
        self._calls += 1
        if self._calls >= CALLS_A_WORKER:
            self.close()
        return answer

    def kill(self) -> None:
        """End the process for good, from any thread; whoever waits for it is told."""
        with self._guard:
            self._is_killed = True
            if self._process is not None:
                self._process.kill()

    def close(self, wait_seconds: float = 0) -> int:
        """End the process, if it does not by itself; its exit code.

        What it left in its folder goes too.
        """
        code = self._ended(wait_seconds)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        return code

    def _ended(self, wait_seconds: float) -> int:
        process, connection = self._process, self._connection
        if process is None or connection is None:
            return 0
        connection.close()
        try:
            code = process.wait(wait_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        assert process.stdin is not None  # noqa: S101 - a pipe, see _start
        process.stdin.close()
        self._process = self._connection = None
        return code

    def _start(self) -> Connection[Any, Any]:
        here, there = Pipe()
        limits = (self._limits.memory_mb, self._limits.cpu_seconds)
        arguments = [str(number) for number in (there.fileno(), *limits)]
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1"), "PYTHONPATH": path}
        with tempfile.TemporaryFile() as said:
            with self._guard, there:
                if self._is_killed:
                    here.close()
                    raise CancelledError
                self._folder = tempfile.TemporaryDirectory(
                    prefix="yusuan-worker-", ignore_cleanup_errors=True
                )
                self._process = subprocess.Popen(  # noqa: S603 - this program itself
                    [sys.executable, "-P", "-m", "pipelines.extract.worker", *arguments],
                    stdin=subprocess.PIPE,  # closes with this process
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    pass_fds=[there.fileno()],
                    start_new_session=True,  # Ctrl-C is for this process to understand
                    env=environment | {"TMPDIR": self._folder.name},
                )
                self._connection, self._calls = here, 0
            if not _is_ready(here):
                self.close()
                if self._is_killed:
                    raise CancelledError
                said.seek(0)
                why = said.read().decode(errors="replace").strip()[-500:]
                raise WorkerStartError(
                    f"读取进程无法启动 / a reading process cannot be started: {why}"
                )
        return here

    def _cause(self, code: int | None) -> Exception:
        """Why there is no answer; ``code``: of the process that ended, none if it was too slow."""
        limits = self._limits
        if self._is_killed:
            return CancelledError()
        if code is None:
            return LimitReachedError(
                f"用时超过 {limits.wall_seconds:g} 秒 / took more than {limits.wall_seconds:g} "
                "seconds"
            )
        if code == OUT_OF_MEMORY:
            return LimitReachedError(
                f"内存超过 {limits.memory_mb} MiB / took more than {limits.memory_mb} MiB of memory"
            )
        if code == -signal.SIGXCPU:
            return LimitReachedError(
                f"处理器时间超过 {limits.cpu_seconds} 秒 / took more than {limits.cpu_seconds} "
                "seconds of CPU time"
            )
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return WorkerDiedError(
                f"读取进程因信号 {name} 终止 / the reading process was ended by signal {name}"
            )
        return WorkerDiedError(
            f"读取进程自行退出，代码 {code} / the reading process left by itself with code {code}"
        )


def _is_ready(connection: Connection[Any, Any]) -> bool:
    try:
        return connection.poll(START_SECONDS) and connection.recv_bytes() == READY
    except (EOFError, OSError):
        return False
