"""What a zip holds, by the names in its central directory: an archive, or an office document."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

from pipelines.documents import limits

ZIP = "application/zip"
_OOXML = "application/vnd.openxmlformats-officedocument"
XLSX = f"{_OOXML}.spreadsheetml.sheet"
DOCX = f"{_OOXML}.wordprocessingml.document"
PPTX = f"{_OOXML}.presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODT = "application/vnd.oasis.opendocument.text"
OFD = "application/ofd"

#: The part that makes a zip such a document; no archive of documents has it at its root.
_PARTS = (
    ("xl/workbook.xml", XLSX),
    ("word/document.xml", DOCX),
    ("ppt/presentation.xml", PPTX),
    ("xl/workbook.bin", XLSB),
    ("OFD.xml", OFD),
)
_OPEN_DOCUMENT = {ODS.encode(): ODS, ODT.encode(): ODT}
#: Parts that such documents have besides, one of which comes first in most.
_FIRST = ("[Content_Types].xml", "_rels/", "docProps/", "xl/", "word/", "ppt/", "OFD.xml")

_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65535
_ENTRY = struct.Struct("<4s6H3I5H2I")
_ENTRY_MAGIC = b"PK\x01\x02"
_LOCAL_SIZE = 30
#: Entries of directories that a file may have: those of documents in an archive count here, too.
_MOST_ENTRIES = 10 * limits.ENTRIES
#: Names that are looked at: an office document has fewer parts before the one that tells.
_MOST_NAMES = 20_000


class ZipError(ValueError):
    """A zip cannot be opened; the message says why."""


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open a zip whose directory fits into memory, whatever it claims.

    Raises:
        ZipError: it has no directory, a damaged one, or one that is too long.
    """
    if data.count(_ENTRY_MAGIC) > _MOST_ENTRIES:
        raise ZipError(f"目录项 entries > {_MOST_ENTRIES:,}")
    try:
        return zipfile.ZipFile(BytesIO(data))
    except Exception as error:  # a damaged directory raises whatever the library runs into
        raise ZipError(f"{type(error).__name__}: {error}") from error


def zip_type(data: bytes) -> str:
    """Media type of bytes that begin as a zip does."""
    first = _first_name(data)
    if first == "mimetype":
        for said, kind in _OPEN_DOCUMENT.items():
            if said in data[_LOCAL_SIZE : _LOCAL_SIZE + 200]:
                return kind
    listed = names(data)
    if listed is None:  # no directory, so the file is cut short: its beginning says what it was
        if not first.startswith(_FIRST):
            return ZIP
        return next((kind for part, kind in _PARTS if part.encode() in data), ZIP)
    held = {name.lower() for name in listed}
    return next((kind for part, kind in _PARTS if part.lower() in held), ZIP)


def names(data: bytes) -> list[str] | None:
    """Names in the central directory, ``/`` between parts; none where there is no directory.

    Bytes that are no UTF-8 come as cp437, as unzippers do.
    """
    end = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    if end < 0 or end + _END_SIZE > len(data):
        return None
    size, offset = struct.unpack_from("<2I", data, end + 12)
    # what stands before the zip moves all of it; of a large one (zip64) the place is elsewhere
    start = end - size if data[end - size : end - size + 4] == _ENTRY_MAGIC else offset
    found: list[str] = []
    while len(found) < _MOST_NAMES and start + _ENTRY.size <= end:
        entry = _ENTRY.unpack_from(data, start)
        if entry[0] != _ENTRY_MAGIC:
            break
        length, extra, comment = entry[10:13]
        name = data[start + _ENTRY.size : start + _ENTRY.size + length]
        found.append(_decoded(name).replace("\\", "/"))
        start += _ENTRY.size + length + extra + comment
    return found


def _first_name(data: bytes) -> str:
    """Name of the first member, by its own header."""
    if len(data) < _LOCAL_SIZE:
        return ""
    length = int.from_bytes(data[26:28], "little")
    return _decoded(data[_LOCAL_SIZE : _LOCAL_SIZE + length])


def _decoded(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp437")
