"""Normalise a batch: recognised statements → records, and what each body cell turned out to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.normalise.forms import read_forms
from pipelines.normalise.indicator_rows import read_indicator_rows
from pipelines.normalise.procurement import read_procurement
from pipelines.normalise.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Frames = dict[str, pl.DataFrame]

#: What reads statements, each those of its own shapes of layouts. All give their part of the same
#: frames: ``row, amount, indicator, value, clause, item``, and ``decided``, what each body cell
#: turned out to be (``reading_id, owner_id, body_disposition``).
_READERS: tuple[Callable[[Mapping[str, pl.DataFrame], Path | None], Frames], ...] = (
    read_tables,
    read_indicator_rows,
    read_procurement,
    read_forms,
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
    read = [reader(recognised, config) for reader in _READERS]
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
