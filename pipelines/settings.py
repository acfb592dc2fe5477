"""Where things are: raw files, sidecars, the warehouse's state, the operator's configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass
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
DATABASE = "yusuan.duckdb"


@dataclass(frozen=True)
class Settings:
    """Directories of one installation, all absolute.

    Attributes:
        raw: Originals, never written to.
        warehouse: State made by runs: ledger, archive, caches, builds, Dagster's home.
        context: More sidecars, by file name, beside those in ``raw``; none if unset.
        config: The operator's own layouts and codes, added to the shipped ones; none if unset.
        keep_builds: How many published builds are kept.
    """

    raw: Path
    warehouse: Path
    context: Path | None = None
    config: Path | None = None
    keep_builds: int = 7

    @classmethod
    def resolve(
        cls,
        raw: Path | None = None,
        warehouse: Path | None = None,
        context: Path | None = None,
        config: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Settings:
        """What was given, else the environment, else ``raw/`` and ``warehouse/`` here."""
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
        )

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for processes that are started."""
        return {
            variable: str(value)
            for name, variable in ENVIRONMENT.items()
            if (value := getattr(self, name)) is not None
        }

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
    def candidate(self) -> Path:
        """The build that is being made."""
        return self.warehouse / "candidate"

    @property
    def lock(self) -> Path:
        """Guards writers; readers never wait for it."""
        return self.warehouse / ".writer.lock"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own state: observability, not truth."""
        return self.warehouse / "dagster_home"

    def directories(self) -> Iterator[tuple[str, Path | None]]:
        """The four directories by name, for people to read."""
        for name in ENVIRONMENT:
            yield name, getattr(self, name)
