"""Ways to damage a file, whatever its format, or as a zip, as XML, as HTML, as lines of text.

Each gives other bytes, or none where there is nothing to damage so.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from tests.zips import Entry, packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.mutations.files.formats import File

_ATTRIBUTE = re.compile(rb'(?<=[\w:]=")[^"<>]*(?=")')
_TAG = re.compile(rb"<[^<>]+>")
_ELEMENT = re.compile(
    rb"<(w:tr|w:tc|w:p|w:tbl|row|c|si|mergeCell|tr|td|table)\b[^<>]*(?<!/)>.*?</\1>", re.DOTALL
)
_FIGURE = re.compile(rb"(?<=>)[\d,]*\d\.\d+(?=<)")
_STRANGE = (
    b"0", b"-1", b"1", b"2", b"99999999999", b"nan", b"", b"restart", b"x" * 3000, b"1048577",
    b"A1", b"XFD1048576", b"none", b"true", b"../../../etc/passwd", b"file:///etc/passwd",
)  # fmt: skip
_HEADS = (
    b"%PDF-1.7\n", b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60),
    b"<html><body>", b"Rar!\x1a\x07\x00", b"\x89PNG\r\n\x1a\n", b"\x00" * 40,
    b"\xff\xfe", b"\xef\xbb\xbf",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A file to be damaged; ``other``: one of the same format, to take things from."""

    rng: Random
    file: File
    other: File

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.file.data


# --- any bytes


def flip_bits(draft: Draft) -> bytes:
    """One bit, eight or sixty-four are flipped."""
    out = bytearray(draft.data)
    for _ in range(draft.rng.choice((1, 8, 64))):
        out[draft.rng.randrange(len(out))] ^= 1 << draft.rng.randrange(8)
    return bytes(out)


def cut_end(draft: Draft) -> bytes:
    """The end of the file is missing."""
    return draft.data[: draft.rng.randrange(len(draft.data))]


def cut_tail(draft: Draft) -> bytes:
    """The last bytes of the file are missing."""
    return draft.data[: -draft.rng.randint(1, 60)]


def cut_hole(draft: Draft) -> bytes:
    """Bytes in the middle are missing."""
    at, length = draft.rng.randrange(len(draft.data)), draft.rng.choice((1, 7, 500))
    return draft.data[:at] + draft.data[at + length :]


def write_noise(draft: Draft) -> bytes:
    """Bytes in the middle are others."""
    at, length = draft.rng.randrange(len(draft.data)), draft.rng.choice((1, 16, 600))
    return draft.data[:at] + draft.rng.randbytes(length) + draft.data[at + length :]


def write_zeros(draft: Draft) -> bytes:
    """Bytes in the middle are zeros, as of a download that was cut off."""
    at, length = draft.rng.randrange(len(draft.data)), draft.rng.choice((16, 512, 4096))
    zeros = bytes(min(length, len(draft.data) - at))
    return draft.data[:at] + zeros + draft.data[at + length :]


def swap_head(draft: Draft) -> bytes:
    """The file begins as a file of another format does."""
    head = draft.rng.choice(_HEADS)
    return head + draft.data[draft.rng.choice((0, len(head))) :]


def splice(draft: Draft) -> bytes:
    """The file goes on from another place of its own: what lies between is lost, or there twice."""
    at, there = (draft.rng.randrange(len(draft.data)) for _ in range(2))
    return draft.data[:at] + draft.data[there:]


# --- zips, packed anew: all checksums hold


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(members: dict[str, bytes]) -> bytes:
    return packed(*[Entry(name.encode(), content, 0x800) for name, content in members.items()])


def _some(draft: Draft, members: dict[str, bytes]) -> str:
    """A part: mostly one that says much."""
    names = sorted(members, key=lambda name: -len(members[name]))
    return names[0] if draft.rng.random() < 0.6 else draft.rng.choice(names)


def swap_parts(draft: Draft) -> bytes | None:
    """Two parts of a container have one another's names."""
    members = _members(draft.data)
    if len(members) < 2:
        return None
    one, other = draft.rng.sample(sorted(members), 2)
    members[one], members[other] = members[other], members[one]
    return _packed(members)


