"""Zip archives as people, other systems and attackers pack them, written for tests."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
IS_UTF8, ENCRYPTED = 0x800, 0x1
UNIX_LINK, UNIX_FILE, UNIX_PIPE = 0o120777 << 16, 0o100644 << 16, 0o010644 << 16


@dataclass(frozen=True)
class Entry:
    """A member as it is written: its name's bytes, its content, what its headers claim."""

    name: bytes
    content: bytes = b"content"
    flags: int = 0
    method: int = zipfile.ZIP_DEFLATED
    attributes: int = 0
    crc: int | None = None


def packed(*entries: Entry) -> bytes:
    """An archive byte by byte: names and flags as they are given, right or not."""
    body, directory = b"", b""
    for entry in entries:
        squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
        content = entry.content
        if entry.method == zipfile.ZIP_DEFLATED:
            content = squeezer.compress(content) + squeezer.flush()
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        sizes = (crc, len(content), len(entry.content))
        local = _LOCAL.pack(b"PK\x03\x04", 20, entry.flags, entry.method, 0, 0x21, *sizes,
                            len(entry.name), 0)  # fmt: skip
        directory += _CENTRAL.pack(
            b"PK\x01\x02", 3 << 8 | 20, 20, entry.flags, entry.method, 0, 0x21, *sizes,
            len(entry.name), 0, 0, 0, 0, entry.attributes, len(body),
        ) + entry.name  # fmt: skip
        body += local + entry.name + content
    end = _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + end


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive as Python packs it: names in UTF-8, marked so."""
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def overlapping(times: int, kernel: bytes) -> bytes:
    """An archive whose members are all one and the same content, stored once."""
    one = packed(Entry(b"0", kernel))
    end = one.rfind(b"PK\x05\x06")
    start = one.find(b"PK\x01\x02")
    entry, claimed = one[start:end], min(times, 65535)
    return (
        one[:start]
        + entry * times
        + _END.pack(b"PK\x05\x06", 0, 0, claimed, claimed, len(entry) * times, start, 0)
    )
