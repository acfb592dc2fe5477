"""Second readings by what was asked: each is made once, and again wherever it is missing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.documents.damaged import note_damaged
from pipelines.extract.second_reader import (
    ASKED_SCHEMA,
    SECOND_SCHEMA,
    read_again,
    reader_name,
)
from pipelines.extract.workers import guarded
from pipelines.values.keys import stable_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from pipelines.settings import Settings

#: What an answer is, besides ``SECOND_SCHEMA``.
_OF_STATEMENT = {"statement_id": pl.String, "reader": pl.String}


class SecondReadings:
    """Answers of the second reader, a Parquet file each, by document and what was asked."""

    def __init__(
        self,
        settings: Settings,
        fingerprint: str,
        executor: Callable[[], Executor] | None = None,
    ) -> None:
        """``fingerprint``: of the second reader; ``executor``: as in ``GridCache``."""
        self._settings = settings
        self._root = settings.cache / "second" / fingerprint[:16]
        self._archive = Archive(settings.archive)
        self._executor = executor or partial(guarded, settings)

    def get(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Answers for each statement (``pipelines.validate.second.cells_to_ask``).

        Returns:
            ``SECOND_SCHEMA``, with ``statement_id`` and ``reader``.
        """
        with self._executor() as executor:
            answers = [
                self._answer(
                    str(document_id), cells.select(list(ASKED_SCHEMA)), executor
                ).with_columns(statement_id=pl.lit(statement_id), reader=pl.lit(reader_name()))
                for (statement_id, document_id), cells in asked.group_by(
                    "statement_id", "document_id", maintain_order=True
                )
            ]
        return pl.concat([pl.DataFrame(schema={**SECOND_SCHEMA, **_OF_STATEMENT}), *answers])

    def _answer(self, document_id: str, cells: pl.DataFrame, executor: Executor) -> pl.DataFrame:
        path = self._root / f"{stable_hash(document_id, cells.write_csv())}.parquet"
        try:
            return pl.read_parquet(path).select(list(SECOND_SCHEMA))
        except (OSError, PolarsError):
            pass  # not made yet, or damaged
        try:
            data = self._archive.get(document_id)
            answer = executor.submit(read_again, data, cells).result()
        except ArchiveError as error:
            note_damaged(self._settings, document_id)
            return _unread(cells, error)
        except (OSError, MemoryError):
            raise  # of the machine, not of a document
        except Exception as error:  # noqa: BLE001 - one wrong document never stops a night
            return _unread(cells, error)
        self._root.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        answer.write_parquet(temporary)
        temporary.replace(path)
        return answer


def _unread(cells: pl.DataFrame, error: Exception) -> pl.DataFrame:
    """That the second reader could not read: nothing is confirmed, and the item says so."""
    said = f"{type(error).__name__}: {error}"
    row = (None, cells["page_no"].min(), None, said, "unread", False)
    return pl.DataFrame([row], schema=SECOND_SCHEMA, orient="row")
