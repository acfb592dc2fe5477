"""The cache of grids: one Parquet file per document and version of the readers."""

from __future__ import annotations

import hashlib
import json
import shutil
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from pipelines.documents.archive import Archive
from pipelines.documents.damaged import note_damaged
from pipelines.extract.executors import in_flight
from pipelines.extract.grids import CELL_SCHEMA, Extraction
from pipelines.extract.readers import extract
from pipelines.extract.reading import Told, read_documents
from pipelines.extract.workers import guarded_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pipelines.settings import Settings

_HEADER = "yusuan_extraction"
#: SHA-256 of header and cells: a byte that changed on the disk need not make a file unreadable.
_PRINT = "yusuan_sha256"


class GridCache:
    """Grids by document. A file that is missing or damaged is made anew from the archive.

    A document whose archived file is missing or damaged is refused: the others go on. The refusal
    is not cached and the document is noted, so that it can be tried again.
    """

    def __init__(
        self,
        settings: Settings,
        fingerprint: str,
        executor: Callable[[], AbstractContextManager[Executor]] | None = None,
    ) -> None:
        """A cache of one version of the readers.

        Args:
            settings: The installation.
            fingerprint: Of the extract stage; another version of it has other files.
            executor: Makes what risky formats are read by, for as long as it is needed; guarded
                workers by the settings if none is given.
        """
        self._settings = settings
        self._root = settings.cache / "grids" / fingerprint[:16]
        self._archive = Archive(settings.archive)
        self._executor = executor or partial(guarded_by, settings)

    def ensure(self, document_ids: Iterable[str]) -> Told:
        """Extract what is not cached yet; say what was read."""
        told = Told()
        missing = [d for d in dict.fromkeys(document_ids) if not self._path(d).exists()]
        self._make(missing, told.add)
        return told

    def forget(self, document_id: str) -> None:
        """Drop a document's grids, so that they are made again."""
        self._path(document_id).unlink(missing_ok=True)

    def retire(self) -> int:
        """Remove what other versions of the readers made; count versions."""
        return removed_beside(self._root)

    def get(self, document_id: str) -> Extraction:
        """The grids of a document, made now if they are not cached."""
        kept = self._load(document_id)
        if kept is not None:
            return kept
        made: list[Extraction] = []
        self._make([document_id], made.append)
        return made[0]

    def _make(self, document_ids: list[str], tell: Callable[[Extraction], None]) -> None:
        """Read documents, keep what was read, and tell of each."""
        if not document_ids:
            return
        with self._executor() as executor:
            ahead = in_flight(executor, self._settings.workers)
            for extraction in read_documents(
                document_ids, self._archive.get, extract, executor, ahead
            ):
                self._keep(extraction)
                tell(extraction)

    def _keep(self, extraction: Extraction) -> None:
        path = self._path(extraction.document_id)
        if extraction.is_damaged:
            note_damaged(self._settings, extraction.document_id)
            path.unlink(missing_ok=True)  # damaged too, or it would do
            return
        self._root.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        header = json.dumps(extraction.header(), ensure_ascii=False, sort_keys=True)
        metadata = {_HEADER: header, _PRINT: _print(header, extraction.cells)}
        extraction.cells.write_parquet(temporary, metadata=metadata)
        temporary.replace(path)

    def _load(self, document_id: str) -> Extraction | None:
        path = self._path(document_id)
        try:
            metadata = pl.read_parquet_metadata(path)
            cells = pl.read_parquet(path).select(list(CELL_SCHEMA))
            if metadata[_PRINT] != _print(metadata[_HEADER], cells):
                return None
        except (OSError, PolarsError, KeyError, ValueError):
            return None
        return Extraction.from_header(json.loads(metadata[_HEADER]), cells)

    def _path(self, document_id: str) -> Path:
        return self._root / f"{document_id}.parquet"


def removed_beside(root: Path) -> int:
    """Remove the directories beside this one; count them."""
    others = [path for path in root.parent.glob("*") if path.is_dir() and path != root]
    for path in others:
        shutil.rmtree(path)
    return len(others)


def _print(header: str, cells: pl.DataFrame) -> str:
    return hashlib.sha256(f"{header}\n{cells.write_csv()}".encode()).hexdigest()
