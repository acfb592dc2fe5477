"""What the rooms make of documents: plain functions over plain data, to be run in any process.

They know no archive, no cache and no ledger; what they need is handed to them, so a machine that
shares no disk with the night can do their work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.conform.records import conform
from pipelines.normalise.records import normalise
from pipelines.recognise.documents import recognise
from pipelines.validate.readings import validate
from pipelines.validate.second import cells_to_ask
from schemas.layout import layouts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from pipelines.documents.context import DocumentContext
    from pipelines.documents.readings import ReadingKey
    from pipelines.extract.grids import Extraction

    Frames = Mapping[str, pl.DataFrame]
    Reading = tuple[ReadingKey, Extraction, DocumentContext]

#: Stage after recognition → the stage it is made of, in order.
BEFORE = {"normalised": "recognised", "conformed": "normalised", "accepted": "conformed"}


@dataclass(frozen=True)
class Made:
    """What a room made of a batch, and cells that a second reader is asked for before it holds."""

    frames: dict[str, pl.DataFrame]
    asked: pl.DataFrame | None = None


def recognised(
    readings: Sequence[Reading], failed: Mapping[str, Exception], config: Path | None
) -> dict[str, pl.DataFrame]:
    """Grids to statements; readings on which a room failed before wait, with the error."""
    return recognise(readings, layouts(config), failed, config)


def made(
    stage: str, frames: Frames, config: Path | None, second: pl.DataFrame | None = None
) -> Made:
    """A stage after recognition, of the frames of the stage before it.

    Args:
        stage: One of ``BEFORE``.
        frames: Of the stage before.
        config: The operator's own layouts and code lists.
        second: Answers of the second reader, where it was asked.
    """
    if stage == "normalised":
        return Made(normalise(frames, config))
    if stage == "conformed":
        return Made(conform(frames, config))
    if second is not None:
        return Made(validate(frames, config, second))
    accepted = validate(frames, config)
    asked = cells_to_ask(frames, accepted["quarantine_item"])
    return Made(accepted, None if asked.is_empty() else asked)