def take_part(draft: Draft) -> bytes | None:
    """A part of a container, but not the largest, is that of another file."""
    members, others = _members(draft.data), _members(draft.other.data)
    largest = max(members, key=lambda name: len(members[name]))
    names = sorted(name for name in members.keys() & others.keys() if name != largest)
    if not names:
        return None
    name = draft.rng.choice(names)
    return _packed(members | {name: others[name]})


def lose_part(draft: Draft) -> bytes:
    """A part of a container is missing."""
    members = _members(draft.data)
    del members[_some(draft, members)]
    return _packed(members)


def rename_part(draft: Draft) -> bytes:
    """A part of a container has another name, perhaps one that leads out of it."""
    members = _members(draft.data)
    name = _some(draft, members)
    other = draft.rng.choice(
        (f"{name}.bak", f"../{name}", f"/{name}", name.upper(), "x", f"{name}/")
    )
    return _packed({other if key == name else key: value for key, value in members.items()})


def double_part(draft: Draft) -> bytes:
    """A part of a container stands in it twice, the second time changed."""
    members = _members(draft.data)
    name = _some(draft, members)
    again = Entry(name.encode(), members[name][: len(members[name]) // 2], 0x800)
    return packed(*[Entry(n.encode(), c, 0x800) for n, c in members.items()], again)


def cut_part(draft: Draft) -> bytes:
    """A part of a container ends too early, and its checksum says nothing of it."""
    members = _members(draft.data)
    name = _some(draft, members)
    members[name] = members[name][: draft.rng.randrange(len(members[name]))]
    return _packed(members)


def flip_in_part(draft: Draft) -> bytes:
    """Bits of a part are flipped, and its checksum says nothing of it."""
    members = _members(draft.data)
    name = _some(draft, members)
    content = bytearray(members[name])
    for _ in range(draft.rng.choice((1, 4))):
        content[draft.rng.randrange(len(content))] ^= 1 << draft.rng.randrange(8)
    return _packed(members | {name: bytes(content)})


def lie_in_directory(draft: Draft) -> bytes:
    """The directory of a container says something else of a part."""
    places = [found.start() for found in re.finditer(rb"PK\x01\x02", draft.data)]
    at = draft.rng.choice(places)
    field = at + draft.rng.choice((8, 10, 16, 20, 24, 28, 38, 42, 46))
    value = draft.rng.choice((b"\x00", b"\x01", b"\x09", b"\x63", b"\xff"))
    return draft.data[:field] + value + draft.data[field + 1 :]


def encrypt_part(draft: Draft) -> bytes:
    """A part of a container is said to be encrypted, in both its headers."""
    out = bytearray(draft.data)
    for magic, field in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = draft.data.index(magic)
        out[at + field] |= 1
    return bytes(out)


def lie_of_size(draft: Draft) -> bytes:
    """A part of a container is said to be of another size, with a checksum that holds for it."""
    members = _members(draft.data)
    name = _some(draft, members)
    content = members[name]
    whole = _packed(members)
    true = len(content).to_bytes(4, "little") + b""
    crc = zlib.crc32(content).to_bytes(4, "little")
    cut = content[: len(content) // 2]
    return whole.replace(true, len(cut).to_bytes(4, "little")).replace(
        crc, zlib.crc32(cut).to_bytes(4, "little")
    )


# --- markup: a web page, or the XML of a part


def _in_markup(draft: Draft, change: Callable[[Random, bytes], bytes | None]) -> bytes | None:
    """Change the text of a web page, or the part of an office document that says most."""
    if not draft.data.startswith(b"PK"):
        return change(draft.rng, draft.data)
    members = _members(draft.data)
    name = _some(draft, members)
    content = change(draft.rng, members[name])
    return None if content is None else _packed(members | {name: content})


def _one_of(rng: Random, pattern: re.Pattern[bytes], text: bytes) -> re.Match[bytes] | None:
    found = list(pattern.finditer(text))
    return rng.choice(found) if found else None


def _replaced(found: re.Match[bytes], text: bytes, other: bytes) -> bytes:
    return text[: found.start()] + other + text[found.end() :]


def damage_attribute(draft: Draft) -> bytes | None:
    """An attribute has another value."""

    def change(rng: Random, text: bytes) -> bytes | None:
        found = _one_of(rng, _ATTRIBUTE, text)
        return _replaced(found, text, rng.choice(_STRANGE)) if found else None

    return _in_markup(draft, change)


def lose_tag(draft: Draft) -> bytes | None:
    """A tag is missing."""

    def change(rng: Random, text: bytes) -> bytes | None:
        found = _one_of(rng, _TAG, text)
        return _replaced(found, text, b"") if found else None

    return _in_markup(draft, change)


def lose_element(draft: Draft) -> bytes | None:
    """A row, a cell, a paragraph or a table is missing, and the markup is well-formed."""

    def change(rng: Random, text: bytes) -> bytes | None:
        found = _one_of(rng, _ELEMENT, text)
        return _replaced(found, text, b"") if found else None

    return _in_markup(draft, change)


def double_element(draft: Draft) -> bytes | None:
    """A row, a cell, a paragraph or a table stands twice."""

    def change(rng: Random, text: bytes) -> bytes | None:
        found = _one_of(rng, _ELEMENT, text)
        return _replaced(found, text, found[0] * 2) if found else None

    return _in_markup(draft, change)


def swap_elements(draft: Draft) -> bytes | None:
    """Two tags stand in one another's place."""

    def change(rng: Random, text: bytes) -> bytes | None:
        found = list(_TAG.finditer(text))
        if len(found) < 2:
            return None
        one, other = sorted(rng.sample(found, 2), key=lambda each: each.start())
        between = text[one.end() : other.start()]
        return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]

    return _in_markup(draft, change)


def declare_entities(draft: Draft) -> bytes | None:
    """A DOCTYPE with entities, one of which names a file of the machine."""
    declared = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">'
        b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )

    def change(rng: Random, text: bytes) -> bytes:
        body = re.sub(rb"^<\?xml[^>]*\?>", b"", text)
        at = rng.choice([found.end() for found in _TAG.finditer(body)] or [0])
        return declared + body[:at] + b"&c;&f;" + body[at:]

    return _in_markup(draft, change)


# --- what a person might do, in any format that is text inside


def change_figure(draft: Draft) -> bytes | None:
    """A digit of a figure is another."""

    def change(rng: Random, text: bytes) -> bytes | None:
        found = _one_of(rng, _FIGURE, text)
        if found is None:
            return None
        at = rng.choice([n for n, byte in enumerate(found[0]) if byte in b"0123456789"])
        digit = rng.choice([d for d in b"0123456789" if d != found[0][at]])
        return _replaced(found, text, found[0][:at] + bytes([digit]) + found[0][at + 1 :])

    return _in_markup(draft, change)


ANY = (flip_bits, cut_end, cut_tail, cut_hole, write_noise, write_zeros, swap_head, splice)
CONTAINER = (
    swap_parts, take_part, lose_part, rename_part, double_part, cut_part, flip_in_part,
    lie_in_directory, encrypt_part, lie_of_size,
)  # fmt: skip
MARKUP = (
    damage_attribute, lose_tag, lose_element, double_element, swap_elements, declare_entities,
    change_figure,
)  # fmt: skip
MUTATORS = (*ANY, *CONTAINER, *MARKUP)
#: What makes another figure of a figure: well-formed, and within rounding perhaps.
BY_HAND = frozenset({"change_figure", "flip_in_part", "flip_bits", "write_noise"})
#: What is done to files of each format, besides what is done to any.
OF_FORMAT = {
    "utf-8": ANY,
    "csv": ANY,
    "pdf": ANY,
    "xls": ANY,
    "zip": (*ANY, *CONTAINER),
    "html-plain": (*ANY, *MARKUP),
    "html-word": (*ANY, *MARKUP),
    "docx": (*ANY, *CONTAINER, *MARKUP),
    "xlsx": (*ANY, *CONTAINER, *MARKUP),
}
