"""Who does the work of a night: this process, guarded workers here, or a cluster; kept warm.

Whoever does it, results are the same: calls are pure, are made of the same pieces, and their
results are taken in the order of the calls.
"""

from __future__ import annotations

import weakref
from collections import deque
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pipelines.extract.workers import GuardedExecutor, limits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pipelines.extract.cluster import ClusterExecutor
    from pipelines.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
#: A function that can be imported, and its arguments.
Call = tuple["Callable[..., R]", tuple[Any, ...]]

#: Errors that are of the machine or its cluster, never of a document.
OF_THE_MACHINE = (OSError, MemoryError, BrokenExecutor, CancelledError)
#: Calls under way for each that runs: one runs, one waits for its worker.
AHEAD = 2


class Here(Executor):
    """Runs each call at once, in this process: what a night with one worker does."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run a call now."""
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the future's
            future.set_exception(error)
        return future


class Executors:
    """The executors of a night, each started when it is first needed.

    They end by ``close``, or with this object, or with this process.
    """

    def __init__(self, settings: Settings, prints: Mapping[str, str]) -> None:
        """Nothing is started yet.

        Args:
            settings: How many workers, with which limits, or which cluster.
            prints: Fingerprints that a machine of a cluster must have.
        """
        self._settings = settings
        self._prints = prints
        self._opened: GuardedExecutor | ClusterExecutor | None = None
        self._end: Callable[[], object] | None = None

    @contextmanager
    def guarded(self) -> Iterator[Executor]:
        """What risky formats are read by; after an exception it is ended at once.

        Raises:
            ClusterError, ClusterSilentError: the cluster cannot be used.
        """
        try:
            yield self._open()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def of_rooms(self, calls: int) -> Iterator[Executor]:
        """What many calls of the rooms are run by; a single one is not worth a process."""
        is_alone = self._settings.workers == 1 and self._settings.dask is None
        if calls <= 1 or is_alone:
            yield Here()
            return
        with self.guarded() as executor:
            yield executor

    def try_out(self) -> None:
        """Start and end them, to know that they can be used.

        Raises:
            ClusterError, ClusterSilentError: the cluster cannot be used.
        """
        with self.guarded():
            self.close()

    def close(self) -> None:
        """End what was started; calls that are under way are lost."""
        if self._end is not None:
            self._end()
        self._opened = self._end = None

    def _open(self) -> GuardedExecutor | ClusterExecutor:
        if self._opened is None:
            self._opened = opened = self._made()
            self._end = weakref.finalize(self, opened.shutdown, cancel_futures=True)
        return self._opened

    def _made(self) -> GuardedExecutor | ClusterExecutor:
        settings = self._settings
        limits = limits_of(settings)
        if settings.dask is None:
            return GuardedExecutor(settings.workers, limits)
        from pipelines.extract.cluster import ClusterExecutor

        return ClusterExecutor(settings.dask, limits, self._prints, settings.config)


def in_flight(executor: Executor, workers: int) -> int:
    """How many calls are held in memory at most; a cluster says itself how many run at once."""
    return AHEAD * int(getattr(executor, "slots", workers))


def in_order(calls: Iterable[Call[R]], executor: Executor, in_flight: int) -> Iterator[Future[R]]:
    """The done futures of calls, in the order of the calls; so many are made ahead at most."""
    flight: deque[Future[R]] = deque()
    for function, arguments in calls:
        flight.append(executor.submit(function, *arguments))
        if len(flight) >= in_flight:
            yield _done(flight.popleft())
    while flight:
        yield _done(flight.popleft())


def _done(future: Future[R]) -> Future[R]:
    future.exception()  # waits
    return future
