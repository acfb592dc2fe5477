"""A worker process of ``GuardedExecutor``: calls come by a connection, one at a time.

Started as ``python -m pipelines.extract.worker FD MEMORY_MB CPU_SECONDS``. It is a program of its
own, so that no ``__main__`` of whoever started it is run again, and it holds nothing but what its
calls import.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import resource
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a worker says once it can take calls.
READY = b"ready"
#: Exit code of a worker in which memory came to its end: what it holds then is not used again.
OUT_OF_MEMORY = 87


def main(fd: int, memory_mb: int, cpu_seconds: int) -> None:
    """Answer calls until the connection closes.

    Limits hold while a call runs and its answer is pickled, never while bytes go through the
    connection: so no message is cut short by a limit.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # Linux: short of memory, it ends a worker, not its parent
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    connection = Connection(fd)
    connection.send_bytes(READY)
    while True:
        try:
            call = connection.recv_bytes()
        except (EOFError, OSError):  # closed: there is nothing more to do
            return
        connection.send_bytes(_answer(call, memory_mb, cpu_seconds))


def _end_with_parent() -> None:
    """Standard input is a pipe that closes when the parent ends, however it ends."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


def _answer(call: bytes, memory_mb: int, cpu_seconds: int) -> bytes:
    """The pickled pair of whether a call returned, and what it returned or raised."""
    try:
        function, args, kwargs = pickle.loads(call)  # noqa: S301 - from the parent
        with _limits(memory_mb, cpu_seconds):
            return pickle.dumps((True, function(*args, **kwargs)))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
        return pickle.dumps((False, _portable(error)))


@contextlib.contextmanager
def _limits(memory_mb: int, cpu_seconds: int) -> Iterator[None]:
    """Limits of this process: address space in all, CPU time from now on.

    The kernel ends a process that goes beyond its CPU time (SIGXCPU).
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime + cpu_seconds)
    soft = {resource.RLIMIT_AS: memory_mb << 20, resource.RLIMIT_CPU: until}
    before = {kind: resource.getrlimit(kind) for kind in soft}
    for kind, most in soft.items():
        allowed = before[kind][1]
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(kind, (least, allowed))
    try:
        yield
    finally:
        for kind, limits in before.items():
            resource.setrlimit(kind, limits)


def _portable(error: BaseException) -> Exception:
    """The error, if the parent can have it as it is; else one that says the same."""
    if isinstance(error, Exception):
        with contextlib.suppress(Exception):  # an error's own code may do anything
            if type(pickle.loads(pickle.dumps(error))) is type(error):  # noqa: S301 - our own
                return error
    return RuntimeError(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
