"""Staged frames of the current readings, from the batches of the cache."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.readings import ACCEPTED, INDEX, MANIFEST, ReadingKey, ReadingStore
from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.settings import Settings


class StagedReadings:
    """Accepted frames of all batches, each readable by table name."""

    def __init__(self, settings: Settings, keys: list[ReadingKey]) -> None:
        """``keys``: the readings that are current; every one must be in a complete batch.

        Raises:
            LookupError: a current reading has not been made.
        """
        store = ReadingStore(settings)
        self.index = store.index()
        self.keys = {key.reading_id: key for key in keys}
        missing = [reading_id for reading_id in self.keys if reading_id not in self.index]
        if missing:
            raise LookupError(f"{len(missing)} readings have not been made: {missing[:3]}")
        self._directories = [
            store.directory(batch_id, ACCEPTED) for batch_id in sorted(set(self.index.values()))
        ]

    def paths(self, table: str) -> list[Path]:
        """Parquet files of a table, one a batch; an older batch may not know the table yet."""
        paths = [directory / f"{table}.parquet" for directory in self._directories]
        return [path for path in paths if path.exists()]

    def readings(self) -> pl.DataFrame:
        """All readings that are kept, and their batches: ``reading_id, document_id, manifest``.

        ``manifest`` is the SHA-256 of what says which bytes were written of its batch.
        """
        return self._kept.drop("directory_no")

    @cached_property
    def _kept(self) -> pl.DataFrame:
        frames = [
            pl.read_parquet(
                path / f"{INDEX}.parquet", columns=["reading_id", "document_id"]
            ).with_columns(
                manifest=pl.lit(sha256((path / MANIFEST).read_bytes()).hexdigest()),
                directory_no=pl.lit(number),
            )
            for number, path in enumerate(self._directories)
        ]
        shape = {"directory_no": pl.Int32} | dict.fromkeys(
            ("reading_id", "document_id", "manifest"), pl.String
        )
        return pl.concat(frames) if frames else pl.DataFrame(schema=shape)

    def of_documents(self, document_ids: pl.Series) -> StagedReadings:
        """The batches that hold any reading of these documents, and today's readings of these."""
        mine = self._kept.filter(pl.col("document_id").is_in(document_ids.implode()))
        part = self._of([self._directories[number] for number in sorted(set(mine["directory_no"]))])
        kept = set(mine["reading_id"])
        part.keys = {reading_id: key for reading_id, key in self.keys.items() if reading_id in kept}
        return part

    def _of(self, directories: list[Path]) -> StagedReadings:
        """The same, of these batches alone."""
        part = copy(self)
        part._directories = directories  # noqa: SLF001 - a copy of this one
        for remembered in ("_kept", "_statements"):
            part.__dict__.pop(remembered, None)
        return part

    def batches(self) -> Iterator[StagedReadings]:
        """The staged rows of each batch, alone."""
        return (self._of([directory]) for directory in self._directories)

    def by_batch(self, statement_ids: pl.Series) -> Iterator[tuple[StagedReadings, pl.Series]]:
        """These statements batch by batch, each time with the staged rows of that batch alone.

        So what is done with all of them needs no more memory than a batch does. A statement that
        several batches hold is of the first.
        """
        left = statement_ids.unique()
        for directory in self._directories:
            if left.is_empty() or not (path := directory / "statement.parquet").exists():
                continue
            there = pl.read_parquet(path, columns=["statement_id"])["statement_id"]
            mine = left.filter(left.is_in(there.implode()))
            if mine.is_empty():
                continue
            left = left.filter(~left.is_in(mine.implode()))
            yield self._of([directory]), mine

    def frame(self, table: str) -> pl.DataFrame:
        """All staged rows of a table, of current readings and of earlier ones."""
        frames = [pl.read_parquet(path) for path in self.paths(table)]
        return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()

    def of_statements(
        self, table: str, statement_ids: pl.Series, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Staged rows of these statements only, and these columns if some are named.

        The others are not read into memory. A named column that an older batch does not know is
        null in its rows.
        """
        if statement_ids.is_empty():
            return pl.DataFrame()
        wanted = pl.col("statement_id").is_in(statement_ids.unique().implode())
        frames = []
        for path in self.paths(table):
            scan = pl.scan_parquet(path).filter(wanted)
            if columns is not None:
                there = scan.collect_schema().names()
                types = tables()[table].polars_schema()
                scan = scan.select(
                    pl.col(c) if c in there else pl.lit(None, dtype=types[c]).alias(c)
                    for c in columns
                )
            frames.append(scan.collect())
        return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()

    def statements(self, *, current: bool) -> pl.DataFrame:
        """Statements of the current readings, or of all that are still kept."""
        if not current:
            return self._statements
        return self._statements.filter(pl.col("reading_id").is_in(list(self.keys)))

    @cached_property
    def _statements(self) -> pl.DataFrame:
        frame = self.frame("statement")
        shape = tables()["statement"].polars_schema()
        return pl.DataFrame(schema=shape) if frame.is_empty() else frame
