"""What an OLE file (the container of old office documents) holds, by its streams."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from olefile import OleFileIO

OLE = "application/x-ole-storage"
XLS = "application/vnd.ms-excel"
WORD = "application/msword"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
#: An office document of any kind that asks for a password.
ENCRYPTED = "application/x-encrypted-office"

#: Streams at the root, and what a file with one of them is.
_STREAMS = (
    ("EncryptedPackage", ENCRYPTED),
    ("Workbook", XLS),
    ("Book", XLS),  # Excel 5 and 95
    ("WordDocument", WORD),
    ("PowerPoint Document", PPT),
    ("__properties_version1.0", MSG),
)
#: Of a Word stream: where its flags stand, and which of them says that it is encrypted.
_WORD_FLAGS, _WORD_ENCRYPTED = 0x0A, 0x0100
#: Records of a workbook: it is encrypted; its globals end.
_FILEPASS, _END_OF_GLOBALS = 0x002F, 0x000A
#: It stands among the first records.
_RECORDS = 100


def ole_type(data: bytes) -> str:
    """Media type of bytes that begin as an OLE file does.

    Of a broken one by the names that stand in it: what is wrong with it is for its reader to say.
    """
    from olefile import OleFileIO

    try:
        with OleFileIO(BytesIO(data)) as ole:
            kind = next((kind for name, kind in _STREAMS if ole.exists(name)), OLE)
            return ENCRYPTED if _is_encrypted(ole, kind) else kind
    except Exception:  # noqa: BLE001 - of a damaged file olefile raises whatever it runs into
        named = (kind for name, kind in _STREAMS if f"{name}\0".encode("utf-16-le") in data)
        return next(named, OLE)


def _is_encrypted(ole: OleFileIO, kind: str) -> bool:
    """Whether the stream of a known kind says that it is encrypted."""
    if kind == WORD:
        head: bytes = ole.openstream("WordDocument").read(_WORD_FLAGS + 2)
        return bool(int.from_bytes(head[_WORD_FLAGS:], "little") & _WORD_ENCRYPTED)
    if kind != XLS:
        return False
    stream = ole.openstream("Workbook" if ole.exists("Workbook") else "Book")
    for _ in range(_RECORDS):
        header = stream.read(4)
        if len(header) < 4:  # noqa: PLR2004 - number and length, two bytes each
            return False
        record, length = struct.unpack("<2H", header)
        if record in {_FILEPASS, _END_OF_GLOBALS}:
            return bool(record == _FILEPASS)
        stream.seek(length, 1)
    return False
