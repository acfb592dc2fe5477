"""Which reader reads which kind of document; a reader that fails refuses, it never raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents import limits, media
from pipelines.extract.archive_reader import read_archive
from pipelines.extract.grids import Extraction, Refusal, RefusedError
from pipelines.extract.pdf.reader import read_pdf
from pipelines.extract.sheets.csv_reader import read_csv
from pipelines.extract.sheets.reader import read_workbook
from pipelines.extract.text_reader import read_text
from pipelines.extract.web.reader import read_html, read_mhtml
from pipelines.extract.word.legacy import read_doc, read_rtf
from pipelines.extract.word.reader import read_docx

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[str, str, bytes], Extraction]


@dataclass(frozen=True)
class Adapter:
    """A reader, and whether a hostile file may crash, hang or eat the memory of its process."""

    read: Reader
    is_guarded: bool


_TEXT = Adapter(read_text, is_guarded=False)
_WORKBOOK = Adapter(read_workbook, is_guarded=True)  # calamine is Rust, and a cell may inflate
#: Adapters by true media type.
READERS: dict[str, Adapter] = {
    media.TEXT_TABLE: _TEXT,
    media.PLAIN_TEXT: _TEXT,
    media.PDF: Adapter(read_pdf, is_guarded=True),  # PDFium is C++
    media.ZIP: Adapter(read_archive, is_guarded=True),  # up to half a GiB is inflated
    media.XLSX: _WORKBOOK,
    media.XLS: _WORKBOOK,
    media.CSV: Adapter(read_csv, is_guarded=True),
    media.HTML: Adapter(read_html, is_guarded=True),  # lexbor is C
    media.MHTML: Adapter(read_mhtml, is_guarded=True),
    media.DOCX: Adapter(read_docx, is_guarded=True),  # a small file may inflate to a large one
    media.WORD: Adapter(read_doc, is_guarded=True),  # another program reads it
    media.RTF: Adapter(read_rtf, is_guarded=True),
}
#: Rules for what no reader could read and a person can mend; else ``unsupported_media_type``.
CAUSES: dict[str, str] = {
    media.EMPTY: "empty_document",
    media.ENCRYPTED: "encrypted_document",
    media.RAR: "archive_unsupported",
    media.SEVEN_ZIP: "archive_unsupported",
    **dict.fromkeys(media.IMAGES, "page_is_image"),
}


def is_guarded(data: bytes) -> bool:
    """Whether these bytes are read in a process of their own (``pipelines.extract.workers``)."""
    adapter = READERS.get(media.media_type(data))
    return adapter is not None and (adapter.is_guarded or len(data) > limits.UNGUARDED_BYTES)


def extract(document_id: str, data: bytes) -> Extraction:
    """Read one document's bytes into grids, or say why not.

    Raises:
        MemoryError: there is none left; what to do then is for the owner of the process to say.
    """
    kind = media.media_type(data)
    adapter = READERS.get(kind)
    if adapter is None:
        readable = ", ".join(sorted(READERS))
        return Extraction(
            document_id,
            kind,
            refusal=Refusal(CAUSES.get(kind, "unsupported_media_type"), kind, readable),
        )
    try:
        return _within_limits(adapter.read(document_id, kind, data))
    except RefusedError as error:
        return Extraction(document_id, kind, refusal=error.refusal)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - one wrong document never stops a night
        return unreadable(document_id, kind, error)


def _within_limits(extraction: Extraction) -> Extraction:
    """What was read, unless it is more than later rooms can take: they know no limit.

    Raises:
        RefusedError: which limit it is beyond.
    """
    cells = extraction.cells
    in_grid = pl.col("grid_no") > 0
    column = (pl.col("col_no") + pl.col("col_span") - 1).filter(in_grid)
    told = cells.select(
        lines=(~in_grid).sum(),
        columns=column.max(),
        characters=pl.col("text").str.len_chars().max(),
    ).row(0, named=True)
    for what, found, most in (
        ("单元格与行 cells and lines", cells.height, limits.CELLS),
        ("表外文字行 lines outside of tables", told["lines"], limits.LINES),
        ("列 columns", told["columns"], limits.COLUMNS),
        ("一格的字符 characters of a cell", told["characters"], limits.CELL_CHARACTERS),
    ):
        if (found or 0) > most:
            said = Refusal("document_limits", f"{what}: {found:,}", f"{what} ≤ {most:,}")
            raise RefusedError(said)
    return extraction


def unreadable(document_id: str, kind: str, error: BaseException) -> Extraction:
    """Of a document on which its reader failed."""
    found = f"{type(error).__name__}: {error}"
    refusal = Refusal("unreadable_document", found, media.WHOLE_FILE)
    return Extraction(document_id, kind, refusal=refusal)
