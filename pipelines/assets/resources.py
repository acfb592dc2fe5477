"""The installation as a Dagster resource: its settings, and the writer's lock while a run lasts."""

from collections.abc import Generator
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr

from pipelines.documents.lock import acquire
from pipelines.night import Night
from pipelines.settings import Settings


class Warehouse(dg.ConfigurableResource["Warehouse"]):
    """One installation. Directories come from the environment, as everywhere.

    The lock is taken when a run begins and freed when it ends or dies: one writer across the
    command line and the daemon.
    """

    wait_for_lock_seconds: float = 60.0
    _night: Night | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator["Warehouse", None, None]:
        """Hold the writer's lock for the whole run.

        Raises:
            WarehouseBusyError: another process holds it and goes on holding it.
        """
        del context
        lock = acquire(Settings.resolve(), wait_seconds=self.wait_for_lock_seconds)
        try:
            yield self
        finally:
            lock.release()

    @property
    def night(self) -> Night:
        """The steps of a night over this installation."""
        if self._night is None:
            self._night = Night(Settings.resolve())
        return self._night
