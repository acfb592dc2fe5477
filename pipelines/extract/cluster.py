"""Calls on other machines: a Dask cluster behind the same interface as guarded workers.

A call goes to the scheduler with all it needs, bytes and frames, and comes back with its result:
no disk is shared, and a call whose machine died is run again elsewhere. On its machine it runs in
a guarded worker with the limits of this installation, so a hostile document ends that process and
not the cluster's. A machine whose code or data is not ours is refused before it reads anything.
"""

from __future__ import annotations

import pickle
import platform
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pipelines.extract.workers import GuardedExecutor, Limits, WorkerDiedError
from pipelines.fingerprints import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from distributed import Client

P = ParamSpec("P")
R = TypeVar("R")

#: Seconds in which a scheduler must answer, and a first worker be there.
CONNECT_SECONDS = 10
#: Seconds for which a cluster may be without any worker before its calls are given up.
PATIENCE_SECONDS = 60
#: Seconds between two looks at whether there are workers.
LOOK_SECONDS = 2
#: Calls travel with their bytes: so they can be run again. Dask warns of that from 10 MB on.
_LARGE = {"distributed.admin.large-graph-warning-threshold": "4GB"}


class ClusterError(BrokenExecutor):
    """A cluster cannot be used as it is; the message says why and what to do."""


class ClusterSilentError(OSError):
    """A cluster does not answer, or has no workers: that may pass."""


