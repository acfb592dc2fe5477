"""Which documents of a batch make a room fail: one wrong document never stops a night.

Rooms work on whole batches, in columns. If one fails on a batch, the batch is halved until the
documents are found that it fails on; these wait, and the batch is made again without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.extract.executors import OF_THE_MACHINE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Frames = Mapping[str, pl.DataFrame]


def failing(recognised: Frames, read: Callable[[Frames], object]) -> dict[str, Exception]:
    """Readings on which ``read`` fails, each with its error.

    Args:
        recognised: A batch as recognition hands it on; every frame has ``reading_id``.
        read: The rooms after it.

    Raises:
        Exception: ``read`` fails on every one of several documents: that is an error of the
            program or the machine, not of a document, and is raised as it is.
    """
    reading_ids = recognised["reading"]["reading_id"].to_list()
    found = _failing(recognised, reading_ids, read)
    if len(found) == len(reading_ids) > 1:
        raise next(iter(found.values()))
    return found


def halves(frames: Frames) -> list[dict[str, pl.DataFrame]]:
    """A batch of several readings as two; every frame has ``reading_id``."""
    reading_ids = frames["reading"]["reading_id"].to_list()
    half = len(reading_ids) // 2
    return [_of(frames, part) for part in (reading_ids[:half], reading_ids[half:])]


def _of(frames: Frames, reading_ids: list[str]) -> dict[str, pl.DataFrame]:
    chosen = pl.col("reading_id").is_in(reading_ids)
    return {name: frame.filter(chosen) for name, frame in frames.items()}


def _failing(
    recognised: Frames, reading_ids: list[str], read: Callable[[Frames], object]
) -> dict[str, Exception]:
    try:
        read(_of(recognised, reading_ids))
    except OF_THE_MACHINE:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is kept with the document
        if len(reading_ids) == 1:
            return {reading_ids[0]: error}
        half = len(reading_ids) // 2
        first = _failing(recognised, reading_ids[:half], read)
        return first | _failing(recognised, reading_ids[half:], read)
    return {}
