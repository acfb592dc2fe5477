"""Where things are, how much is kept, who is told: one installation's settings."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Environment variables, one for each directory; options of the command line go before them.
ENVIRONMENT = {
    "raw": "YUSUAN_RAW",
    "warehouse": "YUSUAN_WAREHOUSE",
    "context": "YUSUAN_CONTEXT",
    "config": "YUSUAN_CONFIG",
}
#: … one for each number, with the smallest that makes sense …
NUMBERS = {
    "keep_builds": ("YUSUAN_KEEP_BUILDS", 1),
    "keep_runs": ("YUSUAN_KEEP_RUNS", 1),
    "settle_seconds": ("YUSUAN_SETTLE_SECONDS", 0),
    "stale_hours": ("YUSUAN_STALE_HOURS", 1),
    "build_memory_mb": ("YUSUAN_BUILD_MEMORY_MB", 512),
    "workers": ("YUSUAN_WORKERS", 1),
    "worker_memory_mb": ("YUSUAN_WORKER_MEMORY_MB", 1024),
    "worker_cpu_seconds": ("YUSUAN_WORKER_CPU_SECONDS", 1),
    "worker_wall_seconds": ("YUSUAN_WORKER_WALL_SECONDS", 1),
}
#: … one for the scheduler of a cluster …
CLUSTER = "YUSUAN_DASK"
#: … and one for all who are told that a night failed: addresses, separated by white space; they may
#: hold passwords.
NOTIFY = "YUSUAN_NOTIFY"
DATABASE = "yusuan.duckdb"
REPORT = "report.html"
#: MiB with which five million targets are built on two cores.
_LEAST_BUILD_MB = 2048


def _cores() -> int:
    """Cores that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _half_of_memory() -> int:
    """MiB, where the system tells how many there are."""
    try:
        pages = os.sysconf("SC_PHYS_PAGES")
        whole = pages * os.sysconf("SC_PAGE_SIZE") >> 20
    except (ValueError, OSError, AttributeError):
        return _LEAST_BUILD_MB
    return max(_LEAST_BUILD_MB, whole // 2)


class SettingError(ValueError):
    """A setting cannot be what it is; the message names the variable, and what it may be."""


@dataclass(frozen=True)
class Settings:
    """One installation: its directories, all absolute, and how it is run.

    Attributes:
        raw: Originals, never written to.
        warehouse: State made by runs: ledger, archive, caches, builds, Dagster's home.
        context: More sidecars, by file name, beside those in ``raw``; none if unset.
        config: The operator's own layouts and codes, added to the shipped ones; none if unset.
        keep_builds: How many published builds are kept.
        keep_runs: How many runs Dagster remembers: events and logs of older ones are deleted.
        settle_seconds: For how long nothing in ``raw`` may change before the sensor starts a night.
        stale_hours: After how many hours without a look at ``raw`` the warehouse counts as stale.
        build_memory_mb: Memory in MiB that DuckDB may take while a build is made and checked; what
            does not fit goes to the disk. Half of this machine's, at least 2 GiB.
        workers: How many processes read and understand documents; as many as there are cores. One:
            only risky formats are read in a process of their own.
        dask: Scheduler of a Dask cluster that does their work, ``tcp://host:port``; none if unset.
        worker_memory_mb: Address space in MiB that such a process may take; half a GiB of it is
            taken by what the readers import.
        worker_cpu_seconds: CPU time for one document.
        worker_wall_seconds: Time on the clock for one document.
        notify: Addresses that notices go to: ``https://…`` of a webhook, ``smtps://…`` of a mail
            server with sender and recipients (``notices.channels``).
    """

    raw: Path
    warehouse: Path
    context: Path | None = None
    config: Path | None = None
    keep_builds: int = 7
    keep_runs: int = 60
    settle_seconds: int = 120
    stale_hours: int = 26
    build_memory_mb: int = field(default_factory=_half_of_memory)
    workers: int = field(default_factory=_cores)
    dask: str | None = None
    worker_memory_mb: int = 4096
    worker_cpu_seconds: int = 120
    worker_wall_seconds: int = 300
    notify: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def resolve(
        cls,
        raw: Path | None = None,
        warehouse: Path | None = None,
        context: Path | None = None,
        config: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Settings:
        """What was given, else the environment, else ``raw/`` and ``warehouse/`` here.

        Raises:
            SettingError: a number in the environment is none, or too small.
        """
        env = os.environ if environ is None else environ

        def given(name: str, value: Path | None) -> Path | None:
            text = env.get(ENVIRONMENT[name])
            chosen = value if value is not None else Path(text) if text else None
            return chosen.expanduser().absolute() if chosen is not None else None

        return cls(
            raw=given("raw", raw) or Path("raw").absolute(),
            warehouse=given("warehouse", warehouse) or Path("warehouse").absolute(),
            context=given("context", context),
            config=given("config", config),
            notify=tuple((env.get(NOTIFY) or "").split()),
            dask=env.get(CLUSTER) or None,
            **_numbers(env),
        )

    def worked_by(self, workers: int | None, dask: str | None) -> Settings:
        """The same installation with other workers, where they are given."""
        return replace(self, workers=workers or self.workers, dask=dask or self.dask)

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for processes that are started."""
        numbers = {name: variable for name, (variable, _) in NUMBERS.items()}
        found = {
            variable: str(value)
            for name, variable in {**ENVIRONMENT, **numbers, "dask": CLUSTER}.items()
            if (value := getattr(self, name)) is not None
        }
        return found | ({NOTIFY: " ".join(self.notify)} if self.notify else {})

    @property
    def ledger(self) -> Path:
        """The append-only ledger: with the archive, the only state that cannot be rebuilt."""
        return self.warehouse / "ledger.duckdb"

    @property
    def archive(self) -> Path:
        """Every byte ever taken in, by SHA-256."""
        return self.warehouse / "archive"

    @property
    def cache(self) -> Path:
        """Grids and readings: rebuilt whenever they are missing."""
        return self.warehouse / "cache"

    @property
    def versions(self) -> Path:
        """Published builds, a directory each."""
        return self.warehouse / "versions"

    @property
    def current(self) -> Path:
        """Symbolic link to the directory of the current build."""
        return self.warehouse / "current"

    @property
    def published(self) -> Path:
        """The published warehouse, as readers open it."""
        return self.current / DATABASE

    @property
    def report(self) -> Path:
        """The report of the published build: a page for people, beside it."""
        return self.current / REPORT

    @property
    def candidate(self) -> Path:
        """The build that is being made."""
        return self.warehouse / "candidate"

    def duckdb_config(self) -> dict[str, str | bool | int | float | list[str]]:
        """How DuckDB is held to its memory while a build is made and checked.

        What does not fit goes beside the candidate, and goes with it if this run dies.
        """
        return {
            "memory_limit": f"{self.build_memory_mb}MiB",
            "temp_directory": str(self.candidate / "spill"),
            "preserve_insertion_order": False,  # every insert says its order
        }

    @property
    def lock(self) -> Path:
        """Guards writers; readers never wait for it. Its text says who holds it."""
        return self.warehouse / ".writer.lock"

    @property
    def notices(self) -> Path:
        """Notices to people, a file each: what is to be sent, and what was."""
        return self.warehouse / "notices"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own state: observability, not truth."""
        return self.warehouse / "dagster_home"

    def directories(self) -> Iterator[tuple[str, Path | None]]:
        """The four directories by name, for people to read."""
        for name in ENVIRONMENT:
            yield name, getattr(self, name)


def _numbers(env: Mapping[str, str]) -> dict[str, int]:
    found = {}
    for name, (variable, least) in NUMBERS.items():
        text = (env.get(variable) or "").strip()
        if not text:
            continue
        if not text.isdecimal() or int(text) < least:
            raise SettingError(
                f"{variable}={text}: 应为不小于 {least} 的整数 / expected a whole number, at least "
                f"{least}; correct it, or leave it out"
            )
        found[name] = int(text)
    return found
