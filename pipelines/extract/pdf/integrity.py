"""Whether a PDF is as it was written: what PDFium mends or leaves out it does not tell."""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    import pypdfium2

    from pipelines.extract.grids import PageFlag

#: The file is not as it was written: parts of pages may be missing.
_DAMAGED: PageFlag = "damaged_file"
#: It inflates to more than is checked here.
_HUGE: PageFlag = "huge_streams"
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
#: A stream's dictionary stands so near before it.
_BEFORE = 600
#: Checked are streams compressed by Flate, which may be written as ASCII (reportlab does).
_ASCII85 = re.compile(rb"/Filter\s*\[\s*/(?:ASCII85Decode|A85)\s*/(?:FlateDecode|Fl)\b")
_FLATE = re.compile(rb"/(?:Filter|F)\s*\[?\s*/(?:FlateDecode|Fl)\b")
#: Bytes that are checked in one go, as they are and inflated, and inflated ones of a document.
_PIECE, _INFLATED, _MOST = 1 << 16, 1 << 22, 1 << 29


def doubts(data: bytes, document: pypdfium2.PdfDocument) -> tuple[PageFlag, ...]:
    """Flags for all pages of a document.

    A document whose table of objects is wrong was mended by PDFium, by a guess at what was meant.
    Compressed streams have a checksum, which PDFium ignores: it shows what comes before the
    damage, and nothing of the rest. (Streams of encrypted documents cannot be checked.)
    """
    if not pdfium.FPDF_DocumentHasValidCrossReferenceTable(document.raw):
        return (_DAMAGED,)
    if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        return ()
    left = _MOST
    for found in _STREAM.finditer(data):
        near = data[max(0, found.start() - _BEFORE) : found.start()]
        said = near[near.rfind(b"obj") + 1 :]
        if _FLATE.search(said):
            used = _inflated(memoryview(data)[found.end() :], left)
        elif _ASCII85.search(said):
            used = _inflated(_from_ascii(data, found.end()), left)
        else:
            continue
        if used is None:
            return (_DAMAGED,)
        left -= used
        if left <= 0:
            return (_HUGE,)
    return ()


def _from_ascii(data: bytes, at: int) -> memoryview:
    """What a stream that begins there holds; nothing if it is not what it should be."""
    end = data.find(b"~>", at)
    try:
        return memoryview(base64.a85decode(data[at:end] if end >= 0 else b""))
    except ValueError:
        return memoryview(b"")


def _inflated(data: memoryview, most: int) -> int | None:
    """Bytes that a stream inflates to, counted until ``most``; none if its checksum is wrong."""
    inflate = zlib.decompressobj()
    count, at, waiting = 0, 0, b""
    try:
        while not inflate.eof and count <= most:
            if not waiting:
                waiting = bytes(data[at : at + _PIECE])
                at += len(waiting)
                if not waiting:
                    return None  # the file ends before the stream does
            count += len(inflate.decompress(waiting, _INFLATED))
            waiting = inflate.unconsumed_tail
    except zlib.error:
        return None
    return count
