"""The text of a .doc as its own pieces have it ([MS-DOC] 2.4.1): no conversion must lose any."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from io import BytesIO

from pipelines.extract.grids import Refusal, RefusedError

#: Of the file's head: its flags, the length of its body, where its table of pieces stands.
_FLAGS, _LENGTH, _PIECES = 0x0A, 0x4C, 0x01A2
_SECOND_STREAM = 0x0200
_MAGIC = 0xA5EC
#: Parts of that table: properties, which are passed over, and the pieces.
_PROPERTIES, _TABLE = 1, 2
#: A piece in one byte a character says so by this bit of its place.
_ONE_BYTE = 0x40000000
_CELL = "\x07"
#: A field is its instruction, then what it shows.
_INSTRUCTION = re.compile("\x13[^\x13\x14\x15]*[\x14\x15]?")
_CONTROL = re.compile("[\x00-\x1f\u200b\ufffc]")


@dataclass(frozen=True)
class DocText:
    """Text of a document's body, without instructions of fields and control characters.

    Not that of its heads and feet: what numbers pages there is computed anew.

    ``cell_marks``: ends of cells and of rows.
    """

    visible: str
    cell_marks: int


def text_of_doc(data: bytes) -> DocText:
    """The text of a .doc.

    Raises:
        RefusedError: it is damaged, or of a Word older than 97.
    """
    try:
        text = _body(data)
    except Exception as error:  # noqa: BLE001 - of a damaged file olefile raises what it runs into
        found = f".doc: {type(error).__name__}: {error}"
        raise RefusedError(Refusal("unreadable_document", found, "Word 97–2003 .doc")) from None
    shown = _INSTRUCTION.sub("", text)
    return DocText(_CONTROL.sub("", shown.replace("\x1e", "-")), text.count(_CELL))


def _body(data: bytes) -> str:
    from olefile import OleFileIO

    with OleFileIO(BytesIO(data)) as ole:
        main: bytes = ole.openstream("WordDocument").read()
        magic, flags = (struct.unpack_from("<H", main, at)[0] for at in (0, _FLAGS))
        if magic != _MAGIC:
            raise ValueError(f"{magic:#x}")
        (length,) = struct.unpack_from("<I", main, _LENGTH)
        place, size = struct.unpack_from("<II", main, _PIECES)
        name = "1Table" if flags & _SECOND_STREAM else "0Table"
        table: bytes = ole.openstream(name).read()
    return "".join(_pieces(main, table[place : place + size]))[:length]


def _pieces(main: bytes, table: bytes) -> list[str]:
    at = 0
    while table[at] == _PROPERTIES:
        at += 3 + int(struct.unpack_from("<h", table, at + 1)[0])
    if table[at] != _TABLE:
        raise ValueError("no pieces")
    (size,) = struct.unpack_from("<I", table, at + 1)
    count = (size - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", table, at + 5)
    found = []
    for number in range(count):
        length = ends[number + 1] - ends[number]
        (place,) = struct.unpack_from("<I", table, at + 5 + 4 * (count + 1) + 8 * number + 2)
        if place & _ONE_BYTE:
            start = (place & ~_ONE_BYTE) // 2
            found.append(main[start : start + length].decode("cp1252", "replace"))
        else:
            found.append(main[place : place + 2 * length].decode("utf-16-le", "replace"))
    return found
