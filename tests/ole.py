"""OLE files, the container of old office documents, written anew for tests."""

from __future__ import annotations

import struct

_SECTOR = 512
#: Streams below this stand in a stream of their own; these here are padded beyond it.
_SMALLEST = 4096
_FREE, _CHAIN_END, _TABLE, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_ROOT, _STREAM = 5, 2


def ole(streams: dict[str, bytes]) -> bytes:
    """A file with these streams at its root, each padded with zeros to whole sectors."""
    chains: list[bytes] = [content.ljust(_SMALLEST, b"\0") for content in streams.values()]
    entries = len(streams) + 1
    starts, at = [], 1 + -(-entries * 128 // _SECTOR)  # after the table and the directory
    for chain in chains:
        starts.append(at)
        at += -(-len(chain) // _SECTOR)
    table = [_TABLE, *_chain(1, starts[0] if starts else at)]
    for start, end in zip(starts, [*starts[1:], at], strict=True):
        table += _chain(start, end)
    if len(table) > _SECTOR // 4:
        raise ValueError("more than one sector of the table of sectors is not written here")
    table += [_FREE] * (_SECTOR // 4 - len(table))
    directory = _entry("Root Entry", _ROOT, _CHAIN_END, 0, child=1 if streams else _NONE)
    for number, (name, start, chain) in enumerate(zip(streams, starts, chains, strict=True), 1):
        following = number + 1 if number < len(streams) else _NONE
        directory += _entry(name, _STREAM, start, len(chain), right=following)
    body = struct.pack("<128I", *table) + _padded(directory)
    return _header() + body + b"".join(map(_padded, chains))


def _header() -> bytes:
    return struct.pack(
        "<8s16s6H10I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0,
        0, 0, 1, 1, 0, _SMALLEST, _CHAIN_END, 0, _CHAIN_END, 0,
    ) + struct.pack("<109I", 0, *[_FREE] * 108)  # fmt: skip


def _chain(start: int, end: int) -> list[int]:
    """Entries of a chain of sectors that follow one another."""
    return [*range(start + 1, end), _CHAIN_END]


def _entry(  # noqa: PLR0913, PLR0917 - the fields of an entry
    name: str, kind: int, start: int, size: int, right: int = _NONE, child: int = _NONE
) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBB3I16sI16sIQ", written, len(written), kind, 1, _NONE, right, child, b"", 0, b"",
        start, size,
    )  # fmt: skip


def _padded(data: bytes) -> bytes:
    return data.ljust(-(-len(data) // _SECTOR) * _SECTOR, b"\0")


def workbook(*, is_encrypted: bool = False) -> bytes:
    """The first records of a workbook's stream."""
    records = [(0x0809, struct.pack("<8H", 0x0600, 5, 0, 0, 0, 0, 0, 0))]
    if is_encrypted:
        records.append((0x002F, b"\x01\x00" + b"\0" * 52))
    records += [(0x0042, b"\xa8\x03"), (0x000A, b"")]
    return b"".join(struct.pack("<2H", number, len(body)) + body for number, body in records)
