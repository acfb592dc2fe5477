"""The installation as a Dagster resource: its settings, and the writer's lock while a run lasts."""

from collections.abc import Generator
from contextlib import contextmanager

import dagster as dg
from filelock import FileLock
from pydantic import PrivateAttr

from pipelines.assets.housekeeping import RunMark, bury, tidy
from pipelines.documents.lock import WarehouseBusyError, acquire
from pipelines.night import Night
from pipelines.notices.message import night_failed
from pipelines.notices.outbox import tell
from pipelines.settings import Settings


class Warehouse(dg.ConfigurableResource["Warehouse"]):
    """One installation. Directories come from the environment, as everywhere.

    The lock is taken when a run begins and freed when it ends or dies: one writer across the
    command line and the daemon. If another holds it then, the first step asks for it again, so
    that waiting shows as what it is: a step that is tried again.

    ``workers`` and ``dask`` of a run's configuration go before the environment: so one run may
    have a cluster.
    """

    wait_for_lock_seconds: float = 60.0
    workers: int | None = None
    dask: str | None = None
    _night: Night | None = PrivateAttr(default=None)
    _lock: FileLock | None = PrivateAttr(default=None)
    _context: dg.InitResourceContext | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator["Warehouse", None, None]:
        """Hold the writer's lock for the whole run; at its end let go of old runs."""
        self._context = context
        try:
            self._take_lock(0)
        except WarehouseBusyError as error:
            _warn(context, str(error))
        try:
            yield self
        finally:
            if self._night is not None:
                self._night.close()
            if self._lock is not None:
                RunMark(Settings.resolve()).clear()
                self._lock.release()
            _tidied(context)

    @property
    def night(self) -> Night:
        """The steps of a night over this installation.

        Raises:
            WarehouseBusyError: another process holds the lock and goes on holding it.
        """
        if self._night is None:
            self._take_lock(self.wait_for_lock_seconds)
            self._night = Night(Settings.resolve().worked_by(self.workers, self.dask))
        return self._night

    def _take_lock(self, wait_seconds: float) -> None:
        """Become the writer, and say so for a run that died as the writer before."""
        if self._lock is not None:
            return
        settings = Settings.resolve()
        self._lock = acquire(settings, wait_seconds)
        context = self._context
        if context is None or context.instance is None or context.run is None:
            return
        if (dead := bury(settings, context.instance)) is not None:
            said = "进程中途结束 / the process of the run ended without a word"
            tell(settings, night_failed(settings, said, dead.run_id))
        RunMark(settings).write(context.run.run_id)


def _tidied(context: dg.InitResourceContext) -> None:
    """Let go of old runs. That they cannot be deleted now is no reason for a night to fail."""
    if context.instance is None:
        return
    try:
        tidy(Settings.resolve(), context.instance)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and the night stands
        _warn(context, f"旧运行记录未能清理 / old runs were not deleted: {error}")


def _warn(context: dg.InitResourceContext, said: str) -> None:
    if context.log is not None:
        context.log.warning(said)
