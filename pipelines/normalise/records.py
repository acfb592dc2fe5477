"""Normalise a batch: recognised statements → records, and what each body cell turned out to be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise import forms, indicator_rows, procurement, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Frames = dict[str, pl.DataFrame]
    Reader = Callable[[Mapping[str, pl.DataFrame], Path | None], Frames]
    #: Names of frames, each with the names and types of its columns.
    Schemas = tuple[tuple[str, tuple[tuple[str, pl.DataType], ...]], ...]

#: What reads statements, each those of its own shapes of layouts. All give their part of the same
#: frames: ``row, amount, indicator, value, clause, item``, and ``decided``, what each body cell
#: turned out to be (``reading_id, owner_id, body_disposition``).
_READERS: tuple[tuple[tuple[str, ...], Reader], ...] = (
    (tables.SHAPES, tables.read_tables),
    (indicator_rows.SHAPES, indicator_rows.read_indicator_rows),
    (procurement.SHAPES, procurement.read_procurement),
    (forms.SHAPES, forms.read_forms),
)


def normalise(recognised: Mapping[str, pl.DataFrame], config: Path | None = None) -> Frames:
    """Typed records of a batch.

    Args:
        recognised: Frames of ``pipelines.recognise.documents.recognise``.
        config: The operator's own code lists.

    Returns:
        ``row`` (printed rows of each block, with where they stand along its axis), ``amount``
        (every stated amount, exact, with where it stands along both axes), ``indicator``,
        ``value``, ``clause``, ``procurement`` (what is bought, by leaf row), ``item`` (all that
        waits so far), ``cell`` (all cells, each non-blank one with its disposition); the other
        frames as they came.
    """
    read = [_read(shapes, reader, recognised, config) for shapes, reader in _READERS]
    names = dict.fromkeys(name for frames in read for name in frames)
    records = {
        name: pl.concat([frames[name] for frames in read if name in frames]) for name in names
    }
    decided = records.pop("decided")
    return {
        **recognised,
        **records,
        "item": pl.concat([recognised["item"], records["item"]]),
        "cell": _disposed(recognised["cell"], decided),
    }


def _read(
    shapes: tuple[str, ...],
    reader: Reader,
    recognised: Mapping[str, pl.DataFrame],
    config: Path | None,
) -> Frames:
    """What a reader gives for the statements of its shapes."""
    statements = recognised["statement"].filter(pl.col("shape").is_in(shapes))
    if statements.is_empty():
        schemas = ((name, tuple(frame.schema.items())) for name, frame in recognised.items())
        return _of_none(reader, tuple(schemas))
    return reader({**recognised, "statement": statements}, config)


@cache
def _of_none(reader: Reader, schemas: Schemas) -> Frames:
    """What it gives for no statement: always the same, and small batches are of few shapes."""
    return reader({name: pl.DataFrame(schema=dict(schema)) for name, schema in schemas}, None)


def _disposed(cells: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """All cells with their disposition; a part of a cell has that of the cell."""
    return (
        cells.join(decided, on=["reading_id", "owner_id"], how="left", maintain_order="left")
        .with_columns(
            disposition=pl.when(pl.col("is_body") & (pl.col("text") != ""))
            .then("body_disposition")
            .otherwise("disposition")
        )
        .drop("body_disposition")
    )
