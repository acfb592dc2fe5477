"""Seeded ways to damage a PDF: each gives other bytes, the same for the same number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.pdf.cases import DOCUMENTS
from tests.pdfs import PdfPage, pdf, ruled, words

if TYPE_CHECKING:
    from collections.abc import Callable

    Mutator = Callable[[Random, bytes], bytes]

#: What is damaged: small, of several producers, with compressed objects and without.
NAMES = (
    "budget-chromium",
    "budget-writer",
    "corner-gaps",
    "header-glued",
    "not-embedded",
    "row-cut-open",
    "superscripts",
)
_OBJECT = re.compile(rb"(?m)^(\d+) 0 obj\b.*?endobj\b", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\d.\w/])-?\d+(?:\.\d+)?(?![\d.\w])")
_STRANGE = (
    b"0", b"-0", b"-1", b"1e308", b"nan", b"inf", b"--5", b"4294967296", b"2147483647",
    b"-2147483648", b"9" * 400, b"0." + b"0" * 400 + b"1", b"1.2.3", b"+", b"null", b"(", b"<<",
)  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One damaged document."""

    number: int
    name: str
    how: str
    data: bytes
    original: bytes


def mutation(number: int) -> Mutation:
    """The damaged document of this number."""
    rng = Random(number)  # noqa: S311 - to be the same again
    how = list(MUTATORS)[number % len(MUTATORS)]
    originals = {name: (DOCUMENTS / f"{name}.pdf").read_bytes() for name in NAMES}
    originals["plain"] = plain()
    for _ in range(50):
        name = rng.choice(list(originals))
        data = MUTATORS[how](rng, originals[name])
        if data != originals[name]:
            return Mutation(number, name, how, data, originals[name])
    raise AssertionError(f"{how} changes nothing")


def plain() -> bytes:
    """Two pages with a table each, nothing of it compressed."""
    pages = [
        PdfPage(
            ruled([20, 120, 220, 320], [50, 90, 130, 170])
            + "".join(
                words(25 + 100 * column, 60 + 40 * row, f"{page}{row}{column}.50")
                for row in range(3)
                for column in range(3)
            )
        )
        for page in (1, 2)
    ]
    return pdf(*pages)


def _place(rng: Random, data: bytes) -> int:
    return rng.randrange(len(data))


def _cut(rng: Random, data: bytes) -> bytes:
    return data[: _place(rng, data)]


def _cut_tail(rng: Random, data: bytes) -> bytes:
    return data[: -rng.randint(1, 200)]


def _headless(rng: Random, data: bytes) -> bytes:
    return data[:8] + data[_place(rng, data) :]


def _flip(rng: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 8, 64))):
        out[rng.randrange(8, len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _noise(rng: Random, data: bytes) -> bytes:
    at, length = rng.randrange(8, len(data)), rng.choice((4, 100, 2000))
    return data[:at] + rng.randbytes(length) + data[at + length :]


def _hole(rng: Random, data: bytes) -> bytes:
    at, length = rng.randrange(8, len(data)), rng.choice((1, 50, 2000))
    return data[:at] + data[at + length :]


def _doubled(rng: Random, data: bytes) -> bytes:
    at, length = rng.randrange(8, len(data)), rng.choice((10, 500, 5000))
    return data[: at + length] + data[at:]


def _spliced(rng: Random, data: bytes) -> bytes:
    other = plain()
    return data[: _place(rng, data)] + other[_place(rng, other) :]


def _xref(rng: Random, data: bytes) -> bytes:
    """Another place in ``startxref``."""
    at = rng.choice((b"0", b"1", b"-5", b"99999999999", b"%d" % _place(rng, data)))
    return re.sub(rb"startxref\s+\d+", b"startxref\n" + at, data)


def _entries(rng: Random, data: bytes) -> bytes:
    """Other places in the table of objects."""
    return re.sub(
        rb"\b\d{10} 00000 n",
        lambda found: b"%010d 00000 n" % _place(rng, data) if rng.random() < 0.3 else found[0],
        data,
    )


def _no_endobj(rng: Random, data: bytes) -> bytes:
    word = rng.choice((b"endobj", b"endstream", b"stream", b"obj", b">>", b"<<", b"xref"))
    places = [found.start() for found in re.finditer(re.escape(word), data)]
    if not places:
        return data
    at = rng.choice(places)
    return data[:at] + data[at + len(word) :]


def _swapped(rng: Random, data: bytes) -> bytes:
    """Two objects with one another's numbers: of the same length, so that places hold."""
    found = list(_OBJECT.finditer(data))
    if len(found) < 2:
        return data
    one, other = sorted(rng.sample(found, 2), key=lambda each: each.start())
    a, b = one[1], other[1]
    swap = {a: b, b: a}
    return (
        data[: one.start(1)] + swap[a] + data[one.end(1) : other.start(1)] + swap[b]
        + data[other.end(1) :]
    )  # fmt: skip


def _references(rng: Random, data: bytes) -> bytes:
    """References to other objects: cycles, wrong kinds, none."""
    return re.sub(
        rb"\b\d+ 0 R\b",
        lambda found: b"%d 0 R" % rng.randint(0, 12) if rng.random() < 0.2 else found[0],
        data,
    )


def _numbers(rng: Random, data: bytes) -> bytes:
    """Strange numbers in dictionaries, boxes and contents."""
    share = rng.choice((0.01, 0.1))
    return data[:9] + _NUMBER.sub(
        lambda found: rng.choice(_STRANGE) if rng.random() < share else found[0], data[9:]
    )


def _names(rng: Random, data: bytes) -> bytes:
    """Names exchanged for names of the same document."""
    names = re.findall(rb"/[A-Za-z]\w*", data)
    return re.sub(
        rb"/[A-Za-z]\w*",
        lambda found: rng.choice(names) if rng.random() < 0.05 else found[0],
        data,
    )


def _deep(rng: Random, data: bytes) -> bytes:
    """Brackets within brackets, in the place of a value."""
    opened = rng.choice((b"[", b"<<", b"<</A ", b"(", b"q "))
    at = rng.choice([found.start() for found in _NUMBER.finditer(data)])
    return data[:at] + opened * rng.choice((100, 10_000, 300_000)) + data[at:]


MUTATORS: dict[str, Mutator] = {
    "cut": _cut,
    "cut_tail": _cut_tail,
    "headless": _headless,
    "flip": _flip,
    "noise": _noise,
    "hole": _hole,
    "doubled": _doubled,
    "spliced": _spliced,
    "xref": _xref,
    "entries": _entries,
    "no_endobj": _no_endobj,
    "swapped": _swapped,
    "references": _references,
    "numbers": _numbers,
    "names": _names,
    "deep": _deep,
}
