"""Readings: what one version of code and data makes of one document with its sidecars.

A reading is known by its key before it is made, so what is unchanged is never made again.
Readings are made in batches; a batch is a directory of Parquet files, written once.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from pipelines.values.keys import stable_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.documents.state import LedgerState
    from pipelines.settings import Settings

#: The stage whose presence makes a batch complete.
ACCEPTED = "accepted"
#: Names the readings of a batch, in its ACCEPTED stage.
INDEX = "reading"


@dataclass(frozen=True, slots=True)
class ReadingKey:
    """A document, its sidecars, and the key of what today's code makes of them."""

    reading_id: str
    document_id: str
    sidecar_hashes: tuple[str, ...]


def reading_key(
    prints: Mapping[str, str], document_id: str, sidecar_hashes: tuple[str, ...]
) -> ReadingKey:
    """The reading that code of these fingerprints makes of a document with these sidecars."""
    stages = (prints["extract"], prints["read"])
    reading_id = stable_key(document_id, *stages, *sidecar_hashes)
    return ReadingKey(reading_id, document_id, sidecar_hashes)


def current_readings(prints: Mapping[str, str], state: LedgerState) -> list[ReadingKey]:
    """The reading each known document has today, in order of first sight."""
    return [reading_key(prints, d, state.sidecar_hashes(d)) for d in state.documents]


class ReadingStore:
    """Batches of readings in the cache."""

    def __init__(self, settings: Settings) -> None:
        """``settings`` say where the cache is."""
        self._root = settings.cache / "batches"

    def index(self) -> dict[str, str]:
        """Reading → batch, of all complete batches that can be read."""
        found: dict[str, str] = {}
        for path in sorted(self._root.glob(f"*/{ACCEPTED}/{INDEX}.parquet")):
            try:
                readings = pl.read_parquet(path, columns=["reading_id"])["reading_id"]
            except (OSError, PolarsError):
                continue  # damaged: its readings count as missing and are made again
            batch_id = path.parent.parent.name
            found.update(dict.fromkeys(readings, batch_id))
        return found

    def pending(self, keys: list[ReadingKey]) -> list[ReadingKey]:
        """Those of ``keys`` that no complete batch holds."""
        known = self.index()
        return [key for key in keys if key.reading_id not in known]

    @staticmethod
    def batch_id(keys: list[ReadingKey]) -> str:
        """Key of the batch that makes these readings."""
        return stable_key(*sorted(key.reading_id for key in keys))

    def write(self, batch_id: str, stage: str, frames: Mapping[str, pl.DataFrame]) -> None:
        """Write a stage of a batch: all of its frames, or none."""
        target = self._root / batch_id / stage
        temporary = target.with_name(f".{stage}.tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name, frame in frames.items():
            frame.write_parquet(temporary / f"{name}.parquet")
        shutil.rmtree(target, ignore_errors=True)
        temporary.replace(target)

    def read(self, batch_id: str, stage: str) -> dict[str, pl.DataFrame]:
        """The frames of a stage of a batch, by name."""
        paths = sorted(self.directory(batch_id, stage).glob("*.parquet"))
        return {path.stem: pl.read_parquet(path) for path in paths}

    def directory(self, batch_id: str, stage: str) -> Path:
        """Where a stage of a batch is kept."""
        return self._root / batch_id / stage
