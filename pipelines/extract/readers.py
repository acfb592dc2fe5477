"""Which reader reads which kind of document; a reader that fails refuses, it never raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.documents import media
from pipelines.extract.grids import Extraction, Refusal
from pipelines.extract.pdf.reader import read_pdf
from pipelines.extract.text_reader import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[str, str, bytes], Extraction]

#: Adapters by true media type.
READERS: dict[str, Reader] = {
    media.TEXT_TABLE: read_text,
    media.PLAIN_TEXT: read_text,
    media.PDF: read_pdf,
}


def extract(document_id: str, data: bytes) -> Extraction:
    """Read one document's bytes into grids, or say why not."""
    kind = media.media_type(data)
    reader = READERS.get(kind)
    if reader is None:
        readable = ", ".join(sorted(READERS))
        return Extraction(
            document_id, kind, refusal=Refusal("unsupported_media_type", kind, readable)
        )
    try:
        return reader(document_id, kind, data)
    except Exception as error:  # noqa: BLE001 - one wrong document never stops a night
        refusal = Refusal(
            "unreadable_document", f"{type(error).__name__}: {error}", "a whole, readable file"
        )
        return Extraction(document_id, kind, refusal=refusal)
