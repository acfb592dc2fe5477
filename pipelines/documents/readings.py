"""Readings: what one version of code and data makes of one document with its sidecars.

A reading is known by its key before it is made, so what is unchanged is never made again.
Readings are made in batches; a batch is a directory of Parquet files a stage, written once, with a
manifest of their sizes and SHA-256. A file that was lost or cut short is noticed without reading
it; what else became of a batch is noticed once a night, before anything rests on it (``sweep``).
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from pipelines.documents.archive import sha256_of_file
from pipelines.values.keys import stable_key

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from pipelines.documents.state import LedgerState
    from pipelines.settings import Settings

#: The stage whose presence makes a batch complete.
ACCEPTED = "accepted"
#: Names the readings of a batch, in its ACCEPTED stage.
INDEX = "reading"
#: Names the files of a stage, with their sizes in bytes and their SHA-256.
MANIFEST = "manifest.json"


class StageError(RuntimeError):
    """A stage of a batch is not what was written; the message names its directory."""


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
        """Reading → batch, of all complete batches that can be read.

        Looked up anew each time: what was damaged since the last look must not count as made.
        """
        found: dict[str, str] = {}
        for path in sorted(self._root.glob(f"*/{ACCEPTED}")):
            if not _is_whole(path):
                continue  # its readings count as missing and are made again
            try:
                index = pl.read_parquet(path / f"{INDEX}.parquet", columns=["reading_id"])
            except (OSError, PolarsError):
                continue
            found.update(dict.fromkeys(index["reading_id"], path.parent.name))
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
        files = {path.name: _print(path) for path in sorted(temporary.iterdir())}
        (temporary / MANIFEST).write_text(json.dumps(files), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        temporary.replace(target)

    def sweep(self) -> int:
        """Remove batches that are not, byte by byte, what was written; count them.

        So go what a run that died left half-made, too. To be called when no batch is in the making.
        """
        batches = [path for path in self._root.glob("*") if not _is_unchanged(path / ACCEPTED)]
        for path in batches:
            shutil.rmtree(path)
        return len(batches)

    def retire(self, needed: Container[str]) -> int:
        """Remove batches of which no reading is needed any more; count them.

        An earlier program's reading is needed as long as a version's rows are taken from it.
        """
        batches: dict[str, bool] = {}
        for reading_id, batch_id in self.index().items():
            batches[batch_id] = batches.get(batch_id, False) or reading_id in needed
        old = [batch_id for batch_id, is_needed in batches.items() if not is_needed]
        for batch_id in old:
            shutil.rmtree(self._root / batch_id)
        return len(old)

    def forget(self, keys: Iterable[ReadingKey]) -> int:
        """Drop the batches that hold these readings, so that they are made again; count batches.

        The other readings of such a batch are made again too, from grids that are cached.
        """
        index = self.index()
        batches = {index[key.reading_id] for key in keys if key.reading_id in index}
        for batch_id in batches:
            shutil.rmtree(self._root / batch_id)
        return len(batches)

    def readings_with(self, table: str, column: str, value: str) -> set[str]:
        """Readings that have a row with this value in a table of their ACCEPTED stage."""
        found: set[str] = set()
        for batch_id in set(self.index().values()):
            path = self.directory(batch_id, ACCEPTED) / f"{table}.parquet"
            rows = pl.scan_parquet(path).filter(pl.col(column) == value).select("reading_id")
            found.update(rows.collect()["reading_id"])
        return found

    def read(self, batch_id: str, stage: str) -> dict[str, pl.DataFrame]:
        """The frames of a stage of a batch, by name; none if the stage was not written.

        Raises:
            StageError: it is damaged. It is removed first, so the next run makes it anew.
        """
        directory = self.directory(batch_id, stage)
        if not directory.exists():
            return {}
        try:
            return {
                name.removesuffix(".parquet"): pl.read_parquet(directory / name)
                for name in _manifest(directory)
            }
        except (OSError, PolarsError, ValueError) as error:
            shutil.rmtree(directory)
            raise StageError(
                f"{directory}: 中间结果缺失或损坏，已删除；请重新运行，将自动重建 / a file of this "
                f"stage is missing or damaged ({error}); the stage was removed: run again and it "
                "is made anew"
            ) from error

    def directory(self, batch_id: str, stage: str) -> Path:
        """Where a stage of a batch is kept."""
        return self._root / batch_id / stage


def _print(path: Path) -> list[int | str]:
    """Size and SHA-256 of a file."""
    return [path.stat().st_size, sha256_of_file(path)]


def _manifest(directory: Path) -> dict[str, list[int | str]]:
    """File → its size in bytes and its SHA-256, as written.

    Raises:
        OSError, ValueError: there is no manifest, or it is none.
    """
    files = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(files, dict) or not all(isinstance(said, list) for said in files.values()):
        raise ValueError(f"{MANIFEST}: {files!r}, expected names, sizes and SHA-256 of files")
    return files


def _is_whole(directory: Path) -> bool:
    """Whether every file that was written is there, with its size."""
    try:
        files = _manifest(directory)
        return all((directory / n).stat().st_size == said[0] for n, said in files.items())
    except (OSError, ValueError, IndexError):
        return False


def _is_unchanged(directory: Path) -> bool:
    """Whether every file that was written is there, as it was written."""
    try:
        return all(_print(directory / n) == said for n, said in _manifest(directory).items())
    except (OSError, ValueError):
        return False
