"""Second readings by what was asked: each is made once, and again wherever it is missing."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.documents.damaged import note_damaged
from pipelines.extract.cache import removed_beside
from pipelines.extract.second_reader import (
    ASKED_SCHEMA,
    SECOND_SCHEMA,
    read_again,
    reader_name,
)
from pipelines.extract.workers import guarded_by
from pipelines.values.keys import stable_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from pipelines.settings import Settings

#: What an answer is, besides ``SECOND_SCHEMA``.
_OF_STATEMENT = {"statement_id": pl.String, "reader": pl.String}


class SecondReadings:
    """Answers of the second reader, a Parquet file each, by document and what was asked.

    That a document could not be read again is an answer too, but is not kept.
    """

    def __init__(
        self,
        settings: Settings,
        fingerprint: str,
        executor: Callable[[], Executor] | None = None,
    ) -> None:
        """A cache of one version of the second reader.

        Args:
            settings: The installation.
            fingerprint: Of the second reader; another version of it has other files.
            executor: Makes what reads, for as long as it is needed; guarded workers by the
                settings if none is given.
        """
        self._settings = settings
        self._root = settings.cache / "second" / fingerprint[:16]
        self._archive = Archive(settings.archive)
        self._executor = executor or partial(guarded_by, settings)

    def retire(self) -> int:
        """Remove what other versions of the second reader answered; count versions."""
        return removed_beside(self._root)

    def get(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Answers for each statement (``pipelines.validate.second.cells_to_ask``).

        Statements are few, and read one after another: none can be lost to another's hunger.

        Returns:
            ``SECOND_SCHEMA``, with ``statement_id`` and ``reader``.

        Raises:
            OSError, BrokenExecutor: of the machine, not of a document.
        """
        answers = [pl.DataFrame(schema={**SECOND_SCHEMA, **_OF_STATEMENT})]
        with self._executor() as executor:
            for (statement_id, document_id), cells in asked.group_by(
                "statement_id", "document_id", maintain_order=True
            ):
                answer = self._answer(str(document_id), cells.select(list(ASKED_SCHEMA)), executor)
                said = {"statement_id": pl.lit(statement_id), "reader": pl.lit(reader_name())}
                answers.append(answer.with_columns(**said))
        return pl.concat(answers)

    def _answer(self, document_id: str, cells: pl.DataFrame, executor: Executor) -> pl.DataFrame:
        path = self._root / f"{stable_hash(document_id, cells.write_csv())}.parquet"
        kept = _kept(path)
        if kept is not None:
            return kept
        try:
            data = self._archive.get(document_id)
        except ArchiveError as error:
            note_damaged(self._settings, document_id)
            return _unread(cells, error)
        try:
            answer = executor.submit(read_again, data, cells).result()
        except (OSError, BrokenExecutor, CancelledError):
            raise  # of the machine, not of a document
        except Exception as error:  # noqa: BLE001 - one wrong document never stops a night
            return _unread(cells, error)
        self._root.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        answer.write_parquet(temporary)
        temporary.replace(path)
        return answer


def _kept(path: Path) -> pl.DataFrame | None:
    """An answer, if it was made and is whole."""
    try:
        return pl.read_parquet(path).select(list(SECOND_SCHEMA))
    except (OSError, PolarsError):
        return None


def _unread(cells: pl.DataFrame, error: Exception) -> pl.DataFrame:
    """That the second reader could not read: nothing is confirmed, and the item says so."""
    said = f"{type(error).__name__}: {error}"
    row = (None, cells["page_no"].min(), None, said, "unread", False)
    return pl.DataFrame([row], schema=SECOND_SCHEMA, orient="row")
