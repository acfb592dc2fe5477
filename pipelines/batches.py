"""Batches of readings through the rooms: by whom each piece is made, and what becomes of failures.

Pieces are cut by count alone and taken in order, so that no worker's speed shows in the data. What
ends a worker (a limit, a crash) is halved until the document is found that does it: that one
waits, with the cause, and the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.context import document_context
from pipelines.documents.damaged import note_damaged
from pipelines.documents.readings import ACCEPTED
from pipelines.extract.executors import OF_THE_MACHINE, in_flight, in_order
from pipelines.extract.workers import LimitReachedError, WorkerDiedError
from pipelines.isolation import failing, halves
from pipelines.rooms import BEFORE, Made, made, recognised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future

    from pipelines.documents.archive import Archive
    from pipelines.documents.readings import ReadingKey, ReadingStore
    from pipelines.extract.cache import GridCache
    from pipelines.extract.executors import Call, Executors
    from pipelines.extract.second_cache import SecondReadings
    from pipelines.rooms import Frames, Reading
    from pipelines.settings import Settings

#: Documents read together: enough to think in columns, few enough for memory.
BATCH = 500
#: Documents recognised by one call: it goes document by document, so cores can share a batch.
SLICE = 50
#: What ends a worker, and may be of one document's making.
_LOST = (LimitReachedError, WorkerDiedError)
#: Which frames of each stage are counted and shown.
_TOLD = {
    "recognised": ("statement", "join", "item"),
    "normalised": ("row", "amount", "indicator", "value", "clause"),
    "conformed": ("project_line", "printed_amount", "target", "fact_source"),
    ACCEPTED: ("statement", "control_total", "finding", "quarantine_item"),
}


@dataclass
class StepResult:
    """What a step did: counts by name, what else is told of it, and frames to look at."""

    counts: dict[str, int] = field(default_factory=dict)
    told: dict[str, float | dict[str, int]] = field(default_factory=dict)
    samples: dict[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Batches:
    """What takes readings from grids to acceptance, stage by stage."""

    settings: Settings
    archive: Archive
    store: ReadingStore
    grids: GridCache
    second: SecondReadings
    executors: Executors

    def recognise(self, keys: Sequence[ReadingKey]) -> StepResult:
        """Grids to statements."""
        result = StepResult({"documents": len(keys)})
        batches = _batches(keys)
        slices = [part for batch in batches for part in _cut(batch, SLICE)]
        with self.executors.of_rooms(len(slices)) as executor:
            config = self.settings.config
            calls: Iterator[Call[dict[str, pl.DataFrame]]] = (
                (recognised, (self._readings(part), {}, config)) for part in slices
            )
            done = in_order(calls, executor, in_flight(executor, self.settings.workers))
            parts = (self._believed(*one, executor) for one in zip(slices, done, strict=True))
            for batch in batches:
                frames = united(list(islice(parts, -(-len(batch) // SLICE))))
                self._write(result, self.store.batch_id(batch), "recognised", frames)
        return result

    def later(self, stage: str, keys: Sequence[ReadingKey]) -> StepResult:
        """A stage after recognition, of all batches; a document on which it fails waits."""
        result = StepResult({"documents": len(keys)})
        batches = [(self.store.batch_id(batch), batch) for batch in _batches(keys)]
        config = self.settings.config
        with self.executors.of_rooms(len(batches)) as executor:
            calls = (
                (made, (stage, self.store.read(batch_id, BEFORE[stage]), config))
                for batch_id, _ in batches
            )
            done = in_order(calls, executor, in_flight(executor, self.settings.workers))
            for (batch_id, batch), future in zip(batches, done, strict=True):
                frames = self._made(stage, batch_id, batch, future, executor)
                self._write(result, batch_id, stage, frames)
        return result

    def _made(
        self,
        stage: str,
        batch_id: str,
        keys: list[ReadingKey],
        done: Future[Made],
        executor: Executor,
    ) -> dict[str, pl.DataFrame]:
        try:
            first = done.result()
            if first.asked is None:
                return first.frames
            return self._room(stage, self.store.read(batch_id, BEFORE[stage]), executor, first)
        except OF_THE_MACHINE:
            raise
        except Exception:  # noqa: BLE001 - one wrong document never stops a night
            return self._without_failing(batch_id, keys, stage, executor)

    def _room(
        self, stage: str, frames: Frames, executor: Executor, first: Made | None = None
    ) -> dict[str, pl.DataFrame]:
        """A stage of frames; where an identity is broken on a page, after a second reading."""
        config = self.settings.config
        found = first or executor.submit(made, stage, frames, config).result()
        if found.asked is None:
            return found.frames
        second = self.second.get(found.asked)
        return executor.submit(made, stage, frames, config, second).result().frames

    def _halved(self, stage: str, frames: Frames, executor: Executor) -> dict[str, pl.DataFrame]:
        """A stage of frames; where a limit ends the whole, of its halves."""
        try:
            return self._room(stage, frames, executor)
        except _LOST:
            if frames["reading"].height == 1:
                raise
            return united([self._halved(stage, half, executor) for half in halves(frames)])

    def _without_failing(
        self, batch_id: str, keys: list[ReadingKey], stage: str, executor: Executor
    ) -> dict[str, pl.DataFrame]:
        """The stage of a batch on which its room failed, made without the documents at fault."""

        def read(frames: Frames) -> None:
            for name in BEFORE:
                frames = self._room(name, frames, executor)

        failed = failing(self.store.read(batch_id, "recognised"), read)
        parts = [self._recognised(part, failed, executor) for part in _cut(keys, SLICE)]
        frames = united(parts)
        self.store.write(batch_id, "recognised", frames)
        for name in BEFORE:
            frames = self._halved(name, frames, executor)
            if name == stage:
                break
            self.store.write(batch_id, name, frames)
        return frames

    def _believed(
        self, keys: Sequence[ReadingKey], done: Future[dict[str, pl.DataFrame]], executor: Executor
    ) -> dict[str, pl.DataFrame]:
        """What was recognised; where that ended a worker, without the document that did it."""
        error = done.exception()
        if not isinstance(error, _LOST):
            return done.result()
        return self._recognised(keys, {}, executor)

    def _recognised(
        self, keys: Sequence[ReadingKey], failed: Mapping[str, Exception], executor: Executor
    ) -> dict[str, pl.DataFrame]:
        """Recognise some documents; a document that alone ends its worker waits, with the cause."""
        call = (self._readings(keys), failed, self.settings.config)
        try:
            return executor.submit(recognised, *call).result()
        except _LOST as error:
            if len(keys) == 1:
                known = {keys[0].reading_id: error}
                return recognised(self._readings(keys), known, self.settings.config)
            half = len(keys) // 2
            parts = (keys[:half], keys[half:])
            return united([self._recognised(part, failed, executor) for part in parts])

    def _readings(self, keys: Sequence[ReadingKey]) -> list[Reading]:
        """What recognition is handed of documents: their grids and their sidecars."""
        found: list[Reading] = []
        for key in keys:
            context = document_context(key.document_id, key.sidecar_hashes, self.archive)
            for sidecar_hash in context.damaged:
                note_damaged(self.settings, sidecar_hash)
            found.append((key, self.grids.get(key.document_id), context))
        return found

    def _write(
        self, result: StepResult, batch_id: str, stage: str, frames: dict[str, pl.DataFrame]
    ) -> None:
        self.store.write(batch_id, stage, frames)
        for name in _TOLD[stage]:
            result.counts[name] = result.counts.get(name, 0) + frames[name].height
            result.samples.setdefault(name, frames[name].head(5))


def united(parts: Sequence[Frames]) -> dict[str, pl.DataFrame]:
    """Frames of pieces as those of the whole, piece after piece."""
    if len(parts) == 1:
        return dict(parts[0])
    return {name: pl.concat([part[name] for part in parts]) for name in parts[0]}


def _batches(keys: Sequence[ReadingKey]) -> list[list[ReadingKey]]:
    return list(_cut(keys, BATCH))


def _cut(keys: Sequence[ReadingKey], size: int) -> Iterator[list[ReadingKey]]:
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])