class ClusterExecutor(Executor):
    """Runs calls on a Dask cluster, each in a guarded worker there.

    A future ends as those of ``GuardedExecutor`` do, or with ``ClusterError`` or
    ``ClusterSilentError``: these are of the machines, not of a call.
    """

    def __init__(
        self, address: str, limits: Limits, prints: Mapping[str, str], config: Path | None
    ) -> None:
        """Connect, and refuse what is not ours.

        Args:
            address: Of the scheduler: ``tcp://host:port``.
            limits: For each call.
            prints: Fingerprints that a machine's code and data must have.
            config: The operator's own layouts and codes, at this path on each machine too.

        Raises:
            ClusterError: ``distributed`` is not installed, or a worker's fingerprints differ.
            ClusterSilentError: no scheduler answers, or it has no workers.
        """
        self._client = _connected(address)
        self._pool = self._client.get_executor(pure=False)
        self._answer = partial(answer, prints=dict(prints), config=config, limits=limits)
        self._calls: set[Future[Any]] = set()
        self._guard = threading.Lock()
        self._closed = threading.Event()
        try:
            self._refuse_others(prints, config)
        except BaseException:
            self._client.close()
            raise
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def slots(self) -> int:
        """Calls that run at once: threads of all workers that are there now."""
        return sum(self._client.nthreads().values()) or 1

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run a call on any machine."""
        ours: Future[R] = Future()
        ours.set_running_or_notify_cancel()
        with self._guard:
            self._calls.add(ours)
        theirs = self._pool.submit(self._answer, pickle.dumps((fn, args, kwargs)))
        theirs.add_done_callback(partial(self._arrived, ours))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster: at once if ``cancel_futures``, else when all calls are done."""
        if wait and not cancel_futures:
            wait_for(self._under_way())  # not for Dask's: these wait on when no worker is left
        self._closed.set()
        self._client.close()
        self._give_up(CancelledError())

    def _under_way(self) -> list[Future[Any]]:
        with self._guard:
            return list(self._calls)

    def _arrived(self, ours: Future[Any], theirs: Future[Any]) -> None:
        """Hand an answer on, in the words of guarded workers."""
        with self._guard:
            if ours not in self._calls:
                return  # given up
            self._calls.remove(ours)
        if theirs.cancelled():
            ours.set_exception(ClusterSilentError(_LOST))
        elif (error := theirs.exception()) is None:
            ours.set_result(pickle.loads(theirs.result()))  # noqa: S301 - a worker of ours
        else:
            ours.set_exception(_said(error))

    def _refuse_others(self, prints: Mapping[str, str], config: Path | None) -> None:
        if not self._client.nthreads():
            raise ClusterSilentError(
                "集群没有工作进程 / the cluster has no workers; start some: dask worker ADDRESS"
            )
        for address, found in self._client.run(own_prints, config).items():
            _assert_ours(found, prints, address)

    def _watch(self) -> None:
        """Give all calls up when nobody is there to answer them: Dask itself would wait on."""
        seen = time.monotonic()
        while not self._closed.wait(LOOK_SECONDS):
            if self._is_there():
                seen = time.monotonic()
            elif time.monotonic() - seen > PATIENCE_SECONDS:
                self._give_up(ClusterSilentError(_LOST))

    def _is_there(self) -> bool:
        try:
            scheduler = self._client.scheduler
            found = self._client.sync(scheduler.ncores, callback_timeout=CONNECT_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it is, no worker answered
            return False
        return bool(found)

    def _give_up(self, error: BaseException) -> None:
        with self._guard:
            calls, self._calls = self._calls, set()
        for call in calls:
            call.set_exception(error)


_LOST = (
    "集群失联：调度器或全部工作进程已不在；修复后重新运行，已完成的部分不会重做 / the cluster is "
    "gone: its scheduler, or all of its workers; mend it and run again, what is done stays done"
)


def answer(call: bytes, prints: Mapping[str, str], config: Path | None, limits: Limits) -> bytes:
    """On a machine of the cluster: what a call returns, pickled, if the code here is ours.

    Raises:
        ClusterError: it is not.
        Exception: what the call raised; as ``GuardedExecutor`` does.
    """
    _assert_ours(own_prints(config), prints, platform.node())
    function, args, kwargs = pickle.loads(call)  # noqa: S301 - from the night that we work for
    return pickle.dumps(_guarded(limits).submit(function, *args, **kwargs).result())


@cache
def own_prints(config: Path | None) -> dict[str, str]:
    """Fingerprints of the code that this process runs: taken once, when it first works for us.

    What changes on the disk later is not what runs, so a worker is restarted to be another.
    """
    return fingerprints(config) if config is None or config.is_dir() else {}


@cache
def _guarded(limits: Limits) -> GuardedExecutor:
    """The guarded workers of this process of the cluster: one for each call that it runs at once.

    They end with it.
    """
    from distributed import get_worker

    return GuardedExecutor(get_worker().state.nthreads, limits)


def _assert_ours(found: Mapping[str, str], wanted: Mapping[str, str], where: str) -> None:
    """Refuse a machine on which a stage would be another; ``where``: its address."""
    differing = sorted(stage for stage in wanted if found.get(stage) != wanted[stage])
    if differing:
        stages = ", ".join(differing)
        raise ClusterError(
            f"工作进程 {where} 的代码或数据与本机不同（{stages}），拒绝使用；请在该机安装同一版本、"
            "同一路径的同一配置目录，然后重启它 / a worker has other code or data than this "
            f"machine ({where}: {stages}) and is refused; install the same version there, with "
            "the same directory of configuration at the same path, and restart it"
        )


def _connected(address: str) -> Client:
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            "未安装 distributed，无法使用 --dask；请安装 yusuan[cluster] / distributed is not "
            f"installed, so --dask cannot be used ({error}); install yusuan[cluster]"
        ) from error
    dask.config.set(_LARGE)
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterSilentError(
            f"{address}: 没有调度器应答；应为 tcp://主机:端口，可用 dask scheduler 启动 / no "
            f"scheduler answers; expected tcp://host:port of one, start it by: dask scheduler "
            f"({error})"
        ) from error


def _said(error: BaseException) -> BaseException:
    """An error of Dask's own as guarded workers would say it."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return WorkerDiedError(
            f"执行它的工作进程一再终止 / workers that ran it died again and again: {error}"
        )
    return error
