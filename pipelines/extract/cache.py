"""The cache of grids: one Parquet file per document and version of the readers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from pipelines.documents.archive import Archive, ArchiveError
from pipelines.documents.damaged import note_damaged
from pipelines.documents.media import UNKNOWN_BINARY
from pipelines.extract.grids import CELL_SCHEMA, Extraction, Refusal
from pipelines.extract.readers import extract

if TYPE_CHECKING:
    from collections.abc import Iterable
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

    def __init__(self, settings: Settings, fingerprint: str) -> None:
        """``fingerprint``: of the extract stage; another version of it has other files."""
        self._settings = settings
        self._root = settings.cache / "grids" / fingerprint[:16]
        self._archive = Archive(settings.archive)

    def ensure(self, document_ids: Iterable[str]) -> int:
        """Extract what is not cached yet; return how many documents were read."""
        missing = [d for d in document_ids if not self._path(d).exists()]
        return sum(not self._make(document_id).is_damaged for document_id in missing)

    def forget(self, document_id: str) -> None:
        """Drop a document's grids, so that they are made again."""
        self._path(document_id).unlink(missing_ok=True)

    def get(self, document_id: str) -> Extraction:
        """The grids of a document, made now if they are not cached."""
        return self._load(document_id) or self._make(document_id)

    def _make(self, document_id: str) -> Extraction:
        try:
            data = self._archive.get(document_id)
        except ArchiveError as error:
            note_damaged(self._settings, document_id)
            self._path(document_id).unlink(missing_ok=True)  # damaged too, or it would do
            refusal = Refusal("archive_damaged", str(error), f"SHA-256 {document_id}")
            return Extraction(document_id, UNKNOWN_BINARY, refusal=refusal)
        extraction = extract(document_id, data)
        self._root.mkdir(parents=True, exist_ok=True)
        path = self._path(document_id)
        temporary = path.with_suffix(".tmp")
        header = json.dumps(extraction.header(), ensure_ascii=False, sort_keys=True)
        metadata = {_HEADER: header, _PRINT: _print(header, extraction.cells)}
        extraction.cells.write_parquet(temporary, metadata=metadata)
        temporary.replace(path)
        return extraction

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


def _print(header: str, cells: pl.DataFrame) -> str:
    return hashlib.sha256(f"{header}\n{cells.write_csv()}".encode()).hexdigest()
